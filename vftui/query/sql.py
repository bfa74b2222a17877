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
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regex import Pattern

MATCH_SECONDS = 0.25
"""The most that a regular expression may take for one text."""

_ESCAPE = re.compile(r'(?:\\u[0-9a-fA-F]{4})+|\\["\\/bfnrt]')
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_CHOICE = re.compile(r"[*+?{|]")
"""What an expression needs to be able to try so much that it takes long."""

_NO_LITERAL = re.compile(r"\\.|(\(\?P?<[^>]*>)", re.DOTALL)


def unescaped(text: str) -> str:
    """The text with the escapes of JSON resolved, wherever they stand."""
    return _ESCAPE.sub(_resolved, text) if "\\" in text else text


def _resolved(found: re.Match[str]) -> str:
    escape = found[0]
    if escape[1] != "u":
        return _ESCAPED.get(escape[1], escape[1])
    units = bytes.fromhex(escape.replace("\\u", ""))
    return units.decode("utf-16-be", "replace")


def holds(raw: bytes, kind: str, extra: str | None, needle: str) -> bool:
    """Whether an entry contains a text; the text is folded (`str.casefold`) already."""
    return _anywhere(raw, kind, extra, lambda text: needle in text.casefold())


def matches(raw: bytes, kind: str, extra: str | None, pattern: str) -> bool:
    """Whether a regular expression matches anywhere in an entry."""
    return _anywhere(raw, kind, extra, _test(pattern))


def _anywhere(raw: bytes, kind: str, extra: str | None, test: Callable[[str], object]) -> bool:
    """Whether one of an entry's texts passes the test: rule 1."""
    text = raw.decode("utf-8", "replace")
    if test(text) or ("\\" in text and test(unescaped(text))):
        return True
    if kind == "received" or not extra:
        return False
    return bool(test(extra) or ("\\" in extra and test(unescaped(extra))))


def mentions(text: str, needle: str) -> bool:
    """Whether a short text contains another, which is folded already."""
    return needle in text.casefold()


@lru_cache(maxsize=32)
def compiled(pattern: str) -> Pattern[str]:
    """The regular expression, exact if it has a capital that is no part of an escape."""
    import regex

    capital = any(map(str.isupper, _NO_LITERAL.sub("", pattern)))
    return regex.compile(pattern, 0 if capital else regex.IGNORECASE, cache_pattern=False)


@lru_cache(maxsize=32)
def _test(pattern: str) -> Callable[[str], object]:
    """What tells whether the expression matches in a text, in time."""
    limit = MATCH_SECONDS if _CHOICE.search(pattern) else None  # asking the clock costs as much
    return partial(compiled(pattern).search, timeout=limit)


FUNCTIONS: dict[str, tuple[int, Callable[..., bool]]] = {
    "holds": (4, holds),
    "matches": (4, matches),
    "mentions": (2, mentions),
}
"""The name of each function, how many arguments it takes, and the function itself."""
