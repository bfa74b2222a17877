"""Bars on a clock: what took how long, from where to where, and how much of it nothing explains.

Three rules:

1. All times are seconds from the zero of one clock. Two clocks have nothing to compare but lengths.
2. The bars of a clock cover it from 0 to its length; what no step covers is `unexplained`.
3. Shares sum to the length: time in which several steps run counts for each in equal parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

Kind = Literal[
    # on our clock
    "connect",  # until the head of an answer
    "retry",  # a pause before the next attempt
    "byte",  # from the head to the first frame
    "text",  # from the first frame to the first words
    "stream",  # frames arrive
    "silence",  # none does for so long that a person notices
    "end",  # from the last frame to the end
    # on the server's
    "model",
    "tool",
    "function",
    "knowledge",
    "code",
    "api",
    "step",  # any other that tells its time
    # on both
    "unexplained",
]

MAX_BARS = 400
"""Steps of one clock that are told apart; what comes later is one bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that took time."""

    kind: Kind
    label: str
    """What it is, as it came: a tool's name, a model's."""
    start: float
    end: float
    seqs: tuple[int, ...] = ()
    """The entries that tell of it; of a stream the first and the last."""
    exact: bool = True
    """Whether both ends were told; else it took this long at most."""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of a turn on one clock."""

    length: float
    bars: tuple[Bar, ...]
    """In the order of their starts; they may overlap."""

    def shares(self, name: Callable[[Bar], str]) -> dict[str, float]:
        """The seconds of the bars by their names; they sum to the length."""
        found: dict[str, float] = {}
        edges = sorted({edge for bar in self.bars for edge in (bar.start, bar.end)})
        for start, end in pairwise(edges):
            running = [name(bar) for bar in self.bars if bar.start <= start and bar.end >= end]
            for one in running:
                found[one] = found.get(one, 0.0) + (end - start) / len(running)
        return found


def covered(steps: Iterable[Bar], first: tuple[float, int], last: tuple[float, int]) -> Clock:
    """A clock from its first to its last sign (when and which entry), with these steps on it.

    Its zero is the first sign, or the start of a step that began before it.
    """
    steps = sorted(steps, key=lambda bar: (bar.start, bar.end))
    zero = min(first[0], *(bar.start for bar in steps)) if steps else first[0]
    length = max(last[0], *(bar.end for bar in steps)) - zero if steps else last[0] - zero
    moved = [replace(bar, start=bar.start - zero, end=bar.end - zero) for bar in steps]
    bars = [*moved, *_gaps(moved, length, first[1], last[1])]
    return Clock(length, tuple(sorted(bars, key=lambda bar: (bar.start, bar.end))))


def _gaps(bars: list[Bar], length: float, first: int, last: int) -> Iterator[Bar]:
    """What no bar covers; each gap is told of by the entries beside it."""
    reached, beside = 0.0, first
    for bar in bars:
        after = bar.seqs[0] if bar.seqs else last
        if bar.start > reached:
            yield Bar("unexplained", "unexplained", reached, bar.start, _beside(beside, after))
        if bar.end >= reached:
            reached, beside = bar.end, bar.seqs[-1] if bar.seqs else beside
    if length > reached:
        yield Bar("unexplained", "unexplained", reached, length, _beside(beside, last))


def _beside(before: int, after: int) -> tuple[int, ...]:
    return tuple(sorted({before, after}))
