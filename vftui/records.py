"""Entries to the columns of a recording, and back.

Two rules:

1. An entry read back equals the entry written. The bytes stay bytes; what the bytes alone do not
   tell (a cut frame, a byte order mark at the start) is found by comparing when it is written.
2. Every entry can be written, whatever the agent sent: lone surrogates reach no text column.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields
from typing import Any, NamedTuple

from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.wire.frames import BOM, Frame, parse_frame

MAX_TYPE = 200
"""Characters of a type that are kept for filtering; the raw bytes have the rest."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_READINGS: tuple[dict[str, bool], ...] = (
    {},
    {"cut": True},
    {"first": True},
    {"cut": True, "first": True},
)


class Record(NamedTuple):
    """One entry as it is on disk, without its place in the session."""

    kind: str
    """`sent`, `opened`, `received` or `closed`."""
    type: str
    """What a filter asks for: the kind of a received frame, otherwise the same as `kind`."""
    at: float | None
    raw: bytes
    """A frame's or a request body's bytes, verbatim."""
    last_id: str
    """The event id that holds after the frame."""
    extra: str | None
    """JSON: the fields that `raw` does not hold."""


def storable(text: str) -> str:
    """The text, with lone surrogates (which SQLite cannot store) replaced."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def record(entry: Entry) -> Record:
    """What to write for an entry."""
    if isinstance(entry, Received):
        frame, kind = entry.frame, storable(entry.decoded.kind[:MAX_TYPE])
        return Record(
            "received", kind, entry.at, frame.raw, storable(frame.id), _frame_extra(frame)
        )
    kind = type(entry).__name__.lower()
    extra = {field.name: getattr(entry, field.name) for field in fields(entry)}
    del extra["at"]
    raw = extra.pop("body") if isinstance(entry, Sent) else b""
    return Record(kind, kind, entry.at, raw, "", json.dumps(extra))


def entry_of(row: Record) -> Entry:
    """The entry that a row was written for."""
    extra: dict[str, Any] = json.loads(row.extra) if row.extra else {}
    if row.kind == "received":
        told = extra.get("fields")
        frame = Frame(row.raw, **told) if told else parse_frame(row.raw, row.last_id, **extra)
        return Received(row.at, frame)
    if row.kind == "sent":
        return Sent(row.at, body=row.raw, **extra)
    if row.kind == "opened":
        headers = tuple((name, value) for name, value in extra.pop("headers"))
        return Opened(row.at, headers=headers, **extra)
    return Closed(row.at, **extra)


def _frame_extra(frame: Frame) -> str | None:
    """How to read the frame's bytes so that they become this frame again; None: plainly."""
    last_id = storable(frame.id)
    if frame.problem is None and last_id is frame.id and not frame.raw.startswith(BOM):
        return None  # as nearly all are, and finding out for each would cost as much as the rest
    for reading in _READINGS:
        if parse_frame(frame.raw, last_id, **reading) == frame:
            return json.dumps(reading) if reading else None
    told = asdict(frame)
    del told["raw"]
    return json.dumps({"fields": told})
