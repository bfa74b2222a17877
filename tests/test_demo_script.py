"""The demo agent's script: every word works in every dialect, and texts survive their cutting."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.demo import texts
from vftui.demo.emit import bare_controls
from vftui.demo.failures import FAILURES
from vftui.demo.ids import Ids
from vftui.demo.listen import MAX_FLOOD, help_text, part_for, words_of
from vftui.demo.model import Answer, split
from vftui.demo.script import GROUPS, OTHER_WORDS, SCENES
from vftui.demo.state import MEMORY, Conversation
from vftui.demo.steps import Bare, Burst, Cue, Stage, slate
from vftui.demo.tokens import MULTIPLIERS, Charge
from vftui.session.fold import Session
from vftui.session.log import Received
from vftui.wire import actions
from vftui.wire.dialects import Api
from vftui.wire.frames import parse_frame
from vftui.wire.payloads import MODELS
from vftui.wire.traces import decode

APIS: tuple[Api, ...] = ("v4", "v2", "v2beta1")


def cues(text: str, api: Api = "v4", streams: bool = True) -> list[Cue]:
    part = part_for({"type": "text", "payload": text}, Conversation("ada"))
    stage = Stage(api, Ids(1), streams)
    return [cue for step in part.steps for cue in step.cues(stage)]


def traces(text: str, api: Api = "v4", streams: bool = True) -> list[dict[str, Any]]:
    return [
        cue.trace if isinstance(cue, Bare) else cue
        for cue in cues(text, api, streams)
        if isinstance(cue, dict | Bare)
    ]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    "word", [scene.word for scene in SCENES] + ["help", "hello", "my name is X"]
)
def test_every_trace_of_every_scene_is_well_formed(api: Api, word: str) -> None:
    for streams in (True, False):
        found = traces(word, api, streams)
        assert found
        for trace in found:
            data = json.dumps(trace)
            decoded = decode(parse_frame(f"event: trace\ndata: {data}\n\n".encode()))
            assert decoded.problem is None, (decoded.problem, data)
            assert decoded.trace is not None and decoded.trace.type == trace["type"]


@pytest.mark.parametrize("name", ["WELCOME", "HIRE", "HOLD", "WAIT", "CODE", "LONG"])
def test_a_paragraph_is_one_line(name: str) -> None:
    text = re.sub(r"(?ms)^```.*?^```$", "", getattr(texts, name))
    for block in text.split("\n\n"):
        lines = block.strip("\n").split("\n")
        assert len(lines) == 1 or all(re.match(r"[|>]|- |\d\. ", line) for line in lines), lines


def test_what_waits_says_whose_decision_the_next_word_is() -> None:
    assert "if your client sends a no-reply action" in traces("wait")[-2]["payload"]["message"]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.word)
def test_scenes_are_found_by_word_and_phrase_in_any_case(scene: Any) -> None:
    conversation = Conversation("ada")
    for said in (
        scene.word,
        f"  {scene.word.upper()}! ",
        *scene.same,
        *(f"so, {p}, now" for p in scene.phrases),
    ):
        part = part_for({"type": "text", "payload": said}, conversation)
        assert part.steps[-len(scene.steps) :] == scene.steps
    label = {"type": "path-1", "payload": {"label": scene.word.title(), "actions": []}}
    assert part_for(label, conversation).steps[-len(scene.steps) :] == scene.steps


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.word)
def test_every_button_leads_somewhere(scene: Any) -> None:
    """No button of the script is answered with what anything else would get."""
    session = folded(scene.word)
    for choice in session.choices:
        last = part_for(choice.request, Conversation("ada")).steps[-1]
        shown = words_of(choice.request)
        assert last not in [Answer(text.replace("{words}", shown)) for text in texts.FALLBACKS]


def folded(word: str, api: Api = "v4") -> Session:
    frames = [f"data: {json.dumps(trace)}\n\n".encode() for trace in traces(word, api)]
    return Session.of(Received(None, parse_frame(frame)) for frame in frames)


def test_every_type_of_trace_is_on_a_word() -> None:
    """In the newest generation: those of the older completion are in theirs."""
    words = [scene.word for scene in SCENES]
    seen = {trace["type"] for word in words for trace in traces(word)}
    assert set(MODELS) - seen == {"completion-start", "completion-continue", "completion-end"}
    beta = {trace["type"] for trace in traces("hire a bike", "v2beta1")}
    assert {"completion-start", "completion-continue", "completion-end"} <= beta


def answered(action: dict[str, Any], api: Api = "v4", streams: bool = False) -> list[Any]:
    """The traces behind the diagnostics that an action is answered with."""
    stage = Stage(api, Ids(1), streams)
    steps = part_for(action, Conversation("ada")).steps
    found = [cue for step in steps for cue in step.cues(stage) if isinstance(cue, dict)]
    return [trace for trace in found if trace["type"] not in ("debug", "block", "path", "flow")]


def said(action: dict[str, Any]) -> str:
    return " ".join(t["payload"].get("message", "") for t in answered(action) if t["payload"])


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (actions.launch("the night watch"), "Today I am the night watch. Welcome to"),
        (actions.intent("opening_hours"), "close at **20:00**"),
        (actions.intent("opening_hours", query="and when?"), "close at **20:00**"),
        (actions.intent("hours", [("day", "monday")]), "I noted day **monday**."),
        (actions.intent("find_dock"), "Which dock do you mean?"),
        (actions.intent("find_dock", [("dock", "Pier 3")]), "**Pier 3** has four bikes"),
        (actions.intent("unheard_of", query="prices"), "First hour"),
        (actions.event("checkout"), "payment sheet"),
        (actions.event("unheard_of"), "The event `unheard of` came in"),
        (actions.path("path-x", "Opening hours"), "close at **20:00**"),
        (actions.path("paid"), "Paid, thank you."),
        (actions.message("hours"), "close at **20:00**"),
        (actions.no_reply(), "Still there?"),
        (actions.dtmf("4821#"), "rack 12 is open"),
        (actions.dtmf("1"), "You pressed 1, and the lock stays shut."),
        (
            actions.file("https://x/a.jpg", "image/jpeg", "a.jpg", "flat"),
            "Thank you for **a.jpg** (image/jpeg). “flat”, you write",
        ),
        ({"type": "file", "payload": {"files": [3, {}]}}, "something without a name"),
        ({"type": "file", "payload": {"files": []}}, "no file in that"),
        (actions.handoff("message", "hi Bo"), "You said “hi Bo”."),
        (actions.handoff("return_to_voiceflow"), "Bo left It is me again"),
        (actions.handoff("continue_conversation"), "One minute to go"),
        ({"type": "live-agent-handoff", "payload": {"type": "file_upload"}}, "Got it!"),
        ({"type": "live-agent-handoff", "payload": None}, "Hm?"),
    ],
)
def test_actions_of_every_kind_are_answered(action: dict[str, Any], words: str) -> None:
    assert words in said(action)
    for api in APIS:
        assert answered(action, api)


def test_the_end_of_the_client_ends_the_conversation() -> None:
    for api in APIS:
        (end,) = answered(actions.end("solved"), api)
        assert end["type"] == "end"


def test_entities_are_kept_in_variables() -> None:
    conversation = Conversation("ada")
    part_for(actions.intent("hours", [("day", "monday")]), conversation)
    assert conversation.variables["day"] == "monday"
    for entities in (None, [1, {"name": "x"}], "text"):
        payload = {"intent": {"name": "hours"}, "entities": entities}
        assert part_for({"type": "intent", "payload": payload}, conversation).steps


@pytest.mark.parametrize("api", APIS)
def test_an_intent_is_reported_by_its_name(api: Api) -> None:
    stage = Stage(api, Ids(1), False)
    part = part_for(actions.intent("opening_hours"), Conversation("ada"))
    told = [cue for step in part.steps for cue in step.cues(stage) if isinstance(cue, dict)]
    assert any("opening_hours" in str(trace["payload"]) for trace in told)


def test_failing_words_are_found_and_help_lists_everything() -> None:
    text = help_text()
    assert text.count("\n\n- `") == len(GROUPS) + 2  # every list has a line above it
    for word in [scene.word for scene in SCENES] + [word for word, _ in OTHER_WORDS]:
        assert f"- `{word}`: " in text
    for word, failure in FAILURES.items():
        part = part_for({"type": "text", "payload": f"{word.title()} "}, Conversation("ada"))
        assert part.failure is failure
        assert f"- `{word}`: {failure.what}" in text


@given(st.text(max_size=300))
def test_anything_else_is_streamed_in_ten_pieces_or_more(words: str) -> None:
    conversation = Conversation("ada")
    part = part_for({"type": "text", "payload": words}, conversation)
    if isinstance(part.steps[-1], Answer) and part.failure is None:
        pieces = [t for t in traces(words) if t["payload"].get("state") == "content"]
        waits = sum(cue for cue in cues(words) if isinstance(cue, float))
        assert len(pieces) >= 10 and waits >= 1.0


def test_what_is_typed_is_mentioned_shortened_when_long() -> None:
    for words, shown in [("one\n two", "one two"), ("", "nothing at all"), ("x" * 999, "xx…")]:
        said = "".join(t["payload"].get("content", "") for t in traces(words))
        assert f"“{shown}”" in said or shown in said
        assert len(said) < 600


@given(st.text(max_size=300))
def test_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(split(text)) == text
    plain = "".join(leaf["text"] for block in slate(text) for leaf in block["children"])
    assert plain == text.replace("\n", "").replace("**", "")
    assert all(block["children"] for block in slate(text))


@given(st.sampled_from(sorted(MULTIPLIERS)), st.integers(1, 10**6), st.integers(1, 10**6))
def test_base_is_billed_divided_by_the_multiplier_rounded_up(
    model: str, query: int, answer: int
) -> None:
    charge = Charge(model, query, answer)
    assert charge.counts["total"] == query + answer
    for field, count in charge.counts.items():
        assert charge.base_counts[field] == math.ceil(count / MULTIPLIERS[model])


@given(st.text('ab\x00\x07\x08\t\n\r\x0b\x0c\x1b\x1c\x1f"é', max_size=40))
def test_bare_controls_say_the_same_on_one_line(text: str) -> None:
    raw = bare_controls(json.dumps(text, ensure_ascii=False).encode())
    assert json.loads(raw.decode(), strict=False) == text
    assert b"\n" not in raw and b"\r" not in raw
    assert all(control.encode() in raw for control in "\x00\x07\t\x0b\x0c\x1b" if control in text)


def test_floods_have_a_limit() -> None:
    bursts = [cue for cue in cues(f"bench {MAX_FLOOD + 1}") if isinstance(cue, Burst)]
    assert [burst.count for burst in bursts] == [MAX_FLOOD]


def test_a_conversation_forgets_what_is_long_ago_and_keeps_variables() -> None:
    conversation = Conversation("ada")
    for number in range(2 * MEMORY):
        conversation.heard({"type": "text"}, str(number))
    assert len(conversation.memory) == MEMORY and conversation.memory[-1]["content"] == "39"
    conversation.variables["name"] = "Ada"
    conversation.begin(5.9)
    conversation.begin(7.1)
    variables = conversation.state()["variables"]
    assert (variables["sessions"], variables["timestamp"], variables["name"]) == (2, 7, "Ada")
    assert variables["_memory_"] == []


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({"type": "launch"}, ""),
        ({"type": "paid"}, ""),
        ({"type": "something"}, "something"),
        ({"type": "intent", "payload": {"intent": {"name": "opening_hours"}}}, "opening hours"),
        ({"type": "intent", "payload": {"intent": {"name": "x"}, "query": "when?"}}, "when?"),
        ({"type": "event", "payload": {"event": {"name": "checkout"}}}, "checkout"),
        ({"type": "city-1", "payload": {"label": "Hire this"}}, "Hire this"),
        ({"type": "message", "payload": {"message": "hi"}}, "hi"),
        ({"type": "odd", "payload": {"label": {}}}, "odd"),
    ],
)
def test_words_of_actions(action: dict[str, Any], words: str) -> None:
    assert words_of(action) == words
