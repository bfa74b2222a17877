"""The lines of a waterfall: a verdict, and a bar for each step on each of the two clocks.

One rule: nothing is told by colour alone. `━` was measured, `╍` took so long at most, `┄` is
explained by nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from vftui.render.figures import duration
from vftui.render.text import printable

if TYPE_CHECKING:
    from vftui.session.bars import Bar, Clock
    from vftui.session.timeline import Timeline

SHORT = 0.02
"""The part of a clock below which an unexplained gap shares its line with others."""

NO_TIMES = "This turn has no times: neither when it arrived nor the server's."


@dataclass(frozen=True, slots=True)
class Line:
    """One line: words with a duration, or bars of one name."""

    kind: Literal["verdict", "clock", "bars"]
    text: str
    seconds: float | None
    """What it took; None when there is nothing to tell."""
    bars: tuple[Bar, ...] = ()
    length: float = 0.0
    """The seconds of the bars' clock."""

    @property
    def seqs(self) -> tuple[int, ...]:
        """The entries that tell of the bars."""
        return tuple(sorted({seq for bar in self.bars for seq in bar.seqs}))

    @property
    def exact(self) -> bool:
        """Whether all its ends were told."""
        return all(bar.exact for bar in self.bars)

    @property
    def took(self) -> str:
        """The duration with its mark: `~` is at most."""
        if self.seconds is None:
            return ""
        return duration(self.seconds) if self.exact else f"~{duration(self.seconds)}"


def lines_of(timeline: Timeline) -> Iterator[Line]:
    """The verdict, then the server's clock, which tells more, then ours."""
    from vftui.session.timeline import verdict  # it needs pydantic: not at the start

    told = verdict(timeline) or NO_TIMES
    yield Line("verdict", printable(told, keep_lines=False), None)
    for name, clock in (("server clock", timeline.server), ("our clock", timeline.ours)):
        if clock is None:
            yield Line("clock", f"{name}: not told", None)
        else:
            yield Line("clock", name, clock.length)
            yield from _bars_of(clock)


def drawn(line: Line, width: int) -> str:
    """The bars of a line on `width` cells, to scale; the shortest one is still seen."""
    cells = [" "] * width
    scale = width / line.length if line.length else 0.0
    for bar in line.bars:
        first = min(int(bar.start * scale), width - 1)
        last = min(max(first + 1, round(bar.end * scale)), width)
        mark = "┄" if bar.kind == "unexplained" else "━" if bar.exact else "╍"
        cells[first:last] = mark * (last - first)
    return "".join(cells)


def _bars_of(clock: Clock) -> Iterator[Line]:
    """A line for each bar; short gaps that nothing explains share the last one."""
    gaps = []
    for bar in clock.bars:
        if bar.kind == "unexplained" and bar.seconds < SHORT * clock.length:
            gaps.append(bar)
        else:
            name = printable(bar.label, keep_lines=False)
            yield Line("bars", name, bar.seconds, (bar,), clock.length)
    if gaps:
        name = "unexplained" if len(gaps) == 1 else f"{len(gaps)} short gaps"
        yield Line("bars", name, sum(bar.seconds for bar in gaps), tuple(gaps), clock.length)
