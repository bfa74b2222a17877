"""Sessions on disk: one SQLite file, which several windows can record into at once.

Two rules:

1. The file holds the log of each session and nothing that can be worked out from it.
2. A session without entries is not there: it is neither listed nor found.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from vftui.database import connect, told
from vftui.errors import ConfigurationError
from vftui.journal import Journal, Row
from vftui.records import storable

__all__ = ["Journal", "Recording", "Row", "SessionRow"]

_SESSIONS = """
    SELECT id, started, title, api, project, environment, user,
        (SELECT count(*) FROM entries
            WHERE session = sessions.id AND type = 'sent' AND kind = 'sent'),
        (SELECT max(seq) FROM entries WHERE session = sessions.id) AS newest
    FROM sessions WHERE newest > 0
"""


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
        return [SessionRow(*row) for row in rows]

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
        return SessionRow(*row)

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
