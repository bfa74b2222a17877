"""Which entries are rows of a list: the numbers of those that pass a query, in order.

Two rules:

1. It is filled a slice at a time, in order, from the beginning: what was looked at is not looked
   at again, and a slice may be read in another thread. Only `take` changes it.
2. Without a query it holds no numbers: a list of everything costs nothing.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from vftui.query import Query
    from vftui.reading import Reading

SLICE = 50_000
"""Entries that are looked at in one go by another thread."""

SLICE_OF_TEXTS = 15_000
"""The same when their texts are read: a person who goes on typing soon wants something else."""


class Sieve:
    """The numbers of the entries that pass, as far as the log was looked at."""

    def __init__(
        self, query: Query | None = None, *, merged: bool = False, problems: Collection[int] = ()
    ) -> None:
        self.query = query
        """None: everything passes."""
        self.merged = merged
        """Whether the deltas of one span count once, by the first of them."""
        self.problems = problems
        """The numbers of the entries that are evidence of a problem."""
        self.checked = 0
        """How many entries were looked at."""
        self._numbers = array("q")

    @property
    def everything(self) -> bool:
        """Whether every entry passes for itself."""
        return not self.query and not self.merged

    def __len__(self) -> int:
        return self.checked if self.everything else len(self._numbers)

    def seq(self, place: int) -> int:
        """The number of the entry in this place, from 0."""
        return place + 1 if self.everything else self._numbers[place]

    def place(self, seq: int) -> int:
        """The place of entry `seq`, or of the next one that passes."""
        return seq - 1 if self.everything else bisect_left(self._numbers, seq)

    def holds(self, seq: int) -> bool:
        """Whether entry `seq` is one of them."""
        place = self.place(seq)
        return place < len(self) and self.seq(place) == seq

    def next(self, seq: int, direction: int) -> int | None:
        """The nearest number behind (1) or before (-1) `seq`."""
        place = self.place(seq)
        place = place - 1 if direction < 0 else place + self.holds(seq)
        return self.seq(place) if 0 <= place < len(self) else None

    @property
    def asks_about_problems(self) -> bool:
        """Whether it depends on the evidence of problems what passes."""
        return self.query is not None and self.query.asks_about_problems

    @property
    def step(self) -> int:
        """How many entries to look at in one go."""
        reads = self.query is not None and self.query.where().needs_bytes
        return SLICE_OF_TEXTS if reads else SLICE

    def slice(self, log: Reading, until: int) -> array[int]:
        """What passes of the entries that were not looked at, up to `until`."""
        if self.everything:
            return array("q")
        from vftui.query import parse  # with its parser: not at the start

        query = self.query if self.query is not None else parse("")
        return log.matching(
            query, merged=self.merged, problems=self.problems, after=self.checked, until=until
        )

    def take(self, found: array[int], until: int) -> bool:
        """Add what a slice found; whether one came between those that were there."""
        self.checked = until
        numbers, between = self._numbers, False
        for seq in found:
            if not numbers or seq > numbers[-1]:
                numbers.append(seq)
            elif not self.holds(seq):
                numbers.insert(bisect_left(numbers, seq), seq)
                between = True
        return between
