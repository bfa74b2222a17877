"""The ledger of model calls: whatever tells of them, in whatever order, each is counted once."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bodies import BODIES
from tests.logs import saved_turn, sent, session_of, trace
from tests.modelcalls import CALLS, Truth, charge, end, flat, result, shuffled, start, words
from vftui.session.claims import is_silent
from vftui.session.fold import Session
from vftui.session.ledger import Call
from vftui.session.log import Closed, Entry, Received
from vftui.session.tokens import Tokens
from vftui.wire.charges import Counts

COMPLETE = Closed(None, "complete")


def total_of(calls: list[Truth]) -> Counts:
    return sum((call.billed for call in calls), Counts(0, 0, 0))


def counts_of(tokens: Tokens) -> Counts:
    assert tokens.total is not None and tokens.query is not None and tokens.answer is not None
    return Counts(tokens.total, tokens.query, tokens.answer)


@given(st.lists(CALLS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_each_call_is_counted_once(calls: list[Truth], chance: random.Random) -> None:
    session = Session.of([*shuffled(calls, chance), COMPLETE])
    [turn] = session.turns
    assert turn.tokens.source == "reported"
    assert counts_of(turn.tokens) == total_of(calls)
    assert turn.tokens.base == sum((call.base for call in calls), Counts(0, 0, 0))
    assert sorted(str(call.billed) for call in turn.calls) == sorted(str(c.billed) for c in calls)


@given(st.lists(CALLS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_without_charges_what_repeats_them_counts_once(
    calls: list[Truth], chance: random.Random
) -> None:
    calls = [replace(call, repeats=call.repeats | {"result"}) for call in calls]
    session = Session.of([*shuffled(calls, chance, charged=False), COMPLETE])
    assert session.tokens.source == "reported" and session.tokens.base is None
    assert counts_of(session.tokens) == total_of(calls)
    assert len(list(session.calls)) == len(calls)


@given(st.lists(CALLS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_without_reports_the_parts_count_once(calls: list[Truth], chance: random.Random) -> None:
    calls = [replace(call, repeats=frozenset(), silent=False, streams="counts") for call in calls]
    session = Session.of([*shuffled(calls, chance, charged=False), COMPLETE])
    query = sum(call.billed.query for call in calls)
    answer = sum(call.billed.answer // 3 + call.billed.answer // 4 for call in calls)
    assert session.tokens.source == "provisional"
    assert counts_of(session.tokens) == Counts(query + answer, query, answer)


@given(
    st.lists(st.lists(CALLS, max_size=4), max_size=3),
    st.sampled_from(["complete", "cancelled", "truncated", None]),
    st.randoms(use_true_random=False),
)
def test_calls_add_up_to_their_turn_at_any_time(
    turns: list[list[Truth]], ending: Any, chance: random.Random
) -> None:
    session = Session()
    for calls in turns:
        entries = shuffled(calls, chance)[: chance.randint(1, 20)]
        for entry in [*entries, *([Closed(None, ending)] if ending else [])]:
            session.apply(entry)
            check_sums(session)


def check_sums(session: Session) -> None:
    """The calls of each turn, in order, with their evidence; they are all there is."""
    for turn in session.turns:
        assert sum((call.tokens for call in turn.calls), Tokens()) == turn.tokens
        assert [call.number for call in turn.calls] == list(range(1, len(turn.calls) + 1))
        assert [call.seqs for call in turn.calls] == sorted(call.seqs for call in turn.calls)
        for call in turn.calls:
            assert call.turn == turn.index
            assert call.seqs and turn.first_seq <= call.seqs[0] <= call.seqs[-1] <= turn.last_seq
            assert (call.billed is None) == (call.source == "estimated") == bool(call.estimate)
    assert sum((call.tokens for call in session.calls), Tokens()) == session.tokens


@given(st.lists(CALLS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_calls_of_a_turn_that_is_over_stay(calls: list[Truth], chance: random.Random) -> None:
    session = Session.of([*shuffled(calls, chance), Closed(None, "cancelled")])
    before = list(session.calls)
    for entry in [*shuffled(calls, chance), COMPLETE]:
        session.apply(entry)
        assert list(session.turns[0].calls) == before


def facts(call: Call) -> tuple[Any, ...]:
    billed, base = (
        counts and (counts.total, counts.query, counts.answer)
        for counts in (call.billed, call.base)
    )
    return (call.label, call.model, call.multiplier, billed, base, call.source, call.latency,
            call.seqs)  # fmt: skip


SAID = ("AI Response", "gpt-3.5-turbo", 1)
CANNED = ((76, 42, 34), (76, 42, 34), "reported", None)
HAIKU = ("Agent", "claude-3.5-haiku", 2)
BODIES_CALLS: dict[str, list[tuple[Any, ...]]] = {
    # The parts sum to 876; one of 12 tokens had no words and was not sent.
    "streams/02-v2beta1-completion": [
        ("AI Response", "gpt-4-turbo", 12, (888, 516, 372), (74, 43, 31), "reported", None,
         (4, 9, 10)),
    ],
    "streams/03-v2beta1-seed-shape": [
        ("", "gpt-3.5-turbo", None, (6, 3, 3), None, "provisional", None, (1, 4)),
    ],
    "streams/04-v2beta1-multi-completion": [
        (*SAID, (129, 118, 11), (129, 118, 11), "reported", None, (5, 7, 8)),
        ("AI Set", *SAID[1:], (66, 61, 5), (66, 61, 5), "reported", None, (10,)),
        (*SAID, (150, 140, 10), (150, 140, 10), "reported", None, (13, 16, 17)),
        ("AI Response", None, 1, (0, 0, 0), (0, 0, 0), "reported", None, (19,)),
    ],
    "streams/05-v2beta1-truncated": [
        ("", "gpt-3.5-turbo", None, (209, 201, 8), None, "provisional", None, (3, 4)),
    ],
    "streams/06-v2-completion": [
        ("AI Response", "gpt-4o-mini", 1, (412, 371, 41), (412, 371, 41), "reported", None,
         (5, 11, 12)),
    ],
    "streams/11-v4-agent-turn": [
        (*HAIKU, (1280, 1242, 38), (640, 621, 19), "reported", None, (7,)),
        (*HAIKU, (1700, 1624, 76), (850, 812, 38), "reported", 1.38, (14, 19, 20, 21)),
        ("Prompt", "gpt-4o-mini", 0.6, (85, 71, 14), (142, 119, 24), "reported", 0.655,
         (24, 27, 28, 29)),
    ],
    "streams/16-v2-transitional-flat-completion": [
        ("AI Response", "gpt-4o-mini", 1, (99, 88, 11), (99, 88, 11), "reported", None,
         (1, 4, 5)),
    ],
    "genuine/ai-response": [(*SAID, *CANNED, (5, 22, 23))],
    "genuine/knowledge-base": [("AI Response KB", *SAID[1:], *CANNED, (5,))],
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_the_calls_of_each_body(name: str) -> None:
    session = Session.of(saved_turn(BODIES[name]))
    assert [facts(call) for call in session.calls] == BODIES_CALLS.get(name, [])
    check_sums(session)


def sources(*entries: Entry, ending: Any = "cancelled") -> list[tuple[str, int | None]]:
    """The source and the answer tokens of each call."""
    return [(call.source, call.tokens.answer) for call in session_of(*entries, ending=ending).calls]


def test_an_estimate_gives_way_to_the_report_of_its_own_call_alone() -> None:
    first = [start("a"), words("x" * 500, identity="a"), end("a")]
    assert sources(charge(9, 20), *first) == [("reported", 20), ("estimated", 100)]
    during = [*first[:2], charge(9, 5, label="AI Set"), first[2]]
    assert sources(charge(9, 20), *during) == [
        ("reported", 20), ("estimated", 100), ("reported", 5)
    ]  # fmt: skip
    assert sources(*first, charge(9, 20, label="AI Set")) == [("estimated", 100), ("reported", 20)]
    assert sources(*first, charge(9, 90)) == [("reported", 90)]


@pytest.mark.parametrize(
    ("label", "silent"),
    [("AI Set", True), ("AI Set KB", True), ("Set", True), ("Generative No Match", True),
     ("generative no-match", True), ("Agent", False), ("AI Response KB", False), ("", False),
     ("Settings agent", False), ("Piano matching", False)],
)  # fmt: skip
def test_calls_that_write_no_text_are_known_by_their_label(label: str, silent: bool) -> None:
    assert is_silent(label) is silent


def test_of_several_texts_a_report_is_of_the_one_that_it_fits() -> None:
    entries = [start("a"), start("b"), words("x" * 50, None, "a"), words("x" * 500, None, "b"),
               end("a"), end("b")]  # fmt: skip
    assert sources(*entries, charge(9, 11)) == [("reported", 11), ("estimated", 100)]
    assert sources(*entries, charge(9, 95)) == [("estimated", 10), ("reported", 95)]
    told = charge(9, 132, tokensMultiplier=12, tokensConsumption={"query": 1, "answer": 11})
    assert sources(*entries, told) == [("reported", 132), ("estimated", 100)]
    assert sources(*entries, result(9, 132, 5, multiplier=12)) == [
        ("reported", 132), ("estimated", 100)
    ]  # fmt: skip
    assert sources(*entries, charge(9, 95), charge(9, 11)) == [("reported", 11), ("reported", 95)]


def test_the_latest_text_is_reported_even_with_fewer_tokens_than_its_parts_told() -> None:
    entries = [flat(1, "start", 30), flat(2, "end", 9), flat(3, "start", 20), flat(4, "end", 0)]
    assert sources(*entries, charge(2, 2)) == [("provisional", 39), ("reported", 2)]
    assert sources(*entries, charge(5, 41)) == [("reported", 41), ("provisional", 20)]
    assert sources(*entries, charge(5, 40), charge(2, 2)) == [("reported", 40), ("reported", 2)]


def test_the_report_of_a_text_may_come_before_its_end() -> None:
    entries: list[Entry] = [sent(), start(), words("x" * 50), charge(9, 8)]
    session = Session.of(entries)
    assert [call.source for call in session.calls] == ["estimated", "reported"]
    session.apply(end())
    assert [(call.source, call.tokens.answer) for call in session.calls] == [("reported", 8)]


def test_an_estimate_stays_until_the_report_comes() -> None:
    """Neither unknown nor nothing in between, and what a call's result says does not replace it."""
    session, seen = Session(), []
    entries: list[Entry] = [
        sent(), charge(7, 3), start(), words("x" * 50), end(), trace("block", blockID="b"),
        result(20, 12, 5), charge(20, 12), COMPLETE,
    ]  # fmt: skip
    for entry in entries:
        session.apply(entry)
        seen.append((session.tokens.answer, session.tokens.source))
    assert seen == [
        (None, "unknown"), *[(3, "reported")] * 2, *[(13, "estimated")] * 4, *[(15, "reported")] * 2
    ]  # fmt: skip


