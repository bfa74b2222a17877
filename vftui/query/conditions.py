"""Conditions on an entry, as SQL, and how they are joined.

Two rules:

1. A condition is true or false, never NULL: what is not known passes no comparison, and so it
   passes the opposite of each.
2. Values are parameters: nothing that a person typed stands in the SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

PROBLEMS = object()
"""Stands among the parameters for the numbers of the entries that a problem was found in."""


class Where(NamedTuple):
    """A boolean SQL expression over `f` (facts), `e` (entries) and `m` (remarks, or NULLs)."""

    sql: str
    parameters: tuple[object, ...]
    needs_bytes: bool
    """Whether `e` is asked for anything."""
    needs_remarks: bool
    """Whether `m` is asked for anything."""


@dataclass(frozen=True)
class Condition:
    """A part of a query."""

    sql: str
    parameters: tuple[object, ...] = ()
    needs_bytes: bool = False
    needs_remarks: bool = False
    needles: tuple[str, ...] = ()
    """Texts that the entries contain which pass."""
    patterns: tuple[str, ...] = ()
    """Regular expressions that match in the entries which pass."""
    terms: int = 1
    """How many conditions it is made of."""
    depth: int = 0
    """How many parentheses are around its innermost one."""


def every(conditions: Sequence[Condition]) -> Condition:
    """All of them hold."""
    return _joined(conditions, " AND ")


def either(conditions: Sequence[Condition]) -> Condition:
    """At least one of them holds."""
    return _joined(conditions, " OR ")


def opposite(condition: Condition) -> Condition:
    """It does not hold. What it looks for is not to be seen in what passes."""
    return replace(
        condition,
        sql=f"NOT ({condition.sql})",
        needles=(),
        patterns=(),
        depth=condition.depth + 1,
    )


def _joined(conditions: Sequence[Condition], word: str) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    quick_first = sorted(conditions, key=lambda one: one.needs_bytes)
    return Condition(
        word.join(f"({one.sql})" for one in quick_first),
        tuple(value for one in quick_first for value in one.parameters),
        needs_bytes=any(one.needs_bytes for one in conditions),
        needs_remarks=any(one.needs_remarks for one in conditions),
        needles=tuple(dict.fromkeys(needle for one in conditions for needle in one.needles)),
        patterns=tuple(dict.fromkeys(pattern for one in conditions for pattern in one.patterns)),
        terms=sum(one.terms for one in conditions),
        depth=1 + max(one.depth for one in conditions),
    )
