"""What a reply or a conversation took, in words: tokens and their marks, base, models, money.

Three rules:

1. Headline tokens are billed ones; `base` are those before the models' multipliers.
2. Plain is reported, `~` is estimated or provisional, `?` is not reported.
3. Money is told where a price is known, and as what it is: a list price of the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vftui.render.figures import count, counted, counted_of, money
from vftui.render.text import one_line

if TYPE_CHECKING:
    from vftui.prices import Cost
    from vftui.session.tokens import Tokens

MOST_MODELS = 4
"""Models that are named."""

_MODEL = 40


def bill(tokens: Tokens, cost: Cost | None = None) -> list[str]:
    """Tokens with their parts, base tokens, models, money; what is not known is left out, but for
    the tokens: those are then said to be unknown."""
    parts = [tokens_words(tokens)]
    if tokens.total is not None:
        base = tokens.base.total if tokens.base else None
        parts.append(f"base {counted(base, tokens.source)}")
    if tokens.models:
        parts.append(_models(tokens))
    if cost is not None:
        parts.append(money(cost))
    return parts


def tokens_words(tokens: Tokens) -> str:
    """`1,700 tokens (1,624 in, 76 out)`; an estimate knows of the answer only."""
    line = f"{counted(tokens.total, tokens.source)} tokens"
    if tokens.query is None and tokens.answer is None:
        return line
    query, answer = (counted(part, tokens.source) for part in (tokens.query, tokens.answer))
    return f"{line} ({query} in, {answer} out)"


def whole_bill(turns: int, tokens: Tokens, cost: Cost | None, unreported: int) -> list[str]:
    """What some turns took together, and what is not in it."""
    parts = [counted_of(turns, "turn"), *bill(tokens, cost)]
    if unreported and tokens.source != "unknown":
        parts.append(f"{count(unreported)} of them not reported")
    if cost is not None:
        parts.append(f"list prices of {cost.date}, not what Voiceflow charges")
    return parts


def _models(tokens: Tokens) -> str:
    """The one model, or each with its tokens, the largest first."""
    ranked = tokens.ranked
    names = [one_line(name, _MODEL) for name, _ in ranked[:MOST_MODELS]]
    if len(ranked) == 1:
        return names[0]
    told = [
        f"{name} {counted(counts.total, tokens.models_source)}"
        for name, (_, counts) in zip(names, ranked, strict=False)
    ]
    more = len(ranked) - len(names)
    return ", ".join([*told, f"{count(more)} more"] if more else told)
