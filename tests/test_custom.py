"""The payload of a custom action as text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from tests.decoding import JSON
from vftui.session.custom import MAX_TEXT, payload_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        ("just words", "just words"),
        ("{ 'accent': 'teal' }", "{ 'accent': 'teal' }"),
        ('{"amount": 6.5', '{"amount": 6.5'),
        ("7", "7"),
        ("[" * 100_000, "[" * MAX_TEXT + "… ‹100,000 characters in the traces›"),
        (
            ' {"name":"Käse","n":[1,null]}',
            '{\n  "name": "Käse",\n  "n": [\n    1,\n    null\n  ]\n}',
        ),
        ({"a": {}}, '{\n  "a": {}\n}'),
        ({}, "{}"),
        (True, "true"),
        (6.5, "6.5"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_payload_for_people(value: Any, text: str) -> None:
    assert payload_text(value) == text


@given(JSON)
def test_small_payloads_are_whole(value: Any) -> None:
    if value is not None and not isinstance(value, str):
        assert json.dumps(json.loads(payload_text(value))) == json.dumps(value)
        assert payload_text(json.dumps(value)) in (payload_text(value), json.dumps(value))


def test_data_is_told_by_its_size() -> None:
    data = "data:image/png;base64," + "QUJD" * 1024 + "=="
    assert payload_text({"image": data}) == (
        '{\n  "image": "data:image/png;base64,‹data, 3 KB›"\n}'
    )
    assert payload_text(data) == "data:image/png;base64,‹data, 3 KB›"
    address = "https://pay.example/" + "session=1&" * 100
    assert payload_text(address) == address


def test_what_is_long_is_cut_and_says_how_long_it_is() -> None:
    rows = [{"row": number} for number in range(10_000)]
    text = payload_text(rows)
    whole = len(json.dumps(rows))
    assert text.startswith('[\n  {\n    "row": 0\n  },') and len(text) < MAX_TEXT + 50
    assert text.endswith(f"… ‹{whole:,} characters in the traces›")
    assert payload_text("so many words " * 1000).endswith("… ‹14,000 characters in the traces›")


def test_depth_is_no_danger() -> None:
    deep: Any = "bottom"
    for _ in range(100_000):
        deep = [deep]
    text = payload_text(deep)
    assert text.startswith("[\n  [\n") and text.endswith("… ‹the whole in the traces›")


def test_megabytes_stay_short() -> None:
    for value in (
        [[number] for number in range(300_000)],
        {"text": "so many words " * 400_000},
        ("a" * 199 + " ") * 20_000,
    ):
        assert len(payload_text(value)) < MAX_TEXT + 50
