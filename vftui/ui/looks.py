"""What each kind of item looks like: a piece of it becomes lines.

Two rules:

1. Every text from outside is `printable` here, and no line is wider than it may be.
2. What can be clicked says so in its style's `meta`: a `choice` of a `turn`, the other `card`, a
   `fold`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from vftui.render.conversation import MARKS, parted
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

_CODE = re.compile(r"`([^`\n]+)`")

_SOURCES = "sources  "
_LEAST_BESIDE = 6
"""How many times as wide as its heading the pane must be for the pages to stand beside it."""


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
    for mark, facts in _headings(turn, piece.block.folded):
        room = ink.width - len(head) - len(mark) - len(facts)
        if room >= (2 if facts else 0):
            head.append(mark, quiet + FOLD)
            head.append(" " * room + facts if facts else "", quiet)
            break
    yield head
    if turn.step_count and not piece.block.folded:
        yield from _steps(turn, ink)


def _headings(turn: Turn, folded: bool) -> Iterator[tuple[str, str]]:
    """The mark of a reply's steps and its facts, first for a wide pane, then for narrower ones.

    The mark is the last to give way: it is what the mouse unfolds the steps with.
    """
    sign = "▸" if folded else "▾"
    steps = turn.step_count
    mark = f"  {sign} {several(steps, 'step')}" if steps else ""
    facts = _facts(turn)
    while facts:
        yield mark, " · ".join(fact for _, fact in sorted(facts))
        facts.pop()
    if steps:
        yield mark, ""
        yield f"  {sign} {count(steps)}", ""


def _facts(turn: Turn) -> list[tuple[int, str]]:
    """What a reply took, with its place from the left; what gives way first comes last."""
    facts = []
    tokens = turn.tokens
    if tokens.total is not None or turn.ending is not None:
        facts.append((3, f"{counted(tokens.total, tokens.source)} tok"))
    if turn.elapsed is not None:
        facts.append((1, duration(turn.elapsed)))
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
            mark = Text("(cut off)", ink.styles("notice-warning"))
            _finish(lines, mark, ink.width, gap=" ")
    yield from lines


def _finish(lines: list[Text], mark: Text, width: int, gap: str = "") -> None:
    """Put a mark behind the last line, after a gap, or below it where there is no room."""
    if lines:
        lines[-1].rstrip()
    if lines and lines[-1].cell_len + len(gap) + len(mark) <= width:
        lines[-1].append(gap).append_text(mark)
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
    style, width = ink.styles(f"notice-{item.level}"), ink.width - 2
    said, advice = parted(piece.section.source, item.turn)
    mark = MARKS[item.level] if piece.first and said else "  "
    lines = wrap(_with_code(said, style, ink), width) if said or not advice else []
    if advice:
        lines += wrap(_with_code(advice, ink.styles("told"), ink), width)
    yield from stacked(lines, Text(mark, style))
    if piece.last:
        seen = image(item.image, ink, width, told=item.image in item.text)
        yield from stacked(seen, Text("  "))
        yield from chips(item.choices, ink, ink.width)


def _with_code(words: str, style: Style, ink: Ink) -> Text:
    """Words of which those between backticks are code."""
    text = Text()
    for place, part in enumerate(_CODE.split(printable(words))):
        text.append(part, style + ink.styles("code") if place % 2 else style)
    return text


def _choices(piece: Piece, ink: Ink) -> Iterator[Text]:
    return chips(piece.block.item.choices, ink, ink.width)


def _sources(piece: Piece, ink: Ink) -> Iterator[Text]:
    """A footnote: a page a line, what continues it below its name."""
    quiet = ink.styles("quiet")
    head = Text(_SOURCES if piece.first else " " * len(_SOURCES), quiet)
    if ink.width < _LEAST_BESIDE * len(head):
        if piece.first:
            yield Text(_SOURCES.rstrip(), quiet)
        head = Text("  ")
    lines = _pages(piece.section.source, max(1, ink.width - len(head)), quiet)
    yield from stacked(lines, head)


def _pages(source: str, width: int, style: Style) -> Iterator[Text]:
    for line in printable(source).split("\n"):
        number, dot, page = line.partition(". ")
        head = Text(number + dot if dot and number.isdecimal() else "", style)
        text = Text(page if head else line, style)
        yield from stacked(wrap(text, max(1, width - len(head))), head)


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
