"""What a conversation costs, said to the person: when a budget runs out, that prices are wrong.

Three rules:

1. A level is said once, in words; the budget that is spent is said louder.
2. With `budget_ask`, nothing leaves by itself once a budget is spent: the person is asked, each
   time until they do not want to be any more.
3. Where nobody asks, nothing is held back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from vftui.render.figures import counted_of
from vftui.secrets import mask
from vftui.session.budget import Level, Warnings

if TYPE_CHECKING:
    from vftui.opening import Opening
    from vftui.session.budget import Standing
    from vftui.ui.account import Account
    from vftui.ui.outlets import Outlets
    from vftui.ui.question import Leave

SAID: dict[Level, tuple[str, str]] = {
    50: ("Half of the budget is spent", "information"),
    80: ("The budget is nearly spent", "warning"),
    100: ("The budget is spent", "error"),
}
"""What is said of a level, and how loud."""


class Budgets:
    """Looks after the budgets for a screen."""

    def __init__(self, screen: Outlets, account: Account) -> None:
        """`account` knows how they stand."""
        self._screen = screen
        self._account = account
        self._warnings = Warnings()
        self._asks = True
        self._problem = ""  # with the prices, as it was said

    def sync(self, opening: Opening) -> None:
        """Say what has reached another level, and why the person's own prices are not used."""
        prices = self._account.prices
        if prices is not None and prices.problem != self._problem:
            self._problem = prices.problem
            self._screen.say(mask(prices.problem), "warning")
        if not opening.options.budget:
            return
        turn = len(opening.session.turns)
        day = datetime.fromtimestamp(opening.clock()).date()
        for one in self._warnings.due(self._account.standings, turn=turn, day=day):
            what, severity = SAID[one.level]
            lacks = f" ({counted_of(one.unreported, 'turn')} not reported)"
            self._screen.say(f"{what}: {one.words}{lacks if one.unreported else ''}.", severity)

    @property
    def spent(self) -> list[Standing]:
        """The budgets that are spent, if a person wants to be asked because of them."""
        opening = self._screen.opening
        if opening is None or not opening.options.budget_ask or not self._asks:
            return []
        return [one for one in self._account.standings if one.level == 100]

    def held(self) -> str:
        """Why nothing goes without a question, in words; empty: it may."""
        return SAID[100][0] if self.spent else ""

    def allow(self, send: Callable[[], None], keep: Callable[[], None] | None = None) -> None:
        """Go on with `send`, or with `keep` if a person who is asked does not want that."""
        if not (spent := self.spent):
            send()
            return
        from vftui.ui.question import BudgetScreen

        def answered(leave: Leave | None) -> None:
            self._asks = self._asks and leave != "always"
            if leave is not None:
                send()
            elif keep is not None:
                keep()

        self._screen.app.push_screen(BudgetScreen(spent), answered)
