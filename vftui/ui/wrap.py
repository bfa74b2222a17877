"""Text to lines of a width, without a console that prints. A number keeps its unit beside it."""

from __future__ import annotations

import re
from functools import cache

from rich.console import Console
from rich.text import Text

_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:ms|s|min|h|B|[KMG]i?B|tok|tokens?|%)(?!\w))")
_BOND = "\ufdd0"
"""Stands for the space before a unit while lines are broken. It is no character: no text has it."""


@cache
def console() -> Console:
    """What Rich wants to wrap text with; nothing is ever printed on it."""
    return Console(color_system=None, legacy_windows=False)


def wrap(text: Text, width: int) -> list[Text]:
    """The text in lines of at most `width` cells; a word that is longer is cut."""
    if "\n" not in text.plain and text.cell_len <= width:
        return [text]
    bound = _BEFORE_UNIT.sub(_BOND, text.plain)
    if bound != text.plain:
        text = text.copy()
        text.plain = bound
    text.no_wrap = False
    lines = list(text.wrap(console(), max(1, width), overflow="fold"))
    for line in lines:
        if _BOND in line.plain:
            line.plain = line.plain.replace(_BOND, " ")
    return lines
