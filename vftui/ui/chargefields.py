"""The columns of the table of charges: what stands in them, what they are sorted by, which fit.

Two rules:

1. A figure has its mark: plain is reported, `~` counted from the stream or estimated, `?` unknown.
2. Where there is no room for all, the least telling give way; the line below the table has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len, set_cell_size

from vftui.render.figures import speed
from vftui.render.text import one_line
from vftui.secrets import mask
from vftui.ui.tokencolumns import COST, number, price, seconds

if TYPE_CHECKING:
    from vftui.prices import Prices
    from vftui.session.ledger import Call

UNNAMED = "–"
"""Stands for a name that nobody told."""

SORTED = {False: "▴", True: "▾"}
"""Behind the name of the column that the table is sorted by: the least is on top, or the most."""

GAP = 1
"""Cells before a column."""


@dataclass(frozen=True)
class Field:
    """A column."""

    name: str
    width: int
    """Cells, at least."""
    told: Callable[[Call, int], str]
    """What it says of a call, in so many cells."""
    value: Callable[[Call], Any]
    """What it is sorted by; None: unknown."""
    most: int = 0
    """Cells that it may grow to; 0: it does not."""
    look: str = "told"

    @property
    def is_text(self) -> bool:
        """Whether it is words, which begin at the left."""
        return self.most > 0


class Placed(NamedTuple):
    """A column with its place in the line."""

    field: Field
    start: int
    width: int

    def cell(self, call: Call) -> str:
        """What it says of a call, in exactly its cells."""
        told = self.field.told(call, self.width)
        space = " " * (self.width - cell_len(told))
        return set_cell_size(told + space if self.field.is_text else space + told, self.width)


def fields(prices: Prices | None) -> tuple[Field, ...]:
    """All columns, from the left."""
    found = [
        _place("turn", lambda call: call.turn + 1),
        _place("call", lambda call: call.number),
        _words("label", 12, 22),
        _words("model", 16, 30, look="model"),
        _tokens("in", 7, lambda call: call.billed.query if call.billed else None),
        _tokens("out", 6, lambda call: call.billed.answer if call.billed else call.estimate),
        _tokens("billed", 8, lambda call: call.billed.total if call.billed else None, look="said"),
        _tokens("base", 8, lambda call: call.base.total if call.base else None),
        Field("×", 5, _multiplier, lambda call: call.multiplier, look="quiet"),
        Field("latency", 8, _took, _latency),
        Field("tok/s", 7, _rate, lambda call: call.rate),
        Field("source", 11, lambda call, _: call.source, lambda call: call.source, 11, "quiet"),
    ]
    if prices is not None:
        found.insert(-1, _cost(prices))
    return tuple(found)


def _place(name: str, of: Callable[[Call], int]) -> Field:
    """A column of numbers that count from 1."""
    return Field(name, 5, lambda call, room: one_line(str(of(call)), room), of, look="quiet")


def _took(call: Call, room: int) -> str:
    return one_line(seconds(call.latency, room), room)


def _latency(call: Call) -> float | None:
    return call.latency


def _words(name: str, width: int, most: int, look: str = "told") -> Field:
    """A column of names, which come from outside."""

    def told(call: Call, room: int) -> str:
        return one_line(mask(getattr(call, name) or UNNAMED), room)

    def value(call: Call) -> str | None:
        words: str | None = getattr(call, name)
        return words.casefold() if words else None

    return Field(name, width, told, value, most, look)


def _tokens(name: str, width: int, of: Callable[[Call], int | None], look: str = "told") -> Field:
    """A column of tokens."""
    return Field(name, width, lambda call, room: number(of(call), call.source, room), of, look=look)


def _multiplier(call: Call, room: int) -> str:
    return UNNAMED if call.multiplier is None else one_line(f"{call.multiplier:g}", room)


def _rate(call: Call, room: int) -> str:
    return one_line(speed(call.rate, estimated=call.rate_estimated), room)


def _cost(prices: Prices) -> Field:
    """The column of money."""

    def value(call: Call) -> float | None:
        cost = prices.of(call)
        return cost.amount if cost.calls else None

    return Field("cost", COST, lambda call, room: price(prices.of(call), room), value)


_FIRST = (
    "turn", "billed", "model", "in", "out", "cost", "label", "latency", "base", "tok/s", "×",
    "source", "call",
)  # fmt: skip
"""The columns, those first that give way last."""


def placed(fields: Iterable[Field], width: int) -> list[Placed]:
    """The columns that fit into so many cells, each with its place."""
    ranked = sorted(fields, key=lambda field: _FIRST.index(field.name))
    widths: dict[str, int] = {}
    left = width
    for field in ranked:
        if field.width + GAP > left:
            break
        widths[field.name] = field.width
        left -= field.width + GAP
    for field in ranked:
        if field.name in widths:
            more = max(0, min(left, field.most - field.width))
            widths[field.name] += more
            left -= more
    found, start = [], 0
    for field in fields:
        if field.name in widths:
            found.append(Placed(field, start + GAP, widths[field.name]))
            start += GAP + widths[field.name]
    return found


def header(columns: Iterable[Placed], by: str, backwards: bool) -> str:
    """The names of the columns, each where its figures end, with the sign of the one sorted by."""
    return "".join(" " * GAP + _header(column, by, backwards) for column in columns)


def _header(column: Placed, by: str, backwards: bool) -> str:
    field = column.field
    sign = SORTED[backwards] if field.name == by else ""
    name = field.name + sign
    return f"{name:<{column.width}}" if field.is_text else f"{name:>{column.width}}"
