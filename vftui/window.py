"""The first entries of a log, as if there were no more: what is shown while a recording plays.

Two rules:

1. A window only grows. Who goes back gets another one, and everything that was kept of the old one
   is forgotten with it.
2. It reads like the log behind it, and marks and remarks are written there.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from vftui.reading import Reading, Row, Source


class Window(Reading):
    """The first `until` entries of a log."""

    def __init__(self, log: Reading, until: int) -> None:
        super().__init__(log._path, log.id)
        self._reckoning = log._reckoning  # what it knows to be there
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

    def marked(self) -> list[int]:
        """The numbers of the marked entries."""
        return [seq for seq in self._log.marked() if seq <= self._until]

    def remarks(self) -> dict[int, str]:
        """The remarks, by the numbers of their entries."""
        return {seq: text for seq, text in self._log.remarks().items() if seq <= self._until}
