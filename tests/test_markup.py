"""Rich text becomes Markdown, speech markup becomes words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.decoding import NEARLY
from vftui.wire.markup import slate_to_markdown, strip_ssml


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        ([{"text": "a "}, {"text": " b ", "fontWeight": "700", "italic": True}], "a  ***b***"),
        ([{"text": "u", "underline": True}, {"text": "s", "strikeThrough": True}], "u~~s~~"),
        (
            [{"type": "link", "url": "https://e.x/a (1)", "children": [{"text": "l"}]}],
            "[l](https://e.x/a%20%281%29)",
        ),
        ([{"type": "variable", "name": "city", "children": []}], "{city}"),
        ([{"type": "variable", "name": "city", "children": [{"text": "Rome"}]}], "Rome"),
        ([{"children": [{"children": [{"text": "deep"}]}, {"text": "er"}]}], "deeper"),
        ([{"text": ""}, {"text": None}, 5, {"text": " ", "italic": True}, {"text": "x"}], "x"),
        ([{"text": "x", "fontWeight": ["700"]}], "x"),
    ],
)
def test_slate_becomes_markdown(children: Any, expected: str) -> None:
    assert slate_to_markdown({"content": [{"children": children}]}) == expected
    assert slate_to_markdown([{"children": children}]) == expected


def test_blocks_of_a_slate_are_lines() -> None:
    blocks = [{"children": [{"text": text}]} for text in ("a", "", "b")]
    assert slate_to_markdown({"content": blocks}) == "a\n\nb"


def test_a_slate_may_be_nested_deeply() -> None:
    node: dict[str, Any] = {"text": "x", "fontWeight": "bold"}
    for _ in range(5000):
        node = {"children": [node]}
    assert slate_to_markdown([node]) == "**x**"


@given(NEARLY)
def test_slate_is_total(value: Any) -> None:
    assert isinstance(slate_to_markdown(value), str)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<speak>a <break time='1s'/>b</speak>", "a b"),
        ("2 < 3 &gt; 1", "2 < 3 > 1"),
        ("I <3 you", "I <3 you"),
        ("<!-- c --><?xml?>x", "x"),
        ("cut <audio src='data", "cut"),
        ("", ""),
    ],
)
def test_ssml_is_stripped(text: str, expected: str) -> None:
    assert strip_ssml(text) == expected
