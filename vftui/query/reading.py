"""A query's text to its condition.

Three rules:

1. Whatever the text, the answer is a condition or a `QueryError` that knows its place.
2. A query stays small enough for SQL: `MOST_TERMS`, `DEEPEST`, `LONGEST`, saved filters included.
3. The parsing library is loaded when the first query is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from vftui.query.conditions import Condition, either, every, opposite
from vftui.query.errors import QueryError, nearest
from vftui.query.fields import FIELDS, ORDER, text
from vftui.query.mistakes import explained, unknown_field
from vftui.query.values import Value

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

LONGEST = 4000
"""Characters of the longest query."""

MOST_TERMS = 100
"""Conditions in a query."""

DEEPEST = 20
"""Parentheses in one another, and saved filters."""

GRAMMAR = r"""
?start: either
?either: every (_OR every)*
?every: factor (_AND? factor)*
?factor: _NOT factor -> opposite
    | "(" either ")"
    | FIELD value ("," value)* -> field
    | "#" value -> number
    | SAVED -> saved
    | (WORD | QUOTED | PATTERN) -> text
?value: VALUE | QUOTED | PATTERN

_OR.3: /OR(?![^\s()])/
_AND.3: /AND(?![^\s()])/
_NOT.3: /NOT(?![^\s()])|-(?!\s|$)/
FIELD.2: /[^\W\d_]+(:|!=|>=|<=|>|<|=)/
SAVED: /@[\w-]+/
PATTERN: /\/(\\.|[^\/\\])+\/(?=[\s(),]|$)/
QUOTED: /"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/s
WORD: /(?!(OR|AND|NOT)(?![^\s()]))[^\s()"'\/<>=!:,@#-][^\s()"]*/
VALUE: /[^\s()"'\/,][^\s()",]*/
%ignore /\s+/
"""
"""The language. What a field's values mean is told in `vftui.query.fields`."""

_POSITIVE = {"=": ":", "!=": ":"}
"""What is asked of each value, before any of them or none of them is meant."""

_PATTERN_HINT = "A * stands for anything in a name; /…/ alone looks into the whole text."
_QUOTED_ESCAPE = re.compile(r"""\\(["'\\])""")
_SURROGATE = re.compile("[\ud800-\udfff]")


def read(words: str, saved: Mapping[str, str], within: tuple[str, ...] = ()) -> Condition:
    """The condition that the words tell; `within` names the saved filters they stand in."""
    from lark import UnexpectedInput

    if len(words) > LONGEST:
        raise QueryError(f"The longest filter has {LONGEST} characters.", at=LONGEST)
    if not words.strip():
        raise QueryError("This filter is empty.", "Save it anew, or leave it out.")
    words = _SURROGATE.sub("\ufffd", words)
    try:
        tree = _parser().parse(words)
    except UnexpectedInput as error:
        raise explained(error, words) from None
    return _Reader(words, saved, within).condition(tree)


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=False)


class _Reader:
    """Makes the condition of a tree, from its leaves up and without recursion."""

    def __init__(self, words: str, saved: Mapping[str, str], within: tuple[str, ...]) -> None:
        self._words = words
        self._saved = saved
        self._within = within
        self._makers: dict[str, Callable[[Any], Condition]] = {
            "either": either,
            "every": every,
            "opposite": lambda parts: opposite(parts[0]),
            "field": lambda parts: self._field(parts[0], parts[1:]),
            "number": lambda parts: FIELDS["seq"].read(":", _value(parts[0])),
            "saved": lambda parts: self._of_name(parts[0]),
            "text": lambda parts: text(_value(parts[0])),
        }

    def condition(self, tree: Tree[Token]) -> Condition:
        """The condition of the whole tree."""
        made: dict[int, Condition] = {}
        for part in tree.iter_subtrees():
            condition = self._makers[part.data]([made.get(id(one), one) for one in part.children])
            if condition.terms > MOST_TERMS or condition.depth > DEEPEST:
                raise QueryError(
                    f"A filter has at most {MOST_TERMS} terms, and {DEEPEST} in one another.",
                    "Leave something out.",
                    length=len(self._words),
                )
            made[id(part)] = condition
        return made[id(tree)]

    def _field(self, token: Token, values: Sequence[Token]) -> Condition:
        """The condition of `name:value,value`."""
        name = token.rstrip(":!=<>").lower()
        operator, at = token[len(name) :], (token.start_pos or 0) + len(name)
        field = FIELDS.get(name)
        if field is None:
            raise unknown_field(name, token.start_pos or 0)
        if operator not in field.operators or (operator in ORDER and len(values) > 1):
            message = f"{name} cannot be compared like this."
            hint = f"Write it as {field.example}"
            raise QueryError(message, hint, at=at, length=len(operator))
        for one in values:
            if one.type == "PATTERN" and field.read is not FIELDS["text"].read:
                raise _value(one).error(f"{name} takes no regular expression.", _PATTERN_HINT)
        found = either(
            [field.read(_POSITIVE.get(operator, operator), _value(one)) for one in values]
        )
        return opposite(found) if operator == "!=" else found

    def _of_name(self, token: Token) -> Condition:
        """The condition of the filter that was saved under this name."""
        name, at = token[1:], token.start_pos or 0
        if name not in self._saved:
            hint = nearest(name, self._saved) if self._saved else "None is saved yet."
            raise QueryError(f"No filter is saved as {name}.", hint, at=at, length=len(token))
        if name in self._within or len(self._within) >= DEEPEST:
            why = "asks for itself" if name in self._within else "asks for too many others"
            message = f"The saved filter {name} {why}."
            raise QueryError(message, "Save it anew.", at=at, length=len(token))
        try:
            return read(self._saved[name], self._saved, (*self._within, name))
        except QueryError as error:
            if self._within:  # the outermost name says it, with what is wrong in the innermost
                raise
            message = f"The saved filter {name} cannot be used: {error.message}"
            raise QueryError(message, error.hint, at=at, length=len(token)) from None


def _value(token: Token) -> Value:
    """The value in a token."""
    at, length = token.start_pos or 0, len(token)
    if token.type == "PATTERN":
        return Value(token[1:-1].replace("\\/", "/"), at, length, "pattern")
    if token.type == "QUOTED":
        return Value(_QUOTED_ESCAPE.sub(r"\1", token[1:-1]), at, length, "quoted")
    return Value(str(token), at, length)
