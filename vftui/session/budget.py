"""Budgets: how much of what a person allows is spent, and which warnings that comes to.

Four rules:

1. Tokens are billed ones. What nobody reported is said to be unknown, and never taken for 0.
2. A level is reached at 50, 80 and 100 %, and said once; going over several says the highest.
3. An estimate can reach a level. It says so with `~`, and is not taken back.
4. No clock: when a day begins is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from vftui.session.tokens import Source, Tokens

if TYPE_CHECKING:
    from vftui.session.fold import Session

What = Literal["turn", "session", "day"]
"""What a budget is for."""

Level = Literal[0, 50, 80, 100]
"""The percentage that was reached last."""

LEVELS: tuple[Level, ...] = (100, 80, 50)


@dataclass(frozen=True, slots=True)
class Budget:
    """How many billed tokens a person allows; None: as many as it takes."""

    turn: int | None = None
    session: int | None = None
    day: int | None = None
    """For all sessions of a project and environment, from midnight to midnight."""

    def __bool__(self) -> bool:
        return any(limit is not None for limit in (self.turn, self.session, self.day))


@dataclass(frozen=True, slots=True)
class Standing:
    """How one budget stands."""

    what: What
    limit: int
    spent: int | None
    """None: nobody reported it."""
    source: Source
    unreported: int = 0
    """Turns that are not in `spent`, because nobody reported them."""
    alone: bool = False
    """Whether only this session is in `spent`, because nobody knows what others spent."""

    @property
    def share(self) -> float | None:
        """What is spent of the limit, which is 1; None when that is not known."""
        return None if self.spent is None else self.spent / self.limit

    @property
    def level(self) -> Level:
        """The highest level that is reached; 0 when that is not known."""
        spent = self.spent or 0
        return next((level for level in LEVELS if spent * 100 >= level * self.limit), 0)

    @property
    def words(self) -> str:
        """Where it stands: `session 83 % of 20,000`; `+?` when `spent` lacks some turns."""
        limit = f"{self.limit:,}"
        if self.spent is None:
            return f"{self.what} ? of {limit}"
        mark = "" if self.source == "reported" else "~"
        told = f"{self.what} {mark}{self.spent * 100 // self.limit:,} % of {limit}"
        return f"{told} +?" if self.unreported or self.alone else told


def standings(
    budget: Budget, turn: Tokens, session: Tokens, day: Tokens | None, *, unreported: int = 0
) -> list[Standing]:
    """How each budget stands: that of the turn, of the session, of the day.

    Without `day` nobody knows what other sessions spent. `unreported` turns of the session have
    tokens that nobody reported in full.
    """
    of: tuple[tuple[What, int | None, Tokens, int], ...] = (
        ("turn", budget.turn, turn, 0),
        ("session", budget.session, session, unreported),
        ("day", budget.day, session if day is None else day, unreported),
    )
    return [
        Standing(what, limit, tokens.known, tokens.source, missing, what == "day" and day is None)
        for what, limit, tokens, missing in of
        if limit is not None
    ]


def spent_since(session: Session, start: float) -> Tokens:
    """What the turns cost that began at `start` or later, such as midnight."""
    turns = session.turns
    if not turns or turns[0].first_at is None or turns[0].first_at >= start:
        return session.tokens
    tokens = Tokens()
    for turn in reversed(turns):
        if turn.first_at is not None and turn.first_at < start:
            break
        tokens += turn.tokens
    return tokens


class Warnings:
    """Which levels were said already."""

    def __init__(self) -> None:
        self._said: dict[What, tuple[object, Level]] = {}

    def due(self, standings: Iterable[Standing], *, turn: int, day: object) -> list[Standing]:
        """Those that reached another level, once each; another turn and another day begin anew."""
        due = []
        for one in standings:
            of = {"turn": turn, "session": None, "day": day}[one.what]
            before, said = self._said.get(one.what, (of, 0))
            if one.level > (said if before == of else 0):
                due.append(one)
                self._said[one.what] = of, one.level
        return due
