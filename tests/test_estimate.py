from __future__ import annotations

import math
import re
from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from vftui.session.estimate import CALLERS, LONGEST, RECENT, Estimator, Measure
from vftui.session.tokenizer import Encodings
from vftui.wire.charges import Counts

MINI = "gpt-4o-mini"
TURBO = "gpt-4-turbo"
CLAUDE = "claude-3.5-haiku"
PIECES = st.lists(st.text(max_size=30), max_size=20)


class Words(Encodings):
    """Encodings in which a word is a token."""

    def count(self, model: str) -> object:  # type: ignore[override]
        return self.words if model.startswith("gpt") else None

    @staticmethod
    def words(text: str) -> int:
        return len(re.findall(r"[^\W_]+", text))


def prepared() -> Estimator:
    estimator = Estimator()
    estimator.prepare(Words())
    return estimator


def measured(*pieces: str) -> Measure:
    measure = Measure()
    for piece in pieces:
        measure.add(piece)
    return measure


def learn(
    estimator: Estimator, text: str, answer: int, model: str = MINI, caller: str = ""
) -> None:
    estimator.learn(measured(text), model, Counts(answer + 50, 50, answer), None, caller)


def estimate(estimator: Estimator, text: str, model: str | None = None, caller: str = "") -> int:
    return estimator.estimate(measured(text), model, caller)


def test_five_characters_are_a_token_as_long_as_nothing_is_learnt() -> None:
    estimator = Estimator()
    assert estimate(estimator, "x" * 11) == estimate(estimator, "x" * 11, MINI) == 3
    assert estimate(estimator, "") == 0
    assert estimator.basis == "characters / 5"


def test_the_next_answer_of_a_model_is_taken_for_one_like_its_latest() -> None:
    estimator = Estimator()
    learn(estimator, "x" * 100, 20)
    assert estimate(estimator, "x" * 100, MINI) == estimate(estimator, "x" * 100) == 19
    assert estimate(estimator, "x" * 1000, MINI) == 194  # a little low, since texts differ
    assert estimator.basis == "characters, calibrated by 1 call"


def test_what_a_model_costs_says_nothing_of_another() -> None:
    estimator = Estimator()
    learn(estimator, "x" * 100, 300, TURBO)
    assert estimate(estimator, "x" * 100, MINI) == 20
    learn(estimator, "x" * 100, 10)
    assert estimate(estimator, "x" * 100, MINI) == 10
    assert estimate(estimator, "x" * 100, TURBO) == 291


def test_a_model_that_nobody_named_is_the_cheapest_of_the_latest() -> None:
    estimator = Estimator()
    learn(estimator, "x" * 100, 10)
    learn(estimator, "x" * 100, 300, TURBO)
    assert estimate(estimator, "x" * 100) == 10
    assert estimator.basis == "characters, calibrated by 2 calls of 2 models"
    for _ in range(RECENT):
        learn(estimator, "x" * 100, 300, TURBO)
    assert estimate(estimator, "x" * 100) == 291
    assert estimator.basis == f"characters, calibrated by {RECENT} calls"


def test_a_model_that_nobody_named_is_one_of_those_that_its_caller_used() -> None:
    estimator = Estimator()
    learn(estimator, "x" * 100, 10, MINI, "Prompt")
    learn(estimator, "x" * 100, 300, TURBO, "Agent")
    assert estimate(estimator, "x" * 100, caller="Prompt") == 10
    assert estimate(estimator, "x" * 100, caller="Agent") == 291
    assert estimate(estimator, "x" * 100, MINI, "Agent") == 10  # a name that is told counts
    for unknown in ("", "Router"):
        assert estimate(estimator, "x" * 100, caller=unknown) == 10
    learn(estimator, "x" * 100, 20, CLAUDE, "Agent")
    assert estimate(estimator, "x" * 100, caller="Agent") == 19


def test_the_callers_that_are_remembered_are_bounded() -> None:
    estimator = Estimator()
    learn(estimator, "x" * 100, 10)  # nobody in particular is one of them
    for number in range(CALLERS):
        learn(estimator, "x" * 100, 300, TURBO, f"caller {number}")
    learn(estimator, "x" * 100, 10)
    first, last, beyond = (f"caller {number}" for number in (0, CALLERS - 2, CALLERS - 1))
    assert estimate(estimator, "x" * 100, caller=first) == 291
    assert estimate(estimator, "x" * 100, caller=last) == 291
    assert estimate(estimator, "x" * 100, caller=beyond) == 10
    for _ in range(RECENT):
        learn(estimator, "x" * 100, 20, CLAUDE, first)
    assert estimate(estimator, "x" * 100, caller=first) == 19  # who is known goes on learning


def test_calls_that_differ_make_it_careful() -> None:
    even, uneven = Estimator(), Estimator()
    for answer in (20, 20, 20):
        learn(even, "x" * 100, answer)
    for answer in (10, 30, 20):
        learn(uneven, "x" * 100, answer)
    assert estimate(uneven, "x" * 1000) < estimate(even, "x" * 1000) < 200
    assert uneven.basis == "characters, calibrated by 3 calls"


