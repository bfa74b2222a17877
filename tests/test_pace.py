"""The pace: order and delays kept, nothing lost, and no waiting when nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.logs import event, sent, trace
from vftui.run import run_turn
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry
from vftui.ui.pace import LONGEST, Pace, delay_of

END = Closed(None, "complete")


class Later:
    """Timers that go off when a test says so."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._due: Callable[[], None] | None = None

    def __call__(self, seconds: float, call: Callable[[], None]) -> Later:
        assert self._due is None, "one thing is waited for at a time"
        self.asked.append(seconds)
        self._due = call
        return self

    def cancel(self) -> None:
        self._due = None

    @property
    def waits(self) -> bool:
        return self._due is not None

    def ring(self) -> None:
        assert self._due is not None
        due, self._due = self._due, None
        due()


class Stand:
    """A pace between nobody and two lists."""

    def __init__(self) -> None:
        self.later = Later()
        self.passed: list[Entry] = []
        self.news: list[int] = []
        self.pace = Pace(self.passed.append, lambda: self.news.append(len(self.passed)), self.later)

    def append(self, *entries: Entry) -> None:
        for entry in entries:
            self.pace.append(entry)


def said(message: str, delay: object = None) -> Entry:
    return trace("text", message=message, delay=delay)


async def test_what_asks_for_no_delay_passes_at_once() -> None:
    stand = Stand()
    entries = [sent(), said("one"), said("two", 0), END]
    stand.append(*entries)
    assert stand.passed == entries and stand.later.asked == [] and stand.news == []
    await stand.pace.drain()


async def test_behind_a_message_that_waits_everything_waits() -> None:
    stand = Stand()
    entries = [sent(), said("one", 500), trace("debug", message="x"), said("two", 1200), END]
    stand.append(*entries)
    assert stand.passed == entries[:1]
    stand.later.ring()
    assert stand.passed == entries[:3] and stand.news == [3]
    stand.later.ring()
    assert stand.passed == entries and stand.news == [3, 5]
    assert stand.later.asked == [0.5, 1.2] and not stand.later.waits
    await stand.pace.drain()


async def test_a_delay_begins_when_the_message_is_next() -> None:
    """Not when the one before arrived: a person reads one after the other."""
    stand = Stand()
    stand.append(said("one", 100))
    stand.later.ring()
    stand.append(said("two", 200))
    assert stand.later.asked == [0.1, 0.2]
    stand.later.ring()
    assert len(stand.passed) == 2


async def test_the_turn_is_over_when_everything_was_said() -> None:
    stand = Stand()
    stand.append(sent(), said("one", 500), END)
    over = asyncio.ensure_future(stand.pace.drain())
    await asyncio.sleep(0)
    assert not over.done()
    stand.later.ring()
    await over
    assert stand.passed[-1] is END


async def test_whoever_stops_waiting_gets_the_rest_at_once() -> None:
    stand = Stand()
    entries = [sent(), said("one", 500), said("two", 500), END]
    stand.append(*entries)
    over = asyncio.ensure_future(stand.pace.drain())
    await asyncio.sleep(0)
    over.cancel()
    with pytest.raises(asyncio.CancelledError):
        await over
    assert stand.passed == entries and stand.news == [4] and not stand.later.waits
    await stand.pace.drain()


async def test_a_turn_that_is_stopped_shows_what_was_held() -> None:
    stand = Stand()
    journal: list[Entry] = []
    told = asyncio.Event()

    class Journal:
        append = journal.append

    async def endless() -> AsyncIterator[Entry]:
        yield sent()
        yield said("one", 500)
        yield said("two", 500)
        told.set()
        await asyncio.Event().wait()

    turn = run_turn(endless(), [stand.pace, Journal()], on_sink_failure=lambda *_: None)
    running = asyncio.ensure_future(turn)
    await told.wait()
    assert len(stand.passed) == 1  # only the session waits
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert stand.passed == journal and not stand.later.waits
    session = Session.of(stand.passed)
    assert session.turns[0].ending == "cancelled" and session.turns[0].messages == ["one", "two"]


async def test_it_waits_by_the_clock_of_the_loop() -> None:
    passed: list[Entry] = []
    pace = Pace(passed.append, lambda: None)
    pace.append(said("one", 1))
    assert passed == []
    await pace.drain()
    assert len(passed) == 1


@pytest.mark.parametrize(
    ("entry", "seconds"),
    [
        (said("hi", 1000), 1.0),
        (said("hi", 0.5), 0.0005),
        (said("hi", 3_600_000), LONGEST),
        (said("hi", 10**400), LONGEST),
        (said("hi", float("inf")), LONGEST),
        (said("hi", float("nan")), 0.0),
        (said("hi", -1), 0.0),
        (said("hi", True), 0.0),
        (said("hi", "1000"), 0.0),
        (trace("text", message="hi", slate={"messageDelayMilliseconds": 300}), 0.3),
        (trace("text", message="hi", delay=None, slate={"messageDelayMilliseconds": 300}), 0.3),
        (trace("text", message="hi", delay=200, slate={"messageDelayMilliseconds": 300}), 0.2),
        (trace("text", message="hi", slate="none"), 0.0),
        (trace("speak", message="hi", delay=40), 0.04),
        (trace("completion", state="start", delay=700), 0.7),
        (trace("completion-start", completion="Hi", delay=700), 0.7),
        (trace("debug", message="hi", delay=700), 0.0),
        (event({"type": "trace", "trace": {"type": "text", "payload": {"delay": 9}}}), 0.009),
        (event({"type": "text", "payload": "hi"}), 0.0),
        (event({"delay": 3}, "state"), 0.0),
        (sent(), 0.0),
        (END, 0.0),
    ],
)
def test_delays(entry: Entry, seconds: float) -> None:
    assert delay_of(entry) == pytest.approx(seconds)


@given(st.lists(st.integers(0, 3)), st.data())
def test_whatever_happens_everything_is_passed_on_once_and_in_order(
    delays: list[int], data: Any
) -> None:
    async def play() -> None:
        stand = Stand()
        entries = [said(str(number), delay) for number, delay in enumerate(delays)]
        for entry in entries:
            stand.append(entry)
            while stand.later.waits and data.draw(st.booleans()):
                stand.later.ring()
            assert stand.passed == entries[: len(stand.passed)]
        if data.draw(st.booleans()):
            stand.pace.flush()
        while stand.later.waits:
            stand.later.ring()
        await stand.pace.drain()
        assert stand.passed == entries
        assert len(stand.later.asked) <= sum(map(bool, delays))

    asyncio.run(play())
