"""Sessions on disk: one SQLite file, which several windows can record into at once.

Two rules:

1. The file holds the log of each session, and what a person wrote on it. What it holds beside that
   can be worked out again (`vftui.facts`, `vftui.usage`).
2. A session without entries is not there: it is neither listed nor found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

from vftui.database import connect, told, transaction
from vftui.errors import ConfigurationError
from vftui.journal import Journal
from vftui.records import storable
from vftui.rows import Row, Span
from vftui.searching import search

__all__ = ["Journal", "Recording", "Row", "SessionRow", "Span"]

_SESSIONS = """
    SELECT id, started, title, api, project, environment, user,
        (SELECT count(*) FROM entries
            WHERE session = sessions.id AND type = 'sent' AND kind = 'sent'),
        (SELECT max(seq) FROM entries WHERE session = sessions.id) AS newest, tags, size
    FROM sessions WHERE newest > 0
"""


_PIECE = 20_000
"""Entries that are deleted at once."""

_PAGES = 5000
"""Pages that are given back to the disk at once."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A recorded session, as a list of sessions shows it."""

    id: int
    started: float
    title: str
    api: str
    project: str
    environment: str
    user: str
    turns: int
    """How many actions were sent."""
    entries: int
    tags: tuple[str, ...]
    size: int
    """Bytes of its entries."""


class Recording:
    """One file, many sessions."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._folder: TemporaryDirectory[str] | None = None
        self._journals: list[Journal] = []

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Recording:
        """Open a file of recordings; with `create`, make it and its folder if they are missing."""
        return cls(path, connect(path, create=create))

    @classmethod
    def temporary(cls) -> Recording:
        """A private file that is deleted when it is closed."""
        folder = TemporaryDirectory(prefix="vftui-")
        recording = cls.open(Path(folder.name, "recording.db"))
        recording._folder = folder
        return recording

    def begin(
        self,
        *,
        title: str,
        api: str,
        started: float,
        project: str = "",
        environment: str = "",
        user: str = "",
    ) -> Journal:
        """Begin a session."""
        texts = (storable(text) for text in (title, api, project, environment, user))
        with told("write to", self.path):
            identity = self._connection.execute(
                "INSERT INTO sessions (started, title, api, project, environment, user)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (started, *texts),
            ).lastrowid
        return self.journal(identity or 0)

    def sessions(self) -> list[SessionRow]:
        """The sessions that have entries, newest first."""
        with told("read", self.path):
            rows = self._connection.execute(f"{_SESSIONS} ORDER BY id DESC").fetchall()
        return [_session_row(*row) for row in rows]

    def find(self, name: str) -> SessionRow:
        """The session that a person means by `last` or by its number."""
        number = int(name) if name.isascii() and name.isdigit() and len(name) < 19 else 0
        which = "ORDER BY id DESC LIMIT 1" if name == "last" else "AND id = ?"
        with told("read", self.path):
            row = self._connection.execute(
                f"{_SESSIONS} {which}", () if name == "last" else (number,)
            ).fetchone()
        if row is None:
            message = "Nothing is recorded yet." if name == "last" else f"No session {name!r}."
            raise ConfigurationError(message, "`vftui sessions` lists what is recorded.")
        return _session_row(*row)

    def rename(self, session: int, title: str) -> None:
        """Give a session another title."""
        self._change("UPDATE sessions SET title = ? WHERE id = ?", storable(title), session)

    def tag(self, session: int, tags: Sequence[str]) -> None:
        """Give a session these tags instead of those that it has."""
        words = dict.fromkeys(" ".join(storable(tag).split()) for tag in tags)
        self._change(
            "UPDATE sessions SET tags = ? WHERE id = ?", "\n".join(filter(None, words)), session
        )

    def delete(self, session: int) -> None:
        """Delete what a session holds, so that nothing of it is left in the file.

        Its number is not given again. A file of the first version does not become smaller: what
        is recorded next takes the room.
        """
        self._change("PRAGMA secure_delete = ON")
        # From the end, in pieces: other windows record in between, and if this is broken off,
        # what is left is the beginning of the session.
        (newest,) = self._ask("SELECT max(seq) FROM entries WHERE session = ?", session)[0]
        for start in reversed(range(0, newest or 0, _PIECE)):
            with told("write to", self.path), transaction(self._connection):
                for table in ("remarks", "facts", "entries"):
                    self._connection.execute(
                        f"DELETE FROM {table} WHERE session = ? AND seq > ?", (session, start)
                    )
                self._connection.execute(
                    "DELETE FROM usage WHERE session = ? AND last_seq > ?", (session, start)
                )
        empty = "UPDATE sessions SET title = '', project = '', user = '', tags = '', size = 0"
        self._change(f"{empty} WHERE id = ?", session)
        with told("write to", self.path):
            (free,) = self._ask("PRAGMA freelist_count")[0]
            for _ in range(0, free, _PAGES):  # a plain `execute` would give back one page only
                self._connection.executescript(f"PRAGMA incremental_vacuum({_PAGES})")

    def search(self, text: str) -> dict[int, int]:
        """How often each session has a text; any thread may ask."""
        return search(self.path, text)

    def _ask(self, question: str, *values: object) -> list[Any]:
        with told("read", self.path):
            return self._connection.execute(question, values).fetchall()

    def _change(self, statement: str, *values: object) -> None:
        with told("write to", self.path):
            self._connection.execute(statement, values)

    def journal(self, session: int) -> Journal:
        """The log of a session, to read and to go on with."""
        journal = Journal(self.path, self._connection, session)
        self._journals.append(journal)
        return journal

    def close(self) -> None:
        """Commit what waits and close the file; delete it if it is temporary."""
        try:
            for journal in self._journals:
                journal.close()
        finally:
            self._connection.close()
            if self._folder:
                self._folder.cleanup()

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _session_row(*columns: Any) -> SessionRow:
    told = list(columns)
    told[-2] = tuple(filter(None, told[-2].split("\n")))
    return SessionRow(*told)
