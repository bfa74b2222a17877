"""What a session spent, turn by turn and model by model: figures for pages, panes and plots.

Three rules:

1. A turn that is over is read once; only the newest is read again.
2. Unknown is None, and stays out of sums and medians; how often that happens is said.
3. Nothing here draws: it is figures and words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vftui.render.figures import count, counted_of
from vftui.session.tokens import UNKNOWN_MODEL

if TYPE_CHECKING:
    from vftui.prices import Cost, Prices
    from vftui.session.fold import Session
    from vftui.session.ledger import Call, Source
    from vftui.session.turn import Turn
    from vftui.wire.charges import Counts

HIGH = 0.95
"""The share of the turns that are at most as slow as `Spread.p95`."""

SLICE = 250
"""Turns that are read in one frame, so that the keys have their turn."""


class Spread(NamedTuple):
    """Where the middle of some figures is, and where their upper end begins."""

    median: float
    p95: float
    known: int
    """How many figures that is of."""


def spread(values: Iterable[float | None]) -> Spread | None:
    """The spread of those that are known, of which both its figures are; None: none is known."""
    known = sorted(value for value in values if value is not None)
    return Spread(_rank(known, 0.5), _rank(known, HIGH), len(known)) if known else None


def _rank(known: Sequence[float], share: float) -> float:
    return known[math.ceil(share * len(known)) - 1]


def share_of(some: int, turns: int) -> str:
    """A part of the turns: `2 of 14 turns (14 %)`."""
    share = some / turns if turns else 0.0
    percent = "under 1" if 0 < share < 0.01 else f"{share * 100:.0f}"
    return f"{count(some)} of {counted_of(turns, 'turn')} ({percent} %)"


@dataclass(frozen=True, slots=True)
class Spent:
    """What some calls come to beside their billed tokens, which the session knows itself."""

    base: Counts | None = None
    """The models' own tokens, of the calls that told them; None: none did."""
    lacks_base: bool = False
    """Whether there are calls that did not."""
    cost: Cost | None = None
    """None: there are no prices, or no calls."""

    @classmethod
    def on(cls, calls: Iterable[Call], prices: Prices | None) -> Spent:
        """What these calls come to."""
        return sum((cls._on(call, prices) for call in calls), start=cls())

    @classmethod
    def _on(cls, call: Call, prices: Prices | None) -> Spent:
        return cls(call.base, call.base is None, None if prices is None else prices.of(call))

    def __add__(self, other: Spent) -> Spent:
        """Both together; what is unknown adds nothing."""
        return Spent(
            self.base + other.base if self.base and other.base else self.base or other.base,
            self.lacks_base or other.lacks_base,
            self.cost + other.cost if self.cost and other.cost else self.cost or other.cost,
        )


class Course:
    """The turns of a session, each figure a list of its own, and what all calls come to."""

    def __init__(self, session: Session, prices: Prices | None = None) -> None:
        self.session = session
        self.prices = prices
        """None: nothing is priced."""
        self.total: list[float | None] = []
        """Billed tokens of each turn, of an estimate the answer's; None: unknown."""
        self.query: list[float | None] = []
        self.answer: list[float | None] = []
        self.marks: list[str] = []
        """Beside the figures of each turn: `~`, `?`, or nothing where they are reported."""
        self.first_text: list[float | None] = []
        """Seconds to the first words of each turn."""
        self.elapsed: list[float | None] = []
        """Seconds to the end of each turn that is over."""
        self.rate: list[float | None] = []
        """Answer tokens a second; `~` in `guesses` where they are counted by an estimate."""
        self.guesses: list[str] = []
        self.calls: list[Call] = []
        """Those of the turns that are over, in order."""
        self.live: tuple[Call, ...] = ()
        """Those of the turn that is open."""
        self.over = 0
        """Turns that are over: they are read for good."""
        self._whole = Spent()  # of the calls of these
        self._models: dict[str, Spent] = {}
        self._live: dict[str, Spent] = {}  # of the calls of the turn that is open, by model
        self._sources: set[Source] = set()
        self._credited: Call | None = None

    def sync(self, most: int = SLICE) -> bool:
        """Catch up with the session by so many turns at most; whether that was all of them."""
        self._forget(self.over)
        self.live, self._live = (), {}
        for turn in self.session.turns[self.over : self.over + most]:
            self._read(turn)
            if turn.ending is None:
                self.live = tuple(turn.calls)
                _add(self.live, self._live, self.prices)
            else:
                self._close(turn)
        return self.complete

    @property
    def complete(self) -> bool:
        """Whether all turns are read."""
        return len(self.total) == len(self.session.turns)

    def of(self, turn: Turn) -> Spent:
        """What the calls of a turn come to."""
        return Spent.on(turn.calls, self.prices)

    @property
    def whole(self) -> Spent:
        """What all calls come to."""
        return sum(self._live.values(), start=self._whole)

    def model(self, name: str) -> Spent:
        """What the calls of a model come to, by its name in `Tokens.models`."""
        return self._models.get(name, Spent()) + self._live.get(name, Spent())

    @property
    def sources(self) -> set[Source]:
        """Where the numbers come from."""
        return self._sources | {call.source for call in self.live}

    @property
    def credited(self) -> Call | None:
        """The latest call whose report may tell of credits."""
        return _credited(self.live) or self._credited

    def _close(self, turn: Turn) -> None:
        """Add up a turn that is over."""
        self.over += 1
        self.calls += turn.calls
        self._whole += Spent.on(turn.calls, self.prices)
        _add(turn.calls, self._models, self.prices)
        self._sources |= {call.source for call in turn.calls}
        self._credited = _credited(turn.calls) or self._credited

    def _read(self, turn: Turn) -> None:
        tokens = turn.tokens
        self.total.append(tokens.known)
        self.query.append(tokens.query)
        self.answer.append(tokens.answer)
        self.marks.append(_MARKS.get(tokens.source, "~"))
        self.first_text.append(turn.first_text)
        self.elapsed.append(None if turn.ending is None else turn.elapsed)
        self.rate.append(turn.rate)
        self.guesses.append("~" if turn.rate_estimated else "")

    def _forget(self, turns: int) -> None:
        """Leave the figures of so many turns."""
        for figures in (self.total, self.query, self.answer):
            del figures[turns:]
        for figures in (self.first_text, self.elapsed, self.rate):
            del figures[turns:]
        for marks in (self.marks, self.guesses):
            del marks[turns:]


_MARKS = {"reported": "", "unknown": "?"}


def _add(calls: Iterable[Call], models: dict[str, Spent], prices: Prices | None) -> None:
    """Add calls to what those of their models come to."""
    for call in calls:
        name = model_of(call)
        models[name] = models.get(name, Spent()) + Spent.on([call], prices)


def model_of(call: Call) -> str:
    """The name of a call's model in `Tokens.models`."""
    return call.model or UNKNOWN_MODEL


def _credited(calls: Sequence[Call]) -> Call | None:
    return next((call for call in reversed(calls) if call.more and call.credits), None)
