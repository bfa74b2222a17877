"""Budgets: where they stand, in words, and that a level is said once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stage import START, end, head, text, trace
from vftui.session.budget import (
    LEVELS,
    Budget,
    Standing,
    Warnings,
    spent_since,
    standings,
)
from vftui.session.fold import Session
from vftui.session.log import Entry, Sent
from vftui.session.tokens import Source, Tokens
from vftui.wire.charges import Counts

NOTHING = Tokens()


def billed(total: int, source: Source = "reported") -> Tokens:
    return Tokens(total, total, 0, source, None, {"gpt-4o": Counts(total, total, 0)})


def test_only_what_is_limited_stands_anywhere() -> None:
    assert not Budget() and Budget(day=1)
    assert standings(Budget(), billed(5), billed(5), billed(5)) == []
    both = standings(Budget(turn=10, day=100), billed(5), billed(50), billed(81))
    assert [(one.what, one.spent, one.limit, one.level) for one in both] == [
        ("turn", 5, 10, 50),
        ("day", 81, 100, 80),
    ]


@pytest.mark.parametrize(
    ("tokens", "unreported", "words", "level"),
    [
        (billed(16_600), 0, "session 83 % of 20,000", 80),
        (billed(15_999), 0, "session 79 % of 20,000", 50),
        (billed(19_999), 0, "session 99 % of 20,000", 80),
        (billed(20_000), 0, "session 100 % of 20,000", 100),
        (billed(2_500_000), 0, "session 12,500 % of 20,000", 100),
        (billed(0), 0, "session 0 % of 20,000", 0),
        (billed(10_000, "provisional"), 0, "session ~50 % of 20,000", 50),
        (Tokens(None, None, 10_000, "estimated"), 0, "session ~50 % of 20,000", 50),
        (billed(10_000), 2, "session 50 % of 20,000 +?", 50),
        (NOTHING, 0, "session ? of 20,000", 0),
    ],
)
def test_a_standing_says_what_it_does_not_know(
    tokens: Tokens, unreported: int, words: str, level: int
) -> None:
    (one,) = standings(Budget(session=20_000), NOTHING, tokens, NOTHING, unreported=unreported)
    assert (one.words, one.level) == (words, level)
    assert (one.share is None) == (tokens is NOTHING)


def test_turns_that_nobody_reported_lack_in_the_session_and_in_the_day_alone() -> None:
    of = standings(Budget(1, 1, 1), NOTHING, NOTHING, NOTHING, unreported=3)
    assert [one.unreported for one in of] == [0, 3, 3]


def test_a_day_that_nobody_knows_has_what_this_session_spent_at_least() -> None:
    (one,) = standings(Budget(day=100), NOTHING, billed(90), None)
    assert (one.words, one.level) == ("day 90 % of 100 +?", 80)
    (one,) = standings(Budget(day=100), NOTHING, NOTHING, None)
    assert (one.words, one.level) == ("day ? of 100", 0)


def standing(spent: int | None, what: str = "session") -> Standing:
    tokens = NOTHING if spent is None else billed(spent)
    budget = Budget(**{what: 100})
    of = {name: tokens if name == what else NOTHING for name in ("turn", "session", "day")}
    (one,) = standings(budget, of["turn"], of["session"], of["day"])
    return one


@given(st.lists(st.none() | st.integers(0, 300)))
def test_each_level_is_said_once_and_no_level_is_missed(spends: list[int | None]) -> None:
    warnings = Warnings()
    said = [
        one.level
        for spent in spends
        for one in warnings.due([standing(spent)], turn=1, day="today")
    ]
    assert all(before < after for before, after in pairwise(said))
    most = max((spent for spent in spends if spent is not None), default=0)
    assert said[-1:] == [level for level in LEVELS if most >= level][:1]


def test_another_turn_and_another_day_are_warned_of_anew() -> None:
    warnings = Warnings()

    def said(what: str, spent: int, turn: int, day: str) -> list[int]:
        due = warnings.due([standing(spent, what)], turn=turn, day=day)
        return [one.level for one in due]

    assert said("turn", 90, 1, "mon") == [80] and said("turn", 95, 1, "tue") == []
    assert said("turn", 60, 2, "tue") == [50] and said("turn", 10, 3, "tue") == []
    assert said("day", 100, 1, "mon") == [100] and said("day", 100, 2, "mon") == []
    assert said("day", 50, 2, "tue") == [50]
    assert said("session", 80, 1, "mon") == [80] and said("session", 99, 9, "tue") == []


def turn_at(at: float | None, total: int) -> list[Entry]:
    told = {"total": total, "query": total, "answer": 0}
    report = trace(
        "debug",
        message="resources consumption",
        metadata={"model": "m", "postMultiplierTokensConsumption": told},
    )
    entries: list[Entry] = [head(), text("Hi."), report, end()]
    sent = Sent(at, {"type": "text", "payload": "go"}, "v4")
    shifted = None if at is None else at - START
    return [sent, *(_at(entry, shifted) for entry in entries)]


def _at(entry: Entry, shift: float | None) -> Entry:
    from dataclasses import replace

    at = None if shift is None or entry.at is None else entry.at + shift
    return replace(entry, at=at)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=6), st.integers(0, 6))
def test_what_is_spent_since_midnight_is_the_sum_of_the_turns_since(
    turns: list[tuple[bool, int]], yesterday: int
) -> None:
    midnight = START + 1000 * yesterday
    entries = [
        entry
        for place, (_, total) in enumerate(turns)
        for entry in turn_at(START + 1000 * place, total)
    ]
    session = Session.of(entries)
    expected = sum((turn.tokens for turn in session.turns[yesterday:]), NOTHING)
    assert spent_since(session, midnight) == expected
    assert spent_since(session, 0) == session.tokens


def test_a_session_without_times_is_of_today() -> None:
    session = Session.of([*turn_at(None, 3), *turn_at(None, 4)])
    assert spent_since(session, START) == session.tokens and session.tokens.total == 7
