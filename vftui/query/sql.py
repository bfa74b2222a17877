"""The SQL functions that a condition may call: what looks into texts.

Three rules:

1. An entry's text is its bytes, read as UTF-8, and what we noted about an entry of our own. Each
   is looked at as it is, and as a person reads it who does not see the escapes of JSON.
2. A text is found whatever its upper and lower case; a regular expression that has a capital is
   exact.
3. A regular expression gets a moment for each entry. One that takes longer raises, which ends the
   whole question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regex import Pattern

MATCH_SECONDS = 0.25
"""The most that a regular expression may take for one text."""

_ESCAPE = re.compile(r'(?:\\u[0-9a-fA-F]{4})+|\\["\\/bfnrt]')
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_CAPITAL_NOT_ESCAPED = re.compile(r"\\.|(\(\?P?<[^>]*>)", re.DOTALL)


def unescaped(text: str) -> str:
    """The text with the escapes of JSON resolved, wherever they stand."""
    return _ESCAPE.sub(_resolved, text) if "\\" in text else text


def _resolved(found: re.Match[str]) -> str:
    escape = found[0]
    if escape[1] != "u":
        return _ESCAPED.get(escape[1], escape[1])
    units = bytes.fromhex(escape.replace("\\u", ""))
    return units.decode("utf-16-be", "replace")


def texts(raw: bytes, kind: str, extra: str | None) -> Iterator[str]:
    """What of an entry is searched: rule 1."""
    told = [raw.decode("utf-8", "replace")]
    if kind != "received" and extra:
        told.append(extra)
    for text in told:
        yield text
        if "\\" in text:
            yield unescaped(text)


def holds(raw: bytes, kind: str, extra: str | None, needle: str) -> bool:
    """Whether an entry contains a text; the text is folded (`str.casefold`) already."""
    return any(needle in text.casefold() for text in texts(raw, kind, extra))


def matches(raw: bytes, kind: str, extra: str | None, pattern: str) -> bool:
    """Whether a regular expression matches anywhere in an entry."""
    expression = compiled(pattern)
    return any(
        expression.search(text, timeout=MATCH_SECONDS) is not None
        for text in texts(raw, kind, extra)
    )


def mentions(text: str, needle: str) -> bool:
    """Whether a short text contains another, which is folded already."""
    return needle in text.casefold()


@lru_cache(maxsize=32)
def compiled(pattern: str) -> Pattern[str]:
    """The regular expression, exact if it has a capital that is no part of an escape."""
    import regex

    capital = any(map(str.isupper, _CAPITAL_NOT_ESCAPED.sub("", pattern)))
    return regex.compile(pattern, 0 if capital else regex.IGNORECASE, cache_pattern=False)


FUNCTIONS: dict[str, tuple[int, Callable[..., bool]]] = {
    "holds": (4, holds),
    "matches": (4, matches),
    "mentions": (2, mentions),
}
"""The name of each function, how many arguments it takes, and the function itself."""
