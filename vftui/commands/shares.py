"""What a table of tokens has its rows from: turns put together as a person asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from typing import Any, Literal, TypeVar, get_args

from vftui.formats import Head
from vftui.prices import Cost, Prices
from vftui.session.ledger import Call
from vftui.session.tokens import UNKNOWN_MODEL, Tokens
from vftui.usage import TurnUsage

By = Literal["model", "turn", "session", "day"]
"""What makes a row."""

KINDS: tuple[By, ...] = get_args(By)

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Talk:
    """A session, as a table speaks of it."""

    number: int | None
    """Its number among the recordings; None: it is none of them."""
    head: Head


@dataclass(frozen=True, slots=True)
class Share:
    """One row: some turns, and those of their calls that belong to it."""

    turns: Sequence[TurnUsage]
    calls: Sequence[Call]
    tokens: Tokens
    cost: Cost | None
    """None: no price is known for any of the calls."""
    talk: Talk | None = None
    """The session of all these turns; None: they are of several."""
    day: date | None = None
    model: str = ""

    @property
    def spoken(self) -> int:
        """How many turns have words of the agent."""
        return sum(turn.spoke for turn in self.turns)

    @property
    def unreported(self) -> int:
        """How many of those have tokens that nobody reported in full; none of a model's turns:
        what was not reported has no model."""
        return 0 if self.model else sum(turn.unreported for turn in self.turns)


@dataclass(frozen=True)
class Bill:
    """The rows of a table, and all of them together."""

    turns: Sequence[TurnUsage]
    talks: Mapping[int, Talk]
    """The sessions that they are of, by the numbers in their file."""
    by: By
    prices: Prices
    since: float | None = None
    """From when on turns were asked for; None: it is about one session."""

    @cached_property
    def rows(self) -> list[Share]:
        """The shares, in the order of the turns; models by what they took, the most first; days
        the latest first, behind them what nobody knows the day of."""
        if self.by == "model":
            return self._by_model()
        if self.by == "turn":
            return [self._of([turn], talk=self.talks[turn.session]) for turn in self.turns]
        if self.by == "session":
            together = _together(self.turns, lambda turn: turn.session)
            return [self._of(some, talk=self.talks[one]) for one, some in together.items()]
        days = _together(self.turns, day_of)
        latest = sorted(days, key=lambda day: day or date.min, reverse=True)
        return [self._of(days[day], day=day) for day in latest]

    @cached_property
    def whole(self) -> Share:
        """All of it."""
        return self._of(self.turns)

    def _of(self, turns: Sequence[TurnUsage], **about: Any) -> Share:
        """Whole turns together."""
        calls = tuple(chain.from_iterable(turn.calls for turn in turns))
        tokens = sum((turn.tokens for turn in turns), Tokens())
        return Share(turns, calls, tokens, self.prices.cost(calls), **about)

    def _by_model(self) -> list[Share]:
        calls: dict[str, list[Call]] = {}
        users: dict[str, dict[int, TurnUsage]] = {}
        for place, turn in enumerate(self.turns):
            for call in turn.calls:
                model = call.model or UNKNOWN_MODEL
                calls.setdefault(model, []).append(call)
                users.setdefault(model, {})[place] = turn
        found = [
            Share(
                list(users[model].values()),
                some,
                sum((call.tokens for call in some), Tokens()),
                self.prices.cost(some),
                model=model,
            )
            for model, some in calls.items()
        ]
        return sorted(found, key=lambda share: share.tokens.total or 0, reverse=True)


def day_of(turn: TurnUsage) -> date | None:
    """The day on which a turn began, where the person is; None: nobody knows."""
    if turn.at is None:
        return None
    try:
        return datetime.fromtimestamp(turn.at).date()
    except (OverflowError, OSError, ValueError):
        return None


def _together(
    turns: Iterable[TurnUsage], key: Callable[[TurnUsage], _Key]
) -> dict[_Key, list[TurnUsage]]:
    found: dict[_Key, list[TurnUsage]] = {}
    for turn in turns:
        found.setdefault(key(turn), []).append(turn)
    return found
