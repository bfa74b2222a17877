"""Large values made short: base64 told by its size, long strings cut, deep and wide JSON pruned.

What is left out is said. Nothing is looked at beyond what is shown, except the length of a base64
run, so five megabytes of sound cost little more than five words.
"""

from __future__ import annotations

import json
import re
from typing import Any

from vftui.render.figures import count, size

MAX_STRING = 4_000
"""Characters of one string that are shown."""

MAX_DEPTH = 40
"""Levels of nesting that are shown."""

_RUN_LENGTH = 64
_RUN = re.compile(rf"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{{{_RUN_LENGTH + 1},}}+={{0,2}}")
_REST = re.compile(r"[A-Za-z0-9+/_-]*+={0,2}")
_CAPITAL = re.compile(r"[A-Z]")
"""Base64 of any length has capitals; a path, a slug or a digest has none."""


def clip(text: str, limit: int = MAX_STRING) -> tuple[str, int]:
    """The beginning of a text, its base64 elided, and how many characters are left out."""
    parts: list[str] = []
    place = 0
    while limit > 0 and place < len(text):
        run = _RUN.search(text, place, place + limit + _RUN_LENGTH + 1)
        if run is None or run.start() >= place + limit:
            break
        start, end = run.start(), run.end()
        if text[end - 1] != "=" and (rest := _REST.match(text, end)):
            end = rest.end()
        parts.append(text[place:start])
        limit -= start - place
        if _CAPITAL.search(text, start, min(end, start + 1000)):
            part = f"‹base64, {size((end - start) * 3 // 4)}›"
        else:
            part = text[start : min(end, start + limit)]
            end = start + len(part)
        parts.append(part)
        limit -= len(part)
        place = end
    if limit > 0:
        parts.append(text[place : place + limit])
        place += limit
    return "".join(parts), max(0, len(text) - place)


def prune(value: Any, room: int) -> Any:
    """The JSON value with at most about `room` characters left of it."""
    return _Pruning(room).value(value, MAX_DEPTH)


def compact(value: Any, room: int) -> str:
    """The JSON value in one line of about `room` characters; a string as it is."""
    if isinstance(value, str):
        return clip(value, room)[0]
    return json.dumps(prune(value, room), ensure_ascii=False)


class _Pruning:
    """One walk through a value, which ends when its room is used up."""

    def __init__(self, room: int) -> None:
        self._room = room

    def value(self, value: Any, depth: int) -> Any:
        """The value, or what is left of it."""
        if isinstance(value, str):
            return self._string(value)
        self._room -= 8
        if isinstance(value, dict | list) and value and not depth:
            return f"‹nested deeper than {MAX_DEPTH} levels›"
        if isinstance(value, dict):
            return self._object(value, depth)
        if isinstance(value, list):
            return self._array(value, depth)
        return value

    def _string(self, text: str) -> str:
        short, left = clip(text, min(MAX_STRING, max(40, self._room)))
        self._room -= len(short)
        return f"{short}… ‹{count(left)} characters more›" if left else short

    def _object(self, value: dict[str, Any], depth: int) -> dict[str, Any]:
        short: dict[str, Any] = {}
        for done, (key, member) in enumerate(value.items()):
            if self._room <= 0:
                short["…"] = f"‹{count(len(value) - done)} more›"
                break
            self._room -= len(key)
            short[key[:MAX_STRING]] = self.value(member, depth - 1)
        return short

    def _array(self, value: list[Any], depth: int) -> list[Any]:
        short: list[Any] = []
        for done, member in enumerate(value):
            if self._room <= 0:
                short.append(f"‹{count(len(value) - done)} more›")
                break
            short.append(self.value(member, depth - 1))
        return short
