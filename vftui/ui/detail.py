"""One entry in full: its JSON as a tree, its raw bytes, its times, what changed since the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.reactive import var
from textual.strip import Strip

from vftui.render.figures import count
from vftui.render.text import one_line
from vftui.ui.copymenu import CopyWanted
from vftui.ui.external import OpenWanted
from vftui.ui.jsontree import Tree
from vftui.ui.panel import SidePanel

if TYPE_CHECKING:
    from vftui.reading import Reading, Row
    from vftui.ui.page import Page, Place
    from vftui.ui.views import View

VIEWS: tuple[View, ...] = ("JSON", "raw", "timing", "diff")

EMPTY = "Select a trace to see its JSON, its raw bytes, its times and what it changed."

LEAST = 12
"""Cells of a path that are worth showing."""


def _key(keys: str, action: str, name: str, id: str, tooltip: str, shown: str = "") -> Binding:
    return Binding(
        keys, action, name, id=f"detail.{id}", show=bool(shown), tooltip=tooltip,
        key_display=shown or None,
    )  # fmt: skip


class TraceDetail(SidePanel):
    """What is inside the selected entry."""

    BINDING_GROUP_TITLE = "Trace"
    HELP = """\
## Trace

The selected entry. Its JSON folds: **enter**, **right** and **left**, **+** and **-** for all of
it. **v** changes the view: the bytes exactly as they came, the times, and what differs from the
entry of the same type before. **y** copies what the mark is on, or the whole; **o** opens it in
your pager, **O** in your editor.
"""
    BINDINGS = [
        _key("v", "turn_view(1)", "view", "next", "JSON, raw, timing, or diff", "v"),
        _key("V", "turn_view(-1)", "view before", "previous", "The view before"),
        *(
            _key(f"{number}", f"view({number})", name, f"view_{number}", f"Show the {name} view")
            for number, name in enumerate(VIEWS, 1)
        ),
        _key("enter,space", "fold", "fold", "fold", "Fold or unfold the value", "enter"),
        _key("right,l", "inside", "unfold", "inside", "Unfold the value, or go inside"),
        _key("left,h", "outside", "fold", "outside", "Fold the value, or go to what holds it"),
        _key("plus,right_square_bracket", "unfold_all", "unfold all", "unfold", "Unfold all", "+"),
        _key("minus,left_square_bracket", "fold_all", "fold all", "fold_all", "Fold all"),
        _key("y", "copy", "copy", "copy", "Copy a value, its path, the event, the frame", "y"),
        _key("o", "open", "open", "open", "Open the JSON in your pager", "o"),
        _key("O", "open(True)", "edit", "edit", "Open the JSON in your editor"),
    ]
    COMPONENT_CLASSES = {
        "detail--cursor",
        *(f"detail--{style}" for style in ("key", "value", "mark", "added", "removed", "changed")),
    }
    DEFAULT_CSS = """
    TraceDetail {
        padding: 0 0 0 1;
        & > .detail--key { color: $kind-model; }
        & > .detail--value { color: $said; }
        & > .detail--mark { color: $quiet; }
        & > .detail--added { color: $success; }
        & > .detail--removed { color: $error; }
        & > .detail--changed { color: $warning; }
        &:focus > .detail--cursor { background: $block-cursor-background; }
    }
    """
    CURSOR = True

    view: var[View] = var("JSON", init=False)

    def __init__(self) -> None:
        super().__init__(id="detail")
        self.empty = EMPTY
        self.follow = False
        self._row: Row | None = None
        self._log: Reading | None = None
        self._page: Page | None = None
        self._stale = False  # whether another entry was selected than the one that is shown

    def show(self, row: Row | None, log: Reading | None) -> None:
        """Show this entry of this recording."""
        if row is None or log is None:
            return
        before, self._row = self._row, row
        if before is None or log is not self._log or row.seq != before.seq:
            self._log, self._stale = log, True
            self._catch_up()

    def on_show(self) -> None:
        """What was selected while nobody saw it."""
        self._catch_up()

    def on_focus(self) -> None:
        """The same, before the keys that follow."""
        self._catch_up()

    def _catch_up(self) -> None:
        """Show the selected entry, if anybody sees it: a megabyte takes its time."""
        if self._stale and (self.has_focus or self.is_on_screen):
            self._rebuild()

    def watch_view(self) -> None:
        """Another view of the same entry."""
        self._rebuild()

    def watch_cursor(self) -> None:
        """Tell where the cursor is."""
        self._say()

    def lay_out(self, width: int) -> None:
        """Break the lines for another width."""
        if self._page is not None and self.cursor is not None:
            anchor = self._page.anchor(self.cursor)
            self._page.lay_out(width)
            self._redraw(self._page.row_of(anchor))

    def line_at(self, y: int, width: int) -> Strip:
        """The words of row `y`."""
        if self._page is None or y >= len(self._page):
            return Strip.blank(width)
        words = self._page.words(y)
        strip = Strip([Segment(text, self.style(f"detail--{style}")) for text, style in words])
        if y == self.cursor:
            strip = strip.adjust_cell_length(width).apply_style(self.style("detail--cursor"))
        return strip

    def go_to(self, y: int) -> None:
        """Put the cursor on row `y`; nothing is followed here, not even at the end."""
        super().go_to(y)
        self.follow = False

    def action_follow(self) -> None:
        """To the last row."""
        self.go_to(self.line_count - 1)

    def on_click(self, event: Click) -> None:
        """A click on the name of a view shows it; on a mark, or a second one, it folds."""
        if event.y == self.outer_size.height - 1:
            names = " │ ".join(VIEWS)
            x = event.x - (self.outer_size.width - 3 - len(names))  # as Textual places a subtitle
            if 0 <= x < len(names):
                self.view = VIEWS[names[: x + 1].count("│")]
            return
        y, place = self.line_under(event), event.get_content_offset(self)
        if y is None or place is None or self._tree is None:
            return
        if event.chain == 2 or self._tree.is_mark(y, place.x):
            self._toggle(y)

    # Keys

    def action_turn_view(self, step: int) -> None:
        """Show the next view, or the one before."""
        self.view = VIEWS[(VIEWS.index(self.view) + step) % len(VIEWS)]

    def action_view(self, number: int) -> None:
        """Show the view of this number."""
        self.view = VIEWS[number - 1]

    def action_fold(self) -> None:
        """Fold or unfold the value that the cursor is on."""
        if self.cursor is not None:
            self._toggle(self.cursor)

    def action_inside(self) -> None:
        """Unfold the value that the cursor is on; an unfolded one is entered."""
        if self._tree is None or self.cursor is None:
            return
        if self._tree.is_open(self.cursor):
            self.go_to(self.cursor + 1)
        else:
            self._toggle(self.cursor)

    def action_outside(self) -> None:
        """Fold the value that the cursor is on; from a folded one, go to what holds it."""
        if self._tree is None or self.cursor is None:
            return
        if self._tree.is_open(self.cursor):
            self._toggle(self.cursor)
        else:
            self.go_to(self._tree.holder(self.cursor))

    def action_unfold_all(self) -> None:
        """Unfold everything, as far as that is not too much."""
        self._fold_all(unfold=True)

    def action_fold_all(self) -> None:
        """Fold everything."""
        self._fold_all(unfold=False)

    def action_copy(self) -> None:
        """Ask what to copy."""
        if self._row is not None:
            self.post_message(CopyWanted(self._row, self._place))

    def action_open(self, editor: bool = False) -> None:
        """Ask for another program to show the entry."""
        if self._row is not None:
            self.post_message(OpenWanted(self._row, editor))

    # Pages

    @property
    def _tree(self) -> Tree | None:
        """The page, where it folds."""
        return self._page if isinstance(self._page, Tree) else None

    @property
    def _place(self) -> Place | None:
        """What the cursor is on."""
        if self._page is None or self.cursor is None:
            return None
        return self._page.place(self.cursor)

    def _rebuild(self) -> None:
        if self._row is None or self._log is None:
            return
        from vftui.ui.views import page_of  # it needs pydantic: not at the start

        self._stale = False
        self._page = page_of(self.view, self._row, self._log)
        self._page.lay_out(self.line_width)
        self._redraw(0)
        self.place_top(0)
        self.border_subtitle = Content(" │ ").join(
            Content.styled(view, "bold $accent" if view == self.view else "$quiet")
            for view in VIEWS
        )

    def _toggle(self, y: int) -> None:
        if self._tree is not None and self._tree.folds(y):
            anchor = self._tree.anchor(y)
            self._tree.toggle(y)
            self._redraw(self._tree.row_of(anchor))

    def _fold_all(self, *, unfold: bool) -> None:
        if self._tree is not None and self.cursor is not None:
            anchor = self._tree.anchor(self.cursor)
            if unfold:
                self._tree.unfold()
            else:
                self._tree.fold()
            self._redraw(self._tree.row_of(anchor))

    def _redraw(self, cursor: int) -> None:
        """Show the page anew, with the cursor on this row."""
        self.follow = False
        self.set_line_count(len(self._page) if self._page is not None else 0)
        self.cursor = cursor
        self.show_line(cursor)
        self.invalidate_all()
        self._say()

    def _say(self) -> None:
        """Say in the border which entry this is, and where the cursor is."""
        if self._row is None:
            return
        from vftui.render.jsonpath import jsonpath
        from vftui.render.lines import kind_of

        title = Content(f"#{count(self._row.seq)} {kind_of(self._row.entry)}")
        place = self._place
        room = self.outer_size.width - 8 - title.cell_length
        if place is not None and place.path and room >= LEAST:
            path = jsonpath(place.path)
            if cell_len(path) > room:  # its end tells more
                path = f"…{path[-(room - 1) :]}"
            title += Content.styled(f" {one_line(path, room)}", "$quiet")
        self.border_title = title
