"""The columns of the token pane: where figures stand, and how they fit in there.

Two rules:

1. What a column is for decides how wide it is, and so does the window; no figure does.
2. One that does not fit is rounded (`1.23M`), never cut.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING

from vftui.render.figures import counted, duration, money
from vftui.render.text import one_line

if TYPE_CHECKING:
    from vftui.prices import Cost

LACKS = "+?"
"""Stands behind a total that lacks what nobody reported."""

MARK = 2
"""Cells behind a total, for `LACKS`."""

FEW = 3
"""Lines in which there is no place for the rate but beside the turn."""

MOST_NAME = 21
"""Cells of the names at most; what is left over the columns share."""

MOST = 9995 * 10**11
"""Counts from here on are more than 999T, rounded as well."""

COST = 9
"""Cells of an amount of money, at least."""

COLUMNS = 5
"""How many of those there are: total, in, out, base, cost."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of the columns in cells; 0: not shown."""

    name: int
    total: int = 9
    part: int = 8
    rate: int = 0
    base: int = 0
    cost: int = 0

    @classmethod
    @cache
    def of(cls, width: int, height: int) -> Columns:
        """Those of so many cells and lines; the last cell stays free, as in the frame."""
        width -= 1
        kept = cls(8)
        if width < kept.width:
            return cls(max(0, width - kept.total - MARK), part=0)
        more = (replace(kept, base=8), replace(kept, base=8, cost=COST))
        for wanted in (replace(kept, rate=9),) if height <= FEW else more:
            kept = wanted if wanted.width <= width else kept
        spare = width - kept.width
        wider = max(0, spare - MOST_NAME + kept.name) // COLUMNS if kept.cost else 0
        return cls(
            min(MOST_NAME, kept.name + spare), kept.total + wider, kept.part + wider,
            kept.rate, kept.base and kept.base + wider, kept.cost and kept.cost + wider,
        )  # fmt: skip

    @property
    def width(self) -> int:
        """All of them together."""
        marked = [figures + MARK for figures in (self.total, self.base, self.cost) if figures]
        return self.name + sum(marked) + 2 * self.part + self.rate

    @property
    def figures(self) -> int:
        """Those up to the answer's."""
        return self.name + self.total + MARK + 2 * self.part

    def names(self) -> str:
        """The names of the columns, each where its figures end."""
        told = f"{'billed':>{self.name + self.total}}{'':{MARK}}"
        if self.part:
            told += f"{'in':>{self.part}}{'out':>{self.part}}"
        if self.rate:
            told += f"{'tok/s':>{self.rate}}"
        for name, room in (("base", self.base), ("cost", self.cost)):
            told += f"{name:>{room}}{'':{MARK}}" if room else ""
        return told.rstrip()


def number(figure: int | None, source: str, room: int) -> str:
    """A count with its mark; one that is too long for its place is rounded to thousands, millions
    or more."""
    told = counted(figure, source)
    if len(told) <= room or figure is None:
        return told
    mark = "~" if told.startswith("~") else ""
    for unit, size in (("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12)):
        for digits in (2, 1, 0):
            short = f"{mark}{figure / size:.{digits}f}{unit}"
            if len(short) <= room and round(figure / size, digits) < 1000:
                return short
    return one_line(f"{mark}>999T" if figure >= MOST else told, room)


def price(cost: Cost | None, room: int) -> str:
    """What calls cost, with its marks; what is too long for its place is rounded."""
    told = money(cost)
    if len(told) <= room or cost is None:
        return told
    more = " +?" if cost.unpriced else ""
    room -= len(more)
    sign = "".join(takewhile(lambda one: not one.isdigit(), told)).replace("<", "")
    if cost.amount >= 1:
        return f"{sign}{number(round(cost.amount), 'reported', room - len(sign))}{more}"
    for digits in (5, 4, 3, 2):
        least = 10**-digits
        below = f"<{sign.removeprefix('~')}{least:.{digits}f}"
        short = below if cost.amount < least else f"{sign}{cost.amount:.{digits}f}"
        if len(short) <= room:
            return short + more
    return one_line(told, room)


def seconds(figure: float | None, room: int = 7) -> str:
    """A time span; one that is too long for its place is rounded to minutes or hours."""
    told = duration(figure)
    if figure is None or len(told) <= room:
        return told
    minutes = round(figure / 60)
    return f"{minutes} min" if minutes < 600 else f"{round(figure / 3600):,} h"
