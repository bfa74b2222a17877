"""The schedule of a log, and the player that the keys and the clock move."""

from __future__ import annotations

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from tests.logs import event, sent, trace
from vftui.player import SPEEDS, Player
from vftui.schedule import LONGEST, STEP, THOUGHT, Schedule
from vftui.session.log import Closed, Entry, Received
from vftui.wire.frames import parse_frame

NOON = 1_786_629_600_000
"""Milliseconds since the epoch."""


def closed(at: float | None = None) -> Closed:
    return Closed(at, "complete")


def stamped(milliseconds: object) -> Received:
    """A trace that the server's clock is in, and ours is not."""
    return event({"type": "debug", "time": milliseconds, "payload": {"message": "x"}})


def schedule_of(*entries: Entry) -> Schedule:
    schedule = Schedule()
    for entry in entries:
        schedule.add(entry)
    return schedule


def times(schedule: Schedule) -> list[float]:
    return [round(schedule.time(number), 6) for number in range(1, len(schedule) + 1)]


TWO_TURNS = (
    sent(100.0), trace("text", 101.5, message="a"), closed(102.0),
    sent(103.0), trace("text", 103.25, message="b"), trace("text", 103.25, message="c"),
    closed(104.0),
)  # fmt: skip
ENDS = [0.0, 1.5, 2.0, 3.0, 3.25, 3.25, 4.0]


def test_within_a_turn_passes_what_passed() -> None:
    schedule = schedule_of(*TWO_TURNS)
    assert times(schedule) == ENDS
    assert schedule.turns == 2
    assert [schedule.turn(number) for number in range(8)] == [0, 1, 1, 1, 2, 2, 2, 2]
    assert [schedule.turn_end(turn) for turn in range(4)] == [0, 3, 7, 7]


def test_a_person_is_not_waited_for_longer_than_a_moment() -> None:
    lunch = schedule_of(sent(0.0), closed(1.0), sent(4000.0), closed(4002.0))
    assert times(lunch) == [0.0, 1.0, 1.0 + THOUGHT, 3.0 + THOUGHT]


def test_where_nobody_kept_the_times_the_server_tells_them_or_nobody() -> None:
    silent = event({"type": "text", "payload": {"message": "x"}})
    schedule = schedule_of(stamped(NOON), silent, stamped(NOON + 400), silent, closed())
    assert times(schedule) == [0.0, STEP, 0.4, 0.4 + STEP, 0.4 + 2 * STEP]


def test_a_clock_that_is_set_neither_goes_back_nor_takes_for_ever() -> None:
    schedule = schedule_of(
        sent(100.0), trace("text", 90.0), trace("text", 91.0), trace("text", 9e11), closed(9e11 + 1)
    )
    assert times(schedule) == [0.0, 0.0, 1.0, 1.0 + LONGEST, 2.0 + LONGEST]


@given(st.lists(st.one_of(
    st.builds(sent, st.none() | st.floats()),
    st.builds(closed, st.none() | st.floats()),
    st.builds(stamped, st.none() | st.floats(allow_nan=False) | st.integers()),
    st.builds(lambda at: trace("text", at), st.none() | st.floats()),
)))  # fmt: skip
def test_a_schedule_never_goes_back_and_counts_each_entry(entries: list[Entry]) -> None:
    schedule = schedule_of(*entries)
    told = times(schedule)
    assert len(told) == len(entries) and told == sorted(told)
    assert all(after - before <= LONGEST + 1 for before, after in itertools.pairwise(told))
    for number in range(1, len(entries) + 1):
        assert schedule.played(schedule.time(number)) >= number
        assert schedule.turn(schedule.turn_end(schedule.turn(number))) == schedule.turn(number)


