"""The recorded sessions as lines, newest first: when, what about, how large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from vftui.render.figures import UNKNOWN, count, size
from vftui.render.text import one_line
from vftui.secrets import mask
from vftui.ui.lines import LineView

if TYPE_CHECKING:
    from vftui.recording import SessionRow

LEAST_TITLE = 24
"""Cells that the title has before the figures give way."""


class Column(NamedTuple):
    """A column of figures, aligned at the right."""

    name: str
    width: int


TURNS, ENTRIES, SIZE = Column("turns", 6), Column("entries", 10), Column("size", 10)
HITS = Column("hits", 9)


class SessionList(LineView):
    """Number, time, title, tags and figures of each session."""

    BINDING_GROUP_TITLE = "Sessions"
    CURSOR = True
    COMPONENT_CLASSES = {f"sessions--{name}" for name in ("quiet", "title", "tag", "hit", "cursor")}
    DEFAULT_CSS = """
    SessionList {
        & > .sessions--quiet { color: $quiet; }
        & > .sessions--title { color: $said; }
        & > .sessions--tag { color: $accent; }
        & > .sessions--hit { color: $warning; }
        & > .sessions--cursor { background: $block-cursor-background; color: $said; }
    }
    """

    def __init__(self, now: int | None) -> None:
        """`now` is the number of the session on the screen, if it is one of them."""
        super().__init__(id="recordings")
        self.follow = False
        self._now = now
        self._rows: Sequence[SessionRow] = ()
        self._hits: Mapping[int, int] | None = None

    @property
    def chosen(self) -> SessionRow | None:
        """The session that the cursor is on."""
        return self._rows[self.cursor] if self.cursor is not None and self._rows else None

    def show(self, rows: Sequence[SessionRow], hits: Mapping[int, int] | None) -> None:
        """Show these; the cursor stays on its session, or else in its place."""
        at, place = self.chosen, self.cursor or 0
        self._rows, self._hits = rows, hits
        self.set_line_count(len(rows))
        self.invalidate_all()
        if rows:
            places = {row.id: number for number, row in enumerate(rows)}
            self.go_to(places.get(at.id, place) if at is not None else place)
            self.follow = False

    def columns(self, width: int) -> list[Column]:
        """The figures for which there is room."""
        wanted = [*([HITS] if self._hits is not None else []), ENTRIES, SIZE, TURNS]
        room = width - len(self._left(None)) - LEAST_TITLE
        while wanted and sum(column.width for column in wanted) > room:
            wanted.pop()
        return [column for column in (TURNS, ENTRIES, SIZE, HITS) if column in wanted]

    def header(self, width: int) -> str:
        """The names of the columns."""
        figures = "".join(f"{column.name:>{column.width}}" for column in self.columns(width))
        left = f"{'#':>6} {'started':<16} title"
        return left + figures.rjust(max(0, width - len(left)))

    def line_at(self, y: int, width: int) -> Strip:
        """A session; where there is little room, the figures give way."""
        row = self._rows[y]
        figures = {
            TURNS: count(row.turns), ENTRIES: count(row.entries), SIZE: size(row.size),
            HITS: count((self._hits or {}).get(row.id, 0)),
        }  # fmt: skip
        columns = self.columns(width)
        left = self._left(row)
        room = width - len(left) - sum(column.width for column in columns)
        tags = "".join(f" #{one_line(mask(tag), 20)}" for tag in row.tags)
        tags = one_line(tags, max(0, room // 2))
        title = one_line(mask(row.title) or "untitled", max(0, room - cell_len(tags)))
        text = Strip(
            [
                Segment(left, self.style("sessions--quiet")),
                Segment(title, self.style("sessions--title")),
                Segment(tags, self.style("sessions--tag")),
            ]
        ).adjust_cell_length(len(left) + room)
        strip = Strip(
            [
                *text,
                *(
                    Segment(
                        f"{figures[column]:>{column.width}}",
                        self.style("sessions--hit" if column is HITS else "sessions--quiet"),
                    )
                    for column in columns
                ),
            ]
        )
        return strip.apply_style(self.style("sessions--cursor")) if y == self.cursor else strip

    def _left(self, row: SessionRow | None) -> str:
        """What stands before the title, always as wide."""
        if row is None:
            return " " * 24
        return f"{'●' if row.id == self._now else ' '}{row.id:>5} {_day(row.started)} "


def _day(at: float) -> str:
    """A day and a time of day, in 16 characters."""
    try:
        return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M")[:16].ljust(16)
    except (OverflowError, OSError, ValueError):
        return UNKNOWN.ljust(16)
