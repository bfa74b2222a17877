"""Voiceflow's own transcript of a conversation, as its analytics API gives it.

The shape is in the protocol page, section 12.3.

Each line of it is an action, a trace or the end, with the time at which Voiceflow wrote it down:
that is the only clock that it has. The frames are made here: nobody kept the bytes.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from vftui.errors import ConfigurationError
from vftui.formats.log import Head, Imported, Line, steps
from vftui.formats.masking import hidden_entry
from vftui.formats.shape import loaded, number, words
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.wire.frames import parse_frame

NOTE = "From a transcript: its times are when Voiceflow wrote each line, its frames were made here."
"""What the first entry of each turn says."""

_SECONDS = 1e11
"""Times below are seconds, from there on milliseconds."""


def read(path: Path) -> Imported:
    """The turns of a transcript; raises `ConfigurationError` when the file is none."""
    told = _loaded(path)
    inner = told.get("transcript")
    told = inner if isinstance(inner, dict) else told
    logs = told.get("logs")
    if not isinstance(logs, list):
        hint = "Fetch it with GET /v1/transcript/{id}."
        raise ConfigurationError(f"{path.name} is not a transcript: it has no logs.", hint)
    head = Head(
        title=f"transcript {words(told.get('id'))}".strip(),
        api="v4",
        project=words(told.get("projectID")),
        environment=words(told.get("environmentID")),
        user=words(told.get("sessionID")),
        started=_time(told.get("createdAt")),
    )
    return Imported(head, _read(logs))


def _loaded(path: Path) -> dict[str, Any]:
    told = loaded(path)
    return {"logs": told} if isinstance(told, list) else told if isinstance(told, dict) else {}


async def _read(logs: list[Any]) -> AsyncIterator[Line]:
    async for entry in steps(_entries(logs)):
        yield Line(hidden_entry(entry))


def _entries(logs: list[Any]) -> Iterator[Entry]:
    """A turn begins with an action, or with the first trace when there is none before it."""
    at: float | None = None
    is_open = False
    for one in logs:
        if not isinstance(one, dict):
            continue
        before, at = at, _time(one.get("createdAt"))
        data = _data(one.get("data"))
        if one.get("type") == "action":
            if is_open:
                yield Closed(before, "complete")
            yield Sent(at, data if isinstance(data, dict) else {"type": "unknown"}, "v4")
            yield Opened(at, None, note=NOTE)
        elif one.get("type") == "trace":
            if not is_open:
                yield Opened(at, None, note=NOTE)
            yield _trace(at, data)
        else:
            yield _trace(at, {"type": "end", "payload": None})
        is_open = True
    if is_open:
        yield Closed(at, "complete")


def _trace(at: float | None, data: Any) -> Received:
    raw = f"event: trace\ndata: {json.dumps(data)}\n\n"
    return Received(at, parse_frame(raw.encode()))


def _data(value: Any) -> Any:
    """The trace or action of a line; some have it as text."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _time(value: Any) -> float | None:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).timestamp()
        except (ValueError, OverflowError, OSError):
            return None
    at = number(value)
    return at if at is None or at < _SECONDS else at / 1000
