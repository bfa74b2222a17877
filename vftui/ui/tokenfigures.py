"""The head of the token page: the figures in full, and in words what they leave open.

Two rules:

1. Billed tokens first, those before the models' multipliers beside them, money last.
2. What is not known is said, and never left to be taken for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip

from vftui.render.text import one_line, printable
from vftui.secrets import mask
from vftui.ui.lines import LineView
from vftui.ui.tokencolumns import LACKS, MARK, number
from vftui.ui.tokennotes import Note, notes_of
from vftui.ui.tokenrows import behind, models_of, rows_of
from vftui.ui.wrap import wrap

if TYPE_CHECKING:
    from vftui.render.spending import Course
    from vftui.ui.account import Account
    from vftui.ui.tokenlines import Row

NAME, MOST_NAME = 10, 28
"""Cells of the names, at least and at most."""


class Column(NamedTuple):
    """A column of figures."""

    name: str
    width: int
    told: Callable[[Row, int], str]
    look: str = "told"


def _billed(part: str) -> Callable[[Row, int], str]:
    return lambda row, room: number(getattr(row, part), row.source, room - 1)


def _base(part: str) -> Callable[[Row, int], str]:
    # Only reports tell them.
    return lambda row, room: number(getattr(row.base, part, None), "reported", room - 1)


def _lacks(part: str) -> Column:
    return Column("", MARK, lambda row, _: LACKS if getattr(row, part) else "", "quiet")


COLUMNS = (
    Column("billed", 12, _billed("total"), "said"),
    _lacks("lacks"),
    Column("in", 11, _billed("query")),
    Column("out", 11, _billed("answer")),
    Column("base", 12, _base("total")),
    _lacks("lacks_base"),
    Column("in", 10, _base("query")),
    Column("out", 10, _base("answer")),
    Column("cost", 11, lambda row, room: one_line(row.cost, room)),
    _lacks("lacks_cost"),
)
"""All columns; the parts of the base tokens give way first, then base tokens, then money."""

BILLED, PARTS, BASE, BASE_PARTS, COST = (0, 1), (2, 3), (4, 5), (6, 7), (8, 9)
_WIDTHS = (
    BILLED + PARTS + BASE + BASE_PARTS + COST,
    BILLED + PARTS + BASE + COST,
    BILLED + PARTS + COST,
    BILLED + PARTS,
    BILLED,
)


def columns_in(width: int, *, costs: bool) -> list[Column]:
    """The columns that there is room for beside the names."""
    for places in _WIDTHS:
        found = [COLUMNS[place] for place in places if costs or place not in COST]
        if NAME + sum(column.width for column in found) <= width:
            return found
    return []


class TokenFigures(LineView):
    """The figures, a line each, and the notes below them."""

    CURSOR = True
    BINDING_GROUP_TITLE = "Figures"
    BINDINGS = [
        Binding("enter", "show", "traces", id="figures.show", key_display="enter",
                tooltip="Show the traces behind this figure"),
    ]  # fmt: skip
    COMPONENT_CLASSES = {
        f"figures--{name}"
        for name in ("quiet", "told", "said", "model", "warning", "error", "cursor")
    }
    DEFAULT_CSS = """
    TokenFigures {
        & > .figures--quiet { color: $quiet; }
        & > .figures--told { color: $told; }
        & > .figures--said { color: $said; text-style: bold; }
        & > .figures--model { color: $kind-model; }
        & > .figures--warning { color: $warning; }
        & > .figures--error { color: $error; }
        &:focus > .figures--cursor { background: $block-cursor-background; color: $said; }
    }
    """

    @dataclass
    class Show(Message):
        """The traces behind a figure are wanted."""

        seqs: tuple[int, ...]

    class LaidOut(Message):
        """The columns may be others."""

    def __init__(self) -> None:
        super().__init__(id="token-figures")
        self.follow = False
        self._course: Course | None = None
        self._rows: list[Row] = []
        self._notes: list[Note] = []
        self._lines: list[tuple[Note, str]] = []  # the notes as they are broken

    def sync(self, course: Course, account: Account) -> None:
        """Catch up with the session."""
        self._course, turns = course, course.session.turns
        self._rows = [*rows_of(course, account, turns[-1]), *models_of(course)] if turns else []
        notes = list(notes_of(course, account.standings))
        if [note.text for note in notes] != [note.text for note in self._notes]:
            self._notes = notes
            self._break()
        self.set_line_count(len(self._rows) + len(self._lines))
        self.invalidate_all()

    @property
    def columns(self) -> list[Column]:
        """Those that there is room for."""
        course = self._course
        return columns_in(self.line_width, costs=course is not None and course.prices is not None)

    @property
    def header(self) -> str:
        """The names of the columns."""
        columns = self.columns
        room = self._naming(columns)
        return " " * room + "".join(f"{column.name:>{column.width}}" for column in columns)

    # Lines

    def lay_out(self, width: int) -> None:
        """Break the notes for another width."""
        self._break()
        super().lay_out(width)
        self.post_message(self.LaidOut())

    def _break(self) -> None:
        room = max(1, self.line_width - 1)
        self._lines = [
            (note, line.plain.rstrip())
            for note in self._notes
            for line in wrap(Text(printable(note.text, keep_lines=False)), room)
        ]
        self.set_line_count(len(self._rows) + len(self._lines))

    def line_at(self, y: int, width: int) -> Strip:
        """A line of figures, or of a note."""
        strip = Strip(self._figures(self._rows[y])) if y < len(self._rows) else self._note(y)
        if y == self.cursor and self.has_focus:
            strip = strip.adjust_cell_length(width).apply_style(self.style("figures--cursor"))
        return strip

    def line_key(self, y: int) -> Hashable:
        """The cursor is seen while the keys are here."""
        return y, self.has_focus

    def _naming(self, columns: Sequence[Column]) -> int:
        """Cells of the names: the figures stay together at the left."""
        return max(0, min(MOST_NAME, self.line_width - sum(column.width for column in columns)))

    def _figures(self, row: Row) -> Iterator[Segment]:
        columns = self.columns
        room = self._naming(columns)
        if row.instead and columns:
            # It may reach into the room of the name.
            room += columns[0].width - len(row.instead)
            columns = [Column("", len(row.instead), lambda row, _: row.instead)]
        name = " " + one_line(mask(row.name), max(0, room - 1))
        look = "model" if row.what.startswith("model ") else "quiet"
        yield Segment(set_cell_size(name, room), self.style(f"figures--{look}"))
        for column in columns:
            told = one_line(column.told(row, column.width), column.width)
            yield Segment(f"{told:>{column.width}}", self.style(f"figures--{column.look}"))

    def _note(self, y: int) -> Strip:
        note, text = self._lines[y - len(self._rows)]
        return Strip([Segment(f" {text}", self.style(f"figures--{note.look}"))])

    # The keys

    def on_focus(self) -> None:
        """A figure is selected from the beginning."""
        if self.cursor is None and self.line_count:
            self.go_to(0)

    def action_show(self) -> None:
        """Ask for the traces behind the selected figure."""
        if self.cursor is None:
            return
        if found := tuple(sorted(set(self._behind(self.cursor)))):
            self.post_message(self.Show(found))

    def _behind(self, y: int) -> Iterable[int]:
        """The entries that a line comes from; of the day, those of this session."""
        if y >= len(self._rows) or self._course is None:
            return self._lines[y - len(self._rows)][0].seqs()
        what, session = self._rows[y].what, self._course.session
        return behind("session" if what == "today" else what, session, session.turns[-1])
