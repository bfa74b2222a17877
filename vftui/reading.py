"""Reading a session: pages of rows, what passes a query, spans and turns, marks and remarks.

Three rules:

1. A page is found by its key, never by counting rows: it costs the same after a million entries.
2. What waits to be written is asked the same questions in tables of the same shape, in memory.
3. Any thread may read; another than the one that writes sees what is committed.
"""

from __future__ import annotations

import json
import sqlite3
from abc import ABC, abstractmethod
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from vftui.database import told, transaction
from vftui.errors import VftuiError
from vftui.query.sql import FUNCTIONS
from vftui.reckoning import Reckoning
from vftui.records import storable
from vftui.rows import PAGE, Row, Span, row_of
from vftui.session.log import Entry

if TYPE_CHECKING:
    from vftui.query import Query

__all__ = ["Reading", "Row", "Source", "Span", "prepare"]

_MATCHING = """
    SELECT json_group_array({number}) FROM {facts} AS f {join}
    WHERE f.session = ? AND f.seq > ? AND f.seq <= ? AND ({where})
"""
"""All numbers at once: a row for each would cost twice as much."""

_BYTES = "CROSS JOIN {entries} AS e ON e.session = f.session AND e.seq = f.seq"
"""CROSS: in this order, so that only what passes the rest of a query has its bytes read."""

_REMARKS = " LEFT JOIN remarks AS m ON m.session = f.session AND m.seq = f.seq"

_SPAN = """
    SELECT count(*), max(seq) FROM {facts} WHERE session = ? AND span = ? AND seq > ? AND seq <= ?
"""

_SINCE = "SELECT since FROM {facts} WHERE session = ? AND seq = ?"

_KEPT_SPANS = 256
"""Spans whose length is kept, so that one that grows is not counted from its beginning."""

_STEP = 2000
"""Entries that `nearest` looks at first; it takes larger steps from there."""


class Source(NamedTuple):
    """Where rows are read from."""

    connection: sqlite3.Connection
    tables: Sequence[tuple[str, str]]
    """The names of tables of entries and facts, oldest first: on disk, and what waits."""


class Reading(ABC):
    """The questions that a session on disk answers."""

    def __init__(self, path: Path, session: int) -> None:
        self.id = session
        self._path = path
        self._reckoning = Reckoning(path, session)
        self._spans: dict[int, tuple[int, int]] = {}  # how many entries a span had, and its last

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def _reader(self) -> AbstractContextManager[Source]:
        """Where to read; what goes wrong meanwhile becomes a sentence."""

    def page(self, start: int, count: int) -> list[Row]:
        """The entries from number `start` on, at most `count` of them."""
        with self._reader() as source:
            self._reckoning.ensure(source.connection, start - 1, start + count - 1)
            found = _ask(source, PAGE, (self.id, start, start + count))
            return [row_of(*columns) for columns in found]

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

    def names(self) -> dict[str, list[str]]:
        """The models and the tools that entries name, by the field that asks for them."""
        names: dict[str, set[str]] = {"model": set(), "tool": set()}
        question = "SELECT DISTINCT model, tool FROM {facts} WHERE session = ?"
        with self._reader() as source:
            for model, tools in _ask(source, question, (self.id,)):
                names["model"] |= {model} - {None}
                names["tool"].update(filter(None, (tools or "").split(", ")))
        return {field: sorted(found) for field, found in names.items()}

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
        until = len(self) if until is None else min(until, len(self))
        if not query and not merged:
            return array("q", range(max(after, 0) + 1, until + 1))
        where = query.where(problems)
        number = "DISTINCT coalesce(f.span, f.seq)" if merged else "f.seq"
        question = _MATCHING.replace("{number}", number).replace("{where}", where.sql)
        join = _BYTES * where.needs_bytes + _REMARKS * where.needs_remarks
        question = question.replace("{join}", join)
        values = (self.id, after, until, *where.parameters)
        found: set[int] = set()
        with self._reader() as source:
            self._reckoning.ensure(source.connection, after, until)
            with _patience():
                for (numbers,) in _ask(source, question, values):
                    found.update(json.loads(numbers))
        return array("q", sorted(found))

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
        count, last = self._spans.pop(head, (0, head - 1))
        with self._reader() as source:
            self._reckoning.ensure(source.connection, 0, len(self))
            for more, newest in _ask(source, _SPAN, (self.id, head, last, len(self))):
                count, last = count + more, newest or last
            if not count:
                return None
            first, end = self._since(source, head), self._since(source, last)
        self._spans[head] = (count, last)
        if len(self._spans) > _KEPT_SPANS:
            self._spans.pop(next(iter(self._spans)), None)
        return Span(head, last, count, None if first is None or end is None else end - first)

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

    def _since(self, source: Source, seq: int) -> float | None:
        """The seconds from the beginning of the turn to an entry."""
        found: list[float | None] = [one for (one,) in _ask(source, _SINCE, (self.id, seq))]
        return found[0] if found else None

    def _annotate(self, column: str, rows: Sequence[tuple[int, int, int, str]]) -> None:
        with (
            self._reader() as source,
            told("write to", self._path),
            transaction(source.connection),
        ):
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


@contextmanager
def _patience() -> Iterator[None]:
    """A regular expression that takes too long ends the question (`vftui.query.sql`)."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "user-defined function" not in str(error):
            raise
        raise VftuiError(
            "The regular expression takes too long on one of the entries.",
            "Make it simpler, or search for a text.",
        ) from error


def prepare(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that queries use."""
    for name, (arguments, function) in FUNCTIONS.items():
        connection.create_function(name, arguments, function, deterministic=True)


def _ask(source: Source, question: str, values: Sequence[object]) -> Iterator[Any]:
    """The rows of every table of a source, oldest first."""
    for entries, facts in source.tables:
        asked = question.replace("{entries}", entries).replace("{facts}", facts)
        yield from source.connection.execute(asked, values).fetchall()
