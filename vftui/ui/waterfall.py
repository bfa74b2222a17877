"""The waterfall: where the time of a turn went, on our clock and on the server's, to scale.

One rule: a turn is read in slices, and only while the pane is seen. A long one never holds up the
keys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip

from vftui.render.text import one_line
from vftui.render.waterfall import Line, drawn, lines_of
from vftui.ui.panel import SidePanel
from vftui.ui.theme import COLOURS, look_of
from vftui.ui.wrap import wrap

if TYPE_CHECKING:
    from vftui.reading import Reading
    from vftui.session.bars import Bar
    from vftui.session.fold import Session
    from vftui.session.timeline import Timeline
    from vftui.session.turn import Turn

SLICE = 200
"""Entries that are read before the keys have their turn again."""

MOST_NAME = 22
"""Cells of a bar's name at most; it has no more than a third of the line."""

EMPTY = "Where the time of a turn went appears here. Send a message to see it."
AT_MOST = "~ at most"

_LOOKS = {
    "connect": "sent",
    "retry": "retry",
    "byte": "opened",
    "text": "text",
    "stream": "completion",
    "silence": "warn",
    "end": "closed",
    "model": "completion",
    "tool": "tool-call",
    "function": "tool-call",
    "knowledge": "knowledgeBase",
    "code": "log",
    "api": "channel-action",
    "step": "block",
}
"""Kind of bar to the kind of trace whose look it has."""

_UNEXPLAINED = ("?", "wire")


