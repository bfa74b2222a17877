"""What is worth asking of an entry, worked out once: columns beside the log that are quick to test.

Two rules:

1. Facts depend on the log alone: they may be lost, and are made again.
2. An entry without a level of its own has the one that its look in the trace list tells.
"""

from __future__ import annotations

from typing import NamedTuple

from vftui.records import MAX_TYPE, storable
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.session.tools import announced, tool_of
from vftui.wire.charges import model_of
from vftui.wire.levels import LEVELS
from vftui.wire.payloads import Completion, Debug, Log, Unknown

PROBLEM = 1
"""A flag: something is wrong with the frame, its JSON or its shape."""

UNKNOWN = 2
"""A flag: a trace that no model fits."""

_ENDED = {"complete": None} | dict.fromkeys(("cancelled", "truncated", "stalled"), LEVELS["warn"])
"""How loud an ending is; those that are not here are errors."""


class Facts(NamedTuple):
    """What an entry says, whatever came before it."""

    kind: str
    """`sent`, `opened`, `received` or `closed`."""
    type: str
    """What a filter asks for: the kind of a received frame, otherwise the same as `kind`."""
    event: str
    """The frame's event name; empty for others."""
    level: int | None
    """How loud it is, in `LEVELS`; None when it has no level."""
    flags: int
    """`PROBLEM` and `UNKNOWN`, added up."""
    size: int
    """Bytes of the frame or the request."""
    tool: str | None
    """The tool that a line of diagnosis is about, several joined by commas."""
    model: str | None
    """The model that a trace names."""


def facts_of(entry: Entry) -> Facts:
    """The facts of one entry."""
    if isinstance(entry, Received):
        return _of_frame(entry)
    kind = type(entry).__name__.lower()
    size = len(entry.body) if isinstance(entry, Sent) else 0
    return Facts(kind, kind, "", _level_of(entry), 0, size, None, None)


def _level_of(entry: Entry) -> int | None:
    """How loud the end of a turn or an answer's head is."""
    if isinstance(entry, Closed):
        return _ENDED.get(entry.ending, LEVELS["error"])
    if not isinstance(entry, Opened):
        return None
    if (entry.status or 0) >= 400:
        return LEVELS["error"]
    return LEVELS["warn"] if entry.retry_in else None


def _of_frame(entry: Received) -> Facts:
    frame, decoded = entry.frame, entry.decoded
    trace, problem = decoded.trace, decoded.problem
    level = tool = model = None
    flags = 0 if problem is None else PROBLEM
    if trace is not None:
        payload = trace.payload
        if isinstance(payload, Debug):
            level, tool = _level(payload.level), _name(_tools_in(payload))
            model = _name(model_of(payload, trace.paths))
        elif isinstance(payload, Completion):
            model = _name(payload.model)
        elif isinstance(payload, Log):
            level = _level(payload.level)
        elif isinstance(payload, Unknown):
            flags |= UNKNOWN
    elif "error" in (decoded.kind, frame.event) and (frame.dispatched or not frame.problem):
        level = LEVELS["error"]
    if problem is not None:
        level = max(level or 0, LEVELS["warn"])
    kind, event = storable(decoded.kind[:MAX_TYPE]), storable(frame.event[:MAX_TYPE])
    return Facts("received", kind, event, level, flags, len(frame.raw), tool, model)


def _level(told: str | None) -> int | None:
    """How loud the level is that a trace tells."""
    return LEVELS.get(told.lower()) if told else None


def _name(told: str | None) -> str | None:
    return storable(told[:MAX_TYPE]) if told else None


def _tools_in(debug: Debug) -> str:
    """The names of the tools that a line of diagnosis is about."""
    calling = debug.message == "calling tools"
    return ", ".join(announced(debug)) if calling else tool_of(debug)
