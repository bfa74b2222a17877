"""The items of a session, drawn as lines while they stream.

Four rules:

1. `sync` only reads the session. It may be called twice, late or not at all in between; what is
   shown afterwards is the same. It looks at what is new and at what was not settled, never at all.
2. Only what is in the window is drawn. Elsewhere a height is guessed until somebody looks, and
   then what they look at stays where it is.
3. The person's place is kept: through growth, through a resize, through a correction above it.
4. A choice has a number as long as it can be made, and only then.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.content import Content
from textual.reactive import var
from textual.strip import Strip

from vftui.render.figures import count
from vftui.ui.column import Column
from vftui.ui.lines import LineView
from vftui.ui.wrap import console

if TYPE_CHECKING:
    from rich.style import Style
    from textual.worker import WorkType

    from vftui.session.fold import Session
    from vftui.ui.pictures import Picture, Pictures


class ItemView(LineView):
    """The items of a session, newest at the bottom; one of them may be selected."""

    GUTTER = 2
    COMPONENT_CLASSES = {
        f"items--{name}"
        for name in (
            "you", "agent", "selected", "said", "text", "told", "quiet", "reasoning", "cursor",
            "heading", "code", "link", "choice",
            "notice-quiet", "notice-info", "notice-warning", "notice-error",
        )
    }  # fmt: skip
    DEFAULT_CSS = """
    ItemView {
        & > .items--you { color: $you; }
        & > .items--agent, & > .items--cursor { color: $accent; }
        & > .items--selected { color: $warning; }
        & > .items--said, & > .items--heading { color: $said; }
        & > .items--heading { text-style: bold; }
        & > .items--text { color: $foreground; }
        & > .items--told, & > .items--notice-info { color: $told; }
        & > .items--quiet, & > .items--notice-quiet { color: $quiet; }
        & > .items--reasoning { color: $quiet; text-style: italic; }
        & > .items--code { color: $told; background: $panel; }
        & > .items--link { color: $accent; text-style: underline; }
        & > .items--choice { color: $kind-choice; }
        & > .items--notice-warning { color: $warning; }
        & > .items--notice-error { color: $error; }
    }
    """

    selected: var[int | None] = var(None)
    """The item that the cursor is on, by its place in the session."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        self.pictures: Pictures | None = None
        """Where pictures come from; without it there are only their addresses."""
        self.column = Column(self._ink)
        super().__init__(id=id, classes=classes)
        self._session: Session | None = None
        self._revision = -1
        self._settling = False
        self._shown: list[Hashable] = []  # the keys of the lines that were in the window last

    def sync(self, session: Session) -> None:
        """Catch up with the session."""
        if session is not self._session:
            self._session, self._revision = session, -1
            self.column = Column(self._ink, self._text_width, self._picture)
            self.set_line_count(0)
            self.selected, self.follow = None, True
        if session.revision != self._revision:
            self._revision = session.revision
            known = len(self.column.blocks)
            if not self.follow:
                self.column.keep_unfolded(self.scroll_offset.y, self.size.height)
            self.column.sync(session)
            if self.follow and any(block.bar == "you" for block in self.column.blocks[known:]):
                self.selected = None  # a new turn began, and nobody looks at an old one
            self.settle()

    # Keeping everything in its place

    @property
    def seen(self) -> int:
        """The lines that were seen; corrections above them move them along."""
        return self.column.seen

    @seen.setter
    def seen(self, lines: int) -> None:
        self.column.seen = lines

    @property
    def _text_width(self) -> int:
        return self.laid_out - self.GUTTER

    def settle(self, top: int | None = None) -> None:
        """Draw what is new in the window, and leave what was there before in its place."""
        if self._settling:
            return
        self._settling = True
        try:
            column = self.column
            top = self.scroll_offset.y if top is None else top
            top = column.look(top, self.size.height, tail=self.follow)
            self.set_line_count(column.height)
            self.place_top(top)
            self.repaint()
            self._fetch(top)
        finally:
            self._settling = False

    def lay_out(self, width: int) -> None:
        """Lines became `width` cells wide: only those in the window are made again at once."""
        super().lay_out(width)
        self.settle(self.column.lay_out(self._text_width, self.scroll_offset.y))

    def place_top(self, y: float) -> None:
        """Make `y` the first visible line, and draw what that brings into the window."""
        super().place_top(y)
        self.settle()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw what a person scrolls to."""
        super().watch_scroll_y(old_value, new_value)
        self.settle()

    def count_below(self, seen: int) -> int:
        """How many items have something below the first `seen` lines."""
        column = self.column
        return len(column.blocks) - column.block(seen).index if seen < column.height else 0

    def _watch_below(self) -> None:
        super()._watch_below()
        self.border_subtitle = Content(f"{count(self.below)} new below (End)" if self.below else "")

    # Selecting text with the mouse

    def bookmark(self, y: int) -> int:
        """What a selection remembers of line `y`: heights before it may still be corrected."""
        return self.column.bookmark(y)

    def lines_between(self, first: int | None, last: int | None) -> Iterator[tuple[int, str]]:
        """The texts of the lines; what nobody looked at is drawn, so that no row is guessed."""
        top = self.bookmark(self.scroll_offset.y)
        rows = self.column.rows_between(first, last)
        self.settle(self.column.line_of(top))
        for bookmark, row in rows:
            yield bookmark, " " * self.GUTTER + row.text.plain

    # Pictures

    def _picture(self, address: str) -> Picture | None:
        return None if self.pictures is None else self.pictures.picture(address)

    def _fetch(self, top: int) -> None:
        """Have the pictures fetched that are in the window now."""
        if self.pictures is None or not self.column.blocks:
            return
        last = self.column.block(top + self.size.height - 1).index
        for block in self.column.blocks[self.column.block(top).index : last + 1]:
            if self.pictures.claim(block.image):
                # A function and no coroutine: one that never began would be warned of.
                work: WorkType[None] = partial(self._load, self.pictures, block.image, self.column)
                self.run_worker(work)

    async def _load(self, pictures: Pictures, address: str, column: Column) -> None:
        await pictures.load(address)
        if column is self.column:
            column.look_again([block for block in column.blocks if block.image == address])
            self.settle()

    # Drawing

    def line_key(self, y: int) -> Hashable:
        """The row at line `y`, and whether it is selected: rows move, but do not change."""
        return self.column.row(y), self.column.block(y).index == self.selected

    def line_at(self, y: int, width: int) -> Strip:
        """The speaker's bar and the row at line `y`."""
        row, block = self.column.row(y), self.column.block(y)
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
        return self.style(f"items--{name}")

    def look_changed(self) -> None:
        """Everything is drawn in other colours, at the same height."""
        self.column.forget_rows()

    def repaint(self) -> None:
        """Paint the lines again that are not what they were in their place in the window."""
        top = self.scroll_offset.y
        bottom = min(top + self.size.height, self.line_count)
        shown = [self.line_key(y) for y in range(top, bottom)]
        for row, key in enumerate(shown):
            if row >= len(self._shown) or self._shown[row] != key:
                self.refresh_lines(top + row)
        self._shown = shown
