"""The garbage collector: set aside, left alone, and run when nothing happens."""

from __future__ import annotations

import gc

import pytest

from vftui.ui.collector import IDLE, LONGEST, THRESHOLDS, Collector


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One for each full pass."""
    found: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: found.append(1))
    return found


def test_the_start_sets_aside_what_exists(passes: list[int]) -> None:
    Collector().start(0)
    assert gc.get_threshold() == THRESHOLDS
    assert gc.get_freeze_count() > 0
    assert len(passes) == 1


def test_no_pass_before_the_start(passes: list[int]) -> None:
    collector = Collector()
    collector.worked(0)
    collector.tick(1000)
    assert passes == []


def test_one_pass_when_nothing_has_happened_for_a_while(passes: list[int]) -> None:
    collector = Collector()
    collector.start(0)
    collector.worked(1)
    collector.tick(1 + IDLE / 2)
    assert len(passes) == 1
    collector.tick(1 + IDLE)
    assert len(passes) == 2
    collector.tick(1 + 10 * IDLE)
    assert len(passes) == 2


def test_a_pass_now_and_then_in_long_work(passes: list[int]) -> None:
    collector = Collector()
    collector.start(0)
    for second in range(int(2.5 * LONGEST)):
        collector.worked(second)
        collector.tick(second)
    assert len(passes) == 3
