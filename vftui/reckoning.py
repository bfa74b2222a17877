"""The facts of entries in the file: written with their entry, made again where they are missing.

Two rules:

1. Facts made again are those that were written (`vftui.facts`, `vftui.session.standing`).
2. They are made in pieces: decoded while nothing is locked, then written in a moment.

An entry is without facts when an earlier version of the program wrote it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from vftui.database import told, transaction
from vftui.facts import facts_of
from vftui.records import Record, entry_of
from vftui.session.log import Entry
from vftui.session.standing import Standing, Standings

COLUMNS = 14
"""How many columns a row of facts has."""

INSERT = f"INSERT OR IGNORE INTO facts VALUES ({', '.join('?' * COLUMNS)})"

_PIECE = 500
"""Entries whose facts are made at once."""

_ENTRIES = """
    SELECT seq, kind, type, at, raw, last_id, extra FROM entries
    WHERE session = ? AND seq BETWEEN ? AND ? ORDER BY seq
"""

_NEWEST = "SELECT max(seq) FROM entries WHERE session = ?"

_COUNT = "SELECT count(*) FROM facts WHERE session = ? AND seq > ? AND seq <= ?"

_MISSING = """
    SELECT seq FROM entries AS entry WHERE session = ? AND seq > ? AND seq <= ?
        AND NOT EXISTS (SELECT 1 FROM facts WHERE session = entry.session AND seq = entry.seq)
    ORDER BY seq LIMIT ?
"""

_LAST = """
    SELECT entry.turn, first.at, entry.at, entry.kind
    FROM entries AS entry
    JOIN entries AS first ON first.session = entry.session AND first.seq = entry.turn
    WHERE entry.session = ? AND entry.seq = ?
"""

_NUMBER = """
    SELECT coalesce(max(told.turn), 0) + (
        SELECT count(*) FROM entries
        WHERE session = :session AND seq > coalesce(max(told.seq), 0) AND seq <= :seq AND turn = seq
    )
    FROM (
        SELECT turn, seq FROM facts WHERE session = :session AND seq <= :seq
        ORDER BY seq DESC LIMIT 1
    ) AS told
"""
"""The number of a turn: that of the nearest fact before, and the turns begun since."""

FactsRow = tuple[int | float | str | None, ...]
"""The columns of a row of facts."""


def facts_row(session: int, seq: int, entry: Entry, standing: Standing) -> FactsRow:
    """What to write for an entry that stands there."""
    kind, type_, event, level, flags, size, tool, model = facts_of(entry)
    turn, _, span, since, gap = standing
    return (
        session, seq, turn, kind, type_, event, level, flags, span, size, since, gap, tool, model
    )  # fmt: skip


def standings_after(connection: sqlite3.Connection, session: int, seq: int) -> Standings:
    """Where a session stands after its entry `seq`."""
    last = connection.execute(_LAST, (session, seq)).fetchone()
    if last is None:
        return Standings()
    turn_seq, turn_at, at, kind = last
    (number,) = connection.execute(_NUMBER, {"session": session, "seq": seq}).fetchone()
    standings = Standings(seq, number, turn_seq, turn_at=turn_at, at=at, open=kind != "closed")
    if standings.open:
        for place, entry in _entries(connection, session, turn_seq, seq):
            standings.spans.head(place, entry)
    return standings


class Reckoning:
    """Makes the facts that a session lacks; another thread may ask at the same time."""

    def __init__(self, path: Path, session: int) -> None:
        self._path = path
        self._session = session
        self._complete = 0  # every entry up to this one has its facts
        self._standings = Standings()
        self._lock = Lock()

    def ensure(self, connection: sqlite3.Connection, after: int, until: int) -> None:
        """See to it that the written entries behind `after` up to `until` have their facts."""
        joined = after <= self._complete
        after = max(after, self._complete, 0)
        if after >= until:
            return
        until = min(until, self._number(connection, _NEWEST))
        if self._number(connection, _COUNT, after, until) < until - after:
            reached = after
            while missing := self._missing(connection, reached, until):
                # A run of entries at a time: what comes right before an entry counts, too.
                run = [seq for place, seq in enumerate(missing, missing[0]) if seq == place]
                with self._lock:
                    self._make(connection, run[0], run[-1])
                reached = run[-1]
        if joined:
            self._complete = max(self._complete, until)

    def written(self, first: int, last: int) -> None:
        """Entries were written with their facts."""
        if self._complete == first - 1:
            self._complete = last

    def _number(self, connection: sqlite3.Connection, question: str, *values: int) -> int:
        (number,) = connection.execute(question, (self._session, *values)).fetchone()
        return number or 0

    def _missing(self, connection: sqlite3.Connection, after: int, until: int) -> list[int]:
        found = connection.execute(_MISSING, (self._session, after, until, _PIECE))
        return [seq for (seq,) in found]

    def _make(self, connection: sqlite3.Connection, first: int, last: int) -> None:
        standings = self._standings
        if standings.seq != first - 1:
            standings = standings_after(connection, self._session, first - 1)
        self._standings = Standings(-1)  # of nobody, should this be broken off
        rows = [
            facts_row(self._session, seq, entry, standings.next(entry))
            for seq, entry in _entries(connection, self._session, first, last)
        ]
        with told("write to", self._path), transaction(connection):
            connection.executemany(INSERT, rows)
        self._standings = standings


def _entries(
    connection: sqlite3.Connection, session: int, first: int, last: int
) -> Iterator[tuple[int, Entry]]:
    """The entries from one to another, with their numbers."""
    for start in range(first, last + 1, _PIECE):
        end = min(start + _PIECE - 1, last)
        for seq, *columns in connection.execute(_ENTRIES, (session, start, end)).fetchall():
            yield seq, entry_of(Record(*columns))
