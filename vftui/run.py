"""A turn, joined to whoever wants to know about it.

Three rules:

1. Every entry reaches every sink, in order, before anyone awaits anything.
2. A sink that raises is told of once and never ends a turn. It still gets what follows: a disk
   that was full may have room again.
3. A turn always gets its `Closed`: a cancelled one gets it here, and the source is closed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

from vftui.errors import ExitCode
from vftui.session.log import Closed, Ending, Entry, Opened

Clock = Callable[[], float]
"""Seconds since the epoch; never goes back."""

_START = time.time() - time.monotonic()


def now() -> float:
    """Seconds since the epoch, from the clock that nobody can set back."""
    return _START + time.monotonic()


class Sink(Protocol):
    """Something that takes entries: the session, its recording, an output."""

    def append(self, entry: Entry, /) -> object:
        """Take the next entry."""


OnSinkFailure = Callable[[Sink, Exception], None]
"""Told once about each sink that failed."""


async def run_turn(
    entries: AsyncIterator[Entry],
    sinks: Sequence[Sink],
    *,
    on_sink_failure: OnSinkFailure,
    clock: Clock = now,
) -> Closed:
    """Hand a turn's entries to the sinks and return how it ended.

    When cancelled, the sinks get a `Closed` that says so before `CancelledError` goes on.
    """
    failed: set[int] = set()

    def tell(entry: Entry) -> None:
        for place, sink in enumerate(sinks):
            try:
                sink.append(entry)
            except Exception as error:  # noqa: BLE001  what a sink may raise is not ours to know
                if place not in failed:
                    failed.add(place)
                    on_sink_failure(sink, error)

    closed: Closed | None = None
    entry: Entry | None = None
    try:
        async for entry in entries:
            tell(entry)
            if isinstance(entry, Closed):
                closed = entry
                break
    except asyncio.CancelledError:
        if closed is None:
            tell(_cancelled(clock(), entry))
        raise
    finally:
        await _close(entries)
    if closed is None:
        closed = Closed(clock(), "truncated", "The source of this turn ended without an ending.")
        tell(closed)
    return closed


def _cancelled(at: float, latest: Entry | None) -> Closed:
    """The ending of a turn that is stopped; while the next try is waited for, nothing has run."""
    if isinstance(latest, Opened) and latest.retry_in is not None:
        advice = "Nothing has run: send it again when you like."
        return Closed(at, "cancelled", "Stopped before the next try.", advice=advice)
    return Closed(at, "cancelled", "Stopped before the agent had finished.")


async def _close(entries: AsyncIterator[Entry]) -> None:
    """Close the source, if it can be: a generator's connection must not wait for the collector."""
    close = getattr(entries, "aclose", None)
    if close is not None:
        await close()


def exit_code(ending: Ending, status: int | None = None) -> ExitCode:
    """What a command returns for a turn that ended like this."""
    if ending == "refused" and status in (401, 403):
        return ExitCode.NOT_AUTHORISED
    return _EXIT_CODES[ending]


_EXIT_CODES: dict[Ending, ExitCode] = {
    "complete": ExitCode.OK,
    "cancelled": ExitCode.INTERRUPTED,
    "truncated": ExitCode.STREAM_BROKEN,
    "protocol": ExitCode.STREAM_BROKEN,
    "stalled": ExitCode.UNREACHABLE,
    "unreachable": ExitCode.UNREACHABLE,
    "refused": ExitCode.AGENT_FAILED,
    "failed": ExitCode.AGENT_FAILED,
}
