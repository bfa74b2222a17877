"""The conversation pane: who said what, drawn as lines while it streams.

Four rules:

1. `sync` only reads the session. It may be called twice, late or not at all in between; what is
   shown afterwards is the same. It looks at what is new and at what was not settled, never at all.
2. Only what is in the window is drawn. Elsewhere a height is guessed until somebody looks, and
   then what they look at stays where it is.
3. The person's place is kept: through growth, through a resize, through a correction above it.
4. A choice has a number as long as it can be made, and only then.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from vftui.render.figures import count
from vftui.ui.column import Column
from vftui.ui.lines import LineView
from vftui.ui.wrap import console

if TYPE_CHECKING:
    from rich.style import Style
    from textual.events import Click

    from vftui.session.fold import Session
    from vftui.session.items import Choice, Item

EMPTY = "Nothing said yet. Type a message below and press enter."


class Conversation(LineView):
    """The items of a session, newest at the bottom, with a cursor that selects one of them."""

    GUTTER = 2
    BINDING_GROUP_TITLE = "Conversation"
    HELP = """\
## Conversation

**up** and **down** select what was said, **enter** shows the traces that made it, **y** copies
it. A choice is pressed by its number or with the mouse.
"""
    BINDINGS = [
        Binding(
            "enter,t",
            "show_traces",
            "traces",
            id="conversation.traces",
            key_display="enter",
            tooltip="Show the traces that made the selected message",
        ),
        Binding(
            "y",
            "copy",
            "copy",
            id="conversation.copy",
            tooltip="Copy the selected message's source",
        ),
        *(
            Binding(str(number), f"choose({number})", f"Press [{number}]", show=False)
            for number in range(1, 10)
        ),
    ]
    COMPONENT_CLASSES = {
        f"conversation--{name}"
        for name in (
            "you", "agent", "selected", "said", "text", "told", "quiet", "reasoning", "cursor",
            "heading", "code", "link", "choice",
            "notice-quiet", "notice-info", "notice-warning", "notice-error",
        )
    }  # fmt: skip
    DEFAULT_CSS = """
    Conversation {
        border: round $border-blurred;
        border-title-color: $told;
        border-subtitle-color: $quiet;
        &:focus { border: round $border; }
        & > .conversation--you { color: $you; }
        & > .conversation--agent, & > .conversation--cursor { color: $accent; }
        & > .conversation--selected { color: $warning; }
        & > .conversation--said, & > .conversation--heading { color: $said; }
        & > .conversation--heading { text-style: bold; }
        & > .conversation--text { color: $foreground; }
        & > .conversation--told, & > .conversation--notice-info { color: $told; }
        & > .conversation--quiet, & > .conversation--notice-quiet { color: $quiet; }
        & > .conversation--reasoning { color: $quiet; text-style: italic; }
        & > .conversation--code { color: $told; background: $panel; }
        & > .conversation--link { color: $accent; text-style: underline; }
        & > .conversation--choice { color: $kind-choice; }
        & > .conversation--notice-warning { color: $warning; }
        & > .conversation--notice-error { color: $error; }
    }
    """

    selected: var[int | None] = var(None)
    """The item that the cursor is on, by its place in the session."""

    @dataclass
    class Chosen(Message):
        """A choice was made."""

        choice: Choice

    @dataclass
    class ShowTraces(Message):
        """The entries that made an item are wanted."""

        first_seq: int
        last_seq: int

    @dataclass
    class Copy(Message):
        """A text is wanted on the clipboard, as the agent sent it."""

        text: str

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        self._column = Column(self._ink)
        super().__init__(id=id, classes=classes)
        self.empty = EMPTY
        self._session: Session | None = None
        self._revision = -1
        self._settling = False
        self._shown: list[Hashable] = []  # the keys of the lines that were in the window last

    def sync(self, session: Session) -> None:
        """Catch up with the session."""
        if session is not self._session:
            self._session, self._revision = session, -1
            self._column = Column(self._ink, self._text_width)
            self.set_line_count(0)
            self.selected, self.follow = None, True
        if session.revision != self._revision:
            self._revision = session.revision
            if self._column.sync(session):
                self.refresh_bindings()
            self._settle()

    # Keeping everything in its place

    @property
    def seen(self) -> int:
        """The lines that were seen; corrections above them move them along."""
        return self._column.seen

    @seen.setter
    def seen(self, lines: int) -> None:
        self._column.seen = lines

    @property
    def _text_width(self) -> int:
        return self.laid_out - self.GUTTER

    def _settle(self, top: int | None = None) -> None:
        """Draw what is new in the window, and leave what was there before in its place."""
        if self._settling:
            return
        self._settling = True
        try:
            column = self._column
            top = self.scroll_offset.y if top is None else top
            top = column.look(top, self.size.height, tail=self.follow)
            self.set_line_count(column.height)
            self.place_top(top)
            self._repaint()
        finally:
            self._settling = False

    def lay_out(self, width: int) -> None:
        """Lines became `width` cells wide: only those in the window are made again at once."""
        super().lay_out(width)
        self._settle(self._column.lay_out(self._text_width, self.scroll_offset.y))

    def place_top(self, y: float) -> None:
        """Make `y` the first visible line, and draw what that brings into the window."""
        super().place_top(y)
        self._settle()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw what a person scrolls to."""
        super().watch_scroll_y(old_value, new_value)
        self._settle()

    def count_below(self, seen: int) -> int:
        """How many items have something below the first `seen` lines."""
        column = self._column
        return len(column.blocks) - column.block(seen).index if seen < column.height else 0

    def _watch_below(self) -> None:
        super()._watch_below()
        self.border_subtitle = Content(f"{count(self.below)} new below (End)" if self.below else "")

    # Drawing

    def line_key(self, y: int) -> Hashable:
        """The row at line `y`, and whether it is selected: rows move, but do not change."""
        return self._column.row(y), self._column.block(y).index == self.selected

    def line_at(self, y: int, width: int) -> Strip:
        """The speaker's bar and the row at line `y`."""
        row, block = self._column.row(y), self._column.block(y)
        gutter = Segment("  ")
        if row.barred and block.index == self.selected:
            gutter = Segment("█ ", self._ink("selected"))
        elif row.barred:
            gutter = Segment("▌ ", self._ink(block.bar))
        text = row.text
        if not text.spans:  # Rich would drop the style of a text that has it as a whole
            return Strip([gutter, Segment(text.plain, console().get_style(text.style))])
        return Strip([gutter, *text.render(console())])

    def _ink(self, name: str) -> Style:
        return self.style(f"conversation--{name}")

    def look_changed(self) -> None:
        """Everything is drawn in other colours, at the same height."""
        self._column.forget_rows()

    def _repaint(self) -> None:
        """Paint the lines again that are not what they were in their place in the window."""
        top = self.scroll_offset.y
        bottom = min(top + self.size.height, self.line_count)
        shown = [self.line_key(y) for y in range(top, bottom)]
        for row, key in enumerate(shown):
            if row >= len(self._shown) or self._shown[row] != key:
                self.refresh_lines(top + row)
        self._shown = shown

    # The cursor

    def select(self, index: int) -> None:
        """Put the cursor on an item and into the window; only the last item follows the tail."""
        last = len(self._column.blocks) - 1
        self.selected = max(0, min(index, last))
        top, height = self.scroll_offset.y, self.size.height
        first, end = self._column.extent(self.selected, height)
        self.follow = self.selected == last and end - first <= height
        if not self.follow:
            self._settle(first if first < top else max(top, min(first, end - height)))

    def reveal(self, seq: int) -> None:
        """Select the item that entry `seq` made, or the last one before it."""
        if self._column.blocks:
            self.select(self._column.made_by(seq))

    def _watch_selected(self) -> None:
        self._repaint()

    def action_step(self, direction: int) -> None:
        """Select the item above or below; one that is taller than the window is read first."""
        column, top = self._column, self.scroll_offset.y
        if not column.blocks:
            return
        bottom = top + self.size.height
        upper, lower = column.block(top).index, column.block(bottom - 1).index
        if self.selected is None or not upper <= self.selected <= lower:
            self.select(lower if direction < 0 else upper)
            return
        first, end = column.extent(self.selected)
        if first < top if direction < 0 else end > bottom:
            self.scroll_to(y=top + direction)
        else:
            self.select(self.selected + direction)

    def on_click(self, event: Click) -> None:
        """Make the choice that was clicked, or select the item."""
        if self.text_selection is not None:
            return  # the end of a drag
        meta = event.style.meta
        if "choice" in meta:
            self._choose(meta["turn"], meta["choice"])
        elif (y := self.line_under(event)) is not None:
            self.selected = self._column.block(y).index

    # What a person wants

    def _choose(self, turn: int | None, number: int) -> None:
        for choice in self._column.choices:
            if choice.number == number and turn in (choice.turn, None):
                self.post_message(self.Chosen(choice))

    def action_choose(self, number: int) -> None:
        """Make the choice with this number."""
        self._choose(None, number)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A choice that is not there cannot be made."""
        if action == "choose":
            return any(choice.number == parameters[0] for choice in self._column.choices)
        return bool(self._column.blocks) if action in ("show_traces", "copy") else True

    @property
    def _wanted(self) -> Item:
        """The selected item, or the newest."""
        return self._column.blocks[-1 if self.selected is None else self.selected].item

    def action_show_traces(self) -> None:
        """Ask for the traces that made the item."""
        self.post_message(self.ShowTraces(self._wanted.first_seq, self._wanted.last_seq))

    def action_copy(self) -> None:
        """Ask for the item's text on the clipboard."""
        self.post_message(self.Copy(_source(self._wanted)))


def _source(item: Item) -> str:
    """What an item says, as it came."""
    if item.kind == "reply":
        return "\n\n".join(item.turn.messages)
    names = (choice.name for choice in item.choices)
    return "\n".join(part for part in (item.title, item.text, item.image, *names) if part)
