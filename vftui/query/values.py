"""What stands behind a field: numbers, durations, sizes, levels, and ranges of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from vftui.query.errors import QueryError, nearest
from vftui.wire.levels import LEVELS

_DURATIONS = {"": 0.001, "ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
_SIZES = {"": 1, "b": 1, "kb": 10**3, "kib": 2**10, "mb": 10**6, "mib": 2**20}
_FIGURE = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)([a-z]*)", re.ASCII | re.IGNORECASE)


class Value(NamedTuple):
    """A value as it was typed, without its quotation marks or slashes."""

    text: str
    at: int
    """Where it begins in the query."""
    length: int
    """How many characters it takes there."""
    form: Literal["word", "quoted", "pattern"] = "word"

    def error(self, message: str, hint: str = "") -> QueryError:
        """An error that points at the value."""
        return QueryError(message, hint, at=self.at, length=self.length)


Read = Callable[[Value], float]
"""Reads a value as a number, or raises."""


def whole(value: Value) -> float:
    """A number such as `401`."""
    if not re.fullmatch(r"\d{1,15}", value.text, re.ASCII):
        raise value.error("This is not a whole number.", "Write a number such as 3.")
    return int(value.text)


def seconds(value: Value) -> float:
    """A duration such as `500ms`; without a unit it is milliseconds, as the list shows them."""
    return _figure(value, _DURATIONS, "a duration", "500ms, 2s, 1min")


def octets(value: Value) -> float:
    """A size such as `10kb`; without a unit it is bytes."""
    return _figure(value, _SIZES, "a size", "800, 10kb, 1mib")


def level(value: Value) -> float:
    """The number of a level."""
    number = LEVELS.get(value.text.lower())
    if number is None:
        raise value.error("There is no such level.", nearest(value.text, LEVELS))
    return number


def _figure(value: Value, units: Mapping[str, float], what: str, examples: str) -> float:
    found = _FIGURE.fullmatch(value.text)
    if found is None:
        raise value.error(f"This is not {what}.", f"Write it as {examples}.")
    unit = units.get(found[2].lower())
    if unit is None:
        at = value.at + found.start(2)
        hint = nearest(found[2], filter(None, units))
        raise QueryError(f"{found[2]} is no unit of {what}.", hint, at=at, length=len(found[2]))
    return float(found[1]) * unit if "." in found[1] else int(found[1]) * unit


def limits(value: Value, read: Read) -> tuple[float | None, float | None]:
    """The ends of a range such as `2..4`, `2..` or `..4`; None: it is open there."""
    first, _, last = value.text.partition("..")
    at = value.at + len(first) + 2
    low = read(Value(first, value.at, len(first))) if first else None
    high = read(Value(last, at, len(last))) if last else None
    if low is None and high is None:
        raise value.error("This range has no ends.", "Write it as 2..4, 2.. or ..4")
    if low is not None and high is not None and low > high:
        raise value.error("This range ends before it begins.", f"Write it as {last}..{first}")
    return low, high
