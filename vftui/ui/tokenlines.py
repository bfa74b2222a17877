"""The lines of the token pane: which figures there are in so much room, and where they stand.

Four rules:

1. What matters most comes first: where there are few lines, the others are left to the page.
2. A figure has its place, whatever it is: nothing moves that did not change.
3. The names of the columns stand in the frame, and beside the figures where there is none.
4. Below the totals stands what changes their number: models have the room that is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby
from operator import add
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from vftui.render.eighths import columns
from vftui.render.figures import UNKNOWN
from vftui.render.text import cells, one_line
from vftui.ui.tokencolumns import LACKS, MARK, Columns, number

if TYPE_CHECKING:
    from vftui.wire.charges import Counts

UNCOUNTED = "?"
"""What stands for a figure that nobody knows."""

PACE = 4
"""Lines of the speed: the names of its columns, the rate, the first text, the whole turn."""

TURNS = "turns "
"""Before the bars that stand alone."""

GAP = 3
"""Cells before the bars that stand beside it."""

NAMED = 16
"""Cells of a name in which models are told apart."""


Summed = TypeVar("Summed", int, "Counts")


class Part(NamedTuple):
    """Some characters, and how they look."""

    text: str
    style: str = "quiet"


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of a turn, of the session, of the day or of a model."""

    what: str
    """Which figure it is, for those who ask for its traces."""
    name: str
    total: int | None
    query: int | None
    answer: int | None
    source: str
    lacks: bool = False
    """Whether there is more that nobody reported."""
    base: Counts | None = None
    lacks_base: bool = False
    cost: str = ""
    lacks_cost: bool = False
    instead: str = ""
    """What is said in place of figures."""


class Measured(NamedTuple):
    """One measure of the last turns, in the words that it is shown in."""

    last: str = UNKNOWN
    median: str = UNKNOWN
    p95: str = UNKNOWN


