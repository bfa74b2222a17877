"""What the app looks like: `SCENES`, the same for the snapshot tests and for the pictures.

Two rules:

1. A scene looks the same in every run and on every machine: its entries come from `tests.talks` or
   `tests/data`, its clock stands still, nothing blinks, the local time is UTC.
2. A scene is shown by the app as it is, through an `Opening`; nothing is put on the screen by hand.
"""

from __future__ import annotations

import asyncio
import functools
import os
import time
import weakref
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea

from tests.bodies import DATA
from tests.doors import FINDINGS, PROFILES, PaperDoors
from tests.talks import START, URL, USER, talk
from vftui.demo import PROJECT
from vftui.errors import NotConfigured
from vftui.live import DEMO_TITLE
from vftui.opening import About, Opener, Opening, Options
from vftui.prices import Prices
from vftui.recording import Recording
from vftui.saved import file_entries
from vftui.session.budget import Budget
from vftui.session.compare import Outlines, Repeats
from vftui.session.fold import Session
from vftui.session.log import Closed, Ending, Entry, Opened, Received, Sent
from vftui.session.tokens import Tokens
from vftui.ui.app import VftuiApp
from vftui.ui.chargetable import ChargeTable
from vftui.ui.chat import ChatScreen
from vftui.ui.theme import THEMES
from vftui.ui.tokenpage import TokenPage
from vftui.ui.traces import TraceList
from vftui.ui.welcome import WelcomeScreen
from vftui.wire.charges import Counts
from vftui.wire.dialects import DIALECTS, Api, Request, Target

DARK, LIGHT = (theme.name for theme in THEMES)
WIDE, NARROW, TINY = (140, 40), (80, 24), (50, 15)
ALL = (WIDE, NARROW, TINY)

Entries = Sequence[Entry]

TODAY = Tokens(9_850, 9_120, 730, "reported", Counts(5_420, 5_010, 410))
"""What other sessions of the day took."""


@dataclass(frozen=True)
class Scene:
    """One picture of the app."""

    what: str
    """What it shows, for people."""
    log: Callable[[], Entries] = field(default=tuple)
    """What happened before the picture is taken."""
    about: About | None = None
    """What the header says; none: of a conversation with the demo agent."""
    opener: Opener | None = None
    """What opens it instead of `log`."""
    live: bool = True
    """Whether there is somebody to talk to."""
    screen: type[Screen[None]] = ChatScreen
    """The screen that it is about."""
    keys: tuple[str, ...] = ()
    """What is pressed once everything is on the screen."""
    sizes: tuple[tuple[int, int], ...] = (WIDE, NARROW)
    """Columns and rows of each picture."""
    theme: str = DARK
    doors: Callable[[], PaperDoors] = PaperDoors
    """The ways to somebody else."""
    options: Options = field(default_factory=Options)
    """How the conversation is to behave."""

    def app(self) -> VftuiApp:
        """The app that shows it, to be run."""
        os.environ |= {"TZ": "UTC", "DISPLAY": ":0"}
        for name in ("SSH_CONNECTION", "SSH_TTY"):  # the person sits in front of this machine
            os.environ.pop(name, None)
        time.tzset()
        self.log()  # now, because a conversation cannot be made while the app runs
        app = VftuiApp(self.opener or self._open, self.doors(), theme=self.theme)
        app.animation_level = "none"
        return app

    async def play(self, pilot: Pilot[Any]) -> None:
        """Wait until everything is on the screen, then press the keys."""
        while not self._is_shown(pilot.app.screen):
            await pilot.pause(0.005)
        _still(pilot.app.screen)
        await pilot.pause()
        for key in self.keys:
            await pilot.press(key)
            while self._is_opening(pilot.app.screen):
                await pilot.pause(0.005)
        while self._is_covered(pilot.app):
            await pilot.pause(0.005)
        _still(pilot.app.screen)
        await pilot.pause()

    def _is_covered(self, app: App[Any]) -> bool:
        """Whether another screen is in front, such as the palette, and still being filled."""
        own = isinstance(app.screen, self.screen)
        return not own and any(
            work.node is app.screen and not work.is_finished for work in app.workers
        )

    def _is_opening(self, screen: Screen[Any]) -> bool:
        """Whether a page is in front that has not all its rows yet, or not the keys."""
        page = screen.maximized
        if not isinstance(page, TokenPage) or not isinstance(screen, ChatScreen):
            return False
        focus, calls = screen.focused, len(list(Session.of(self.log()).calls))
        has_keys = focus is not None and page in focus.ancestors
        return not has_keys or any(one.line_count != calls for one in page.query(ChargeTable))

    def _is_shown(self, screen: Screen[Any]) -> bool:
        """Whether everything that happened is on the screen."""
        happened = len(self.log())
        lists = screen.query(TraceList)
        asked = not any(work.group == "account" and not work.is_finished for work in screen.workers)
        read = all(one.line_count == happened for one in lists)
        return isinstance(screen, self.screen) and read and asked

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Opening]:
        """The newest turn is played, what came before is there already."""
        log = self.log()
        newest = max((n for n, entry in enumerate(log) if isinstance(entry, Sent)), default=0)
        about = self.about or about_demo(log)
        with Recording.temporary() as recording:
            journal = recording.begin(title=about.title, api="v4", started=START)
            session = Session()
            for entry in log[:newest]:
                journal.append(entry)
                session.apply(entry)
            opening = Opening(about, session, journal, clock=lambda: now_of(log))
            opening.prices = lambda: Prices.load(DATA / "prices.toml")
            opening.options = self.options
            if self.live:
                opening.today = lambda: TODAY
                opening.agent = Rehearsed(log[newest:])
            else:
                opening.replay = _arriving(log[newest:])
            yield opening


