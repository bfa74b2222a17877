"""What is set apart in the conversation: a card, a carousel, something for the client to do.

A card with a long text is several pieces, of which each is a part of the box.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from vftui.render.figures import count
from vftui.render.text import printable
from vftui.ui.chips import chips
from vftui.ui.folds import can_fold, folded_away
from vftui.ui.markdown import code_lines
from vftui.ui.theme import CUSTOM
from vftui.ui.wrap import wrap

if TYPE_CHECKING:
    from vftui.session.items import Card, Item
    from vftui.ui.blocks import Ink, Piece

CARD_WIDTH = 64

_ACTIONS = {"warning": ("!", "notice-warning"), "quiet": (CUSTOM[0], "notice-quiet")}
"""The glyph and the style of an action's name, by its level."""

FOLD = Style(meta={"fold": True})
"""What can be clicked to fold and unfold."""


def card(piece: Piece, ink: Ink) -> Iterator[Text]:
    """One card in a light box."""
    return _box(piece, ink, piece.block.item)


def carousel(piece: Piece, ink: Ink) -> Iterator[Text]:
    """The card that is looked at, and which one of how many it is."""
    shown = piece.block.card_shown
    if shown is None:
        return iter(chips(piece.block.item.choices, ink, ink.width))
    several = len(piece.block.item.cards) > 1
    return _box(piece, ink, shown, _turner(piece, ink) if several else None)


def _turner(piece: Piece, ink: Ink) -> Text:
    """The place of a card among the others, between arrows to click on."""
    quiet, arrow = ink.styles("quiet"), ink.styles("choice")
    number, total = piece.block.card, len(piece.block.item.cards)
    parts = [(f" {count(number + 1)} of {count(total)} ", quiet)]
    for sign, step, goes in (("◂", -1, number > 0), ("▸", 1, number < total - 1)):
        style = arrow + Style(meta={"card": step}) if goes else quiet
        parts.insert(0 if step < 0 else 2, (sign, style))
    return Text.assemble(" ", *parts, " ")


def _box(piece: Piece, ink: Ink, shown: Item | Card, foot: Text | None = None) -> Iterator[Text]:
    edge = ink.styles("quiet")
    width = min(ink.width, CARD_WIDTH)
    room = max(1, width - 4)
    lines: list[Text] = []
    if piece.first:
        yield Text(f"╭{'─' * (width - 2)}╮", edge)
        if shown.title:
            title = Text(printable(shown.title), ink.styles("said") + Style(bold=True))
            lines += wrap(title, room)
    if piece.section.source:
        lines += wrap(Text(printable(piece.section.source), ink.styles("text")), room)
    if piece.last:
        lines += image(shown.image, ink, room)
        lines += chips(shown.choices, ink, room)
    for line in lines:
        line.rstrip()
        gap = " " * (room - line.cell_len)
        yield Text.assemble(("│ ", edge), line, gap, (" │", edge))
    if piece.last:
        yield from _lower_edge(width, edge, foot)


def _lower_edge(width: int, edge: Style, foot: Text | None) -> Iterator[Text]:
    """The end of a box, with what stands in it; below it where there is no room."""
    if foot is None or width - 4 < foot.cell_len:
        yield Text(f"╰{'─' * (width - 2)}╯", edge)
        if foot is not None:
            yield from wrap(foot, max(1, width))
        return
    left = (width - 2 - foot.cell_len) // 2
    right = width - 2 - foot.cell_len - left
    yield Text.assemble((f"╰{'─' * left}", edge), foot, (f"{'─' * right}╯", edge))


def image(address: str, ink: Ink, width: int, *, told: bool = False) -> Iterator[Text]:
    """The address of a picture, if it was not told yet, and the picture as far as it is there."""
    quiet = ink.styles("quiet")
    if address and not told:
        yield from wrap(Text(f"▦ {printable(address)}", quiet), width)
    if address and (picture := ink.picture(address)) is not None:
        yield from picture.lines(width)
        if picture.note:
            yield from wrap(Text(picture.note, quiet), width)


def action(piece: Piece, ink: Ink) -> Iterator[Text]:
    """Its name, its payload as code, and the ways on from it."""
    item = piece.block.item
    if piece.first:
        glyph, style = _ACTIONS.get(item.level, (CUSTOM[0], "heading"))
        name = printable(item.title, keep_lines=False) or "action"
        yield from wrap(Text(f"{glyph} {name}", ink.styles(style)), ink.width)
    if piece.section.source:
        yield from code_lines(piece.section.source, ink.width, ink.styles("code"))
    if piece.last:
        if can_fold(item):
            yield from wrap(fold_mark(piece, ink), ink.width)
        yield from chips(item.choices, ink, ink.width)


def fold_mark(piece: Piece, ink: Ink) -> Text:
    """What stands behind a text that can be folded: how much is hidden, or how to hide it."""
    told = f"▸ {folded_away(piece.block.item)}" if piece.block.folded else "▴ fold"
    return Text(told, ink.styles("quiet") + FOLD)


def stacked(lines: Iterable[Text], head: Text) -> Iterator[Text]:
    """Lines behind a head, which stands before the first."""
    for place, line in enumerate(lines):
        yield (head.copy() if place == 0 else Text(" " * head.cell_len)).append_text(line)
