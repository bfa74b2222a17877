"""Traces to bytes: the framing of each dialect.

Three rules:

1. JSON is UTF-8 on one line; a lone surrogate stays the escape that it was.
2. Every call returns one whole frame (many clients decode each network chunk by itself).
3. The time is stamped when the frame is written, not when the turn is worked out.

What differs: v2beta1 opens with `retry:2000`, writes no space after a colon, has UUIDs for ids,
wraps traces in an envelope and always ends with the state. v2 and v4 count their events and send
traces bare; v2's `end` has no data, a v4 body opens with an empty line and its `end` says `{}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Protocol

from vftui.demo.ids import Ids

Trace = dict[str, Any]
"""One trace without time and turn: `type`, `payload` and what else belongs to it, in order."""


class Writer(Protocol):
    """Frames one turn."""

    opening: bytes
    """What the body begins with, before the turn runs; may be empty."""
    keep_alive: bytes
    """What is sent when nothing else was for 30 seconds; empty when the dialect sends nothing."""

    def trace(self, trace: Trace) -> bytes:
        """The frame of a trace."""

    def event(self, name: str, data: Any) -> bytes:
        """The frame of any other event."""

    def closing(self, state: dict[str, Any]) -> list[bytes]:
        """The frames after the last trace."""


class V2Beta1Writer:
    """Frames of the first generation, as Voiceflow's published runtime sends them."""

    opening = b"retry:2000\n\n"
    keep_alive = b":\n\n"

    def __init__(self, ids: Ids, clock: Callable[[], float]) -> None:
        self._ids = ids
        self._clock = clock

    def trace(self, trace: Trace) -> bytes:
        """The frame of a trace, in its envelope."""
        stamped = {"time": _milliseconds(self._clock), **trace}
        return self.event("trace", {"type": "trace", "trace": stamped})

    def event(self, name: str, data: Any) -> bytes:
        """The frame of any other event."""
        return f"event:{name}\nid:{self._ids.uuid4()}\ndata:".encode() + _json(data) + b"\n\n"

    def closing(self, state: dict[str, Any]) -> list[bytes]:
        """The state, always, and the end."""
        return [
            self.event("state", {"type": "state", "state": state}),
            self.event("end", {"type": "end"}),
        ]


class V2Writer:
    """Frames of the second generation."""

    opening = b""
    keep_alive = b""

    def __init__(self, clock: Callable[[], float], *, state: bool = False) -> None:
        self._clock = clock
        self._state = state
        self._count = 0

    def trace(self, trace: Trace) -> bytes:
        """The frame of a trace."""
        return self.event("trace", _stamped(trace, time=_milliseconds(self._clock)))

    def event(self, name: str, data: Any) -> bytes:
        """The frame of any other event."""
        return self._head(name) + b"data: " + _json(data) + b"\n\n"

    def closing(self, state: dict[str, Any]) -> list[bytes]:
        """The state, when it was asked for, and an end without data."""
        states = [self.event("state", state)] if self._state else []
        return [*states, self._head("end") + b"\n"]

    def _head(self, name: str) -> bytes:
        self._count += 1
        return f"event: {name}\nid: {self._count}\n".encode()


class V4Writer(V2Writer):
    """Frames of the third generation."""

    opening = b"\n"

    def __init__(self, ids: Ids, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self._turn = ids.object_id()

    def trace(self, trace: Trace) -> bytes:
        """The frame of a trace, with its turn."""
        stamped = _stamped(trace, time=_milliseconds(self._clock), turnID=self._turn)
        return self.event("trace", stamped)

    def closing(self, state: dict[str, Any]) -> list[bytes]:
        """An end with an empty object."""
        return [self.event("end", {})]


_ESCAPED_CONTROL = re.compile(rb"\\u00(0[0-8bcef]|1[0-9a-f])|\\([btf])")
_SHORT_ESCAPES = {b"b": b"\x08", b"t": b"\t", b"f": b"\x0c"}


def bare_controls(frame: bytes) -> bytes:
    """The frame with its control characters as raw bytes, which strict JSON forbids.

    The v4 service is known to send them so. Line feed and carriage return stay escaped: they
    would end the line. The text must not hold a backslash of its own.
    """

    def unescape(match: re.Match[bytes]) -> bytes:
        digits, letter = match.groups()
        return bytes([int(digits, 16)]) if digits else _SHORT_ESCAPES[letter]

    return _ESCAPED_CONTROL.sub(unescape, frame)


def _stamped(trace: Trace, **stamps: Any) -> Trace:
    """Type and payload first, then the stamps, then the rest: the order of genuine traces."""
    head: Trace = {key: trace[key] for key in ("type", "payload") if key in trace}
    return {**head, **stamps, **trace}


def _milliseconds(clock: Callable[[], float]) -> int:
    return round(clock() * 1000)


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")
