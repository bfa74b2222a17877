"""Logs for tests: of a saved body, of single traces, of anything at all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from vftui.session.fold import Session
from vftui.session.log import Closed, Ending, Entry, Received, Sent
from vftui.wire.frames import FrameReader, parse_frame


def saved_turn(body: bytes) -> list[Entry]:
    """The log of a saved stream: no `Sent`, no times; it is complete if its `end` event came."""
    reader = FrameReader()
    frames = reader.feed(body) + reader.close()
    if any(frame.ends_turn for frame in frames):
        closed = Closed(None, "complete")
    else:
        closed = Closed(None, "truncated", "The stream ends without its end event.")
    return [*(Received(None, frame) for frame in frames), closed]


def event(value: Any, name: str = "trace", at: float | None = None) -> Received:
    """An event with this JSON."""
    return Received(at, parse_frame(f"event: {name}\ndata: {json.dumps(value)}\n\n".encode()))


def trace(kind: str, at: float | None = None, /, **payload: Any) -> Received:
    """A trace with this payload."""
    return event({"type": kind, "payload": payload}, at=at)


def sent(at: float | None = None, /, **action: Any) -> Sent:
    """An action that goes out."""
    return Sent(at, action or {"type": "text", "payload": "hi"}, "v4")


def turn(*entries: Entry, ending: Ending = "complete") -> list[Entry]:
    """One turn with these entries in it."""
    return [sent(), *entries, Closed(None, ending, "" if ending == "complete" else "It broke.")]


def session_of(*entries: Entry, ending: Ending = "complete") -> Session:
    """The session of one turn with these entries in it."""
    return Session.of(turn(*entries, ending=ending))


def picture(session: Session) -> dict[str, Any]:
    """Everything a session says, to be compared."""
    return {
        "items": [
            (
                item.kind, item.level, item.text, item.title, item.image, item.choices, item.cards,
                item.turn.index, item.first_seq, item.last_seq, item.settled, item.interrupted,
            )
            for item in session.items
        ],
        "turns": [
            (
                turn.first_seq, turn.last_seq, turn.action, turn.ending, turn.message, turn.status,
                turn.messages, turn.choices, turn.tokens, turn.calls, turn.first_text, turn.elapsed,
                turn.rate, turn.steps, turn.step_count, turn.no_reply, turn.retry_at,
            )
            for turn in session.turns
        ],
        "session": (
            session.tokens, session.choices, session.state, session.conversation_over,
            session.unreported_turns, session.entries,
        ),
    }  # fmt: skip


def notices(session: Session) -> list[tuple[str, str]]:
    """Level and text of each notice."""
    return [(item.level, item.text) for item in session.items if item.kind == "notice"]


def kinds(items: Iterable[Any]) -> list[str]:
    return [item.kind for item in items]
