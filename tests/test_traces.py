"""Frames to traces: the dialects, every body, the laws."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bodies import BODIES
from tests.decoding import JSON, NEARLY, body, frame, told
from vftui.wire import payloads as p
from vftui.wire.charges import charge_of, shadow_of
from vftui.wire.frames import Frame, FrameReader, parse_frame
from vftui.wire.traces import Decoded, Path, decode


def kinds(name: str) -> list[str]:
    """The kinds in a body, a run of the same as one."""
    found = [one.kind for one in body(name)]
    return [kind for i, kind in enumerate(found) if i == 0 or found[i - 1] != kind]


# The dialects.
BARE = {"type": "text", "payload": {"message": "Hi"}, "time": 5, "turnID": "t"}
ENVELOPE = {"type": "trace", "trace": BARE}
SHAPES = {
    "bare": BARE,
    "envelope": ENVELOPE,
    "drawn": {"type": "event", "event": "trace", "id": "1", "data": BARE},
    "drawn without a name": {"type": "event", "data": BARE},
    "drawn envelope": {"type": "event", "event": "trace", "data": ENVELOPE},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("event", ["trace", "message"])
def test_all_shapes_become_one_trace(shape: str, event: str) -> None:
    decoded = decode(frame(SHAPES[shape], event))
    assert decoded.trace == told(BARE)
    assert decoded.value == SHAPES[shape]


def test_custom_actions_may_be_called_like_the_shapes() -> None:
    for kind in ("trace", "event"):
        trace = told({"type": kind, "payload": {"a": 1}})
        assert trace.payload == p.Unknown(value={"a": 1})


UNTRACED: dict[str, tuple[bytes, str, Any, str | None]] = {
    "end with data": (b"event: end\ndata: {}\n\n", "end", {}, None),
    "end without data": (b"event: end\nid: 4\n\n", "end", None, None),
    "end of v2beta1": (b'event:end\ndata:{"type":"end"}\n\n', "end", {"type": "end"}, None),
    "end with empty data": (b"event: end\ndata:\n\n", "end", None, None),
    "state in an envelope": (
        b'event:state\ndata:{"type":"state","state":{}}\n\n',
        "state", {"type": "state", "state": {}}, None,
    ),
    "state": (b'event: state\ndata: {"stack":[]}\n\n', "state", {"stack": []}, None),
    "drawn end": (
        b'data: {"type":"event","event":"end","data":{}}\n\n',
        "end", {"type": "event", "event": "end", "data": {}}, None,
    ),
    "unknown event": (b'event: metrics\ndata: {"type":"x"}\n\n', "metrics", {"type": "x"}, None),
    "error in words": (
        b"event: error\ndata: out of order\n\n",
        "error", None, "the data is not JSON: Expecting value at character 1",
    ),
    "retry": (b"retry:2000\n\n", "retry", None, None),
    "comment": (b":\n\n", "comment", None, None),
    "comment and retry": (b": x\nretry: 1\n\n", "comment", None, None),
    "blank": (b"\n\n", "blank", None, None),
    "empty data": (b"data: \n\n", "blank", None, None),
    "no object": (b"event: trace\ndata: [1]\n\n", "trace", [1], "a trace event without a trace"),
    "no type": (b"data: {}\n\n", "message", {}, "a trace event without a trace"),
    "type is no text": (
        b'event: trace\ndata: {"type":1}\n\n', "trace", {"type": 1},
        "a trace event without a trace",
    ),
    "broken": (
        b'event: trace\ndata: {"type": tru}\n\n',
        "broken", None, "the data is not JSON: Expecting value at character 10",
    ),
    "pasted from documentation": (
        b'event: trace\ndata: {\n"type": "text"\n}\n\n',
        "broken", None, "2 lines without a known field name, ignored as the standard says",
    ),
    "too deep": (
        b"data: " + b"[" * 200_000 + b"\n\n",
        "broken", None, "the data is not usable: it is nested too deeply",
    ),
    "too many digits": (
        b'event: trace\ndata: {"time":' + b"9" * 5000 + b"}\n\n",
        "broken", None, "the data is not usable: it has a number with too many digits",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNTRACED)
def test_frames_without_a_trace(name: str) -> None:
    raw, kind, value, problem = UNTRACED[name]
    assert decode(parse_frame(raw)) == Decoded(None, value, kind, problem)


@pytest.mark.parametrize(("event", "kind"), [("trace", "broken"), ("end", "end")])
def test_a_cut_frame_is_not_decoded(event: str, kind: str) -> None:
    cut = parse_frame(f'event: {event}\ndata: {{"type":"text"}}\n'.encode(), cut=True)
    decoded = decode(cut)
    assert (decoded.trace, decoded.value, decoded.kind) == (None, None, kind)
    assert decoded.problem == cut.problem is not None


def test_json_is_read_leniently() -> None:
    raw = b'data: {"type":"text","payload":{"message":"a\x0b\x1f\tb \\ud83d"},"time":NaN}\n\n'
    decoded = decode(parse_frame(raw))
    assert decoded.trace is not None and decoded.trace.time is None
    assert isinstance(decoded.trace.payload, p.Text)
    assert decoded.trace.payload.text == "a\x0b\x1f\tb \ud83d"


@given(st.binary(max_size=300))
def test_any_bytes_decode(data: bytes) -> None:
    reader = FrameReader()
    for one in reader.feed(b"data: " + data) + reader.close():
        assert decode(one).kind
    assert decode(parse_frame(data)).kind


@given(st.text(), st.booleans(), st.text())
def test_any_text_decodes(data: str, dispatched: bool, event: str) -> None:
    decoded = decode(Frame(raw=b"", event=event or "message", data=data, dispatched=dispatched))
    assert decoded.kind and (dispatched or decoded.trace is None)


@given(JSON, st.sampled_from(["trace", "message", "state", "end", "metrics"]))
def test_any_json_decodes_and_is_kept(value: Any, event: str) -> None:
    decoded = decode(frame(value, event))
    assert json.dumps(decoded.value) == json.dumps(value)


@given(st.sampled_from([*sorted(p.MODELS), "x"]), NEARLY, NEARLY, NEARLY, NEARLY)
def test_any_trace_keeps_its_raw_object(
    kind: str, payload: Any, time: Any, paths: Any, default_path: Any
) -> None:
    raw = {"type": kind, "payload": payload, "time": time}
    raw |= {"paths": paths, "defaultPath": default_path, "turnID": time}
    trace = decode(frame(raw)).trace
    assert trace is not None and json.dumps(trace.raw) == json.dumps(raw)
    assert trace.time is None or 0 <= trace.time <= 1e15
    assert len(trace.paths) == (len(paths) if isinstance(paths, list) else 0)
    if isinstance(trace.payload, p.Text):
        assert isinstance(trace.payload.text, str)
    if isinstance(trace.payload, p.Speak):
        assert isinstance(trace.payload.spoken + (trace.payload.sound or ""), str)
    if isinstance(trace.payload, p.Debug):
        charge_of(trace.payload)
        shadow_of(trace.payload, trace.paths)


# What all traces share.
@pytest.mark.parametrize(
    ("value", "expected"),
    [(1727865001322, 1727865001322.0), (1727865001, 1727865001000.0), (1727865001.5, 1727865001500)]
    + [(odd, None) for odd in (None, "1727865001", True, -1, float("inf"), 10**400, [1])],
)  # fmt: skip
def test_time_is_in_milliseconds(value: Any, expected: float | None) -> None:
    assert told({"type": "x", "time": value}).time == expected


def test_paths_keep_their_places() -> None:
    event = {"type": "paid", "more": 1}
    trace = told(
        {
            "type": "take_payment",
            "paths": [{"label": "ok", "event": event}, {"event": {"name": "old"}}, 5,
                      {"label": 1, "event": None}, {"event": {"type": 5}}],
            "defaultPath": 1,
            "turnID": "t",
        }
    )  # fmt: skip
    assert [one.event_type for one in trace.paths] == ["paid", "old", None, None, None]
    assert (trace.paths[0], trace.paths[3]) == (Path("ok", event), Path(None, None))
    assert (trace.default_path, trace.turn_id) == (1, "t")


def test_a_trace_without_anything_else() -> None:
    trace = told({"type": "x"})
    assert (trace.time, trace.paths, trace.default_path, trace.turn_id) == (None, [], None, None)
    assert told({"type": "x", "defaultPath": True, "turnID": 5}).default_path is None


# Every body.
KINDS = {
    "streams/02-v2beta1-completion": "retry path block completion-start completion-continue"
    " completion-end debug state end",
    "streams/05-v2beta1-truncated": "retry block completion-start completion-continue broken",
    "streams/06-v2-completion": "debug block text debug completion debug path end",
    "streams/09-v2-custom-action": "text theme_hint take_payment end",
    "streams/11-v4-agent-turn": "debug reasoning debug tool-call debug tool-call knowledgeBase"
    " debug completion debug log debug completion debug no-reply end",
    "streams/14-v4-unknown-and-odd": "seat-map-v7 haptic confetti tickertape toggle carousel"
    " completion metrics text state end",
    "streams/16-v2-transitional-flat-completion": "completion-start completion-continue"
    " completion-end debug end",
    "genuine/end-of-conversation": "retry block path block text block end debug state end",
}


@pytest.mark.parametrize("name", KINDS)
def test_kinds_of_a_body(name: str) -> None:
    assert kinds(name) == KINDS[name].split()


PROBLEMS = {
    "streams/05-v2beta1-truncated": ["cut off by the end of the input, so it dispatches nothing"],
    "streams/14-v4-unknown-and-odd": ["the carousel payload does not fit: cards is missing"],
}


@pytest.mark.parametrize("name", sorted(BODIES))
def test_every_body_decodes(name: str) -> None:
    found = body(name)
    assert [one.problem for one in found if one.problem] == PROBLEMS.get(name, [])
    for one in found:
        if one.trace and one.trace.type in p.MODELS and not one.problem:
            assert type(one.trace.payload) is p.MODELS[one.trace.type]
