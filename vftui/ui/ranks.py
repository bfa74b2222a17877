"""Model calls in an order: of one of their figures, upwards or downwards.

Two rules:

1. What is settled is put in its place once; after that the calls of the open turn alone are placed.
2. What is unknown comes last, whichever way the order goes.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vftui.ui.chargefields import Field

if TYPE_CHECKING:
    from vftui.session.ledger import Call


class Ranks:
    """Calls in the order of one of their figures; those that do not have it come last."""

    def __init__(self, field: Field, *, backwards: bool = False) -> None:
        self.field = field
        self.backwards = backwards
        self._taken = 0  # how many settled calls are in
        self._settled: tuple[list[Call], list[Call]] = [], []  # with the figure, and without it
        self._shown = self._settled

    def sync(self, settled: Sequence[Call], live: Sequence[Call]) -> None:
        """Take what is new of the settled calls, and those that may still change."""
        known, unknown = self._settled
        if new := settled[self._taken :]:
            self._taken = len(settled)
            known += [call for call in new if self._has(call)]
            unknown += [call for call in new if not self._has(call)]
            known.sort(key=self._key)
        if live:
            known, unknown = known[:], unknown[:]
        for call in live:
            if self._has(call):
                insort(known, call, key=self._key)
            else:
                unknown.append(call)
        self._shown = known, unknown

    def __len__(self) -> int:
        return sum(map(len, self._shown))

    def __getitem__(self, y: int) -> Call:
        known, unknown = self._shown
        if y >= len(known):
            return unknown[y - len(known)]
        return known[-1 - y] if self.backwards else known[y]

    def place(self, call: Call) -> int | None:
        """The row of a call, which may have changed; None: there is none."""
        name = name_of(call)
        return next((y for y in range(len(self)) if name_of(self[y]) == name), None)

    def first_of(self, turn: int) -> int | None:
        """The first row of a turn; None: it has none."""
        return next((y for y in range(len(self)) if self[y].turn == turn), None)

    def _has(self, call: Call) -> bool:
        return self.field.value(call) is not None

    def _key(self, call: Call) -> tuple[Any, int, int]:
        return self.field.value(call), call.turn, call.number


def name_of(call: Call) -> tuple[int, int]:
    """What stays of a call while it changes."""
    return call.turn, call.number
