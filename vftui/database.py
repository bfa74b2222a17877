"""The SQLite file of recordings: how it is made, opened, brought up to date, and what can go wrong.

Four rules:

1. The file is readable by its owner alone, from the moment it exists.
2. A file that is not a recording is left as it is.
3. A migration is never edited once released: a change is one more of them.
4. A file that may be open here already is opened by SQLite alone: whoever closes any other
   descriptor of it drops the locks of this whole process (<https://sqlite.org/howtocorrupt.html>),
   and then another program takes the log of what is being recorded for left over, and deletes it.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vftui.errors import ConfigurationError, VftuiError

APPLICATION_ID = 0x76667475
"""Marks a SQLite file as a recording (`vftu`), so that no other program's file is taken for one."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        f"PRAGMA application_id = {APPLICATION_ID}",
        """CREATE TABLE sessions (
            id INTEGER PRIMARY KEY,
            started REAL NOT NULL,
            title TEXT NOT NULL,
            api TEXT NOT NULL,
            project TEXT NOT NULL,
            environment TEXT NOT NULL,
            user TEXT NOT NULL
        )""",
        # With a rowid: rows of kilobytes would make the tree of a WITHOUT ROWID table sparse.
        """CREATE TABLE entries (
            session INTEGER NOT NULL REFERENCES sessions (id),
            seq INTEGER NOT NULL,
            kind TEXT NOT NULL,
            type TEXT NOT NULL,
            at REAL,
            turn INTEGER NOT NULL,
            size INTEGER NOT NULL,
            raw BLOB NOT NULL,
            last_id TEXT NOT NULL,
            extra TEXT,
            PRIMARY KEY (session, seq)
        )""",
        "CREATE INDEX entries_by_type ON entries (session, type, seq)",
    ),
    (
        # What `vftui.facts` tells of each entry: it may be lost, and is made again.
        """CREATE TABLE facts (
            session INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            kind TEXT NOT NULL,
            type TEXT NOT NULL,
            event TEXT NOT NULL,
            level INTEGER,
            flags INTEGER NOT NULL,
            span INTEGER,
            size INTEGER NOT NULL,
            since REAL,
            gap REAL,
            tool TEXT,
            model TEXT,
            PRIMARY KEY (session, seq)
        ) WITHOUT ROWID""",
        "CREATE INDEX facts_by_span ON facts (session, span, seq) WHERE span IS NOT NULL",
        """CREATE TABLE remarks (
            session INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            marked INTEGER NOT NULL,
            remark TEXT NOT NULL,
            PRIMARY KEY (session, seq)
        ) WITHOUT ROWID""",
        "ALTER TABLE sessions ADD COLUMN tags TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE sessions ADD COLUMN size INTEGER NOT NULL DEFAULT 0",
        """UPDATE sessions SET size =
            (SELECT coalesce(sum(size), 0) FROM entries WHERE session = sessions.id)""",
    ),
    (
        # What `vftui.usage` tells of each turn: it may be lost, and is made again.
        """CREATE TABLE usage (
            session INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            first_seq INTEGER NOT NULL,
            last_seq INTEGER NOT NULL,
            at REAL,
            counting INTEGER NOT NULL,
            told TEXT NOT NULL,
            PRIMARY KEY (session, turn)
        ) WITHOUT ROWID""",
    ),
)
"""The statements that bring a file from version n to n + 1; `PRAGMA user_version` counts them."""

_MAGIC = b"SQLite format 3\0"

BUSY_SECONDS = 2.0
"""How long to wait for another program that is writing."""

_SENTENCES = {
    sqlite3.SQLITE_FULL: ("the disk is full", "Free some space, or record somewhere else."),
    sqlite3.SQLITE_BUSY: ("another program holds it", "Close what else has the file open."),
    sqlite3.SQLITE_READONLY: ("it may not be written", "Copy it to a folder you may write to."),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "Check the path and its permissions."),
    sqlite3.SQLITE_NOTADB: ("it is not a recording", "Give the path of a recording of vftui."),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", "`sqlite3 FILE .recover` may save what is left."),
}


_Identity = tuple[int, int]
"""A file's device and number; another file may have them when it is gone."""

_OPEN: Counter[_Identity] = Counter()
"""How many connections this process has to which file."""


class _Connection(sqlite3.Connection):
    """A connection that is counted as long as it is open."""

    identity: _Identity | None = None

    def count(self, path: Path) -> None:
        """Count it, now that the file is there."""
        self.identity = _identity(path)
        _OPEN[self.identity] += 1

    def close(self) -> None:
        """Close it; the second time does nothing."""
        super().close()
        identity, self.identity = self.identity, None
        if identity is not None:
            _OPEN[identity] -= 1


@contextmanager
def told(doing: str, path: Path) -> Iterator[None]:
    """Turn what SQLite raises into a sentence with a hint; `doing` is `read`, `write to`…"""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extended part
        why, hint = _SENTENCES.get(code, (str(error), ""))
        raise VftuiError(f"Cannot {doing} {path}: {why}.", hint) from error


def connect(path: Path, *, create: bool = True) -> sqlite3.Connection:
    """Open a file of recordings, made and migrated if need be."""
    try:
        _touch(path, create)
    except OSError as error:
        why = error.strerror or str(error)
        raise ConfigurationError(f"Cannot open {path}: {why}.", "Check the path.") from error
    with told("open", path):
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, factory=_Connection
        )
        try:
            connection.count(path)
            _check(connection, path)
            if not _number(connection, "PRAGMA page_count"):
                # Later it cannot be had any more: what is deleted gives its space back.
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA temp_store = MEMORY")
            for version in range(1, len(MIGRATIONS) + 1):
                _migrate(connection, version)
        except BaseException:
            connection.close()
            raise
    return connection


def _touch(path: Path, create: bool) -> None:
    if not create:
        path.stat()
        return
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        # SQLite gives the -wal and -shm files the mode of the file itself.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def is_database(path: Path) -> bool:
    """Whether a file is SQLite's; raises `OSError` when it cannot be read."""
    if _OPEN[_identity(path)]:
        return True
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _identity(path: Path) -> _Identity:
    status = path.stat()
    return status.st_dev, status.st_ino


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is another program's, or a later vftui's."""
    application = _number(connection, "PRAGMA application_id")
    if application != APPLICATION_ID and _number(connection, "SELECT count(*) FROM sqlite_schema"):
        raise ConfigurationError(
            f"Cannot open {path}: it is a database, but not one of vftui.",
            "Give the path of a recording of vftui.",
        )
    version = _number(connection, "PRAGMA user_version")
    if version > len(MIGRATIONS):
        raise ConfigurationError(
            f"Cannot open {path}: a newer vftui wrote it (version {version}; "
            f"this one knows {len(MIGRATIONS)}).",
            "Update vftui, or record to another file.",
        )


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    if _number(connection, "PRAGMA user_version") >= version:
        return
    with transaction(connection):
        # Asked again, now that no other program can be at it as well.
        if _number(connection, "PRAGMA user_version") < version:
            for statement in MIGRATIONS[version - 1]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version}")


@contextmanager
def transaction(connection: sqlite3.Connection, *, patient: bool = True) -> Iterator[None]:
    """Everything inside is written, or nothing; `patient` waits for another program."""
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000 * patient:.0f}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has already rolled it back.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _number(connection: sqlite3.Connection, question: str) -> int:
    (number,) = connection.execute(question).fetchone()
    return int(number)
