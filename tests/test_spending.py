"""What the turns of a session spent: medians, shares, and the figures of every turn."""

from __future__ import annotations

import math
import statistics
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.logs import sent, trace, turn
from vftui.prices import Price, Prices
from vftui.render.spending import Course, Spent, share_of, spread
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry
from vftui.wire.charges import Counts

PRICES = Prices({"m": Price(1.0, 10.0, "2026-07-01")}, "USD", "2026-07-01")
FIGURES = st.lists(st.none() | st.floats(0, 1e6), max_size=50)


def charge(query: int, answer: int, model: str | None = "m", **more: Any) -> Entry:
    billed = {"total": 2 * (query + answer), "query": 2 * query, "answer": 2 * answer}
    base = {"total": query + answer, "query": query, "answer": answer}
    return trace(
        "debug", message="resources consumption", context="Agent",
        metadata={
            "model": model, "tokensMultiplier": 2, "tokensConsumption": base,
            "postMultiplierTokensConsumption": billed, **more,
        },
    )  # fmt: skip


@given(FIGURES)
def test_a_spread_is_of_what_is_known(values: list[float | None]) -> None:
    known = sorted(value for value in values if value is not None)
    found = spread(values)
    assert (found is None) == (not known)
    if found is not None:
        assert found.known == len(known)
        assert found.median == statistics.median_low(known)
        assert sum(value <= found.p95 for value in known) >= math.ceil(0.95 * len(known))
        assert sum(value < found.p95 for value in known) < math.ceil(0.95 * len(known))


@pytest.mark.parametrize(
    ("some", "turns", "told"),
    [
        (2, 14, "2 of 14 turns (14 %)"),
        (0, 3, "0 of 3 turns (0 %)"),
        (1, 1, "1 of 1 turn (100 %)"),
        (1, 20_000, "1 of 20,000 turns (under 1 %)"),
        (0, 0, "0 of 0 turns (0 %)"),
    ],
)
def test_a_share_in_words(some: int, turns: int, told: str) -> None:
    assert share_of(some, turns) == told


def assert_alike(one: Spent, other: Spent) -> None:
    """The same but for the last digits of the money: the order of a sum changes them."""
    assert (one.base, one.lacks_base) == (other.base, other.lacks_base)
    assert (one.cost is None) == (other.cost is None)
    if one.cost is not None and other.cost is not None:
        assert one.cost.amount == pytest.approx(other.cost.amount)
        assert replace(one.cost, amount=0) == replace(other.cost, amount=0)


LOGS = st.lists(
    st.lists(
        st.tuples(st.integers(0, 9999), st.integers(0, 999), st.sampled_from("mn")), max_size=3
    ),
    max_size=12,
)


@given(LOGS, st.integers(1, 5))
def test_what_it_comes_to_is_what_the_session_says(
    turns: list[list[tuple[int, int, str]]], slice_: int
) -> None:
    session, course = Session(), None
    for calls in turns:
        for entry in [sent(), *(charge(*call) for call in calls), Closed(None, "complete")]:
            session.apply(entry)
            course = course or Course(session, PRICES)
            course.sync()
    late = Course(session, PRICES)
    while not late.sync(slice_):
        pass
    for one in filter(None, (course, late)):
        assert one.calls == list(session.calls)
        assert one.total == [each.tokens.total for each in session.turns]
        assert one.marks == ["" if calls else "?" for calls in turns]
        assert_alike(one.whole, Spent.on(session.calls, PRICES))
        assert one.whole.base == session.tokens.base
        assert one.whole.cost is None or one.whole.cost.unpriced == sum(
            model == "n" for calls in turns for _, _, model in calls
        )
        models = [one.model(name) for name in session.tokens.models]
        assert_alike(sum(models, start=Spent()), one.whole)
        assert_alike(sum(map(one.of, session.turns), start=Spent()), one.whole)


def test_the_open_turn_is_read_again_and_the_others_are_not() -> None:
    session = Session.of([*turn(charge(10, 5)), sent()])
    course = Course(session)
    assert course.sync()
    assert (course.over, course.total, course.live) == (1, [30, None], ())
    session.apply(charge(20, 1))
    course.sync()
    assert (course.total, [call.number for call in course.live]) == ([30, 42], [1])
    assert len(course.calls) == 1
    session.apply(Closed(None, "complete"))
    course.sync()
    assert (course.over, course.live, len(course.calls)) == (2, (), 2)


def test_an_estimate_is_marked_and_counts_as_far_as_it_goes() -> None:
    streamed = [
        trace("completion", state="start"),
        trace("completion", state="content", content="word " * 8),
    ]
    course = Course(Session.of([sent(), *streamed]))
    course.sync()
    assert course.marks == ["~"]
    assert course.total == course.answer
    assert course.total[0]
    assert course.query == [None]
    assert course.sources == {"estimated"}


def test_credits_are_those_of_the_latest_call_that_tells_of_any() -> None:
    log = [*turn(charge(1, 1, creditsUsed=3)), *turn(charge(1, 1)), sent()]
    session = Session.of(log)
    course = Course(session)
    course.sync()
    assert course.credited is not None
    assert dict(course.credited.credits) == {"creditsUsed": 3}
    session.apply(charge(1, 1, billing={"credits": "½"}))
    course.sync()
    assert dict(course.credited.credits) == {"billing.credits": "½"}


def test_money_is_that_of_the_calls_with_a_price() -> None:
    session = Session.of(turn(charge(1_000_000, 100_000), charge(5, 5, model=None)))
    course = Course(session, PRICES)
    course.sync()
    spent = course.model("m")
    assert spent.cost is not None
    assert spent.cost.amount == pytest.approx(2.0)
    assert Spent() + spent == spent + Spent() == spent
    unknown = course.model("unknown model").cost
    assert unknown is not None and (unknown.calls, unknown.unpriced) == (0, 1)
    assert course.model("another") == Spent()


def test_calls_that_do_not_tell_base_tokens_are_said_to_lack_them() -> None:
    session = Session.of([sent(), charge(10, 5), charge(7, 1, tokensConsumption=None)])
    course = Course(session)
    course.sync()
    assert course.whole == course.of(session.turns[0]) == Spent(Counts(15, 10, 5), lacks_base=True)
