"""Where a value stands inside JSON, written as people and programs write it (RFC 9535)."""

from __future__ import annotations

import json
import re
from typing import Any

from vftui.errors import VftuiError
from vftui.render.text import escaped

Path = tuple[str | int, ...]
"""The names and numbers on the way to a value, from the outside."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def jsonpath(path: Path) -> str:
    """The path as text: `$.payload.buttons[0]["a name"]`. Nothing in it is invisible."""
    return "$" + "".join(map(_step, path))


def name_of(key: str) -> str:
    """A member's name: plain where it is a word, otherwise as JSON."""
    return key if _PLAIN.fullmatch(key) else _string(key)


def pretty(value: Any) -> str:
    """The value as JSON over several lines, which reads back as the same value.

    What cannot be seen is written as a JSON escape. Raises `VftuiError` for what is nested so
    deeply that it cannot be written.
    """
    for indent in (2, None):  # without one it goes deeper
        try:
            return escaped(json.dumps(value, indent=indent, ensure_ascii=False))
        except RecursionError:
            continue
    raise VftuiError("The value is nested too deeply to be written.", "Copy the frame instead.")


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if _PLAIN.fullmatch(key) else f"[{_string(key)}]"


def _string(text: str) -> str:
    return escaped(json.dumps(text, ensure_ascii=False))
