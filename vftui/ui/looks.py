"""What each kind of item looks like: a piece of it becomes lines.

Two rules:

1. Every text from outside is `printable` here, and no line is wider than it may be.
2. What can be clicked says so in its style's `meta`: a `choice` of a `turn`, the other `card`, a
   `fold`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from vftui.render.figures import clock_time, count, counted, duration
from vftui.render.text import one_line, printable
from vftui.ui import boxes
from vftui.ui.boxes import FOLD, fold_mark, image, stacked
from vftui.ui.chips import chips
from vftui.ui.folds import can_fold, several
from vftui.ui.markdown import render
from vftui.ui.wrap import wrap

if TYPE_CHECKING:
    from vftui.session.turn import Turn
    from vftui.ui.blocks import Ink, Piece

CURSOR = "▌"
"""Stands at the end of a message that is still being written."""

_MARKS = {"quiet": "· ", "info": "· ", "warning": "! ", "error": "× "}


def _said(piece: Piece, ink: Ink) -> Iterator[Text]:
    item = piece.block.item
    style = ink.styles("told" if item.level == "quiet" else "said")
    text = Text(printable(piece.section.source), style)
    if not piece.first:
        yield from wrap(text, ink.width)
        return
    head = Text.assemble(("you   ", ink.styles("you") + Style(bold=True)))
    if item.turn.sent_at is not None:
        head.append(f"{clock_time(item.turn.sent_at)}  ", ink.styles("quiet"))
    if ink.width < 2 * len(head):
        yield head
        yield from wrap(text, ink.width)
    else:
        yield from stacked(wrap(text, ink.width - len(head)), head)


def _reply(piece: Piece, ink: Ink) -> Iterator[Text]:
    turn, quiet = piece.block.item.turn, ink.styles("quiet")
    head = Text.assemble(("agent ", ink.styles("agent") + Style(bold=True)))
    began = turn.opened_at if turn.first_text_at is None else turn.first_text_at
    if began is not None:
        head.append(clock_time(began), quiet)
    facts = _facts(turn, piece.block.folded)
    while facts:
        steps = "".join(f"  {fact}" for place, fact in facts if not place)
        told = " · ".join(fact for place, fact in sorted(facts) if place)
        if (room := ink.width - len(head) - len(steps) - len(told)) >= 2:
            head.append(steps, quiet + FOLD)
            head.append(" " * room + told, quiet)
            break
        facts.pop()
    yield head
    if turn.step_count and not piece.block.folded:
        yield from _steps(turn, ink)


def _facts(turn: Turn, folded: bool) -> list[tuple[int, str]]:
    """What a reply took, with its place from the left; what gives way first comes last."""
    facts = []
    tokens = turn.tokens
    if tokens.total is not None or turn.ending is not None:
        facts.append((3, f"{counted(tokens.total, tokens.source)} tok"))
    if turn.elapsed is not None:
        facts.append((1, duration(turn.elapsed)))
    if steps := turn.step_count:
        facts.append((0, f"{'▸' if folded else '▾'} {several(steps, 'step')}"))
    if turn.first_text is not None:
        facts.append((2, f"first {duration(turn.first_text)}"))
    return facts


def _steps(turn: Turn, ink: Ink) -> Iterator[Text]:
    """The agent's way, one step a line."""
    quiet = ink.styles("quiet")
    for step in turn.steps:
        yield Text(f"  ↳ {one_line(step.text, ink.width - 4)}", quiet)
    if more := turn.step_count - len(turn.steps):
        yield from wrap(Text(f"  … and {count(more)} more in the traces", quiet), ink.width)


def _message(piece: Piece, ink: Ink) -> Iterator[Text]:
    item = piece.block.item
    lines = render(piece.section, ink.width, ink.styles, piece.block.references)
    if piece.last:
        if not item.settled:
            _finish(lines, Text(CURSOR, ink.styles("cursor")), ink.width)
        elif item.interrupted:
            _finish(lines, Text(" (cut off)", ink.styles("notice-warning")), ink.width)
    yield from lines


def _finish(lines: list[Text], mark: Text, width: int) -> None:
    """Put a mark behind the last line, or below it where there is no room."""
    if lines:
        lines[-1].rstrip()
    if lines and lines[-1].cell_len + len(mark) <= width:
        lines[-1].append_text(mark)
    else:
        lines.append(mark)


def _reasoning(piece: Piece, ink: Ink) -> Iterator[Text]:
    quiet = ink.styles("reasoning")

    def styles(name: str) -> Style:
        return quiet if name == "text" else ink.styles(name)

    width = ink.width - 2
    lines = render(piece.section, width, styles, piece.block.references)
    if piece.last and can_fold(piece.block.item):
        mark = fold_mark(piece, ink)
        room = width - 2 - mark.cell_len
        if piece.block.folded and lines and room > 0:
            line = lines[0]
            line.truncate(room - 1)
            line.rstrip()
            lines = [line.append("…  ").append_text(mark)]
        else:
            lines += wrap(mark, width)
    return stacked(lines, Text("∴ " if piece.first else "  ", quiet))


def _notice(piece: Piece, ink: Ink) -> Iterator[Text]:
    item = piece.block.item
    style = ink.styles(f"notice-{item.level}")
    mark = Text(_MARKS[item.level] if piece.first else "  ", style)
    text = Text(printable(piece.section.source), style)
    yield from stacked(wrap(text, ink.width - 2), mark)
    if piece.last:
        lines = image(item.image, ink, ink.width - 2, told=item.image in item.text)
        yield from stacked(lines, Text("  "))
        yield from chips(item.choices, ink, ink.width)


def _choices(piece: Piece, ink: Ink) -> Iterator[Text]:
    return chips(piece.block.item.choices, ink, ink.width)


def _sources(piece: Piece, ink: Ink) -> Iterator[Text]:
    """A footnote: a page a line, what continues it below its name."""
    quiet = ink.styles("quiet")
    for line in printable(piece.section.source).split("\n"):
        number, dot, page = line.partition(". ")
        head = Text(number + dot if dot and number.isdecimal() else "", quiet)
        text = Text(page if head else line, quiet)
        yield from stacked(wrap(text, max(1, ink.width - len(head))), head)


DRAW: dict[str, Callable[[Piece, Ink], Iterator[Text]]] = {
    "said": _said,
    "reply": _reply,
    "message": _message,
    "reasoning": _reasoning,
    "choices": _choices,
    "card": boxes.card,
    "carousel": boxes.carousel,
    "action": boxes.action,
    "sources": _sources,
    "notice": _notice,
}
"""How the pieces of each kind of item are drawn."""
