"""What the app looks like: `SCENES`, the same for the snapshot tests and for the pictures.

Two rules:

1. A scene looks the same in every run and on every machine: its entries come from `tests.talks` or
   `tests/data`, its clock stands still, nothing blinks, the local time is UTC.
2. A scene is shown by the app as it is, through an `Opening`; nothing is put on the screen by hand.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea

from tests.bodies import DATA
from tests.talks import START, USER, talk
from vftui.errors import NotConfigured, VftuiError
from vftui.launch import DEMO_TITLE, Doors
from vftui.opening import About, Opener, Opening
from vftui.recording import Recording
from vftui.saved import file_entries
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Received, Sent
from vftui.ui.app import VftuiApp
from vftui.ui.theme import THEMES
from vftui.ui.traces import TraceList
from vftui.wire.dialects import Api

DARK, LIGHT = (theme.name for theme in THEMES)
WIDE, NARROW, TINY = (140, 40), (80, 24), (50, 15)

Entries = Sequence[Entry]


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
    keys: tuple[str, ...] = ()
    """What is pressed once everything is on the screen."""
    sizes: tuple[tuple[int, int], ...] = (WIDE, NARROW)
    """Columns and rows of each picture."""
    theme: str = DARK

    def app(self) -> VftuiApp:
        """The app that shows it, to be run."""
        os.environ["TZ"] = "UTC"
        time.tzset()
        app = VftuiApp(self.opener or self._open, Doors(), theme=self.theme)
        app.animation_level = "none"
        return app

    async def play(self, pilot: Pilot[Any]) -> None:
        """Wait until everything is on the screen, then press the keys."""
        log = self.log()
        while not _shows(pilot.app.screen, len(log)):
            await pilot.pause(0.005)
        for field_ in pilot.app.screen.query(TextArea):
            field_.cursor_blink = False
        for line in pilot.app.screen.query(Input):
            line.cursor_blink = False
        await pilot.pause()
        for key in self.keys:
            await pilot.press(key)
        await pilot.pause()

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
            if self.live:
                opening.agent = Rehearsed(log[newest:])
            else:
                opening.replay = _arriving(log[newest:])
            yield opening


class Rehearsed:
    """An agent that answers whatever is asked with the turn it has learnt, its `Sent` included."""

    def __init__(self, turn: Entries) -> None:
        self._turn = turn

    def interact(self, action: dict[str, Any]) -> AsyncIterator[Entry]:
        """Run the turn."""
        return _arriving(self._turn)

    def restart(self) -> None:
        """There is nothing to forget."""


async def _arriving(entries: Entries) -> AsyncIterator[Entry]:
    """The entries; a turn without an end stays open."""
    for entry in entries:
        yield entry
    await asyncio.Event().wait()


def _shows(screen: Screen[Any], entries: int) -> bool:
    """Whether the app's first screen is there, with so many entries painted."""
    lists = screen.query(TraceList)
    return screen.id != "_default" and all(one.line_count == entries for one in lists)


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


def _holds(entry: Entry, text: bytes) -> bool:
    return isinstance(entry, Received) and text in entry.frame.raw


def file(name: str) -> Callable[[], Entries]:
    """A saved stream of `tests/data`."""

    def log() -> Entries:
        return asyncio.run(_read(DATA / name))

    return log


async def _read(path: Path) -> list[Entry]:
    return [entry async for entry in file_entries(path)]
