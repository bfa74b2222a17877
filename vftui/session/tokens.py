"""Tokens of a turn or a session: what was billed, and where each number comes from.

Three rules:

1. **Unknown is never 0.** What nobody reported is None.
2. **The weakest number names the source**: `reported` by a charge, `provisional` from the parts
   of a completion, `estimated` from the length of a text that nobody has counted yet.
3. **A turn is the sum of its calls, a session that of its turns.** Adding leaves out what is
   unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from vftui.wire.charges import Counts

Source = Literal["reported", "provisional", "estimated", "unknown"]
"""Where a number comes from."""

_STRENGTH: dict[Source, int] = {"unknown": 3, "reported": 2, "provisional": 1, "estimated": 0}

UNKNOWN_MODEL = "unknown model"
"""The name in `Tokens.models` for tokens whose model nobody named."""


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
            total = _plus(self.known, other.known)
        return Tokens(
            total,
            _plus(self.query, other.query),
            _plus(self.answer, other.answer),
            min(self.source, other.source, key=_STRENGTH.__getitem__),
            self.base + other.base if self.base and other.base else None,
            models,
        )

    @property
    def ranked(self) -> list[tuple[str, Counts]]:
        """The models with their tokens, the most first."""
        return sorted(self.models.items(), key=lambda pair: -pair[1].total)

    @property
    def models_source(self) -> Source:
        """Where those come from: an estimate has no model, so what a model has was told."""
        return "reported" if self.source == "estimated" else self.source

    @property
    def is_partial(self) -> bool:
        """Whether at least what the agent was shown is not in it: an estimate is of the answer."""
        return self.source in ("unknown", "estimated")

    @property
    def known(self) -> int | None:
        """The billed tokens as far as they are known: of an estimate, those of the answer."""
        return self.answer if self.total is None else self.total


def _plus(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
