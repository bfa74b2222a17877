"""Actions: their exact JSON, what is refused, their labels."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.demo import gate
from vftui.errors import ConfigurationError
from vftui.wire import actions
from vftui.wire.actions import (
    check,
    describe,
    encode,
    event,
    launch,
    no_reply,
    parse_action,
    text,
)
from vftui.wire.dialects import DIALECTS, Api

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
    assert encode(launch("night")) == b'{"type":"launch","payload":{"persona":"night"}}'
    assert encode(actions.intent("hours")) == (
        b'{"type":"intent","payload":{"intent":{"name":"hours"},"query":"","entities":[]}}'
    )
    assert encode(actions.path("path-1", "Hire")) == (
        b'{"type":"path-1","payload":{"label":"Hire","actions":[]}}'
    )
    assert encode(actions.path("paid")) == b'{"type":"paid"}'
    assert encode(actions.message("hi")) == b'{"type":"message","payload":{"message":"hi"}}'
    assert encode(actions.end()) == b'{"type":"end"}'
    assert encode(actions.end("done")) == b'{"type":"end","payload":{"reason":"done"}}'
    assert encode(actions.dtmf("4#")) == b'{"type":"dtmf","payload":"4#"}'
    assert encode(actions.file("https://x/a", "text/plain", "a", "see")) == (
        b'{"type":"file","payload":{"text":"see",'
        b'"files":[{"mimeType":"text/plain","url":"https://x/a","filename":"a"}]}}'
    )
    assert encode(actions.handoff("message", "hi")) == (
        b'{"type":"live-agent-handoff","payload":{"type":"message","message":"hi"}}'
    )


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


@pytest.mark.parametrize(
    ("action", "refused"),
    [
        (launch(), {}),
        ({"type": "launch", "payload": None}, {
            "v2": "v2 refuses “launch” whose payload is not an object.",
            "v2beta1": "v2beta1 refuses “launch” whose payload is not an object.",
        }),
        ({"type": "no-reply", "payload": None}, {}),
        (text("hi"), {}),
        ({"type": "text"}, {
            api: f"{api} refuses “text” without payload, which must be text." for api in DIALECTS
        }),
        (actions.intent("hours"), {}),
        ({"type": "intent", "payload": {"intent": {"name": "x"}}}, {
            "v2": "v2 refuses “intent” without payload.entities, which must be a list.",
            "v2beta1": "v2beta1 refuses “intent” without payload.entities, which must be a list.",
        }),
        (event("x"), {"v2beta1": "“event” is known in v4 and v2; v2beta1 may ignore it."}),
        ({"type": "path-x", "payload": {}}, {
            api: f"{api} refuses “path-x” without payload.label, which must be text."
            for api in DIALECTS
        }),
        ({"type": "paid", "payload": "A1"}, {
            "v2": "v2 refuses “paid” whose payload is not an object.",
            "v2beta1": "v2beta1 refuses “paid” whose payload is not an object.",
        }),
        (actions.dtmf("4"), {
            "v2": "v2 refuses “dtmf” whose payload is not an object.",
            "v2beta1": "v2beta1 refuses “dtmf” whose payload is not an object.",
        }),
        (actions.message("hi"), {
            "v2": "“message” is known in v4; v2 may ignore it.",
            "v2beta1": "“message” is known in v4; v2beta1 may ignore it.",
        }),
        ({"type": "file", "payload": {}}, {
            "v4": "v4 refuses “file” without payload.files, which must be a list.",
            "v2": "“file” is known in v4; v2 may ignore it.",
            "v2beta1": "“file” is known in v4; v2beta1 may ignore it.",
        }),
        ({}, dict.fromkeys(DIALECTS, "The action has no type, or one that is not text.")),
    ],
)  # fmt: skip
def test_what_a_generation_does_not_take(action: dict[str, Any], refused: dict[Api, str]) -> None:
    assert {api: told for api in DIALECTS if (told := check(action, api))} == refused


TYPES = st.sampled_from(
    ["launch", "text", "intent", "event", "path-1", "paid", "no-reply", "message", "end", "dtmf",
     "file", "live-agent-handoff"]
)  # fmt: skip
PAYLOADS = JSON | st.fixed_dictionaries(
    {},
    optional={
        "intent": st.fixed_dictionaries({}, optional={"name": st.text() | st.none()}),
        "event": st.fixed_dictionaries({}, optional={"name": st.text() | st.none()}),
        "entities": st.lists(JSON, max_size=1) | st.none(),
        **dict.fromkeys(("label", "message", "type", "files"), st.text() | st.none()),
    },
)


@given(TYPES, st.sampled_from(list(DIALECTS)), st.none() | st.tuples(PAYLOADS))
def test_what_passes_the_check_passes_the_demo_agents_gate(
    kind: str, api: Api, payload: tuple[Any] | None
) -> None:
    action = {"type": kind} | ({} if payload is None else {"payload": payload[0]})
    who = {"session": {"userID": "ada", "sessionID": "s"}}
    refusal = check(action, api)
    try:
        gate.check_action(api, {"action": action, **who})
    except gate.Refusal:
        assert refusal is not None and "refuses" in refusal
    else:
        assert refusal is None or "may ignore" in refusal
