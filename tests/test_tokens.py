"""The token ledger: nothing counted twice, nothing unknown shown as 0."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.logs import event, sent, session_of, trace
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Received
from vftui.session.tokens import UNKNOWN_MODEL, Source, Tokens
from vftui.wire.charges import Counts

SOURCES: tuple[Source, ...] = ("reported", "provisional", "estimated")
COUNT = st.none() | st.integers(0, 99)
COUNTS = st.builds(Counts, *[st.integers(0, 99)] * 3)
TOKENS = st.just(Tokens()) | st.builds(
    Tokens,
    COUNT,
    COUNT,
    COUNT,
    st.sampled_from(SOURCES),
    st.none() | COUNTS,
    st.dictionaries(st.sampled_from("abc"), COUNTS),
)


def piece(state: str, query: float, answer: float, model: str | None = None) -> Received:
    tokens = {"query": query, "answer": answer, "model": model}
    return trace(f"completion-{state}", completion="word ", tokens=tokens)


def end() -> Received:
    return trace("completion-end")


def charge(
    total: int, query: int, answer: int, model: str | None = None, label: str = "Agent", **more: Any
) -> Received:
    billed = {"total": total, "query": query, "answer": answer}
    metadata = {"model": model, "postMultiplierTokensConsumption": billed, **more}
    return trace("debug", message="resources consumption", context=label, metadata=metadata)


def set_charge(total: int, query: int, answer: int) -> Received:
    counts = f"`{{total: {total}, query: {query}, answer: {answer}}}`"
    message = (
        "__AI Set__\n    <br /> Model: `gpt-4o`\n    <br /> Token Multiplier: `1x`"
        f"\n    <br /> Token Consumption: {counts}"
        f"\n    <br /> Post-Multiplier Token Consumption: {counts}"
    )
    return trace("debug", message=message)


def result(total: int, query: int, answer: int, model: str = "gpt-4o") -> Received:
    metadata = {"model": model, "tokens": total, "queryTokens": query, "answerTokens": answer}
    return trace("debug", message="ai result", metadata=metadata)


def streamed(state: str, text: str = "") -> Received:
    return trace("completion", state=state, content=text)


def figures(session: Session) -> tuple[int | None, int | None, int | None, str]:
    tokens = session.tokens
    return tokens.total, tokens.query, tokens.answer, tokens.source


@given(TOKENS, TOKENS, TOKENS)
def test_tokens_add_up_in_any_order(one: Tokens, two: Tokens, three: Tokens) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + Tokens() == one


def test_the_weakest_source_is_told() -> None:
    for strength, source in enumerate(SOURCES):
        for stronger in SOURCES[: strength + 1]:
            both = Tokens(1, 1, 0, source) + Tokens(2, 1, 1, stronger)
            assert (both.total, both.source) == (3, source)
    assert Tokens() + Tokens(3, 2, 1, "reported") == Tokens(3, 2, 1, "reported")


def test_pieces_are_provisional_until_their_charge_comes() -> None:
    entries: list[Entry] = [sent(), piece("start", 5, 1, "gpt-4o"), piece("continue", 0, 2)]
    assert figures(Session.of(entries)) == (8, 5, 3, "provisional")
    entries.append(end())
    assert figures(Session.of(entries)) == (8, 5, 3, "provisional")
    entries.append(charge(9, 5, 4, "gpt-4o"))
    assert figures(Session.of(entries)) == (9, 5, 4, "reported")


@pytest.mark.parametrize("model", ["gpt-4o", None, ""])
def test_a_charge_of_a_model_that_fits_replaces_the_pieces(model: str | None) -> None:
    session = session_of(piece("start", 5, 1, "gpt-4o"), end(), charge(9, 5, 4, model))
    assert figures(session) == (9, 5, 4, "reported")


def test_a_charge_of_another_model_is_another_call() -> None:
    session = session_of(piece("start", 5, 1, "gpt-4o"), end(), charge(9, 5, 4, "claude"))
    assert figures(session) == (15, 10, 5, "provisional")
    assert session.tokens.models == {"gpt-4o": Counts(6, 5, 1), "claude": Counts(9, 5, 4)}
    assert session.tokens.base is None


def test_a_set_charge_replaces_nothing() -> None:
    session = session_of(piece("start", 5, 1, "gpt-4o"), end(), set_charge(66, 61, 5))
    assert figures(session) == (72, 66, 6, "provisional")
    session = session_of(streamed("start"), streamed("content", "x" * 40), set_charge(66, 61, 5))
    assert figures(session) == (66, 61, 5, "reported")
    assert session.tokens.base == Counts(66, 61, 5)


def test_a_charge_replaces_only_the_latest_pieces() -> None:
    session = session_of(
        piece("start", 5, 1), end(), piece("start", 7, 2), end(), charge(10, 7, 3), charge(4, 2, 2)
    )
    assert figures(session) == (6 + 10 + 4, 5 + 7 + 2, 1 + 3 + 2, "provisional")
    assert session.tokens.models == {UNKNOWN_MODEL: Counts(20, 14, 6)}


@pytest.mark.parametrize("order", [1, -1])
def test_a_result_is_never_added_to_its_charge(order: int) -> None:
    session = session_of(*[result(9, 5, 4), charge(9, 5, 4, "gpt-4o")][::order])
    assert figures(session) == (9, 5, 4, "reported")


def test_results_count_when_there_is_no_charge() -> None:
    session = session_of(streamed("content", "x" * 40), result(9, 5, 4), result(3, 2, 1))
    assert figures(session) == (12, 7, 5, "reported")
    assert session.tokens.models == {"gpt-4o": Counts(12, 7, 5)}


def test_early_2025_results_stand_in_the_paths() -> None:
    told = {"tokens": 9, "queryTokens": 5, "answerTokens": 4, "model": "gpt-4o"}
    entry = event(
        {
            "type": "debug",
            "payload": {"message": "", "type": "ai-response-parameters-model"},
            "paths": [{"event": {"payload": told}}],
        }
    )
    session = session_of(entry)
    assert figures(session) == (9, 5, 4, "reported") and session.choices == []


def test_text_without_counts_is_estimated_until_it_is_reported() -> None:
    entries: list[Entry] = [
        sent(),
        charge(9, 5, 4),
        streamed("start"),
        streamed("content", "x" * 11),
    ]
    assert figures(Session.of(entries)) == (12, 5, 7, "estimated")
    entries += [streamed("end"), result(20, 17, 3)]
    assert figures(Session.of(entries)) == (12, 5, 7, "estimated")
    entries.append(charge(20, 17, 3))
    assert figures(Session.of(entries)) == (29, 22, 7, "reported")


def test_an_estimate_knows_nothing_but_the_answer() -> None:
    assert figures(Session.of([sent(), streamed("content", "x" * 11)])) == (
        None,
        None,
        3,
        "estimated",
    )


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("cancelled", (None, None, 3, "estimated")),
        ("truncated", (None, None, 3, "estimated")),
        ("stalled", (None, None, 3, "estimated")),
        ("complete", (None, None, None, "unknown")),
        ("protocol", (None, None, 3, "estimated")),
        ("failed", (None, None, 3, "estimated")),
    ],
)
def test_only_a_stream_that_was_cut_stays_estimated(ending: Any, expected: Any) -> None:
    session = session_of(streamed("content", "x" * 11), ending=ending)
    assert figures(session) == expected
    assert session.unreported_turns == 1


def test_a_turn_that_the_runtime_gave_up_stays_estimated() -> None:
    session = session_of(streamed("content", "x" * 11), event({"message": "gone"}, "error"))
    assert session.turns[0].ending == "failed"
    assert figures(session) == (None, None, 3, "estimated")


def test_an_estimate_beside_a_charge_leaves_something_unreported() -> None:
    session = session_of(charge(9, 5, 4), streamed("content", "x" * 11), ending="cancelled")
    assert figures(session) == (12, 5, 7, "estimated")
    assert session.unreported_turns == 1
    assert session_of(charge(9, 5, 4), trace("text", message="Hi")).unreported_turns == 0


def test_pieces_with_counts_are_not_estimated() -> None:
    session = Session.of([sent(), piece("start", 0, 0), piece("continue", 0, 2)])
    assert figures(session) == (2, 0, 2, "provisional")


def test_counts_on_an_end_replace_the_estimate() -> None:
    usage = trace("completion", state="end", usage={"queryTokens": 5, "answerTokens": 2})
    session = Session.of([sent(), streamed("content", "x" * 90), usage])
    assert figures(session) == (7, 5, 2, "provisional")


def test_nothing_is_not_zero() -> None:
    assert figures(session_of(trace("text", message="Hi"))) == (None, None, None, "unknown")
    assert figures(session_of(piece("start", 0, 0), end())) == (None, None, None, "unknown")
    zero = session_of(charge(0, 0, 0))
    assert figures(zero) == (0, 0, 0, "reported") and zero.tokens.models == {}


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -3, True, "9", None, [1], 10**30])
def test_strange_numbers_count_nothing(bad: Any) -> None:
    assert figures(session_of(piece("start", bad, bad), end())) == (None, None, None, "unknown")
    assert figures(session_of(charge(bad, bad, bad))) == (None, None, None, "unknown")
    assert figures(session_of(result(bad, bad, bad))) == (None, None, None, "unknown")


def test_base_needs_every_call() -> None:
    base: dict[str, Any] = {"tokensConsumption": {"total": 3, "query": 2, "answer": 2}}
    both = session_of(charge(6, 4, 4, **base), charge(6, 4, 4, **base))
    assert both.tokens.base == Counts(6, 4, 4)
    assert session_of(charge(6, 4, 4, **base), charge(6, 4, 4)).tokens.base is None


def test_a_charge_that_tells_only_the_base_is_multiplied() -> None:
    metadata = {"tokensConsumption": {"query": 3, "answer": 2}, "tokensMultiplier": 1.5}
    session = session_of(trace("debug", message="resources consumption", metadata=metadata))
    assert figures(session) == (8, 5, 3, "reported")
    assert session.tokens.base == Counts(5, 3, 2)


def test_a_session_mixes_its_turns() -> None:
    entries: list[Entry] = [sent(), charge(9, 5, 4, "gpt-4o"), Closed(None, "complete")]
    entries += [sent(), trace("text", message="Hi"), Closed(None, "complete")]
    entries += [sent(), streamed("content", "x" * 10), Closed(None, "cancelled")]
    session = Session.of(entries)
    assert asdict(session.tokens) == {
        "total": 11,
        "query": 5,
        "answer": 6,
        "source": "estimated",
        "base": None,
        "models": {"gpt-4o": {"total": 9, "query": 5, "answer": 4}},
    }
    assert session.unreported_turns == 2
