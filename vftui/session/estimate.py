"""How many answer tokens a text that streams will be billed as, before anybody has counted it.

Three rules:

1. **An estimate leans low**, so that the report that replaces it seldom takes anything back, and
   it never falls while its text grows.
2. **It learns from confirmed calls**: what a character of the model's latest answers was billed
   as. A model without any is not guessed from another one: then four characters are a token.
3. Nothing depends on when or how often it is asked: the same log gives the same numbers.
"""

from __future__ import annotations

import math
from collections import deque

from vftui.wire.charges import Counts

CHARACTERS_PER_TOKEN = 4
"""What an estimate takes a token for as long as nothing is learnt."""

RECENT = 8
"""How many confirmed calls of a model are remembered."""

FADE = 0.7
"""What a confirmed call weighs beside the next one of its model."""


class Measure:
    """What is known of the text of one completion."""

    __slots__ = ("characters",)

    def __init__(self) -> None:
        self.characters = 0

    def add(self, text: str) -> None:
        """A piece of the text arrived."""
        self.characters += len(text)


class Estimator:
    """What a conversation has learnt of its models, and what it makes of a text."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[tuple[int, int]]] = {}
        self._latest: str | None = None

    def measure(self) -> Measure:
        """A new completion begins."""
        return Measure()

    def estimate(self, measure: Measure, model: str | None) -> int:
        """The billed answer tokens of the text so far.

        Without a model it is taken for one of the latest confirmed call's.
        """
        model = model or self._latest
        tokens = measure.characters / CHARACTERS_PER_TOKEN
        if model in self._calls:
            tokens = measure.characters * _ratio(self._calls[model])
        return math.ceil(round(tokens, 6))

    def learn(
        self, measure: Measure, model: str | None, billed: Counts, multiplier: float | None
    ) -> None:
        """The call that wrote the text was charged."""
        if not model or not measure.characters or (billed.total and not billed.answer):
            return  # a report that was cut lost its answer
        self._latest = model
        calls = self._calls.setdefault(model, deque(maxlen=RECENT))
        calls.append((measure.characters, billed.answer))

    @property
    def basis(self) -> str:
        """What the estimates rest on, in words."""
        known = len(self._calls[self._latest]) if self._latest else 0
        if not known:
            return f"characters / {CHARACTERS_PER_TOKEN}"
        return f"characters, calibrated by {known} call{'s' * (known > 1)}"


def _ratio(calls: deque[tuple[int, int]]) -> float:
    """Billed tokens per unit; later calls weigh more."""
    measured = told = 0.0
    for units, billed in calls:
        measured = measured * FADE + units
        told = told * FADE + billed
    return told / measured
