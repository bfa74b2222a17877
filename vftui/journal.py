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
import json
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from vftui.database import told, transaction
from vftui.errors import VftuiError
from vftui.records import Record, entry_of, record, storable
from vftui.session.log import Closed, Entry, Sent

COMMIT_AFTER = 0.04
"""Seconds an entry waits while an event loop runs; the rest of the 50 ms is for the disk."""

COMMIT_ROWS = 512
"""Rows that are written without waiting any longer, and the most in one transaction."""

RETRY_AFTER = 1.0
"""Seconds from a write that failed to the next attempt."""

_PAGE = """
    SELECT entry.seq, entry.turn, entry.at - first.at, entry.at - before.at,
           entry.kind, entry.type, entry.at, entry.raw, entry.last_id, entry.extra
    FROM entries AS entry
    LEFT JOIN entries AS first ON first.session = entry.session AND first.seq = entry.turn
    LEFT JOIN entries AS before
        ON before.session = entry.session AND before.seq = max(entry.seq - 1, entry.turn)
    WHERE entry.session = ? AND entry.seq >= ? AND entry.seq < ?
    ORDER BY entry.seq
"""

_HOLDS = r"""
    CAST(raw AS TEXT) LIKE ? ESCAPE '\' OR kind <> 'received' AND extra LIKE ? ESCAPE '\'
"""


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


class _Waiting(NamedTuple):
    """An entry that is not written yet."""

    seq: int
    turn: int
    record: Record


