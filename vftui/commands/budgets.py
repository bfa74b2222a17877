"""The budgets of a command that sends: another level that is reached is said, once.

Nobody is there to be asked, so nothing is held back. What other sessions spent today is looked up
once, before the first action.
"""

from __future__ import annotations

from datetime import datetime

from vftui.commands.speech import say
from vftui.errors import VftuiError
from vftui.session.budget import Budget, Warnings, spent_since, standings
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry
from vftui.session.tokens import Tokens
from vftui.settings import Settings, recordings_path
from vftui.usage import Usage, midnight


class BudgetTeller:
    """Says on stderr how the budgets stand, when a turn is over."""

    def __init__(self, budget: Budget, session: Session, others: Tokens) -> None:
        """`others` is what the day's other sessions cost."""
        self._budget = budget
        self._session = session
        self._others = others
        self._warnings = Warnings()
        self._unknown: set[str] = set()  # of which it was said that nobody knows

    def append(self, entry: Entry) -> None:
        """Say what the entry, which the session has by now, has changed."""
        if not isinstance(entry, Closed):
            return
        session = self._session
        told = standings(
            self._budget,
            session.turns[-1].tokens,
            session.tokens,
            self._others + spent_since(session, midnight()),
            unreported=session.unreported_turns,
        )
        due = self._warnings.due(told, turn=len(session.turns), day=datetime.now().date())
        due += [one for one in told if one.spent is None and one.what not in self._unknown]
        self._unknown |= {one.what for one in told if one.spent is None}
        for one in due:
            say(f"vftui: budget: {one.words}")


def others_today(settings: Settings, number: int | None) -> Tokens:
    """What all recorded sessions with the same agent cost today, but for that of the number."""
    if settings.budget.day is None or not recordings_path().exists():
        return Tokens()
    usage = Usage(
        recordings_path(), project=settings.project or "", environment=settings.environment
    )
    try:
        return usage.today(without=number)
    except VftuiError as error:
        say(f"vftui: budget: what was spent today is not known: {error.message}")
        return Tokens()
