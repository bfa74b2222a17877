"""When each entry of a log is played.

Three rules:

1. Between the entries of a turn passes what passed when they arrived. Where nobody kept that, it
   is what the server's `time` says, and without one `STEP`. A clock that runs backwards stands.
2. How long a person thought is not the agent's doing: before an action pass `THOUGHT` at most.
3. A schedule is made while the log is read, and costs a number for each entry.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right

from vftui.session.log import Closed, Entry, Received, Sent

STEP = 0.05
"""Seconds to an entry whose time nobody knows."""

THOUGHT = 3.0
"""Seconds before an action, at most."""

LONGEST = 3600.0
"""Seconds between two entries, at most: what is longer is a clock that was set."""

_LATEST = 1e12
"""Times from here on, in seconds since the epoch, are nonsense."""


class Schedule:
    """The times of a log's entries, in seconds since its beginning, and where its turns begin."""

    def __init__(self) -> None:
        self._times = array("d")
        self._turns = array("q")
        self._open = False  # whether the newest turn is
        self._anchors: dict[str, tuple[float, float]] = {}  # of each clock: a reading, when played

    def __len__(self) -> int:
        return len(self._times)

    @property
    def duration(self) -> float:
        """Seconds to the last entry."""
        return self._times[-1] if self._times else 0.0

    @property
    def turns(self) -> int:
        """How many turns there are."""
        return len(self._turns)

    def add(self, entry: Entry) -> None:
        """Take the next entry."""
        acts = isinstance(entry, Sent)
        if acts or not self._open:
            self._turns.append(len(self._times) + 1)
        self._open = not isinstance(entry, Closed)
        self._times.append(self._time_of(entry, THOUGHT if acts else LONGEST))

    def _time_of(self, entry: Entry, longest: float) -> float:
        last = self.duration
        clock, reading = _reading(entry)
        if reading is not None and clock in self._anchors:
            before, then = self._anchors[clock]
            time = min(max(last, then + reading - before), last + longest)
        else:
            time = last + STEP if self._times else 0.0
        if reading is not None:
            self._anchors[clock] = reading, time
        return time

    def time(self, number: int) -> float:
        """When so many entries are there; 0 for none of them."""
        return self._times[min(number, len(self._times)) - 1] if number and self._times else 0.0

    def played(self, time: float) -> int:
        """How many entries are there at this time."""
        return bisect_right(self._times, time)

    def turn(self, number: int) -> int:
        """How many turns have begun when so many entries are there."""
        return bisect_right(self._turns, number)

    def turn_end(self, turn: int) -> int:
        """How many entries are there at the end of a turn, counted from 1; 0 before the first."""
        if turn <= 0:
            return 0
        return self._turns[turn] - 1 if turn < len(self._turns) else len(self._times)


def _reading(entry: Entry) -> tuple[str, float | None]:
    """What time it is by an entry, and by whose clock; None: it does not say."""
    at, clock = entry.at, "ours"
    if at is None and isinstance(entry, Received) and (trace := entry.decoded.trace) is not None:
        at, clock = trace.time, "server's"
        at = None if at is None else at / 1000
    return clock, at if at is not None and 0 <= at < _LATEST else None
