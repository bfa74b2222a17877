"""The payload of a custom action as text: JSON over several lines, words as they are, never long.

A payload is any JSON, or a string in which somebody wrote JSON or nearly JSON. What is left out
is said; what looks like data is told by its size.
"""

from __future__ import annotations

import json
import re
from typing import Any

MAX_TEXT = 4_000
"""Characters of a payload that are shown."""

_DATA = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{200,}={0,2}")
_JSON = json.JSONEncoder(ensure_ascii=False, indent=2)


def payload_text(value: Any) -> str:
    """The payload for a person; empty for null."""
    if value is None:
        return ""
    if isinstance(value, str):
        written = _written(value)
        if written is None:
            return _capped(_DATA.sub(_size, value), len(value))
        value = written
    # Nothing is written beyond what is shown, however large the value is.
    parts: list[str] = []
    room = MAX_TEXT
    for part in _JSON.iterencode(value):
        parts.append(_DATA.sub(_size, part))
        room -= len(parts[-1])
        if room < 0:
            return _capped("".join(parts), _length(value))
    return "".join(parts)


def _written(text: str) -> Any:
    """The object or list that a string holds as JSON, None if it holds none."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _capped(text: str, length: int) -> str:
    if len(text) <= MAX_TEXT:
        return text
    whole = f"{length:,} characters" if length else "the whole"
    return f"{text[:MAX_TEXT]}… ‹{whole} in the traces›"


def _length(value: Any) -> int:
    """Characters of the value as compact JSON, 0 if it is nested too deeply to tell."""
    try:
        return len(json.dumps(value, ensure_ascii=False))
    except (ValueError, RecursionError):
        return 0


def _size(data: re.Match[str]) -> str:
    return f"‹data, {max(1, len(data[0]) * 3 // 4 // 1024)} KB›"