def test_later_calls_weigh_more_and_old_ones_are_forgotten() -> None:
    fell, rose = Estimator(), Estimator()
    for answer in (40, 20):
        learn(fell, "x" * 100, answer)
    for answer in (20, 40):
        learn(rose, "x" * 100, answer)
    assert estimate(fell, "x" * 1000) < estimate(rose, "x" * 1000)
    for _ in range(RECENT):
        learn(fell, "x" * 100, 10)
    assert estimate(fell, "x" * 1000) == 97


def test_a_charge_without_its_answer_teaches_nothing() -> None:
    estimator = Estimator()
    estimator.learn(measured("x" * 100), MINI, Counts(50, 50, 0), None)
    estimator.learn(measured("x" * 100), None, Counts(60, 50, 10), None)
    estimator.learn(measured(), MINI, Counts(60, 50, 10), None)
    assert estimator.basis == "characters / 5"


def test_a_model_that_is_free_stays_free() -> None:
    estimator = Estimator()
    estimator.learn(measured("x" * 100), MINI, Counts(0, 0, 0), 0)
    assert estimate(estimator, "x" * 100) == 0


def test_tokens_are_counted_where_they_explain_the_charges() -> None:
    estimator = prepared()
    assert estimate(estimator, "one two three four ", MINI) == 4 + 1  # a word may have begun
    for text in ("a b c d e", "Constantinople is not Istanbul"):
        learn(estimator, text, len(text.split()) * 3)
    assert estimate(estimator, "a bicycle on the pier of the town ") == 9 * 3
    learn(estimator, "x" * 100, 20, CLAUDE)
    assert estimate(estimator, "x" * 100, CLAUDE) == 19
    assert estimator.basis == "characters or o200k tokens, calibrated by 3 calls of 2 models"


def test_the_basis_tells_the_encoding() -> None:
    estimator = prepared()
    learn(estimator, "a b c d e", 5)
    assert estimator.basis == "o200k tokens, calibrated by 1 call"
    learn(estimator, "a b c d e", 5, TURBO)
    assert estimator.basis == "cl100k tokens or o200k tokens, calibrated by 2 calls of 2 models"


def test_characters_are_taken_where_they_explain_the_charges_better() -> None:
    estimator = prepared()
    for text in ("a b c d e f g h", "Constantinople is not Istanbul", "x" * 60):
        learn(estimator, text, len(text))
    assert estimator.basis == "characters, calibrated by 3 calls"
    assert estimate(estimator, "y " * 100) == 194


def test_texts_that_take_long_to_count_are_not_counted() -> None:
    estimator = prepared()
    learn(estimator, "word " * 10, 10)
    assert estimator.basis == "o200k tokens, calibrated by 1 call"
    learn(estimator, "word " * LONGEST, LONGEST)
    assert estimator.basis == "characters, calibrated by 2 calls"


def test_a_token_that_is_seen_is_billed_whatever_was_thought() -> None:
    """Calls that thought more or less: no less than the multiplier of what is seen."""
    estimator = prepared()
    for answer in (200, 20, 20):
        estimator.learn(measured("a b c d e " * 2), MINI, Counts(answer, 0, answer), 2.0)
    assert estimate(estimator, "a b c d e " * 10) >= 2 * 50


def test_an_encoding_begins_to_load_when_its_model_is_met() -> None:
    met: list[str] = []

    class Slow(Encodings):
        def count(self, model: str) -> None:
            met.append(model)

    estimator = Estimator()
    learn(estimator, "x" * 100, 20)
    estimator.prepare(Slow())
    learn(estimator, "x" * 100, 20)
    assert met == [MINI]
    assert estimate(estimator, "x" * 100) == 19


@given(PIECES, PIECES, st.integers(0, 10**6), st.booleans())
@example(["\ud83d"], ["\ude00 ok"], 3, True)
def test_an_estimate_never_falls_and_is_the_same_however_often_one_looks(
    past: Sequence[str], pieces: Sequence[str], answer: int, tokens: bool
) -> None:
    estimator = prepared() if tokens else Estimator()
    estimator.learn(measured(*past), MINI, Counts(answer, 0, answer), 1.0)
    growing, before = estimator.measure(), 0
    for piece in pieces:
        growing.add(piece)
        now = estimator.estimate(growing, None)
        assert now >= before
        before = now
    assert estimator.estimate(measured(*pieces), None) == before
    assert growing.characters == sum(map(len, pieces))


@given(st.lists(st.integers(1, 400), min_size=2), st.sampled_from([1, 2, 3.5, 12]))
def test_answers_that_are_billed_as_they_are_counted_are_estimated_as_they_are_billed(
    sizes: list[int], multiplier: float
) -> None:
    estimator = prepared()
    for number, size in enumerate(sizes):
        answer, billed = measured(" ".join(["word"] * size)), math.ceil(size * multiplier)
        if number:
            told = estimator.estimate(answer, MINI)
            assert told == billed or (multiplier == 3.5 and told <= billed + size / 2)
        estimator.learn(answer, MINI, Counts(billed, 0, billed), multiplier)
    assert multiplier == 3.5 or estimator.basis.startswith("o200k tokens")
