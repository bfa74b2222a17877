"""What a list shows of a log, and how it gets there without holding up the screen.

Three rules:

1. What little is new is looked at when it comes; what is much is looked at by another thread, a
   slice at a time. Then the list stays as it was until the new one is whole.
2. The newest request wins: what was asked for before is dropped between two slices.
3. The cost of keeping up depends on what is new, never on how long the log is.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from vftui.ui.sieve import Sieve

if TYPE_CHECKING:
    from vftui.query import Query
    from vftui.reading import Reading

AT_ONCE = 4_000
"""Entries that can be looked at between two frames."""


class Asked(NamedTuple):
    """What a person asked to see."""

    shown: Query | None = None
    """None: everything."""
    found: Query | None = None
    """What is searched for in what is shown; None: nothing."""
    merged: bool = False

    @property
    def asks_about_remarks(self) -> bool:
        """Whether it depends on marks and remarks what passes."""
        queries = (query for query in (self.shown, self.found) if query is not None)
        return any(query.where().needs_remarks for query in queries)


class Sifting:
    """The entries that a list shows, and among them those that are searched for."""

    def __init__(self) -> None:
        self.log: Reading | None = None
        self.total = 0
        """How many entries there are."""
        self.asked = Asked()
        """What is shown, or will be."""
        self.shown = Sieve()
        """The rows of the list."""
        self.found: Sieve | None = None
        """Those of them that are searched for; None: there is no search."""
        self._before = Asked()  # what is shown until then
        self._next: tuple[Sieve, Sieve | None] | None = None  # what will be shown and found
        self._evidence = 0  # how many entries are evidence, as far as the sieves know
        self.problems: Collection[int] = ()
        """The entries that are evidence of a problem."""
        self._seen = 0  # how much was there when `touched` was asked

    @property
    def behind(self) -> bool:
        """Whether there is too much to look at to do it at once."""
        return self._late() is not None

    @property
    def changing(self) -> bool:
        """Whether the list will be another one."""
        return self._next is not None

    def ask(self, asked: Asked) -> None:
        """Show something else."""
        known = self._next is None and (self.asked.shown, self.asked.merged) == (
            asked.shown,
            asked.merged,
        )
        self.asked = asked
        shown, found = self._made()
        self._next = (self.shown if known else shown, found)

    def ask_again(self) -> None:
        """What passes may be something else now."""
        self._next = self._made()

    def follow(self, log: Reading, problems: Collection[int]) -> bool:
        """Look at this log, which may have grown; whether it is another one."""
        another = log is not self.log or len(log) < self.shown.checked
        self.log, self.total = log, len(log)
        self.problems = problems
        if another:
            self.shown, self.found = self._made()
            self._next, self._seen = None, 0
        if len(problems) != self._evidence and self._next is None:
            self._evidence = len(problems)
            if any(sieve.asks_about_problems for sieve in self._sieves()):
                self._next = self._made()
        return another

    def catch_up(self) -> bool:
        """Look at what is new, as far as it is little; whether rows that were there are others."""
        changed = False
        for sieve in self._sieves():
            if self.log is not None and not self._is_much(sieve):
                found = sieve.slice(self.log, self.total)
                between = sieve.take(found, self.total)
                if sieve is self.shown:
                    changed |= between
                elif sieve is self.found:
                    changed |= sieve.merged and len(found) > 0
        return changed

    def touched(self) -> array[int] | None:
        """The first entries of the spans that came, or went on, since this was asked last; None:
        that may be any."""
        after, self._seen = self._seen, self.total
        if not self.shown.merged or self.log is None or after == self.total:
            return array("q")
        if self.total - after > AT_ONCE:
            return None
        spans = Sieve(merged=True)
        spans.checked = after
        return spans.slice(self.log, self.total)

    def turned(self) -> bool:
        """Show what was asked for last, once all of it is there; whether that happened."""
        if self._next is None or any(self._new(one) for one in self._next if one is not None):
            return False
        (self.shown, self.found), self._next = self._next, None
        self._before = self.asked
        return True

    async def slice(self) -> None:
        """Let another thread look at a slice of what is much."""
        sieve, log = self._late(), self.log
        if sieve is None or log is None:
            return
        until = min(
            sieve.checked + sieve.step, self.total - AT_ONCE
        )  # the newest may not be written
        found = await asyncio.to_thread(sieve.slice, log, until)
        if log is self.log and any(sieve is one for one in self._sieves()):
            sieve.take(found, until)

    def give_up(self) -> None:
        """Stay with what is shown, or pass over what is new: there is no answer."""
        if self._next is not None:
            self.asked, self._next = self._before, None
        for sieve in self._sieves():
            sieve.checked = self.total

    def _made(self) -> tuple[Sieve, Sieve | None]:
        shown, found, merged = self.asked
        problems = tuple(self.problems)
        return (
            Sieve(shown, merged=merged, problems=problems),
            None if found is None else Sieve(found, merged=merged, problems=problems),
        )

    def _sieves(self) -> list[Sieve]:
        """All that are to be filled, what is waited for first."""
        sieves = (*(self._next or ()), self.shown, self.found)
        return [sieve for sieve in sieves if sieve is not None]

    def _late(self) -> Sieve | None:
        return next(filter(self._is_much, self._sieves()), None)

    def _is_much(self, sieve: Sieve) -> bool:
        """Whether there is too much to look at to do it at once."""
        return not sieve.everything and self._new(sieve) > AT_ONCE

    def _new(self, sieve: Sieve) -> int:
        return self.total - sieve.checked
