"""The first entries of a log, as if there were no more: what is shown while a recording plays.

Two rules:

1. A window only grows. Who goes back gets another one, and everything that was kept of the old one
   is forgotten with it.
2. It reads like the log behind it, and what is written on its entries is written there.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from vftui.query import Query
    from vftui.recording import Row, Span
    from vftui.session.log import Entry


class Log(Protocol):
    """A log to be read: a recording's whole one, or a window of it."""

    id: int
    """Its number in its file."""

    def __len__(self) -> int: ...

    def page(self, start: int, count: int) -> list[Row]:
        """The entries from number `start` on, at most `count` of them."""
        ...

    def row(self, seq: int) -> Row | None:
        """The entry of that number; None when there is none."""
        ...

    def rows(self, first: int = 1, last: int | None = None) -> Iterator[Row]:
        """The entries from one number to another, in their places."""
        ...

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        """The entries from one number to another."""
        ...

    def types(self) -> dict[str, int]:
        """How many entries there are of each type, most frequent first."""
        ...

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
        ...

    def nearest(
        self,
        query: Query,
        seq: int,
        direction: Literal[-1, 1],
        *,
        problems: Collection[int] = (),
    ) -> int | None:
        """The next entry that passes, before or behind `seq`."""
        ...

    def span(self, head: int) -> Span | None:
        """The deltas of one completion, by the first of them."""
        ...

    def turn_span(self, number: int) -> tuple[int, int] | None:
        """The first and the last entry of a turn."""
        ...

    def mark(self, seqs: Iterable[int], on: bool) -> None:
        """Mark entries, or take their marks away."""
        ...

    def remark(self, seq: int, text: str) -> None:
        """Write a remark on an entry; an empty one takes it away."""
        ...

    def marked(self) -> list[int]:
        """The numbers of the entries that are marked."""
        ...

    def remarks(self) -> dict[int, str]:
        """The remarks, by the numbers of their entries."""
        ...


class Window:
    """The first `until` entries of a log."""

    def __init__(self, log: Log, until: int) -> None:
        self.id = log.id
        self._log = log
        self._until = until
        self._cut: dict[int, tuple[int, Span]] = {}  # spans that go on: how far each was counted

    def __len__(self) -> int:
        return self._until

    def grow(self, until: int) -> None:
        """Show the entries up to this one."""
        self._until = max(self._until, until)

    def page(self, start: int, count: int) -> list[Row]:
        """The entries from number `start` on, at most `count` of them."""
        return self._log.page(start, min(count, self._until + 1 - start))

    def row(self, seq: int) -> Row | None:
        """The entry of that number; None when there is none."""
        return self._log.row(seq) if seq <= self._until else None

    def rows(self, first: int = 1, last: int | None = None) -> Iterator[Row]:
        """The entries from one number to another, in their places."""
        return self._log.rows(first, self._last(last))

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        """The entries from one number to another."""
        return self._log.entries(first, self._last(last))

    def types(self) -> dict[str, int]:
        """The types of the whole log: they are a help for typing, and counted quickly there."""
        return self._log.types()

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
        until = self._last(until)
        return self._log.matching(query, merged=merged, problems=problems, after=after, until=until)

    def nearest(
        self,
        query: Query,
        seq: int,
        direction: Literal[-1, 1],
        *,
        problems: Collection[int] = (),
    ) -> int | None:
        """The next entry that passes, before or behind `seq`."""
        seq = min(seq, self._until + 1)
        found = self._log.nearest(query, seq, direction, problems=problems)
        return found if found is not None and found <= self._until else None

    def span(self, head: int) -> Span | None:
        """The deltas of one completion, by the first of them: those that are there already."""
        span = self._log.span(head) if head <= self._until else None
        if span is None or span.last <= self._until:
            return span
        return self._counted(span)

    def _counted(self, span: Span) -> Span | None:
        """The part of a span that is there: what was counted once is not counted again."""
        first = self._log.row(span.first)
        if first is None:
            return None
        start, until = span.first, self._until
        done, part = self._cut.get(start, (start, span._replace(last=start, count=1, seconds=0.0)))
        for row in self._log.rows(done + 1, until):
            if row.span == start:
                seconds = None
                if row.since is not None and first.since is not None:
                    seconds = row.since - first.since
                part = part._replace(last=row.seq, count=part.count + 1, seconds=seconds)
        self._cut[start] = until, part
        return part

    def turn_span(self, number: int) -> tuple[int, int] | None:
        """The first and the last entry of a turn."""
        span = self._log.turn_span(number)
        if span is None or span[0] > self._until:
            return None
        return span[0], min(span[1], self._until)

    def mark(self, seqs: Iterable[int], on: bool) -> None:
        """Mark entries, or take their marks away."""
        self._log.mark(seqs, on)

    def remark(self, seq: int, text: str) -> None:
        """Write a remark on an entry; an empty one takes it away."""
        self._log.remark(seq, text)

    def marked(self) -> list[int]:
        """The numbers of the entries that are marked."""
        return [seq for seq in self._log.marked() if seq <= self._until]

    def remarks(self) -> dict[int, str]:
        """The remarks, by the numbers of their entries."""
        return {seq: text for seq, text in self._log.remarks().items() if seq <= self._until}

    def _last(self, last: int | None) -> int:
        return self._until if last is None else min(last, self._until)
