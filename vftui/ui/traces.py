"""The trace list: one row for each entry of the log, as it arrives.

Rows are paged from the recording and decoded only when they are looked at, so a session of a
million entries costs what fits in the window.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from vftui.render.figures import count, milliseconds
from vftui.render.text import one_line, printable
from vftui.ui.filter import Filter, parse_filter
from vftui.ui.lines import LineView
from vftui.ui.theme import COLOURS, look_of

if TYPE_CHECKING:
    from vftui.query import Query
    from vftui.recording import Journal, Row
    from vftui.session.log import Entry

PAGE = 64
"""Rows that are read from the recording at once."""

KEPT_PAGES = 16
"""Pages of rows that are kept at hand."""

ENDED = {"complete": None, "cancelled": "warn", "truncated": "warn", "stalled": "warn"}
"""How loud an ending is; those that are not here are errors."""

LOUD = {"error": "error", "fatal": "error", "warn": "warn"}
"""Levels of a debug trace that take the place of its name."""

SHORT = {"completion-continue": "completion", "completion-start": "completion"} | {
    "completion-end": "completion",
    "knowledgeBase": "knowledge",
    "live-agent-handoff": "handoff",
}
"""Names that are too long for their column; the summary or the detail tells the rest."""

WIDE = 56
"""Cells from which on the gap has a column, and names have room."""

EMPTY = "Every trace appears here as it arrives. Send a message to see some."


class TraceList(LineView):
    """Number, milliseconds since the action, gap, type and summary of every entry."""

    BINDING_GROUP_TITLE = "Traces"
    HELP = """\
## Traces

