"""What recordings used: tokens, calls and times, turn by turn, quick to ask again.

Four rules:

1. The numbers are those of `Session`: a log is folded, and what its turns used is kept beside it.
2. What is kept may be lost, and is made again: where it is missing, where its session went on, or
   where another version of the program counted (`COUNTING`).
3. A log is folded as it was at one moment, while nothing is locked; what it came to is written in
   another. What cannot be written is told all the same.
4. Any thread may ask; it sees what is committed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from vftui.database import told, transaction
from vftui.records import Record, entry_of, storable
from vftui.session.log import Entry
from vftui.session.tokens import Tokens
from vftui.tallies import TurnUsage, read, tally, written

if TYPE_CHECKING:
    from vftui.session.fold import Session

__all__ = ["TurnUsage", "Usage", "midnight"]

COUNTING = 1
"""The way in which `Session` counts: one more, and nothing that was kept before counts."""

_PIECE = 500
"""Entries that are read, and turns that are written, at once."""

_FOLDS = 2
"""Sessions that are folded on when another window has added to them."""

_KEPT = """
    SELECT session, turn, first_seq, last_seq, at, told FROM usage
    WHERE session = ? AND counting = ? ORDER BY turn
"""

_KEEP = """
    INSERT OR REPLACE INTO usage SELECT ?, ?, ?, ?, ?, ?, ?
    WHERE EXISTS (SELECT 1 FROM entries WHERE session = ? AND seq = ?)
"""
"""A session that somebody deletes meanwhile stays deleted."""

_MORE = "SELECT 1 FROM entries WHERE session = ? AND seq > ? AND (? OR kind <> 'closed') LIMIT 1"

_ENTRIES = """
    SELECT seq, kind, type, at, raw, last_id, extra FROM entries
    WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?
"""

_SINCE = """
    SELECT id FROM sessions AS one
    WHERE id IS NOT :without AND (:project IS NULL OR project = :project)
        AND (:environment IS NULL OR environment = :environment)
        AND (started >= :moment OR (SELECT at FROM entries
            WHERE session = one.id AND at IS NOT NULL ORDER BY seq DESC LIMIT 1) >= :moment)
    ORDER BY id DESC
"""


class Usage:
    """What sessions used whose recording is open; without a project, an environment: of any."""

    def __init__(
        self, path: Path, *, project: str | None = None, environment: str | None = None
    ) -> None:
        self.path = path
        self._whose = {
            "project": project and storable(project),
            "environment": environment and storable(environment),
        }
        self._lock = Lock()
        self._folds: dict[int, Session] = {}  # those that were folded last, which may go on

    def of(self, session: int) -> list[TurnUsage]:
        """The turns of a session, in order."""
        with self._reader() as connection:
            return self._turns(connection, session)

    def since(self, moment: float, *, without: int | None = None) -> Iterator[list[TurnUsage]]:
        """The turns that began at that time or later, session by session, the newest first.

        `without` is the number of a session that is left out.
        """
        asked = self._whose | {"moment": moment, "without": without}
        with self._reader() as connection:
            for (session,) in connection.execute(_SINCE, asked).fetchall():
                turns = self._turns(connection, session)
                yield [turn for turn in turns if turn.at is not None and turn.at >= moment]

    def today(self, *, without: int | None = None) -> Tokens:
        """What the turns since midnight used together."""
        turns = (turn for turns in self.since(midnight(), without=without) for turn in turns)
        return sum((turn.tokens for turn in turns), Tokens())

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        # Whose recordings these are has them open, which has brought them up to date.
        address = f"{self.path.absolute().as_uri()}?mode=rw"
        with (
            told("read", self.path),
            closing(sqlite3.connect(address, isolation_level=None, uri=True)) as connection,
        ):
            yield connection

    def _turns(self, connection: sqlite3.Connection, session: int) -> list[TurnUsage]:
        with self._lock:
            kept = _kept(connection, session)
            if kept and not _goes_on(connection, kept[-1]):
                return kept
            fold = self._fold(connection, session, is_known=bool(kept))
            turns = [tally(session, turn) for turn in fold.turns]
            _keep(connection, turns[max(0, len(kept) - 1) :])  # the last one may have been open
            return turns

    def _fold(self, connection: sqlite3.Connection, session: int, *, is_known: bool) -> Session:
        """A session as a whole: what is guessed of a turn rests on those before it."""
        from vftui.session.fold import Session

        fold = self._folds.pop(session, None) if is_known else None
        fold = fold or Session()
        with _moment(connection):
            for entry in _entries(connection, session, fold.entries):
                fold.apply(entry)
        self._folds[session] = fold
        if len(self._folds) > _FOLDS:
            del self._folds[next(iter(self._folds))]
        return fold


def midnight() -> float:
    """When today began, where the person is."""
    return datetime.now().replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


@contextmanager
def _moment(connection: sqlite3.Connection) -> Iterator[None]:
    """What is read inside is how it was at one moment, whoever writes or deletes meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def _kept(connection: sqlite3.Connection, session: int) -> list[TurnUsage]:
    """What is kept of the first turns, as far as none is missing."""
    turns: list[TurnUsage] = []
    for row in connection.execute(_KEPT, (session, COUNTING)):
        turn = read(*row)
        if turn is None or turn.turn != len(turns):
            break
        turns.append(turn)
    return turns


def _goes_on(connection: sqlite3.Connection, last: TurnUsage) -> bool:
    """Whether there is more behind a turn than an ending that ends nothing."""
    asked = (last.session, last.last_seq, last.ending is None)
    return connection.execute(_MORE, asked).fetchone() is not None


def _entries(connection: sqlite3.Connection, session: int, after: int) -> Iterator[Entry]:
    """The log of a session behind an entry, a piece at a time."""
    while found := connection.execute(_ENTRIES, (session, after, _PIECE)).fetchall():
        for _, *columns in found:
            yield entry_of(Record(*columns))
        after = found[-1][0]


def _keep(connection: sqlite3.Connection, turns: Sequence[TurnUsage]) -> None:
    """Write what was folded; without it, the next one who asks has to wait again."""
    # What the agent sent may be nested too deeply to be written.
    with suppress(sqlite3.Error, RecursionError):
        for start in range(0, len(turns), _PIECE):
            rows = [_row(turn) for turn in turns[start : start + _PIECE]]
            with transaction(connection):
                connection.executemany(_KEEP, rows)


def _row(turn: TurnUsage) -> tuple[object, ...]:
    place = (turn.session, turn.turn, turn.first_seq, turn.last_seq, turn.at)
    return (*place, COUNTING, written(turn), turn.session, turn.last_seq)