class Rehearsed:
    """An agent that answers whatever is asked with the turns it has learnt, their `Sent` included,
    one after the other; the last one for good."""

    api: Api = "v4"

    def __init__(self, *turns: Entries) -> None:
        self._turns = list(turns)

    def requests(
        self, action: dict[str, Any], variables: dict[str, Any] | None = None
    ) -> tuple[Request, ...]:
        """What the demo agent would be sent."""
        target = Target(URL, PROJECT, "main", USER)
        v4 = DIALECTS["v4"]
        return v4.session_request(target), v4.turn_request(target, action, variables)  # type: ignore[return-value]

    def interact(
        self, action: dict[str, Any], variables: dict[str, Any] | None = None
    ) -> AsyncIterator[Entry]:
        """Run the next turn."""
        turn = self._turns.pop(0) if len(self._turns) > 1 else self._turns[0]
        return _arriving(turn)

    def restart(self) -> None:
        """There is nothing to forget."""


def _still(screen: Screen[Any]) -> None:
    """Let no cursor blink."""
    for text in screen.query(TextArea):
        text.cursor_blink = False
    for line in screen.query(Input):
        line.cursor_blink = False


async def _arriving(entries: Entries) -> AsyncIterator[Entry]:
    """The entries; a turn without an end stays open."""
    for entry in entries:
        yield entry
    await asyncio.Event().wait()


def now_of(log: Entries) -> float:
    """The time at which the picture is taken: that of the latest entry."""
    return max((entry.at for entry in log if entry.at is not None), default=START)


def about_demo(log: Entries) -> About:
    """What the header says of a conversation with the demo agent."""
    api = next((entry.api for entry in log if isinstance(entry, Sent)), "v4")
    environment = "development" if api == "v2beta1" else "main"
    return About(DEMO_TITLE, (api, environment, f"user {USER}"), "rec 12")


def said(*words: str, api: Api = "v4", until: bytes = b"") -> Callable[[], Entries]:
    """A conversation with the demo agent; with `until`, up to the frame that has these bytes."""

    def log() -> Entries:
        entries = talk(api, *words)
        if not until:
            return entries
        frames = (n for n, entry in enumerate(entries) if _holds(entry, until))
        return entries[: next(frames) + 1]

    return log


def ended(log: Callable[[], Entries], ending: Ending, message: str) -> Callable[[], Entries]:
    """What happened, and then this ending."""

    def cut() -> Entries:
        entries = log()
        return (*entries, Closed(now_of(entries) + 0.8, ending, message))

    return cut


def retrying(*words: str) -> Callable[[], Entries]:
    """A conversation with the demo agent, up to where the next try is waited for."""

    def log() -> Entries:
        entries = talk("v4", *words)
        waits = (n for n, one in enumerate(entries) if isinstance(one, Opened) and one.retry_in)
        return entries[: next(waits) + 1]

    return log


def _holds(entry: Entry, text: bytes) -> bool:
    return isinstance(entry, Received) and text in entry.frame.raw


def file(name: str) -> Callable[[], Entries]:
    """A saved stream of `tests/data`."""
    return functools.cache(lambda: asyncio.run(_read(DATA / name)))


async def _read(path: Path) -> tuple[Entry, ...]:
    return tuple([entry async for entry in file_entries(path)])


@asynccontextmanager
async def never() -> AsyncIterator[Opening]:
    """An agent that is still being set up."""
    await asyncio.Event().wait()
    raise AssertionError("nobody sets this event")
    yield  # a generator all the same


@asynccontextmanager
async def unconfigured() -> AsyncIterator[Opening]:
    """No agent is set up."""
    raise NotConfigured("There is no API key.")
    yield  # a generator all the same


