"""Reading a session: pages of rows, what passes a query, spans and turns, marks and remarks.

Three rules:

1. A page is found by its key, never by counting rows: it costs the same after a million entries.
2. What waits to be written is asked the same questions in tables of the same shape, in memory.
3. Any thread may read; another than the one that writes sees what is committed.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from vftui.database import transaction
from vftui.query.sql import FUNCTIONS
from vftui.reckoning import Reckoning
from vftui.records import Record, entry_of, storable
from vftui.session.log import Entry

if TYPE_CHECKING:
    from vftui.query import Query

_PAGE = """
    SELECT e.seq, f.since, f.gap, e.turn, f.turn, f.span, f.level, f.flags, f.size,
        coalesce(m.marked, 0), coalesce(m.remark, ''),
        e.kind, e.type, e.at, e.raw, e.last_id, e.extra
    FROM {entries} AS e
    JOIN {facts} AS f ON f.session = e.session AND f.seq = e.seq
    LEFT JOIN remarks AS m ON m.session = e.session AND m.seq = e.seq
    WHERE e.session = ? AND e.seq >= ? AND e.seq < ?
    ORDER BY e.seq
"""

_MATCHING = """
    SELECT {column} FROM {facts} AS f {join}
    LEFT JOIN remarks AS m ON m.session = f.session AND m.seq = f.seq
    WHERE f.session = ? AND f.seq > ? AND f.seq <= ? AND ({where})
"""

_JOIN = "JOIN {entries} AS e ON e.session = f.session AND e.seq = f.seq"

_SPAN = """
    SELECT min(seq), max(seq), count(*), max(since) - min(since) FROM {facts}
    WHERE session = ? AND span = ?
