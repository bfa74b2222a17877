"""Frames, entries, turns and sessions as JSON objects, the way scripts get them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from vftui.render.brief import prune
from vftui.render.text import to_json
from vftui.session.fold import Session
from vftui.session.log import Entry, Received
from vftui.session.tokens import Tokens
from vftui.session.turn import Turn
from vftui.wire.frames import Frame
from vftui.wire.traces import Decoded, decode

if TYPE_CHECKING:
    from vftui.prices import Cost, Prices
    from vftui.session.ledger import Call

MOST_MORE = 10_000
"""Characters of what else a report says that are told, about."""


def frame_fields(seq: int, frame: Frame, decoded: Decoded) -> dict[str, Any]:
    """What `decode` tells about a frame; `seq` is its number in its stream, from 1."""
    return {
        "seq": seq,
        "dispatched": frame.dispatched,
        "event": frame.event,
        "id": frame.id,
        "data": frame.data,
        "comment": frame.comment,
        "retry": frame.retry,
        "trace": decoded.trace.raw if decoded.trace else None,
        "problem": decoded.problem,
    }


def frame_line(seq: int, frame: Frame) -> str:
    """A frame as a line of JSON."""
    return object_line(frame_fields(seq, frame, decode(frame)))


def entry_line(seq: int, entry: Entry) -> str:
    """An entry as a line of JSON: its kind, when, its fields; of a frame, those of `decode`."""
    return object_line(entry_fields(seq, entry))


def entry_fields(seq: int, entry: Entry) -> dict[str, Any]:
    """What `send --json` tells about an entry."""
    head = {"kind": type(entry).__name__.lower(), "at": entry.at}
    if isinstance(entry, Received):
        return head | frame_fields(seq, entry.frame, entry.decoded)
    told = head | {field.name: getattr(entry, field.name) for field in fields(entry)}
    if isinstance(told.get("body"), bytes):
        told["body"] = told["body"].decode("utf-8", "replace")
    return told


def session_json(session: Session, prices: Prices | None = None) -> dict[str, Any]:
    """A session as `show --json` prints it; the shape is a contract with scripts."""
    return {
        "turns": [turn_json(turn, turn.calls, prices) for turn in session.turns],
        "tokens": tokens_json(session.tokens),
        "cost": _cost(session.calls, prices),
        "unreported_turns": session.unreported_turns,
    }


def turn_json(turn: Turn, calls: Sequence[Call], prices: Prices | None = None) -> dict[str, Any]:
    """One turn of it; its calls tell where in the session they are."""
    return {
        "action": turn.action,
        "ending": turn.ending,
        "messages": list(turn.messages),
        "choices": [
            {"number": choice.number, "name": choice.name, "request": choice.request}
            for choice in turn.choices
        ],
        "tokens": tokens_json(turn.tokens),
        "first_text_ms": _milliseconds(turn.first_text),
        "conversation_over": turn.conversation_over,
        "elapsed_ms": _milliseconds(turn.elapsed),
        "calls": [call_json(call) for call in calls],
        "cost": _cost(calls, prices),
    }


def usage_line(session: Session, prices: Prices | None = None) -> str:
    """The last line of `send --json`: what the turns and all of them together took."""
    turns = [
        {
            "turn": turn.index + 1,
            "ending": turn.ending,
            "tokens": tokens_json(turn.tokens),
            "first_text_ms": _milliseconds(turn.first_text),
            "elapsed_ms": _milliseconds(turn.elapsed),
            "cost": _cost(turn.calls, prices),
        }
        for turn in session.turns
    ]
    told = {
        "kind": "usage",
        "turns": turns,
        "tokens": tokens_json(session.tokens),
        "calls": [call_json(call) for call in session.calls],
        "cost": _cost(session.calls, prices),
        "unreported_turns": session.unreported_turns,
    }
    return to_json(told) + "\n"


def tokens_json(tokens: Tokens) -> dict[str, Any]:
    """The tokens of a turn or of a session; null where they are not known."""
    return {
        "total": tokens.total,
        "query": tokens.query,
        "answer": tokens.answer,
        "source": tokens.source,
        "base": asdict(tokens.base) if tokens.base else None,
        "models": {model: asdict(counts) for model, counts in tokens.models.items()},
    }


def call_json(call: Call) -> dict[str, Any]:
    """One model call, here and in `vftui tokens --json`; `seqs` number entries, `turn` from 1."""
    return {
        "turn": call.turn + 1,
        "number": call.number,
        "at": call.at,
        "label": call.label,
        "model": call.model,
        "multiplier": call.multiplier,
        "billed": asdict(call.billed) if call.billed else None,
        "base": asdict(call.base) if call.base else None,
        "source": call.source,
        "estimate": call.estimate,
        "latency_ms": _milliseconds(call.latency),
        "rate": None if call.rate is None else round(call.rate, 1),
        "rate_estimated": call.rate_estimated,
        "seqs": list(call.seqs),
        "credits": prune(dict(call.credits), MOST_MORE),
        "more": prune(dict(call.more), MOST_MORE),
    }


def cost_json(cost: Cost | None) -> dict[str, Any] | None:
    """What calls cost at the models' list prices; null where no price is known."""
    return asdict(cost) if cost else None


def _cost(calls: Iterable[Call], prices: Prices | None) -> dict[str, Any] | None:
    return cost_json(prices.cost(calls)) if prices is not None else None


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None or not math.isfinite(seconds) else round(seconds * 1000)


def object_line(told: dict[str, Any]) -> str:
    """An object on a line; a trace that is nested too deeply to be printed is left out."""
    try:
        return to_json(told) + "\n"
    except RecursionError:  # it could just be read, one level less deep
        problem = told.get("problem") or "the trace is nested too deeply to be printed; data has it"
        return to_json(told | {"trace": None, "problem": problem}) + "\n"
