"""JSON lines: the lossless format. A line about the session, then one line an entry.

Three rules:

1. What is exported and read again is the same session: entries to the byte, times, marks, remarks.
2. Bytes that are text stand as text (`raw`), so that the file can be searched; others as base64.
3. The file is ASCII: it holds no escape sequence, whatever the agent sent.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vftui.errors import ConfigurationError
from vftui.formats.log import Head, Imported, Line, Log, steps
from vftui.formats.shape import checked_record, number, words
from vftui.records import entry_of, record

if TYPE_CHECKING:
    from vftui.rows import Row

NAME = "vftui-session"
"""What the first line says that this is."""

VERSION = 1
"""The version that is written, and the highest that is read."""

_LONGEST = 64 * 1024 * 1024
"""Characters of the longest line that is read."""


def write(log: Log) -> Iterator[bytes]:
    """A header line, then one line an entry."""
    told = {"format": NAME, "version": VERSION, "masked": log.masked}
    yield _line(told | asdict(log.head))
    for row in log.rows():
        yield _line(row_object(row))


def row_object(row: Row, *, raw: bool = True) -> dict[str, Any]:
    """An entry in its place as a JSON object; without `raw`, all but its bytes."""
    new = record(row.entry)
    told: dict[str, Any] = {"seq": row.seq, "turn": row.turn, "kind": new.kind, "type": new.type}
    told["at"] = new.at if new.at is None or math.isfinite(new.at) else str(new.at)
    if row.marked:
        told["marked"] = True
    if row.remark:
        told["remark"] = row.remark
    if new.last_id:
        told["last_id"] = new.last_id
    told |= _extra(new.extra)
    return told | bytes_object(new.raw) if raw else told


def bytes_object(raw: bytes, name: str = "raw") -> dict[str, str]:
    """Bytes as a member of a JSON object: as text, if they are, otherwise as base64."""
    try:
        return {name: raw.decode()}
    except UnicodeDecodeError:
        return {f"{name}64": base64.b64encode(raw).decode()}


def object_line(told: dict[str, Any], raw: bytes | None = None) -> Line:
    """The line that an object was made for; raises `ValueError` for any other object."""
    if raw is None:
        raw = _raw(told)
    entry = entry_of(checked_record(told, raw))
    return Line(entry, told.get("marked") is True, words(told.get("remark")))


def read(path: Path) -> Imported:
    """A session that was exported; raises `ConfigurationError` when the file is none."""
    lines = _objects(path)
    head = next(lines, {})
    version = head.get("version")
    if head.get("format") != NAME or not isinstance(version, int):
        raise ConfigurationError(f"{path.name} is not an exported session.", _HINT)
    if version > VERSION:
        raise ConfigurationError(
            f"A newer vftui wrote {path.name} (version {version}; this one knows {VERSION}).",
            "Update vftui.",
        )
    return Imported(head_of(head), _read(path, lines))


_HINT = "Make one with: vftui export last --format jsonl"


async def _read(path: Path, lines: Iterator[dict[str, Any]]) -> AsyncIterator[Line]:
    async for place, told in steps(enumerate(lines, start=2)):
        try:
            yield object_line(told)
        except (ValueError, RecursionError):
            message = f"Line {place} of {path.name} is not an entry of a session."
            raise ConfigurationError(message, _HINT) from None


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file, line by line; raises `ConfigurationError` at a line that is none."""
    try:
        with path.open("rb") as file:
            place = 0
            while line := file.readline(_LONGEST):
                place += 1
                if line.strip():
                    yield _object(path, place, line)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None


def _object(path: Path, place: int, line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise ConfigurationError(f"Line {place} of {path.name} is not a JSON object.", _HINT)
    return told


def head_of(told: dict[str, Any]) -> Head:
    """What a header says of its session."""
    tags = told.get("tags")
    started = number(told.get("started"))
    return Head(
        title=words(told.get("title")),
        api=words(told.get("api")),
        project=words(told.get("project")),
        environment=words(told.get("environment")),
        user=words(told.get("user")),
        started=None if started is None or math.isinf(started) else started,
        tags=tuple(map(words, tags)) if isinstance(tags, list) else (),
    )


def _raw(told: dict[str, Any]) -> bytes:
    if isinstance(told.get("raw64"), str):
        return base64.b64decode(told["raw64"], validate=True)
    return words(told.get("raw")).encode()


def _extra(extra: str | None) -> dict[str, Any]:
    """The members that the bytes do not tell; as text, if JSON has no word for one (infinity)."""
    if not extra:
        return {}
    told: dict[str, Any] = json.loads(extra)
    try:
        json.dumps(told, allow_nan=False)
    except ValueError:
        return {"extra": extra}
    return told


def _line(told: dict[str, Any]) -> bytes:
    return json.dumps(told, allow_nan=False).encode() + b"\n"
