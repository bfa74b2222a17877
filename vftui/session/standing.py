"""Where an entry stands in its session: its turn, its span, the time since what came before.

One rule: an entry that is no action begins a turn only when none is open, as in a saved stream.
"""

from __future__ import annotations

from typing import NamedTuple

from vftui.session.log import Closed, Entry, Sent
from vftui.session.spans import Spans


class Standing(NamedTuple):
    """The place of one entry."""

    turn: int
    """The turn's number, from 1."""
    turn_seq: int
    """The number of the turn's first entry."""
    span: int | None
    """The number of the first entry of its span; None when it is no piece of one."""
    since: float | None
    """Seconds since the first entry of the turn."""
    gap: float | None
    """Seconds since the entry before; 0 for the first of a turn."""


class Standings:
    """Tells where each entry stands, in the order in which they happened."""

    def __init__(
        self,
        seq: int = 0,
        turn: int = 0,
        turn_seq: int = 0,
        *,
        turn_at: float | None = None,
        at: float | None = None,
        open: bool = False,
    ) -> None:
        self.seq = seq
        """How many entries there were so far."""
        self.open = open
        """Whether the newest turn is."""
        self.spans = Spans()
        self._turn, self._turn_seq = turn, turn_seq
        self._turn_at, self._at = turn_at, at

    def next(self, entry: Entry) -> Standing:
        """Where the next entry stands."""
        self.seq += 1
        if isinstance(entry, Sent) or not self.open:
            self._turn += 1
            self._turn_seq = self.seq
            self._turn_at = self._at = entry.at
        self.open = not isinstance(entry, Closed)
        before, self._at = self._at, entry.at
        return Standing(
            self._turn,
            self._turn_seq,
            self.spans.head(self.seq, entry),
            _between(self._turn_at, entry.at),
            _between(before, entry.at),
        )


def _between(before: float | None, at: float | None) -> float | None:
    """The seconds between; None when a time is unknown or not finite."""
    if before is None or at is None:
        return None
    passed = at - before
    return passed if passed == passed else None
