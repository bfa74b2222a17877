"""Entries and frames as JSON objects, the way `decode` and `send --json` print them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from vftui.commands.speech import to_json
from vftui.session.log import Entry, Received
from vftui.wire.frames import Frame
from vftui.wire.traces import Decoded, decode


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
    return _line(frame_fields(seq, frame, decode(frame)))


def entry_line(seq: int, entry: Entry) -> str:
    """An entry as a line of JSON: its kind, when, its fields; of a frame, those of `decode`."""
    head = {"kind": type(entry).__name__.lower(), "at": entry.at}
    if isinstance(entry, Received):
        return _line(head | frame_fields(seq, entry.frame, entry.decoded))
    fields = head | asdict(entry)
    if isinstance(fields.get("body"), bytes):
        fields["body"] = fields["body"].decode("utf-8", "replace")
    return _line(fields)


def _line(fields: dict[str, Any]) -> str:
    try:
        return to_json(fields) + "\n"
    except RecursionError:  # it could just be read, one level less deep
        problem = fields["problem"] or "the trace is nested too deeply to be printed; data has it"
        return to_json(fields | {"trace": None, "problem": problem}) + "\n"
