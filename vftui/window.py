"""The first entries of a log, as if there were no more: what is shown while a recording plays.

Two rules:

1. A window only grows. Who goes back gets another one, and everything that was kept of the old one
   is forgotten with it.
2. It reads like the log behind it, and marks and remarks are written there.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from vftui.reading import Reading, Row, Source, Span

if TYPE_CHECKING:
    from vftui.query import Query

_PART = """
    SELECT count(*), max(seq) FROM {facts} WHERE session = ? AND span = ? AND seq > ? AND seq <= ?
"""


class Window(Reading):
    """The first `until` entries of a log."""

    def __init__(self, log: Reading, until: int) -> None:
        super().__init__(log._path, log.id)
        self._reckoning = log._reckoning  # what it knows to be there
        self._log = log
        self._until = until
        self._parts: dict[int, tuple[int, int]] = {}  # of spans that go on: the length, the last

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
            self._parts.pop(head, None)
            return span
        count, last = self._parts.get(head, (0, head - 1))
        with self._reader() as source:
            for _, facts in source.tables:
                more, newest = source.connection.execute(
                    _PART.format(facts=facts), (self.id, head, last, self._until)
                ).fetchone()
                count, last = count + more, newest or last
            first, end = self._since(source, head), self._since(source, last)
        self._parts[head] = count, last
        return Span(head, last, count, None if first is None or end is None else end - first)

    def mark(self, seqs: Iterable[int], on: bool) -> None:
        """Mark entries, or take their marks away."""
        self._log.mark(seqs, on)

    def remark(self, seq: int, text: str) -> None:
        """Write a remark on an entry; an empty one takes it away."""
        self._log.remark(seq, text)

    def marked(self) -> list[int]:
        """The numbers of the marked entries."""
        return [seq for seq in self._log.marked() if seq <= self._until]

    def remarks(self) -> dict[int, str]:
        """The remarks, by the numbers of their entries."""
        return {seq: text for seq, text in self._log.remarks().items() if seq <= self._until}
