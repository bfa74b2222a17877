"""The tokens of turns, sessions, days or models for programs: one JSON object, or CSV.

Three rules:

1. What is not known is null, or an empty cell; `source` says how far the numbers can be trusted.
2. Keys are starred out, as in exports.
3. Each call stands in one row alone, so that rows can be added up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vftui.commands.shares import Bill, By, Share, Talk
from vftui.formats.cells import COST, costs, line, number, time, word
from vftui.formats.masking import hidden
from vftui.render.objects import call_json, cost_json, tokens_json
from vftui.render.text import to_json

_ABOUT: Mapping[By, Mapping[str, Callable[[Share], Any]]] = {
    "model": {"model": lambda share: share.model},
    "day": {"day": lambda share: share.day.isoformat() if share.day else None},
    "session": {
        "session": lambda share: share.talk.number if share.talk else None,
        "title": lambda share: share.talk.head.title if share.talk else "",
        "at": lambda share: share.turns[0].at,
    },
    "turn": {
        "session": lambda share: share.talk.number if share.talk else None,
        "turn": lambda share: share.turns[0].turn + 1,
        "at": lambda share: share.turns[0].at,
        "ending": lambda share: share.turns[0].ending,
        "first_seq": lambda share: share.turns[0].first_seq,
        "last_seq": lambda share: share.turns[0].last_seq,
        "first_text_ms": lambda share: _milliseconds(share.turns[0].first_text),
        "elapsed_ms": lambda share: _milliseconds(share.turns[0].elapsed),
    },
}
"""What says what a row is about, by name. Turns are counted from 1."""

_NUMBERS = (
    "turns", "unreported_turns", "calls", "tokens", "tokens_in", "tokens_out", "base", "base_in",
    "base_out",
)  # fmt: skip


def as_json(bill: Bill) -> str:
    """One object: what it is about, the rows, and all of them together."""
    used = dict.fromkeys(turn.session for turn in bill.turns)
    told = {
        "by": bill.by,
        "since": bill.since,
        "sessions": [_talk(bill.talks[one]) for one in used],
        "rows": [_row(bill.by, share) for share in bill.rows],
        "total": _sums(bill.whole),
        "prices": {"currency": bill.prices.currency, "date": bill.prices.date},
    }
    return to_json(hidden(told))


def as_csv(bill: Bill) -> bytes:
    """The names of the columns, then a row for each share."""
    columns = _ABOUT[bill.by]
    rows = [line((*columns, *_NUMBERS, "source", "models", *COST))]
    for share in bill.rows:
        about = (_cell(name, of(share)) for name, of in columns.items())
        rows.append(line((*about, *_cells(share))))
    return b"".join(rows)


def _row(by: By, share: Share) -> dict[str, Any]:
    about = {name: of(share) for name, of in _ABOUT[by].items()}
    return {**about, **_sums(share), "calls": [call_json(call) for call in share.calls]}


def _sums(share: Share) -> dict[str, Any]:
    return {
        "turns": len(share.turns),
        "unreported_turns": share.unreported,
        "call_count": len(share.calls),
        "tokens": tokens_json(share.tokens),
        "cost": cost_json(share.cost),
    }


def _talk(talk: Talk) -> dict[str, Any]:
    """A session of the recordings; null is the number of what was read from a file."""
    head = talk.head
    told = ("title", "api", "project", "environment", "started")
    return {"session": talk.number, **{name: getattr(head, name) for name in told}}


def _cells(share: Share) -> tuple[str, ...]:
    tokens, base = share.tokens, share.tokens.base
    return (
        *map(str, (len(share.turns), share.unreported, len(share.calls))),
        *map(number, (tokens.total, tokens.query, tokens.answer)),
        *map(number, (base.total, base.query, base.answer) if base else (None,) * 3),
        tokens.source,
        word(hidden(", ".join(tokens.models))),
        *costs(share.cost),
    )


def _cell(name: str, value: Any) -> str:
    if name == "at":
        return time(value)
    return word(hidden(value)) if isinstance(value, str) else number(value)


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
