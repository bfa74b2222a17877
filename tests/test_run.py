"""The turn runner: every sink hears everything, a failing one is left out, a turn always ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable

import pytest

from vftui.errors import ExitCode
from vftui.run import Sink, exit_code, now, run_turn
from vftui.session.log import ENDINGS, Closed, Entry, Opened, Received, Sent
from vftui.wire.frames import parse_frame

SENT = Sent(1.0, {"type": "launch"}, "v2")
RECEIVED = Received(2.0, parse_frame(b"data: x\n\n"))
CLOSED = Closed(3.0, "complete")


class Source:
    """Yields entries, then waits for ever if it is told to; knows whether it was closed."""

    def __init__(self, *entries: Entry, waits: bool = False) -> None:
        self._entries = entries
        self._waits = waits
        self.reached_the_end = asyncio.Event()
        self.closed = False

    async def run(self) -> AsyncGenerator[Entry, None]:
        try:
            for entry in self._entries:
                yield entry
            self.reached_the_end.set()
            if self._waits:
                await asyncio.Event().wait()
        finally:
            self.closed = True


class Failing:
    """Takes one entry, then fails."""

    def __init__(self) -> None:
        self.calls = 0

    def append(self, entry: Entry) -> None:
        self.calls += 1
        if self.calls > 1:
            raise OSError("disk full")

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]  # compared by identity, whatever it says


class Complaints(list[tuple[Sink, Exception]]):
    """Takes note of sinks that failed."""

    def __call__(self, sink: Sink, error: Exception) -> None:
        self.append((sink, error))


def no_complaint(sink: Sink, error: Exception) -> None:
    raise AssertionError(f"{sink} failed: {error}")


async def run(source: Source, sinks: Iterable[Sink]) -> Closed:
    return await run_turn(
        source.run(), list(sinks), on_sink_failure=no_complaint, clock=lambda: 9.0
    )


async def test_every_sink_gets_every_entry_in_order() -> None:
    one: list[Entry] = []
    two: list[Entry] = []
    source = Source(SENT, RECEIVED, CLOSED)
    assert await run(source, [one, two]) is CLOSED
    assert one == two == [SENT, RECEIVED, CLOSED]
    assert source.closed


async def test_nothing_behind_the_ending_is_taken() -> None:
    log: list[Entry] = []
    await run(Source(CLOSED, RECEIVED), [log])
    assert log == [CLOSED]


async def test_a_sink_that_fails_is_told_of_once_and_gets_what_follows() -> None:
    failing, log, complaints = Failing(), list[Entry](), Complaints()
    entries = (SENT, Opened(1.5, 200), RECEIVED, CLOSED)
    closed = await run_turn(Source(*entries).run(), [failing, log], on_sink_failure=complaints)
    assert closed is CLOSED and log == list(entries)
    assert failing.calls == len(entries)
    ((sink, error),) = complaints
    assert sink is failing and isinstance(error, OSError)


async def test_cancelling_closes_the_turn_and_the_source() -> None:
    log: list[Entry] = []
    source = Source(SENT, RECEIVED, waits=True)
    running = asyncio.ensure_future(run(source, [log]))
    await source.reached_the_end.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert log[:2] == [SENT, RECEIVED]
    closed = log[2]
    assert isinstance(closed, Closed) and (closed.at, closed.ending) == (9.0, "cancelled")
    assert len(log) == 3 and source.closed


async def test_a_source_without_an_ending_gets_one() -> None:
    log: list[Entry] = []
    closed = await run(Source(SENT), [log])
    assert closed.ending == "truncated" and log == [SENT, closed]


async def test_a_source_that_breaks_is_closed() -> None:
    class Broken(Source):
        async def run(self) -> AsyncGenerator[Entry, None]:
            try:
                yield SENT
                raise ZeroDivisionError
            finally:
                self.closed = True

    source = Broken()
    with pytest.raises(ZeroDivisionError):
        await run(source, [])
    assert source.closed


def test_every_ending_has_an_exit_code() -> None:
    assert {ending: exit_code(ending) for ending in ENDINGS} == {
        "complete": ExitCode.OK,
        "cancelled": ExitCode.INTERRUPTED,
        "truncated": ExitCode.STREAM_BROKEN,
        "stalled": ExitCode.UNREACHABLE,
        "refused": ExitCode.AGENT_FAILED,
        "unreachable": ExitCode.UNREACHABLE,
        "failed": ExitCode.AGENT_FAILED,
        "protocol": ExitCode.STREAM_BROKEN,
    }


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_has_its_own_exit_code(status: int) -> None:
    assert exit_code("refused", status) is ExitCode.NOT_AUTHORISED


def test_the_clock_does_not_go_back() -> None:
    times = [now() for _ in range(100)]
    assert times == sorted(times) and times[0] > 1_700_000_000


@pytest.mark.parametrize("waits", [True, False])
async def test_whoever_stops_the_wait_for_the_next_try_is_told_that_nothing_has_run(
    waits: bool,
) -> None:
    source = Source(SENT, Opened(2.0, 429, retry_in=4.0 if waits else None), waits=True)
    heard: list[Entry] = []
    turn = asyncio.ensure_future(run_turn(source.run(), [heard], on_sink_failure=Complaints()))
    await source.reached_the_end.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    closed = heard[-1]
    assert isinstance(closed, Closed) and closed.ending == "cancelled"
    assert ("Nothing has run" in closed.advice) is waits
