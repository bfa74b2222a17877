from __future__ import annotations

from vftui.session.estimate import Estimator, Measure
from vftui.wire.charges import Counts

MINI = "gpt-4o-mini"


def text_of(estimator: Estimator, text: str) -> Measure:
    measure = estimator.measure()
    measure.add(text)
    return measure


def test_four_characters_are_a_token_as_long_as_nothing_is_learnt() -> None:
    estimator = Estimator()
    assert estimator.estimate(text_of(estimator, "x" * 9), None) == 3
    assert estimator.estimate(estimator.measure(), None) == 0
    assert estimator.basis == "characters / 4"


def test_the_next_answer_of_a_model_is_taken_for_one_like_its_latest() -> None:
    estimator = Estimator()
    estimator.learn(text_of(estimator, "x" * 100), MINI, Counts(60, 50, 10), 0.6)
    assert estimator.estimate(text_of(estimator, "x" * 200), MINI) == 20
    assert estimator.estimate(text_of(estimator, "x" * 200), None) == 20
    assert estimator.estimate(text_of(estimator, "x" * 200), "gpt-4-turbo") == 50
    assert estimator.basis == "characters, calibrated by 1 call"