class Bar(NamedTuple):
    """The bar of a turn."""

    height: float | None
    style: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the pane can show."""

    rows: tuple[Row, ...]
    models: tuple[Row, ...]
    rate: str
    """Tokens a second, with their mark."""
    rates: Sequence[float]
    first_text: Measured
    whole: Measured
    bars: Callable[[int], list[Bar]]
    """The bars of so many turns."""
    turns: Callable[[int], str]
    """Which turns these are, in words."""
    warning: Part
    """How the budget stands that is nearest to its end."""


class Line(NamedTuple):
    """One line of the pane."""

    what: str
    """Which figure it is; empty: none, so that the cursor passes it by."""
    parts: tuple[Part, ...] = ()
    beside: tuple[Part, ...] = ()
    """What stands at the right, and belongs to other figures."""
    bars: tuple[int, int] | None = None
    """The cells from which and up to which there is a bar in each."""


def framed(figures: Figures, width: int, height: int) -> list[Line]:
    """The lines of a pane with a frame."""
    at = Columns.of(width, height)
    rows = [_row(row, at) for row in figures.rows[:height]]
    if at.rate and rows:
        rate = Part(f"{figures.rate:>{at.rate}}", "told")
        rows[0] = rows[0]._replace(parts=(*rows[0].parts, rate))
    room = height - len(rows)
    beside = at.cost > 0 and room >= PACE
    below: list[Line] = []
    if room and not beside:
        below.append(_bars(figures, at))
    if beside or (at.part and room > PACE):
        below += _pace(figures, at)
    room -= len(below)
    models = [_model(row, at) for row in _most(figures.models, room)]
    below = [Line("")] * (room - len(models)) + below
    return [*rows, *models, *(_with_bars(below, figures, at) if beside else below)]


def frameless(figures: Figures, width: int, height: int) -> list[Line]:
    """The lines of a pane without one: the turn and the session, in one line or in two."""
    turn, session, *days = figures.rows
    rate = Part(f" {figures.rate:>3} tok/s", "told")
    told, style = figures.warning
    warning = [Part(f"  {told}", style)] if told else []
    if height < 2:
        whole = (Part("  "), *_short(session))
        return [Line("turn", _fitting(width, _short(turn), whole, warning, [rate]))]
    more = [(Part("  "), *_short(row)) for row in days]
    cost = Part(f"  {session.cost}" if session.cost not in ("", UNCOUNTED) else "")
    return [
        Line("turn", _fitting(width, _short(turn), _split(turn), [rate])),
        Line("session", _fitting(width, _short(session), warning, *more, [cost])),
    ]


# Lines of figures


def _row(row: Row, at: Columns) -> Line:
    """A name and its figures."""
    name = one_line(row.name, at.name + at.total - 1)
    room = at.name + at.total - cells(name)
    if row.instead:
        return Line(row.what, (Part(name), Part(f"{row.instead:>{room}}")))
    total = number(row.total, row.source, room - 1)
    parts = [
        Part(name),
        Part(f"{total:>{room}}", "said"),
        Part(f"{LACKS if row.lacks else '':{MARK}}"),
        *(
            Part(f"{number(part, row.source, at.part - 1):>{at.part}}", "told")
            for part in (row.query, row.answer)
            if at.part
        ),
    ]
    if at.base:
        base = number(row.base.total if row.base else None, "reported", at.base - 1)
        lacks = LACKS if row.lacks_base else ""
        parts.append(Part(f"{base:>{at.base}}{lacks:{MARK}}"))
    if at.cost:
        lacks = LACKS if row.lacks_cost else ""
        parts.append(Part(f"{one_line(row.cost, at.cost):>{at.cost}}{lacks:{MARK}}"))
    return Line(row.what, tuple(parts))


def _model(row: Row, at: Columns) -> Line:
    """A model: in the column of the names, or behind its total where that is too narrow."""
    if at.name >= NAMED:
        name, *figures = _row(replace(row, name=one_line(row.name, at.name - 1)), at).parts
        return Line(row.what, (Part(name.text, "model"), *figures))
    total = number(row.total, row.source, at.total)
    name = Part(one_line(row.name, 2 * at.part or at.name), "model")
    return Line(row.what, (Part(f"{total:>{at.name + at.total}}", "said"), Part("  "), name))


def _most(models: Sequence[Row], room: int) -> list[Row]:
    """The costliest models, and the others as one, in so many lines."""
    if len(models) <= room or room < 2:
        return list(models[: max(0, room)])
    rest = models[room - 1 :]
    source = "reported" if all(row.source == "reported" for row in rest) else "provisional"
    base = _sum(row.base for row in rest)
    lacks = base is not None and any(row.lacks_base or row.base is None for row in rest)
    more = Row(
        "more", f"{len(rest):,} more",
        _sum(row.total for row in rest), _sum(row.query for row in rest),
        _sum(row.answer for row in rest), source, base=base, lacks_base=lacks,
    )  # fmt: skip
    return [*models[: room - 1], more]


def _sum(figures: Iterable[Summed | None]) -> Summed | None:
    """What is known of them together; None: nothing is."""
    known = [figure for figure in figures if figure is not None]
    return reduce(add, known) if known else None


def _pace(figures: Figures, at: Columns) -> Iterator[Line]:
    """How fast it was: the turn, and what is usual of late."""
    last = at.name + at.total
    yield Line("", (Part(f"{'last':>{last}}{'':{MARK}}{'median':>{at.part}}{'p95':>{at.part}}"),))
    space = 2 * at.part
    rate = Part(f"{figures.rate:>{last - 5}}{'':{MARK}}", "told")
    graph = Part(f"{spark(figures.rates, space - 1):>{space}}", "lit")
    yield Line("rate", (Part("tok/s"), rate, graph))
    for what, name, measured in (
        ("first text", "first text", figures.first_text),
        ("whole turn", "whole turn", figures.whole),
    ):
        told = f"{measured.last:>{last - len(name)}}{'':{MARK}}"
        usual = f"{measured.median:>{at.part}}{measured.p95:>{at.part}}"
        yield Line(what, (Part(name), Part(told, "told"), Part(usual, "told")))


# Bars


def _with_bars(lines: Sequence[Line], figures: Figures, at: Columns) -> Iterator[Line]:
    """The bars of the turns beside other lines; in the first stands which turns these are."""
    room = at.width - at.figures - GAP
    bars = figures.bars(room)
    first, *below = lines
    space = Part("" if first.parts else " " * at.figures)
    named = Part(f"{'':{GAP}}{figures.turns(room):>{room}}")
    yield first._replace(beside=(space, named))
    span = (at.width - len(bars), at.width)
    drawn = columns([bar.height for bar in bars], len(below))
    for line, row in zip(below, drawn, strict=True):
        space = Part(" " * (span[0] - (at.figures if line.parts else 0)))
        yield line._replace(beside=(space, *_coloured(row, bars)), bars=span)


def _bars(figures: Figures, at: Columns) -> Line:
    """The bars of the turns in one line, and how fast the text comes."""
    rate = f" {figures.rate:>6} tok/s"
    end = max(len(TURNS), at.figures - len(rate))
    bars = figures.bars(min(end - len(TURNS), end - at.name if at.part else end))
    (row,) = columns([bar.height for bar in bars], 1)
    start = end - len(bars)
    parts = (Part(f"{TURNS:<{start}}"), *_coloured(row, bars), Part(rate, "told"))
    return Line("turn", parts, bars=(start, end))


def _coloured(row: str, bars: Sequence[Bar]) -> Iterator[Part]:
    """A row of bars, in as few parts as there are colours."""
    for style, run in groupby(zip(row, bars, strict=True), key=lambda pair: pair[1].style):
        yield Part("".join(character for character, _ in run), style)


def spark(rates: Sequence[float], room: int) -> str:
    """The latest readings, each as high as it is compared with the highest."""
    latest = list(rates)[-room:]
    return columns(latest, 1)[0].replace("·", "▁") if room > 0 and any(latest) else ""


# Figures


def _short(row: Row) -> tuple[Part, ...]:
    """A name and its total, without columns."""
    if row.instead:
        return (Part(f"{row.name} "), Part(f"{row.instead}"))
    total = number(row.total, row.source, 8)
    return (
        Part(f"{row.name:<7} "),
        Part(f"{total:>7}{LACKS if row.lacks else '':{MARK}}", "said"),
    )


def _split(row: Row) -> tuple[Part, ...]:
    """What was asked and what was answered, beside their names."""
    return tuple(
        Part(f" {name} {number(part, row.source, room):<{room}}", "told")
        for name, part, room in (("in", row.query, 6), ("out", row.answer, 6))
    )


def _fitting(width: int, *groups: Sequence[Part]) -> tuple[Part, ...]:
    """A line, without what at its end is too much for the width; the first stays."""
    kept: list[Part] = []
    for parts in groups:
        width -= sum(cells(part.text) for part in parts)
        if width < 0 and kept:
            break
        kept += parts
    return tuple(kept)
