"""The lines of the token pane: every figure in its place, at every size, whatever it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.prices import Cost
from vftui.render.eighths import BLOCKS, NOTHING, UNKNOWN, columns
from vftui.render.text import cells
from vftui.ui.tokencolumns import COST, Columns, number, price, seconds
from vftui.ui.tokenlines import (
    Bar,
    Figures,
    Line,
    Measured,
    Part,
    Row,
    framed,
    frameless,
    spark,
)
from vftui.wire.charges import Counts

AMOUNTS = st.none() | st.integers(0, 2 * 10**15)
SOURCES = st.sampled_from(["reported", "provisional", "estimated", "unknown"])
BASES = st.none() | st.builds(Counts, *[st.integers(0, 2 * 10**15)] * 3)
NAMES = st.text(min_size=1, max_size=40)
ROWS = st.builds(
    Row, st.just("row"), NAMES, AMOUNTS, AMOUNTS, AMOUNTS, SOURCES, st.booleans(), BASES,
    st.booleans(), st.sampled_from(["", "?", "$0.021", "~$1,234.56"]), st.booleans(),
)  # fmt: skip
SPANS = st.none() | st.floats(0, 10**7)
HEIGHTS = st.lists(st.none() | st.integers(0, 10**9), min_size=1, max_size=99)


@st.composite
def figures(draw: Any) -> Figures:
    """Anything that may have to be shown."""
    heights = draw(HEIGHTS)
    spans = [Measured(*(seconds(draw(SPANS)) for _ in range(3))) for _ in range(2)]
    return Figures(
        tuple(draw(st.lists(ROWS, min_size=2, max_size=3))),
        tuple(draw(st.lists(ROWS, max_size=5))),
        draw(st.sampled_from(["–", "~16", "1,234"])),
        draw(st.lists(st.floats(0, 10**4), max_size=24)),
        spans[0],
        spans[1],
        lambda room: [Bar(height, "quiet") for height in heights[max(0, len(heights) - room) :]],
        lambda room: f"turns 1–{room}",
        Part(draw(st.sampled_from(["", "session 83 % of 20,000"]))),
    )


def width_of(line: Line) -> int:
    return sum(cells(part.text) for part in (*line.parts, *line.beside))


def unnamed(line: Line) -> Line:
    """Without a model's name that stands behind its total: nothing comes after it."""
    return line._replace(parts=line.parts[: -1 if line.parts[-1].style == "model" else None])


SIZES = st.tuples(st.integers(20, 90), st.integers(1, 14))


@given(figures(), SIZES)
def test_a_frame_is_filled_and_nothing_goes_beyond_it(told: Figures, size: tuple[int, int]) -> None:
    width, height = size
    lines = framed(told, width, height)
    assert len(lines) == height
    if width >= 36:
        assert all(width_of(line) <= width for line in lines)


@given(figures(), figures(), SIZES)
def test_what_a_line_is_depends_on_nothing_but_how_many_rows_and_models_there_are(
    some: Figures, others: Figures, size: tuple[int, int]
) -> None:
    width, _ = size
    if len(some.rows) == len(others.rows) and len(some.models) == len(others.models):
        for one, other in zip(framed(some, *size), framed(others, *size), strict=True):
            assert one.what == other.what
            if one.what == "row" and width >= 36 and one.parts and other.parts:
                assert width_of(unnamed(one)) == width_of(unnamed(other))


@given(figures(), st.integers(20, 60), st.integers(1, 2))
def test_without_a_frame_there_are_as_many_lines_as_there_is_room(
    told: Figures, width: int, height: int
) -> None:
    lines = frameless(told, width, height)
    assert len(lines) == height
    assert all(width_of(line) <= width or len(line.parts) <= 3 for line in lines)


@given(st.integers(0, 2 * 10**15), SOURCES, st.integers(7, 20))
def test_a_number_fits_and_keeps_its_mark(figure: int, source: str, room: int) -> None:
    told = number(figure, source, room)
    assert len(told) <= room
    if source == "unknown":
        assert told == "?"
    elif source != "reported":
        assert told.startswith("~")
    if len(f"~{figure:,}") <= room and source != "unknown":
        assert told.removeprefix("~") == f"{figure:,}"


