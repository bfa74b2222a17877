"""The head of the token page: the figures in full, and in words what they leave open.

Two rules:

1. Billed tokens first, those before the models' multipliers beside them, money last.
2. What is not known is said, and never left to be taken for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip

from vftui.render.brief import compact
from vftui.render.figures import counted_of, money
from vftui.render.spending import Spent, share_of
from vftui.render.text import cells, one_line, printable
from vftui.secrets import mask
from vftui.session.tokens import UNKNOWN_MODEL
from vftui.ui.lines import LineView
from vftui.ui.tokenlines import LACKS, number
from vftui.ui.wrap import wrap

if TYPE_CHECKING:
    from vftui.render.spending import Course
    from vftui.session.budget import Standing
    from vftui.session.ledger import Call
    from vftui.session.tokens import Tokens
    from vftui.session.turn import Turn

NAME, MOST_NAME = 10, 28
"""Cells of the names, at least and at most."""

PARTIAL = ("unknown", "estimated")
"""Sources that leave out at least what the model was shown."""

CREDITS = 60
"""Cells of a value that may be credits."""

Seqs = Callable[[], Iterable[int]]


class Column(NamedTuple):
    """A column of figures."""

    name: str
    width: int
    told: Callable[[Row, int], str]
    look: str = "told"


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of a turn, of the session, of the day, of a model."""

    name: str
    spent: Spent
    seqs: Seqs
    """The entries that they come from."""
    look: str = "quiet"
    lacks: bool = False
    """Whether there is more that nobody reported."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the figures leave open, in words."""

    text: str
    seqs: Seqs = tuple
    look: str = "quiet"


def _billed(part: str) -> Callable[[Row, int], str]:
    def told(row: Row, room: int) -> str:
        tokens = row.spent.tokens
        return number(getattr(tokens, part), tokens.source, room - 1)

    return told


def _lacks(row: Row, room: int) -> str:
    return LACKS if row.lacks and row.spent.tokens.total is not None else ""


def _base(part: str) -> Callable[[Row, int], str]:
    def told(row: Row, room: int) -> str:
        tokens = row.spent.tokens
        return number(tokens.base and getattr(tokens.base, part), tokens.source, room - 1)

    return told


def _cost(row: Row, room: int) -> str:
    cost = row.spent.cost
    return "" if cost is None else one_line(money(cost), room)


COLUMNS = (
    Column("total", 11, _billed("total"), "said"),
    Column("", len(LACKS), _lacks, "quiet"),
    Column("in", 11, _billed("query")),
    Column("out", 11, _billed("answer")),
    Column("base", 12, _base("total")),
    Column("in", 10, _base("query")),
    Column("out", 10, _base("answer")),
    Column("cost", 13, _cost),
)
"""All columns; the parts of the base tokens give way first, then base tokens, then money."""

_WIDTHS = ((0, 1, 2, 3, 4, 5, 6, 7), (0, 1, 2, 3, 4, 7), (0, 1, 2, 3, 7), (0, 1, 2, 3), (0, 1))


def columns_in(width: int, *, costs: bool) -> list[Column]:
    """The columns that there is room for beside the names."""
    for places in _WIDTHS:
        found = [COLUMNS[place] for place in places if costs or COLUMNS[place].name != "cost"]
        if NAME + sum(column.width for column in found) <= width:
            return found
    return []


def rows_of(course: Course, today: Tokens | None) -> Iterator[Row]:
    """The newest turn, the session, the day, and each model, the costliest first."""
    session, models = course.session, course.models
    if not session.turns:
        return
    turn = session.turns[-1]
    of_turn = sum((Spent.on(call, course.prices) for call in turn.calls), start=Spent())
    of_all = sum(models.values(), start=Spent())
    lacks = session.unreported_turns > 0
    yield Row(f"turn {turn.index + 1:,}", Spent(turn.tokens, of_turn.cost), lambda: behind(turn))
    yield Row(
        "session", Spent(session.tokens, of_all.cost), lambda: _of(session.calls), lacks=lacks
    )
    if today is not None:
        yield Row("today", Spent(today), lambda: _of(session.calls))
    counted = [pair for pair in models.items() if pair[1].tokens.total is not None]
    for name, spent in sorted(counted, key=lambda pair: -(pair[1].tokens.total or 0)):
        yield Row(name, spent, _of_model(course, name), "model")


def notes_of(course: Course, standings: Sequence[Standing]) -> Iterator[Note]:
    """What the figures leave open; what comes and goes while a turn runs stands last."""
    session = course.session
    for standing in standings:
        look = "error" if standing.level == 100 else "warning" if standing.level else "quiet"
        yield Note(f"Budget: {standing.words}.", look=look)
    if unknown := session.unreported_turns:
        told = share_of(unknown, len(session.turns))
        yield Note(f"{LACKS} Not reported in full: {told}.", lambda: _unreported(session.turns))
    yield from _money_notes(course)
    if (call := course.credited) is not None:
        yield Note(
            f"Credits, as told of turn {call.turn + 1:,}: {_credits(call)}.", lambda: call.seqs
        )
    if "estimated" in course.sources:
        yield Note(f"~ Estimated from the text: {session.estimator.basis}.")
    if "provisional" in course.sources:
        yield Note("~ Counted from the stream, part by part.")


def _money_notes(course: Course) -> Iterator[Note]:
    """What the money is, and what is not in it."""
    prices = course.prices
    if prices is None:
        return
    if prices.problem:
        yield Note(prices.problem, look="warning")
    cost = sum(course.models.values(), start=Spent()).cost
    if cost is None:
        return
    if not cost.calls:
        yield Note("Money: no price is known of the models that were called.")
        return
    missing = f"; {counted_of(cost.unpriced, 'call')} without a price" if cost.unpriced else ""
    told = f"Money: what the models are listed for since {cost.date}, not what Voiceflow charges"
    yield Note(f"{told}{missing}.")


def _credits(call: Call) -> str:
    told = (
        f"{one_line(key, CREDITS)} {compact(value, CREDITS)}" for key, value in call.credits.items()
    )
    return printable(mask(", ".join(told)), keep_lines=False)


def behind(turn: Turn) -> Iterable[int]:
    """The entries that tell of a turn's tokens; its first one where none does."""
    return _of(turn.calls) if turn.calls else (turn.first_seq,)


def _of(calls: Iterable[Call]) -> Iterable[int]:
    return (seq for call in calls for seq in call.seqs)


def _of_model(course: Course, name: str) -> Seqs:
    session = course.session
    return lambda: _of(call for call in session.calls if (call.model or UNKNOWN_MODEL) == name)


def _unreported(turns: Iterable[Turn]) -> Iterable[int]:
    """The turns whose words nobody counted in full."""
    for turn in turns:
        if turn.ending is not None and turn.tokens.source in PARTIAL and any(turn.messages):
            yield turn.first_seq


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

    def sync(self, course: Course, today: Tokens | None, standings: Sequence[Standing]) -> None:
        """Catch up with the session."""
        self._course = course
        self._rows = list(rows_of(course, today))
        notes = list(notes_of(course, standings))
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
        name = " " + one_line(row.name, max(0, room - 1))
        yield Segment(name + " " * (room - cells(name)), self.style(f"figures--{row.look}"))
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
        of, rows = self.cursor, len(self._rows)
        seqs = self._rows[of].seqs() if of < rows else self._lines[of - rows][0].seqs()
        if found := tuple(sorted(set(seqs))):
            self.post_message(self.Show(found))
