"""Lines: words as a shell reads them, tails as they were typed, and where it went wrong."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.errors import ConfigurationError
from vftui.wire.line import Line, Mistake, variable

TYPED = st.text(st.sampled_from("ab=é\\'\" \t\n{}[]:,1"), max_size=30)


def words(text: str) -> list[str]:
    line, found = Line(text), []
    while not line.done:
        found.append(line.word("A word"))
    return found


@given(TYPED)
def test_words_are_those_of_shlex(text: str) -> None:
    try:
        expected = shlex.split(text)
    except ValueError:
        with pytest.raises(Mistake):
            words(text)
    else:
        assert words(text) == expected


@given(TYPED)
def test_a_tail_is_what_was_typed_or_what_is_between_its_quotes(text: str) -> None:
    tail = Line(text).tail()
    bare = text.strip(" \t\r\n")
    assert tail == bare or shlex.split(bare) == [tail]


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("it's fine", "it's fine"),
        (' "quoted whole" ', "quoted whole"),
        ('"two" "quoted"', '"two" "quoted"'),
        (r'"\"kept\""', '"kept"'),
        ("'tis", "'tis"),
        ("a\nb", "a\nb"),
    ],
)
def test_tails(text: str, tail: str) -> None:
    assert Line(text).tail() == tail


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        ('one "two', 5, 'this " is never closed.'),
        ("one t'wo", 6, "this ' is never closed."),
        ("one \\", 5, "there is nothing behind the backslash."),
    ],
)
def test_a_mistake_tells_its_column(text: str, column: int, what: str) -> None:
    with pytest.raises(Mistake) as caught:
        words(text)
    assert (caught.value.column, caught.value.what) == (column, what)
    assert caught.value.message == f"Column {column}: {what}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(JSON, JSON)
def test_json_needs_no_quotes_in_a_variable(first: Any, second: Any) -> None:
    line = Line(f"one={json.dumps(first)} two={json.dumps(second)}")
    assert line.variable() == ("one", first)
    assert line.variable() == ("two", second)
    assert line.done


@given(JSON)
def test_json_may_stand_in_a_shells_quotes_all_the_same(value: Any) -> None:
    assert Line(f"one={shlex.quote(json.dumps(value))}").variable() == ("one", value)
    assert variable(f"one={json.dumps(value)}") == ("one", value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x=Ada", "Ada"),
        ("x=", ""),
        ("x='Ada Lovelace'", "Ada Lovelace"),
        ('x="3"', "3"),
        ("x=3", 3),
        ("x=NaN", "NaN"),
        ("x=1e999", "1e999"),
        ("x={broken", "{broken"),
        ("x={}y", "{}y"),
        ("x=" + "9" * 5000, "9" * 5000),
        ("x=" + "[" * 100_000, "[" * 100_000),
        ("x=a=b", "a=b"),
    ],
)
def test_values(text: str, value: Any) -> None:
    line = Line(text)
    assert line.variable() == ("x", value) and line.done


@pytest.mark.parametrize("pair", ["", "x", "=3", "1x=3", "a b=3", "ä=3", "a.b=3", "a-b=3"])
def test_names_are_checked(pair: str) -> None:
    for read in (variable, lambda text: Line(shlex.quote(text)).variable()):
        with pytest.raises(ConfigurationError):
            read(pair)


@pytest.mark.parametrize(
    ("text", "column"), [("  {", 4), ('{"a" 1}', 6), ("[1e999]", 1), ("[NaN]", 1), ("", 1)]
)
def test_json_that_is_none_tells_its_column(text: str, column: int) -> None:
    with pytest.raises(Mistake) as caught:
        Line(text).json()
    assert caught.value.column == column
