"""A Markdown table to lines that fit a width."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from vftui.ui.wrap import wrap

if TYPE_CHECKING:
    from markdown_it.token import Token

_COLUMNS = 24
"""Columns above which a table is shown as text."""
_LEAST_WIDTH = 4
"""Cells that a column keeps, as long as its text is not shorter."""


class Table:
    """Collects cells while the tokens of a table are walked."""

    def __init__(self) -> None:
        self.rows: list[list[Text]] = []
        self._alignments: list[str] = []

    def take(self, kind: str, token: Token) -> None:
        """A token of a row or a cell, whose text goes into `rows` by itself."""
        if kind == "tr_open":
            self.rows.append([])
        elif kind == "th_open":
            self._alignments.append(str(token.attrGet("style") or ""))

    def fitted(self, room: int) -> tuple[int, ...]:
        """The widths of the columns so that the table fits, or none if it cannot."""
        columns = max(map(len, self.rows), default=0)
        if not 0 < columns <= _COLUMNS:
            return ()
        widths = [1] * columns
        for row in self.rows:
            for column, cell in enumerate(row):
                widths[column] = max(widths[column], *map(cell_len, cell.plain.split("\n")))
        room -= 3 * (columns - 1)
        if sum(min(width, _LEAST_WIDTH) for width in widths) > room:
            return ()
        while (excess := sum(widths) - room) > 0:
            widest = max(widths)
            second = max((width for width in widths if width < widest), default=1)
            share = min(widest - second, -(-excess // widths.count(widest)))
            widths = [width - share if width == widest else width for width in widths]
        return tuple(widths)

    def lines(
        self, room: int, quiet: Style, resumed: tuple[int, ...] | None = None
    ) -> Iterator[Text]:
        """The lines. With `resumed`, the widths that its beginning has, they have no header."""
        widths = self.fitted(room) if resumed is None else resumed
        rows = self.rows if resumed is None else self.rows[1:]
        if not widths:
            for row in rows:
                yield from wrap(Text(" | ", quiet).join(row), room)
            return
        for place, row in enumerate(rows):
            header = place == 0 and resumed is None
            for cell in row if header else ():
                cell.stylize(Style(bold=True))
            yield from self._row(row, widths, Text(" │ ", quiet))
            if header:
                yield Text("─┼─".join("─" * width for width in widths), quiet)

    def _row(self, row: list[Text], widths: tuple[int, ...], rule: Text) -> Iterator[Text]:
        cells = [wrap(cell, width) for cell, width in zip(row, widths, strict=False)]
        for place in range(max(map(len, cells), default=0)):
            parts = []
            for column, (cell, width) in enumerate(zip(cells, widths, strict=False)):
                part = cell[place] if place < len(cell) else Text()
                part.rstrip()
                missing = max(0, width - part.cell_len)
                alignment = self._alignments[column] if column < len(self._alignments) else ""
                left = missing if "right" in alignment else 0
                left = missing // 2 if "center" in alignment else left
                part.pad_left(left)
                part.pad_right(missing - left)
                parts.append(part)
            yield rule.join(parts)