@pytest.mark.parametrize(
    ("figure", "room", "told"),
    [
        (1_234_567, 9, "1,234,567"),
        (1_234_567, 7, "1.23M"),
        (99_999, 5, "100k"),
        (12_345_678_901, 8, "12.35G"),
        (None, 7, "?"),
        (0, 7, "0"),
        (999_999, 6, "1.00M"),
        (2 * 10**15, 7, ">999T"),
        (2 * 10**15, 10, "over 10¹⁵"),
    ],
)
def test_a_number_that_is_too_long_is_rounded(figure: int | None, room: int, told: str) -> None:
    assert number(figure, "reported", room) == told


@pytest.mark.parametrize(
    ("amount", "currency", "exact", "told"),
    [
        (0.000046, "USD", True, "$0.000046"),
        (0.000046, "USD", False, "~$0.00005"),
        (0.000002, "USD", False, "<$0.00001"),
        (0.00046, "CHF", True, "<CHF 0.01"),
        (0.0, "CHF", False, "~CHF 0.00"),
        (57_200.0, "VND", False, "~VND 57k"),
        (1_250_000_750.0, "USD", True, "$1.25G"),
    ],
)
def test_an_amount_that_is_too_long_is_rounded(
    amount: float, currency: str, exact: bool, told: str
) -> None:
    cost = Cost(amount, currency, 1, 0, exact, "2026-07-01")
    assert price(cost, 9) == told
    assert price(replace(cost, unpriced=1), 12) == f"{told} +?"


@given(
    st.floats(0, 999 * 10**12), st.sampled_from(["USD", "CHF"]), st.booleans(), st.integers(0, 1)
)
def test_an_amount_fits_with_its_marks(
    amount: float, currency: str, exact: bool, unpriced: int
) -> None:
    told = price(Cost(amount, currency, 1, unpriced, exact, ""), COST + 3 * unpriced)
    assert len(told) <= COST + 3 * unpriced and "…" not in told
    assert told.endswith("+?") == bool(unpriced)
    assert told[0] in "<~" or exact


def test_the_models_that_there_is_no_room_for_are_one_row_with_what_is_known_of_them() -> None:
    def row(name: str, figure: int | None) -> Row:
        return Row(name, name, figure, figure, figure, "reported")

    models = tuple(row(f"m{number}", number) for number in (40, 30, 20, 10))
    some = Figures(
        (row("turn", 1), row("session", 2)), models, "–", [], Measured(), Measured(),
        lambda _: [], lambda _: "", Part(""),
    )  # fmt: skip
    (more,) = (line for line in framed(some, 70, 5) if line.what == "more")
    assert "".join(part.text for part in more.parts).split()[:5] == ["3", "more", "60", "60", "60"]


@given(SPANS)
def test_a_time_fits(span: float | None) -> None:
    assert len(seconds(span)) <= 7


@given(HEIGHTS, st.integers(1, 4))
def test_columns_are_to_scale(heights: list[int | None], rows: int) -> None:
    lines = columns(heights, rows)
    assert [len(line) for line in lines] == [len(heights)] * rows
    top = max((height for height in heights if height is not None), default=0)
    for place, height in enumerate(heights):
        cut = [line[place] for line in lines]
        if height is None:
            assert cut[-1] == UNKNOWN
        elif height == 0:
            assert cut[-1] == NOTHING
        else:
            eighths = sum(BLOCKS.index(one) for one in cut)
            assert abs(eighths - height / top * rows * 8) <= 1 and eighths >= 1


def test_the_names_of_the_columns_are_as_wide_as_the_figures() -> None:
    for width in range(36, 91):
        for height in range(1, 12):
            at = Columns.of(width, height)
            assert at.width < width and len(at.names()) <= at.width


def test_a_graph_shows_the_latest_readings() -> None:
    assert spark([0, 4, 8], 2) == "▄█"
    assert spark([0, 8], 4) == "▁█"
    assert spark([], 4) == spark([0, 0], 4) == ""
