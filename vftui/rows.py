"""A row of the trace list: an entry in its place, with what is known and written of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from vftui.records import Record, entry_of
from vftui.session.log import Entry

PAGE = """
    SELECT e.seq, f.since, f.gap, e.turn, f.turn, f.span, f.level, f.flags, f.size,
        coalesce(m.marked, 0), coalesce(m.remark, ''),
        e.kind, e.type, e.at, e.raw, e.last_id, e.extra
    FROM {entries} AS e
    JOIN {facts} AS f ON f.session = e.session AND f.seq = e.seq
    LEFT JOIN remarks AS m ON m.session = e.session AND m.seq = e.seq
    WHERE e.session = ? AND e.seq >= ? AND e.seq < ?
    ORDER BY e.seq
"""
"""The rows from one number up to another; the names of the tables are to be filled in."""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in its place."""

    seq: int
    """The entry's number in the session, from 1."""
    entry: Entry
    since: float | None
    """Seconds since the first entry of the turn."""
    gap: float | None
    """Seconds since the entry before; 0 for the first of a turn."""
    turn_seq: int
    """The number of the turn's first entry."""
    turn: int
    """The turn's number, from 1."""
    span: int | None
    """The number of the first entry of its span; None when it is no piece of one."""
    level: int | None
    """How loud it is (`vftui.wire.levels.LEVELS`)."""
    flags: int
    """What is wrong with it (`vftui.facts`)."""
    size: int
    """Bytes of the frame or the request."""
    marked: bool
    remark: str
    """What a person wrote on it; may be empty."""


class Span(NamedTuple):
    """The pieces of one completion, thought or sound."""

    first: int
    last: int
    count: int  # type: ignore[assignment]
    seconds: float | None
    """From the first to the last; None when unknown."""


def row_of(
    seq: int,
    since: float | None,
    gap: float | None,
    turn_seq: int,
    turn: int,
    span: int | None,
    level: int | None,
    flags: int,
    size: int,
    marked: int,
    remark: str,
    *columns: Any,
) -> Row:
    """The row of the columns that `PAGE` asks for."""
    entry = entry_of(Record(*columns))
    return Row(
        seq, entry, since, gap, turn_seq, turn, span, level, flags, size, bool(marked), remark
    )
