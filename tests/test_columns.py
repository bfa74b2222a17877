"""The columns of the trace list, and how a row fills them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from tests.stage import START, text, trace
from vftui.query import parse
from vftui.reading import Row
from vftui.session.log import Closed, Entry
from vftui.ui.columns import GAP, LARGE, LONG_GAP, WIDE, WIDEST, Columns, gap_sign
from vftui.ui.merged import Merged
from vftui.ui.tracerow import Searched, TraceRow, highlighted

WIDTHS = (24, 38, WIDE - 1, WIDE, WIDEST - 1, WIDEST, 140)


def row(entry: Entry | None = None, **facts: object) -> Row:
    """A row with these facts."""
    known = {
        "seq": 12, "entry": entry or text("Hi there"), "since": 1.5, "gap": 0.25, "turn_seq": 1,
        "turn": 1, "span": None, "level": None, "flags": 0, "size": 80, "marked": False,
        "remark": "",
    }  # fmt: skip
    return Row(**{**known, **facts})  # type: ignore[arg-type]


def drawn(
    one: Row, width: int = 70, merged: Merged | None = None, searched: Searched | None = None
) -> str:
    """The text of a row."""
    looked_up = TraceRow(one, Columns.of(width, 99), merged, searched or Searched())
    return looked_up.draw(width, lambda name: Style()).text


@given(
    st.sampled_from(WIDTHS),
    st.integers(0, 10**7),
    st.one_of(st.none(), st.floats(-1e9, 1e300)),
    st.one_of(st.none(), st.floats(-1e9, 1e300)),
    st.integers(0, 10**9),
    st.one_of(st.none(), st.integers(1, 5)),
    st.booleans(),
    st.text(max_size=20),
)
def test_every_row_is_as_wide_as_the_list_and_its_columns_stand_below_their_names(
    width: int, seq: int, since: float | None, gap: float | None, size: int,
    level: int | None, marked: bool, remark: str,
) -> None:  # fmt: skip
    columns = Columns.of(width, 10**7)
    one = row(seq=seq, since=since, gap=gap, size=size, level=level, marked=marked, remark=remark)
    strip = TraceRow(one, columns, None, Searched()).draw(width, lambda name: Style())
    assert strip.cell_length == width == cell_len(strip.text)
    at = columns.header().index("type")
    assert strip.text[at] in "¶WEF"
    assert strip.text[at + 2 :].startswith("text"[: max(0, width - at - 2)])


@pytest.mark.parametrize("width", [38, 70, 100])
def test_a_level_is_a_letter_whatever_the_width(width: int) -> None:
    assert "W" in drawn(row(level=3), width)
    assert "E" in drawn(row(level=4), width)
    assert "F" in drawn(row(Closed(START, "refused"), level=5), width)
    assert not {"W", "E", "F"} & set(drawn(row(level=None), width))


@pytest.mark.parametrize("width", [38, 70, 100])
def test_a_gap_that_is_long_has_a_sign_whatever_the_width(width: int) -> None:
    assert "▴" in drawn(row(gap=GAP), width)
    assert "▲" in drawn(row(gap=LONG_GAP), width)
    assert not {"▴", "▲"} & set(drawn(row(gap=GAP - 0.01), width))
    assert gap_sign(None) == " "


@pytest.mark.parametrize("width", [50, 70, 100])
def test_a_size_that_is_large_is_told_whatever_the_width(width: int) -> None:
    assert "▲" in drawn(row(size=LARGE), width) and "64.0 KiB" in drawn(row(size=LARGE), width)
    assert "▲" not in drawn(row(size=LARGE - 1), width)


def test_what_is_narrow_leaves_out_what_matters_least() -> None:
    narrow, middle, wide = (Columns.of(width, 9).header() for width in (38, 70, 100))
    assert "gap" not in narrow and "size" not in narrow
    assert "gap" in middle and "size" not in middle
    assert "gap" in wide and "size" in wide
    long = trace("live-agent-handoff")
    assert "live-agent-handoff" in drawn(row(long), 100)
    assert "handoff" in drawn(row(long), 70)


def test_marks_remarks_and_hits_are_in_the_row() -> None:
    assert drawn(row(marked=True)).startswith("●")
    assert "“see [b]this” " in drawn(row(remark="see [b]this"))
    assert "12*" in drawn(row(), searched=Searched(found=True))
    assert "*" not in drawn(row())


def test_what_belongs_together_has_a_sign() -> None:
    one = TraceRow(row(), Columns.of(70, 99), None, Searched(), lit=True)
    assert "12›" in one.draw(70, lambda name: Style()).text


def test_a_merged_row_tells_its_text_its_parts_and_how_fast_they_came() -> None:
    told = drawn(row(), 100, Merged(55, 43, 2.0, "Pier 3 has\nfour bikes"))
    assert '43×  2.0 s  22/s  "Pier 3 has↵four bikes"' in told
    assert "1×" in drawn(row(), 100, Merged(1, 1, None, "")) and "/s" not in drawn(
        row(), 100, Merged(1, 1, 0.0, "")
    )


def test_what_is_asked_for_is_highlighted() -> None:
    query = parse('"hi" /th.r/')
    line = 'say "Hi there"'
    found = [
        one.text for one in highlighted(line, query.hits(line), Style(), Style(bold=True))
        if one.style and one.style.bold
    ]  # fmt: skip
    assert found == ["Hi", "ther"]


@given(st.text("abc", max_size=12), st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12))))
def test_highlighting_leaves_the_text(line: str, spans: list[tuple[int, int]]) -> None:
    hits = sorted((a, b) for a, b in spans if a < b <= len(line))
    pieces = list(highlighted(line, hits, Style(), Style(bold=True)))
    assert "".join(piece.text for piece in pieces) == line
    bold = {i for a, b in hits for i in range(a, b)}
    at = 0
    for piece in pieces:
        assert all(
            (place in bold) == bool(piece.style and piece.style.bold)
            for place in range(at, at + len(piece.text))
        )
        at += len(piece.text)
