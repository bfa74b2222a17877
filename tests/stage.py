"""The real app around an agent that says what a test tells it to, when it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot
from textual.selection import SELECT_ALL
from textual.widget import Widget

from tests.doors import PaperDoors
from tests.talks import talk
from vftui.opening import About, Doors, Opener, Opening
from vftui.recording import Journal, Recording
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.ui.app import VftuiApp
from vftui.ui.chat import ChatScreen
from vftui.ui.lines import LineView
from vftui.wire.dialects import DIALECTS, Api, Request, Target
from vftui.wire.frames import parse_frame

START = 1_700_000_000.0
PATIENCE = 10.0
"""Seconds until a test gives up waiting."""

WIDE, NARROW, SMALL, TINY = (140, 40), (80, 24), (50, 15), (40, 12)
SIZES = (WIDE, NARROW, SMALL, TINY)


class Puppet:
    """An agent whose turns are played by hand; with `answer`, each turn answers at once."""

    api: Api = "v4"

    def __init__(self, answer: Iterable[Entry] | None = None) -> None:
        self.actions: list[dict[str, Any]] = []
        self.variables: list[dict[str, Any] | None] = []
        """What was set with each of them."""
        self.restarts = 0
        self.left = 0
        """How many turns were left before their end."""
        self.answer = None if answer is None else list(answer)
        self._entries: asyncio.Queue[Entry] = asyncio.Queue()

    def requests(
        self, action: dict[str, Any], variables: dict[str, Any] | None = None
    ) -> tuple[Request, ...]:
        """What a v4 agent would send."""
        target = Target("https://example.com", "pier", "main", "ada")
        v4 = DIALECTS["v4"]
        session = v4.session_request(target)
        assert session is not None
        return session, v4.turn_request(target, action, variables)

    async def interact(
        self, action: dict[str, Any], variables: dict[str, Any] | None = None
    ) -> AsyncIterator[Entry]:
        """One turn: `Sent`, and then what is played until a `Closed`."""
        self.actions.append(action)
        self.variables.append(variables)
        self._entries = asyncio.Queue()
        if self.answer is not None:
            self.play(*self.answer, end())
        yield Sent(START, action, "v4")
        closed = False
        try:
            while not closed:
                entry = await self._entries.get()
                closed = isinstance(entry, Closed)
                yield entry
        finally:
            self.left += not closed

    def restart(self) -> None:
        """A new conversation."""
        self.restarts += 1

    def play(self, *entries: Entry) -> None:
        """Let these arrive now."""
        for entry in entries:
            self._entries.put_nowait(entry)


def received(value: object, at: float = START + 0.5, name: str = "trace") -> Received:
    """An event with this JSON."""
    return Received(at, parse_frame(f"event: {name}\ndata: {json.dumps(value)}\n\n".encode()))


def trace(kind: str, at: float = START + 0.5, /, **payload: object) -> Received:
    """A trace with this payload."""
    return received({"type": kind, "payload": payload}, at)


def text(message: str) -> Received:
    """A whole message."""
    return trace("text", message=message)


def buttons(**requests: dict[str, Any] | None) -> Received:
    """Buttons by their names, with what they send."""
    return trace(
        "choice",
        buttons=[
            {"name": name} if request is None else {"name": name, "request": request}
            for name, request in requests.items()
        ],
    )


def head(at: float = START + 0.1) -> Opened:
    """The head of an answer."""
    return Opened(at, 200)


def end(at: float = START + 2) -> Closed:
    """The end of a turn."""
    return Closed(at, "complete")


def turn(words: str, *answer: Entry) -> list[Entry]:
    """The entries of a whole turn."""
    return [Sent(START, {"type": "text", "payload": words}, "v4"), head(), *answer, end()]


class Stage:
    """The running app, and words for what tests do with it."""

    def __init__(self, app: VftuiApp, pilot: Pilot[Any], opening: Opening, puppet: Puppet) -> None:
        self.app = app
        self.pilot = pilot
        self.opening = opening
        self.puppet = puppet
        self.recorded: list[Entry] = []
        """The log on disk, once the app was left."""

    @property
    def chat(self) -> ChatScreen:
        """The screen."""
        screen = self.app.screen
        assert isinstance(screen, ChatScreen)
        return screen

    @property
    def busy(self) -> bool:
        """Whether a turn runs."""
        return self.chat._turns.busy

    @property
    def session(self) -> Session:
        """What the log means so far."""
        return self.opening.session

    @property
    def journal(self) -> Journal:
        """The log."""
        return self.opening.journal

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait until something is true."""
        await until(self.pilot, condition, what)

    async def press(self, *keys: str) -> None:
        """Press keys and let everything they cause happen."""
        await self.pilot.press(*keys)
        await self.until(lambda: not self.app._typing.busy, "the keys are done")
        await self.pilot.pause()

    async def say(self, words: str) -> None:
        """Write a message and send it."""
        self.chat.prompt.focus()
        self.chat.prompt.insert(words)
        await self.press("enter")

    async def play(self, *entries: Entry) -> None:
        """Let entries arrive, and wait until the panes show them."""
        expected = self.session.entries + len(entries)
        self.puppet.play(*entries)
        await self.until(lambda: self.session.entries >= expected, "the entries arrive")
        await self.painted()

    async def painted(self) -> None:
        """Wait until the panes have caught up."""
        await self.until(
            lambda: self.chat.side.traces.sifting.shown.checked == len(self.opening.log),
            "the trace list catches up",
        )
        await self.pilot.pause(0.02)  # longer than a frame of the screen's clock

    @property
    def screen_text(self) -> str:
        """What is on the screen."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    @property
    def conversation_text(self) -> str:
        """All the lines of the conversation."""
        return all_lines(self.chat.conversation)

    @property
    def toasts(self) -> list[str]:
        """What the app told."""
        return [note.message for note in self.app._notifications]

    @property
    def focused(self) -> Widget | None:
        """Who gets the keys."""
        return self.app.focused

    def keys_go_to(self, widget: Widget | None) -> bool:
        """Whether this one gets the keys."""
        return self.app.focused is widget


def all_lines(view: LineView) -> str:
    """All the lines of a view, also those outside the window."""
    selected = view.get_selection(SELECT_ALL)
    assert selected is not None
    return selected[0]


def shown(widget: Widget) -> str:
    """The lines of a widget as they are on the screen."""
    region = widget.region
    strips = widget.screen._compositor.render_strips()
    lines = strips[region.y : region.bottom]
    return "\n".join(strip.crop(region.x, region.right).text.rstrip() for strip in lines)


async def until(pilot: Pilot[Any], condition: Callable[[], object], what: str = "") -> None:
    """Wait until something is true; fail when it never is."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    while not condition():
        assert loop.time() < deadline, f"never: {what or condition}"
        await pilot.pause(0.005)


