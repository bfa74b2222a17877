"""What a conversation is reckoned with: what else was spent today, prices, budgets.

Three rules:

1. What must be read from a disk is asked in a thread: at the start, and after each turn.
2. What closed turns cost is added once; a frame looks at the open turn alone.
3. What is not known is None, and is asked again after the next turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from vftui.errors import VftuiError
from vftui.session.tokens import UNKNOWN_MODEL, Tokens

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.worker import WorkType

    from vftui.opening import Opening
    from vftui.prices import Cost, Prices
    from vftui.session.budget import Standing
    from vftui.session.fold import Session
    from vftui.session.ledger import Call
    from vftui.session.turn import Turn
    from vftui.wire.charges import Counts


@dataclass
class Sum:
    """What some calls come to beside their billed tokens."""

    cost: Cost | None = None
    """None: there are no prices."""
    base: Counts | None = None
    """The models' own tokens, of the calls that told them; None: none did."""
    lacks: bool = False
    """Whether there are calls that did not."""

    def add(self, calls: Iterable[Call], prices: Prices | None) -> Sum:
        """Take more calls; this sum itself."""
        for call in calls:
            if call.base is None:
                self.lacks = True
            else:
                self.base = call.base if self.base is None else self.base + call.base
            if prices is not None:
                cost = prices.of(call)
                self.cost = cost if self.cost is None else self.cost + cost
        return self


class Account:
    """Keeps what a session is reckoned with beside its own figures."""

    def __init__(self, owner: DOMNode, news: Callable[[], None]) -> None:
        """`news` is told when an answer has come."""
        self._owner = owner
        self._news = news
        self._opening: Opening | None = None
        self._session: Session | None = None
        self._asked = -1  # how many turns were over when it was asked
        self._added = 0  # how many of them are in the sums
        self._sum, self._models = Sum(), dict[str, Sum]()
        self._others: Tokens | None = None
        self.prices: Prices | None = None
        """The prices of the models; None: nothing is priced, or they are not read yet."""
        self.answers = 0
        """How many answers have come."""

    def sync(self, opening: Opening) -> None:
        """Catch up with the session."""
        session = opening.session
        if opening is not self._opening:
            self._opening, self._asked = opening, -1
        if session is not self._session:
            self._session = session
            self._begin()
        over = len(session.turns) - (self._open is not None)
        if over != self._asked:
            self._asked = over
            # A function and no coroutine: one that never began would be warned of.
            work: WorkType[None] = self._ask
            self._owner.run_worker(work, group="account", exclusive=True)
        for turn in session.turns[self._added : over]:
            self._sum.add(turn.calls, self.prices)
            for call in turn.calls:
                model = self._models.setdefault(call.model or UNKNOWN_MODEL, Sum())
                model.add([call], self.prices)
        self._added = over

    def _begin(self) -> None:
        """Nothing is added yet."""
        self._added, self._sum, self._models = 0, Sum(), {}

    async def _ask(self) -> None:
        """Ask what has to be read."""
        opening = self._opening
        if opening is None:
            return
        try:
            if self.prices is None and opening.prices is not None:
                self.prices = await asyncio.to_thread(opening.prices)
                self._begin()
            if opening.today is not None:
                self._others = await asyncio.to_thread(opening.today)
        except VftuiError:
            self._others = None
        self.answers += 1
        self._news()

    # What is asked of it

    @property
    def _open(self) -> Turn | None:
        """The turn that is not over: only the newest can be."""
        turns = [] if self._session is None else self._session.turns
        return turns[-1] if turns and turns[-1].ending is None else None

    @property
    def live(self) -> bool:
        """Whether somebody talks to an agent."""
        return self._opening is not None and self._opening.agent is not None

    @property
    def recorded(self) -> bool:
        """Whether there is somebody to ask what was spent today."""
        return self._opening is not None and self._opening.today is not None

    @property
    def today(self) -> Tokens | None:
        """What all sessions of the day came to, this one too; None: that is not known."""
        if self._others is None or self._session is None or self._opening is None:
            return None
        from vftui.session.budget import spent_since

        now = datetime.fromtimestamp(self._opening.clock())
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        return self._others + spent_since(self._session, midnight)

    @property
    def standings(self) -> list[Standing]:
        """How the budgets stand."""
        opening, session = self._opening, self._session
        if opening is None or session is None or not opening.options.budget:
            return []
        from vftui.session.budget import standings

        turn = session.turns[-1].tokens if session.turns else Tokens()
        day, unreported = self.today, session.unreported_turns
        return standings(opening.options.budget, turn, session.tokens, day, unreported=unreported)

    def of(self, turn: Turn) -> Sum:
        """What the calls of a turn come to."""
        return Sum().add(turn.calls, self.prices)

    @property
    def whole(self) -> Sum:
        """What all calls of the session come to."""
        turn = self._open
        return replace(self._sum).add(() if turn is None else turn.calls, self.prices)

    def model(self, name: str) -> Sum:
        """What the calls of a model come to."""
        turn = self._open
        calls = () if turn is None else turn.calls
        mine = (call for call in calls if (call.model or UNKNOWN_MODEL) == name)
        return replace(self._models.get(name, Sum())).add(mine, self.prices)
