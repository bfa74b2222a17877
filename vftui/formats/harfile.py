"""Reading HAR: what vftui wrote comes back whole, of another program's the event streams.

A browser's HAR tells of all requests of a page. The turns are those that were answered with an
event stream; the headers of their requests, which hold keys, are not looked at, and keys elsewhere
are starred out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vftui.errors import ConfigurationError
from vftui.formats.har import EVENT_STREAM
from vftui.formats.jsonl import head_of, object_line
from vftui.formats.log import Head, Imported, Line, steps
from vftui.formats.masking import hidden_entry
from vftui.formats.shape import loaded, number, words
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.wire.dialects import Api
from vftui.wire.frames import Frame, FrameReader

_HINT = "Save one in a browser's network panel, with its contents."

_DAMAGES = {
    True: ("is not as vftui wrote it", "Export it again."),
    False: ("has a response that cannot be read", _HINT),
}
"""What is wrong with a turn, by whether vftui wrote it, and what to do."""


def read(path: Path) -> Imported:
    """The turns of a HAR file; raises `ConfigurationError` when it is none or has no turn."""
    log = _member(_loaded(path), "log", dict)
    entries = [one for one in _member(log, "entries", list) if isinstance(one, dict)]
    turns = [one for one in entries if isinstance(one.get("_entries"), list) or _is_stream(one)]
    if not turns:
        raise ConfigurationError(f"No event stream is in {path.name}.", _HINT)
    told = _member(log, "_vftui", dict)
    head = head_of(told) if told else Head(path.name, _api(_url(turns[0])))
    return Imported(head, _read(path, turns))


def _loaded(path: Path) -> dict[str, Any]:
    told = loaded(path, _HINT)
    return told if isinstance(told, dict) else {}


async def _read(path: Path, turns: list[dict[str, Any]]) -> AsyncIterator[Line]:
    for turn in turns:
        ours = isinstance(turn.get("_entries"), list)
        try:
            lines = _ours(turn) if ours else (Line(hidden_entry(one)) for one in _theirs(turn))
            async for line in steps(lines):
                yield line
        except (ValueError, TypeError, RecursionError):
            what, hint = _DAMAGES[ours]
            raise ConfigurationError(f"A turn in {path.name} {what}.", hint) from None


def _ours(turn: dict[str, Any]) -> Iterator[Line]:
    """The entries of a turn that vftui wrote: the bytes of its frames are in the response."""
    body = _body(turn)
    place = 0
    for told in turn["_entries"]:
        raw = None
        if not isinstance(told, dict):
            raise ValueError("entry")
        if told.get("kind") == "received":
            length = told.get("length")
            if not isinstance(length, int) or not 0 <= length <= len(body) - place:
                raise ValueError("length")
            raw = body[place : place + length]
            place += length
        yield object_line(told, raw)


def _theirs(turn: dict[str, Any]) -> Iterator[Entry]:
    """The entries of a turn that a browser saw."""
    response = _member(turn, "response", dict)
    begun = _moment(turn.get("startedDateTime"))
    wait = _wait(_member(turn, "timings", dict))
    whole = number(turn.get("time"))
    yield _sent(turn, begun)
    status = response.get("status")
    opened = None if begun is None or wait is None else begun + wait / 1000
    yield Opened(opened, status if isinstance(status, int) else None, _headers(response))
    reader = FrameReader()
    body = _body(turn)
    frames = [*reader.feed(body), *reader.close()]
    for at, frame in zip(_times(turn, frames), frames, strict=True):
        yield Received(at, frame)
    end = None if begun is None or whole is None else begun + max(0.0, whole) / 1000
    yield _closed(end, frames)


def _wait(timings: dict[str, Any]) -> float | None:
    """Milliseconds until the head of the response, if they are known; -1 means not applicable."""
    parts = (number(timings.get(name)) for name in ("blocked", "dns", "connect", "send", "wait"))
    known = [one for one in parts if one is not None and one >= 0]
    return sum(known) if known else None


def _sent(turn: dict[str, Any], begun: float | None) -> Sent:
    request = _member(turn, "request", dict)
    body = words(_member(request, "postData", dict).get("text"))
    try:
        action = _member(json.loads(body), "action", dict)
    except (ValueError, RecursionError):
        action = {}
    raw = body.encode("utf-8", "replace")
    url = _url(turn)
    return Sent(begun, action, _api(url), words(request.get("method")) or "POST", url, raw)


def _closed(at: float | None, frames: list[Frame]) -> Closed:
    if any(frame.ends_turn for frame in frames):
        return Closed(at, "complete")
    if frames:
        return Closed(at, "truncated", "The response ends without the end event.")
    return Closed(at, "truncated", "The file does not hold this response's content.", _HINT)


def _times(turn: dict[str, Any], frames: list[Frame]) -> list[float | None]:
    """When each frame arrived, if the browser tells it of every event."""
    messages = _member(turn, "_eventSourceMessages", list)
    told = [number(one.get("time")) if isinstance(one, dict) else None for one in messages]
    if len(told) != sum(frame.dispatched for frame in frames):
        return [None] * len(frames)
    times = iter(told)
    found: list[float | None] = []
    for frame in frames:  # what dispatches nothing came with what is behind it, or before
        found.append(next(times) if frame.dispatched else None)
    for place in reversed(range(len(found) - 1)):
        found[place] = found[place + 1] if found[place] is None else found[place]
    if found and found[-1] is None:
        found[-1] = max((one for one in found if one is not None), default=None)
    return found


def _body(turn: dict[str, Any]) -> bytes:
    content = _member(_member(turn, "response", dict), "content", dict)
    text = words(content.get("text"))
    if content.get("encoding") == "base64":
        return base64.b64decode(text)
    return text.encode("utf-8", "replace")


def _headers(response: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (words(one.get("name")), words(one.get("value")))
        for one in _member(response, "headers", list)
        if isinstance(one, dict)
    )


def _is_stream(turn: dict[str, Any]) -> bool:
    response = _member(turn, "response", dict)
    kind = words(_member(response, "content", dict).get("mimeType"))
    return kind.partition(";")[0].strip().lower() == EVENT_STREAM


def _url(turn: dict[str, Any]) -> str:
    return words(_member(turn, "request", dict).get("url"))


def _api(url: str) -> Api:
    """The generation that an address belongs to; of an unknown one, the current."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return "v4"
    if path.startswith("/v2beta1/"):
        return "v2beta1"
    return "v2" if path.startswith("/v2/") else "v4"


def _moment(value: Any) -> float | None:
    try:
        return datetime.fromisoformat(words(value)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _member(value: Any, name: str, kind: type) -> Any:
    """A member of an object, or an empty value when it is not there or of another kind."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, kind) else kind()