class Journal:
    """The log of one session: append at the end, read anywhere."""

    def __init__(self, path: Path, connection: sqlite3.Connection, session: int) -> None:
        self.id = session
        self._path = path
        self._connection = connection
        self._thread = threading.get_ident()
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._failure: tuple[str, str] | None = None  # what the last write raised, if it did
        self._retry_at = 0.0
        with told("read", path):
            last = connection.execute(
                "SELECT seq, turn, kind FROM entries WHERE session = ? ORDER BY seq DESC LIMIT 1",
                (session,),
            ).fetchone()
        self._length: int
        self._turn: int
        self._length, self._turn, kind = last or (0, 0, "closed")
        self._open = kind != "closed"  # whether the newest turn is

    def __len__(self) -> int:
        return self._length

    def append(self, entry: Entry) -> None:
        """Add an entry. Raises while entries cannot be written: then it waits for a next try."""
        new = record(entry)
        self._length += 1
        if isinstance(entry, Sent) or not self._open:
            self._turn = self._length
        self._open = not isinstance(entry, Closed)
        self._waiting.append(_Waiting(self._length, self._turn, new))
        if self._failure is not None and self._open and not self._may_try():
            raise VftuiError(*self._failure)
        if not self._open or self._failure is not None or len(self._waiting) >= COMMIT_ROWS:
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
            del self._waiting[:written]
        self._failure = None

    def close(self) -> None:
        """Write what waits, for the last time. Raises only what nobody has been told before."""
        failure, self._failure = self._failure, None
        try:
            self.commit()
        except VftuiError:
            if failure is None:
                raise

    def page(self, start: int, count: int) -> list[Row]:
        """The entries from number `start` on, at most `count` of them."""
        end = start + count
        with self._reader() as (connection, waiting):
            found = connection.execute(_PAGE, (self.id, start, end)).fetchall()
            rows = [
                Row(seq, entry_of(Record(*columns)), since, gap, turn)
                for seq, turn, since, gap, *columns in found
            ]
            if waiting:
                first = waiting[0].seq
                shown = waiting[max(0, start - first) : max(0, end - first)]
                rows += [self._row_of(one, waiting, connection) for one in shown]
        return rows

    def row(self, seq: int) -> Row | None:
        """The entry of that number; None when there is none."""
        return next(iter(self.page(seq, 1)), None)

    def entries(self) -> Iterator[Entry]:
        """Every entry, in order."""
        start = 1
        while page := self.page(start, 1000):
            yield from (row.entry for row in page)
            start = page[-1].seq + 1

    def types(self) -> dict[str, int]:
        """How many entries there are of each type, most frequent first."""
        with self._reader() as (connection, waiting):
            question = "SELECT type, count(*) FROM entries WHERE session = ? GROUP BY type"
            counts = Counter(dict(connection.execute(question, (self.id,))))
        counts.update(one.record.type for one in waiting)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def matching(
        self,
        types: Collection[str] | None = None,
        text: str | None = None,
        after: int = 0,
        until: int | None = None,
    ) -> list[int]:
        """The numbers of the entries that are of one of the types and contain the text.

        Upper and lower case are the same. Looks at the entries behind `after` up to `until`, so a
        long session can be searched piece by piece. Another thread may call this; it sees what is
        committed.
        """
        until = self._length if until is None else until
        where = ["session = ? AND seq > ? AND seq <= ?"]
        values: list[str | int] = [self.id, after, until]
        if types is not None:
            types = {storable(one) for one in types}
            where.append(f"type IN ({', '.join('?' * len(types))})")
            values += types
        spellings = _spellings(text) if text else []
        if spellings:
            where.append(f"({' OR '.join([_HOLDS] * len(spellings))})")
            values += [_pattern(spelling) for spelling in spellings for _ in range(2)]
        with self._reader() as (connection, waiting):
            found = connection.execute(
                f"SELECT seq FROM entries WHERE {' AND '.join(where)}", values
            ).fetchall()
        return sorted(seq for (seq,) in found) + [
            seq
            for seq, _, new in waiting
            if after < seq <= until
            and (types is None or new.type in types)
            and _holds(new, spellings)
        ]

    def _write(self, piece: Sequence[_Waiting]) -> None:
        """Write some entries. After a failure another program is not waited for again."""
        rows = [
            (self.id, seq, new.kind, new.type, new.at, turn, len(new.raw), *new[3:])
            for seq, turn, new in piece
        ]
        patient = self._failure is None
        with told("write to", self._path), transaction(self._connection, patient=patient):
            self._connection.executemany(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )

    def _may_try(self) -> bool:
        """Whether writing is worth an attempt."""
        return self._failure is None or monotonic() >= self._retry_at

    def _row_of(
        self, one: _Waiting, waiting: Sequence[_Waiting], connection: sqlite3.Connection
    ) -> Row:
        """The row of an entry that waits; those before it may be written."""

        def since(seq: int) -> float | None:
            place = seq - waiting[0].seq
            if place >= 0:
                at = waiting[place].record.at
            else:
                question = "SELECT at FROM entries WHERE session = ? AND seq = ?"
                (at,) = connection.execute(question, (self.id, seq)).fetchone()
            return None if at is None or one.record.at is None else one.record.at - at

        seq, turn, new = one
        return Row(seq, entry_of(new), since(turn), since(max(seq - 1, turn)), turn)

    def _commit_or_wait(self) -> None:
        """Write what waits; if that fails, leave it to the next entry, whose sender is told."""
        with suppress(VftuiError):
            if self._may_try():
                self.commit()

    @contextmanager
    def _reader(self) -> Iterator[tuple[sqlite3.Connection, Sequence[_Waiting]]]:
        """A connection for reading, and what cannot be read there.

        Another thread gets a connection of its own, and none of what waits.
        """
        with told("read", self._path):
            if threading.get_ident() == self._thread:
                self._commit_or_wait()
                yield self._connection, self._waiting
                return
            connection = sqlite3.connect(self._path, isolation_level=None)
            try:
                yield connection, ()
            finally:
                connection.close()


def _spellings(text: str) -> list[str]:
    """A text as it is and as JSON escapes it, in its usual cases.

    LIKE itself takes upper and lower case for the same in ASCII only.
    """
    cases = {text} if text.isascii() else {text, text.lower(), text.upper(), text.title()}
    return [*{storable(case) for case in cases} | {json.dumps(case)[1:-1] for case in cases}]


def _pattern(spelling: str) -> str:
    """The LIKE pattern for what contains this."""
    literal = re.sub(r"[%_\\]", r"\\\g<0>", spelling)
    return f"%{literal}%"


def _holds(new: Record, spellings: Sequence[str]) -> bool:
    """What `_HOLDS` asks of a row, asked of a record; without spellings, of any."""
    texts = [new.raw.decode("utf-8", "replace").lower()]
    if new.kind != "received":
        texts.append((new.extra or "").lower())
    lowered = [spelling.lower() for spelling in spellings]
    return not lowered or any(one in text for one in lowered for text in texts)
