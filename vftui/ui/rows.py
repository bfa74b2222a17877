"""The few rows above the prompt: how they look, how many there are, and what fits in."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.reactive import var
from textual.widget import Widget

from vftui.render.text import printable
from vftui.secrets import mask

MOST_ROWS = 8

CURSOR = "›"
"""Stands before the chosen row, whatever the colours."""

CHOSEN = "$block-cursor-foreground on $block-cursor-background"


class Above(Widget):
    """A widget above the prompt, which is there while it has something to show."""

    DEFAULT_CSS = """
    Above {
        display: none;
        height: auto;
        padding: 0 2;
        background: $panel;
        color: $told;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        &.-open { display: block; }
    }
    """

    open: var[bool] = var(False, toggle_class="-open")
    """Whether there is something to see."""

    @property
    def rows(self) -> int:
        """How many rows it may take: a quarter of the screen at most."""
        return max(1, min(MOST_ROWS, (self.screen.size.height - 3) // 4))


def window(count: int, chosen: int, rows: int) -> range:
    """The places of a list that are shown, the chosen one among them."""
    first = max(0, min(chosen - rows // 2, count - rows))
    return range(first, min(count, first + rows))


def marked(row: Content, chosen: bool, width: int) -> Content:
    """A row of a list, as wide as all of them, and visibly the chosen one or not."""
    row = Content.styled(f"{CURSOR if chosen else ' '} ", "bold $accent") + row
    row = row.truncate(width, ellipsis=True, pad=True)
    return row.stylize_before(CHOSEN) if chosen else row


def wrapped(text: str, width: int, rows: int, style: str) -> list[Content]:
    """The beginning of sentences from outside in so many rows; `…` where the rest would be."""
    return _beginning(text, width, rows, style, Content.wrap)


def folded(text: str, width: int, rows: int, style: str) -> list[Content]:
    """The beginning of something exact from outside, each row as full as it gets."""
    return _beginning(text, width, rows, style, Content.fold)


def _beginning(
    text: str, width: int, rows: int, style: str, cut: Callable[[Content, int], list[Content]]
) -> list[Content]:
    width = max(2, width)
    text = mask(text)
    start = text[: rows * width + 1]  # nobody sees what is behind it
    lines = [
        row
        for line in printable(start).split("\n")
        for row in cut(Content.styled(line, style), width)
    ]
    if len(lines) > rows or len(start) < len(text):
        last = lines[:rows][-1].truncate(width - 1) + Content.styled("…", style)
        lines = [*lines[: rows - 1], last]
    return lines
