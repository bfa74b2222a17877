"""The table of charges: a row for every model call of a session, in an order of one's own.

Two rules:

1. The cursor stays on its call, wherever that goes; on the newest one it goes with those to come.
2. What the columns have no room for is told of the chosen call below them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import Click
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Static

from vftui.render.brief import compact
from vftui.render.figures import clock_time
from vftui.render.text import printable
from vftui.secrets import mask
from vftui.ui.chargefields import GAP, Field, Placed, fields, header, placed
from vftui.ui.lines import LineView
from vftui.ui.ranks import Ranks, name_of

if TYPE_CHECKING:
    from vftui.render.spending import Course
    from vftui.session.ledger import Call

WHOLE = 60
"""Cells of a figure that stands by itself."""

EMPTY = (
    "Each model call of the conversation appears here, with what it was billed and the traces "
    "that tell of it."
)


class ChargeTable(LineView):
    """The rows."""

    CURSOR = True
    BINDING_GROUP_TITLE = "Charges"
    HELP = """\
## Charges

A row for every model call: plain figures are reported, **~** is counted from the stream or
estimated, **?** is not reported. **s** sorts by the next column, **r** turns the order round,
**enter** shows the traces that a row comes from.
"""
    BINDINGS = [
        Binding("enter", "show", "traces", id="charges.show", key_display="enter",
                tooltip="Show the traces behind this charge"),
        Binding("s", "sort(1)", "sort", id="charges.sort", tooltip="Sort by the next column"),
        Binding("S", "sort(-1)", "sort back", id="charges.sort_back", show=False,
                tooltip="Sort by the column before"),
        Binding("r", "reverse", "reverse", id="charges.reverse", tooltip="Turn the order round"),
        Binding("y", "copy", "copy", id="charges.copy", tooltip="Copy this charge as JSON"),
    ]  # fmt: skip
    COMPONENT_CLASSES = {
        "charges--quiet", "charges--told", "charges--said", "charges--model", "charges--cursor",
    }  # fmt: skip
    DEFAULT_CSS = """
    ChargeTable {
        & > .charges--quiet { color: $quiet; }
        & > .charges--told { color: $told; }
        & > .charges--said { color: $said; }
        & > .charges--model { color: $kind-model; }
        & > .charges--cursor { background: $block-cursor-background; color: $said; }
    }
    """

    @dataclass
    class Chosen(Message):
        """The cursor is on another call, or that call has changed; None: on none."""

        call: Call | None

    @dataclass
    class Show(Message):
        """The traces of a call are wanted."""

        seqs: tuple[int, ...]

    class Sorted(Message):
        """The order or the columns are others."""

    def __init__(self) -> None:
        super().__init__(id="charges")
        self.empty = EMPTY
        self.fields = fields(None)
        self.columns: list[Placed] = []
        """Those that there is room for."""
        self.ranks = Ranks(self.fields[0])
        self._course: Course | None = None
        self._chosen: Call | None = None
        self._state: object = None  # what the rows were made of

    @property
    def chosen(self) -> Call | None:
        """The call that the cursor is on."""
        return self._chosen

    def sync(self, course: Course) -> None:
        """Catch up with the session."""
        if course is not self._course:
            self._begin(course)
        state = len(course.calls), course.live
        if state != self._state:
            self._state = state
            self.ranks.sync(course.calls, course.live)
            self.set_line_count(len(self.ranks))
            self._keep_cursor()
            self.invalidate_all()

    def _begin(self, course: Course) -> None:
        """Another session, or other prices."""
        if self._course is None or course.session is not self._course.session:
            self._chosen, self.cursor, self.follow = None, None, True
        self._course, self._state = course, None
        self.fields = fields(course.prices)
        names = [field.name for field in self.fields]
        by = self.ranks.field.name
        field = self.fields[names.index(by)] if by in names else self.fields[0]
        self.ranks = Ranks(field, backwards=self.ranks.backwards)
        self.lay_out(self.line_width)

    def _keep_cursor(self) -> None:
        """Leave the cursor on its call, unless it goes with the newest one."""
        count = len(self.ranks)
        if self._chosen is None or (self.follow and self._by_turn):
            self.cursor = count - 1 if count else None
        elif self.cursor is None or name_of(self.ranks[self.cursor]) != name_of(self._chosen):
            self.cursor = self.ranks.place(self._chosen)
        self._choose()

    @property
    def _by_turn(self) -> bool:
        """Whether the newest call is the last one."""
        return self.ranks.field.name == "turn" and not self.ranks.backwards

    def validate_follow(self, follow: bool) -> bool:
        """In another order the last line is not where the newest call comes."""
        return follow and self._by_turn

    def action_follow(self) -> None:
        """To the last row, and on with the newest call where that is it."""
        if self.line_count:
            self.go_to(self.line_count - 1)

    # Lines

    def lay_out(self, width: int) -> None:
        """Place the columns in lines of another width."""
        self.columns = placed(self.fields, width)
        self.post_message(self.Sorted())
        self.invalidate_all()

    def line_at(self, y: int, width: int) -> Strip:
        """The row of a call."""
        call = self.ranks[y]
        cells = [
            Segment(" " * GAP + column.cell(call), self.style(f"charges--{column.field.look}"))
            for column in self.columns
        ]
        strip = Strip(cells).adjust_cell_length(width)
        return strip.apply_style(self.style("charges--cursor")) if y == self.cursor else strip

    def watch_cursor(self) -> None:
        """Tell which call is chosen now."""
        self._choose()

    def _choose(self) -> None:
        cursor = self.cursor
        call = self.ranks[cursor] if cursor is not None and cursor < len(self.ranks) else None
        if call is not self._chosen:
            self._chosen = call
            self.post_message(self.Chosen(call))

    def choose_turn(self, turn: int) -> None:
        """Put the cursor on the first call of a turn, if it has any."""
        chosen = self._chosen
        if chosen is None or chosen.turn != turn:
            y = self.ranks.first_of(turn)
            if y is not None:
                self.go_to(y)

    # The order

    def sort(self, field: Field, *, backwards: bool) -> None:
        """Another order: the cursor goes with its call, or from the newest one to the top."""
        chosen, course, newest = self._chosen, self._course, self.follow and self._by_turn
        self.ranks = Ranks(field, backwards=backwards)
        if course is not None:
            self.ranks.sync(course.calls, course.live)
        y = 0 if newest or chosen is None else self.ranks.place(chosen)
        self.go_to(y or 0)
        self.post_message(self.Sorted())
        self.invalidate_all()

    def action_sort(self, direction: int) -> None:
        """Sort by the next column that is seen, or by the one before."""
        seen = [column.field for column in self.columns]
        names = [field.name for field in seen]
        if not seen:
            return
        by = self.ranks.field.name
        place = (names.index(by) + direction) % len(seen) if by in names else 0
        self.sort_by(seen[place])

    def sort_by(self, field: Field) -> None:
        """Sort by a column, names and turns from the first, figures from the most; by the same
        column once more the other way round."""
        same = field.name == self.ranks.field.name
        first = field.is_text or field.name in ("turn", "call")
        self.sort(field, backwards=not self.ranks.backwards if same else not first)

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.sort(self.ranks.field, backwards=not self.ranks.backwards)

    def action_show(self) -> None:
        """Ask for the traces of the chosen call."""
        if self._chosen is not None:
            self.post_message(self.Show(self._chosen.seqs))

    def action_copy(self) -> None:
        """Ask for the chosen call on the clipboard, as `vftui tokens --json` writes it."""
        from vftui.render.objects import call_json
        from vftui.ui.conversation import Conversation

        if self._chosen is not None:
            text = json.dumps(call_json(self._chosen), indent=2)
            self.post_message(Conversation.Copy(text, "the charge"))


class Charges(Vertical):
    """The table between the names of its columns and a line with all that is known of a call."""

    DEFAULT_CSS = """
    Charges {
        height: 1fr;
        & > .columns, & > .more { height: 1; color: $quiet; }
        & > .more { color: $told; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    table = getters.query_one(ChargeTable)

    def compose(self) -> ComposeResult:
        """The names, the rows, the line."""
        yield Static(classes="columns", markup=False)
        yield ChargeTable()
        yield Static(classes="more", markup=False)

    @on(ChargeTable.Sorted)
    def _sorted(self) -> None:
        table, ranks = self.table, self.table.ranks
        names = header(table.columns, ranks.field.name, ranks.backwards)
        self.query_one(".columns", Static).update(names, layout=False)
        self._told(table.chosen)

    @on(ChargeTable.Chosen)
    def _chosen(self, message: ChargeTable.Chosen) -> None:
        self._told(message.call)

    def _told(self, call: Call | None) -> None:
        """Say of the chosen call what the columns leave out."""
        left_out = "" if call is None else " · ".join(left_out_of(call, self.table))
        self.query_one(".more", Static).update(left_out, layout=False)

    def on_click(self, event: Click) -> None:
        """A click on the name of a column sorts by it."""
        if event.widget is self.query_one(".columns"):
            for field, start, width in self.table.columns:
                if start - GAP < event.x + 1 <= start + width:
                    self.table.sort_by(field)


def left_out_of(call: Call, table: ChargeTable) -> Iterator[str]:
    """What the columns do not say of a call: its credits as they came, those without room, where
    it is told of, and when."""
    for key, value in call.credits.items():
        yield printable(mask(f"{key} {compact(value, WHOLE)}"), keep_lines=False)
    seen = {column.field.name for column in table.columns}
    for field in table.fields:
        if field.name not in seen:
            yield f"{field.name} {field.told(call, WHOLE)}"
    yield "traces " + ", ".join(f"#{seq}" for seq in call.seqs)
    if call.at is not None:
        yield clock_time(call.at)
