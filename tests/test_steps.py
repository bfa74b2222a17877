"""The steps of a turn: one short line each, so many that they can be read, all of them counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.decoding import JSON, NEARLY
from tests.logs import kinds, sent, session_of, trace
from vftui.session.fold import Session
from vftui.session.steps import MAX_STEP
from vftui.session.turn import MAX_STEPS, Step


def test_steps_are_in_order_and_lead_to_their_traces() -> None:
    session = session_of(
        trace("flow", diagramID="63a9", name="ROOT"),
        trace("block", blockID="e347"),
        trace("text", message="Hi"),
        trace("debug", message="a <br /> b", type="api", level="info"),
        trace("path", path="choice:1"),
    )
    assert session.turns[0].steps == [
        Step(2, "flow ROOT"),
        Step(3, "block e347"),
        Step(5, "a b"),
        Step(6, "path choice:1"),
    ]
    assert session.turns[0].step_count == 4


@pytest.mark.parametrize(
    ("kind", "payload", "line"),
    [
        ("debug", {"message": "calling tools", "context": "Agent"}, "Agent: calling tools"),
        ("debug", {"message": "a", "context": "Agent", "level": "info"}, "Agent: a"),
        ("debug", {"message": "a", "level": "debug"}, "a"),
        ("debug", {"message": "a", "context": "Agent", "level": "odd"}, "odd · Agent: a"),
        ("debug", {"message": " ", "level": "odd"}, "odd · debug"),
        ("debug", {"message": ""}, "debug"),
        ("log", {"kind": "step.text", "level": "info", "message": "Hi"}, "log step.text: Hi"),
        ("log", {"kind": "step.text", "level": "warn", "message": "Hi"}, "log warn step.text: Hi"),
        ("log", {"message": "plain"}, "log: plain"),
        ("log", {"kind": "step.exit"}, "log step.exit"),
        ("flow", {"name": "ROOT"}, "flow ROOT"),
        ("path", {"path": "choice:1"}, "path choice:1"),
    ],
)
def test_a_step_says_its_level_only_when_that_says_something(
    kind: str, payload: dict[str, str], line: str
) -> None:
    session = session_of(trace(kind, **payload))
    assert [step.text for step in session.turns[0].steps] == [line]


def test_an_alarm_is_no_step() -> None:
    session = session_of(trace("debug", message="no", level="error"))
    assert (session.turns[0].steps, session.turns[0].step_count) == ([], 0)


def test_the_first_steps_are_kept_and_all_are_counted() -> None:
    many = [trace("block", blockID=str(number)) for number in range(MAX_STEPS + 5)]
    [turn] = session_of(*many).turns
    assert turn.step_count == MAX_STEPS + 5
    assert [step.text for step in turn.steps] == [f"block {n}" for n in range(MAX_STEPS)]


def test_steps_open_no_header_but_change_an_open_one() -> None:
    session = Session.of([sent(), trace("block", blockID="a")])
    assert kinds(session.items) == ["said"]
    session.apply(trace("text", message="Hi"))
    header = session.items[1]
    version = header.version
    session.apply(trace("block", blockID="b"))
    assert header.kind == "reply" and header.version > version
    assert kinds(session_of(trace("block", blockID="a")).items) == ["said", "reply", "notice"]


@pytest.mark.parametrize("kind", ["flow", "block", "path", "log", "debug"])
@given(words=st.text(min_size=1), value=JSON | NEARLY)
def test_a_step_is_one_short_line(kind: str, words: str, value: object) -> None:
    keys = {"flow": "name", "block": "blockID", "path": "path", "log": "kind", "debug": "message"}
    session = session_of(trace(kind, **{"message": value, keys[kind]: words * 50}))
    for step in session.turns[0].steps:
        assert 0 < len(step.text) <= MAX_STEP
        assert kind == "debug" or step.text.startswith(kind)
        assert step.text == " ".join(step.text.split())
