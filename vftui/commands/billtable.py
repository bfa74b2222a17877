"""A table of tokens for people: marks, a row for all of it, and in words what is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from vftui.commands.shares import Bill, Share
from vftui.commands.tables import table
from vftui.render.figures import UNKNOWN, clock_time, count, counted, counted_of, duration, money
from vftui.render.spending import share_of
from vftui.render.text import one_line
from vftui.secrets import mask

_NAME = 60
"""Cells that a name takes at most."""


class _Column(NamedTuple):
    head: str
    cell: Callable[[Share], str]
    is_number: bool = True
    of_all: bool = False
    """Whether the row for all of it has it, too."""


def as_table(bill: Bill) -> str:
    """The table, and below it what is not in the numbers."""
    columns = [*_keys(bill), *_figures(bill), *_TAILS.get(bill.by, ())]
    cells = [[column.head for column in columns]]
    cells += [[column.cell(row) for column in columns] for row in bill.rows]
    last = [column.cell(bill.whole) if column.of_all else "" for column in columns]
    last[0] = "all"
    numbers = {place for place, column in enumerate(columns) if column.is_number}
    return table([*cells, last], numbers) + "".join(f"{line}\n" for line in _notes(bill.whole))


def _keys(bill: Bill) -> list[_Column]:
    """The columns that say what a row is about."""
    by = bill.by
    turns = _Column("turns", lambda share: count(len(share.turns)), of_all=True)
    if by == "model":
        return [_Column("model", lambda share: _name(share.model), is_number=False)]
    if by == "day":
        return [_Column("day", lambda share: str(share.day or UNKNOWN), is_number=False), turns]
    began = _Column("began", _began, is_number=False)
    if by == "session":
        return [_Column("session", _number), began, turns]
    turn = _Column("turn", lambda share: count(share.turns[0].turn + 1))
    if bill.since is not None:
        return [_Column("session", _number), turn, began]
    time = _Column("began", lambda share: clock_time(share.turns[0].at), is_number=False)
    return [turn, time]


def _figures(bill: Bill) -> Iterator[_Column]:
    """The columns of numbers."""
    yield _Column("calls", lambda share: count(len(share.calls)), of_all=True)
    yield _Column("in", lambda share: _counted(share, share.tokens.query), of_all=True)
    yield _Column("out", lambda share: _counted(share, share.tokens.answer), of_all=True)
    yield _Column("total", lambda share: _counted(share, share.tokens.total), of_all=True)
    if any(map(_lacks, (*bill.rows, bill.whole))):
        yield _Column("", lambda share: "+?" * _lacks(share), is_number=False, of_all=True)
    yield _Column("base", _base, of_all=True)
    if bill.whole.cost is not None:
        yield _Column("cost", lambda share: money(share.cost), of_all=True)


_TAILS = {
    "turn": (
        _Column("first text", lambda share: duration(share.turns[0].first_text)),
        _Column("time", lambda share: duration(share.turns[0].elapsed)),
        _Column("model", lambda share: _name(", ".join(share.tokens.models)), is_number=False),
    ),
    "session": (
        _Column("title", lambda share: _name(share.talk.head.title if share.talk else ""), False),
    ),
}
"""The columns behind the numbers."""


def _lacks(share: Share) -> bool:
    """Whether there is more than its numbers tell."""
    return share.unreported > 0 and share.tokens.total is not None


def _counted(share: Share, number: int | None) -> str:
    return counted(number, share.tokens.source)


def _base(share: Share) -> str:
    base = share.tokens.base
    return _counted(share, base.total if base else None)


def _number(share: Share) -> str:
    number = share.talk.number if share.talk else None
    return UNKNOWN if number is None else str(number)


def _began(share: Share) -> str:
    at = share.turns[0].at
    try:
        return UNKNOWN if at is None else f"{datetime.fromtimestamp(at):%Y-%m-%d %H:%M}"
    except (OverflowError, OSError, ValueError):
        return UNKNOWN


def _name(text: str) -> str:
    return one_line(mask(text), _NAME)


def _notes(whole: Share) -> Iterator[str]:
    """What the numbers leave out, and what the money is."""
    if whole.unreported:
        share = share_of(whole.unreported, whole.spoken)
        yield f"Not reported in full: {share} in which the agent spoke."
    if whole.cost is None:
        return
    yield f"Cost: list prices of the models of {whole.cost.date}, not what Voiceflow charges."
    if whole.cost.unpriced:
        some = f"{count(whole.cost.unpriced)} of {counted_of(len(whole.calls), 'call')}"
        yield f"Without a price, and not in it: {some}."
