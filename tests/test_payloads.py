"""Every trace type: a payload that fits its model, and one that does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.decoding import JSON, NEARLY, WORDS, frame, told
from vftui.wire import payloads as p
from vftui.wire.charges import Counts
from vftui.wire.traces import decode

SECRET = "zanzibar-4711"
REQUEST = {"type": "path-x", "payload": {"label": "Go", "actions": []}, "extra": [None]}
BUTTON = {"name": "Go", "request": REQUEST}
MARKS = [{"children": [{"text": "so "}, {"text": "bold", "fontWeight": "700"}]}]

ODD: list[Any] = [None, "{'a'", [1], True, {}]
"""Payloads of custom actions."""

# Every type: a payload, the model it becomes, and what the model then says.
GOOD: list[tuple[str, Any, type[p.Payload], dict[str, Any]]] = [
    (
        "text",
        {"message": "Hi", "messageID": "m", "ai": True, "sourceUrls": [{"url": "u"}, {}, 5]},
        p.Text,
        {"text": "Hi", "message_id": "m", "ai": True, "source_urls": [p.Source(url="u")]},
    ),
    ("text", {"message": "", "ai": 1, "sourceUrls": 7}, p.Text, {"ai": None, "source_urls": None}),
    ("text", {"slate": {"content": MARKS}}, p.Text, {"text": "so **bold**"}),
    ("text", {"message": "", "slate": {"content": MARKS}}, p.Text, {"text": "so **bold**"}),
    ("text", {"message": "", "slate": None}, p.Text, {"text": ""}),
    (
        "speak",
        {"type": "message", "message": '<voice name="A">Fish &amp; chips</voice>'},
        p.Speak,
        {"spoken": "Fish & chips", "sound": None, "kind": "message"},
    ),
    ("speak", {"src": "https://a.example/x.mp3"}, p.Speak, {"spoken": "", "sound": "a.example"}),
    (
        "speak",
        {"message": "<audio src='data:audio/mp3;base64," + "A" * 4096 + "'/>"},
        p.Speak,
        {"spoken": "", "sound": "inline, 3 KB"},
    ),
    ("speak", {"src": "http://[bad"}, p.Speak, {"sound": "elsewhere"}),
    (
        "audio",
        {"state": "content", "content": "SUQz", "encoding": "audio/mp3", "duration": 240},
        p.Audio,
        {"state": "content", "content": "SUQz", "duration": 240},
    ),
    (
        "completion",
        {"state": "start", "messageID": "m", "ai": True, "sourceUrls": [{"url": "u", "name": "n"}]},
        p.Completion,
        {"state": "start", "text": "", "message_id": "m", "tokens": None, "ai": True},
    ),
    ("completion", {"state": "content", "content": "Hi"}, p.Completion, {"text": "Hi"}),
    ("completion", {"state": "paused", "reason": 1}, p.Completion, {"state": "paused", "text": ""}),
    (
        "completion",
        {"state": "end", "usage": {"queryTokens": 2, "answerTokens": 3, "model": "x"}},
        p.Completion,
        {"state": "end", "tokens": Counts(5, 2, 3), "model": "x"},
    ),
    ("completion", {"state": "end", "totalTokens": 9}, p.Completion, {"tokens": Counts(9, 0, 0)}),
    ("completion", {"state": "end", "tokens": "many"}, p.Completion, {"tokens": None}),
    (
        "completion-start",
        {"completion": "A ", "type": "text", "tokens": {"model": "g", "answer": 2, "query": 4}},
        p.Completion,
        {"state": "start", "text": "A ", "tokens": Counts(6, 4, 2), "model": "g", "type": "text"},
    ),
    (
        "completion-continue",
        {"completion": "b", "tokens": {"answer": True, "query": float("nan"), "total": -1}},
        p.Completion,
        {"state": "content", "text": "b", "tokens": None},
    ),
    ("completion-continue", {"completion": None}, p.Completion, {"text": "", "tokens": None}),
    ("completion-end", None, p.Completion, {"state": "end", "text": ""}),
    ("completion-end", {"completion": "c"}, p.Completion, {"state": "end", "text": "c"}),
    (
        "visual",
        {"visualType": "image", "image": "i", "dimensions": {"width": 12, "height": 10**400}},
        p.Visual,
        {"image": "i", "width": 12, "height": None},
    ),
    ("visual", {"visualType": "apl", "imageURL": "i"}, p.Visual, {"image": "i"}),
    (
        "cardV2",
        {"title": "T", "description": {"text": "D"}, "imageUrl": "i", "buttons": [BUTTON]},
        p.Card,
        {"title": "T", "description": "D", "image_url": "i"},
    ),
    ("cardV2", {"description": {"slate": MARKS}}, p.Card, {"description": "so **bold**"}),
    (
        "card",
        {"title": "T", "text": "D", "image": {"largeImageUrl": "i"}},
        p.Card,
        {"title": "T", "description": "D", "image_url": "i", "buttons": None},
    ),
    (
        "carousel",
        {"layout": "List", "cards": [{"id": "c", "title": "A", "buttons": []}, {}]},
        p.Carousel,
        {"layout": "List", "cards": [p.Card(title="A", buttons=[]), p.Card()]},
    ),
    (
        "choice",
        {"buttons": [BUTTON]},
        p.Choice,
        {"buttons": [p.Button(name="Go", request=REQUEST)]},
    ),
    (
        "choice",
        {"choices": [{"name": "", "intent": "x"}]},
        p.Choice,
        {"buttons": [p.Button(name="")]},
    ),
    ("stream", {"action": "PLAY", "src": "s", "title": "T"}, p.Stream, {"action": "PLAY"}),
    (
        "knowledgeBase",
        {
            "chunks": [{"score": 0.8, "documentID": "d", "documentData": {"name": "N"}}, {}],
            "query": {"output": "O"},
        },
        p.KnowledgeBase,
        {
            "chunks": [
                p.Chunk.model_validate(
                    {"score": 0.8, "documentID": "d", "documentData": {"name": "N"}}
                ),
                p.Chunk(),
            ],
            "output": "O",
        },
    ),
    ("knowledgeBase", {"faqAnswer": "A"}, p.KnowledgeBase, {"faq_answer": "A", "chunks": None}),
    ("reasoning", {"state": "content", "content": "x"}, p.Reasoning, {"text": "x"}),
    ("reasoning", {"state": "final", "message": "y"}, p.Reasoning, {"state": "final", "text": "y"}),
    ("tool-call", {"callID": "c", "state": "start"}, p.ToolCall, {"call_id": "c"}),
    ("end", None, p.End, {}),
    ("end", {"reason": "bye"}, p.End, {}),
    ("no-reply", {"timeout": 20}, p.NoReply, {"timeout": 20}),
    (
        "entity-filling",
        {"entityToFill": "dock", "intent": {"payload": {"intent": {"name": "find"}}}},
        p.EntityFilling,
        {"entity": "dock", "intent": "find"},
    ),
    ("goto", {"request": REQUEST}, p.Goto, {"request": REQUEST}),
    (
        "call-forward",
        {"addressType": "phone", "address": "+1"},
        p.CallForward,
        {"address": "+1", "address_type": "phone"},
    ),
    (
        "dtmf",
        {"enabled": True, "timeoutInSeconds": 5, "delimiter": ["#"], "maxDigits": 4},
        p.Dtmf,
        {"enabled": True, "timeout": 5, "delimiter": ["#"], "max_digits": 4},
    ),
    ("realtime-agent", {"action": "START", "input": {}}, p.RealtimeAgent, {"action": "START"}),
    (
        "live-agent-handoff",
        {"message": "M", "event": "chat_started", "agent": {"name": "Bo"}},
        p.LiveAgentHandoff,
        {"message": "M", "event": "chat_started", "agent": "Bo"},
    ),
    (
        "channel-action",
        {"name": "set_theme", "payload": [1]},
        p.ChannelAction,
        {"name": "set_theme", "payload": [1]},
    ),
    ("flow", {"diagramID": "d", "name": "ROOT"}, p.Flow, {"diagram_id": "d", "name": "ROOT"}),
    ("block", {"blockID": "b"}, p.Block, {"block_id": "b"}),
    ("path", {"path": "choice:1"}, p.PathTaken, {"path": "choice:1"}),
    (
        "log",
        {"kind": "step.text", "level": "info", "message": {"a": 1}, "timestamp": "t"},
        p.Log,
        {"kind": "step.text", "message": {"a": 1}},
    ),
    (
        "debug",
        {"message": "m", "level": "warn", "context": "Agent", "type": "api",
         "ref": {"type": "agent"}, "metadata": {"latency": 187}},
        p.Debug,
        {"level": "warn", "context": "Agent", "kind": "api", "ref": {"type": "agent"},
         "latency": 187},
    ),
    ("debug", {"message": "m", "level": 3, "metadata": []}, p.Debug,
     {"level": None, "metadata": None, "latency": None}),
    *[("seat-map", value, p.Unknown, {"value": value}) for value in ODD],
]  # fmt: skip


@pytest.mark.parametrize(("kind", "payload", "model", "expected"), GOOD)
def test_a_payload_that_fits(
    kind: str, payload: Any, model: type[p.Payload], expected: dict[str, Any]
) -> None:
    raw = {"type": kind, "payload": payload, "unknown": [1]}
    trace = told(raw)
    assert type(trace.payload) is model
    assert {name: getattr(trace.payload, name) for name in expected} == expected
    assert json.dumps(trace.raw) == json.dumps(raw)


def test_there_is_an_example_of_every_type() -> None:
    assert {kind for kind, *_ in GOOD} == {*p.MODELS, "seat-map"}


# Every type but `end`, which means the same whatever it brings: payloads that do not fit.
BAD: list[tuple[str, Any, str]] = [
    ("text", {"text": SECRET}, "it has none of message, slate"),
    ("text", {"message": [SECRET], "slate": SECRET}, "it has none of message, slate"),
    ("speak", {"src": None}, "it has none of message, src"),
    ("audio", {"content": SECRET}, "state is missing"),
    ("completion", {"content": SECRET}, "state is not text"),
    ("completion", {"state": "content", "content": {SECRET: 1}}, "text is not text"),
    ("completion-start", {"completion": [SECRET]}, "text is not text"),
    ("completion-continue", {"completion": 5}, "text is not text"),
    ("completion-end", {"completion": True}, "text is not text"),
    ("visual", {"document": SECRET}, "it has none of image, visual_type"),
    ("cardV2", {"title": {"text": SECRET}}, "title is not text"),
    ("card", {"buttons": {SECRET: 1}}, "buttons is not a list"),
    ("card", {"price": SECRET}, "it has nothing of a card"),
    ("carousel", {"cards": [{"title": "A"}, SECRET]}, "cards.1 is not an object"),
    ("carousel", {"items": SECRET}, "cards is missing"),
    ("choice", {"buttons": [BUTTON, {"label": SECRET}]}, "buttons.1 has nothing of a button"),
    ("choice", {"buttons": [{"name": 5}]}, "buttons.0.name is not text"),
    ("choice", {"buttons": [{"name": "x", "request": SECRET}]},
     "buttons.0.request is not an object"),
    ("stream", {"src": SECRET}, "action is missing"),
    ("knowledgeBase", {"chunks": {SECRET: 1}}, "chunks is not a list"),
    ("reasoning", {"content": SECRET}, "state is missing"),
    ("tool-call", {"callID": SECRET}, "state is missing"),
    ("no-reply", {"timeout": SECRET}, "timeout has an unusable value"),
    ("no-reply", {"timeout": -4711}, "timeout has an unusable value"),
    ("no-reply", {"timeout": float("inf")}, "timeout has an unusable value"),
    ("no-reply", {"timeout": 10**400}, "timeout has an unusable value"),
    ("no-reply", {"timeout": True}, "timeout has an unusable value"),
    ("entity-filling", {"entityToFill": None}, "entityToFill is not text"),
    ("goto", {"request": SECRET}, "request is not an object"),
    ("call-forward", {"addressType": SECRET}, "address is missing"),
    ("dtmf", {"enabled": SECRET}, "enabled is neither true nor false"),
    ("realtime-agent", {"action": {SECRET: 1}}, "action is not text"),
    ("live-agent-handoff", {"agent": SECRET}, "it has none of message, event"),
    ("channel-action", {"payload": SECRET}, "name is missing"),
    ("flow", {"diagramID": 5, "other": SECRET}, "it has none of diagram_id, name"),
    ("block", {"blockID": None}, "blockID is not text"),
    ("path", None, "path is missing"),
    ("log", {"level": SECRET}, "it has none of kind, message"),
    ("debug", {"message": {"a": SECRET}}, "message is not text"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "payload", "problem"), BAD)
def test_a_payload_that_does_not_fit_is_unknown_and_never_quoted(
    kind: str, payload: Any, problem: str
) -> None:
    raw = {"type": kind, "payload": payload, "paths": [{"event": {"type": "done"}}]}
    decoded = decode(frame(raw))
    assert decoded.trace is not None and decoded.kind == decoded.trace.type == kind
    assert decoded.trace.payload == p.Unknown(value=payload)
    assert (decoded.trace.raw, decoded.trace.paths[0].event_type) == (raw, "done")
    assert decoded.problem == f"the {kind} payload does not fit: {problem}"
    assert SECRET not in decoded.problem and "4711" not in decoded.problem


def test_every_type_but_end_has_a_payload_that_does_not_fit() -> None:
    assert {kind for kind, *_ in BAD} == {*p.MODELS} - {"end"}


@pytest.mark.parametrize("kind", sorted({*p.MODELS} - {"end"}))
@pytest.mark.parametrize("payload", [SECRET, [SECRET], True, 4711])
def test_a_known_type_needs_an_object(kind: str, payload: Any) -> None:
    decoded = decode(frame({"type": kind, "payload": payload}))
    assert decoded.problem == f"the {kind} payload is not an object"
    assert decoded.trace is not None and decoded.trace.payload == p.Unknown(value=payload)


@given(st.sampled_from(sorted(p.MODELS)), NEARLY | JSON)
def test_errors_hold_words_of_the_models_only(kind: str, payload: Any) -> None:
    """A value that stands only in the input cannot be in the sentence: each is made unique."""
    decoded = decode(frame({"type": kind, "payload": _marked(payload)}))
    assert "\u2603" not in (decoded.problem or "")


def _marked(value: Any) -> Any:
    """The value with a snowman in each text that is not a key of a model."""
    if isinstance(value, dict):
        return {k if k in WORDS else f"\u2603{k}": _marked(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_marked(one) for one in value]
    return f"\u2603{value}" if isinstance(value, str) else value


def test_a_button_keeps_its_request_verbatim() -> None:
    payload = told({"type": "choice", "payload": {"buttons": [BUTTON]}}).payload
    assert isinstance(payload, p.Choice)
    assert json.dumps(payload.buttons[0].request) == json.dumps(REQUEST)


@pytest.mark.parametrize(
    ("button", "label"),
    [
        ({"name": " Go "}, " Go "),
        ({"name": " ", "request": {"type": "path-x", "payload": {"label": "Go"}}}, "Go"),
        ({"request": {"type": "path-x", "payload": {"label": " "}}}, "path-x"),
        ({"name": None, "request": {"type": "text", "payload": "when?"}}, 'text "when?"'),
        ({"name": "", "request": {}}, ""),
        ({"name": " "}, ""),
        ({}, ""),
    ],
)
def test_a_button_is_called_by_its_name_or_its_request(button: Any, label: str) -> None:
    assert p.Button.model_validate(button).label == label


@pytest.mark.parametrize(("kind", "own"), [("end", None), ("card", "title"), ("card", "buttons"),
                                           ("completion-start", "completion")])  # fmt: skip
def test_a_type_that_nearly_anything_fits_is_meant_when_it_has_no_ways_on(
    kind: str, own: str | None
) -> None:
    ways = {"paths": [{"event": {"type": "done"}}]}
    foreign = told({"type": kind, "payload": {}, **ways})
    assert foreign.payload == p.Unknown(value={})
    assert type(told({"type": kind, "payload": {}}).payload) is p.MODELS[kind]
    assert type(told({"type": kind, "payload": {}, "paths": [{}]}).payload) is p.MODELS[kind]
    if own:
        meant = told({"type": kind, "payload": {own: None}, **ways})
        assert type(meant.payload) is p.MODELS[kind]


def test_sound_is_never_in_a_label() -> None:
    sound = "data:audio/mp3;base64," + "QUJD" * 500
    for kind, payload in (
        ("speak", {"type": "audio", "message": f'<audio src="{sound}"/>', "src": sound}),
        ("speak", {"type": "audio", "message": f'<audio src="{sound}'}),
        ("audio", {"state": "content", "content": "QUJD" * 500}),
        ("stream", {"action": "PLAY", "src": sound}),
    ):
        one = told({"type": kind, "payload": payload}).payload
        shown = [repr(one), getattr(one, "spoken", ""), getattr(one, "sound", "")]
        assert not any("QUJD" in text for text in shown)