def shelf() -> PaperDoors:
    """Doors to a file with some recorded sessions."""
    doors = PaperDoors()
    folder = TemporaryDirectory(prefix="vftui-")
    weakref.finalize(doors, folder.cleanup)
    doors.file = Path(folder.name, "recordings.db")
    with Recording.open(doors.file) as recording:
        for number, (title, tags, words) in enumerate(SHELF):
            journal = recording.begin(
                title=title, api="v4", started=START + 7_000 * number, environment="main", user=USER
            )
            for entry in talk("v4", *words):
                journal.append(entry)
            recording.tag(journal.id, tags)
    return doors


def run_again() -> Entries:
    """A run that repeats a recorded one, which is made as well: both before the app runs."""
    talk("v4", "hours", "fail tool")
    return talk("v4", "hours", "hire a bike")


@asynccontextmanager
async def again() -> AsyncIterator[Opening]:
    """A run that repeats a recorded one, which went otherwise."""
    log = run_again()
    places = [n for n, entry in enumerate(log) if isinstance(entry, Sent)]
    turns = [log[start:end] for start, end in pairwise([*places, len(log)])]
    with Recording.temporary() as recording:
        journal = recording.begin(title=DEMO_TITLE, api="v4", started=START)
        session = Session()
        about = replace(about_demo(log), title=f"again: {DEMO_TITLE}")
        opening = Opening(about, session, journal, clock=lambda: now_of(log))
        opening.agent = Rehearsed(*turns)
        opening.begins = [(action, None) for action in (LAUNCH, HOURS, HIRE)]
        opening.repeats = Repeats(Outlines.of(talk("v4", "hours", "fail tool")), session)
        yield opening


SHELF: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Harbour Bikes (demo)", (), ("hours",)),
    ("Harbour Bikes (demo)", ("slow", "ticket 41"), ("slow dock",)),
    ("The payment that was declined", ("payment",), ("payment", "prices")),
    ("again: Harbour Bikes (demo)", (), ("hire a bike",)),
)
"""Title, tags and words of some recorded sessions."""

LAUNCH, HOURS, HIRE = (
    {"type": "launch"},
    {"type": "text", "payload": "hours"},
    {"type": "text", "payload": "hire a bike"},
)

TALK = said("hire a bike", "hold", "prices", "code", "slow dock", "what is the tide like?")
TRACES = ("tab", "tab", "tab")
"""From the message to the trace list."""

