"""A step on the server's clock while it grows, and where the finished ones are kept.

One rule: what does not tell when it began, began after the trace before it. Such a bar is not
exact: the step took so long at most.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from vftui.session.bars import MAX_BARS, Bar, Kind

MOST = 16
"""Entries that are kept as evidence of one step."""

LONGEST = 3600.0
"""Seconds from which on a latency is nonsense."""


class Moment(NamedTuple):
    """When a trace was made."""

    seq: int
    at: float
    """Seconds on the server's clock."""
    before: float
    """When the trace before it was made."""


@dataclass(slots=True)
class Spent:
    """A step: what it is as far as it is known, from when to when."""

    kind: Kind
    label: str
    start: float
    end: float
    seqs: list[int] = field(default_factory=list)
    """The entries that tell of it; of the parts of a stream the latest."""
    exact: bool = True
    streams: bool = False
    """Whether the latest entry is a part of a stream."""

    def see(self, now: Moment, *, part: bool = False) -> None:
        """Take a trace that tells of it until now."""
        self.end = max(self.end, now.at)
        self.name(now.seq, part=part)

    def name(self, seq: int, *, part: bool = False) -> None:
        """Take an entry as evidence."""
        if (part and self.streams) or len(self.seqs) >= MOST:
            self.seqs[-1] = seq
        elif self.seqs[-1:] != [seq]:
            self.seqs.append(seq)
        self.streams = part

    def took(self, seconds: float) -> None:
        """The server measured it: it began so long before its end."""
        self.start, self.exact = self.end - seconds, True

    @property
    def bar(self) -> Bar:
        """What it is now, in seconds since the epoch."""
        start = min(self.start, self.end)
        return Bar(self.kind, self.label, start, self.end, tuple(self.seqs), self.exact)


class Spending:
    """The steps of a turn."""

    def __init__(self) -> None:
        self._steps: list[Spent] = []

    def begin(self, kind: Kind, label: str, start: float, now: Moment, *, exact: bool) -> Spent:
        """A step that is known of from now on; when there are too many, the last one of them."""
        if len(self._steps) >= MAX_BARS:
            step = self._steps[-1]
            step.kind, step.label, step.exact = "step", "further steps", False
            step.see(now)
            return step
        step = Spent(kind, label, start, now.at, [now.seq], exact)
        self._steps.append(step)
        return step

    @property
    def bars(self) -> list[Bar]:
        """The steps so far, in seconds since the epoch."""
        return [step.bar for step in self._steps]


def seconds(latency: float | None) -> float | None:
    """A latency in seconds; None when there is none that can be true."""
    if latency is None or not 0 <= latency <= LONGEST * 1000:
        return None
    return latency / 1000
