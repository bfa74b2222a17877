"""Keys, hidden in what leaves this machine.

Whatever has the shape of a key is starred out, wherever it stands: in an address, in the bytes of
a frame (also when it is written with escapes), in a remark, and in a text that arrived in pieces,
none of which has the shape by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from vftui.secrets import mask_bytes, mask_written, shaped
from vftui.session.log import Entry, Received
from vftui.wire.payloads import Completion, Reasoning

if TYPE_CHECKING:
    from vftui.rows import Row

MOST_PIECES = 256
"""Pieces of a text that are held back, at most, until it is clear whether they are a key."""

_BEGUN = re.compile(
    r"(?:V|VF|VF\.[A-Za-z0-9._-]*|v|vf|vfp|vfp_[A-Za-z0-9_-]*|e|ey|eyJ[A-Za-z0-9._-]*)\Z"
)
"""The end of a text that may be the beginning of a key."""


def hidden(value: Any) -> Any:
    """A JSON value without keys."""
    if isinstance(value, str):
        return mask_written(value)
    if isinstance(value, bytes):
        return mask_bytes(value)
    if isinstance(value, dict):
        return {mask_written(name): hidden(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(hidden, value))
    return value


def hidden_entry(entry: Entry) -> Entry:
    """The entry without keys; the same object if there are none."""
    if isinstance(entry, Received):
        frame = entry.frame
        raw = mask_bytes(frame.raw)
        if raw == frame.raw:
            return entry
        masks = {name: hidden(getattr(frame, name)) for name in ("event", "id", "data", "comment")}
        return Received(entry.at, replace(frame, raw=raw, **masks))
    told = {one.name: getattr(entry, one.name) for one in fields(entry)}
    changed = {name: hidden(value) for name, value in told.items()}
    return entry if changed == told else replace(entry, **changed)


def masked(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows without keys."""
    held: list[tuple[Row, str | None]] = []
    for row in rows:
        entry, remark = hidden_entry(row.entry), mask_written(row.remark)
        changed = entry is not row.entry or remark != row.remark
        clean = replace(row, entry=entry, remark=remark) if changed else row
        text = None if row.span is None else piece_of(clean.entry)
        if text is None and not held:
            yield clean
            continue
        held.append((clean, text))
        begun = _BEGUN.search("".join(piece for _, piece in held if piece))
        if begun is None or len(held) >= MOST_PIECES or not _goes_on(clean.entry):
            yield from _released(held)
            held = []
    yield from _released(held)


def piece_of(entry: Entry) -> str | None:
    """The piece of a text that an entry brings; None: it brings none."""
    if not isinstance(entry, Received) or entry.decoded.trace is None:
        return None
    payload = entry.decoded.trace.payload
    return payload.text if isinstance(payload, Completion | Reasoning) and payload.text else None


def _goes_on(entry: Entry) -> bool:
    """Whether a text that has begun may go on behind an entry."""
    return isinstance(entry, Received) and not entry.frame.ends_turn


def _released(held: list[tuple[Row, str | None]]) -> Iterator[Row]:
    """The rows that were held back, without the keys that their pieces make together."""
    text = "".join(piece for _, piece in held if piece)
    spans = shaped(text)
    place = 0
    for row, piece in held:
        if not piece:
            yield row
            continue
        stars = [*piece]
        for start, stop in spans:
            for at in range(max(start, place), min(stop, place + len(piece))):
                stars[at - place] = "*"
        place += len(piece)
        starred = "".join(stars)
        yield row if starred == piece else replace(row, entry=_rewritten(row.entry, piece, starred))


def _rewritten(entry: Entry, piece: str, starred: str) -> Entry:
    """The entry with another piece of text in it, of the same length."""
    assert isinstance(entry, Received)
    frame = entry.frame
    pairs = [
        (json.dumps(piece, ensure_ascii=plain), json.dumps(starred, ensure_ascii=plain))
        for plain in (False, True)
    ]
    raw, data = frame.raw, frame.data
    for old, new in pairs:
        raw = raw.replace(old.encode("utf-8", "replace"), new.encode("utf-8", "replace"))
        data = data.replace(old, new)
    return Received(entry.at, replace(frame, raw=raw, data=data))
