"""Frames to traces: one typed shape for the three dialects.

Three rules:

1. **Total.** Whatever the bytes, `decode` returns; what is wrong becomes `Decoded.problem`.
2. **Nothing is lost.** `Trace.raw` is the JSON object as it came.
3. **The payload says what it is.** Look at `trace.payload` with `match` or `isinstance`; the
   trace around it is the same for all types.

v2beta1 wraps the trace in an envelope, v2 and v4 send it bare. Documentation draws a third shape,
`{"type": "event", "data": …}`, which mock servers copy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from vftui.wire.frames import Frame
from vftui.wire.payloads import Payload, read_payload

_SECONDS = 1e11
"""Times below are seconds, as in some documentation; from there on milliseconds."""
_LATEST = 1e15

_STRICT = json.JSONDecoder()
_LENIENT = json.JSONDecoder(strict=False)
"""v4 leaves control characters in strings unescaped."""

_TRACE_EVENTS = ("trace", "message", "")


@dataclass(frozen=True, slots=True)
class Path:
    """One way to go on from a custom action."""

    label: str | None
    event: dict[str, Any] | None
    """The event that takes this path, verbatim; the default path may have none."""

    @property
    def event_type(self) -> str | None:
        """The type of the action that takes this path (`name` in old agents)."""
        for key in ("type", "name"):
            value = (self.event or {}).get(key)
            if isinstance(value, str) and value:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing the agent says or does."""

    type: str
    """The type on the wire."""
    payload: Payload
    """What it says: one of the models of `vftui.wire.payloads`; `Unknown` if none fits."""
    time: float | None
    """The server's clock, in milliseconds since the epoch."""
    paths: list[Path]
    default_path: int | None
    turn_id: str | None
    raw: dict[str, Any]
    """The JSON object, untouched."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a frame holds."""

    trace: Trace | None
    """None when the frame carries none: a state, an end, a comment, broken JSON."""
    value: Any
    """The JSON of the frame's data; None without."""
    kind: str
    """The trace's type, else the event's name, else `comment`, `retry`, `blank` or `broken`."""
    problem: str | None
    """What is wrong with the framing, the JSON or the shape, as a sentence."""
    repaired: bool = False
    """Whether the JSON has control characters that the standard forbids."""


def decode(frame: Frame) -> Decoded:
    """What a frame holds; never raises."""
    if not frame.dispatched or not frame.data.strip():
        return Decoded(None, None, _untraced(frame), frame.problem)
    try:
        value, repaired = _json_in(frame.data)
    except (ValueError, RecursionError) as error:
        return Decoded(None, None, _untraced(frame), frame.problem or _json_problem(error))
    name, raw = _find_trace(frame.event, value)
    if raw is None:
        problem = "a trace event without a trace" if name in _TRACE_EVENTS else None
        return Decoded(None, value, name or "message", frame.problem or problem, repaired)
    trace, problem = _read_trace(raw)
    return Decoded(trace, value, trace.type, frame.problem or problem, repaired)


def _json_in(data: str) -> tuple[Any, bool]:
    """The JSON of a text, and whether it had to be read leniently; raises what `json` raises."""
    try:
        return _STRICT.decode(data), False
    except json.JSONDecodeError:
        return _LENIENT.decode(data), True


def _untraced(frame: Frame) -> str:
    """The kind of a frame without usable data."""
    if frame.event not in _TRACE_EVENTS:
        return frame.event
    if frame.data.strip() or frame.problem:
        return "broken"
    if frame.comment is not None:
        return "comment"
    return "blank" if frame.retry is None else "retry"


def _json_problem(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"the data is not JSON: {error.msg} at character {error.pos + 1}"
    if isinstance(error, RecursionError):
        return "the data is not usable: it is nested too deeply"
    return "the data is not usable: it has a number with too many digits"


def _find_trace(event: str, value: Any) -> tuple[str, dict[str, Any] | None]:
    """The event's name and the trace in its JSON, None if it holds none."""
    if not isinstance(value, dict):
        return event, None
    if value.get("type") == "event" and isinstance(value.get("data"), dict):
        name = value.get("event")
        event = name if isinstance(name, str) else event
        value = value["data"]
    if value.get("type") == "trace" and isinstance(value.get("trace"), dict):
        value, event = value["trace"], "trace"
    if event in _TRACE_EVENTS and isinstance(value.get("type"), str):
        return event, value
    return event, None


def _read_trace(raw: dict[str, Any]) -> tuple[Trace, str | None]:
    kind: str = raw["type"]
    paths = _read_paths(raw.get("paths"))
    ways = bool(paths) and any(path.event_type for path in paths)
    payload, problem = read_payload(kind, raw.get("payload"), ways=ways)
    default_path, turn_id = raw.get("defaultPath"), raw.get("turnID")
    trace = Trace(
        type=kind,
        payload=payload,
        time=_milliseconds(raw.get("time")),
        paths=paths,
        default_path=default_path if type(default_path) is int else None,
        turn_id=turn_id if isinstance(turn_id, str) else None,
        raw=raw,
    )
    return trace, problem


def _milliseconds(value: Any) -> float | None:
    if type(value) not in (int, float) or not 0 <= value <= _LATEST:
        return None
    return value * 1000.0 if value < _SECONDS else float(value)


def _read_paths(value: Any) -> list[Path]:
    """The paths; one that does not fit stays, empty, because `default_path` counts them."""
    if not isinstance(value, list):
        return []
    return [_read_path(one) for one in value]


def _read_path(value: Any) -> Path:
    if not isinstance(value, dict):
        return Path(None, None)
    label, event = value.get("label"), value.get("event")
    return Path(
        label if isinstance(label, str) else None, event if isinstance(event, dict) else None
    )