STREAMING = said("prices", "hire a bike", until=b' city"')
SCENES = {
    "starting": Scene("before the agent is set up", opener=never, sizes=(WIDE, TINY)),
    "welcome": Scene("no account yet", opener=unconfigured, screen=WelcomeScreen),
    "profiles": Scene(
        "no key, but agents that are known",
        opener=unconfigured,
        screen=WelcomeScreen,
        doors=lambda: PaperDoors(profiles=PROFILES),
        sizes=(NARROW, TINY),
    ),
    "connect": Scene(
        "a check that failed",
        opener=unconfigured,
        screen=WelcomeScreen,
        keys=("ctrl+e", *"secret", "tab", *"65f0c2a19b7e", "tab", *"staging", "f5"),
        doors=lambda: PaperDoors(FINDINGS),
        sizes=ALL,
    ),
    "agents": Scene(
        "another agent",
        said("hire a bike"),
        About("shop", ("v4", "production", f"user {USER}"), "rec 12"),
        keys=("f3",),
        doors=lambda: PaperDoors(profiles=PROFILES),
        sizes=ALL,
    ),
    "waiting": Scene(
        "the agent was launched and has not answered", lambda: talk("v4")[:1], sizes=(NARROW,)
    ),
    "streaming": Scene("a reply streams in", STREAMING, sizes=ALL),
    "finished": Scene("a turn is over: buttons, reported tokens", said("hire a bike"), sizes=ALL),
    "markdown": Scene("a table, code", said("prices", "code"), sizes=(WIDE,)),
    "cards": Scene("cards, a carousel", said("cards", "carousel"), keys=("tab", "up", "right")),
    "payment": Scene("a custom action with its return paths", said("payment")),
    "steps": Scene(
        "the steps of an answer", said("hire a bike"), keys=("tab", *7 * ["up"], "space")
    ),
    "reasoning": Scene("thoughts, sources", said("reasoning", "sources"), sizes=(WIDE,)),
    "silence": Scene("the agent waits for an answer", said("wait")),
    "over": Scene("the conversation is over", said("bye")),
    "retrying": Scene("the server asked to wait", retrying("fail busy")),
    "restarted": Scene("the session was gone: a new one", said("fail stale", "hours")),
    "cancelled": Scene(
        "stopped by the person",
        ended(STREAMING, "cancelled", "Stopped before the agent had finished."),
    ),
    "truncated": Scene("the stream is cut", said("fail end", api="v2beta1")),
    "stalled": Scene("nothing comes", ended(STREAMING, "stalled", "Nothing arrived for 60 s.")),
    "refused": Scene("the key is refused", said("fail 401")),
    "unreachable": Scene("the connection is closed", said("fail drop")),
    "failed": Scene("the agent reports a failure", said("fail error")),
    "credits": Scene("out of credits, in a stream with status 200", said("fail credits")),
    "protocol": Scene("a web page in place of a stream", said("fail html")),
    "command": Scene("a command is begun", said("hire a bike"), keys=("slash",)),
    "preview": Scene(
        "what a command sends",
        said("hire a bike"),
        keys=(*"/event checkout",),
        sizes=ALL,
    ),
    "mistaken": Scene(
        "a command that is wrong", said("hire a bike"), keys=(*"/dtmf x", "enter"), sizes=(NARROW,)
    ),
    "address": Scene("a button that names an address", said("map"), keys=("alt+1",)),
    "hostile": Scene("escape sequences, bidi controls, markup", said("fail escape"), sizes=(WIDE,)),
    "garbage": Scene("what no client understands", said("fail garbage"), sizes=(WIDE,)),
    "unicode": Scene("wide, joined and right-to-left text", said("unicode"), sizes=(WIDE,)),
    "inspector": Scene(
        "from a message to its trace", said("hire a bike"), keys=("tab", *4 * ["up"], "t", "f4")
    ),
    "filtered": Scene(
        "only some traces",
        said("hire a bike"),
        keys=(*TRACES, "f", *"type:debug level>=info", "enter", *3 * ["up"]),
    ),
    "mistyped": Scene(
        "a filter that cannot be read",
        said("hire a bike"),
        keys=(*TRACES, "f", *"type:debug gap>5x"),
        sizes=(WIDE, NARROW),
    ),
    "searched": Scene(
        "hits, a mark and a remark",
        said("hire a bike"),
        keys=(*TRACES, "slash", *"bike", "enter", "n", "space", "r", *"here", "enter"),
    ),
    "merged": Scene(
        "one row for each completion", said("hire a bike"), keys=(*TRACES, "m", *4 * ["up"])
    ),
    "slow": Scene(
        "where the time of a turn went",
        said("slow dock"),
        keys=("f7", "up"),
        sizes=ALL,
    ),
    "evidence": Scene("the traces of a bar", said("slow dock"), keys=("f7", "up", "enter")),
    "problems": Scene(
        "what is wrong, why, what to do",
        said("fail tool", "fail credits"),
        keys=("f6", "up"),
        sizes=ALL,
    ),
    "difference": Scene(
        "what changed since the trace before of its type",
        said("hours", "hire a bike", api="v2beta1"),
        keys=(*TRACES, "f", *"event:state", "enter", "tab", "4"),
    ),
    "copying": Scene(
        "what can be copied of a trace",
        said("hire a bike"),
        keys=(*TRACES, *5 * ["up"], "y"),
        sizes=(NARROW,),
    ),
    "sessions": Scene(
        "what was recorded",
        said("hours"),
        keys=("f9",),
        doors=shelf,
        sizes=ALL,
    ),
    "again": Scene("a run that repeats a recording", run_again, opener=again),
    "exporting": Scene("a session for a colleague", said("hire a bike"), keys=(*TRACES, "x")),
    "palette": Scene("the commands", said("hire a bike"), keys=("ctrl+p", *"trace")),
    "help": Scene("the keys", said("hire a bike"), keys=("f1",)),
    "pasted": Scene(
        "a stream that was copied from a page",
        file("pretty-printed.txt"),
        About("pretty-printed.txt", ("saved stream",), "file"),
        live=False,
        sizes=(WIDE,),
    ),
    "tokens": Scene("all about tokens, time and money", TALK, keys=("f10",), sizes=ALL),
    "tokens-light": Scene(
        "the same in the light theme", TALK, keys=("f10",), sizes=ALL, theme=LIGHT
    ),
    "plots": Scene("a turn in the plots", TALK, keys=("f10", "tab", "left"), sizes=(WIDE, NARROW)),
    "spent": Scene(
        "a budget that is spent, and a question",
        said("hire a bike"),
        keys=(*"prices", "enter"),
        sizes=ALL,
        options=Options(budget=Budget(turn=5_000, session=1_500), budget_ask=True),
    ),
    "light": Scene("the light theme", STREAMING, sizes=(WIDE,), theme=LIGHT),
}
"""Name to scene."""
