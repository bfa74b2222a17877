"""Reads a log into what the screen shows, as far as its player says.

Four rules:

1. A slice of some milliseconds at a time: the keys are answered in between.
2. To go back means to begin anew, beside what is shown: that changes when the new one is there, the
   session and its log together.
3. What is read is read once for the session and the schedule, if both want it.
4. As long as nobody goes back, the whole log is there to be looked at, and not only what was read.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from vftui.player import Clock, Player
from vftui.session.fold import Session
from vftui.session.log import with_endings
from vftui.window import Window

if TYPE_CHECKING:
    from vftui.opening import Opening

SLICE = 0.004
"""Seconds of reading in one go."""

REST = 0.002
"""Seconds for the screen between two slices."""

RESTS = 5
"""Of them at most, while the screen is busy."""

PIECE = 64
"""Entries that are asked for at once."""

TELL = 0.2
"""Seconds between two words about how far it is."""


class Follower:
    """Keeps an opening's session and log where its player is."""

    def __init__(self, opening: Opening, clock: Clock = time.monotonic) -> None:
        self._opening = opening
        self._log = opening.journal
        self._clock = clock
        self._wake = asyncio.Event()
        self.player = Player(len(self._log), clock, self._wake.set)
        """What a person asks to see."""
        self._session = opening.session
        self._read = min(opening.session.entries, self.player.total)  # into that session
        self._told_at = float("-inf")
        self._latest: float | None = None  # the time that the last of those tells

    @property
    def reading(self) -> tuple[int, int] | None:
        """How many entries of how many are read; None: what is wanted is shown."""
        shown = self._session is self._opening.session and self._read == self.player.shown
        return None if shown else (self._read, self.player.shown)

    @property
    def now(self) -> float | None:
        """What the clock says in the log that plays; None: it does not play, or nobody knows."""
        player = self.player
        if not player.playing or self._latest is None or self.reading:
            return None
        return self._latest + max(0.0, player.time - player.schedule.time(self._read))

    async def run(self, changed: Callable[[], object]) -> None:
        """Read, play, and tell of changes; ends when it is cancelled."""
        while True:
            self._wake.clear()
            self.player.advance()
            busy = self._step()
            if not busy or self._clock() - self._told_at >= TELL:
                self._told_at = self._clock()
                changed()
            if busy:
                await self._rest()
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self.player.due()):
                    await self._wake.wait()

    async def _rest(self) -> None:
        """Let the screen do what it has to, before the next slice: a rest that took longer than it
        was meant to says that there was something."""
        for _ in range(RESTS):
            began = self._clock()
            await asyncio.sleep(REST)
            if self._clock() - began < 2 * REST:
                break

    def _step(self) -> bool:
        """Read a slice of what is wanted; whether there is more of it."""
        player = self.player
        if player.shown < self._read:
            self._session, self._read, self._latest = Session(), 0, None
        until = self._clock() + SLICE
        while self.reading is not None or not player.complete:
            (self._learn if self.reading is None else self._fold)()
            self._show()
            if self._clock() >= until:
                break
        return self.reading is not None or not player.complete

    def _fold(self) -> None:
        """Read on into the session."""
        player = self.player
        first, last = self._read + 1, min(self._read + PIECE, player.shown)
        for number, entry in enumerate(self._log.entries(first, last), first):
            if number > len(player.schedule):
                player.schedule.add(entry)
            for one in with_endings([entry]) if number == player.total else (entry,):
                self._session.apply(one)
            self._latest = self._latest if entry.at is None else entry.at
            self._read = number
        if self._read < first <= last:
            player.cut(self._read)

    def _show(self) -> None:
        """Put on the screen what was read, if that is all that was asked for."""
        opening = self._opening
        if self._session is not opening.session:
            if self._read == self.player.shown:
                opening.session = self._session
                opening.window = Window(self._log, self._read)
        elif opening.window is not None:
            opening.window.grow(self._read)
        elif self.player.shown < self.player.total:
            opening.window = Window(self._log, self._read)

    def _learn(self) -> None:
        """Read on into the schedule alone."""
        schedule = self.player.schedule
        first = len(schedule) + 1
        for entry in self._log.entries(first, min(first + PIECE - 1, self.player.total)):
            schedule.add(entry)
        if len(schedule) < first:
            self.player.cut(len(schedule))
