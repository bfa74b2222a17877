"""The log of one session on disk: appended to while a turn runs, read a page at a time.

Three rules:

1. What `append` took, `entries` gives back, equal and to the byte (`vftui.records`).
2. An entry is committed within 50 ms, and at once when it ends a turn. Rows wait in memory until
   then, so the file is locked for a moment only and two windows can record into it.
3. A page is found by its key, never by counting rows: it costs the same after a million entries.

A write that fails keeps its rows in memory, where they are read like the others. It is tried again
at most once a second, when a turn ends, and at the end.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from vftui.database import told, transaction
from vftui.errors import VftuiError
from vftui.reading import Reading, Source, prepare
from vftui.reckoning import COLUMNS, INSERT, FactsRow, facts_row, standings_after
from vftui.records import record
from vftui.session.log import Entry
from vftui.session.standing import Standings

COMMIT_AFTER = 0.04
"""Seconds an entry waits while an event loop runs; the rest of the 50 ms is for the disk."""

COMMIT_ROWS = 512
"""Rows that are written without waiting any longer, and the most in one transaction."""

RETRY_AFTER = 1.0
"""Seconds from a write that failed to the next attempt."""

_INSERT = f"INSERT INTO entries VALUES ({', '.join('?' * 10)})"

_STAGED = (("waiting_entries", "entries"), ("waiting_facts", "facts"))
"""Tables for what waits, and the tables that they are like."""

_TABLES = (("entries", "facts"), ("waiting_entries", "waiting_facts"))


class _Waiting(NamedTuple):
    """An entry that is not written yet, as the rows that are to be."""

    entry: tuple[object, ...]
    facts: FactsRow
    size: int


class Journal(Reading):
    """The log of one session: append at the end, read anywhere."""

    def __init__(self, path: Path, connection: sqlite3.Connection, session: int) -> None:
        super().__init__(path, session)
        self._connection = connection
        prepare(connection)
        self._thread = threading.get_ident()
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._failure: tuple[str, str] | None = None  # what the last write raised, if it did
        self._retry_at = 0.0
        with told("read", path):
            (last,) = connection.execute(
                "SELECT max(seq) FROM entries WHERE session = ?", (session,)
            ).fetchone()
        self._length: int = last or 0
        self._standings = None if last else Standings()  # None: read when they are needed
        self._staged = 0  # how many entries that wait can be read

    def __len__(self) -> int:
        return self._length

    @property
    def path(self) -> Path:
        """The file of recordings that it is in."""
        return self._path

    def append(self, entry: Entry) -> None:
        """Add an entry. Raises while entries cannot be written: then it waits for a next try."""
        if self._standings is None:
            with told("read", self._path):
                self._standings = standings_after(self._connection, self.id, self._length)
        new, standing = record(entry), self._standings.next(entry)
        self._length += 1
        row = (new.kind, new.type, new.at, standing.turn_seq, len(new.raw), *new[3:])
        facts = facts_row(self.id, self._length, entry, standing)
        self._waiting.append(_Waiting((self.id, self._length, *row), facts, len(new.raw)))
        is_open = self._standings.open
        if self._failure is not None and is_open and not self._may_try():
            raise VftuiError(*self._failure)
        if not is_open or self._failure is not None or len(self._waiting) >= COMMIT_ROWS:
            self.commit()
        elif self._timer is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # none runs, so nothing would come back to commit it
                self.commit()
            else:
                self._timer = loop.call_later(COMMIT_AFTER, self._commit_or_wait)

    def commit(self) -> None:
        """Write the entries that wait, if any."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        written = 0
        try:
            while piece := self._waiting[written : written + COMMIT_ROWS]:
                self._write(piece)
                written += len(piece)
        except VftuiError as error:
            self._failure, self._retry_at = (error.message, error.hint), monotonic() + RETRY_AFTER
            raise
        finally:
            self._forget(written)
        self._failure = None

    def close(self) -> None:
        """Write what waits, for the last time. Raises only what nobody has been told before."""
        failure, self._failure = self._failure, None
        try:
            self.commit()
        except VftuiError:
            if failure is None:
                raise

    def _write(self, piece: Sequence[_Waiting]) -> None:
        """Write some entries. After a failure another program is not waited for again."""
        patient = self._failure is None
        size = sum(new.size for new in piece)
        with told("write to", self._path), transaction(self._connection, patient=patient):
            self._connection.executemany(_INSERT, [new.entry for new in piece])
            self._connection.executemany(INSERT, [new.facts for new in piece])
            self._connection.execute(
                "UPDATE sessions SET size = size + ? WHERE id = ?", (size, self.id)
            )

    def _may_try(self) -> bool:
        """Whether writing is worth an attempt."""
        return self._failure is None or monotonic() >= self._retry_at

    def _commit_or_wait(self) -> None:
        """Write what waits; if that fails, leave it to the next entry, whose sender is told."""
        with suppress(VftuiError):
            if self._may_try():
                self.commit()

    @contextmanager
    def _reader(self) -> Iterator[Source]:
        """A connection for reading; another thread gets one of its own, and none of what waits."""
        with told("read", self._path):
            if threading.get_ident() == self._thread:
                self._commit_or_wait()
                self._stage()
                yield Source(self._connection, _TABLES if self._waiting else _TABLES[:1])
                return
            connection = sqlite3.connect(self._path, isolation_level=None)
            try:
                prepare(connection)
                yield Source(connection, _TABLES[:1])
            finally:
                connection.close()

    def _stage(self) -> None:
        """Put what waits, as it could not be written, where it can be read."""
        new = self._waiting[self._staged :]
        if not new:
            return
        for table, shape in _STAGED:
            self._connection.execute(
                f"CREATE TEMP TABLE IF NOT EXISTS {table} AS SELECT * FROM {shape} WHERE 0"
            )
            self._connection.execute(
                f"CREATE INDEX IF NOT EXISTS temp.{table}_by_seq ON {table} (session, seq)"
            )
        self._connection.executemany(
            f"INSERT INTO waiting_entries VALUES ({', '.join('?' * 10)})",
            [one.entry for one in new],
        )
        self._connection.executemany(
            f"INSERT INTO waiting_facts VALUES ({', '.join('?' * COLUMNS)})",
            [one.facts for one in new],
        )
        self._staged = len(self._waiting)

    def _forget(self, written: int) -> None:
        """The first of what waits need not wait any more: it is written."""
        first = self._length - len(self._waiting) + 1
        last = first + written - 1
        del self._waiting[:written]
        self._reckoning.written(first, last)
        if self._staged:
            self._staged = max(0, self._staged - written)
            for table, _ in _STAGED:
                self._connection.execute(
                    f"DELETE FROM {table} WHERE session = ? AND seq <= ?", (self.id, last)
                )
