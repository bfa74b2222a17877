"""A long list as lines: what the conversation and the trace list are made of.

One rule: **the window is the cost.** A frame asks for the visible lines and no others, a strip is
made once and kept until its line is said to look different, and what is the same for all lines is
looked up once a frame.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.cache import LRUCache
from textual.geometry import Offset
from textual.reactive import var
from textual.selection import Selection
from textual.strip import Strip

from vftui.ui.tail import TailView

if TYPE_CHECKING:
    from textual.events import Click
    from textual.geometry import Region

_CACHED_STRIPS = 1024

_LINES = 1 << 62
"""What a line is told to Textual's selection from: what is less is a row of the window, which it
tells by itself where the pointer is on the border."""


def _key(keys: str, action: str, name: str, id: str, tooltip: str) -> Binding:
    return Binding(keys, action, name, id=f"lines.{id}", show=False, tooltip=tooltip)


class LineView(TailView):
    """A scrollable list of lines that follows its tail. Subclasses say what each line looks like.

    A subclass implements `line_at`, tells the number of lines with `set_line_count` and which of
    them look different with `invalidate`. With `CURSOR` it is a list with a cursor line.
    """

    CURSOR: ClassVar[bool] = False
    """Whether up, down, page, home, end and a click move a cursor instead of the window."""

    GUTTER: ClassVar[int] = 0
    """Leading characters of every line that a copied selection leaves out."""

    ALLOW_SELECT = True
    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--empty"}
    DEFAULT_CSS = """
    LineView {
        & > .lines--empty { color: $text-muted; }
    }
    """
    BINDINGS = [
        _key("up,k", "step(-1)", "Up", "up", "One up"),
        _key("down,j", "step(1)", "Down", "down", "One down"),
        _key("pageup", "page(-1)", "Page up", "page_up", "One page up"),
        _key("pagedown", "page(1)", "Page down", "page_down", "One page down"),
        _key("home,g", "home", "Top", "home", "To the first line"),
        _key("end,G", "follow", "Follow", "follow", "To the last line, and follow it"),
    ]

    cursor: var[int | None] = var(None)
    """The line the cursor is on; only with `CURSOR`."""
    empty: var[str] = var("")
    """What is shown while there are no lines: what will appear here, and how to make it."""

    def __init__(
        self, *, name: str | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._strips: LRUCache[Hashable, Strip] = LRUCache(_CACHED_STRIPS)
        self._styles: dict[str, Style] = {}
        self._look: tuple[Style, ...] = ()  # the resolved styles the cached strips were made with
        self._look_stale = True
        self._selection: Selection | None = None
        self._painting = False

    # What a subclass implements and calls

    def line_at(self, y: int, width: int) -> Strip:
        """The strip of line `y`. It is cropped or padded to `width` and laid on the background."""
        raise NotImplementedError

    def line_key(self, y: int) -> Hashable:
        """What the strip of line `y` is kept under: the same key means the same strip."""
        return y

    def bookmark(self, y: int) -> int:
        """What a selection of text remembers of line `y`: a number that grows with the line."""
        return y

    def lines_between(self, first: int | None, last: int | None) -> Iterator[tuple[int, str]]:
        """The texts of the lines from one bookmark to another, each with its own."""
        stop = self.line_count if last is None else min(last + 1, self.line_count)
        for y in range(first or 0, stop):
            yield y, self._strip(y).text

    def set_line_count(self, count: int) -> None:
        """Grow or shrink to `count` lines; a cursor on the tail that is followed stays on it."""
        old = self.line_count
        if count == old:
            return
        super().set_line_count(count)
        if not old or not count:
            self.invalidate_all()
        else:
            self.invalidate(min(old, count), max(old, count))
        if self.cursor is not None and (
            self.cursor >= count or (self.follow and self.cursor == old - 1)
        ):
            self.cursor = count - 1

    def invalidate(self, start: int, stop: int) -> None:
        """Lines `start` up to, not including, `stop` look different now."""
        if stop - start > _CACHED_STRIPS:
            self._strips.clear()
        else:
            for y in range(start, stop):
                self._strips.discard(y)
        self.refresh_lines(start, stop - start)

    def invalidate_all(self) -> None:
        """Every line looks different now."""
        self._strips.clear()
        self.refresh(self.size.region)

    def style(self, name: str) -> Style:
        """The resolved style of a component class; no background where it is the view's own."""
        if name not in self._styles:
            style = self.get_component_rich_style(name)
            if style.bgcolor == self.visual_style.rich_style.bgcolor:
                style = style.without_color + Style(color=style.color)
            self._styles[name] = style
        return self._styles[name]

    def look_changed(self) -> None:
        """Called when the theme or the focus changed the styles, before the next paint."""

    def go_to(self, y: int) -> None:
        """Put the cursor on line `y` and into the window; only the last line follows the tail."""
        self.cursor = y
        if self.cursor is not None:
            self.show_line(self.cursor)
            self.follow = self.cursor == self.line_count - 1

    # Painting

    def render_lines(self, crop: Region) -> list[Strip]:
        """The visible lines."""
        if self._look_stale:
            self._check_look()
        self._painting = True
        try:
            return super().render_lines(crop)
        finally:
            self._painting = False

    def render_line(self, y: int) -> Strip:
        """The strip at window row `y`."""
        y += self.scroll_offset.y
        strip = self._strip(y)
        if self._selection and (span := self._selection.get_span(self.bookmark(y))):
            strip = self._highlight(strip, *span)
        # Only the pointer asks outside a paint, and only it needs to know where it points.
        return strip if self._painting else strip.apply_offsets(0, _LINES + self.bookmark(y))

    def _strip(self, y: int) -> Strip:
        width, base = self.line_width, self.visual_style.rich_style
        if y >= self.line_count:
            strip = Strip.blank(width) if self.line_count else self._empty_line(y, width)
            return strip.crop_extend(0, width, None).apply_style(base)
        key = self.line_key(y)
        if (kept := self._strips.get(key)) is not None:
            return kept
        strip = self.line_at(y, width).crop_extend(0, width, None).apply_style(base)
        self._strips[key] = strip
        return strip

    def _empty_line(self, y: int, width: int) -> Strip:
        indent = " " * max(1, self.GUTTER)
        text = Text(self.empty, style=self.style("lines--empty"))
        lines = text.wrap(self.app.console, max(1, width - 2 * len(indent)))
        if not 0 < y <= len(lines):
            return Strip.blank(width)
        return Strip([Segment(indent), *lines[y - 1].render(self.app.console)])

    def notify_style_update(self) -> None:
        """Styles may have changed: Textual also says so for a mere hover."""
        super().notify_style_update()
        self._look_stale = True

    def _check_look(self) -> None:
        """Drop the strips if the styles they were made with have really changed."""
        names = {
            name for cls in type(self).__mro__ for name in getattr(cls, "COMPONENT_CLASSES", ())
        }
        look = (
            self.visual_style.rich_style,
            *(self.get_component_rich_style(name) for name in sorted(names)),
        )
        self._look_stale = False
        if look != self._look:
            self._look = look
            self._styles.clear()
            self._strips.clear()
            self.look_changed()

    def lay_out(self, width: int) -> None:
        """Lines became `width` cells wide. They may have been painted already, as they were."""
        self.invalidate_all()

    def _watch_empty(self) -> None:
        self.invalidate_all()

    # The cursor and the keys

    def validate_cursor(self, cursor: int | None) -> int | None:
        """Keep the cursor on a line."""
        if cursor is None or not self.line_count:
            return None
        return max(0, min(cursor, self.line_count - 1))

    def _watch_cursor(self, old: int | None, new: int | None) -> None:
        for y in (old, new):
            if y is not None:
                self.invalidate(y, y + 1)

    def move(self, lines: int) -> None:
        """Move the cursor, or without one the window, by some lines."""
        if not self.CURSOR:
            self.scroll_to(y=self.scroll_target_y + lines)
        elif self.cursor is not None:
            self.go_to(self.cursor + lines)
        elif self.line_count:
            bottom = min(self.line_count, self.scroll_offset.y + self.size.height) - 1
            self.go_to(bottom if lines < 0 else self.scroll_offset.y)

    def action_step(self, direction: int) -> None:
        """Up (-1) or down (1) by one."""
        self.move(direction)

    def action_page(self, direction: int) -> None:
        """Up (-1) or down (1) by a page, of which one line stays to read on from."""
        self.move(direction * max(1, self.size.height - 1))

    def action_home(self) -> None:
        """To the first line."""
        if self.CURSOR:
            self.go_to(0)
        else:
            self.scroll_to(y=0)

    def action_follow(self) -> None:
        """To the last line, and stay there while more comes."""
        if self.CURSOR:
            self.cursor = self.line_count - 1
        self.follow = True

    def on_click(self, event: Click) -> None:
        """Put the cursor where the click was."""
        if event.chain > 1:
            event.prevent_default()  # which would select every line there is
        y = self.line_under(event)
        if self.CURSOR and y is not None:
            self.go_to(y)

    def line_under(self, event: Click) -> int | None:
        """The line that was clicked, if there is one."""
        offset = event.get_content_offset(self)
        if offset is None or offset.x >= self.line_width:
            return None
        y = offset.y + self.scroll_offset.y
        return y if y < self.line_count else None

    # Selecting text with the mouse

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self._selection = None if selection is None else self._bookmarked(selection)
        self.refresh(self.size.region)

    def _bookmarked(self, selection: Selection) -> Selection:
        """Textual's selection, with bookmarks for its lines."""
        start, end = (None if end is None else self._end(end) for end in selection)
        if start is None or end is None:
            return Selection(start, end)
        return Selection.from_offsets(start, end)

    def _end(self, offset: Offset) -> Offset:
        if offset.y >= _LINES:
            return Offset(offset.x, offset.y - _LINES)
        return Offset(offset.x, self.bookmark(offset.y + self.scroll_offset.y))

    def _highlight(self, strip: Strip, start: int, stop: int) -> Strip:
        """A strip with its characters from `start` to `stop` (-1: all the rest) selected."""
        text, end = strip.text, strip.cell_length
        first = cell_len(text[: max(start, self.GUTTER)])
        last = end if stop < 0 else max(first, cell_len(text[:stop]))
        style = self.selection_style
        if style.color == style.bgcolor:  # a transparent colour: the text keeps its own
            style = Style(bgcolor=style.bgcolor)
        selected = Segment.apply_style(strip.crop(first, last), post_style=style)
        return Strip([*strip.crop(0, first), *selected, *strip.crop(last, end)], end)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, as it is seen, without the gutter."""
        selection = self._bookmarked(selection)
        ends = (None if end is None else end.y for end in selection)
        lines = []
        for bookmark, text in self.lines_between(*ends):
            if (span := selection.get_span(bookmark)) is not None:
                start, stop = span
                lines.append(text[max(start, self.GUTTER) : None if stop < 0 else stop].rstrip())
        return "\n".join(lines), "\n"
