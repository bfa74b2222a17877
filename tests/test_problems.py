"""What is wrong with a conversation is found, and what is sound is left in peace.

A sample stands for each rule. Its comments tell when what follows arrived, in seconds since the
action: `: at 5.6`.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bodies import BODIES, DATA, TRACES
from tests.logs import event, saved_turn, sent, session_of, trace, turn
from tests.talks import talk
from tests.test_fold import ENTRIES
from vftui.demo.failures import FAILURES
from vftui.demo.script import SCENES
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.session.problems import MOST_EVIDENCE, RULES, Problem
from vftui.wire.dialects import Api
from vftui.wire.frames import FrameReader
from vftui.wire.lenient import read_leniently

START = 1_786_620_060.0
SAMPLES = {path.stem: path.read_bytes() for path in sorted((DATA / "problems").glob("*.sse"))}

FAULTY = {
    "streams/04-v2beta1-multi-completion": {"completion-without-start"},
    "streams/13-v4-error-mid-stream": {"completion-without-end", "out-of-credits"},
    "streams/14-v4-unknown-and-odd": {"missing-id", "repaired-json", "unknown-type"},
}
"""The bodies with a fault in them, by the rules that it breaks. A body that is cut off breaks none:
how it ended says so."""

DIALECTS: tuple[Api, ...] = ("v4", "v2", "v2beta1")


def sample_of(body: bytes) -> list[Entry]:
    """The log of a sample."""
    reader = FrameReader()
    frames = reader.feed(body) + reader.close()
    at = START + 0.1 if b": at " in body else None
    log: list[Entry] = [Sent(at and START, {"type": "text", "payload": "hi"}, "v4")]
    log.append(Opened(at, 200))
    for frame in frames:
        if frame.comment is not None and at is not None:
            at = START + float(frame.comment.removeprefix("at "))
        log.append(Received(at, frame))
    return [*log, Closed(at, "complete")]


def rules_of(session: Session) -> set[str]:
    return {problem.rule for problem in session.problems}


def only(session: Session) -> Problem:
    """The one problem that there is."""
    (problem,) = session.problems
    return problem


def completion(state: str, **more: Any) -> Received:
    return trace("completion", state=state, **more)


def test_every_rule_has_a_sample_a_cause_and_a_fix() -> None:
    assert set(SAMPLES) == set(RULES)
    for name, rule in RULES.items():
        assert rule.name == name
        assert rule.cause.endswith(".") and rule.fix.endswith(".")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_rule_fires_on_its_sample_and_no_other_does(name: str) -> None:
    session = Session.of(sample_of(SAMPLES[name]))
    problem = only(session)
    assert problem.rule == name
    assert problem.turn == 0
    assert problem.text.endswith(".")
    assert problem.seq in problem.seqs and set(problem.seqs) == set(session.evidence)
    assert all(1 <= seq <= session.entries for seq in problem.seqs)


@pytest.mark.parametrize("name", BODIES)
def test_a_sound_body_has_no_problems(name: str) -> None:
    assert rules_of(Session.of(saved_turn(BODIES[name]))) == FAULTY.get(name, set())


@pytest.mark.parametrize("name", TRACES)
def test_a_sound_trace_of_each_type_has_no_problems(name: str) -> None:
    expected = {"unknown-type"} if name == "unknown" else set()
    assert rules_of(Session.of(saved_turn(TRACES[name]))) == expected


TOLD = {
    "control": {"repaired-json"},
    "fail slow": {"stall"},
    "fail error": {"completion-without-end"},
    "fail credits": {"out-of-credits"},
    "fail tool": {"tool-failed"},
    "fail garbage": {"unreadable-event", "unknown-type"},
    "fail escape": {"unknown-type"},
}
"""The words of the demo agent whose answers break rules. The others, also most of those that fail,
break none: what went wrong there is told by how the turn ended."""

SLEEPLESS = {"fail stall", "fail away"}
"""Words whose answers wait for a clock of their own."""


@pytest.mark.parametrize("api", DIALECTS)
def test_the_demo_agent_breaks_the_rules_that_its_words_are_for(api: Api) -> None:
    words = [scene.word for scene in SCENES] + ["variables", "bench 50", "Why is the sky blue?"]
    session = Session.of(talk(api, *words))
    told: dict[str, set[str]] = {}
    for problem in session.problems:
        action = session.turns[problem.turn].action or {}
        told.setdefault(action.get("payload", ""), set()).add(problem.rule)
    expected = {word: rules for word, rules in TOLD.items() if word in words}
    assert told == expected if api == "v4" else told | {"control": {"repaired-json"}} == expected


@pytest.mark.parametrize("api", DIALECTS)
@pytest.mark.parametrize("word", sorted(set(FAILURES) - SLEEPLESS))
def test_a_turn_that_fails_breaks_no_other_rules(api: Api, word: str) -> None:
    assert rules_of(Session.of(talk(api, word))) == TOLD.get(word, set())


# Completions


def test_interleaved_completions_are_told_apart() -> None:
    session = session_of(
        completion("start", messageID="a"),
        completion("start", messageID="b"),
        completion("content", content="x", messageID="a"),
        trace("text", message="A text in between."),
        completion("content", content="y", messageID="b"),
        completion("end", messageID="a"),
        completion("end"),
    )
    assert session.problems == []


def test_pieces_without_a_start_are_told_once() -> None:
    session = session_of(
        completion("content", content="x"), completion("content", content="y"), completion("end")
    )
    problem = only(session)
    assert (problem.rule, problem.seqs, problem.times) == ("completion-without-start", (2,), 1)


@pytest.mark.parametrize("ending", ["truncated", "cancelled", "stalled", "unreachable"])
def test_a_turn_that_was_cut_off_lacks_no_end_of_a_completion(ending: Any) -> None:
    assert session_of(completion("start"), ending=ending).problems == []


def test_a_problem_grows_when_its_rule_is_broken_again() -> None:
    session = session_of(*(completion("start") for _ in range(MOST_EVIDENCE * 3)))
    problem = only(session)
    assert problem.times == MOST_EVIDENCE * 3
    assert problem.text == "A completion never came to its end."
    assert MOST_EVIDENCE <= len(problem.seqs) <= MOST_EVIDENCE + 1


def test_each_turn_has_problems_of_its_own() -> None:
    log = [*turn(completion("start")), *turn(), *turn(completion("end"))]
    session = Session.of(log)
    assert [(problem.rule, problem.turn) for problem in session.problems] == [
        ("completion-without-end", 0),
        ("completion-without-start", 2),
    ]


# Ids


def numbered(*ids: str) -> list[Entry]:
    reader = FrameReader()
    frames = [
        frame
        for identity in ids
        for frame in reader.feed(
            (f"id: {identity}\n" if identity else "").encode()
            + b'event: trace\ndata: {"type":"block","payload":{"blockID":"b"}}\n\n'
        )
    ]
    return turn(*(Received(None, frame) for frame in frames))


@pytest.mark.parametrize(
    ("ids", "rules"),
    [
        (["1", "2", "3"], set()),
        (["1", "2", "", "", "3"], set()),
        (["7", "8", "9"], set()),
        (["100", "200", "300"], set()),
        (["a", "b", "", "c"], set()),
        (["9" * 400, "x" * 400], set()),
        (["1", "2", "4"], {"missing-id"}),
        (["1", "2", "2"], {"duplicate-id"}),
        (["1", "2", "3", "2"], {"duplicate-id"}),
        (["a", "b", "b"], {"duplicate-id"}),
        (["a", "b", "a"], {"duplicate-id"}),
    ],
)
def test_ids_are_counted_where_they_count(ids: list[str], rules: set[str]) -> None:
    assert rules_of(Session.of(numbered(*ids))) == rules


def test_missing_ids_are_named() -> None:
    assert (
        "Ids 3 to 9 are missing: 10 follows 2." in only(Session.of(numbered("1", "2", "10"))).text
    )


# Token counts


def charge(**metadata: Any) -> Received:
    return trace("debug", message="resources consumption", context="Agent", metadata=metadata)


def counts(total: int, query: int, answer: int) -> dict[str, int]:
    return {"total": total, "query": query, "answer": answer}


@pytest.mark.parametrize(
    ("metadata", "sound"),
    [
        ({"postMultiplierTokensConsumption": counts(100, 60, 40)}, True),
        ({"postMultiplierTokensConsumption": counts(101, 60, 40)}, True),
        ({"postMultiplierTokensConsumption": {"total": 100}}, True),
        ({"postMultiplierTokensConsumption": {"total": 100, "query": 60}}, True),
        ({"postMultiplierTokensConsumption": counts(120, 60, 40)}, False),
        (
            {
                "tokensMultiplier": 0.6,
                "tokensConsumption": counts(167, 100, 67),
                "postMultiplierTokensConsumption": counts(100, 60, 40),
            },
            True,
        ),
        (
            {
                "tokensMultiplier": 0,
                "tokensConsumption": counts(0, 0, 0),
                "postMultiplierTokensConsumption": counts(100, 60, 40),
            },
            True,
        ),
        (
            {
                "tokensMultiplier": 12,
                "tokensConsumption": counts(100, 60, 40),
                "postMultiplierTokensConsumption": counts(100, 60, 40),
            },
            False,
        ),
    ],
)
def test_a_report_of_tokens_fits_itself(metadata: dict[str, Any], sound: bool) -> None:
    assert rules_of(session_of(charge(**metadata))) == (set() if sound else {"token-counts"})


def streamed(billed: int, label: str = "AI Response", cut: bool = False) -> Session:
    """A completion of 100 tokens, and the report of its call."""
    report = (
        f"__{label}__\n    <br /> Model: `m`\n    <br /> Post-Multiplier Token Consumption: "
        f"`{{total: {billed}, query: 5, answer: {billed - 5}}}`"
    )
    tokens = {"model": "m", **counts(100, 60, 40)}
    return session_of(
        trace("completion-start", completion="x", type="text", tokens=tokens),
        trace("completion-end"),
        trace("debug", message=report[:-3] if cut else report),
    )


def test_more_streamed_than_billed_does_not_fit_and_less_does() -> None:
    assert streamed(100).problems == streamed(180).problems == []
    assert only(streamed(80)).text == "The answer streamed 100 tokens, and 80 were billed."
    assert streamed(80, "AI Set").problems == []
    assert streamed(80, cut=True).problems == []


def test_reports_that_wait_for_one_another_are_not_compared() -> None:
    def piece(total: int) -> Received:
        tokens = {"model": "m", **counts(total, total - 1, 1)}
        return trace("completion-start", completion="x", type="text", tokens=tokens)

    def bill(total: int) -> Received:
        return charge(model="m", postMultiplierTokensConsumption=counts(total, total - 1, 1))

    end = trace("completion-end")
    assert session_of(piece(10), end, piece(99), end, bill(10), bill(99)).problems == []
    session = session_of(piece(10), end, bill(10), piece(99), end, bill(9))
    assert rules_of(session) == {"token-counts"}


# Times


def block(at: float | None, time: float | None = None) -> Received:
    """A step that arrived, and was made, so many seconds after the action."""
    value: dict[str, Any] = {"type": "block", "payload": {"blockID": "b"}}
    if time is not None:
        value["time"] = round((START + time) * 1000)
    return event(value, at=None if at is None else START + at)


def timed(*entries: Entry, ending: Any = "complete", closed: float = 9) -> Session:
    told = "" if ending == "complete" else "It broke."
    end = Closed(START + closed, ending, told)
    return Session.of([sent(START), Opened(START + 0.1, 200), *entries, end])


def test_a_silence_is_a_stall_unless_it_is_explained() -> None:
    assert timed(block(0.2), block(2.1)).problems == []
    assert only(timed(block(0.2), block(2.4))).rule == "stall"
    call = {"callID": "c"}
    tool = [
        trace("tool-call", START + 0.3, state="start", **call),
        trace("tool-call", START + 7, state="end", **call),
    ]
    assert timed(block(0.2), *tool).problems == []
    assert only(timed(block(0.2), *tool, block(9.5))).rule == "stall"
    first = trace("debug", START + 3, message="first chunk received", metadata={"latency": 2700})
    assert timed(block(0.2), first).problems == []


def test_waiting_for_the_first_event_is_no_stall_until_it_is_very_long() -> None:
    assert timed(block(8)).problems == []
    assert only(timed(block(12))).rule == "stall"


def test_a_turn_that_was_given_up_stalled() -> None:
    problem = only(timed(block(0.2), ending="stalled", closed=60.2))
    assert problem.text == "Nothing came for 60.0 s, and the turn was given up."
    assert timed(block(0.2), ending="cancelled", closed=60.2).problems == []


def test_what_arrives_at_once_is_buffered_if_it_was_made_meanwhile() -> None:
    made = (0.1, 1.5, 3.0)
    at_once = [block(3.1, time) for time in made]
    assert only(timed(*at_once)).rule == "buffered-delivery"
    assert timed(*(block(time + 0.1, time) for time in made)).problems == []
    assert timed(*(block(0.4, time / 10) for time in made)).problems == []
    # Longer ago than the action: a function made these times.
    assert timed(*(block(3.1, time) for time in (-500, 1, 2))).problems == []
    # Nobody knows when: a saved stream.
    assert Session.of(turn(*(block(None, time) for time in made))).problems == []
    # Read from a pipe: nobody knows when it was asked for.
    piped: list[Entry] = [*at_once, Closed(START + 4, "complete")]
    assert Session.of(piped).problems == []


def test_steps_beside_each_other_are_no_clock_that_goes_back() -> None:
    assert timed(block(0.2, 5), block(0.3, 4.2)).problems == []
    assert only(timed(block(0.2, 5), block(0.3, 3.9))).rule == "clock-backwards"


# Events


def test_comments_behind_the_end_are_silent() -> None:
    reader = FrameReader()
    frames = reader.feed(b"event: end\ndata: {}\n\n:\n\nretry: 5\n\n\n\n:x\n\n")
    assert Session.of(turn(*(Received(None, one) for one in frames))).problems == []


def test_a_file_that_was_copied_from_a_page_says_so_once() -> None:
    frames = read_leniently((DATA / "pretty-printed.txt").read_bytes())
    session = Session.of([*(Received(None, one) for one in frames), Closed(None, "complete")])
    assert "repaired-json" in rules_of(session)
    assert "unreadable-event" not in rules_of(session)


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ({"type": "pay", "payload": {}, "paths": [], "defaultPath": None}, True),
        ({"type": "pay", "payload": "x", "paths": [{"event": {"type": "paid"}}]}, True),
        ({"type": "my_custom", "payload": 1, "extra": True}, True),
        ({"type": "__vf_internal__buttons__", "payload": {}}, True),
        ({"type": "carousel", "payload": {}, "paths": [{"event": {"type": "done"}}]}, True),
        ({"type": "tide-table", "payload": {}}, False),
        ({"type": "carousel", "payload": {}}, False),
        ({"type": "completion", "payload": {"state": "paused"}}, False),
    ],
)
def test_what_an_author_made_up_is_not_unknown(value: dict[str, Any], known: bool) -> None:
    assert rules_of(session_of(event(value))) == (set() if known else {"unknown-type"})


@pytest.mark.parametrize(("name", "known"), [("state", True), ("error", True), ("metrics", False)])
def test_an_event_has_a_name_that_is_known(name: str, known: bool) -> None:
    assert ("unknown-type" in rules_of(session_of(event({}, name)))) is not known


# Steps


def tool(message: str, level: str = "info", status: int = 200) -> Received:
    return trace(
        "debug", message=message, level=level, context="API tool",
        ref={"type": "api-tool", "apiToolName": "dock_lookup"}, metadata={"status": status},
    )  # fmt: skip


ANSWER = trace("text", message="Pier 3 has four bikes.")


@pytest.mark.parametrize(
    ("entries", "sound"),
    [
        ([tool("succeeded"), ANSWER], True),
        ([tool("succeeded", status=404), ANSWER], True),
        ([tool("failed", "error", 503)], True),
        ([ANSWER, tool("failed", "error", 503)], True),
        ([tool("failed", "error", 503), tool("succeeded"), ANSWER], True),
        ([trace("debug", message="unable to resolve code", level="error"), ANSWER], True),
        ([tool("failed", "error", 503), ANSWER], False),
        ([tool("succeeded", status=401), ANSWER], False),
        ([trace("debug", message="API call failed - Error: \nx"), ANSWER], False),
    ],
)
def test_a_tool_that_failed_behind_an_answer_is_told(entries: list[Entry], sound: bool) -> None:
    assert rules_of(session_of(*entries)) == (set() if sound else {"tool-failed"})


def test_a_turn_that_broke_off_has_no_fine_answer() -> None:
    assert session_of(tool("failed", "error", 503), ANSWER, ending="truncated").problems == []


def test_a_knowledge_base_that_does_not_say_what_it_found_found_something() -> None:
    assert session_of(trace("knowledgeBase", query={"output": "Yes."})).problems == []
    assert session_of(trace("knowledgeBase", chunks=[], faqAnswer="Yes.")).problems == []


@pytest.mark.parametrize(
    ("message", "sound"),
    [
        ("x" * 497 + "...", False),
        ("\U0001f6b2" * 248 + "x" + "...", False),
        ("x" * 500, True),
        ("x" * 800 + "...", True),
        ("Looking it up...", True),
    ],
)
def test_a_text_that_was_cut_off_is_told_by_its_length(message: str, sound: bool) -> None:
    assert rules_of(session_of(trace("debug", message=message))) == (
        set() if sound else {"cut-debug"}
    )


# Anything


@given(ENTRIES)
def test_problems_only_grow_and_never_raise(entries: list[Entry]) -> None:
    session = Session()
    known: list[Problem] = []
    for entry in entries:
        session.apply(entry)
        for before, now in zip(known, session.problems, strict=False):
            assert (before.rule, before.seq, before.text) == (now.rule, now.seq, now.text)
            assert set(before.seqs) <= set(now.seqs) and before.times <= now.times
        assert len(session.problems) >= len(known)
        known = [*session.problems]
    assert set(session.evidence) == {seq for one in known for seq in one.seqs}
    assert all(1 <= seq <= session.entries for seq in session.evidence)
    kinds = [(one.turn, one.rule) for one in known]
    assert len(kinds) == len(set(kinds))
    assert known == Session.of(entries).problems


@given(st.sampled_from(sorted(set(BODIES) - set(FAULTY))), st.floats(0, 0.9), st.floats(0, 5))
def test_a_sound_body_stays_sound_however_it_arrives(name: str, gap: float, wait: float) -> None:
    """Played at any pace that is not too slow, and not from a saved file."""
    at = START + wait
    log: list[Entry] = [sent(START), Opened(START, 200)]
    for entry in saved_turn(BODIES[name])[:-1]:
        assert isinstance(entry, Received)
        log.append(Received(at, entry.frame))
        at += gap
    ended = any(entry.frame.ends_turn for entry in log if isinstance(entry, Received))
    log.append(Closed(at, "complete" if ended else "truncated", "" if ended else "It broke."))
    assert rules_of(Session.of(log)) <= {"buffered-delivery"}
