"""What a person types to see only some traces: names of kinds, and a text.

`debug choice` keeps entries of either kind; `"pier 3"` keeps those whose bytes contain the text;
a word that names no kind is a text, too. `type:NAME` always names a kind.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

_PART = re.compile(r"""(type:(?:"[^"]*"|\S)*)|("[^"]+"|'[^']+')(?!\S)|(\S+)""")
"""Names of kinds; something in quotation marks; a word."""


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
    kinds: set[str] = set()
    text: list[str] = []
    for names, quoted, word in _PART.findall(words):
        if names:
            kinds.update(filter(None, names.removeprefix("type:").replace('"', "").split(",")))
        elif word in known:
            kinds.add(word)
        else:
            text.append(quoted[1:-1] or word)
    return Filter(
        words.strip(),
        kinds=frozenset(kinds) if kinds else None,
        text=" ".join(text) if text else None,
    )
