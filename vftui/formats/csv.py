"""A table for spreadsheets: one row an entry.

A cell that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vftui.formats.log import Log
from vftui.render.lines import kind_of, summary
from vftui.render.text import printable
from vftui.session.log import Received
from vftui.wire.levels import level_name

if TYPE_CHECKING:
    from vftui.rows import Row

COLUMNS = (
    "seq", "turn", "time", "since_ms", "gap_ms", "type", "event", "level", "size", "marked",
    "remark", "summary",
)  # fmt: skip

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(log: Log) -> Iterator[bytes]:
    """The names of the columns, then a row for each entry."""
    yield _line(COLUMNS)
    for row in log.rows():
        yield _line(_cells(row))


def _cells(row: Row) -> tuple[str, ...]:
    entry = row.entry
    return (
        str(row.seq),
        str(row.turn),
        _time(entry.at),
        _milliseconds(row.since),
        _milliseconds(row.gap),
        _word(kind_of(entry)),
        _word(entry.frame.event) if isinstance(entry, Received) else "",
        "" if row.level is None else level_name(row.level),
        str(row.size),
        "x" if row.marked else "",
        _word(row.remark),
        _word(summary(entry)),
    )


def _time(at: float | None) -> str:
    if at is None:
        return ""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    except (OverflowError, OSError, ValueError):
        return ""


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.3f}"


def _word(text: str) -> str:
    text = printable(text, keep_lines=False)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: tuple[str, ...]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()
