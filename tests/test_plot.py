"""Plots: the scale, the columns, the marks below them; and what there is to see of a session."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.logs import trace, turn
from vftui.render.eighths import BLOCKS, LEVELS
from vftui.render.plot import NUMBERS, UNDER, Figures, Plot, Scale
from vftui.render.sights import Sights, seconds, short
from vftui.render.spending import Course
from vftui.session.fold import Session
from vftui.session.log import Entry

HEIGHTS = st.none() | st.floats(0, 1e15) | st.integers(0, 10**15).map(float)


def text(plot: Plot, chosen: int | None = None) -> list[str]:
    return ["".join(piece.text for piece in line) for line in plot.lines(chosen)]


def levels_in(plot: Plot, column: int) -> int:
    """How many eighths of a column are drawn, both parts together."""
    full = 0
    for row, line in enumerate(plot.lines()[: plot.rows]):
        cells = [(character, piece.look) for piece in line for character in piece.text]
        place = NUMBERS + 1 + column * plot.pitch
        if place < len(cells) and (cell := cells[place])[1] in ("lower", "upper", "both"):
            below = (plot.rows - 1 - row) * LEVELS
            full = max(full, below + (LEVELS if cell[1] == "both" else BLOCKS.index(cell[0])))
    return full


@given(st.floats(0, 1e15), st.integers(1, 40))
def test_a_scale_holds_what_it_is_for_and_its_numbers_are_where_they_are_true(
    highest: float, rows: int
) -> None:
    scale = Scale.over(highest, rows)
    assert scale.top >= highest
    assert scale.top <= max(2.5 * highest, 6)
    told = {row: number for row in range(rows) if (number := scale.number(row)) is not None}
    assert len(told) == scale.ticks
    for row, number in told.items():
        assert number * rows / scale.top == pytest.approx(row + 1)


@given(st.lists(HEIGHTS, max_size=60), st.integers(20, 140), st.integers(3, 30))
def test_a_plot_fits_and_its_columns_are_as_high_as_their_turns(
    whole: list[float | None], width: int, height: int
) -> None:
    plot = Plot(Figures(whole), width, height)
    lines = text(plot)
    assert len(lines) == plot.rows + UNDER <= height
    assert all(len(line) <= width for line in lines)
    for column, shown in enumerate(plot.turns):
        assert levels_in(plot, column) == plot.scale.levels(whole[shown] or 0.0)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=1, max_size=30))
def test_the_lower_part_is_drawn_below_the_upper(parts: list[tuple[float, float]]) -> None:
    plot = Plot(Figures([a + b for a, b in parts], [a for a, _ in parts]), 120, 20)
    ranks = {"upper": 0, "both": 1, "lower": 2}
    for column in range(len(parts)):
        looks = []
        for line in plot.lines()[: plot.rows]:
            cells = [piece.look for piece in line for _ in piece.text]
            place = NUMBERS + 1 + column * plot.pitch
            looks += [ranks[cells[place]]] if cells[place] in ranks else []
        assert looks == sorted(looks)


@given(st.lists(HEIGHTS, min_size=1, max_size=400), st.integers(20, 60))
def test_of_too_many_turns_the_highest_are_seen(whole: list[float | None], width: int) -> None:
    figures = Figures(whole)
    plot = Plot(figures, width, 10)
    assert len(plot.turns) <= plot.room
    assert [plot.column_of(turn) for turn in plot.turns] == list(range(len(plot.turns)))
    for place in range(len(whole)):
        assert figures.height(plot.turns[plot.column_of(place)]) >= figures.height(place)


@given(st.integers(1, 300), st.integers(20, 140), st.data())
def test_a_cell_leads_to_the_turn_of_its_column(
    count: int, width: int, data: st.DataObject
) -> None:
    plot = Plot(Figures([1.0] * count), width, 10)
    turn = data.draw(st.sampled_from(plot.turns))
    assert plot.turn_at(NUMBERS + 1 + plot.column_of(turn) * plot.pitch) == turn
    assert plot.turn_at(NUMBERS) is None
    assert plot.turn_at(NUMBERS + 1 + plot.room + plot.pitch) is None


def test_what_is_not_known_has_a_mark_and_no_column() -> None:
    figures = Figures([4.0, None, 2.0], marks=["", "?", "~"], across=(("median", 2.0),))
    assert text(Plot(figures, 40, 6), chosen=2) == [
        "       4┤███████                 ",
        "        │███████                 ",
        "       2┤███████┄┄┄┄┄┄┄┄┄███████┄ median",
        "        │███████         ███████ ",
        "        └────────?───────▲───────",
        "         1       2       3",
    ]
    assert text(Plot(figures, 40, 6))[-2] == "        └────────?───────~───────"


def test_a_little_is_seen_beside_a_lot() -> None:
    plot = Plot(Figures([1e6, 1.0]), 40, 6)
    assert [levels_in(plot, column) for column in (0, 1)] == [4 * LEVELS, 1]


def test_nothing_is_a_plot_as_well() -> None:
    assert text(Plot(Figures([]), 40, 4)) == ["       1┤", "        │", "        └", ""]
    assert text(Plot(Figures([None]), 1, 1))[-1].strip() == "1"


@given(st.integers(1, 5000), st.integers(20, 140), st.integers(0, 4999))
def test_numbers_of_turns_do_not_run_into_each_other(count: int, width: int, chosen: int) -> None:
    chosen %= count
    plot = Plot(Figures([1.0] * count), width, 6)
    told = text(plot, chosen)[-1].split()
    numbers = [int(number.replace(",", "")) for number in told]
    assert numbers == sorted(numbers)
    assert chosen + 1 in numbers
    assert all(1 <= number <= count for number in numbers)


@pytest.mark.parametrize(
    ("figure", "told"),
    [(0.25, "0.25"), (1250, "1,250"), (99_000, "99,000"), (250_000, "250k"), (1.5e6, "1.5M"),
     (4e9, "4G"), (1e15, "1e+15")],
)  # fmt: skip
def test_counts_beside_a_scale(figure: float, told: str) -> None:
    assert short(figure) == told


@pytest.mark.parametrize(
    ("figure", "told"),
    [(0.8, "800 ms"), (1.25, "1.25 s"), (120, "120 s"), (900, "15 min"), (72_000, "20 h"),
     (1e12, "11.5741M d")],
)  # fmt: skip
def test_times_beside_a_scale(figure: float, told: str) -> None:
    assert short(1) == "1"
    assert seconds(figure) == told


def charge(total: int, query: int, answer: int) -> Entry:
    counts = {"total": total, "query": query, "answer": answer}
    return trace(
        "debug", message="resources consumption",
        metadata={"model": "m", "postMultiplierTokensConsumption": counts},
    )  # fmt: skip


def test_tokens_time_and_speed_are_to_be_seen() -> None:
    log = [*turn(charge(30, 20, 10)), *turn(trace("text", message="Hi.")), *turn(charge(50, 45, 5))]
    course = Course(Session.of(log))
    course.sync()
    tokens, time, speed = Sights().of(course)
    assert [sight.name for sight in (tokens, time, speed)] == ["Tokens", "Time", "Speed"]
    assert tokens.usual == "median 30 · p95 50"
    assert [tokens.of(0, part) for part in (0, 1)] == ["20", "10"]
    assert [tokens.of(1, part) for part in (0, 1)] == ["?", "?"]
    assert list(tokens.figures.marks) == ["", "?", ""]
    assert (time.usual, speed.usual) == ("", "")  # a log without times
    assert speed.of(0, 0) == "?"
