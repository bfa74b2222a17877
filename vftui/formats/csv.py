"""A table for spreadsheets: one row an entry.

Three rules:

1. A cell that a spreadsheet would take for a formula begins with an apostrophe.
2. What a turn took stands in the last of its rows, so that a column can be added up. A number that
   is not known is an empty cell; `source` tells where the tokens come from.
3. `cost` is at the models' list prices of `prices`; it is `exact`, or `about` where base tokens
   follow from billed ones, or `part` of it where a model has no price.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from vftui.formats.cells import COST, costs, line, number, time, word
from vftui.formats.log import Log, Part
from vftui.render.lines import kind_of, summary
from vftui.session.log import Received
from vftui.wire.levels import level_name

if TYPE_CHECKING:
    from vftui.prices import Prices
    from vftui.rows import Row

COLUMNS = (
    "seq", "turn", "time", "since_ms", "gap_ms", "type", "event", "level", "size", "marked",
    "remark", "summary",
    "tokens", "tokens_in", "tokens_out", "base", "base_in", "base_out", "source", "models",
    *COST,
)  # fmt: skip

_NO_SPENDING = ("",) * 12


def write(log: Log) -> Iterator[bytes]:
    """The names of the columns, then a row for each entry."""
    yield line(COLUMNS)
    for part in log.parts():
        *rows, last = part.told
        for row in rows:
            yield line((*_cells(row), *_NO_SPENDING))
        yield line((*_cells(last), *_spending(part, log.prices)))


def _cells(row: Row) -> tuple[str, ...]:
    entry = row.entry
    return (
        str(row.seq),
        str(row.turn),
        time(entry.at),
        _milliseconds(row.since),
        _milliseconds(row.gap),
        word(kind_of(entry)),
        word(entry.frame.event) if isinstance(entry, Received) else "",
        "" if row.level is None else level_name(row.level),
        str(row.size),
        "x" if row.marked else "",
        word(row.remark),
        word(summary(entry)),
    )


def _spending(part: Part, prices: Prices | None) -> tuple[str, ...]:
    """What a turn took."""
    tokens, base = part.turn.tokens, part.turn.tokens.base
    cost = prices.cost(part.turn.calls) if prices is not None else None
    billed = (tokens.total, tokens.query, tokens.answer)
    numbers = (*billed, *((base.total, base.query, base.answer) if base else (None, None, None)))
    return (
        *map(number, numbers),
        tokens.source,
        word(", ".join(tokens.models)),
        *costs(cost),
    )


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.3f}"
