"""Choices as something to press: a number and a name, as long as they can be made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from vftui.render.text import printable
from vftui.ui.wrap import wrap

if TYPE_CHECKING:
    from vftui.session.items import Choice
    from vftui.ui.blocks import Ink

_MARKED = Style(reverse=True)
"""How the choice that the cursor is on is seen in any colours, and in none."""


def chips(choices: Iterable[Choice], ink: Ink, width: int) -> Iterator[Text]:
    """Choices side by side, as many as fit in a line."""
    row = Text()
    for choice in choices:
        chip = _chip(choice, ink)
        if row and row.cell_len + 3 + chip.cell_len > width:
            yield row
            row = Text()
        if chip.cell_len > width:
            *lines, chip = wrap(chip, width)
            yield from lines
        row.append("   " if row else "").append_text(chip)
    if row:
        yield row


def _chip(choice: Choice, ink: Ink) -> Text:
    quiet = ink.styles("quiet")
    name = printable(choice.name, keep_lines=False)
    default = " (default)" if choice.default else ""
    if choice not in ink.live:
        return Text(name + default, quiet)
    meta = Style(meta={"choice": choice.number, "turn": choice.turn})
    style = ink.styles("choice") + meta
    if choice == ink.marked:
        style += _MARKED
    chip = Text.assemble((f"[{choice.number}] ", style + Style(bold=True)), (name, style))
    if default:
        chip.append(default, quiet)
    if choice.url is not None:
        chip.append(f" ({printable(choice.url, keep_lines=False)})", quiet)
    return chip