"""

_STEP = 2000
"""Entries that `nearest` looks at first; it takes larger steps from there."""


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
    """How loud it is (`vftui.facts.LEVELS`)."""
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


class Source(NamedTuple):
    """Where rows are read from."""

    connection: sqlite3.Connection
    tables: Sequence[tuple[str, str]]
    """The names of tables of entries and facts, oldest first: on disk, and what waits."""


class Reading(ABC):
    """The questions that a session on disk answers."""

    id: int
    _reckoning: Reckoning

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def _reader(self) -> AbstractContextManager[Source]:
        """Where to read; what goes wrong meanwhile becomes a sentence."""

    def page(self, start: int, count: int) -> list[Row]:
        """The entries from number `start` on, at most `count` of them."""
        with self._reader() as source:
            self._reckoning.ensure(source.connection, start - 1, start + count - 1)
            found = _ask(source, _PAGE, (self.id, start, start + count))
            return [_row(*columns) for columns in found]

    def row(self, seq: int) -> Row | None:
        """The entry of that number; None when there is none."""
        return next(iter(self.page(seq, 1)), None)

    def rows(self, first: int = 1, last: int | None = None) -> Iterator[Row]:
        """The entries from one number to another, or to the end, in order."""
        while page := self.page(first, 1000 if last is None else min(1000, last - first + 1)):
            yield from page
            first = page[-1].seq + 1

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        """The same without what is known of them."""
        return (row.entry for row in self.rows(first, last))

    def types(self) -> dict[str, int]:
        """How many entries there are of each type, most frequent first."""
        question = "SELECT type, count(*) FROM {entries} WHERE session = ? GROUP BY type"
        counts: Counter[str] = Counter()
        with self._reader() as source:
            for kind, number in _ask(source, question, (self.id,)):
                counts[kind] += number
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def matching(
        self,
        query: Query,
        *,
        merged: bool = False,
        problems: Collection[int] = (),
        after: int = 0,
        until: int | None = None,
    ) -> array[int]:
        """The numbers of the entries behind `after` up to `until` that pass a query.

        `merged`: each span counts once, by its first entry, when any of its entries passes; that
        one may be before `after`. `problems` are what the session found to be evidence.
        """
        until = len(self) if until is None else until
        with self._reader() as source:
            self._reckoning.ensure(source.connection, after, until)
            column = "coalesce(f.span, f.seq)" if merged else "f.seq"
            question, values = self._question(query, problems, column, after, until)
            found = [seq for (seq,) in _ask(source, question, values)]
        return array("q", sorted(set(found) if merged else found))

    def nearest(
        self,
        query: Query,
        seq: int,
        direction: Literal[-1, 1],
        *,
        problems: Collection[int] = (),
    ) -> int | None:
        """The nearest entry behind (1) or before (-1) entry `seq` that passes a query."""
        length, step = len(self), _STEP
        while seq < length if direction > 0 else seq > 1:
            end = seq + direction * step
            after, until = (seq, end) if direction > 0 else (end - 1, seq - 1)
            found = self.matching(query, problems=problems, after=after, until=until)
            if found:
                return found[0 if direction > 0 else -1]
            seq, step = end, step * 4
        return None

    def span(self, head: int) -> Span | None:
        """The span that begins with entry `head`; None when none does."""
        with self._reader() as source:
            self._reckoning.ensure(source.connection, head - 1, len(self))
            parts = [part for part in _ask(source, _SPAN, (self.id, head)) if part[2]]
        if not parts:
            return None
        first, last = parts[0][0], parts[-1][1]
        seconds = parts[0][3]
        return Span(first, last, sum(part[2] for part in parts), seconds)

    def turn_span(self, number: int) -> tuple[int, int] | None:
        """The numbers of a turn's first and last entry; None when there is no such turn."""
        first = self._first_of(number)
        return None if first is None else (first, (self._first_of(number + 1) or len(self) + 1) - 1)

    def mark(self, seqs: Iterable[int], on: bool) -> None:
        """Mark entries, or take their marks away."""
        self._annotate("marked", [(self.id, seq, int(on), "") for seq in seqs])

    def remark(self, seq: int, text: str) -> None:
        """Write a remark on an entry; an empty one takes it away."""
        self._annotate("remark", [(self.id, seq, 0, storable(text))])

    def marked(self) -> list[int]:
        """The numbers of the marked entries."""
        question = "SELECT seq FROM remarks WHERE session = ? AND marked ORDER BY seq"
        with self._reader() as source:
            return [seq for (seq,) in source.connection.execute(question, (self.id,))]

    def remarks(self) -> dict[int, str]:
        """The remarks, by the numbers of their entries."""
        question = "SELECT seq, remark FROM remarks WHERE session = ? AND remark <> '' ORDER BY seq"
        with self._reader() as source:
            return dict(source.connection.execute(question, (self.id,)))

    def _annotate(self, column: str, rows: Sequence[tuple[int, int, int, str]]) -> None:
        with self._reader() as source, transaction(source.connection):
            source.connection.executemany(
                "INSERT INTO remarks VALUES (?, ?, ?, ?) ON CONFLICT (session, seq)"
                f" DO UPDATE SET {column} = excluded.{column}",
                rows,
            )
            source.connection.execute(
                "DELETE FROM remarks WHERE session = ? AND NOT marked AND remark = ''", (self.id,)
            )

    def _first_of(self, number: int) -> int | None:
        """The first entry of a turn: turns follow each other, so it is looked for by halves."""
        low, high = 1, len(self) + 1
        while low < high:
            middle = (low + high) // 2
            row = self.row(middle)
            if row is None or row.turn >= number:
                high = middle
            else:
                low = middle + 1
        row = self.row(low)
        return low if row is not None and row.turn == number else None

    def _question(
        self, query: Query, problems: Collection[int], column: str, after: int, until: int
    ) -> tuple[str, tuple[object, ...]]:
        """The SQL of a query, and its values; `{facts}` and `{entries}` stay to be filled in."""
        where = query.where(problems)
        question = _MATCHING.replace("{column}", column)
        question = question.replace("{join}", _JOIN if where.needs_bytes else "")
        values = (self.id, after, until, *where.parameters)
        return question.replace("{where}", where.sql), values


def _row(
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
    entry = entry_of(Record(*columns))
    return Row(
        seq, entry, since, gap, turn_seq, turn, span, level, flags, size, bool(marked), remark
    )


def prepare(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that queries use."""
    for name, (arguments, function) in FUNCTIONS.items():
        told = cast(Callable[..., bool], function)
        connection.create_function(name, arguments, told, deterministic=True)


def _ask(source: Source, question: str, values: Sequence[object]) -> Iterator[Any]:
    """The rows of every table of a source, oldest first."""
    for entries, facts in source.tables:
        asked = question.replace("{entries}", entries).replace("{facts}", facts)
        yield from source.connection.execute(asked, values).fetchall()
