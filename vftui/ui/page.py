"""What the detail of an entry shows: lines of text, each for a value that can be copied.

`Lines` is text that was made before; `vftui.ui.jsontree.Tree` makes its lines when they are asked
for. Both are laid out for a width, and made of words with the name of their style.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, Protocol

from rich.cells import cell_len, chop_cells

from vftui.render.jsonpath import Path

Style = Literal["key", "value", "mark", "added", "removed", "changed"]

Word = tuple[str, Style]
"""Printable text, and the name of its style."""

LEAST = 8
"""Cells that the words of a line get, however narrow the page is."""


class Place(NamedTuple):
    """A value that can be copied."""

    path: Path | None
    """None: it is a line of text, which stands in no JSON."""
    value: Any


class Page(Protocol):
    """Rows of words, laid out for a width."""

    def __len__(self) -> int: ...

    def lay_out(self, width: int) -> None:
        """Break the lines for this width."""

    def words(self, y: int) -> Iterator[Word]:
        """What row `y` says."""
        ...

    def place(self, y: int) -> Place | None:
        """What row `y` tells, to be copied; None where it tells a thing about the page."""
        ...

    def anchor(self, y: int) -> Hashable:
        """What row `y` belongs to, whatever the width."""
        ...

    def row_of(self, anchor: Hashable) -> int:
        """The first row that belongs there."""
        ...


class Line(NamedTuple):
    """A line of text before it is broken."""

    words: Sequence[Word]
    place: Place | None = None


class Lines:
    """Text that was made before."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._rows: list[tuple[int, list[Word]]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def lay_out(self, width: int) -> None:
        """Break the lines for this width."""
        self._rows = [
            (number, row)
            for number, line in enumerate(self._lines)
            for row in broken(line.words, width)
        ]

    def words(self, y: int) -> Iterator[Word]:
        """What row `y` says."""
        return iter(self._rows[y][1])

    def place(self, y: int) -> Place | None:
        """What the line says that row `y` is a piece of."""
        return self._lines[self._rows[y][0]].place

    def anchor(self, y: int) -> int:
        """The number of the line."""
        return self._rows[y][0]

    def row_of(self, anchor: Hashable) -> int:
        """The first piece of the line."""
        return next((y for y, (number, _) in enumerate(self._rows) if number == anchor), 0)


def broken(words: Sequence[Word], width: int) -> Iterator[list[Word]]:
    """A line in rows of this width; what continues it keeps its indentation."""
    line = "".join(text for text, _ in words)
    indent = min(len(line) - len(line.lstrip(" ")), max(0, width - LEAST))
    row: list[Word] = []
    room = max(2, width)  # room for a wide character, so that it ends
    for text, style in words:
        place = 0
        while place < len(text):
            piece = fitting(text, place, room)
            if not piece:
                yield row
                row, room = [(" " * indent, style)], max(2, width - indent)
                continue
            place += len(piece)
            row.append((piece, style))
            room -= cell_len(piece)
    yield row


def fitting(text: str, start: int, room: int) -> str:
    """As much of the text from `start` on as so many cells hold."""
    piece = text[start : start + room]
    if piece.isascii():  # nearly always, and measuring costs
        return piece
    if cell_len(piece[0]) > room:
        return ""
    chopped = chop_cells(piece, room)
    return chopped[0] if chopped else piece  # what has no width at all is in no piece
