"""One line for what is not a message: what an agent does, announces or complains about.

Two rules:

1. A type that is missing here is none of these: see `vftui.session.listener`.
2. Data never shows: a sound or an image inside a URL is told by its size.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from vftui.session.items import Level
from vftui.wire.output import inline_size
from vftui.wire.payloads import (
    CallForward,
    Debug,
    Dtmf,
    End,
    EntityFilling,
    Goto,
    LiveAgentHandoff,
    NoReply,
    Payload,
    RealtimeAgent,
    Stream,
    Visual,
)

FAILURES = {
    "credit_limit_reached": "The workspace is out of credits: top it up in Voiceflow.",
    "An internal error occurred.": "Something inside the agent broke: look at its latest traces.",
    "turn timeout - check for infinite loops": (
        "The agent ran for too long: look for a loop in its traces."
    ),
}
"""What a debug trace contains when the turn failed in a stream that ends as usual, and advice."""


class Notice(NamedTuple):
    """A line of the conversation that is nobody's words."""

    level: Level
    text: str


def notice_of(payload: Payload) -> Notice | None:
    """The line for a trace; None if it needs none."""
    line = _LINES.get(type(payload))
    return line(payload) if line is not None else None


def failure_advice(debug: Debug) -> str | None:
    """What to do about the failure of the turn that a debug trace tells; None if it tells none."""
    for sign, advice in FAILURES.items():
        if sign in debug.message:
            return advice
    return None


def address(url: str) -> str:
    """A URL as it can be shown: data inside it is told by its size."""
    return inline_size(url) or url


def _call_forward(call: CallForward) -> Notice:
    extension = f", extension {call.extension}" if call.extension else ""
    return Notice("info", f"call forwarded to {call.address}{extension}")


def _debug(debug: Debug) -> Notice | None:
    level = _alarm(debug)
    if level is None:
        return None
    message = _BREAK.sub(" ", debug.message).strip()
    return Notice(level, f"{debug.context}: {message}" if debug.context else message)


def _alarm(debug: Debug) -> Level | None:
    """How loudly a line of diagnosis speaks in the conversation; None: not at all."""
    if failure_advice(debug) is not None:
        return "error"
    if _OUTAGE in debug.message:
        return "warning"
    if debug.level is None:
        return "warning" if debug.message.startswith(_COMPLAINTS) else None
    return _DEBUG_LEVELS.get(debug.level)


def _dtmf(keys: Dtmf) -> Notice:
    if not keys.enabled:
        return Notice("quiet", "phone keys off")
    facts = ["phone keys on"]
    if keys.max_digits is not None:
        facts.append(f"at most {keys.max_digits:g} digits")
    if keys.timeout is not None:
        facts.append(f"{keys.timeout:g} s")
    if keys.delimiter:
        facts.append(f"end with {' or '.join(keys.delimiter)}")
    return Notice("quiet", ", ".join(facts))


def _end(_: End) -> Notice:
    return Notice("info", "The conversation is over.")


def _entity_filling(filling: EntityFilling) -> Notice:
    return Notice("quiet", f"waiting for a value: {filling.entity}")


def _goto(_: Goto) -> Notice:
    return Notice("quiet", "goto: the agent follows a request by itself")


def _handoff(handoff: LiveAgentHandoff) -> Notice:
    words = [word for word in (handoff.event, handoff.agent, handoff.message) if word]
    return Notice("info", "live agent: " + ", ".join(words))


def _no_reply(wait: NoReply) -> Notice:
    return Notice("quiet", f"no-reply after {wait.timeout:g} s")


def _realtime(agent: RealtimeAgent) -> Notice:
    return Notice("quiet", f"realtime agent: {agent.action}")


def _stream(stream: Stream) -> Notice:
    what = stream.title or address(stream.src or "")
    return Notice("info", f"♪ stream {stream.action} {what}".rstrip())


def _visual(visual: Visual) -> Notice | None:
    if not visual.image or visual.visibility == "hidden":
        return None
    size = ""
    if visual.width is not None and visual.height is not None:
        size = f" ({visual.width:g} × {visual.height:g})"
    return Notice("info", f"image {address(visual.image)}{size}")


_OUTAGE = "on the fallback chain suffered an outage"
"""What a debug trace of any level contains when another model had to answer."""

_COMPLAINTS = (
    "token quota exceeded", "moderation failed", "API call failed", "API call error",
    "unable to resolve code", "could not handle step", "[ERROR]",
)  # fmt: skip
"""How debug traces of 2024, which have no level, begin when something went wrong."""

_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)
_DEBUG_LEVELS: dict[str, Level] = {"fatal": "error", "error": "error", "warn": "warning"}

_LINES: dict[type[Payload], Callable[[Any], Notice | None]] = {
    CallForward: _call_forward,
    Debug: _debug,
    Dtmf: _dtmf,
    End: _end,
    EntityFilling: _entity_filling,
    Goto: _goto,
    LiveAgentHandoff: _handoff,
    NoReply: _no_reply,
    RealtimeAgent: _realtime,
    Stream: _stream,
    Visual: _visual,
}
