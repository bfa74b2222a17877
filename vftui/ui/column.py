"""The items of a session as one column of rows, laid out for a width and drawn where one looks.

Three rules:

1. A piece that nobody has looked at has a guessed height. When it is drawn its neighbours move;
   what was in the window stays where it is.
2. A row is the same object as long as it looks the same, so that only what differs is painted.
3. Nothing is looked at that did not change: neither settled items nor pieces outside the window.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import chain, islice
from typing import TYPE_CHECKING

from rich.text import Text
from textual.cache import LRUCache

from vftui.ui.blocks import Block, Ink, Piece, Row
from vftui.ui.pile import Pile, Place

if TYPE_CHECKING:
    from rich.style import Style

    from vftui.session.fold import Session
    from vftui.session.items import Choice
    from vftui.ui.pictures import Picture

_DRAWN_PIECES = 512
"""Pieces whose rows are kept at hand."""

_OVERLAPPING = 50
"""Items that are looked at, backwards, for the one that an entry made."""

_NO_ROW = Row(Text())

_PIECE, _BLOCK = 20, 40
"""The bits of a bookmark from which on it tells the piece and the block."""


def _no_picture(_address: str) -> Picture | None:
    return None


class Column:
    """Blocks on top of one another."""

    def __init__(
        self,
        styles: Callable[[str], Style],
        width: int = 0,
        picture: Callable[[str], Picture | None] = _no_picture,
    ) -> None:
        self.blocks: list[Block] = []
        self.choices: list[Choice] = []
        """Those that can be made now."""
        self.live: frozenset[Choice] = frozenset()
        """The same, to look them up."""
        self.marked: Choice | None = None
        """The one that the person's cursor is on."""
        self.seen = 0
        """A number of lines from the top that is kept right when heights change."""
        self._styles = styles
        self._picture = picture
        self._width = width
        self._open: list[Block] = []  # those whose item may still change
        self._pile = Pile()
        self._rows: LRUCache[Piece, list[Row]] = LRUCache(_DRAWN_PIECES)
        self._choosers: dict[int, set[Block]] = {}  # by turn, the blocks that offer choices

    @property
    def height(self) -> int:
        """The number of rows."""
        return self._pile.height

    def sync(self, session: Session) -> bool:
        """Take in what is new; whether other choices can be made now."""
        known = len(self.blocks)
        previous = self.blocks[-1].item if known else None
        for index, item in enumerate(islice(session.items, known, None), known):
            self.blocks.append(Block(item, index, previous))
            self._open.append(self.blocks[-1])
            previous = item
        changed = [self._update(block) for block in self._open]
        self._open = [block for block in self._open if not block.item.settled]
        other_choices = session.choices != self.choices
        if other_choices:
            changed += self._choose_from(session.choices)
        self._restack(min(changed, default=len(self._pile.pieces)))
        return other_choices

    def _update(self, block: Block) -> int:
        """Put what changed of a block into the pile; the first piece that is different."""
        start = block.update()
        if start is None:
            return len(self._pile.pieces)
        for piece in block.pieces[start:]:
            if not piece.height:
                piece.guess(self._width)
        if block.item.choices:
            self._choosers.setdefault(block.item.turn.index, set()).add(block)
        return self._pile.put(block) + start

    def _choose_from(self, choices: list[Choice]) -> list[int]:
        """Choices can be made from now on, or no more; the pieces that look different."""
        turns = {choice.turn for choice in chain(self.choices, choices)}
        self.choices, self.live = list(choices), frozenset(choices)
        if self.marked not in self.live:
            self.marked = None
        changed = []
        for block in chain.from_iterable(self._choosers.get(turn, ()) for turn in turns):
            for piece in block.pieces:
                piece.forget()
            changed.append(self._pile.span(block.index).start)
        return changed

    def mark(self, choice: Choice | None) -> None:
        """Put the person's cursor on a choice, or on none."""
        turns = {one.turn for one in (self.marked, choice) if one is not None}
        for block in chain.from_iterable(self._choosers.get(turn, ()) for turn in turns):
            for piece in block.pieces:
                piece.drawn = False  # at the same height
        self.marked = choice

    def choosers(self) -> list[Block]:
        """The blocks with choices that can be made, in order."""
        turns = {choice.turn for choice in self.choices}
        blocks = chain.from_iterable(self._choosers.get(turn, ()) for turn in turns)
        found = [block for block in blocks if block.offers(self.live)]
        return sorted(found, key=lambda block: block.index)

    def look_again(self, blocks: Iterable[Block]) -> None:
        """Draw blocks again, of which a person sees something else now."""
        for block in blocks:
            for piece in block.pieces:
                piece.forget()
            self._restack(self._update(block))

    def keep_unfolded(self, top: int, height: int) -> None:
        """Reasoning that grows in a window will not fold when it is complete: a person reads it."""
        for block in self._open:
            if block.item.kind == "reasoning":
                first, end = self.extent(block.index)
                block.unfolded = block.unfolded or (first < top + height and top < end)

    def _restack(self, first: int) -> None:
        """The pieces from `first` on have other heights."""
        last_seen = self._pile.at(self.seen - 1) if self.seen else None
        self._pile.measure(min(first, len(self._pile.pieces)))
        self.seen = self._pile.line(last_seen) + 1 if last_seen else 0

    def lay_out(self, width: int, top: int) -> int:
        """Lay everything out again for a width; the line that is at the top instead of `top`."""
        self._width = width
        self._rows.clear()
        if not self._pile.pieces:
            return 0
        place = self._pile.at(top)
        for piece in self._pile.pieces:
            piece.guess(width)
        self._restack(0)
        return self._pile.line(place)

    def look(self, top: int, height: int, *, tail: bool) -> int:
        """Draw what is in a window, and keep it there; the line that is at its top then."""
        pile = self._pile
        while pile.pieces and height and self._width > 0:
            if tail:
                top = max(0, pile.height - height)
            window = range(pile.at(top).piece, pile.at(top + height - 1).piece + 1)
            stale = [place for place in window if not pile.pieces[place].exact]
            if not stale:
                break
            anchor = next((place for place in window if pile.pieces[place].exact), window[0])
            below_top = pile.start(anchor) - top
            self._measure(stale)
            # A piece that became shorter still has a row in the window.
            last_row = max(pile.start(anchor), pile.start(anchor + 1) - 1)
            top = max(0, min(pile.start(anchor) - below_top, last_row))
        return top

    def _measure(self, places: list[int]) -> None:
        """Draw pieces, so that their heights are known."""
        for piece in map(self._pile.pieces.__getitem__, places):
            piece.height, piece.exact = len(self._draw(piece)), True
        self._restack(min(places, default=len(self._pile.pieces)))

    def _draw(self, piece: Piece) -> list[Row]:
        """The rows of a piece, made again only if they have to be."""
        kept = self._rows.get(piece)
        if kept is not None and piece.drawn:
            return kept
        rows = piece.draw(
            Ink(max(1, self._width), self._styles, self.live, self.marked, self._picture)
        )
        for place, (before, now) in enumerate(zip(kept or (), rows, strict=False)):
            if before.looks_like(now):
                rows[place] = before
        self._rows.discard(piece)  # the cache never replaces a value
        self._rows[piece] = rows
        piece.drawn = True
        return rows

    def forget_rows(self) -> None:
        """Every row looks different now, at the same height."""
        self._rows.clear()

    # What is where

    def block(self, y: int) -> Block:
        """The block of line `y`."""
        return self._pile.pieces[self._pile.at(y).piece].block

    def row(self, y: int) -> Row:
        """The row at line `y`."""
        place = self._pile.at(y)
        piece = self._pile.pieces[place.piece]
        rows = self._draw(piece)
        return rows[place.offset] if place.offset < len(rows) else _NO_ROW

    def bookmark(self, y: int) -> int:
        """A number for line `y` that grows with the line and outlives changes of other heights."""
        if y >= self.height:
            return len(self.blocks) << _BLOCK
        place = self._pile.at(y)
        block = self._pile.pieces[place.piece].block.index
        piece = place.piece - self._pile.span(block).start
        return block << _BLOCK | piece << _PIECE | place.offset

    def line_of(self, bookmark: int) -> int:
        """The line of a bookmark, or the nearest there is."""
        return self._pile.line(self._place(bookmark)) if self.blocks else 0

    def _place(self, bookmark: int) -> Place:
        block, rest = divmod(bookmark, 1 << _BLOCK)
        if block >= len(self.blocks):
            return self._pile.at(self.height)
        span = self._pile.span(block)
        piece, offset = divmod(rest, 1 << _PIECE)
        return Place(min(span.start + piece, span.stop - 1), offset)

    def rows_between(self, first: int | None, last: int | None) -> list[tuple[int, Row]]:
        """The rows from one bookmark to another, each with its own; all of them are drawn."""
        pieces, found = self._pile.pieces, list[tuple[int, Row]]()
        if not pieces or self._width <= 0:
            return found
        start = 0 if first is None else self._place(first).piece
        stop = len(pieces) if last is None else self._place(last).piece + 1
        number = start - self._pile.span(pieces[start].block.index).start
        for piece in pieces[start:stop]:
            rows = self._draw(piece)
            piece.height, piece.exact = len(rows), True
            number = 0 if piece.first else number
            mark = piece.block.index << _BLOCK | number << _PIECE
            found += [(mark + offset, row) for offset, row in enumerate(rows)]
            number += 1
        self._restack(start)
        return found

    def extent(self, index: int, height: int = 0) -> tuple[int, int]:
        """The first line of a block and the line behind it, if it is not taller than `height`."""
        span = self._pile.span(index)
        stale = [place for place in span[:height] if not self._pile.pieces[place].exact]
        self._measure(stale)
        return self._pile.start(span.start), self._pile.start(span.stop)

    def made_by(self, seq: int) -> int:
        """The index of the block that the entry `seq` made, or of the last one before it."""
        after = bisect_right(self.blocks, seq, key=lambda block: block.item.first_seq)
        for block in reversed(self.blocks[max(0, after - _OVERLAPPING) : after]):
            if block.item.kind != "reply" and seq <= block.item.last_seq:
                return block.index
        return max(0, after - 1)
