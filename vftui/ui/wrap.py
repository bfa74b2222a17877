"""Text to lines of a width, without a console that prints."""

from __future__ import annotations

from functools import cache

from rich.console import Console
from rich.text import Text


@cache
def console() -> Console:
    """What Rich wants to wrap text with; nothing is ever printed on it."""
    return Console(color_system=None, legacy_windows=False)


def wrap(text: Text, width: int) -> list[Text]:
    """The text in lines of at most `width` cells; a word that is longer is cut."""
    if "\n" not in text.plain and text.cell_len <= width:
        return [text]
    text.no_wrap = False
    return list(text.wrap(console(), max(1, width), overflow="fold"))