class Clock:
    """A clock that stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def player_of(*entries: Entry, known: int | None = None) -> tuple[Player, Clock, list[int]]:
    clock, told = Clock(), list[int]()
    player = Player(len(entries), clock, lambda: told.append(1))
    for entry in entries[:known]:
        player.schedule.add(entry)
    return player, clock, told


def test_it_plays_from_the_beginning_with_the_timing_of_then() -> None:
    player, clock, told = player_of(*TWO_TURNS)
    assert (player.shown, player.time, player.way, player.playing) == (7, 4.0, 1.0, False)
    player.toggle()
    assert told and player.playing
    seen = []
    while player.playing:
        player.advance()
        seen.append((round(clock.now - 1000, 3), player.shown))
        clock.now += player.due() or 0
    assert seen == [(0, 1), (1.5, 2), (2, 3), (3, 4), (3.25, 6), (4, 7)]
    assert player.due() is None and player.time == 4.0


def test_a_minute_of_playing_drifts_by_nothing() -> None:
    entries: list[Entry] = [
        sent(0.0),
        *(trace("text", number * 0.017) for number in range(1, 3600)),
    ]
    player, clock, _ = player_of(*entries)
    player.toggle()
    while player.playing:
        player.advance()
        late = clock.now - 1000 - player.schedule.time(player.shown)
        assert -0.0001 < late < 0.0032
        clock.now += (player.due() or 0) + 0.003  # each time woken a little late
    assert player.shown == len(entries)


def test_it_pauses_and_goes_on_where_it_was() -> None:
    player, clock, _ = player_of(*TWO_TURNS)
    player.toggle()
    clock.now += 1.0
    player.advance()
    player.toggle()
    clock.now += 50
    player.advance()
    assert (player.shown, player.time, player.playing, player.due()) == (1, 1.0, False, None)
    player.toggle()
    clock.now += 0.6
    player.advance()
    assert (player.shown, round(player.time, 6)) == (2, 1.6)


def test_the_speed_changes_without_a_jump() -> None:
    player, clock, _ = player_of(*TWO_TURNS)
    player.toggle()
    clock.now += 0.5
    player.faster(1)
    assert (player.speed, player.time) == (2.0, 0.5)
    clock.now += 0.5
    assert player.time == 1.5
    for _ in SPEEDS:
        player.faster(1)
    assert player.speed == 100
    for _ in SPEEDS:
        player.faster(-1)
    assert (player.speed, player.time) == (0.1, 1.5)


def test_steps_by_entry_and_by_turn() -> None:
    player, _, _ = player_of(*TWO_TURNS)
    seen = []
    for steps in (-1, -1, 1, -100, 1, 100):
        player.step(steps)
        seen.append(player.shown)
    assert seen == [6, 5, 6, 0, 1, 7]
    seen.clear()
    for direction in (-1, -1, -1, 1, 1, 1):
        player.step_turn(direction)
        seen.append(player.shown)
    assert seen == [3, 0, 0, 3, 7, 7]
    player.step(-2)
    player.step_turn(1)
    assert player.shown == 7
    player.step(-2)
    player.step_turn(-1)
    assert player.shown == 3
    assert not player.playing


def test_a_jump_goes_on_playing_and_a_step_does_not() -> None:
    player, clock, _ = player_of(*TWO_TURNS)
    player.toggle()
    player.go(0.5)
    assert (player.shown, player.time, player.playing) == (3, 2.0, True)
    player.skip(1.1)
    assert (player.shown, round(player.time, 6)) == (4, 3.1)
    player.skip(-60)
    assert (player.shown, player.time, player.playing) == (0, 0.0, True)
    player.skip(60)
    player.advance()
    assert (player.shown, player.playing) == (7, False)
    player.toggle()
    clock.now += 0.3
    player.step(1)
    assert (player.shown, player.playing) == (1, False)
    player.go(1)
    assert (player.shown, player.playing) == (7, False)


def test_what_is_not_read_yet_is_waited_for() -> None:
    player, clock, _ = player_of(*TWO_TURNS, known=2)
    assert (player.complete, player.way) == (False, 1.0)
    player.go(0.8)
    assert player.shown == 6
    player.toggle()
    clock.now += 5
    player.advance()
    assert (player.shown, player.playing, player.due()) == (6, True, None)
    for entry in TWO_TURNS[2:]:
        player.schedule.add(entry)
    player.advance()
    assert (player.shown, player.time) == (6, 3.25)
    clock.now += 0.75
    player.advance()
    assert (player.shown, player.playing) == (7, False)


def test_a_log_that_is_shorter_than_it_said() -> None:
    player, _, _ = player_of(*TWO_TURNS, known=2)
    player.cut(2)
    assert (player.shown, player.total, player.complete) == (2, 2, True)


@given(
    st.lists(st.sampled_from(["toggle", "skip", "step", "turn", "go", "faster", "wait", "read"])),
    st.data(),
)
def test_whatever_is_pressed_it_stays_in_the_log(pressed: list[str], data: st.DataObject) -> None:
    player, clock, _ = player_of(*TWO_TURNS, known=data.draw(st.integers(0, 7)))
    for key in pressed:
        some = data.draw(st.integers(-9, 9))
        match key:
            case "toggle":
                player.toggle()
            case "skip":
                player.skip(some)
            case "step":
                player.step(some)
            case "turn":
                player.step_turn(1 if some > 0 else -1)
            case "go":
                player.go(abs(some) / 9)
            case "faster":
                player.faster(some)
            case "wait":
                clock.now += abs(some) / 4
            case "read" if len(player.schedule) < 7:
                player.schedule.add(TWO_TURNS[len(player.schedule)])
        player.advance()
        assert 0 <= player.shown <= 7
        assert 0 <= player.time <= player.schedule.duration
        assert 0 <= player.way <= 1
        assert player.due() is None or player.playing


def test_a_time_that_is_no_number_is_none() -> None:
    raw = json.dumps({"type": "text", "time": "soon", "payload": {}})
    odd = Received(None, parse_frame(f"event: trace\ndata: {raw}\n\n".encode()))
    assert times(schedule_of(odd, odd)) == [0.0, STEP]
