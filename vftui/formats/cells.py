"""Cells of a table for spreadsheets.

A cell that a spreadsheet would take for a formula begins with an apostrophe. What is not known is
an empty cell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vftui.render.text import printable

if TYPE_CHECKING:
    from vftui.prices import Cost

COST = ("cost", "currency", "costed", "prices")
"""The columns that say what calls cost: `costed` is `exact`, or `about` where base tokens follow
from billed ones, or `part` where a model has no price; `prices` is the day of the prices."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def line(cells: Iterable[str]) -> bytes:
    """A row."""
    row = io.StringIO()
    csv.writer(row).writerow(cells)
    return row.getvalue().encode()


def word(text: str) -> str:
    """A text as a cell."""
    text = printable(text, keep_lines=False)
    return f"'{text}" if text.startswith(_FORMULA) else text


def number(value: float | None) -> str:
    """A number as a cell."""
    return "" if value is None else str(value)


def time(at: float | None) -> str:
    """A point in time as a cell, in UTC."""
    if at is None:
        return ""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    except (OverflowError, OSError, ValueError):
        return ""


def costs(cost: Cost | None) -> tuple[str, ...]:
    """The cells of the columns `COST`; empty when no price is known."""
    if cost is None:
        return ("",) * len(COST)
    costed = "part" if cost.unpriced else "exact" if cost.exact else "about"
    return f"{cost.amount:.8f}", cost.currency, costed, cost.date
