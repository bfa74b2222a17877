"""Actions: their exact JSON, what is refused, their labels."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.errors import ConfigurationError
from vftui.wire.actions import (
    describe,
    encode,
    event,
    launch,
    no_reply,
    parse_action,
    text,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_the_exact_json() -> None:
    assert encode(launch()) == b'{"type":"launch"}'
    assert encode(text("größer?")) == '{"type":"text","payload":"größer?"}'.encode()
    assert encode(event("checkout")) == b'{"type":"event","payload":{"event":{"name":"checkout"}}}'
    assert encode(no_reply()) == b'{"type":"no-reply"}'


@given(st.text(alphabet=st.characters()))
def test_any_text_leaves_as_valid_utf8_and_means_the_same(said: str) -> None:
    body = encode(text(said))
    assert json.loads(body.decode("utf-8"))["payload"] == said


def test_a_lone_surrogate_is_an_escape() -> None:
    assert encode(text("\ud83d")) == b'{"type":"text","payload":"\\ud83d"}'


@given(st.dictionaries(st.text(), JSON, max_size=4), st.text(min_size=1))
def test_a_parsed_action_is_what_was_written(extra: dict[str, Any], kind: str) -> None:
    written = {**extra, "type": kind}
    parsed = parse_action(json.dumps(written))
    if written.get("payload", ...) is None:
        del written["payload"]
    assert parsed == written


def test_a_null_payload_is_left_out() -> None:
    assert parse_action('{"type":"launch","payload":null}') == {"type": "launch"}


@pytest.mark.parametrize(
    "source",
    ["", "hello", "[]", '"text"', "{}", '{"type":""}', '{"type":3}', '{"type":null}', "{",
     '{"type":"x","payload":NaN}', '{"type":"x","payload":1e999}', '{"type":"x","n":-Infinity}',
     '{"type":"x","n":' + "9" * 5000 + "}", "[" * 100_000],
)  # fmt: skip
def test_what_is_no_action_is_refused_with_an_example(source: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_action(source)
    assert '"type"' in caught.value.hint


def test_a_syntax_error_says_where() -> None:
    with pytest.raises(ConfigurationError, match="line 2, column 3"):
        parse_action('{\n  type: "text"}')


@pytest.mark.parametrize(
    ("action", "label"),
    [
        (launch(), "launch"),
        (text("hire a  bike\nnow"), 'text "hire a bike now"'),
        (event("checkout"), 'event "checkout"'),
        ({"type": "path-x", "payload": {"label": "Hire a bike"}}, 'path-x "Hire a bike"'),
        (
            {"type": "intent", "payload": {"intent": {"name": "hours"}, "query": ""}},
            'intent "hours"',
        ),
        ({"type": "paid", "payload": {"ref": "A1"}}, "paid"),
        ({"payload": 3}, "action without a type"),
        ({"type": 7, "payload": {"event": "x", "label": None}}, "action without a type"),
    ],
)
def test_labels(action: dict[str, Any], label: str) -> None:
    assert describe(action) == label


@given(st.dictionaries(st.sampled_from(["type", "payload", "x"]), JSON))
def test_any_action_has_a_short_label(action: dict[str, Any]) -> None:
    assert describe({**action, "type": "t"})
    assert len(describe(text("long " * 100))) < 80
