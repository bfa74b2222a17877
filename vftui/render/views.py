"""An entry in full, as far as a person can read: its JSON, and its bytes."""

from __future__ import annotations

import json
from typing import Any

from vftui.render.brief import prune
from vftui.render.figures import size
from vftui.render.text import escaped, printable, visible
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.wire.frames import Frame

MAX_JSON = 100_000
"""Characters of JSON that are shown, about."""

MAX_RAW = 64 * 1024
"""Bytes that are shown."""


def detail(entry: Entry) -> str:
    """The entry as JSON over several lines; what is wrong with it stands above, behind `//`.

    Base64 is told by its size and what is too long is cut, so this is to be read, not parsed.
    What cannot be seen is written as a JSON escape.
    """
    remark, value = told(entry)
    text = json.dumps(prune(value, MAX_JSON), indent=2, ensure_ascii=False)
    lines = [f"// {printable(remark, keep_lines=False)}"] if remark else []
    return "\n".join([*lines, escaped(text)])


def raw_view(entry: Entry) -> str:
    """The bytes of the entry as text in which every byte can be seen.

    Control bytes are pictures such as `␛`, line breaks break the line, bytes that are not UTF-8
    are written `\\xff`, invisible characters `\\u202e`.
    """
    raw = bytes_of(entry)
    text = visible(raw[:MAX_RAW].decode("utf-8", "backslashreplace"))
    left = len(raw) - MAX_RAW
    return f"{text}\n‹{size(left)} more›" if left > 0 else text


def told(entry: Entry) -> tuple[str, Any]:
    """What to remark on an entry, and the JSON to show for it, as it came."""
    match entry:
        case Received():
            decoded = entry.decoded
            value = decoded.value
            return decoded.problem or "", _fields(entry.frame) if value is None else value
        case Sent():
            return f"{entry.method} {entry.url}".strip(), _json(entry.body, entry.action)
        case Opened():
            return entry.note, {
                "status": entry.status,
                "stage": entry.stage,
                "headers": dict(entry.headers),
                "retry_in": entry.retry_in,
            }
        case Closed():
            return entry.message, {
                "ending": entry.ending,
                "status": entry.status,
                "advice": entry.advice,
                "body": _json(entry.body, entry.body),
            }


def _fields(frame: Frame) -> dict[str, Any]:
    """The fields of a frame without JSON; those it lacks are left out."""
    fields = {
        "event": frame.event,
        "id": frame.id or None,
        "data": frame.data or None,
        "comment": frame.comment,
        "retry": frame.retry,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _json(text: str | bytes, otherwise: Any) -> Any:
    """The text as JSON, if it is."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return otherwise


def bytes_of(entry: Entry) -> bytes:
    """The bytes of an entry; what is not kept as bytes is written as HTTP would."""
    match entry:
        case Received():
            return entry.frame.raw
        case Sent():
            head = f"{entry.method} {entry.url}\n\n" if entry.url else ""
            return head.encode("utf-8", "surrogatepass") + entry.body
        case Opened():
            lines = [f"HTTP {entry.status}"] if entry.status is not None else [entry.note]
            lines += [f"{name}: {value}" for name, value in entry.headers]
            return "\n".join(lines).encode("utf-8", "surrogatepass")
        case Closed():
            return (entry.body or entry.message).encode("utf-8", "surrogatepass")
