"""One entry in full: its JSON, its raw bytes, its times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from vftui.render.figures import clock_time, count, duration, size
from vftui.render.text import printable
from vftui.ui.lines import LineView

if TYPE_CHECKING:
    from vftui.recording import Row

View = Literal["JSON", "raw", "timing"]
VIEWS: tuple[View, ...] = ("JSON", "raw", "timing")
_CALLED = {"JSON": "JSON", "raw": "raw bytes", "timing": "times"}

EMPTY = "Select a trace to see its JSON, its raw bytes and its times."

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<string>"(?:[^"\\]|\\.)*")|(?P<other>[^"]+|")'
)


class TraceDetail(LineView):
    """What is inside the selected entry."""

    BINDING_GROUP_TITLE = "Trace"
    HELP = """\
## Trace

The selected entry: its JSON, its bytes exactly as they came, its times. **Left** and **right**
change the view, **y** copies it.
"""
    BINDINGS = [
        Binding(
            "right,r", "turn_view(1)", "view", id="detail.next", tooltip="JSON, raw or timing"
        ),
        Binding(
            "left", "turn_view(-1)", "view before", id="detail.previous", show=False,
            tooltip="The view before",
        ),
        Binding("y", "copy", "copy", id="detail.copy", tooltip="Copy what this view shows"),
    ]  # fmt: skip
    COMPONENT_CLASSES = {"detail--key", "detail--value", "detail--mark"}
    DEFAULT_CSS = """
    TraceDetail {
        border: round $border-blurred;
        border-title-color: $told;
        border-subtitle-color: $quiet;
        padding: 0 0 0 1;
        &:focus { border: round $border; }
        & > .detail--key { color: $kind-model; }
        & > .detail--value { color: $said; }
        & > .detail--mark { color: $quiet; }
    }
    """

    @dataclass
    class Copy(Message):
        """The text is wanted in the clipboard."""

        text: str
        what: str
        """What it is, in words."""

    view: var[View] = var("JSON", init=False)

    def __init__(self) -> None:
        super().__init__(id="detail")
        self.empty = EMPTY
        self.follow = False
        self._row: Row | None = None
        self._text = ""
        self._lines: list[str] = []
        self._pieces: list[Piece] = []

    def show(self, row: Row | None) -> None:
        """Show this entry."""
        if row is not None and (self._row is None or row.seq != self._row.seq):
            self._row = row
            self._rebuild()

    def watch_view(self) -> None:
        """Another view of the same entry."""
        self._rebuild()

    def lay_out(self, width: int) -> None:
        """Wrap the text for another width."""
        self._wrap(width)

    def line_at(self, y: int, width: int) -> Strip:
        """The piece of a line that stands at `y`."""
        if y >= len(self._pieces):
            return Strip.blank(width)
        piece = self._pieces[y]
        strip = Strip(self._segments(self._lines[piece.line]))
        cut = strip.crop(piece.start, piece.start + width - piece.indent)
        return Strip([Segment(" " * piece.indent), *cut])

    def on_click(self, event: Click) -> None:
        """A click on the name of a view shows it."""
        below = event.y == self.outer_size.height - 1
        names = " │ ".join(VIEWS)
        x = event.x - (self.outer_size.width - 3 - len(names))  # as Textual places a subtitle
        if below and 0 <= x < len(names):
            self.view = VIEWS[names[: x + 1].count("│")]

    def action_turn_view(self, step: int) -> None:
        """Show the next view, or the one before."""
        self.view = VIEWS[(VIEWS.index(self.view) + step) % len(VIEWS)]

    def action_copy(self) -> None:
        """Copy what this view shows."""
        if self._row is not None:
            self.post_message(self.Copy(self._text, f"the trace's {_CALLED[self.view]}"))

    def _rebuild(self) -> None:
        row = self._row
        if row is None:
            return
        from vftui.render.lines import kind_of  # they need pydantic: not at the start
        from vftui.render.views import detail, raw_view

        if self.view == "timing":
            self._text = timing_text(row)
        else:
            self._text = detail(row.entry) if self.view == "JSON" else raw_view(row.entry)
        self.follow = False
        self._wrap(self.line_width)
        self.place_top(0)
        self.border_title = Content(f"#{count(row.seq)} {kind_of(row.entry)}")
        self.border_subtitle = Content(" │ ").join(
            Content.styled(view, "bold $accent" if view == self.view else "$quiet")
            for view in VIEWS
        )

    def _wrap(self, width: int) -> None:
        if width <= 0 or self._row is None:
            return
        self._lines = self._text.split("\n")
        self._pieces = [
            piece
            for number, line in enumerate(self._lines)
            for piece in pieces(number, line, width)
        ]
        self.set_line_count(len(self._pieces))
        self.invalidate_all()

    def _segments(self, line: str) -> Iterator[Segment]:
        if self.view == "raw":
            yield Segment(line, self.style("detail--value"))
            return
        names = {"key": "detail--key", "string": "detail--value", "other": "detail--mark"}
        for found in _TOKEN.finditer(line):
            yield Segment(found.group(), self.style(names[found.lastgroup or "other"]))


class Piece(NamedTuple):
    """As much of a line as fits beside its indentation."""

    line: int
    start: int
    """The cell of the line that it begins with."""
    indent: int


def pieces(number: int, line: str, width: int) -> Iterator[Piece]:
    """A line cut to the width; what continues it keeps its indentation."""
    yield Piece(number, 0, 0)
    indent = min(len(line) - len(line.lstrip()), width // 2)
    for start in range(width, cell_len(line), max(1, width - indent)):
        yield Piece(number, start, indent)


def timing_text(row: Row) -> str:
    """The times of an entry, as lines of a name and a value."""
    entry = row.entry
    lines = [
        ("arrived", clock_time(entry.at, fraction=True)),
        ("since the action", duration(row.since)),
        ("since the entry before", duration(row.gap)),
    ]
    frame = getattr(entry, "frame", None)
    if frame is not None:
        trace = entry.decoded.trace  # type: ignore[union-attr]
        server = trace.time / 1000 if trace is not None and trace.time is not None else None
        lines += [
            ("server's time", clock_time(server, fraction=True)),
            ("bytes", f"{count(len(frame.raw))} ({size(len(frame.raw))})"),
            ("event, id", printable(f"{frame.event}, {frame.id or 'none'}", keep_lines=False)),
            ("dispatched", "yes" if frame.dispatched else "no"),
        ]
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in lines)
