"""Plots of figures by turn: stacked columns of eighth blocks over a scale of round numbers.

Four rules:

1. The scale begins at 0, and its numbers are round ones that stand exactly where they are true.
2. Where there are more turns than columns, a column is the turn that is the highest of several:
   peaks are what a person looks for.
3. A turn whose figure is not known has no column; a mark below it says so, and what is guessed.
4. Nothing here knows of colours: what is drawn says what it is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

from vftui.render.eighths import BLOCKS, LEVELS
from vftui.render.text import one_line

PITCHES = (8, 6, 4, 3, 2, 1)
"""Cells from one column to the next; all but the last leave one of them free."""

NUMBERS, NAMES = 8, 7
"""Cells left of the columns, for the scale, and right of them, for the names of lines across."""

UNDER = 2
"""Lines below the columns: the axis, and the numbers of the turns."""

APART = 8
"""Cells from one number of a turn to the next, at least."""

ACROSS, CHOSEN = "┄", "▲"
"""A line across, and what stands below the chosen turn."""

MOST_TICKS = 6
"""Numbers on a scale, at most."""

LEAST = 1e-6
"""What a scale tells apart from nothing."""

_STEPS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)

Look = Literal["lower", "upper", "both", "axis", "across", "mark", "chosen", "blank"]
"""What a piece of a plot is; `both`: the lower part of its cells is lower, the upper upper."""


class Piece(NamedTuple):
    """Some cells of a line that look the same."""

    text: str
    look: Look


Line = list[Piece]


@dataclass(frozen=True)
class Figures:
    """What a plot shows: a figure of every turn, and what of it is below."""

    whole: Sequence[float | None]
    lower: Sequence[float | None] = ()
    """The part of the whole that is below; empty: it is not divided."""
    marks: Sequence[str] = ()
    """What stands below each turn; empty: nothing."""
    across: tuple[tuple[str, float], ...] = ()
    """Heights to draw a line at, each with its name."""
    told: Callable[[float], str] = "{:g}".format
    """A figure of the scale, for people."""

    def __len__(self) -> int:
        return len(self.whole)

    def below(self, turn: int) -> float:
        """How high the lower part of a turn's column is."""
        return (self.lower[turn] or 0.0) if self.lower else 0.0

    def height(self, turn: int) -> float:
        """How high the column of a turn is; one that is not over has a lower part already."""
        whole = self.whole[turn]
        return self.below(turn) if whole is None else whole


