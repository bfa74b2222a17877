"""When things happened in a turn, from the times of the entries alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bodies import BODIES
from tests.logs import saved_turn, sent, trace
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Opened
from vftui.session.timing import BUCKET, READINGS, RECENT


def content(at: float, text: str) -> Entry:
    return trace("completion", at, state="content", content=text)


def counted(at: float, answer: int) -> Entry:
    return trace("completion-continue", at, completion="word", tokens={"answer": answer})


def end(at: float) -> Entry:
    return trace("completion", at, state="end")


def test_each_step_of_a_turn_is_timed() -> None:
    session = Session.of(
        [
            sent(100.0),
            Opened(100.125, 200, stage="session"),
            Opened(100.25, 429, retry_in=0.5),
            Opened(101.0, 200),
            trace("debug", 101.5, message="starting"),
            trace("text", 102.0, message=""),
            trace("text", 102.5, message="Hi"),
            trace("text", 103.0, message="again"),
            Closed(104.0, "complete"),
        ]
    )
    [turn] = session.turns
    assert (turn.connect, turn.first_byte, turn.first_text, turn.elapsed) == (1.0, 1.5, 2.5, 4.0)


def test_an_open_turn_lasts_until_its_latest_entry() -> None:
    [turn] = Session.of([sent(100.0), trace("block", 101.0, blockID="x")]).turns
    assert (turn.elapsed, turn.first_text, turn.closed_at) == (1.0, None, None)


@pytest.mark.parametrize("kind", ["text", "speak"])
def test_words_in_any_form_are_the_first_text(kind: str) -> None:
    [turn] = Session.of([sent(1.0), trace(kind, 2.0, message="Hi", type="message")]).turns
    assert turn.first_text == 1.0
    [turn] = Session.of([sent(1.0), content(2.0, ""), content(3.0, "Hi")]).turns
    assert turn.first_text == 2.0


def test_what_is_not_known_stays_unknown() -> None:
    for name in BODIES:
        [turn] = Session.of(saved_turn(BODIES[name])).turns
        times = (turn.connect, turn.first_byte, turn.first_text, turn.elapsed, turn.rate)
        assert times == (None,) * 5
        assert turn.rates == []


def test_a_stream_without_an_action_is_timed_from_its_beginning() -> None:
    [turn] = Session.of([content(5.0, "a"), content(6.0, "b"), Closed(7.0, "complete")]).turns
    assert (turn.connect, turn.first_byte, turn.first_text, turn.elapsed) == (None, None, 0.0, 2.0)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1.0, 1e300])
def test_times_that_cannot_be_are_unknown(bad: float) -> None:
    session = Session.of([sent(bad), content(bad, "a"), content(2.0, "b"), Closed(bad, "complete")])
    [turn] = session.turns
    assert (turn.sent_at, turn.connect, turn.closed_at, turn.elapsed) == (None, None, None, 0.0)


def test_a_clock_that_goes_back_makes_nothing_negative() -> None:
    [turn] = Session.of([sent(9.0), Opened(8.0, 200), content(7.0, "a"), content(6.0, "b")]).turns
    assert (turn.connect, turn.first_text, turn.elapsed, turn.rate) == (0.0, 0.0, 0.0, None)


def test_the_rate_covers_only_the_time_in_which_text_streamed() -> None:
    entries = [content(1.0, "x" * 50), content(2.0, "x" * 50), content(3.0, "x" * 50), end(3.5)]
    session = Session.of([sent(0.0), *entries])
    assert (session.turns[0].rate, session.turns[0].rate_estimated) == (10.0, True)
    for entry in [content(60.0, "x" * 50), content(61.0, "x" * 50)]:
        session.apply(entry)
    assert session.turns[0].rate == 10.0


def test_the_rate_takes_the_agents_own_count() -> None:
    [turn] = Session.of([counted(1.0, 5), counted(2.0, 7), counted(3.0, 9)]).turns
    assert (turn.rate, turn.rate_estimated) == (8.0, False)


def test_text_that_came_at_once_has_no_rate() -> None:
    [turn] = Session.of([content(1.0, "x" * 50), content(1.0, "x" * 50)]).turns
    assert turn.rate is None


def test_readings_show_pauses_and_are_bounded() -> None:
    session = Session.of([content(0.0, "x" * 5), content(0.1, "x" * 5), content(1.6, "x" * 5)])
    [turn] = session.turns
    assert turn.rates == [2 / BUCKET, 0.0, 0.0, 1 / BUCKET]
    session.apply(content(1e9, "x" * 5))
    assert turn.rates == [0.0] * (READINGS - 1) + [1 / BUCKET]


def test_the_rate_of_the_last_seconds_falls_when_nothing_comes() -> None:
    session = Session.of([content(at / 4, "x" * 50) for at in range(21)])  # until 5.0
    [turn] = session.turns
    assert turn.rate == turn.rate_at(5.0) == 40.0
    assert turn.rate_at(6.0) == 20.0
    assert turn.rate_at(7.0) == turn.rate_at(600.0) == 0.0
    session.apply(end(8.0))
    assert (turn.rate, turn.rate_at(8.0)) == (40.0, None)


def test_a_short_span_is_not_spread_over_more_time_than_it_took() -> None:
    session = Session.of([content(1.0, "x" * 500), content(1.5, "x" * 50)])
    [turn] = session.turns
    assert (turn.rate_at(1.0), turn.rate_at(1.5), turn.rate_at(2.0)) == (None, 20.0, 10.0)


def test_the_rate_of_a_text_that_has_just_begun_is_not_known() -> None:
    [turn] = Session.of([counted(1.0, 100)]).turns
    assert [turn.rate_at(now) for now in (1.0, 1.5, 2.5)] == [None] * 3
    assert turn.rate_at(3.5) == 0.0
    [turn] = Session.of([counted(1.0, 100), counted(1.01, 10)]).turns
    assert (turn.rate_at(1.02), turn.rate_at(1.5)) == (None, 20.0)


def test_the_rate_of_a_second_text_has_nothing_of_the_first() -> None:
    first = [content(1.0, "x" * 50), content(1.5, "x" * 5000), end(1.5)]
    session = Session.of([*first, content(1.75, "x" * 5000), content(2.75, "x" * 50)])
    assert session.turns[0].rate_at(2.75) == 10.0


def test_the_rate_covers_all_texts_that_stream() -> None:
    def piece(at: float, identity: str) -> Entry:
        return trace("completion", at, state="content", content="x" * 50, messageID=identity)

    pieces = [piece(at, identity) for at in (1.0, 2.0, 3.0) for identity in "ab"]
    done = trace("completion", 3.0, state="end", messageID="b")
    [turn] = Session.of([*pieces, done]).turns
    assert turn.rate_at(3.0) == 20.0


def test_what_never_streamed_has_no_rate_lately() -> None:
    [turn] = Session.of([sent(1.0), trace("text", 2.0, message="Hi")]).turns
    assert turn.rate_at(2.0) is None
    [turn] = Session.of([sent(1.0), trace("completion", 2.0, state="start")]).turns
    assert turn.rate_at(9.0) is None


@given(st.lists(st.tuples(st.floats(0, 60), st.integers(1, 99)), min_size=1), st.floats(0, 9))
def test_the_rate_lately_is_of_what_came_lately(
    pieces: list[tuple[float, int]], later: float
) -> None:
    pieces.sort()
    start, now = pieces[0][0], pieces[-1][0] + later
    [turn] = Session.of([content(at, "x" * 5 * size) for at, size in pieces]).turns
    rate = turn.rate_at(now)
    span, grain = min(RECENT, now - start), 0.11
    if now - start < 0.1 or (span < RECENT and len(pieces) == 1):
        assert rate is None
        return
    behind = pieces[1:] if span < RECENT else pieces
    surely = sum(size for at, size in behind if at > now - RECENT + grain)
    perhaps = sum(size for at, size in behind if at > now - RECENT - grain)
    assert rate is not None and surely - 1e-6 <= rate * span <= perhaps + 1e-6


def test_the_servers_own_latencies_are_kept() -> None:
    [turn] = Session.of(saved_turn(BODIES["streams/11-v4-agent-turn"])).turns
    assert (turn.first_chunk, turn.latencies) == (0.612, [1.38, 0.655])
