"""What a conversation is reckoned with: what else was spent today, prices, budgets.

Three rules:

1. What must be read from a disk is asked in a thread: at the start, and after each turn.
2. What turns come to is added up here alone, for all who show it; a frame reads so many of them.
3. What is not known is None, and is asked again after the next turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from vftui.errors import VftuiError
from vftui.render.spending import Course
from vftui.session.tokens import Tokens

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.worker import WorkType

    from vftui.opening import Opening
    from vftui.prices import Prices
    from vftui.session.budget import Standing


class Account:
    """Keeps what a session is reckoned with beside its own figures."""

    def __init__(self, owner: DOMNode, news: Callable[[], None]) -> None:
        """`news` is told when an answer has come."""
        self._owner = owner
        self._news = news
        self._opening: Opening | None = None
        self._asked = -1  # how many turns were over when it was asked
        self._others: Tokens | None = None
        self.course: Course | None = None
        """The turns of the session, and what they come to; None: there is no session yet."""
        self.prices: Prices | None = None
        """The prices of the models; None: nothing is priced, or they are not read yet."""
        self.answers = 0
        """How many answers have come."""

    def sync(self, opening: Opening) -> None:
        """Catch up with the session."""
        session, course = opening.session, self.course
        if opening is not self._opening:
            self._opening, self._asked, self._others = opening, -1, None
        if course is None or course.session is not session or course.prices is not self.prices:
            course = self.course = Course(session, self.prices)
        if not course.sync():
            self._owner.call_next(self._news)  # the next frame reads on
        turns = session.turns
        over = len(turns) - (1 if turns and turns[-1].ending is None else 0)
        if over != self._asked:
            self._asked = over
            # A function and no coroutine: one that never began would be warned of.
            work: WorkType[None] = self._ask
            self._owner.run_worker(work, group="account", exclusive=True)

    async def _ask(self) -> None:
        """Ask what has to be read."""
        opening = self._opening
        if opening is None:
            return
        try:
            if self.prices is None and opening.prices is not None:
                self.prices = await asyncio.to_thread(opening.prices)
            if opening.today is not None:
                self._others = await asyncio.to_thread(opening.today)
        except VftuiError:
            self._others = None
        self.answers += 1
        self._news()

    # What is asked of it

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
        if self._others is None or self._opening is None:
            return None
        from vftui.session.budget import spent_since

        now = datetime.fromtimestamp(self._opening.clock())
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        return self._others + spent_since(self._opening.session, midnight)

    @property
    def standings(self) -> list[Standing]:
        """How the budgets stand."""
        opening = self._opening
        if opening is None or not opening.options.budget:
            return []
        from vftui.session.budget import standings

        session = opening.session
        turn = session.turns[-1].tokens if session.turns else Tokens()
        day, unreported = self.today, session.unreported_turns
        return standings(opening.options.budget, turn, session.tokens, day, unreported=unreported)
