"""What the turns of an export took together, added up while they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vftui.session.tokens import Tokens

if TYPE_CHECKING:
    from vftui.formats.log import Part
    from vftui.prices import Cost, Prices


class Totals:
    """The sum of some turns."""

    def __init__(self, prices: Prices | None) -> None:
        self.turns = 0
        self.tokens = Tokens()
        self.unreported = 0
        """Turns whose tokens nobody reported in full."""
        self._prices = prices
        self._cost: Cost | None = None

    @property
    def cost(self) -> Cost | None:
        """What their calls cost; None when none of them has a price."""
        return self._cost if self._cost and self._cost.calls else None

    def add(self, part: Part) -> Cost | None:
        """Count one more turn; what it cost."""
        self.turns += 1
        self.tokens += part.turn.tokens
        self.unreported += part.unreported
        if self._prices is None:
            return None
        for call in part.turn.calls:
            one = self._prices.of(call)
            self._cost = self._cost + one if self._cost else one
        return self._prices.cost(part.turn.calls)
