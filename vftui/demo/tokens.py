"""What a model call of the demo agent costs, and how each dialect reports it.

Two rules, both seen on the platform:

1. Billed counts are whole numbers; the base ones are ceil(billed ÷ multiplier), field by field.
2. v2beta1 counts in the completion and again in a debug text, v2 in a debug text only, v4 in
   debug metadata, twice (`ai result` repeats `resources consumption`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from vftui.demo.emit import Trace

MULTIPLIERS = {"gpt-4o-mini": 0.6, "claude-3.5-haiku": 2, "gpt-4-turbo": 12}
"""The models that the script uses, and what one token of each is billed as."""

By = Literal["Agent", "Prompt", "Set"]
"""The kind of step that called a model."""

REFS: dict[By, dict[str, str]] = {
    "Agent": {"type": "agent", "agentID": "b33aed8f3134996703dc39f9", "agentName": "Hire desk"},
    "Prompt": {"type": "prompt", "promptID": "4ae35dbb42614d2429b7d6d1"},
    "Set": {"type": "node", "nodeID": "7c0a4e5b1d2f98a3e6b54f10", "nodeType": "set"},
}


def billed(model: str, tokens: float) -> int:
    """What so many tokens of a model are billed as: at least one."""
    return max(1, round(tokens * MULTIPLIERS[model]))


def estimated(text: str) -> float:
    """About how many tokens a text has."""
    return len(text) / 4


@dataclass(frozen=True, slots=True)
class Charge:
    """The billed tokens of one model call."""

    model: str
    query: int
    answer: int

    @property
    def counts(self) -> dict[str, int]:
        """Billed tokens, in the order of the platform's reports."""
        return {"total": self.query + self.answer, "query": self.query, "answer": self.answer}

    @property
    def base_counts(self) -> dict[str, int]:
        """The model's own tokens; the total may differ from the sum by rounding."""
        multiplier = MULTIPLIERS[self.model]
        return {key: math.ceil(count / multiplier) for key, count in self.counts.items()}

    def text_of_2024(self, label: str) -> str:
        """The debug message of v2beta1: a break before each line."""
        return "".join([f"__{label}__", *(f"\n    <br /> {line}" for line in self._lines())])

    def text_of_2025(self, label: str) -> str:
        """The debug message of v2: a break after each line."""
        return "\n".join(f"{line}<br />" for line in [f"__{label}__", *self._lines()])

    def consumption(self, by: By) -> Trace:
        """The `resources consumption` debug trace of v4."""
        metadata = {
            "model": self.model,
            "tokensMultiplier": MULTIPLIERS[self.model],
            "tokensConsumption": self.base_counts,
            "postMultiplierTokensConsumption": self.counts,
        }
        return debug("resources consumption", by, metadata)

    def result(self, by: By, output: str, latency: int) -> Trace:
        """The `ai result` debug trace of v4, which repeats the counts."""
        metadata = {
            "output": output,
            "model": self.model,
            "temperature": 0.2,
            "maxTokens": 1024,
            "tokens": self.query + self.answer,
            "multiplier": MULTIPLIERS[self.model],
            "queryTokens": self.query,
            "answerTokens": self.answer,
            "latency": latency,
        }
        kind = "agent" if by == "Agent" else "ai-response-parameters-model"
        return debug("ai result", by, metadata, level="debug", type=kind)

    def _lines(self) -> list[str]:
        return [
            f"Model: `{self.model}`",
            f"Token Multiplier: `{MULTIPLIERS[self.model]}x`",
            f"Token Consumption: `{_braced(self.base_counts)}`",
            f"Post-Multiplier Token Consumption: `{_braced(self.counts)}`",
        ]


def debug(
    message: str,
    by: By,
    metadata: dict[str, Any] | None = None,
    *,
    level: str = "info",
    **more: str,
) -> Trace:
    """A debug trace in the layout of v4."""
    payload = {"message": message, "level": level, **more, "context": by, "ref": REFS[by]}
    if metadata is not None:
        payload["metadata"] = metadata
    return {"type": "debug", "payload": payload}


def _braced(counts: dict[str, int]) -> str:
    return "{" + ", ".join(f"{key}: {count}" for key, count in counts.items()) + "}"
