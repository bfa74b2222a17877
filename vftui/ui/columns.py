"""The columns of the trace list: which there are in a list of this width, and what is a lot.

Two rules:

1. What a colour says, a sign says too: the level is a letter, and what is large has a triangle.
2. The summary is what a person reads: the other columns give way to it, sizes first.
"""

from __future__ import annotations

from dataclasses import dataclass

from vftui.render.figures import milliseconds, size
from vftui.render.text import one_line

WIDE = 56
"""Cells from which on gaps and levels have columns, and names have room."""

WIDEST = 92
"""Cells from which on sizes have a column, and names are whole."""

GAP, LONG_GAP = 0.5, 2.0
"""Seconds between two entries that a person notices, and that are too many."""

LARGE = 64 * 1024
"""Bytes from which on an entry is large."""

NOTICEABLE, MUCH = "▴", "▲"
"""Beside a gap that is noticed, and beside one that is too long or a size that is large."""

FOUND, LIT = "*", "›"
"""Beside what was searched for, and beside what belongs together."""

LETTERS = {1: "d", 2: "i", 3: "W", 4: "E", 5: "F"}
"""What stands for a level; those that want to be seen are capitals."""

LOUD = 3
"""The level from which on it does."""


@dataclass(frozen=True)
class Columns:
    """The widths of the columns before the summary, in cells; 0: not shown."""

    number: int
    gap: int
    size: int
    level: int
    kind: int
    since: int = 6

    @classmethod
    def of(cls, width: int, total: int) -> Columns:
        """Those of a list of so many cells and entries."""
        number = max(4, len(str(total)) + 1)  # the first cell is the mark's
        if width >= WIDEST:
            return cls(number, gap=6, size=10, level=2, kind=22)
        if width >= WIDE:
            return cls(number, gap=6, size=0, level=2, kind=13)
        return cls(number, gap=0, size=0, level=0, kind=12)

    @property
    def whole_names(self) -> bool:
        """Whether long names have room."""
        return self.size > 0

    def header(self) -> str:
        """The names of the columns."""
        cells = [f"{'#':>{self.number}} ", f"{'+ms':>{self.since}} "]
        if self.gap:
            cells.append(f"{'gap':>{self.gap}}  ")
        if self.size:
            cells.append(f"{'size':>{self.size}}  ")
        if self.level:
            cells.append(f"{'':<{self.level}}")
        return "".join((*cells, f"{'type':<{self.kind}} summary"))

    def numbers(self, seq: int, since: float | None, *, marked: bool, sign: str) -> str:
        """The mark, the number, why it is shown (`FOUND`, `LIT`), the time since the action."""
        mark = "●" if marked else " "
        return f"{mark}{seq:>{self.number - 1}}{sign}{_time(since, self.since)}"

    def gap_cells(self, gap: float | None) -> str:
        """The time since the entry before, with its sign; only the sign where there is no room."""
        if not self.gap:
            return gap_sign(gap)
        return f" {_time(gap, self.gap)}{gap_sign(gap)} "

    def size_cells(self, octets: int) -> str:
        """The size, with its sign; without its column only of what is large."""
        if self.size:
            return f"{size(octets):>{self.size}}{MUCH if octets >= LARGE else ' '} "
        return ""

    def name(self, glyph: str, name: str) -> str:
        """What an entry is, behind its glyph."""
        return f"{glyph} {one_line(name, self.kind - 2):<{self.kind - 2}} "


def _time(seconds: float | None, width: int) -> str:
    """A time in a column; one that is beyond all measure is cut."""
    return f"{one_line(milliseconds(seconds), width):>{width}}"


def gap_sign(gap: float | None) -> str:
    """What stands beside a gap of so many seconds."""
    if gap is None or gap < GAP:
        return " "
    return MUCH if gap >= LONG_GAP else NOTICEABLE


def letter_of(level: int | None) -> str:
    """The letter of a level."""
    return LETTERS.get(level or 0, " ")
