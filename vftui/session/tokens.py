"""The token ledger of a turn: what was billed, and where each number comes from.

Four rules:

1. **Unknown is never 0.** What nobody reported is None.
2. **Nothing is counted twice.** The parts of a completion add up to a provisional sum, which the
   charge of the same call replaces; what repeats a charge (`ai result`) counts only in a turn
   that has no charge at all.
3. **The weakest number names the source**: `reported` by a charge, `provisional` from the parts
   of a completion, `estimated` from the length of a text that nobody has counted yet.
4. **A session is the sum of its turns.** Adding leaves out what is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from vftui.wire.charges import Charge, Counts

Source = Literal["reported", "provisional", "estimated", "unknown"]
"""Where a number comes from."""

_STRENGTH: dict[Source, int] = {"unknown": 3, "reported": 2, "provisional": 1, "estimated": 0}

UNKNOWN_MODEL = "unknown model"
"""The name in `Tokens.models` for tokens whose model nobody named."""

CHARACTERS_PER_TOKEN = 4
"""What an estimate takes a token for."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a turn or a session cost in billed tokens, and where the numbers come from."""

    total: int | None = None
    query: int | None = None
    answer: int | None = None
    source: Source = "unknown"
    base: Counts | None = None
    """The same before the models' multipliers; None unless every counted call told it."""
    models: Mapping[str, Counts] = field(default_factory=dict)
    """Billed tokens by model."""

    def __add__(self, other: Tokens) -> Tokens:
        """Both together; what is unknown adds nothing, and of an estimate only the answer does."""
        if other.source == "unknown":
            return self
        if self.source == "unknown":
            return other
        models = dict(self.models)
        for model, counts in other.models.items():
            models[model] = models[model] + counts if model in models else counts
        total = None
        if self.total is not None or other.total is not None:
            total = _plus(self._known, other._known)
        return Tokens(
            total,
            _plus(self.query, other.query),
            _plus(self.answer, other.answer),
            min(self.source, other.source, key=_STRENGTH.__getitem__),
            self.base + other.base if self.base and other.base else None,
            models,
        )

    @property
    def _known(self) -> int | None:
        return self.answer if self.total is None else self.total


def _plus(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


class _Sum:
    """A running sum of calls, by model too."""

    def __init__(self) -> None:
        self.billed: Counts | None = None
        self.base: Counts | None = Counts(0, 0, 0)
        self.models: dict[str, Counts] = {}

    def add(self, model: str | None, billed: Counts, base: Counts | None = None) -> None:
        self.billed = self.billed + billed if self.billed else billed
        self.base = self.base + base if self.base and base else None
        if model or _some(billed):
            model = model or UNKNOWN_MODEL
            known = self.models.get(model)
            self.models[model] = known + billed if known else billed

    def tokens(self, source: Source) -> Tokens:
        if self.billed is None:
            return Tokens()
        counts = self.billed
        return Tokens(
            counts.total, counts.query, counts.answer, source, self.base, dict(self.models)
        )


class Ledger:
    """Collects what a turn's traces tell about tokens; `tokens` says what they come to."""

    def __init__(self) -> None:
        self._charges = _Sum()
        self._shadows = _Sum()
        self._unmatched = _Sum()  # provisional sums that no charge will replace any more
        self._latest: tuple[str | None, Counts] | None = None  # one that a charge may replace
        self._open: Counts | None = None  # the parts of the completion that streams
        self._open_model: str | None = None
        self._open_characters = 0
        self._characters = 0  # of ended completions that nothing has counted yet
        self._tokens: Tokens | None = None

    def stream(self, characters: int, tokens: Counts | None, model: str | None) -> None:
        """A part of a completion arrived."""
        self._tokens = None
        self._open_characters += characters
        self._open_model = self._open_model or model
        if tokens is not None:
            self._open = self._open + tokens if self._open else tokens

    def end_completion(self) -> None:
        """The completion that streams ended: its sum waits for the charge of the same call."""
        self._tokens = None
        if self._open is None:
            self._characters += self._open_characters
        elif _some(self._open):
            if self._latest is not None:
                self._unmatched.add(*self._latest)
            self._latest = (self._open_model, self._open)
        self._open = self._open_model = None
        self._open_characters = 0

    def charge(self, charge: Charge) -> None:
        """A charge arrived: it replaces the latest provisional sum, if that is the same call."""
        billed = charge.billed or _multiplied(charge)
        if billed is None:
            return
        self._tokens = None
        self._charges.add(charge.model, billed, charge.base)
        if charge.label.startswith("AI Set"):  # sets a variable: nothing of it streams
            return
        self._characters = 0
        if self._latest is not None and _same(self._latest[0], charge.model):
            self._latest = None

    def shadow(self, shadow: Charge) -> None:
        """A repetition of a charge arrived, which counts only if there is no charge."""
        if shadow.billed is None:
            return
        self._tokens = None
        self._shadows.add(shadow.model, shadow.billed)
        if self._charges.billed is None:
            self._characters = 0

    def close(self, *, cut: bool) -> None:
        """The turn is over. Only one that was cut keeps an estimate: its report may be lost."""
        self.end_completion()
        if not cut:
            self._characters = 0

    @property
    def tokens(self) -> Tokens:
        """What is known so far."""
        if self._tokens is None:
            self._tokens = self._counted() + self._estimated()
        return self._tokens

    def _counted(self) -> Tokens:
        told = self._charges if self._charges.billed is not None else self._shadows
        provisional = _Sum()
        if self._latest is not None:
            provisional.add(*self._latest)
        if self._open is not None and _some(self._open):
            provisional.add(self._open_model, self._open)
        return (
            told.tokens("reported")
            + self._unmatched.tokens("provisional")
            + provisional.tokens("provisional")
        )

    def _estimated(self) -> Tokens:
        characters = self._characters + (self._open_characters if self._open is None else 0)
        if not characters:
            return Tokens()
        answer = math.ceil(characters / CHARACTERS_PER_TOKEN)
        return Tokens(None, None, answer, "estimated")


def _some(counts: Counts) -> bool:
    return bool(counts.total or counts.query or counts.answer)


def _same(one: str | None, other: str | None) -> bool:
    """Whether two models can be the same: equal, or one is not known."""
    return not one or not other or one == other


def _multiplied(charge: Charge) -> Counts | None:
    """The billed tokens of a charge that told only the base: each part times the multiplier."""
    if charge.base is None:
        return None
    factor = 1.0 if charge.multiplier is None else charge.multiplier
    base = charge.base
    return Counts(*(math.ceil(part * factor) for part in (base.total, base.query, base.answer)))
