"""What could come next where the cursor stands in a query.

A field's name is completed with its operator. A value is completed from what is known: the types,
models and tools that a session has, or the words that there are. What names a type or a state
(`deb`, `prob`) is completed to the term that asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from vftui.query.fields import FIELDS

SAVED = "@"
"""The key of the names of saved filters among what is known."""

_TERM = re.compile(r"""(?:"(?:\\.|[^"\\])*(?:"|$)|[^\s()"])*$""")
_FIELD = re.compile(r"([A-Za-z]+)(:|!=|>=|<=|>|<|=)")
_VALUE = re.compile(r"""(?:"(?:\\.|[^"\\])*(?:"|$)|[^",])*$""")
_REST = re.compile(r"""[^\s()",]*"?""")
_PLAIN = re.compile(r"""[^\s()"'/,*-][^\s()",*]*""")


class Completion(NamedTuple):
    """A piece of the text from `start` to `end`, and what may stand there instead."""

    start: int
    end: int
    text: str


def complete(text: str, cursor: int, known: Mapping[str, Sequence[str]]) -> list[Completion]:
    """What the text could become at the cursor, likeliest first; `known` are values by field.

    Whatever is chosen, the text around it stays.
    """
    term = _last(_TERM, text[:cursor]).removeprefix("-")
    field = _FIELD.match(term)
    if field is None:
        typed, words = term, _terms(term, known)
    else:
        typed = _last(_VALUE, term[field.end() :])
        words = map(quoted, _values(field[1].lower(), typed.strip('"'), known))
    start = cursor - len(typed)
    rest = _REST.match(text, cursor)
    end = rest.end() if rest else cursor
    there = text[start:end]
    return [Completion(start, end, word) for word in dict.fromkeys(words) if word != there]


def quoted(value: str) -> str:
    """A value as it is written in a query: in quotation marks if it needs them."""
    if _PLAIN.fullmatch(value) and ".." not in value:
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _last(expression: re.Pattern[str], text: str) -> str:
    """What the expression matches at the end of the text."""
    found = expression.search(text)
    return found[0] if found else ""


def _values(name: str, typed: str, known: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The values of a field that begin as this one does, then those that contain it."""
    field = FIELDS.get(name)
    words = [*known.get(name, ()), *(field.words if field else ())]
    yield from _like(typed, words)
    yield from (word for word in words if typed.lower() in word.lower())


def _terms(typed: str, known: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The terms that begin like this: fields, saved filters, and what names a type or a state."""
    if typed[:1] in ('"', "'", "/", "#"):
        return
    if typed.startswith("@"):
        yield from (f"@{name}" for name in _like(typed[1:], known.get(SAVED, ())))
        return
    for name in _like(typed, FIELDS):
        usual = _FIELD.match(FIELDS[name].example)
        yield usual[0] if usual else name
    if typed:
        yield from (f"type:{quoted(name)}" for name in _like(typed, known.get("type", ())))
        yield from (f"is:{word}" for word in _like(typed, FIELDS["is"].words))


def _like(typed: str, words: Iterable[str]) -> list[str]:
    """The words that begin like this."""
    return [word for word in words if word.lower().startswith(typed.lower())]