@dataclass(frozen=True)
class Scale:
    """A scale from 0 to `top` beside `rows` lines, of which every `top / ticks` has a number."""

    top: float
    ticks: int
    rows: int

    @classmethod
    def over(cls, highest: float, rows: int) -> Scale:
        """The lowest scale of round numbers that `highest` is on, its numbers on whole rows."""
        several = [ticks for ticks in range(2, min(MOST_TICKS, rows // 2) + 1) if not rows % ticks]
        found = [cls(_round_up(highest / ticks) * ticks, ticks, rows) for ticks in several or [1]]
        return min(found, key=lambda scale: (scale.top, -scale.ticks))

    def number(self, row: int) -> float | None:
        """The number that belongs beside a row, which is the height of its upper edge."""
        tick, rest = divmod((row + 1) * self.ticks, self.rows)
        return None if rest else self.top * tick / self.ticks

    def levels(self, height: float) -> int:
        """How many eighths of a row a height takes; what is not nothing takes one at least."""
        share = height / self.top * self.rows * LEVELS
        return max(1, round(share)) if height > 0 else 0


def _round_up(value: float) -> float:
    """The lowest round number that is not below it."""
    if value <= 0:
        return 1.0
    value = max(value, LEAST)
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (*_STEPS, 100.0) if step * power >= value)


def several(turns: int, width: int) -> int:
    """How many turns a column is the highest of, in a plot of this width."""
    return max(1, math.ceil(turns / _room(width)))


def _room(width: int) -> int:
    return max(1, width - NUMBERS - 1 - NAMES)


class Plot:
    """Figures drawn in so many cells and lines."""

    def __init__(self, figures: Figures, width: int, height: int) -> None:
        self.figures = figures
        rows = max(1, height - UNDER)
        self.rows = rows - rows % (4 if rows >= 8 else 2) if rows > 2 else rows
        """Lines of the columns: a number of them that many others divide."""
        self.room = _room(width)
        """Cells of all columns."""
        count = len(figures)
        self.several = several(count, width)
        """How many turns a column is the highest of."""
        starts = range(0, count, self.several)
        self.turns = [
            max(range(first, min(first + self.several, count)), key=figures.height)
            for first in starts
        ]
        """The turn of each column."""
        self.pitch = next(pitch for pitch in PITCHES if pitch * len(starts) <= self.room)
        heights = [*map(figures.height, self.turns), *(height for _, height in figures.across)]
        self.scale = Scale.over(max(heights, default=0.0), self.rows)

    def column_of(self, turn: int) -> int:
        """The column that a turn is in."""
        return turn // self.several

    def turn_at(self, x: int) -> int | None:
        """The turn whose column is at a cell of the line."""
        column = (x - NUMBERS - 1) // self.pitch
        return self.turns[column] if 0 <= column < len(self.turns) else None

    def lines(self, chosen: int | None = None) -> list[Line]:
        """The plot, from the top; with the mark of the turn that is chosen."""
        named = self._named()
        lines = [self._row(row, named.get(row)) for row in reversed(range(self.rows))]
        return [*lines, self._axis(chosen), self._numbers(chosen)]

    def _row(self, row: int, named: str | None) -> Line:
        """The line of columns that so many others are below."""
        number = self.scale.number(row)
        told = "" if number is None else one_line(self.figures.told(number), NUMBERS)
        line = [Piece(f"{told:>{NUMBERS}}{'│' if number is None else '┤'}", "axis")]
        line += _joined([*self._cells(row, across=named is not None)])
        if named is not None:
            used = sum(len(piece.text) for piece in line)
            rest = NUMBERS + 1 + self.room - used
            line.append(Piece(ACROSS * rest + f" {named}", "across"))
        return line

    def _cells(self, row: int, *, across: bool) -> Iterator[Piece]:
        free = Piece(ACROSS, "across") if across else Piece(" ", "blank")
        below = row * LEVELS
        for turn in self.turns:
            lower = self.scale.levels(self.figures.below(turn)) - below
            both = self.scale.levels(self.figures.height(turn)) - below
            text, look = _cell(lower, both) if both > 0 else free
            yield Piece(text * max(1, self.pitch - 1), look)
            if self.pitch > 1:
                yield free

    def _named(self) -> dict[int, str]:
        """The rows of the lines across, each with the name of the first of those in it."""
        rows: dict[int, str] = {}
        for name, height in self.figures.across:
            rows.setdefault(max(1, math.ceil(self.scale.levels(height) / LEVELS)) - 1, name)
        return rows

    def _axis(self, chosen: int | None) -> Line:
        here = None if chosen is None else self.column_of(chosen)
        line = [Piece(" " * NUMBERS + "└", "axis")]
        for column, turn in enumerate(self.turns):
            mark = self.figures.marks[turn] if self.figures.marks else ""
            if column == here:
                line.append(Piece(CHOSEN, "chosen"))
            else:
                line.append(Piece(mark or "─", "mark" if mark else "axis"))
            line.append(Piece("─" * (self.pitch - 1), "axis"))
        return _joined(line)

    def _numbers(self, chosen: int | None) -> Line:
        """The numbers of turns below their columns, the chosen one's before any other."""
        line, used = [], 0
        for start, text, look in sorted(self._placed(chosen)):
            line.append(Piece(" " * (start - used) + text, look))
            used = start + len(text)
        return line

    def _placed(self, chosen: int | None) -> list[tuple[int, str, Look]]:
        """Where which of the numbers stands; those that another is in the way of are left out."""
        placed: list[tuple[int, str, Look]] = []
        for turn in self._wanted(chosen):
            text = f"{turn + 1:,}"
            centre = NUMBERS + 1 + self.column_of(turn) * self.pitch
            start = max(NUMBERS, centre - (len(text) - 1) // 2)
            if all(
                start > left + len(other) or start + len(text) < left for left, other, _ in placed
            ):
                placed.append((start, text, "chosen" if turn == chosen else "axis"))
        return placed

    def _wanted(self, chosen: int | None) -> Iterator[int]:
        """The turns whose numbers are told, the most wanted first."""
        if chosen is not None:
            yield chosen
        if count := len(self.figures):
            yield 0
            yield count - 1
            apart = next(n for n in _round_counts() if n * self.pitch >= APART * self.several)
            yield from range(apart - 1, count, apart)


def _round_counts() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 …"""
    return (step * 10**power for power in itertools.count() for step in (1, 2, 5))


def _cell(lower: int, both: int) -> tuple[str, Look]:
    """The block of a cell that the lower part reaches so high in, and both together."""
    lower, both = max(0, min(LEVELS, lower)), min(LEVELS, both)
    if lower == 0:
        return BLOCKS[both], "upper"
    if lower < both == LEVELS:
        return BLOCKS[lower], "both"
    # The cell ends both parts, but shows one end only: that of what there is more of.
    return BLOCKS[both], "lower" if 2 * lower >= both else "upper"


def _joined(line: Iterable[Piece]) -> Line:
    """The same with one piece for all neighbours of a look."""
    groups = groupby(line, key=lambda piece: piece.look)
    return [Piece("".join(piece.text for piece in pieces), look) for look, pieces in groups]
