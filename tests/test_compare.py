"""Two runs held against each other: what counts as a difference, and what never does."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.logs import event, trace
from vftui.session.compare import Outline, Outlines, Repeats, compare, compare_all, variables_of
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Sent
from vftui.session.tokens import Tokens

TOOL = {"type": "api-tool", "apiToolID": "1", "apiToolName": "dock_lookup"}


def one(*entries: Entry, at: float | None = None) -> Outline:
    """The outline of one turn."""
    action = {"type": "text", "payload": "hi"}
    (outline,) = Outlines.of([Sent(at, action, "v4"), *entries, Closed(at, "complete")])
    return outline


def pieces(text: str, size: int) -> list[Entry]:
    """A completion cut into pieces."""
    cut = [text[start : start + size] for start in range(0, len(text), size)]
    return [
        trace("completion", state="start"),
        *(trace("completion", state="content", content=piece) for piece in cut),
        trace("completion", state="end"),
    ]


@given(st.text("ab c", min_size=1), st.integers(1, 5), st.integers(1, 5))
def test_how_a_text_was_cut_is_no_difference(text: str, first: int, second: int) -> None:
    assert compare(one(*pieces(text, first)), one(*pieces(text, second))) == []


def test_an_outline_tells_what_a_turn_did() -> None:
    outline = one(
        trace("flow", diagramID="d1", name="ROOT"),
        trace("path", path="choice:1"),
        trace("tool-call", callID="c1", state="start"),
        trace("debug", message="succeeded", context="API tool", ref=TOOL),
        trace("tool-call", callID="c1", state="end"),
        event({}, "comment"),
        *pieces("four bikes", 3),
        trace("choice", buttons=[{"name": "Hold", "request": {"type": "path-1"}}]),
    )
    assert outline.path == ("flow ROOT", "path choice:1")
    assert outline.tools == ("dock_lookup",)
    assert outline.text == ("four bikes",)
    assert outline.choices == ("Hold",)
    assert outline.types[:4] == ("flow", "path", "tool-call", "debug")
    assert outline.types[-2:] == ("completion", "choice")
    assert outline.ending == "complete"
    assert outline.tokens.total is None and outline.latency is None


def test_two_calls_of_one_tool_are_two() -> None:
    def call(number: int) -> list[Entry]:
        return [
            trace("tool-call", callID=f"c{number}", state="start"),
            trace("debug", message="starting execution", context="API tool", ref=TOOL),
            trace("debug", message="succeeded", context="API tool", ref=TOOL),
            trace("tool-call", callID=f"c{number}", state="end"),
        ]

    assert one(*call(1), *call(2)).tools == ("dock_lookup", "dock_lookup")


def test_what_differs_is_told_without_what_is_the_same() -> None:
    before = one(trace("block", blockID="a"), trace("text", message="Hi"), trace("end"))
    after = one(trace("block", blockID="b"), trace("text", message="Hello"), trace("end"))
    assert [(each.aspect, each.before, each.after) for each in compare(before, after)] == [
        ("text", "Hi", "Hello"),
        ("path", "block a", "block b"),
    ]
    longer = replace(before, types=("block", "debug", "text", "end"))
    (types,) = compare(before, longer)
    assert (types.before, types.after) == ("… nothing …", "… debug …")


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [(1.0, 1.2, False), (1.0, 1.3, True), (10.0, 12.0, False), (10.0, 13.0, True),
     (0.001, 0.2, False), (None, 9.0, False), (9.0, None, False)],
)  # fmt: skip
def test_a_latency_differs_by_more_than_its_slack(
    before: float | None, after: float | None, differs: bool
) -> None:
    outline = one()
    found = compare(replace(outline, latency=before), replace(outline, latency=after))
    assert [each.aspect for each in found] == ["latency"] * differs


def test_tokens_differ_only_where_both_runs_reported_them() -> None:
    outline = one()
    known = replace(outline, tokens=Tokens(10, 4, 6, "reported"))
    more = replace(outline, tokens=Tokens(12, 4, 8, "reported"))
    guessed = replace(outline, tokens=Tokens(None, None, 8, "estimated"))
    assert compare(known, guessed) == compare(outline, known) == []
    assert [(each.before, each.after) for each in compare(known, more)] == [("10", "12")]


def test_a_turn_that_one_run_lacks_is_a_difference() -> None:
    turns = compare_all([one(), one()], [one()])
    assert [[each.aspect for each in found] for _, _, found in turns] == [[], ["turn"]]


@pytest.mark.parametrize(
    ("body", "variables"),
    [
        ({"action": {}, "variables": {"tier": "gold"}}, {"tier": "gold"}),
        ({"action": {}, "state": {"variables": {"tier": "gold"}}}, {"tier": "gold"}),
        ({"action": {}}, {}),
        ({"variables": 7, "state": []}, {}),
        ([], {}),
    ],
)
def test_variables_are_found_where_each_generation_has_them(
    body: object, variables: dict[str, str]
) -> None:
    assert variables_of(Sent(None, {}, "v4", body=json.dumps(body).encode())) == variables


def test_a_request_without_json_set_nothing() -> None:
    assert variables_of(Sent(None, {}, "v4", body=b"\xff")) == {}


def test_a_run_that_goes_on_is_held_against_the_recording_turn_by_turn() -> None:
    launch, words = {"type": "launch"}, {"type": "text", "payload": "hi"}
    log: list[Entry] = [
        Sent(None, launch, "v4"), trace("text", message="Hi"), Closed(None, "complete"),
        Sent(None, words, "v4"), trace("text", message="Four"), Closed(None, "complete"),
    ]  # fmt: skip
    session = Session()
    repeats = Repeats(Outlines.of(log), session)
    told = []
    for entry in [*log[:4], trace("text", message="Three"), log[-1]]:
        session.apply(entry)
        repeats.append(entry)
        told.append((repeats.over, [bool(found) for _, _, found in repeats.compared()]))
    assert told == [(0, []), (0, []), (1, [False]), (1, [False]), (1, [False]), (2, [False, True])]