@pytest.mark.parametrize("report", [charge(9, 200), result(9, 200, 5)])
def test_estimates_learn_from_confirmed_calls(report: Received) -> None:
    text = [start(), words("x" * 500), end()]
    session = Session.of([sent(), *text, report, COMPLETE, sent(), *text])
    guessed = session.turns[1].tokens.answer
    assert guessed is not None and 150 < guessed <= 200


def test_an_estimate_goes_by_the_models_of_whoever_calls() -> None:
    def first_chunk(caller: str) -> Received:
        return trace("debug", message="first chunk received", context=caller, level="debug")

    text = [start(), words("x" * 500), end()]
    entries: list[Entry] = [
        sent(), *text, charge(9, 400, "gpt-4-turbo", "Agent"), COMPLETE,
        sent(), *text, charge(9, 50, "gpt-4o-mini", "Prompt"), COMPLETE,
    ]  # fmt: skip
    assert answers(*entries, sent(), first_chunk("Agent"), *text) == [388]
    assert answers(*entries, sent(), first_chunk("Prompt"), *text) == [48]
    assert answers(*entries, sent(), *text) == [48]
    # It is told of one text, not of the next one.
    assert answers(*entries, sent(), first_chunk("Agent"), *text, *text) == [388, 48]


def answers(*entries: Entry) -> list[int | None]:
    """The answer tokens of the calls of the latest turn."""
    return [call.tokens.answer for call in Session.of(entries).turns[-1].calls]


