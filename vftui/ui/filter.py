"""What a person types to see only some traces: names of kinds, and a text.

`debug choice` keeps entries of either kind; `"pier 3"` keeps those whose bytes contain the text;
a word that names no kind is a text, too. `type:NAME` always names a kind.
"""

from __future__ import annotations

import shlex
from collections.abc import Container
from dataclasses import dataclass


@dataclass(frozen=True)
class Filter:
    """Entries of any of `kinds` (None: of every kind) that contain `text` (None: any)."""

    words: str = ""
    """What was typed."""
    kinds: frozenset[str] | None = None
    text: str | None = None

    def __bool__(self) -> bool:
        return self.kinds is not None or self.text is not None


def parse_filter(words: str, known: Container[str]) -> Filter:
    """Read a filter; `known` are the kinds that the session has."""
    try:
        parts = shlex.split(words)
    except ValueError:  # an open quotation mark: all of it is text
        return Filter(words, text=words)
    quoted = any(mark in words for mark in "\"'")
    kinds: set[str] = set()
    text: list[str] = []
    for part in parts:
        if part.startswith("type:"):
            kinds.update(filter(None, part.removeprefix("type:").split(",")))
        elif part in known and not (quoted and f'"{part}"' in words):
            kinds.add(part)
        else:
            text.append(part)
    return Filter(
        words.strip(),
        kinds=frozenset(kinds) if kinds else None,
        text=" ".join(text) if text else None,
    )
