"""A view that grows without laying the screen out, and follows its tail.

Two rules:

1. **The scroll position never moves by itself.** A view follows its tail until a person scrolls
   up; from then on it only counts what is new below, until End or the bottom attaches it again.
2. **Nothing animates.**

Textual's own `virtual_size` re-arranges the whole screen on every change, which at a thousand
lines a second doubles the time to the painted frame; so it is set without its watcher, and the
scrollbar is told directly. That needs a bar that is always there (`overflow-y: scroll`) and a
height that does not depend on the content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.events import Resize


class TailView(ScrollView, can_focus=True, inherit_bindings=False):
    """A scroll view of so many lines that sticks to the last one while `follow` is set."""

    DEFAULT_CSS = """
    TailView {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    follow: var[bool] = var(True)
    """Whether the window sticks to the tail."""
    below: var[int] = var(0)
    """How much came below the window since it stopped following."""

    seen = 0
    """The lines that were in the window, or before it, since it stopped following."""

    class FollowChanged(Message, namespace="line_view"):
        """The view began or stopped following, or what is below changed."""

        def __init__(self, view: TailView) -> None:
            super().__init__()
            self.view = view
            """The view; its `follow` and `below` are the news."""

        @property
        def control(self) -> TailView:
            """The view that sent this."""
            return self.view

        def can_replace(self, message: Message) -> bool:
            """Only the latest matters."""
            return isinstance(message, TailView.FollowChanged) and message.view is self.view

    def __init__(
        self, *, name: str | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._placing = False  # whether the scroll position is changed by us, not by a person
        self.laid_out = 0
        """The width that the lines were last laid out for."""

    @property
    def line_count(self) -> int:
        """The number of lines."""
        return self.virtual_size.height

    @property
    def line_width(self) -> int:
        """The cells a line may use: the content without the scrollbar."""
        return max(0, self.size.width - self.scrollbar_size_vertical)

    def set_line_count(self, count: int) -> None:
        """Grow or shrink to `count` lines; lines that were there stay as they are."""
        if count == self.line_count:
            return
        self.set_reactive(Widget.virtual_size, Size(0, count))
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = count
        self.place_top(self.max_scroll_y if self.follow else self.scroll_y)

    def place_top(self, y: float) -> None:
        """Make `y` the first visible line, without releasing or attaching `follow`."""
        self._placing = True
        try:
            self.scroll_target_y = self.scroll_y = y
        finally:
            self._placing = False
        self.count_again()

    def show_line(self, y: int) -> None:
        """Scroll as little as is needed to have line `y` in the window; `follow` stays."""
        self.place_top(max(y - self.size.height + 1, min(y, self.scroll_offset.y)))

    def lay_out(self, width: int) -> None:
        """Called when lines became `width` cells wide, before the tail is put back in place."""

    def count_below(self, seen: int) -> int:
        """How much came after the first `seen` lines; a subclass may count in its own unit."""
        return self.line_count - seen

    def count_again(self) -> None:
        """Bring `below` up to date."""
        count = self.line_count
        bottom = min(count, self.scroll_offset.y + self.size.height)
        self.seen = count if self.follow else max(bottom, min(self.seen, count))
        self.below = self.count_below(self.seen)

    def refresh_lines(self, y_start: int, line_count: int = 1) -> None:
        """Repaint those of the lines that are in the window."""
        first = max(y_start, self.scroll_offset.y)
        last = min(y_start + line_count, self.scroll_offset.y + self.size.height)
        if first < last:
            super().refresh_lines(first, last - first)

    def scroll_to(self, x: float | None = None, y: float | None = None, **_options: object) -> None:
        """Scroll at once: every key and the scrollbar come through here, and all ask to animate."""
        super().scroll_to(x, y, animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """A person who scrolls up is left there; one who scrolls to the bottom follows again."""
        super().watch_scroll_y(old_value, new_value)
        # A position beyond the end was cut by a resize, not moved by a person.
        if not self._placing and old_value <= self.max_scroll_y:
            self.follow = round(new_value) >= self.max_scroll_y
        self.count_again()

    # Textual calls these beside `watch_follow` and `watch_below`, which stay free for a subclass.

    def _watch_follow(self, follow: bool) -> None:
        if follow:
            self.place_top(self.max_scroll_y)
        self.count_again()
        self.post_message(self.FollowChanged(self))

    def _watch_below(self) -> None:
        self.post_message(self.FollowChanged(self))

    def on_resize(self, event: Resize) -> None:
        """Put the tail, or what was at the top, back in place."""
        if self.laid_out != self.line_width:
            self.laid_out = self.line_width
            self.lay_out(self.laid_out)
        self.place_top(self.max_scroll_y if self.follow else self.scroll_y)
