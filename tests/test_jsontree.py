"""JSON as rows that fold: whatever the value and the width, nothing of it is lost."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from vftui.render.jsonpath import jsonpath
from vftui.render.text import escaped
from vftui.ui.jsontree import LONG, RUN, Tree
from vftui.ui.page import LEAST, Line, Lines, Page

TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        "a\nb\n",
        "\n\n",
        "\\n\\",
        "\x1b[2J",
        "漢字" * 30,
        "\ud800",
        '"\n"',
        "x" * (LONG + 1),
        "\u202e",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXTS, inside, max_size=4),
    max_leaves=10,
)


def row(page: Page, y: int) -> str:
    return "".join(text for text, _ in page.words(y))


def rows(page: Page) -> list[str]:
    return [row(page, y) for y in range(len(page))]


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


@given(VALUES, st.integers(LEAST + 2, 100), st.booleans())
def test_every_row_fits_and_says_where_its_value_is(value: Any, width: int, unfold: bool) -> None:
    tree = Tree(value)
    if unfold:
        tree.unfold()
    tree.lay_out(width)
    for y in range(len(tree)):
        assert cell_len(row(tree, y)) <= max(width, width // 2 + 2 * LEAST + 4)
        assert row(tree, y) == escaped(row(tree, y)) and "\n" not in row(tree, y)
        place = tree.place(y)
        assert place is not None and place.path is not None
        assert place.value is at(value, place.path)


@given(TEXTS, st.integers(LEAST + 2, 60))
def test_an_unfolded_string_is_all_there(text: str, width: int) -> None:
    tree = Tree([text])
    tree.unfold()
    tree.lay_out(width)
    first, *rest = (line[2:] for line in rows(tree))
    told = first.removeprefix("0: ") + "".join(line[2:] for line in rest)
    assert json.loads(told) == text


@given(VALUES, st.data())
def test_what_is_folded_unfolds_to_the_same_rows(value: Any, data: st.DataObject) -> None:
    tree = Tree(value)
    tree.unfold()
    tree.lay_out(40)
    before = rows(tree)
    y = data.draw(st.integers(0, len(tree) - 1))
    if tree.folds(y):
        y = tree.row_of(tree.anchor(y))
        tree.toggle(y)
        assert len(tree) <= len(before) and rows(tree)[:y] == before[:y]
        tree.toggle(y)
        assert rows(tree) == before


def test_a_note_stands_above_and_is_no_value() -> None:
    tree = Tree({"a": 1}, "the data is not\nJSON")
    tree.lay_out(40)
    assert rows(tree) == ["  the data is not↵JSON", "  a: 1"]
    assert tree.place(0) is None and not tree.folds(0)


@pytest.mark.parametrize(("value", "told"), [(1, "1"), ([], "[]"), ({}, "{}"), ("", '""')])
def test_a_value_without_members_is_one_row(value: Any, told: str) -> None:
    tree = Tree(value)
    tree.lay_out(40)
    assert rows(tree) == [f"  {told}"]
    assert tree.place(0) == ((), value)


def test_base64_is_told_by_its_size() -> None:
    tree = Tree({"sound": "SUQzBAAAAAAA" * 10})
    tree.lay_out(40)
    assert rows(tree) == ['▸ sound: "‹base64, 90 B›" 120 B']
    tree.toggle(0)
    assert "".join(line.strip(' ▾"') for line in rows(tree)) == 'sound: "' + "SUQzBAAAAAAA" * 10


def test_a_folded_value_says_what_is_inside() -> None:
    tree = Tree({"a": {"b": [1, 2, {"c": "x"}]}})
    tree.lay_out(40)
    tree.fold()
    assert rows(tree) == ['▸ a: {1} {"b": [1, 2, {"c": "x"}]}']


def test_long_lists_unfold_in_runs() -> None:
    tree = Tree({"many": list(range(300_000)), "few": [1]})
    tree.lay_out(40)
    assert len(tree) == 300 + 3
    assert re.match(r" +▸ 0 … 999$", rows(tree)[1]) and tree.place(1) is None
    tree.toggle(300)
    assert len(tree) == 300 + 3 + RUN
    last = tree.place(300 + RUN)
    assert last is not None and last.path is not None
    assert (jsonpath(last.path), last.value) == ("$.many[299999]", 299_999)


def test_long_objects_unfold_in_runs() -> None:
    tree = Tree({f"v{n}": n for n in range(2500)})
    tree.lay_out(40)
    assert len(tree) == 3
    tree.toggle(2)
    assert len(tree) == 503 and rows(tree)[-1].strip() == "v2499: 2499"


def test_what_is_nested_deeply_folds_like_the_rest() -> None:
    value: Any = 1
    for _ in range(5_000):
        value = [value]
    tree = Tree(value)
    tree.unfold()
    tree.lay_out(40)
    assert len(tree) == 5_000
    tree.toggle(0)
    assert len(rows(tree)) == 1


def test_the_outermost_unfold_first() -> None:
    tree = Tree({"a": {"b": [0] * 900}, "c": {"d": 1}})
    tree.lay_out(60)
    assert [line.strip(" ▸▾") for line in rows(tree)][::2] == ["a: {1}", "c: {1}"]


@given(st.text("ab \u202e漢\x00", max_size=200), st.integers(0, 12), st.integers(1, 40))
def test_lines_are_broken_and_keep_their_indentation(text: str, indent: int, width: int) -> None:
    page = Lines([Line([(" " * indent, "mark"), (text, "value")])])
    page.lay_out(width)
    assert all(cell_len(line) <= max(2, width) for line in rows(page))
    assert "".join(rows(page)).replace(" ", "") == text.replace(" ", "")
    assert {page.anchor(y) for y in range(len(page))} == {0}
