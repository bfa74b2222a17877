"""What was sent before, kept for the next time: a file of JSON texts, one a line, newest last.

Four rules:

1. A line is only ever added to its end, in one write, so that two programs may share the file.
2. Nothing that looks like a key is kept, here or in memory.
3. Only the owner can read it, from the moment it exists.
4. No failure stops anybody: what cannot be kept is remembered until the program ends, and
   `trouble` says why.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from vftui.secrets import mask

MAX_ENTRIES = 2_000
"""How many are kept. The file holds at most twice as many lines before the oldest leave it."""

MAX_LENGTH = 20_000
"""Characters of an entry that is still kept for the next time."""


class History:
    """The entries of this and of earlier times; without a path, of this time alone."""

    def __init__(self, path: Path | None = None, earlier: Iterable[str] = ()) -> None:
        self._path = path
        self.entries = list(earlier)
        """Oldest first, none equal to the one before it."""
        self.trouble = ""
        """Why nothing is kept for the next time, in two sentences; empty while all is well."""

    @classmethod
    def load(cls, path: Path) -> History:
        """The history of a file, made when there is something to keep. Never raises."""
        history = cls(path)
        try:
            raw = path.read_bytes() if path.exists() else b""
            lines = raw.splitlines()
            history.entries = _merged(entry for line in lines if (entry := _entry(line)))
            if len(lines) > 2 * MAX_ENTRIES:
                _compact(path, len(raw), history.entries)
        except OSError as error:
            history._fail(error)
        return history

    def add(self, text: str) -> None:
        """Keep a text, unless it is empty, the same as the last, or looks like a key."""
        if not text or self.entries[-1:] == [text] or mask(text) != text:
            return
        self.entries = [*self.entries, text][-MAX_ENTRIES:]
        if self._path is None or self.trouble or len(text) > MAX_LENGTH:
            return
        try:
            _append(self._path, _line(text))
        except OSError as error:
            self._fail(error)

    def drop(self, text: str) -> None:
        """Forget the last text, if it is this one: it was not sent after all.

        In the file it stays; nothing is ever taken out of there.
        """
        if self.entries[-1:] == [text]:
            self.entries.pop()

    def _fail(self, error: OSError) -> None:
        why = error.strerror or type(error).__name__
        self.trouble = (
            f"What you send is not kept for the next time: {self._path}: {why}. "
            "Until you leave, it can still be called back."
        )


class Walk:
    """A way through a history: from what is being written to the oldest, and back to it."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.begin()

    def begin(self) -> None:
        """Stand at what is being written."""
        self._place = len(self.history.entries)
        self._draft = ""

    def older(self, text: str) -> str | None:
        """The entry before, where `text` stands now; None at the oldest."""
        if not self._place:
            return None
        if self._place >= len(self.history.entries):
            self._draft = text
        self._place -= 1
        return self.history.entries[self._place]

    def newer(self) -> str | None:
        """The entry behind, or what was being written; None when that is there already."""
        entries = self.history.entries
        if self._place >= len(entries):
            return None
        self._place += 1
        return self._draft if self._place == len(entries) else entries[self._place]


def _entry(line: bytes) -> str | None:
    """The text of a line; None for what is broken, empty or no longer to be kept."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, str) and entry and mask(entry) == entry else None


def _merged(entries: Iterable[str]) -> list[str]:
    """The newest entries, of equal ones in a row only one."""
    return [entry for entry, _ in groupby(entries)][-MAX_ENTRIES:]


def _line(text: str) -> bytes:
    return json.dumps(text).encode() + b"\n"  # in ASCII, where no half of a pair is left over


def _append(path: Path, line: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.fstat(file).st_mode & 0o077 and not path.drive:
            path.chmod(0o600)
        if _torn(file):
            line = b"\n" + line
        if os.write(file, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(file)


def _torn(file: int) -> bool:
    """Whether the last line was never finished: a new one must not continue it."""
    size = os.fstat(file).st_size
    if not size:
        return False
    os.lseek(file, size - 1, os.SEEK_SET)
    return os.read(file, 1) != b"\n"


def _compact(path: Path, size: int, entries: list[str]) -> None:
    """Put a file of these entries in its place, unless somebody added to it meanwhile."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "wb") as out:
            out.writelines(map(_line, entries))
        if path.stat().st_size == size:
            fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
