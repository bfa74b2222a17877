"""The rows of a log that were looked at, so that a person who moves about finds them at hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.cache import LRUCache

from vftui.ui.merged import Merged, merged_of

if TYPE_CHECKING:
    from vftui.reading import Reading, Row

PAGE = 64
"""Rows that are read at once where the neighbours are wanted, too."""

KEPT = 1024
"""Rows, and spans, that are kept at hand."""


class AtHand:
    """Rows and spans, read when they are asked for."""

    def __init__(self, log: Reading) -> None:
        self._log = log
        self._rows: LRUCache[int, Row] = LRUCache(KEPT)
        self._spans: LRUCache[int, Merged] = LRUCache(KEPT)

    def row(self, seq: int, *, alone: bool = False) -> Row | None:
        """Entry `seq`, read with its neighbours unless it is wanted alone."""
        row = self._rows.get(seq)
        if row is None:
            start, count = (seq, 1) if alone else (seq - (seq - 1) % PAGE, PAGE)
            for one in self._log.page(start, count):
                self._rows[one.seq] = one
            row = self._rows.get(seq)
        return row

    def merged(self, row: Row) -> Merged | None:
        """The span that begins with this row."""
        known = self._spans.get(row.seq)
        if known is None and (known := merged_of(self._log, row)) is not None:
            self._spans[row.seq] = known
        return known

    def look_again(self, heads: Iterable[int] | None) -> list[int]:
        """Bring the spans that begin with these up to date, or all; which of them have grown."""
        grown = []
        for seq in list(self._spans.keys()) if heads is None else heads:
            known, row = self._spans.get(seq), self._rows.get(seq)
            if known is not None:
                self._spans.discard(seq)  # first: the cache keeps what it has of a key
                now = None if row is None else merged_of(self._log, row, known)
                if now is not None:
                    self._spans[seq] = now
                grown.append(seq)
        return grown

    def forget(self, seq: int) -> None:
        """Read this row again when it is looked at."""
        self._rows.discard(seq)
