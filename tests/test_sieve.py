"""Which entries are rows: whatever the slices, what passes is there once, in order."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stage import text, trace, turn
from vftui.query import parse
from vftui.recording import Journal, Recording
from vftui.session.log import Entry
from vftui.ui import sieve, sifting
from vftui.ui.sieve import Sieve
from vftui.ui.sifting import Asked, Sifting

DELTAS = [
    trace("completion", state="start"),
    *(trace("completion", state="content", content=f"word {n}") for n in range(6)),
    trace("completion", state="end"),
]
LOG = [
    entry
    for n in range(5)
    for entry in turn(
        f"turn {n}", text(f"number {n}"), *DELTAS, trace("debug", message="x", level="error")
    )
]
QUERIES = ("", "type:debug", "word", '"word 3"', "is:delta", "turn:2..3 -is:delta", "level>=error")


@contextmanager
def recorded(log: list[Entry]) -> Iterator[Journal]:
    """A recording of a log."""
    with Recording.temporary() as recording:
        journal = recording.begin(title="x", api="v4", started=0.0)
        for entry in log:
            journal.append(entry)
        yield journal


@given(
    st.sampled_from(QUERIES),
    st.booleans(),
    st.lists(st.integers(1, len(LOG)), max_size=8),
)
def test_slices_of_any_size_leave_what_one_question_finds(
    words: str, merged: bool, cuts: list[int]
) -> None:
    with recorded(LOG) as journal:
        query = parse(words)
        rows = Sieve(query or None, merged=merged)
        for until in [*sorted(cuts), len(LOG)]:
            rows.take(rows.slice(journal, until), until)
        expected = list(journal.matching(query, merged=merged))
        assert [rows.seq(place) for place in range(len(rows))] == expected
        for seq in range(1, len(LOG) + 1):
            assert rows.holds(seq) == (seq in expected)
            assert rows.next(seq, 1) == next((one for one in expected if one > seq), None)
            before = [one for one in expected if one < seq]
            assert rows.next(seq, -1) == (before[-1] if before else None)


def test_a_number_that_comes_late_is_put_in_its_place() -> None:
    rows = Sieve(parse("x"), merged=True)
    assert not rows.take(array("q", [3, 9]), 10)
    assert not rows.take(array("q", [9, 12]), 12)
    assert rows.take(array("q", [5, 9, 14]), 14)
    assert [rows.seq(place) for place in range(len(rows))] == [3, 5, 9, 12, 14]


def shown(sifting: Sifting) -> list[int]:
    """The numbers of the rows."""
    return [sifting.shown.seq(place) for place in range(len(sifting.shown))]


def test_what_is_little_is_there_at_once() -> None:
    with recorded(LOG) as journal:
        here = Sifting()
        assert here.follow(journal, ())
        here.catch_up()
        assert shown(here) == list(range(1, len(LOG) + 1))
        here.ask(Asked(parse("type:debug"), parse("type:debug turn:2")))
        assert here.changing
        here.catch_up()
        assert here.turned() and not here.changing
        assert shown(here) == list(journal.matching(parse("type:debug")))
        assert here.found is not None and len(here.found) == 1


@pytest.fixture
def much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is much."""
    monkeypatch.setattr(sifting, "AT_ONCE", 4)
    monkeypatch.setattr(sieve, "SLICE", 7)
    monkeypatch.setattr(sieve, "SLICE_OF_TEXTS", 5)


async def filled(here: Sifting) -> None:
    """Look at all of it."""
    while here.behind:
        await here.slice()
        here.catch_up()
    here.catch_up()


async def test_what_is_much_is_shown_once_it_is_whole(much: None) -> None:
    with recorded(LOG) as journal:
        here = Sifting()
        here.follow(journal, ())
        here.catch_up()
        here.ask(Asked(parse("type:debug")))
        here.catch_up()
        assert here.behind and not here.turned()
        assert shown(here) == list(range(1, len(LOG) + 1))
        await filled(here)
        assert here.turned()
        assert shown(here) == list(journal.matching(parse("type:debug")))


async def test_the_newest_request_wins(much: None) -> None:
    with recorded(LOG) as journal:
        here = Sifting()
        here.follow(journal, ())
        here.catch_up()
        here.ask(Asked(parse("type:debug")))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(here.slice())
            await asyncio.sleep(0)
            here.ask(Asked(parse("type:text")))
        await filled(here)
        assert here.turned()
        assert shown(here) == list(journal.matching(parse("type:text")))


def test_evidence_that_comes_later_is_found() -> None:
    with recorded(LOG) as journal:
        here, evidence = Sifting(), {3}
        here.follow(journal, evidence)
        here.ask(Asked(parse("is:problem")))
        here.catch_up()
        assert here.turned() and shown(here) == [3]
        evidence.add(2)
        here.follow(journal, evidence)
        here.catch_up()
        assert here.turned() and shown(here) == [2, 3]


def test_another_log_is_looked_at_from_its_beginning() -> None:
    with recorded(LOG) as journal, recorded(LOG[:20]) as other:
        here = Sifting()
        here.follow(journal, ())
        here.ask(Asked(parse("type:debug")))
        here.catch_up()
        assert here.turned()
        assert here.follow(other, ())
        here.catch_up()
        assert shown(here) == list(other.matching(parse("type:debug")))


def test_after_giving_up_the_list_is_as_it_was() -> None:
    with recorded(LOG) as journal:
        here = Sifting()
        here.follow(journal, ())
        here.ask(Asked(parse("type:debug")))
        here.catch_up()
        here.turned()
        here.ask(Asked(parse("type:text")))
        here.give_up()
        assert not here.changing and here.asked.shown == parse("type:debug")
        assert shown(here) == list(journal.matching(parse("type:debug")))
