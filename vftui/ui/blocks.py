"""What each kind of item looks like: an item becomes pieces, a piece becomes lines.

Three rules:

1. A piece is short, so that measuring and drawing one is cheap however long its item is.
2. Only the pieces behind the last finished one change while an item grows.
3. Every text from outside is `printable` here, and no line is wider than it may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.style import Style
from rich.text import Text

from vftui.render.figures import clock_time, counted, duration
from vftui.render.text import printable
from vftui.ui.markdown import define, render
from vftui.ui.sections import Section, Sections, split
from vftui.ui.wrap import wrap

if TYPE_CHECKING:
    from vftui.session.items import Choice, Item

CURSOR = "▌"
"""Stands at the end of a message that is still being written."""

CARD_WIDTH = 64

_MARKS = {"quiet": "· ", "info": "· ", "warning": "! ", "error": "× "}


@dataclass(eq=False, slots=True)
class Row:
    """A line without its gutter. It is the same object as long as it looks the same."""

    text: Text
    barred: bool = True
    """Whether the speaker's bar stands beside it."""

    def looks_like(self, other: Row) -> bool:
        """Whether nobody could tell the two apart."""
        same = self.text == other.text and self.text.style == other.text.style
        return same and self.barred == other.barred


@dataclass(frozen=True)
class Ink:
    """What drawing a piece depends on besides the item."""

    width: int
    styles: Callable[[str], Style]
    live: frozenset[tuple[int, int]]
    """Turn and number of the choices that can still be made."""

    def is_live(self, choice: Choice) -> bool:
        """Whether it can still be made."""
        return (choice.turn, choice.number) in self.live


@dataclass(eq=False, slots=True)
class Piece:
    """A part of an item that is measured and drawn at once."""

    block: Block
    section: Section
    first: bool
    """Whether its item begins with it."""
    height: int = 0
    exact: bool = False
    """Whether the height was measured."""
    drawn: bool = False
    """Whether the lines that were drawn last are still right."""

    @property
    def gap(self) -> int:
        """Blank lines before it."""
        return self.block.gap if self.first else int(not self.section.joined)

    def forget(self) -> None:
        """It looks different now."""
        self.exact = self.drawn = False

    def guess(self, width: int) -> None:
        """Take a height that is likely until somebody looks."""
        source = self.section.source
        self.forget()
        self.height = self.gap + 1 + source.count("\n") + len(source) // max(1, width)

    def draw(self, ink: Ink) -> list[Row]:
        """Its lines, the blank ones before it included."""
        item = self.block.item
        lines = [Row(text) for text in _DRAW[item.kind](self, ink)]
        barred = not (self.first and item.kind in ("said", "reply"))
        blank = [Row(Text(), barred) for _ in range(self.gap)] if lines else []
        return blank + lines


class Block:
    """An item and its pieces."""

    def __init__(self, item: Item, index: int, previous: Item | None) -> None:
        self.item = item
        self.index = index
        self.gap = _gap(previous, item)
        self.pieces: list[Piece] = []
        self.references: dict[str, Any] = {}
        """The link targets that its text defines, for all of its sections."""
        self._version = -1
        self._text = ""  # what of the item's text has become sections
        self._sections = Sections()

    @property
    def bar(self) -> str:
        """The name of its gutter's style."""
        kind = self.item.kind
        if kind == "notice":
            return f"notice-{self.item.level}"
        return "you" if kind == "said" else "agent"

    def update(self) -> int | None:
        """Catch up with the item; the first piece that is different now, None if none is."""
        if self.item.version == self._version:
            return None
        self._version = self.item.version
        if self.item.kind in ("message", "reasoning"):
            start = self._grow()
            sections = [*self._sections.done[start:], self._sections.open]
        else:
            start, sections = 0, split(self.item.text)
        old = self.pieces[start:]
        for piece, section in zip(old, sections, strict=False):
            piece.section = section
            piece.forget()
        self.pieces[start + len(sections) :] = []
        for section in sections[len(old) :]:
            self.pieces.append(Piece(self, section, not self.pieces))
        return start

    def _grow(self) -> int:
        """Cut what is new of the text into sections; the first one that may be different."""
        text = self.item.text
        if not text.startswith(self._text):
            self._text, self._sections = "", Sections()
        start = len(self._sections.done)
        self._sections.feed(text[len(self._text) :])
        self._text = text
        sections = (*self._sections.done, self._sections.open)
        if self.item.settled and define(sections, self.references):
            return 0
        return start