One row for every entry: what was sent, and every frame that came. **Enter** shows the sentence
that a trace made. **/** filters by type and text, such as `debug choice` or `"pier 3"`.
"""
    BINDINGS = [
        Binding(
            "enter,m",
            "show_message",
            "message",
            id="traces.message",
            key_display="enter",
            tooltip="Show the message that this trace belongs to",
        ),
        Binding("slash", "filter", "filter", id="traces.filter", tooltip="Filter the traces"),
    ]
    COMPONENT_CLASSES = {
        "traces--quiet",
        "traces--summary",
        "traces--cursor",
        *(f"traces--{colour}" for colour in COLOURS),
    }
    DEFAULT_CSS = """
    TraceList {
        & > .traces--quiet { color: $quiet; }
        & > .traces--summary { color: $told; }
        & > .traces--cursor { background: $block-cursor-background; color: $said; }
        & > .traces--action { color: $kind-action; }
        & > .traces--text { color: $kind-text; }
        & > .traces--choice { color: $kind-choice; }
        & > .traces--model { color: $kind-model; }
        & > .traces--tool { color: $kind-tool; }
        & > .traces--media { color: $kind-media; }
        & > .traces--control { color: $kind-control; }
        & > .traces--wire { color: $kind-wire; }
        & > .traces--debug { color: $kind-debug; }
        & > .traces--error { color: $kind-error; }
    }
    """

    @dataclass
    class Highlighted(Message):
        """Another row is selected; `seq` is its number in the session."""

        seq: int

    @dataclass
    class ShowMessage(Message):
        """The message that entry `seq` belongs to is wanted."""

        seq: int

    class FilterWanted(Message):
        """The person wants to type a filter."""

    CURSOR = True

    def __init__(self) -> None:
        super().__init__(id="traces")
        self.empty = EMPTY
        self._journal: Journal | None = None
        self._pages: OrderedDict[int, list[Row]] = OrderedDict()
        self._filter = Filter()
        self._matches: list[int] = []  # numbers of the entries that pass the filter
        self._checked = 0  # how many entries the filter has looked at

    def sync(self, journal: Journal) -> None:
        """Catch up with the recording."""
        if journal is not self._journal:
            self._journal = journal
            self._pages.clear()
        total = len(journal)
        if self._filter and self._checked < total:
            self._matches += journal.matching(_query(self._filter), after=self._checked)
        if _digits(total) != _digits(self._checked):
            self.invalidate_all()
        self._checked = total
        self.set_line_count(len(self._matches) if self._filter else total)
        if self.follow:
            self.cursor = self.line_count - 1

    def filter(self, words: str) -> None:
        """Show only the entries that pass the filter; empty words show all."""
        seq = self.seq
        known = self._journal.types() if self._journal is not None else {}
        self._filter = parse_filter(words, known)
        self._matches = []
        self._checked = 0
        self.set_line_count(0)
        if self._journal is not None:
            self.sync(self._journal)
            if seq is not None and not self.follow:
                self.show(seq)

    @property
    def filter_words(self) -> str:
        """The filter as it was typed."""
        return self._filter.words

    @property
    def seq(self) -> int | None:
        """The number of the selected entry."""
        if self.cursor is None or self.cursor >= self.line_count:
            return None
        return self._matches[self.cursor] if self._filter else self.cursor + 1

    def show(self, seq: int) -> None:
        """Select entry `seq`, or the nearest one after it that passes the filter."""
        if not self.line_count:
            return
        place = bisect_left(self._matches, seq) if self._filter else seq - 1
        self.go_to(place)
        if not self.follow:
            self.place_top(max(0, place - self.size.height // 2))

    def row(self, seq: int) -> Row | None:
        """The entry `seq`, read with its neighbours when it is not at hand."""
        if self._journal is None:
            return None
        page, place = divmod(seq - 1, PAGE)
        rows = self._pages.get(page)
        if rows is None or place >= len(rows):
            rows = self._pages[page] = self._journal.page(page * PAGE + 1, PAGE)
            self._pages.move_to_end(page)
            if len(self._pages) > KEPT_PAGES:
                self._pages.popitem(last=False)
        return rows[place] if place < len(rows) else None

    def line_at(self, y: int, width: int) -> Strip:
        """The row of line `y`: its columns give way from the left when the pane is narrow."""
        seq = self._matches[y] if self._filter else y + 1
        row = self.row(seq)
        if row is None:
            return Strip.blank(width)
        from vftui.render.lines import kind_of, summary  # they need pydantic: not at the start

        kind = kind_of(row.entry)
        name, colour = SHORT.get(kind, kind), alarm(row.entry)
        if colour is not None and kind == "debug":
            name = colour
        glyph = look_of(name)[0]
        colour = look_of(colour or name)[1]
        quiet = self.style("traces--quiet")
        columns = self.columns(width)
        left = f"{seq:>{columns.number}} {milliseconds(row.since):>{columns.since}} "
        if columns.gap:
            left += f"{milliseconds(row.gap):>{columns.gap}} "
        word = f"{glyph} {one_line(name, columns.kind - 2):<{columns.kind - 2}} "
        rest = one_line(summary(row.entry), max(0, width - len(left) - len(word)))
        segments = [
            Segment(left, quiet),
            Segment(word, self.style(f"traces--{colour}")),
            Segment(rest, self.style("traces--summary")),
        ]
        strip = Strip(segments).adjust_cell_length(width)
        if y == self.cursor:
            strip = strip.apply_style(self.style("traces--cursor"))
        return strip

    def watch_cursor(self) -> None:
        """Tell which entry is selected now."""
        if (seq := self.seq) is not None:
            self.post_message(self.Highlighted(seq))

    def action_show_message(self) -> None:
        """Ask for the message that the selected entry belongs to."""
        if (seq := self.seq) is not None:
            self.post_message(self.ShowMessage(seq))

    def action_filter(self) -> None:
        """Ask for a filter to be typed."""
        self.post_message(self.FilterWanted())

    @property
    def state(self) -> tuple[Content, Content]:
        """What the pane says about the list: how much it shows of what, and where it stands."""
        total = count(self._checked)
        title = Content("Traces")
        if self._checked:
            shown = f"{count(len(self._matches))} of {total}" if self._filter else total
            title += Content.styled(f" · {shown}", "$quiet")
        if self._filter:
            title += Content.styled(f" · /{printable(self._filter.words)}", "$warning")
        where = "following" if self.follow else "selected"
        if self.below:
            where = f"{count(self.below)} new below (End)"
        return title, Content(where if self._checked else "")

    def columns(self, width: int) -> Columns:
        """How wide the columns are in a list of this width."""
        return Columns(
            _digits(self._checked), gap=6 if width >= WIDE else 0, kind=13 if width >= WIDE else 12
        )


@dataclass(frozen=True)
class Columns:
    """The widths of the columns before the summary, in cells; 0: not shown."""

    number: int
    gap: int
    kind: int
    since: int = 6

    def header(self) -> str:
        """The names of the columns."""
        gap = f"{'gap':>{self.gap}} " if self.gap else ""
        return f"{'#':>{self.number}} {'+ms':>{self.since}} {gap}{'type':<{self.kind}} summary"


def _query(wanted: Filter) -> Query:
    from vftui.query import parse

    kinds = ",".join(f'"{kind}"' for kind in sorted(wanted.kinds or ()))
    text = (wanted.text or "").replace("\\", r"\\").replace('"', r"\"")
    return parse((f"type:{kinds} " if kinds else "") + (f'text:"{text}"' if text else ""))


def _digits(total: int) -> int:
    """How wide the column of numbers is with so many entries."""
    return max(4, len(str(total)) + 1)


def alarm(entry: Entry) -> str | None:
    """`error` or `warn` when an entry deserves that look, whatever its kind."""
    from vftui.session.log import Closed, Opened, Received

    if isinstance(entry, Closed):
        return ENDED.get(entry.ending, "error")
    if isinstance(entry, Opened):
        return "error" if (entry.status or 0) >= 400 else "warn" if entry.retry_in else None
    if not isinstance(entry, Received):
        return None
    trace = entry.decoded.trace
    level = getattr(trace.payload, "level", None) if trace is not None else None
    return LOUD.get(level or "") or ("warn" if entry.decoded.problem else None)
