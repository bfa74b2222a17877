"""What differs between two JSON values: enough to make the one of the other, and no more."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.render.difference import ABSENT, Change, difference

LEAVES = st.none() | st.booleans() | st.integers(-2, 2) | st.floats() | st.text("ab", max_size=2)
VALUES = st.recursive(
    LEAVES,
    lambda inside: (
        st.lists(inside, max_size=5) | st.dictionaries(st.text("xyz", max_size=1), inside)
    ),
    max_leaves=12,
)


def patched(old: Any, changes: list[Change]) -> Any:
    """The old value with the changes made to it."""
    root = [copy.deepcopy(old)]
    gone = [change for change in changes if change.new is ABSENT]
    for path, _, _ in reversed(gone):  # from the back: the numbers before it stay
        place = inside(root, path)
        del place[(0, *path)[-1]]
    for path, before, new in changes:
        key: Any
        key, place = (0, *path)[-1], inside(root, path)
        if new is ABSENT:
            continue
        if before is ABSENT and isinstance(place, list):
            place.insert(key, new)
        else:
            place[key] = new
    return root[0]


def inside(root: Any, path: tuple[Any, ...]) -> Any:
    """What holds the value at the path."""
    for key in (0, *path)[:-1]:
        root = root[key]
    return root


def written(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@given(VALUES, VALUES)
def test_the_changes_make_the_old_value_the_new_one(old: Any, new: Any) -> None:
    assert written(patched(old, difference(old, new))) == written(new)


@given(VALUES)
def test_a_value_does_not_differ_from_its_copy(value: Any) -> None:
    assert difference(value, json.loads(json.dumps(value))) == []


@given(VALUES, VALUES)
def test_every_change_is_one(old: Any, new: Any) -> None:
    for change in difference(old, new):
        assert (
            change.old is ABSENT
            or change.new is ABSENT
            or (written(change.old) != written(change.new))
        )


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({"a": 1, "b": 2}, {"b": 3, "c": 4}, ["b 2 3", "c ABSENT 4", "a 1 ABSENT"]),
        ([1, 2, 3], [1, 3], ["1 2 ABSENT"]),
        ([1, 3], [1, 2, 3], ["1 ABSENT 2"]),
        ({"n": 1}, {"n": True}, ["n 1 True"]),
        ({"n": 1}, {"n": 1.0}, ["n 1 1.0"]),
        ({"n": None}, {}, ["n None ABSENT"]),
        ([], {}, [" [] {}"]),
    ],
)
def test_what_is_told(old: Any, new: Any, changes: list[str]) -> None:
    told = [f"{'.'.join(map(str, path))} {a!r} {b!r}" for path, a, b in difference(old, new)]
    assert told == changes


def test_what_is_nested_deeply_is_compared() -> None:
    old: Any = 1
    new: Any = 2
    for _ in range(5_000):
        old, new = [old], [new]
    (change,) = difference(old, new)
    assert len(change.path) == 5_000 and change[1:] == (1, 2)