def opener_of(opening: Opening, gate: asyncio.Event | None = None) -> Opener:
    """Opens this, when the gate is open."""

    @asynccontextmanager
    async def opener() -> AsyncIterator[Opening]:
        if gate is not None:
            await gate.wait()
        yield opening

    return opener


@asynccontextmanager
async def stage(
    puppet: Puppet | None = None,
    *,
    size: tuple[int, int] = WIDE,
    log: Iterable[Entry] | None = None,
    about: About | None = None,
    gate: asyncio.Event | None = None,
    clock: Callable[[], float] = lambda: START + 5,
    doors: Doors | None = None,
    **more: Any,
) -> AsyncIterator[Stage]:
    """The app with a conversation: a puppet's, or with `log` one that was recorded; `more` is the
    opening's.

    A puppet without answers of its own has its launch answered before the test begins.
    """
    puppet = puppet or Puppet()
    with Recording.temporary() as recording:
        kept = recording.begin(title="Pier", api="v4", started=START)
        opening = Opening(
            about or About("Pier", ("v4", "main"), "rec 1"),
            Session(),
            kept,
            clock=clock,
            agent=puppet if log is None else None,
        )
        for entry in log or ():
            opening.session.apply(entry)
            kept.append(entry)
        opening = replace(opening, **more)
        app = VftuiApp(opener_of(opening, gate), doors or PaperDoors())
        async with app.run_test(size=size) as pilot:
            on = Stage(app, pilot, opening, puppet)
            await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the screen")
            if gate is None:
                await until(pilot, lambda: opening.session.entries or log is not None)
                if opening.agent is not None:
                    if puppet.answer is None:
                        puppet.play(head(), end())
                    await until(pilot, lambda: not on.busy, "the launch is over")
                await on.painted()
            yield on
        on.recorded = list(kept.entries())


async def talked(api: Api, *words: str) -> tuple[Entry, ...]:
    """A recorded conversation with the demo agent."""
    return await asyncio.to_thread(talk, api, *words)
