"""The log of one session on disk: appended to while a turn runs, read a page at a time.

Three rules:

1. What `append` took, `entries` gives back, equal and to the byte (`vftui.records`).
2. An entry is committed within 50 ms, and at once when it ends a turn. Rows wait in memory until
   then, so the file is locked for a moment only and two windows can record into it.
3. A page is found by its key, never by counting rows: it costs the same after a million entries.

A write that fails keeps its rows in memory, and the next entry tries again.
"""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from vftui.database import told, transaction
from vftui.errors import VftuiError
from vftui.records import Record, entry_of, record, storable
from vftui.session.log import Closed, Entry, Sent

COMMIT_AFTER = 0.04
"""Seconds an entry waits while an event loop runs; the rest of the 50 ms is for the disk."""

COMMIT_ROWS = 512
"""Rows that are written without waiting any longer."""

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


class Journal:
    """The log of one session: append at the end, read anywhere."""

    def __init__(self, path: Path, connection: sqlite3.Connection, session: int) -> None:
        self.id = session
        self._path = path
        self._connection = connection
        self._thread = threading.get_ident()
        self._waiting: list[tuple[int, int, Record]] = []  # seq, turn, what to write
        self._timer: asyncio.TimerHandle | None = None
        self._failed = False  # whether the last write did, so that the next entry tries at once
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
        """Add an entry. Raises when it cannot be written: then it waits for the next try."""
        new = record(entry)
        self._length += 1
        if isinstance(entry, Sent) or not self._open:
            self._turn = self._length
        self._open = not isinstance(entry, Closed)
        self._waiting.append((self._length, self._turn, new))
        if not self._open or self._failed or len(self._waiting) >= COMMIT_ROWS:
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
        if not self._waiting:
            return
        rows = [
            (self.id, seq, new.kind, new.type, new.at, turn, len(new.raw), *new[3:])
            for seq, turn, new in self._waiting
        ]
        self._failed = True
        with told("write to", self._path), transaction(self._connection):
            self._connection.executemany(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )
        self._failed = False
        self._waiting.clear()

    def page(self, start: int, count: int) -> list[Row]:
        """The entries from number `start` on, at most `count` of them."""
        with self._reader() as connection:
            found = connection.execute(_PAGE, (self.id, start, start + count)).fetchall()
        return [
            Row(seq, entry_of(Record(*columns)), since, gap, turn)
            for seq, turn, since, gap, *columns in found
        ]

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
        with self._reader() as connection:
            return dict(
                connection.execute(
                    "SELECT type, count(*) AS n FROM entries WHERE session = ?"
                    " GROUP BY type ORDER BY n DESC, type",
                    (self.id,),
                )
            )

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
        where = ["session = ? AND seq > ? AND seq <= ?"]
        values: list[str | int] = [self.id, after, self._length if until is None else until]
        if types is not None:
            where.append(f"type IN ({', '.join('?' * len(types))})")
            values += [storable(one) for one in types]
        if text:
            patterns = _patterns(text)
            where.append(f"({' OR '.join([_HOLDS] * len(patterns))})")
            values += [pattern for pattern in patterns for _ in range(2)]
        with self._reader() as connection:
            found = connection.execute(
                f"SELECT seq FROM entries WHERE {' AND '.join(where)}", values
            ).fetchall()
        return sorted(seq for (seq,) in found)

    def _commit_or_wait(self) -> None:
        """Write what waits; if that fails, leave it to the next entry, whose sender is told."""
        with suppress(VftuiError):
            self.commit()

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading: in another thread one of its own."""
        with told("read", self._path):
            if threading.get_ident() == self._thread:
                self._commit_or_wait()  # so that everything appended is there to read
                yield self._connection
                return
            connection = sqlite3.connect(self._path, isolation_level=None)
            try:
                yield connection
            finally:
                connection.close()


def _patterns(text: str) -> list[str]:
    """LIKE patterns for a text: as it is and as JSON escapes it, in its usual cases.

    LIKE itself takes upper and lower case for the same in ASCII only.
    """
    cases = {text} if text.isascii() else {text, text.lower(), text.upper(), text.title()}
    spellings = {storable(case) for case in cases} | {json.dumps(case)[1:-1] for case in cases}
    literal = (re.sub(r"[%_\\]", r"\\\g<0>", spelling) for spelling in spellings)
    return [f"%{one}%" for one in literal]
