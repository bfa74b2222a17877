"""What one turn of a recording used, and the text that it is kept as.

Two rules:

1. A tally says what `Session` says of its turn, no more and no less; unknown stays None.
2. A text that cannot be read is no error: the log is folded again (`vftui.usage`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from vftui.session.ledger import Call
from vftui.session.log import Ending
from vftui.session.tokens import Tokens
from vftui.wire.charges import Counts

if TYPE_CHECKING:
    from vftui.session.turn import Turn

_CALL = tuple(field.name for field in fields(Call))


@dataclass(frozen=True, slots=True)
class TurnUsage:
    """What a turn of a recorded session used."""

    session: int
    """The number of its session among the recordings."""
    turn: int
    """Its place in the session, from 0."""
    first_seq: int
    last_seq: int
    at: float | None
    """When it began."""
    ending: Ending | None
    """None: it is open, or its program did not live to see its end."""
    spoke: bool
    """Whether the agent said words in it."""
    first_text: float | None
    """Seconds to the agent's first words."""
    elapsed: float | None
    """Seconds from its beginning to its end."""
    tokens: Tokens
    calls: tuple[Call, ...]

    @property
    def unreported(self) -> bool:
        """Whether it has words of the agent whose tokens nobody reported in full."""
        return self.ending is not None and self.spoke and self.tokens.is_partial


def tally(session: int, turn: Turn) -> TurnUsage:
    """What a turn of a session used."""
    return TurnUsage(
        session,
        turn.index,
        turn.first_seq,
        turn.last_seq,
        turn.first_at if turn.sent_at is None else turn.sent_at,
        turn.ending,
        any(turn.messages),
        turn.first_text,
        turn.elapsed,
        turn.tokens,
        tuple(turn.calls),
    )


def written(usage: TurnUsage) -> str:
    """The text to keep, without what the columns beside it tell."""
    told = (usage.ending, usage.spoke, usage.first_text, usage.elapsed, usage.tokens, usage.calls)
    return json.dumps(told, default=_plain)


def read(
    session: int, turn: int, first_seq: int, last_seq: int, at: float | None, text: str
) -> TurnUsage | None:
    """What was kept; None when the text cannot be read."""
    try:
        ending, spoke, first_text, elapsed, tokens, calls = json.loads(text)
        times = (first_text, elapsed)
        told = (ending, spoke, *times, _tokens(tokens), tuple(map(_call, calls)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return TurnUsage(session, turn, first_seq, last_seq, at, *told)


def _plain(value: Any) -> Any:
    """What JSON can say of a value that it does not know."""
    if isinstance(value, Mapping):
        return dict(value)
    return [getattr(value, field.name) for field in fields(value)]


def _tokens(told: list[Any]) -> Tokens:
    total, query, answer, source, base, models = told
    by_model = {model: Counts(*counts) for model, counts in models.items()}
    return Tokens(total, query, answer, source, _counts(base), by_model)


def _call(told: list[Any]) -> Call:
    call = dict(zip(_CALL, told, strict=True))
    call["billed"], call["base"] = _counts(call["billed"]), _counts(call["base"])
    return Call(**call | {"seqs": tuple(call["seqs"])})


def _counts(told: list[int] | None) -> Counts | None:
    return None if told is None else Counts(*told)
