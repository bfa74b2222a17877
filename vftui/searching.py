"""A text in all sessions of a file: in each entry, and in what streamed in pieces.

Three rules:

1. An entry is found as by a filter: its bytes as they are, and as one reads them without the
   escapes of JSON.
2. A text that the pieces of a message only have together counts once.
3. Any thread may ask; it sees what is committed.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path

from vftui.database import told
from vftui.query.sql import unescaped
from vftui.reading import prepare
from vftui.reckoning import Reckoning

_LENGTHS = "SELECT session, max(seq) FROM entries GROUP BY session"

_ENTRIES = """
    SELECT session, count(*) FROM entries WHERE holds(raw, kind, extra, ?) GROUP BY session
"""

_PIECES = """
    SELECT f.session, f.span, e.raw
    FROM facts AS f JOIN entries AS e ON e.session = f.session AND e.seq = f.seq
    WHERE f.span IS NOT NULL AND f.type <> 'audio'
    ORDER BY f.session, f.span, f.seq
"""

_TEXT = re.compile(rb'"(?:content|completion|message)"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
"""The text of a piece, as JSON writes it; to decode each would take twenty times as long."""


def search(path: Path, text: str) -> dict[int, int]:
    """How often each session has a text, in any case; without those that have it not."""
    needle = text.casefold()
    with told("read", path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        prepare(connection)
        found = Counter(dict(connection.execute(_ENTRIES, (needle,)).fetchall()))
        for session, length in connection.execute(_LENGTHS).fetchall():
            Reckoning(path, session).ensure(connection, 0, length)
        found.update(_together(connection.execute(_PIECES), needle))
    return dict(found)


def _together(rows: Iterable[tuple[int, int, bytes]], needle: str) -> Iterator[int]:
    """The session of each span that has the text, though none of its pieces does."""
    for (session, _), pieces in groupby(rows, key=lambda row: row[:2]):
        texts = [match[1] for _, _, raw in pieces if (match := _TEXT.search(raw))]
        if needle in _read(b"".join(texts)) and not any(needle in _read(one) for one in texts):
            yield session


def _read(text: bytes) -> str:
    return unescaped(text.decode("utf-8", "replace")).casefold()
