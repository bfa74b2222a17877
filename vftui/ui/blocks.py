"""Items as blocks, blocks as pieces: what is measured and drawn at once.

Three rules:

1. A piece is short, so that measuring and drawing one is cheap however long its item is.
2. Only the pieces behind the last finished one change while an item grows.
3. What a person sees of an item (unfolded or not, which card of a carousel) is kept here, and
   the item knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.style import Style
from rich.text import Text

from vftui.ui.choosing import stops
from vftui.ui.folds import beginning, can_fold
from vftui.ui.looks import DRAW
from vftui.ui.markdown import define
from vftui.ui.sections import Section, Sections, split

if TYPE_CHECKING:
    from vftui.session.items import Card, Choice, Item
    from vftui.ui.pictures import Picture


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
    live: frozenset[Choice]
    """The choices that can still be made."""
    marked: Choice | None
    """The choice that the person's cursor is on."""
    picture: Callable[[str], Picture | None]
    """The picture of an address, as far as it is there."""


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
    def last(self) -> bool:
        """Whether its item ends with it."""
        return self is self.block.pieces[-1]

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
        lines = [Row(text) for text in DRAW[item.kind](self, ink)]
        barred = not (self.first and item.kind in ("said", "reply"))
        blank = [Row(Text(), barred) for _ in range(self.gap)] if lines else []
        return blank + lines


class Block:
    """An item, what a person sees of it, and its pieces."""

    def __init__(self, item: Item, index: int, previous: Item | None) -> None:
        self.item = item
        self.index = index
        self.gap = _gap(previous, item)
        self.pieces: list[Piece] = []
        self.references: dict[str, Any] = {}
        """The link targets that its text defines, for all of its sections."""
        self.unfolded = False
        """Whether a person wants to see what is folded by itself."""
        self.card = 0
        """The card of a carousel that is looked at."""
        self._shown: tuple[int, bool, int] | None = None  # the state that became pieces
        self._text = ""  # what of the item's text has become sections
        self._sections = Sections()

    @property
    def bar(self) -> str:
        """The name of its gutter's style."""
        kind = self.item.kind
        if kind == "notice":
            return f"notice-{self.item.level}"
        return "you" if kind == "said" else "agent"

    @property
    def folded(self) -> bool:
        """Whether a part of it is not shown."""
        return can_fold(self.item) and not self.unfolded

    @property
    def card_shown(self) -> Card | None:
        """The card of a carousel that is looked at; nothing else has one."""
        return self.item.cards[self.card] if self.item.cards else None

    @property
    def image(self) -> str:
        """The address of the picture that it shows, otherwise empty."""
        return self.card_shown.image if self.card_shown else self.item.image

    def offers(self, live: Container[Choice]) -> bool:
        """Whether a choice of it can be made."""
        return any(stop.choice is not None for stop in stops(self.item, live))

    def update(self) -> int | None:
        """Catch up with the item; the first piece that is different now, None if none is."""
        before, self._shown = self._shown, (self.item.version, self.unfolded, self.card)
        if before == self._shown:
            return None
        start, sections = self._cut()
        if start and before is not None and before[1:] != self._shown[1:]:
            start, sections = 0, [*self._sections.done, self._sections.open]
        old = self.pieces[start:]
        for piece, section in zip(old, sections, strict=False):
            piece.section = section
            piece.forget()
        self.pieces[start + len(sections) :] = []
        for section in sections[len(old) :]:
            self.pieces.append(Piece(self, section, not self.pieces))
        return start

    def _cut(self) -> tuple[int, list[Section]]:
        """What is shown, in sections; those before the first one are as they were."""
        item = self.item
        if item.kind in ("reasoning", "action") and self.folded:
            return 0, [Section(beginning(item))]
        if item.kind in ("message", "reasoning"):
            start = self._grow()
            return start, [*self._sections.done[start:], self._sections.open]
        return 0, split(self.card_shown.text if self.card_shown else item.text)

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
