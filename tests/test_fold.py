"""The fold: what every body comes to, the laws, and each kind of item."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.bodies import BODIES
from tests.expected import EXPECTED
from tests.logs import event, kinds, notices, picture, saved_turn, sent, session_of, trace, turn
from vftui.session.fold import Session
from vftui.session.log import ADVICE, ENDINGS, Closed, Ending, Entry, Opened, Received
from vftui.session.tokens import Tokens
from vftui.wire.frames import FrameReader, parse_frame
from vftui.wire.payloads import MODELS

IDS = st.sampled_from([None, "a", "b"])
WORDS = st.sampled_from(["", "Hi", " there", "**", "Pier 3", "\n\n"])
COUNTS = st.fixed_dictionaries({"query": st.integers(0, 9), "answer": st.integers(0, 9)})
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["state", "message", "content", "buttons", "name", "paths", "type"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def completion(state: str, text: str | None = None, identity: str | None = None) -> Received:
    payload = {"state": state, "content": text, "messageID": identity}
    return trace("completion", **{k: v for k, v in payload.items() if v is not None})


def text(words: str, identity: str | None = None) -> Received:
    payload = {"message": words, "messageID": identity}
    return trace("text", **{k: v for k, v in payload.items() if v is not None})


def buttons(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "request": {"type": f"path-{name}"}} for name in names]


TRACES = st.one_of(
    st.builds(
        completion,
        st.sampled_from(["start", "content", "content", "end", "paused"]),
        WORDS | st.none(),
        IDS,
    ),
    st.builds(text, WORDS, IDS),
    st.builds(
        lambda kind, words, tokens: trace(kind, completion=words, tokens=tokens),
        st.sampled_from(["completion-start", "completion-continue", "completion-end"]),
        WORDS,
        COUNTS,
    ),
    st.builds(
        lambda counts, model: trace(
            "debug",
            message="resources consumption",
            metadata={"model": model, "postMultiplierTokensConsumption": counts},
        ),
        COUNTS,
        st.sampled_from(["gpt-4o", "claude-3.5-haiku", ""]),
    ),
    st.builds(
        lambda state, words: trace("reasoning", state=state, content=words),
        st.sampled_from(["start", "content", "end", "final"]),
        WORDS,
    ),
    st.builds(
        lambda state, identity: trace("tool-call", state=state, callID=identity),
        st.sampled_from(["start", "end"]),
        IDS,
    ),
    st.builds(
        lambda state: trace("audio", state=state, content="QUJD", duration=40),
        st.sampled_from(["start", "content", "end"]),
    ),
    st.lists(WORDS, max_size=3).map(lambda names: trace("choice", buttons=buttons(*names))),
    st.sampled_from(
        [
            trace("end"),
            trace("debug", message="An internal error occurred."),
            trace("cardV2", title="Bike", buttons=buttons("Hire")),
            event({"type": "pay", "paths": [{"event": {"type": "paid"}}, {"event": None}]}),
            event({"variables": {}}, "state"),
            event({"message": "boom"}, "error"),
        ]
    ),
)
TIMES = st.none() | st.floats() | st.floats(0, 1e4)
ENTRIES = st.lists(
    st.one_of(
        TRACES,
        TRACES,
        st.builds(lambda entry, at: Received(at, entry.frame), TRACES, TIMES),
        st.builds(
            lambda kind, payload: event({"type": kind, "payload": payload}),
            st.sampled_from(sorted(MODELS)),
            JSON,
        ),
        st.binary(max_size=20).map(lambda raw: Received(None, parse_frame(raw))),
        st.builds(lambda at, action: sent(at, **action), TIMES, st.dictionaries(WORDS, JSON)),
        TIMES.map(lambda at: sent(at, type="launch")),
        st.builds(Opened, TIMES, st.sampled_from([None, 200, 429]), note=WORDS, retry_in=TIMES),
        st.builds(Closed, TIMES, st.sampled_from(ENDINGS)),
    ),
    max_size=30,
)


def test_every_body_has_an_expectation() -> None:
    assert list(EXPECTED) == list(BODIES)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("name", BODIES)
def test_bodies_come_to_what_is_expected(name: str, newline: bytes) -> None:
    session = Session.of(saved_turn(BODIES[name].replace(b"\n", newline)))
    [turn], expected = session.turns, EXPECTED[name]
    messages = [item for item in session.items if item.kind == "message"]
    assert tuple(turn.messages) == expected.messages
    assert asdict(turn.tokens) == expected.tokens == asdict(session.tokens)
    assert tuple(choice.name for choice in session.choices) == expected.choices
    assert turn.ending == expected.ending
    assert turn.conversation_over is session.conversation_over is expected.conversation_over
    flags = [item.interrupted for item in messages]
    assert flags == [False] * (len(flags) - 1) + [expected.interrupted] * bool(flags)
    assert all(item.settled for item in session.items)
    assert kinds(session.items).count("reply") == 1


@pytest.mark.parametrize("name", BODIES)
def test_a_cut_body_keeps_what_came(name: str) -> None:
    body, whole = BODIES[name], EXPECTED[name].messages
    edges = {0}
    for frame in FrameReader().feed(body):
        start = max(edges)
        end = start + len(frame.raw)
        edges |= {start + len(frame.raw) // 2, end - 1, end}
    short = len(body) < 1000
    for offset in range(len(body)) if short else sorted(edges - {len(body)}):
        session = Session.of(saved_turn(body[:offset]))
        [turn] = session.turns
        came = tuple(turn.messages)
        assert came[:-1] == whole[: len(came[:-1])]
        assert not came or whole[len(came) - 1].startswith(came[-1])
        if b"event: end" not in body[:offset] and b"event:end" not in body[:offset]:
            assert turn.ending == "truncated"


@given(ENTRIES)
@example([Closed(None, "complete"), Closed(None, "complete")])
@example([completion("end"), completion("content", "x"), sent(), Opened(None, None)])
def test_reading_in_between_changes_nothing(entries: list[Entry]) -> None:
    session = Session()
    for entry in entries:
        session.apply(entry)
        assert picture(session)
        assert session.choices is not None
    assert picture(session) == picture(Session.of(entries))


@given(ENTRIES)
def test_what_is_settled_stays(entries: list[Entry]) -> None:
    session = Session()
    settled: list[Any] = []
    for entry in entries:
        session.apply(entry)
        shown = list(zip(session.items, picture(session)["items"], strict=True))
        versions = [(look, item.version) for item, look in shown]
        for index, old in settled:
            assert versions[index] == old
        settled = [(n, versions[n]) for n, (item, _) in enumerate(shown) if item.settled]
        for past in session.turns[:-1]:
            assert past.ending is not None
            assert all(item.settled for item in past.items)


@given(ENTRIES)
def test_a_change_shows_in_the_version(entries: list[Entry]) -> None:
    session = Session()
    before: list[tuple[Any, int]] = []
    for entry in entries:
        session.apply(entry)
        looks = picture(session)["items"]
        now = [(look, item.version) for look, item in zip(looks, session.items, strict=True)]
        for (old, version), (new, newer) in zip(before, now, strict=False):
            assert newer >= version
            assert old == new or newer > version
        before = now


@given(st.lists(st.tuples(st.sampled_from(["start", "content", "end", "text"]), WORDS)))
def test_all_words_are_shown_once_and_in_order(said: list[tuple[str, str]]) -> None:
    entries = [
        text(words) if state == "text" else completion(state, words) for state, words in said
    ]
    session = session_of(*entries)
    assert "".join(session.turns[0].messages) == "".join(words for _, words in said)


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), WORDS)))
def test_interleaved_messages_are_told_apart(said: list[tuple[str, str]]) -> None:
    starts = [completion("start", identity=one) for one in "ab"]
    session = session_of(*starts, *(completion("content", words, one) for one, words in said))
    expected = {one: "".join(words for who, words in said if who == one) for one in "ab"}
    assert sorted(session.turns[0].messages) == sorted(filter(None, expected.values()))


@given(ENTRIES)
def test_a_session_costs_what_its_turns_cost(entries: list[Entry]) -> None:
    session = Session()
    for entry in entries:
        session.apply(entry)
        assert session.tokens == sum((turn.tokens for turn in session.turns), Tokens())


@given(ENTRIES)
def test_choices_have_numbers_of_their_own(entries: list[Entry]) -> None:
    session = Session.of(entries)
    offered = [(c.turn, c.number) for item in session.items for c in item.choices]
    assert offered == sorted(set(offered))
    shown = [choice for item in session.items for choice in item.choices]
    assert all(choice in shown for choice in session.choices)
    assert all(choice.turn == len(session.turns) - 1 for choice in session.choices)


# Messages


def test_two_completions_are_two_messages() -> None:
    entries = [completion(s, w) for w in ("One", "Two") for s in ("start", "content", "end")]
    assert session_of(*entries).turns[0].messages == ["OneOneOne", "TwoTwoTwo"]


def test_a_completion_without_words_is_nothing() -> None:
    session = session_of(completion("start"), completion("content", ""), completion("end"))
    assert kinds(session.items) == ["said", "reply", "notice"]
    assert notices(session) == [("quiet", "The agent answered without words.")]


def test_a_message_begins_with_its_start_and_ends_with_its_end() -> None:
    session = session_of(
        completion("start"), trace("block", blockID="x"), completion("content", "Hi"),
        completion("end"), text("Bye"),
    )  # fmt: skip
    spans = [(i.first_seq, i.last_seq) for i in session.items if i.kind == "message"]
    assert spans == [(2, 5), (6, 6)]


@pytest.mark.parametrize(
    ("second", "messages"),
    [(text("Hello", "m"), ["Hello"]), (text("Hello", "n"), ["Hello", "Hello"]),
     (text("Hello"), ["Hello", "Hello"]), (text("Other", "m"), ["Hello", "Other"])],
)  # fmt: skip
@pytest.mark.parametrize("ended", [True, False])
def test_a_text_that_repeats_its_completion_is_shown_once(
    second: Received, messages: list[str], ended: bool
) -> None:
    first = [completion("start", "Hel", "m"), completion("content", "lo")]
    end = [completion("end")] if ended else []
    assert session_of(*first, *end, second).turns[0].messages == messages


def test_a_text_with_another_id_leaves_a_streaming_message_alone() -> None:
    session = session_of(
        completion("start", "One ", "m"), text("Two", "n"), completion("content", "more", "m")
    )
    assert session.turns[0].messages == ["One more", "Two"]


def test_an_end_without_a_start_ends_nothing_and_loses_no_word() -> None:
    session = session_of(completion("end"), text("One"), trace("completion-end", completion="Two"))
    assert session.turns[0].messages == ["One", "Two"]


def test_a_start_without_an_end_is_interrupted_at_the_end_of_the_turn() -> None:
    session = session_of(completion("start", "One"), completion("start", "Two"))
    flags = [(i.text, i.interrupted) for i in session.items if i.kind == "message"]
    assert flags == [("One", False), ("Two", True)]


def test_an_unknown_state_does_not_end_a_completion() -> None:
    session = session_of(
        completion("start", "Hel"), completion("paused", "?"), completion("content", "lo")
    )
    assert session.turns[0].messages == ["Hello"]


def test_an_apology_settles_what_broke_off() -> None:
    session = Session.of([sent(), trace("completion-start", completion="Sor"), text("Sorry.")])
    assert [item.settled for item in session.items] == [True, False, True, True]


def test_slate_is_shown_when_the_message_is_empty() -> None:
    slate = {"content": [{"children": [{"text": "Rich"}]}]}
    assert session_of(trace("text", message="", slate=slate)).turns[0].messages == ["Rich"]
    assert session_of(trace("text", message="", slate={})).turns[0].messages == []


# What is not a message


def test_reasoning_is_one_item_that_its_final_replaces() -> None:
    pieces = [("start", ""), ("content", "Let me "), ("content", "see."), ("end", "")]
    entries = [trace("reasoning", state=state, content=words) for state, words in pieces]
    final = trace("reasoning", state="final", message="Let me see!")
    for late in ([*entries, final], [*entries[:-1], final, entries[-1]]):
        session = session_of(*late, text("Hi"))
        assert [i.text for i in session.items if i.kind == "reasoning"] == ["Let me see!"]
    again = trace("reasoning", state="final", message="Let me see.")
    session = session_of(*entries, text("Hi"), again)
    assert kinds(session.items) == ["said", "reply", "reasoning", "message"]


@pytest.mark.parametrize("ended", [[], [("end", "")]])
def test_a_new_thought_is_a_new_item(ended: list[tuple[str, str]]) -> None:
    pieces = [("content", "One."), *ended, ("start", ""), ("content", "Two.")]
    session = session_of(*(trace("reasoning", state=state, content=w) for state, w in pieces))
    assert [i.text for i in session.items if i.kind == "reasoning"] == ["One.", "Two."]


def test_a_thought_that_ended_is_settled_by_what_follows() -> None:
    pieces = [("content", "One."), ("end", "")]
    entries = [trace("reasoning", state=state, content=words) for state, words in pieces]
    session = Session.of([sent(), *entries, trace("debug", message="x")])
    assert not session.items[-1].settled
    session.apply(trace("block", blockID="x"))
    assert session.items[-1].settled


def test_sound_is_told_by_its_size() -> None:
    session = Session.of(saved_turn(BODIES["streams/15-v4-voice-audio"]))
    assert notices(session) == [
        ("info", "♪ audio, 3 chunks, 0.4 s"),
        ("info", "♪ audio, inline, 2 KB"),
        ("quiet", "phone keys on, at most 4 digits, 5 s, end with #"),
    ]


@pytest.mark.parametrize(
    ("kind", "payload", "expected"),
    [
        ("no-reply", {"timeout": 20}, ("quiet", "no-reply after 20 s")),
        ("visual", {"image": "https://x.test/a.png"}, ("info", "image https://x.test/a.png")),
        ("visual", {"image": "data:image/png;base64,AAAA"}, ("info", "image inline, 1 KB")),
        ("stream", {"action": "PLAY", "title": "Radio"}, ("info", "♪ stream PLAY Radio")),
        ("call-forward", {"address": "+15550100"}, ("info", "call forwarded to +15550100")),
        ("dtmf", {"enabled": False}, ("quiet", "phone keys off")),
        ("realtime-agent", {"action": "END"}, ("quiet", "realtime agent: END")),
        (
            "live-agent-handoff",
            {"event": "chat_started", "message": "Connecting you", "agent": {"name": "Bo"}},
            ("info", "live agent: chat_started, Bo, Connecting you"),
        ),
        ("entity-filling", {"entityToFill": "dock"}, ("quiet", "waiting for a value: dock")),
        ("goto", {"request": {}}, ("quiet", "goto: the agent follows a request by itself")),
        ("debug", {"message": "a<br />\nb", "level": "fatal"}, ("error", "a b")),
        ("debug", {"message": "slow", "level": "warn", "context": "API"}, ("warning", "API: slow")),
        ("end", {}, ("info", "The conversation is over.")),
    ],
)
def test_what_is_not_a_message_is_one_line(
    kind: str, payload: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert notices(session_of(trace(kind, **payload))) == [expected]


@pytest.mark.parametrize(
    "entry",
    [
        trace("debug", message="x", level="info"),
        trace("flow", diagramID="x"),
        trace("visual", image="https://x.test/a.png", canvasVisibility="hidden"),
        trace("knowledgeBase", chunks=[]),
        trace("path", path="jump"),
        trace("log", kind="step.exit"),
        trace("knowledgeBase", chunks=[{}, {}]),
        trace("carousel", cards=[]),
        trace("cardV2", title=""),
        trace("choice", buttons=[{"name": " "}]),
        event({"type": "__vf_internal__x", "paths": [{"event": {"type": "a"}}]}),
        event({"turn": 1}, "metrics"),
        Received(None, parse_frame(b": ping\n\n")),
        Received(None, parse_frame(b"data: {\n\n")),
    ],
    ids=str,
)
def test_the_rest_is_for_the_inspector(entry: Received) -> None:
    session = Session.of([sent(), entry])
    assert kinds(session.items) == ["said"]
    assert session.choices == []


# Choices


def test_the_last_choice_trace_counts_and_numbers_are_not_reused() -> None:
    session = session_of(
        trace("cardV2", title="Bike", buttons=buttons("Hire", "")),
        trace("choice", buttons=buttons("Yes", "No")),
        trace("choice", choices=buttons("Maybe")),
        event({"type": "pay", "paths": [{"label": "ok", "event": {"type": "paid"}}]}),
    )
    assert [(c.number, c.name) for c in session.choices] == [(1, "Hire"), (4, "Maybe"), (5, "ok")]
    assert [[c.name for c in i.choices] for i in session.items if i.kind == "choices"] == [
        ["Yes", "No"],
        ["Maybe"],
    ]
    old = session.items[3].choices[0]
    assert old not in session.choices


def test_a_new_turn_takes_the_choices_back() -> None:
    session = session_of(trace("choice", buttons=buttons("Yes")))
    choice = session.choices[0]
    session.apply(sent())
    assert session.choices == [] and choice in session.turns[0].choices


def test_requests_are_kept_verbatim() -> None:
    request = {"type": "action", "payload": {"actions": [
        {"type": "other"}, {"type": "open_url", "payload": {"url": "https://x.test"}},
    ]}, "unknown": [1]}  # fmt: skip
    told = [{"name": "Map", "request": request}, {"name": "Hello"}]
    first, second = session_of(trace("choice", buttons=told)).choices
    assert (first.request, first.url) == (request, "https://x.test")
    assert (second.request, second.url) == ({"type": "text", "payload": "Hello"}, None)


def test_the_default_is_the_path_that_all_paths_are_counted_for() -> None:
    paths = [{"label": "none", "event": None}, {"event": {"type": "a"}}, {"event": {"type": "b"}}]
    for place, default in ((0, []), (1, ["a"]), (2, ["b"]), (3, []), (None, []), (-1, [])):
        told = {"type": "pay", "paths": paths, "defaultPath": place}
        choices = session_of(event(told)).choices
        assert [choice.name for choice in choices] == ["a", "b"]
        assert [choice.name for choice in choices if choice.default] == default


def test_the_choices_of_a_carousel_are_those_of_its_cards() -> None:
    cards = [{"title": "A", "buttons": buttons("1", "2")}, {}, {"buttons": buttons("", "3")}]
    session = session_of(trace("carousel", cards=cards))
    [item] = [item for item in session.items if item.kind == "carousel"]
    assert [[choice.name for choice in card.choices] for card in item.cards] == [["1", "2"], ["3"]]
    assert [choice.number for choice in item.choices] == [1, 2, 3]
    assert list(item.choices) == session.choices


def test_a_path_whose_label_cannot_be_seen_has_its_types_name() -> None:
    paths = [{"label": " \n", "event": {"type": "a"}}, {"label": " b ", "event": {"type": "c"}}]
    choices = session_of(event({"type": "pay", "paths": paths})).choices
    assert [choice.name for choice in choices] == ["a", " b "]


def test_a_path_without_an_event_is_not_offered() -> None:
    session = Session.of(saved_turn(BODIES["genuine/custom-action"]))
    assert [choice.request for choice in session.choices] == [
        {"type": "picked"},
        {"type": "confetti_done"},
    ]


# What the person did


def test_the_header_changes_with_every_entry_of_its_turn() -> None:
    session = Session.of([sent(), text("Hi")])
    header = session.items[1]
    version = header.version
    session.apply(trace("block", blockID="x"))
    assert header.kind == "reply" and header.version > version and not header.settled


@pytest.mark.parametrize(
    ("action", "level", "words"),
    [
        ({"type": "text", "payload": "hire a bike"}, "info", "hire a bike"),
        ({"type": "path-x", "payload": {"label": "Hire"}}, "info", "Hire"),
        ({"type": "intent", "payload": {"query": "when?", "intent": {}}}, "info", "when?"),
        ({"type": "launch"}, "quiet", "launch"),
        ({"type": "no-reply"}, "quiet", "no-reply"),
        ({"type": "event", "payload": {"event": {"name": "x"}}}, "quiet", 'event "x"'),
        ({"type": 7, "payload": None}, "quiet", "action without a type"),
    ],
)
def test_what_a_person_did_is_said(action: dict[str, Any], level: str, words: str) -> None:
    [item] = Session.of([sent(**action)]).items
    assert (item.kind, item.level, item.text, item.settled) == ("said", level, words, True)


# Turns and their endings


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ending_that_is_not_complete_is_told(ending: Ending) -> None:
    session = session_of(text("Hi"), ending=ending)
    [turn] = session.turns
    assert turn.ending == ending
    level = "warning" if ending in ("cancelled", "truncated", "stalled") else "error"
    told = [] if ending == "complete" else [(level, f"It broke. {ADVICE[ending]}")]
    assert notices(session) == told


@pytest.mark.parametrize("message", ["401 Unauthorized: Bad Key", "401 Unauthorized: Bad Key:"])
def test_what_went_wrong_and_what_to_do_are_two_sentences(message: str) -> None:
    closed = Closed(None, "refused", message, advice="Check the key.")
    session = Session.of([sent(), closed])
    assert notices(session) == [("error", "401 Unauthorized: Bad Key. Check the key.")]
    assert session.turns[0].message == "401 Unauthorized: Bad Key."


FAILING = [
    event({"error": "no more"}, "error"),
    Received(None, parse_frame(b"event: error\ndata: no more\n\n")),
    Received(None, parse_frame(b"event: error\n\n")),
    trace("debug", message="unable: credit_limit_reached"),
    trace("debug", message="An internal error occurred."),
    trace("debug", message="ERROR: turn timeout - check for infinite loops"),
]


@pytest.mark.parametrize("entry", FAILING)
def test_an_agent_can_fail_in_a_complete_stream(entry: Received) -> None:
    session = session_of(text("Hi"), entry)
    assert session.turns[0].ending == "failed"
    assert session.turns[0].message.startswith("The agent reported a failure: ")
    assert notices(session)[-1][0] == "error"
    assert session_of(text("Hi"), entry, ending="truncated").turns[0].ending == "truncated"


@pytest.mark.parametrize("level", [None, "info", "error"])
@pytest.mark.parametrize(
    ("said", "advice"),
    [
        (
            "unable: credit_limit_reached",
            "The workspace is out of credits: top it up in Voiceflow.",
        ),
        ("An internal error occurred.", "Something inside the agent broke"),
        ("ERROR: turn timeout - check for infinite loops", "The agent ran for too long"),
    ],
)
def test_a_failure_is_told_once(said: str, advice: str, level: str | None) -> None:
    session = session_of(text("Hi"), trace("debug", message=said, level=level))
    told, ending = notices(session)
    assert told == ("error", said)
    assert ending[0] == "error" and ending[1].startswith(advice)
    assert session.turns[0].advice == ending[1]
    assert said.rstrip(".") in session.turns[0].message


def test_an_error_event_is_told_once() -> None:
    session = session_of(text("Hi"), event({"message": "gave up!"}, "error"))
    assert notices(session) == [("error", "error: gave up!"), ("error", ADVICE["failed"])]
    assert session.turns[0].message == "The agent reported a failure: gave up!"


def test_an_error_event_that_was_cut_off_is_none() -> None:
    cut = Received(None, parse_frame(b"event: error\ndata: no", cut=True))
    assert session_of(cut).turns[0].ending == "complete"


def test_frames_after_the_end_are_a_turn_of_their_own() -> None:
    session = Session.of([*turn(text("One")), text("Two"), *turn(text("Three"))])
    assert [t.action is None for t in session.turns] == [False, True, False]
    assert [t.messages for t in session.turns] == [["One"], ["Two"], ["Three"]]
    assert [t.ending for t in session.turns] == ["complete", "truncated", "complete"]
    assert [(t.first_seq, t.last_seq) for t in session.turns] == [(1, 3), (4, 4), (5, 7)]


def test_a_stray_end_changes_nothing() -> None:
    entries = [*turn(text("One"))]
    before = picture(Session.of(entries))
    after = picture(Session.of([*entries, Closed(9.0, "stalled", "Late.")]))
    assert after["items"] == before["items"] and after["turns"] == before["turns"]


def test_an_empty_stream_is_a_turn_that_was_cut() -> None:
    [turn] = Session.of(saved_turn(b"")).turns
    assert (turn.ending, turn.messages, turn.tokens) == ("truncated", [], Tokens())


def test_another_attempt_is_told() -> None:
    session = Session.of(
        [
            sent(),
            Opened(None, 429, note="Too many requests.", retry_in=2.5),
            Opened(None, None, retry_in=1),
            Opened(None, 200, note="A new session was opened.", stage="session"),
            Opened(None, 200),
        ]
    )
    assert notices(session) == [
        ("warning", "Too many requests. Trying again in 2.5 s."),
        ("warning", "No answer. Trying again in 1 s."),
        ("warning", "A new session was opened."),
    ]
    assert session.turns[0].status == 200


def test_the_next_attempt_is_waited_for_until_something_comes() -> None:
    session = Session.of([sent(1.0), Opened(2.0, 429, retry_in=2.5)])
    turn = session.turns[0]
    assert turn.retry_at == 4.5
    session.apply(Opened(5.0, 200))
    assert turn.retry_at is None
    session.apply(Opened(None, 503, retry_in=1))
    assert turn.retry_at is None
    session.apply(Opened(6.0, 503, retry_in=0))
    assert turn.retry_at == 6.0
    session.apply(Closed(7.0, "cancelled"))
    assert turn.retry_at is None


def test_the_last_no_reply_of_a_turn_counts() -> None:
    session = session_of(trace("no-reply", timeout=20), trace("no-reply", timeout=5.5))
    assert session.turns[0].no_reply == 5.5
    assert session_of(text("Hi")).turns[0].no_reply is None


@pytest.mark.parametrize("kind", ["launch", "text"])
def test_whatever_is_sent_begins_the_conversation_again(kind: str) -> None:
    session = session_of(trace("end"))
    assert session.conversation_over and session.turns[0].conversation_over
    session.apply(sent(type=kind))
    assert not session.conversation_over


def test_the_latest_state_is_kept_in_any_wrapping() -> None:
    state = {"variables": {"tier": "gold"}}
    wrapped = {"type": "state", "state": state}
    for value in (state, wrapped, {"type": "event", "event": "state", "data": state}):
        session = session_of(event({"variables": {}}, "state"), event(value, "state"))
        assert session.state == state
    assert session_of(event(state, "state"), event(None, "state")).state == state


def test_turns_with_words_but_no_tokens_are_counted() -> None:
    entries = [*turn(text("Hi")), *turn(), *saved_turn(BODIES["streams/02-v2beta1-completion"])]
    session = Session.of(entries)
    assert session.unreported_turns == 1
    assert session.tokens.total == 888
    assert json.dumps(asdict(session.tokens))


def test_a_key_that_comes_in_pieces_is_not_kept_in_the_message() -> None:
    key = "VF.DM.65f0c2a19b7e4d3c8a1f0b2d.abcdefABCDEF1234"
    pieces = [completion("content", f"You said {key[:9]}"), completion("content", f"{key[9:]}.")]
    session = session_of(completion("start"), *pieces, completion("end"))
    assert session.turns[0].messages == ["You said VF.DM.****."]