def test_an_estimate_does_not_fall_when_another_call_is_confirmed() -> None:
    session = Session.of([sent(), start("a"), start("b"), words("x" * 5000, None, "b"), end("b")])
    for piece in ["x" * 50] * 10:
        session.apply(words(piece, None, "a"))
    session.apply(charge(9, 30))
    assert [call.tokens.answer for call in session.calls] == [100, 30]
    session.apply(end("a"))
    assert [call.tokens.answer for call in session.calls] == [100, 30]


def test_a_text_that_nobody_reported_is_no_call_of_a_complete_turn() -> None:
    entries = [charge(7, 3), start(), words("x" * 50), end()]
    assert sources(*entries, ending="complete") == [("reported", 3)]
    assert sources(*entries, ending="truncated") == [("reported", 3), ("estimated", 10)]


def test_the_latency_of_a_result_is_that_of_its_call() -> None:
    told = [charge(20, 5, label="Prompt"), result(20, 5, 400, "Prompt"), charge(50, 2),
            result(90, 9, 1250), charge(90, 9)]  # fmt: skip
    assert [call.latency for call in session_of(*told).calls] == [0.4, None, 1.25]
    [call] = session_of(result(20, 5, 400)).calls
    assert (call.latency, call.source, call.base) == (0.4, "reported", None)


