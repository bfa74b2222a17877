"""The bytes that the server sent, exactly: what `decode` and every other client of streams reads.

Times, actions and endings are not in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vftui.formats.log import Head, Imported, Line, Log
from vftui.saved import file_entries
from vftui.session.log import Received


def write(log: Log) -> Iterator[bytes]:
    """The frames of all turns, one behind the other."""
    for row in log.rows():
        if isinstance(row.entry, Received):
            yield row.entry.frame.raw


def read(path: Path) -> Imported:
    """A saved stream: one turn."""
    lines = (Line(entry) async for entry in file_entries(path))
    return Imported(Head(path.name), lines, is_stream=True)