def _gap(previous: Item | None, item: Item) -> int:
    """Blank lines between two items."""
    if previous is None:
        return 0
    if item.kind == "said":
        return 1
    if item.kind == "reply":
        return int(previous.kind != "said")
    if previous.kind in ("said", "reply"):
        return 0
    return int(not item.kind == previous.kind == "notice")


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
        yield from _hanging(head, wrap(text, ink.width - len(head)))


def _hanging(head: Text, lines: list[Text]) -> Iterator[Text]:
    """Lines behind a head, which stands before the first."""
    for place, line in enumerate(lines):
        yield (head.copy() if place == 0 else Text(" " * head.cell_len)).append_text(line)


def _reply(piece: Piece, ink: Ink) -> Iterator[Text]:
    turn = piece.block.item.turn
    head = Text.assemble(("agent ", ink.styles("agent") + Style(bold=True)))
    began = turn.opened_at if turn.first_text_at is None else turn.first_text_at
    if began is not None:
        head.append(clock_time(began), ink.styles("quiet"))
    tokens = turn.tokens
    # What gives way first when the pane is narrow comes last.
    facts = []
    if tokens.total is not None or turn.ending is not None:
        facts.append((2, f"{counted(tokens.total, tokens.source)} tok"))
    if turn.elapsed is not None:
        facts.append((0, duration(turn.elapsed)))
    if turn.first_text is not None:
        facts.append((1, f"first {duration(turn.first_text)}"))
    while facts:
        told = " · ".join(fact for _, fact in sorted(facts))
        if (room := ink.width - len(head) - len(told)) >= 2:
            head.append(" " * room + told, ink.styles("quiet"))
            break
        facts.pop()
    yield head


def _message(piece: Piece, ink: Ink) -> Iterator[Text]:
    item = piece.block.item
    lines = render(piece.section, ink.width, ink.styles, piece.block.references)
    if piece is piece.block.pieces[-1]:
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

    lines = render(piece.section, ink.width - 2, styles, piece.block.references)
    return _hanging(Text("∴ " if piece.first else "  ", quiet), lines)


def _notice(piece: Piece, ink: Ink) -> Iterator[Text]:
    item = piece.block.item
    style = ink.styles(f"notice-{item.level}")
    mark = Text(_MARKS[item.level] if piece.first else "  ", style)
    text = Text(printable(piece.section.source), style)
    yield from _hanging(mark, wrap(text, ink.width - 2))
    if piece is piece.block.pieces[-1]:
        yield from _chips(item.choices, ink, ink.width)


def _choices(piece: Piece, ink: Ink) -> Iterator[Text]:
    return _chips(piece.block.item.choices, ink, ink.width)


def _chips(choices: tuple[Choice, ...], ink: Ink, width: int) -> Iterator[Text]:
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
    name = printable(choice.name, keep_lines=False)
    if not ink.is_live(choice):
        return Text(name, ink.styles("quiet"))
    meta = Style(meta={"choice": choice.number, "turn": choice.turn})
    chip = Text.assemble((f"[{choice.number}] ", ink.styles("choice") + Style(bold=True) + meta))
    chip.append(name, ink.styles("choice") + meta)
    if choice.url is not None:
        chip.append(f" ({printable(choice.url, keep_lines=False)})", ink.styles("quiet"))
    return chip


def _card(piece: Piece, ink: Ink) -> Iterator[Text]:
    """A light box. A card with a long text is several pieces, of which each is a part of it."""
    item, edge = piece.block.item, ink.styles("quiet")
    width = min(ink.width, CARD_WIDTH)
    room = max(1, width - 4)
    last = piece is piece.block.pieces[-1]
    lines: list[Text] = []
    if piece.first:
        yield Text(f"╭{'─' * (width - 2)}╮", edge)
        if item.title:
            title = Text(printable(item.title), ink.styles("said") + Style(bold=True))
            lines += wrap(title, room)
    if piece.section.source:
        lines += wrap(Text(printable(piece.section.source), ink.styles("text")), room)
    if last and item.image:
        lines += wrap(Text(f"▦ {printable(item.image)}", edge), room)
    if last:
        lines += _chips(item.choices, ink, room)
    for line in lines:
        line.rstrip()
        gap = " " * (room - line.cell_len)
        yield Text.assemble(("│ ", edge), line, gap, (" │", edge))
    if last:
        yield Text(f"╰{'─' * (width - 2)}╯", edge)


_DRAW: dict[str, Callable[[Piece, Ink], Iterator[Text]]] = {
    "said": _said,
    "reply": _reply,
    "message": _message,
    "reasoning": _reasoning,
    "choices": _choices,
    "card": _card,
    "notice": _notice,
}
