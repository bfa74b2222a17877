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

from vftui.secrets import mask_bytes, mask_written, starred
from vftui.session.log import Entry, Received
from vftui.wire.payloads import Completion, Reasoning

if TYPE_CHECKING:
    from vftui.rows import Row

MOST_PIECES = 2048
"""Pieces of a text that are held back, at most, until it is clear whether they are a key."""

_BEGUN = re.compile(
    r"(?:V|VF|VF\.[A-Za-z0-9._-]*|v|vf|vfp|vfp_[A-Za-z0-9_-]*|e|ey|eyJ[A-Za-z0-9._-]*)\Z"
)
"""The end of a text that may be the beginning of a key."""

_STRING = re.compile(r'"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
"""A text as JSON writes it."""


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
        if raw == frame.raw and mask_written(frame.id) == frame.id:  # which sticks from before
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
        piece = None if row.span is None else piece_of(row.entry)
        if piece is None and not held:
            yield _cleaned(row)
            continue
        held.append((row, piece))
        if not _goes_on(row.entry) or len(held) >= MOST_PIECES or not _is_begun(held):
            yield from _released(held)
            held = []
    yield from _released(held)


def _cleaned(row: Row) -> Row:
    entry, remark = hidden_entry(row.entry), mask_written(row.remark)
    changed = entry is not row.entry or remark != row.remark
    return replace(row, entry=entry, remark=remark) if changed else row


def piece_of(entry: Entry) -> str | None:
    """The piece of a text that an entry brings; None: it brings none."""
    if not isinstance(entry, Received) or entry.decoded.trace is None:
        return None
    payload = entry.decoded.trace.payload
    return payload.text if isinstance(payload, Completion | Reasoning) and payload.text else None


def _goes_on(entry: Entry) -> bool:
    """Whether a text that has begun may go on behind an entry."""
    return isinstance(entry, Received) and not entry.frame.ends_turn


def _is_begun(held: list[tuple[Row, str | None]]) -> bool:
    """Whether one of the texts ends in what may be the beginning of a key."""
    return any(_BEGUN.search(text.replace("\u200b", "")) for text in _texts(held).values())


def _texts(held: list[tuple[Row, str | None]]) -> dict[int | None, str]:
    """What the pieces of each text say together: two may stream at once."""
    pieces: dict[int | None, list[str]] = {}
    for row, piece in held:
        if piece:
            pieces.setdefault(row.span, []).append(piece)
    return {span: "".join(parts) for span, parts in pieces.items()}


def _released(held: list[tuple[Row, str | None]]) -> Iterator[Row]:
    """The rows that were held back, without the keys that their pieces make together.

    Whole texts come first: a piece that is masked by itself hides that others go on with its key.
    """
    stars = {span: starred(text) for span, text in _texts(held).items()}
    for row, piece in held:
        if piece:
            mine, stars[row.span] = stars[row.span][: len(piece)], stars[row.span][len(piece) :]
            if mine != piece:
                row = replace(row, entry=_rewritten(row.entry, piece, mine))
        yield _cleaned(row)


def _rewritten(entry: Entry, piece: str, stars: str) -> Entry:
    """The entry with another piece of text in it; all else that its JSON says stays as it was."""
    assert isinstance(entry, Received)
    frame = entry.frame
    for found in _STRING.finditer(frame.data):
        if json.loads(found[0], strict=False) == piece:
            data = frame.data[: found.start()] + json.dumps(stars) + frame.data[found.end() :]
            raw = _with_data(frame.raw, frame.data, data)
            new = Received(entry.at, replace(frame, raw=raw, data=data))
            if piece_of(new) == stars:
                return new
    return entry


def _with_data(raw: bytes, old: str, new: str) -> bytes:
    """The bytes of a frame with other data."""
    before, found, after = raw.partition(old.encode("utf-8", "replace"))
    if found:
        return before + new.encode("utf-8", "replace") + after
    lines = raw.decode("utf-8", "replace").splitlines()
    others = [line for line in lines if line and not line.startswith("data")]
    told = [*others, *(f"data: {line}" for line in new.split("\n"))]
    return "".join(f"{line}\n" for line in [*told, ""]).encode()
