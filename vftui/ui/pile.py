"""Pieces on top of one another: which line belongs to which piece, and where an item is.

Heights change at the end all the time and elsewhere when somebody looks for the first time, so
the sums are brought up to date from the first piece that changed, once for all changes together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vftui.ui.blocks import Block, Piece


class Place(NamedTuple):
    """A line, told so that it outlives changes of the heights before it."""

    piece: int
    offset: int


class Pile:
    """A list of pieces with the line at which each begins."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._starts = [0]  # of each piece, and the end of the last

    @property
    def height(self) -> int:
        """The number of lines."""
        return self._starts[-1]

    def start(self, piece: int) -> int:
        """The first line of a piece; of the number of pieces, the end."""
        return self._starts[piece]

    def at(self, line: int) -> Place:
        """The place of a line, or the nearest there is."""
        line = max(0, min(line, self.height - 1))
        piece = max(0, bisect_right(self._starts, line) - 1)
        return Place(piece, line - self._starts[piece])

    def line(self, place: Place) -> int:
        """The line of a place, or the last one of its piece if that is shorter now."""
        start, end = self._starts[place.piece : place.piece + 2]
        return min(start + place.offset, max(start, end - 1))

    def span(self, block: int) -> range:
        """The pieces of the item with this index."""
        if not self.pieces or self.pieces[-1].block.index < block:  # one that is new
            return range(len(self.pieces), len(self.pieces))
        first = bisect_left(self.pieces, block, key=_block)
        return range(first, bisect_right(self.pieces, block, lo=first, key=_block))

    def put(self, block: Block) -> int:
        """Take the pieces that a block has now instead of those it had; its first piece."""
        span = self.span(block.index)
        self.pieces[span.start : span.stop] = block.pieces
        return span.start

    def measure(self, first: int) -> None:
        """Pieces from `first` on have other heights, or are others, than before."""
        heights = (piece.height for piece in self.pieces[first:])
        self._starts[first:] = accumulate(heights, initial=self._starts[first])


def _block(piece: Piece) -> int:
    return piece.block.index
