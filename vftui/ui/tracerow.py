"""How one entry looks in the trace list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from vftui.render.figures import size
from vftui.render.text import one_line
from vftui.ui.columns import FOUND, LARGE, LETTERS, LIT, LOUD, MUCH, Columns, gap_sign, letter_of
from vftui.ui.theme import look_of

if TYPE_CHECKING:
    from vftui.query import Query
    from vftui.reading import Row
    from vftui.ui.merged import Merged

SHORT = {"completion-continue": "completion", "completion-start": "completion"} | {
    "completion-end": "completion",
    "knowledgeBase": "knowledge",
    "live-agent-handoff": "handoff",
}
"""Names that are too long for their column; the summary or the detail tells the rest."""

LOUD_LOOKS = {3: "tool", 4: "error", 5: "error"}
"""Colours of the levels that want to be seen."""


class Searched(NamedTuple):
    """What is searched for in the list."""

    found: bool = False
    """Whether this entry has it, perhaps where the row does not show it."""
    query: Query | None = None


class TraceRow(NamedTuple):
    """An entry, and what is to be seen of it."""

    row: Row
    columns: Columns
    merged: Merged | None
    searched: Searched
    lit: bool = False
    """Whether it is one of those that belong together."""

    def draw(self, width: int, style: Callable[[str], Style]) -> Strip:
        """The row; `style` gives the look of a part by its name."""
        from vftui.render.lines import kind_of, summary  # they need pydantic: not at the start

        row, columns = self.row, self.columns
        kind = kind_of(row.entry)
        name = kind if columns.whole_names else SHORT.get(kind, kind)
        glyph, colour = look_of(kind)
        level = row.level or 0
        if level >= LOUD:
            colour = LOUD_LOOKS[level]
            glyph = glyph if columns.level else LETTERS[level]
        named = style(f"traces--{colour}")
        cells = list(self._figures(style))
        if columns.level:
            cells.append(Segment(f"{letter_of(row.level)} ", named))
        cells.append(Segment(columns.name(glyph, name), named))
        if row.remark:
            cells.append(Segment(f"“{one_line(row.remark, 40)}” ", style("traces--remark")))
        if not columns.size and row.size >= LARGE:
            cells.append(Segment(f"{MUCH}{size(row.size)} ", style("traces--much")))
        told = summary(row.entry) if self.merged is None else str(self.merged)
        rest = one_line(told, max(0, width - sum(cell.cell_length for cell in cells)))
        query = self.searched.query
        hits = query.hits(rest) if query is not None else ()
        cells += highlighted(rest, hits, style("traces--summary"), style("traces--found"))
        return Strip(cells).adjust_cell_length(width)

    def _figures(self, style: Callable[[str], Style]) -> Iterator[Segment]:
        """The columns of numbers."""
        row, columns = self.row, self.columns
        quiet, much = style("traces--quiet"), style("traces--much")
        sign = FOUND if self.searched.found else LIT if self.lit else " "
        numbers = columns.numbers(row.seq, row.since, marked=row.marked, sign=sign)
        yield Segment(numbers, style("traces--marked") if row.marked else quiet)
        yield Segment(columns.gap_cells(row.gap), quiet if gap_sign(row.gap) == " " else much)
        if columns.size:
            yield Segment(columns.size_cells(row.size), much if row.size >= LARGE else quiet)


def highlighted(
    text: str, hits: Iterable[tuple[int, int]], plain: Style, found: Style
) -> Iterator[Segment]:
    """The text, with these pieces of it in another look."""
    at = 0
    for start, stop in hits:
        if stop > at:
            yield Segment(text[at : max(at, start)], plain)
            yield Segment(text[max(at, start) : stop], found)
            at = stop
    yield Segment(text[at:], plain)
