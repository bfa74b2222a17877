"""The fields of the language: what each may be compared with, and the condition it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from vftui.query.conditions import PROBLEMS, Condition
from vftui.query.errors import QueryError, nearest
from vftui.query.sql import compiled
from vftui.query.values import Read, Value, level, limits, octets, seconds, whole
from vftui.wire.levels import LEVELS

EQUAL = (":", "=", "!=")
ORDER = (">", ">=", "<", "<=")

LONGEST_PATTERN = 500
"""Characters of the longest regular expression."""

_IS = {
    "unknown": Condition("f.flags & 2 <> 0"),
    "problem": Condition(
        "f.flags & 1 <> 0 OR f.seq IN (SELECT value FROM json_each(?))", (PROBLEMS,)
    ),
    "marked": Condition("m.marked IS TRUE", needs_remarks=True),
    "remarked": Condition("(m.remark <> '') IS TRUE", needs_remarks=True),
    "error": Condition("(f.level >= 4) IS TRUE"),
    "warning": Condition("f.level IS 3"),
    "sent": Condition("f.kind = 'sent'"),
    "received": Condition("f.kind = 'received'"),
    "delta": Condition("f.span IS NOT NULL"),
}


_PLAIN = re.compile(r"[ !#-.0-\[\]-~]+")
"""A text that JSON writes as it is, or with `\\u`: ASCII without quotes and slashes."""

_MAY_HOLD = r"""
    CAST(e.raw AS TEXT) LIKE ? ESCAPE '\' OR length(e.raw) <> length(CAST(e.raw AS TEXT))
    OR instr(e.raw, CAST('\u' AS BLOB)) > 0 OR e.kind <> 'received'
"""
"""Whether it is worth asking in Python for such a text: SQLite says so eight times as fast, but
knows no escapes and only the cases of ASCII."""


@dataclass(frozen=True)
class Field:
    """One field of the language."""

    meaning: str
    """What it asks, in a few words."""
    example: str
    read: Callable[[str, Value], Condition]
    """The condition of an operator and a value."""
    operators: tuple[str, ...] = EQUAL
    words: tuple[str, ...] = ()
    """The values there are, when they are known beforehand."""


def text(value: Value) -> Condition:
    """The entry's text contains this, or matches this."""
    if value.form == "pattern":
        return _pattern(value)
    needles = (value.text,) if value.text else ()
    call, folded = "holds(e.raw, e.kind, e.extra, ?)", value.text.casefold()
    if _PLAIN.fullmatch(value.text):
        pattern = f"%{_literal(value.text)}%"
        return Condition(f"({_MAY_HOLD}) AND {call}", (pattern, folded), True, needles=needles)
    return Condition(call, (folded,), needs_bytes=True, needles=needles)


def _literal(text: str) -> str:
    """A text in a pattern of `LIKE`, as it is."""
    return re.sub(r"[%_\\]", r"\\\g<0>", text)


def _pattern(value: Value) -> Condition:
    import regex

    if len(value.text) > LONGEST_PATTERN:
        raise value.error(f"The longest regular expression has {LONGEST_PATTERN} characters.")
    try:
        compiled(value.text)
    except (regex.error, OverflowError, RecursionError) as error:
        place = getattr(error, "pos", None) or 0
        at = min(value.at + 1 + place, value.at + value.length - 1)
        told = str(getattr(error, "msg", None) or error)
        message = f"This is not a regular expression: {told}."
        raise QueryError(message, "Put a text in quotation marks.", at=at) from None
    call = "matches(e.raw, e.kind, e.extra, ?)"
    return Condition(call, (value.text,), needs_bytes=True, patterns=(value.text,))


def _names(column: str) -> Callable[[str, Value], Condition]:
    """A name, in which a `*` that is not quoted stands for anything; its case does not matter."""

    def read(operator: str, value: Value) -> Condition:
        if value.form == "word" and "*" in value.text:
            pattern = _literal(value.text).replace("*", "%")
            return Condition(f"{column} LIKE ? ESCAPE '\\'", (pattern,))
        return Condition(f"{column} = ? COLLATE NOCASE", (value.text,))

    return read


def _mentions(column: str) -> Callable[[str, Value], Condition]:
    """A text that contains the value."""

    def read(operator: str, value: Value) -> Condition:
        return Condition(
            f"{column} IS NOT NULL AND mentions({column}, ?)",
            (value.text.casefold(),),
            needs_remarks=column.startswith("m."),
        )

    return read


def _numbers(column: str, number: Read, *, exact: bool = True) -> Callable[[str, Value], Condition]:
    """A number, a range of numbers, or a comparison; `exact`: one number can be asked for."""

    def read(operator: str, value: Value) -> Condition:
        if operator in ORDER:
            return Condition(f"({column} {operator} ?) IS TRUE", (number(value),))
        if ".." in value.text:
            low, high = limits(value, number)
        elif exact:
            low = high = number(value)
        else:
            number(value)
            raise value.error(
                "Nothing takes exactly as long as this.", "Compare it with > or <, or give a range."
            )
        ends = [(">=", low), ("<=", high)]
        sql = " AND ".join(f"{column} {end} ?" for end, limit in ends if limit is not None)
        known = tuple(limit for _, limit in ends if limit is not None)
        return Condition(f"({sql}) IS TRUE", known)

    return read


def _text(operator: str, value: Value) -> Condition:
    return text(value)


def _is(operator: str, value: Value) -> Condition:
    found = _IS.get(value.text.lower())
    if found is None:
        raise value.error(f"No entry is {value.text}.", nearest(value.text, _IS))
    return found


_ALL = EQUAL + ORDER

FIELDS = {
    "type": Field("the type", "type:debug,choice", _names("f.type")),
    "level": Field(
        "how loud it is", "level>=warn", _numbers("f.level", level), _ALL, tuple(LEVELS)
    ),
    "text": Field("what it contains", 'text:"order"', _text),
    "gap": Field(
        "the time since the entry before",
        "gap>500ms",
        _numbers("f.gap", seconds, exact=False),
        _ALL,
    ),
    "at": Field(
        "the time since the action", "at>2s", _numbers("f.since", seconds, exact=False), _ALL
    ),
    "turn": Field("the turn's number", "turn:2..4", _numbers("f.turn", whole), _ALL),
    "event": Field("the frame's event", "event:state", _names("f.event")),
    "size": Field("the bytes it takes", "size>10kb", _numbers("f.size", octets), _ALL),
    "is": Field("what it is", "is:problem", _is, EQUAL, tuple(_IS)),
    "model": Field("the model it names", "model:gpt-4o", _mentions("f.model")),
    "tool": Field("the tool it names", "tool:dock_lookup", _mentions("f.tool")),
    "remark": Field("what was remarked on it", 'remark:"ask Ana"', _mentions("m.remark")),
    "seq": Field("its number", "seq:100..200", _numbers("f.seq", whole), _ALL),
}
"""Every field by its name."""
