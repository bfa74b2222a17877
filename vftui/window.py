"""The first entries of a log, as if there were no more: what is shown while a recording plays.

Two rules:

1. A window only grows. Who goes back gets another one, and everything that was kept of the old one
   is forgotten with it.
2. It reads like the log behind it, and marks and remarks are written there.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from vftui.reading import Reading, Row, Source, Span

if TYPE_CHECKING:
    from vftui.query import Query

_SPAN = """
    SELECT min(seq), max(seq), count(*), max(since) - min(since) FROM {facts}
    WHERE session = ? AND span = ? AND seq <= ?
"""


class Window(Reading):
    """The first `until` entries of a log."""

    def __init__(self, log: Reading, until: int) -> None:
        self.id = log.id
        self._reckoning = log._reckoning
        self._log = log
        self._until = until

    def __len__(self) -> int:
        return self._until

    def _reader(self) -> AbstractContextManager[Source]:
        return self._log._reader()

    def grow(self, until: int) -> None:
        """Show the entries up to this one."""
        self._until = max(self._until, until)

    def page(self, start: int, count: int) -> list[Row]:
        """The entries from number `start` on, at most `count` of them."""
        return self._log.page(start, min(count, self._until + 1 - start))

    def matching(
        self,
        query: Query,
        *,
        merged: bool = False,
        problems: Collection[int] = (),
        after: int = 0,
        until: int | None = None,
    ) -> array[int]:
        """The numbers of the entries that pass; `merged`: of each span, its first."""
        until = self._until if until is None else min(until, self._until)
        return self._log.matching(query, merged=merged, problems=problems, after=after, until=until)

    def span(self, head: int) -> Span | None:
        """The span that begins with entry `head`, as far as it is there."""
        span = self._log.span(head) if head <= self._until else None
        if span is None or span.last <= self._until:
            return span
        with self._reader() as source:
            parts = [
                source.connection.execute(
                    _SPAN.format(facts=facts), (self.id, head, self._until)
                ).fetchone()
                for _, facts in source.tables
            ]
        parts = [part for part in parts if part[2]]
        return Span(head, parts[-1][1], sum(part[2] for part in parts), parts[0][3])

    def marked(self) -> list[int]:
        """The numbers of the marked entries."""
        return [seq for seq in self._log.marked() if seq <= self._until]

    def remarks(self) -> dict[int, str]:
        """The remarks, by the numbers of their entries."""
        return {seq: text for seq, text in self._log.remarks().items() if seq <= self._until}
