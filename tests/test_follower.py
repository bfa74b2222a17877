"""What is shown while a recording plays: the session and the log of the same entries, always."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from tests.logs import picture, sent, trace
from vftui.follower import PIECE, Follower
from vftui.opening import About, Opening
from vftui.recording import Recording
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry
from vftui.window import Window

START = 1_700_000_000.0


class Clock:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Played:
    """A log on a screen that nobody sees."""

    def __init__(self, opening: Opening, log: list[Entry]) -> None:
        self.opening = opening
        self.log = log
        self.clock = Clock()
        self.follower = Follower(opening, self.clock)
        self.player = self.follower.player
        self.told = 0

    def changed(self) -> None:
        """What is on the screen always fits together."""
        self.told += 1
        shown = self.opening.session.entries
        if self.opening.window is not None:
            assert len(self.opening.log) == min(shown, len(self.log))

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    async def shows(self, number: int) -> None:
        """Wait until so many entries are shown, and compare them with a fold of their own."""
        await self.until(lambda: self.player.shown == number and not self.follower.reading)
        expected = Session.of(self.log[:number])
        assert picture(self.opening.session) == picture(expected)
        assert len(self.opening.log) == number


@asynccontextmanager
async def played(log: list[Entry], *, folded: bool = False) -> AsyncIterator[Played]:
    with Recording.temporary() as recording:
        journal = recording.begin(title="Pier", api="v4", started=START)
        for entry in log:
            journal.append(entry)
        session = Session.of(log) if folded else Session()
        on = Played(Opening(About("Pier"), session, journal, clock=lambda: START), log)
        task = asyncio.ensure_future(on.follower.run(on.changed))
        try:
            yield on
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def talk(turns: int, words: int = 3) -> list[Entry]:
    log: list[Entry] = []
    for turn in range(turns):
        at = START + turn * 10
        log.append(sent(at, type="text", payload=f"turn {turn}"))
        log += [trace("text", at + 1 + word, message=f"{word}") for word in range(words)]
        log.append(Closed(at + 1 + words, "complete"))
    return log


async def test_a_recording_is_there_at_once_and_then_read() -> None:
    log = talk(100)
    async with played(log) as on:
        assert on.follower.reading == (0, len(log))
        assert len(on.opening.log) == len(log)
        session = on.opening.session
        await on.shows(len(log))
        assert on.opening.session is session and on.opening.window is None
        assert on.player.complete and on.follower.now is None


async def test_what_was_shown_while_it_arrived_is_not_read_again() -> None:
    log = talk(2)
    async with played(log, folded=True) as on:
        session = on.opening.session
        await on.until(lambda: on.player.complete)
        assert on.opening.session is session and on.opening.session.entries == len(log)


async def test_it_plays_by_its_clock() -> None:
    log = talk(2)
    async with played(log) as on:
        await on.shows(len(log))
        on.player.toggle()
        await on.shows(1)
        assert on.follower.now == START
        on.clock.now += 1.0
        await on.shows(2)
        on.clock.now += 0.5
        assert on.follower.now == START + 1.5
        on.player.faster(1)
        on.clock.now += 1.25
        await on.shows(5)
        on.clock.now += 100
        await on.shows(len(log))
        assert not on.player.playing


async def test_going_back_replaces_the_session_and_its_log_together() -> None:
    log = talk(50)
    async with played(log) as on:
        await on.shows(len(log))
        on.player.step_turn(-1)
        await on.shows(len(log) - 5)
        first = on.opening.window
        on.player.step(3)
        await on.shows(len(log) - 2)
        assert on.opening.window is first
        on.player.step(-1)
        await on.shows(len(log) - 3)
        assert isinstance(on.opening.window, Window) and on.opening.window is not first
        on.player.go(0)
        await on.shows(0)
        on.player.go(1)
        await on.shows(len(log))


async def test_what_is_shown_stays_until_the_way_back_is_read() -> None:
    log = talk(PIECE)
    async with played(log) as on:
        await on.shows(len(log))
        session = on.opening.session
        on.player.step(-1)
        await on.until(lambda: on.follower.reading)
        assert on.opening.session is session
        await on.shows(len(log) - 1)


async def test_keys_while_it_is_read() -> None:
    log = talk(PIECE)
    async with played(log) as on:
        on.player.toggle()
        await on.shows(1)
        on.player.go(0.5)
        on.player.go(0.25)
        on.player.step(0)
        on.player.go(1)
        await on.shows(len(log))
        await on.until(lambda: on.player.complete)


@pytest.mark.parametrize("cut", [1, 3])
async def test_a_recording_whose_last_turn_was_cut_off(cut: int) -> None:
    log = talk(2)[:-cut]
    async with played(log) as on:
        await on.until(lambda: not on.follower.reading and on.player.complete)
        assert on.opening.session.turns[-1].ending == "truncated"
        on.player.step(-1)
        await on.until(lambda: not on.follower.reading)
        assert on.opening.session.turns[-1].ending is None


async def test_a_log_that_was_deleted_meanwhile() -> None:
    log = talk(PIECE)
    async with played(log) as on:
        await on.shows(len(log))
        on.opening.journal._connection.execute("DELETE FROM entries")
        on.player.step(-1)
        await on.until(lambda: on.player.total == 0 and not on.follower.reading)
        assert on.opening.session.entries == 0
