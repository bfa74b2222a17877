"""HAR 1.2, for the network panel of a browser: one request a turn.

Four rules:

1. Nothing is invented: headers of requests are not kept, so there are none; a time that nobody
   knows is 0 where HAR demands a number, and a comment says so.
2. `_eventSourceMessages` tells when each event arrived, in the words of Chrome, which shows it.
3. `_tokens` tells what a turn took: worked out again, not read back.
4. `_entries` tells everything else of the log, so that a HAR of vftui is read back without a loss
   (`vftui.formats.harfile`).
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from vftui import __version__
from vftui.formats.jsonl import row_object
from vftui.formats.log import Log, Part
from vftui.render.objects import call_json, cost_json, tokens_json
from vftui.render.text import to_json
from vftui.session.log import Closed, Entry, Opened, Received, Sent

if TYPE_CHECKING:
    from vftui.prices import Prices

VERSION = 1
"""The version of `_entries`."""

EVENT_STREAM = "text/event-stream"
_NO_TIMES = "Nobody kept the times of this turn: they are 0."
_NOWHERE = "about:blank"


def write(log: Log) -> Iterator[bytes]:
    """The log object, turn by turn."""
    head = {
        "version": "1.2",
        "creator": {"name": "vftui", "version": __version__},
        "pages": [],
        "_vftui": {"version": VERSION, "masked": log.masked, **asdict(log.head)},
    }
    yield b'{"log": ' + to_json(head)[:-1].encode() + b', "entries": ['
    comma = b"\n"
    for part in log.parts():
        told = _entry(part, log.head.started) | {"_tokens": _tokens(part, log.prices)}
        yield comma + json.dumps(told, allow_nan=False).encode()
        comma = b",\n"
    yield b"\n]}}\n"


def _entry(part: Part, started: float | None) -> dict[str, Any]:
    """One turn as a request and its response."""
    entries = part.entries
    turn = part.turn
    begun = turn.first_at if turn.sent_at is None else turn.sent_at
    wait = _milliseconds(turn.first_byte if turn.connect is None else turn.connect)
    whole = max(wait, _milliseconds(turn.elapsed))
    told = {
        "startedDateTime": moment(begun, started),
        "time": whole,
        "request": _request(entries[0]),
        "response": _response(entries),
        "cache": {},
        "timings": {"send": 0, "wait": wait, "receive": whole - wait},
        "_resourceType": "eventsource",
        "_entries": [
            row_object(row, raw=not isinstance(row.entry, Received))
            | ({"length": len(row.entry.frame.raw)} if isinstance(row.entry, Received) else {})
            for row in part.rows
        ],
    }
    if turn.elapsed is None:
        told["comment"] = _NO_TIMES
    messages = _messages(entries)
    return told | ({"_eventSourceMessages": messages} if messages else {})


def _tokens(part: Part, prices: Prices | None) -> dict[str, Any]:
    """What the turn took, as `vftui show --json` tells it."""
    told = {
        **tokens_json(part.turn.tokens),
        "calls": [call_json(call) for call in part.calls],
        "cost": cost_json(prices.cost(part.calls) if prices is not None else None),
    }
    whole: dict[str, Any] = json.loads(to_json(told))  # without numbers that JSON does not have
    return whole


def _request(sent: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {
        "method": "POST",
        "url": _NOWHERE,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "queryString": [],
        "headersSize": -1,
        "bodySize": -1,
    }
    if isinstance(sent, Sent):
        told |= {"method": sent.method or "POST", "url": sent.url or _NOWHERE}
        if sent.body:
            text = sent.body.decode("utf-8", "replace")
            told["postData"] = {"mimeType": "application/json", "text": text}
            told["bodySize"] = len(sent.body)
    return told


def _response(entries: Sequence[Entry]) -> dict[str, Any]:
    heads = [one for one in entries if isinstance(one, Opened) and one.stage == "turn"]
    head = heads[-1] if heads else Opened(None, None)
    closed = entries[-1] if isinstance(entries[-1], Closed) else None
    body = b"".join(one.frame.raw for one in entries if isinstance(one, Received))
    kind = next((value for name, value in head.headers if name.lower() == "content-type"), "")
    if not body and closed and closed.body:
        body = closed.body.encode("utf-8", "replace")
    status = head.status if head.status is not None else (closed.status if closed else None)
    return {
        "status": status or 0,
        "statusText": _reason(status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in head.headers],
        "content": {"size": len(body), "mimeType": kind or EVENT_STREAM, **_content(body)},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(body),
        **({"_error": closed.message} if closed and closed.message else {}),
    }


def _content(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _messages(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The events with their times, if all of them are known; otherwise Chrome reads the text."""
    events = [one for one in entries if isinstance(one, Received) and one.frame.dispatched]
    if not all(one.at is not None and math.isfinite(one.at) for one in events):
        return []
    return [
        {
            "time": one.at,
            "eventName": one.frame.event,
            "eventId": one.frame.id,
            "data": one.frame.data,
        }
        for one in events
    ]


def _milliseconds(seconds: float | None) -> float:
    if seconds is None or not math.isfinite(seconds):
        return 0
    return round(seconds * 1000, 3)


def _reason(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""


def moment(at: float | None, otherwise: float | None = None) -> str:
    """A time as HAR writes it; one that nobody knows is the beginning of all times."""
    for one in (at, otherwise):
        try:
            if one is not None:
                return datetime.fromtimestamp(one, UTC).isoformat(timespec="milliseconds")
        except (OverflowError, OSError, ValueError):
            continue
    return "1970-01-01T00:00:00.000+00:00"
