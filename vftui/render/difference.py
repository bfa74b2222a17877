"""What differs between two JSON values, such as the state before and after a turn.

Three rules:

1. Whoever makes the changes to the old value has the new one: nothing is left out.
2. Values are the same when their JSON is: `1`, `1.0` and `true` are three values.
3. Members are compared by their names, elements in their order. Where one of two lists is longer,
   what they begin and end with alike is put aside first.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, zip_longest
from typing import Any, Final, NamedTuple

from vftui.render.jsonpath import Path


class _Absent:
    """There is no value, which is not null."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""In place of the value that is not there any more, or was not there before."""


class Change(NamedTuple):
    """One value that differs."""

    path: Path
    """Where it stands in the new value; of one that is gone, where it stood in the old."""
    old: Any
    """`ABSENT`: it is new."""
    new: Any
    """`ABSENT`: it is gone."""


def difference(old: Any, new: Any) -> list[Change]:
    """The changes that make the old value the new one, in the order of the new one."""
    changes: list[Change] = []
    pile = [Change((), old, new)]
    while pile:  # JSON may be nested deeper than Python calls
        change = pile.pop()
        inside = _inside(change)
        if inside is not None:
            pile += reversed(list(inside))
        elif not _same(change.old, change.new):
            changes.append(change)
    return changes


def _inside(change: Change) -> Iterator[Change] | None:
    """The pairs of members to compare; None where there is nothing to look into."""
    path, old, new = change
    if isinstance(old, dict) and isinstance(new, dict):
        return _members(path, old, new)
    if isinstance(old, list) and isinstance(new, list):
        return _elements(path, old, new)
    return None


def _members(path: Path, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for key in chain(new, (key for key in old if key not in new)):
        one, other = old.get(key, ABSENT), new.get(key, ABSENT)
        if not _same(one, other):  # most are, and cost no path then
            yield Change((*path, key), one, other)


def _elements(path: Path, old: list[Any], new: list[Any]) -> Iterator[Change]:
    start, end = _ends(old, new) if len(old) != len(new) else (0, 0)
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    pairs = zip_longest(before, after, fillvalue=ABSENT)
    for number, (one, other) in enumerate(pairs, start):
        yield Change((*path, number), one, other)


def _ends(old: list[Any], new: list[Any]) -> tuple[int, int]:
    """How many elements two lists begin, and how many more they end with alike."""
    shorter = min(len(old), len(new))
    start = next((n for n in range(shorter) if not _alike(old[n], new[n])), shorter)
    rest = shorter - start
    end = next((n for n in range(rest) if not _alike(old[-1 - n], new[-1 - n])), rest)
    return start, end


def _alike(old: Any, new: Any) -> bool:
    """Whether two elements are the same all through."""
    pile = [(old, new)]
    while pile:
        one, other = pile.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            if one.keys() != other.keys():
                return False
            pile += [(value, other[key]) for key, value in one.items()]
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            pile += zip(one, other, strict=True)
        elif not _same(one, other):
            return False
    return True


def _same(old: Any, new: Any) -> bool:
    """Whether two values are seen to be the same without looking into them; NaN is itself."""
    if type(old) is not type(new) or isinstance(old, dict | list):
        return False
    return bool(old == new) or (old != old and new != new)