def test_a_result_of_another_call_tells_nothing_of_this_one() -> None:
    for other in (result(90, 8, 5), result(20, 5, 5, "Prompt"), result(20, 5, 5, model="claude")):
        assert [call.latency for call in session_of(charge(20, 5), other).calls] == [None]


def test_the_rate_is_that_of_the_reported_tokens() -> None:
    entries = [words("x" * 50, 1.0), words("x" * 50, 2.0), words("x" * 50, 3.0), end(None, 3.0)]
    [guessed] = session_of(*entries, ending="cancelled").calls
    assert (guessed.rate, guessed.rate_estimated, guessed.at) == (10.0, True, 3.0)
    [reported] = session_of(*entries, charge(9, 60)).calls
    assert (reported.rate, reported.rate_estimated) == (20.0, False)
    [instant] = session_of(words("x" * 50, 1.0), end(None, 1.0), ending="cancelled").calls
    assert instant.rate is None


def test_counts_at_the_end_do_not_make_a_text_twice_as_fast() -> None:
    usage = trace("completion", 2.0, state="end", usage={"queryTokens": 5, "answerTokens": 20})
    session = session_of(words("x" * 50, 1.0), words("x" * 50, 2.0), usage)
    assert [call.rate for call in session.calls] == [10.0]
    assert session.turns[0].rate == 10.0


def test_a_report_says_what_else_it_tells() -> None:
    more: dict[str, Any] = {
        "creditsUsed": 3,
        "usage": {"Credit": {"a": 1}, "list": [{"credits": 2.5}]},
        "x": 1,
    }
    known: dict[str, Any] = {"latency": 5, "tokensMultiplier": 2, "tokensConsumption": {"total": 3}}
    [call] = session_of(charge(7, 3, **more, **known), result(7, 3, 5, system="s", seed=4)).calls
    assert call.more == {**more, "seed": 4}
    assert call.credits == {
        "creditsUsed": 3, "usage.Credit": {"a": 1}, "usage.list[0].credits": 2.5
    }  # fmt: skip
    assert hash(call)


def test_credits_are_found_at_any_depth() -> None:
    deep: Any = {"credit": 1}
    for _ in range(5000):
        deep = [deep]
    [call] = session_of(charge(7, 3)).calls
    assert list(replace(call, more={"a": deep}).credits.values()) == [1]


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["credits", "x"]), inner),
    )
)
def test_any_metadata_can_be_looked_through(value: Any) -> None:
    [call] = session_of(charge(7, 3, extra=value)).calls
    assert call.more == {"extra": value}
    assert all("credits" in path for path in call.credits)


def test_many_texts_and_reports_that_do_not_fit_take_no_time() -> None:
    """Only the latest are compared with one another."""
    entries: list[Entry] = []
    for number in range(2000):
        entries += [start(), words("x"), end(), charge(5, 5, f"model {number}")]
    assert len(sources(*entries)) == 2000
