"""What a command is pointed at: a recorded session, or a file that is read like one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vftui.database import is_database
from vftui.errors import ConfigurationError, StreamBroken
from vftui.formats import Head, Imported, Line, keep, read
from vftui.recording import Journal, Recording
from vftui.saved import chunks, saved_entries
from vftui.session.log import Closed
from vftui.settings import recordings_path


@contextmanager
def session_log(which: str) -> Iterator[tuple[Head, Journal]]:
    """A session by its number, `last`, or what is in a file; `-` is a stream on stdin."""
    if which == "last" or which.isdecimal():
        if not recordings_path().exists():
            raise ConfigurationError("Nothing is recorded yet.", "Try: vftui send --demo --launch")
        with _recorded(recordings_path(), which) as log:
            yield log
    elif which != "-" and _is_recording(Path(which)):
        with _recorded(Path(which), "last") as log:
            yield log
    else:
        with Recording.temporary() as recording:
            imported = _piped() if which == "-" else read(Path(which))
            yield imported.head, asyncio.run(_kept(imported, recording))


@contextmanager
def _recorded(path: Path, name: str) -> Iterator[tuple[Head, Journal]]:
    with Recording.open(path, create=False) as recording:
        row = recording.find(name)
        yield Head.of(row), recording.journal(row.id)


def _is_recording(path: Path) -> bool:
    try:
        return path.is_file() and is_database(path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None


async def _kept(imported: Imported, recording: Recording) -> Journal:
    journal = await keep(imported, recording)
    last = journal.row(len(journal))
    closed = last.entry if last else None
    if imported.is_stream and isinstance(closed, Closed) and closed.ending == "protocol":
        raise StreamBroken(closed.message, closed.advice)
    return journal


def _piped() -> Imported:
    lines = (Line(entry) async for entry in saved_entries(chunks("-")))
    return Imported(Head("standard input"), lines, is_stream=True)