class WaterfallPane(SidePanel):
    """The bars of one turn: the newest, or the one that was chosen."""

    CURSOR = True
    ALLOW_MAXIMIZE = True
    BORDER_TITLE = "Time"
    BINDING_GROUP_TITLE = "Time"
    HELP = """\
## Time

Where the time of a turn went: the verdict, then a bar for each step, once by the server's clock and
once by ours. `━` was measured, `╍` took so long at most, `┄` nothing explains. **Enter** shows the
traces of a bar, **[** and **]** the turn before and after.
"""
    BINDINGS = [
        Binding(
            "enter", "show", "traces", id="time.traces", key_display="enter",
            tooltip="The traces of this bar",
        ),
        Binding(
            "left_square_bracket", "turn(-1)", "turn before", id="time.before", key_display="[",
            tooltip="The time of the turn before",
        ),
        Binding(
            "right_square_bracket", "turn(1)", "turn after", id="time.after", key_display="]",
            tooltip="The time of the turn after",
        ),
    ]  # fmt: skip
    COMPONENT_CLASSES = {
        "time--quiet",
        "time--told",
        "time--said",
        "time--cursor",
        *(f"time--{colour}" for colour in COLOURS),
    }
    DEFAULT_CSS = """
    WaterfallPane {
        & > .time--quiet { color: $quiet; }
        & > .time--told { color: $told; }
        & > .time--said { color: $said; text-style: bold; }
        & > .time--cursor { background: $block-cursor-background; color: $said; }
        & > .time--action { color: $kind-action; }
        & > .time--text { color: $kind-text; }
        & > .time--choice { color: $kind-choice; }
        & > .time--model { color: $kind-model; }
        & > .time--tool { color: $kind-tool; }
        & > .time--media { color: $kind-media; }
        & > .time--control { color: $kind-control; }
        & > .time--wire { color: $kind-wire; }
        & > .time--debug { color: $kind-debug; }
        & > .time--error { color: $kind-error; }
    }
    """

    @dataclass
    class Highlighted(Message):
        """Another bar is selected; `seqs` are the numbers of its traces."""

        seqs: tuple[int, ...]

    @dataclass
    class Show(Message):
        """The traces of a bar are wanted."""

        seqs: tuple[int, ...]

    def __init__(self) -> None:
        super().__init__(id="time")
        self.empty = EMPTY
        self.follow = False
        self._session: Session | None = None
        self._journal: Reading | None = None
        self._chosen: int | None = None  # the turn that was asked for; None: the newest
        self._turn: Turn | None = None
        self._timeline: Timeline | None = None
        self._heard = 0  # the number of the last entry that was read
        self._reading = False  # whether another slice is under way
        self._lines: list[Line] = []
        self._naming = self._telling = 0  # cells of the names and of the durations
        self._known: tuple[Bar, ...] = ()

    # Which turn, and what is in it

    def sync(self, session: Session, journal: Reading) -> None:
        """Catch up with the session and its recording."""
        if journal is not self._journal:
            self._journal, self._chosen = journal, None
            self._begin(None)
        self._session = session
        self._catch_up()

    def show_turn(self, index: int | None) -> None:
        """Show the turn at this place, from 0; None: the newest, whichever it is."""
        self._chosen = index
        self._catch_up()

    def on_show(self) -> None:
        """What came while nobody looked."""
        self._catch_up()

    def action_turn(self, direction: int) -> None:
        """The turn before (-1) or after (1); behind the last one it is the newest again."""
        if self._turn is not None and self._session is not None:
            index = max(0, self._turn.index + direction)
            newest = len(self._session.turns) - 1
            self.show_turn(index if index < newest else None)

    def _catch_up(self) -> None:
        """Read what the turn has more, if anybody sees it."""
        if self._session is None or not self.is_mounted or not self.size:
            return
        turns = self._session.turns
        index = len(turns) - 1 if self._chosen is None else min(self._chosen, len(turns) - 1)
        turn = turns[index] if index >= 0 else None
        if turn is not self._turn:
            self._begin(turn)
        if not self._reading:
            self._read()
        self._say()

    def _begin(self, turn: Turn | None) -> None:
        """Another turn is shown, of which nothing is read yet."""
        self._turn, self._timeline = turn, None
        self._heard = 0 if turn is None else turn.first_seq - 1
        self.cursor = None
        self._rebuild()

    def _read(self) -> None:
        """Take one slice of the turn, and come back for the next."""
        self._reading = False
        turn, journal = self._turn, self._journal
        if turn is None or journal is None or self._heard >= turn.last_seq:
            return
        from vftui.session.timeline import Timeline  # it needs pydantic: not at the start

        timeline = self._timeline = self._timeline or Timeline()
        last = min(turn.last_seq, self._heard + SLICE)
        for entry in journal.entries(self._heard + 1, last):
            self._heard += 1
            timeline.hear(self._heard, entry)
        self._heard = last
        self._rebuild()
        if last < turn.last_seq:
            self._reading = True
            # Not `call_later`: a queue that is never empty lets nobody else have a turn.
            asyncio.get_running_loop().call_soon(self.call_next, self._read)

    # Lines

    def lay_out(self, width: int) -> None:
        """Wrap the verdict for another width."""
        self._catch_up()
        self._rebuild()
        super().lay_out(width)

    def _rebuild(self) -> None:
        """Make the lines anew; the cursor stays on its bar."""
        selected = self._selected
        bars = selected.bars[:1] if selected is not None else ()
        self._lines = list(self._made(self.line_width))
        drawn_lines = [line for line in self._lines if line.bars]
        names = (min(MOST_NAME, cell_len(line.text)) for line in drawn_lines)
        self._naming = max(names, default=0)
        self._telling = max((len(line.took) for line in drawn_lines), default=0)
        self.set_line_count(len(self._lines))
        self.invalidate_all()
        if bars:
            places = [y for y, line in enumerate(self._lines) if _same(line.bars[:1], bars)]
            self.cursor = places[0] if places else self.cursor
        if self.has_focus:
            self._select_longest()
        self._say()

    def _made(self, width: int) -> Iterator[Line]:
        """The lines for this width: a verdict may need several."""
        if self._timeline is None or not width:
            return
        for line in lines_of(self._timeline):
            if line.kind == "verdict":
                for text in wrap(Text(line.text), width):
                    yield replace(line, text=text.plain)
            else:
                yield line

    def line_at(self, y: int, width: int) -> Strip:
        """A line of words, or a bar to scale between its name and its duration."""
        line = self._lines[y]
        segments = self._bar(line, width) if line.bars else self._words(line, width)
        strip = Strip(segments).adjust_cell_length(width)
        return strip.apply_style(self.style("time--cursor")) if y == self.cursor else strip

    def _words(self, line: Line, width: int) -> Iterator[Segment]:
        room = max(0, width - len(line.took))
        style = self.style("time--said" if line.kind == "verdict" else "time--told")
        yield Segment(_fit(line.text, room), style)
        yield Segment(line.took, self.style("time--quiet"))

    def _bar(self, line: Line, width: int) -> Iterator[Segment]:
        kind = line.bars[0].kind
        glyph, colour = _UNEXPLAINED if kind == "unexplained" else look_of(_LOOKS[kind])
        style = self.style(f"time--{colour}")
        name = min(self._naming, width // 3)
        yield Segment(f"{glyph} ", style)
        yield Segment(_fit(line.text, name) + " ", self.style("time--told"))
        yield Segment(drawn(line, max(1, width - name - self._telling - 4)), style)
        yield Segment(f" {line.took:>{self._telling}}", self.style("time--quiet"))

    # The border, the cursor, the keys

    @property
    def _selected(self) -> Line | None:
        if self.cursor is None or self.cursor >= len(self._lines):
            return None
        return self._lines[self.cursor]

    def _say(self) -> None:
        turn, session = self._turn, self._session
        if turn is None or session is None:
            self.border_title, self.border_subtitle = self.BORDER_TITLE, ""
            return
        of = f" of {len(session.turns)}" if turn.index < len(session.turns) - 1 else ""
        unread = turn.last_seq - self._heard
        exact = all(line.exact for line in self._lines)
        self.border_title = f"Time · turn {turn.index + 1}{of}"
        self.border_subtitle = "reading…" if unread > 0 else "" if exact else AT_MOST

    def on_focus(self) -> None:
        """A bar is selected from the beginning."""
        self._select_longest()

    def _select_longest(self) -> None:
        """Begin with the bar that took longest, of the clock that is told first."""
        read = self._turn is not None and self._heard >= self._turn.last_seq
        bars = [y for y, line in enumerate(self._lines) if line.bars]
        if self.cursor is None and read and bars:
            length = self._lines[bars[0]].length  # of that clock: no two are equally long
            first = [y for y in bars if self._lines[y].length == length]
            y = max(first, key=lambda y: self._lines[y].seconds or 0.0)
            self._known = self._lines[y].bars[:1]  # nobody chose it: the others stay where they are
            self.go_to(y)

    def watch_cursor(self) -> None:
        """Tell which bar is selected now."""
        line = self._selected
        if line is not None and line.bars and not _same(line.bars[:1], self._known):
            self.post_message(self.Highlighted(line.seqs))
        self._known = line.bars[:1] if line is not None else ()

    def action_show(self) -> None:
        """Ask for the traces of the selected bar."""
        line = self._selected
        if line is not None and line.bars:
            self.post_message(self.Show(line.seqs))


def _fit(text: str, cells: int) -> str:
    """The text in exactly so many cells."""
    text = one_line(text, cells)
    return text + " " * (cells - cell_len(text))


def _same(some: tuple[Bar, ...], others: tuple[Bar, ...]) -> bool:
    """Whether the first bar of a line is that of another, maybe grown."""
    pairs = zip(some[:1], others[:1], strict=False)
    return any(one.kind == other.kind and one.seqs[:1] == other.seqs[:1] for one, other in pairs)
