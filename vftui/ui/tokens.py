"""The token pane: this turn, this session, this day; every figure says where it comes from.

Plain is reported by the server, `~` is estimated or provisional, `?` is not reported.

Two rules:

1. It is as high as the window allows, whatever it shows: no panel moves because a number came.
2. From every figure one key leads to the traces it comes from.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from vftui.render.text import one_line, printable
from vftui.ui.lines import LineView
from vftui.ui.tokencolumns import Columns
from vftui.ui.tokenlines import Line, Part, framed, frameless
from vftui.ui.tokenrows import Seen, Usual, behind, figures_of, legend

if TYPE_CHECKING:
    from textual.events import Click, Resize

    from vftui.render.spending import Course
    from vftui.session.fold import Session
    from vftui.session.turn import Turn
    from vftui.ui.account import Account

DOUBLE = 2
"""Clicks in a row."""

EMPTY = "Tokens appear here while the agent answers."


def _key(keys: str, action: str, name: str, id: str, tooltip: str, shown: str = "") -> Binding:
    return Binding(
        keys, action, name, id=f"tokens.{id}", show=bool(shown), tooltip=tooltip,
        key_display=shown or None,
    )  # fmt: skip


class TokenPane(LineView):
    """Tokens of the turn, of the session, of the day and of each model; how fast they came."""

    CURSOR = True
    BORDER_TITLE = "Tokens"
    BINDING_GROUP_TITLE = "Tokens"
    HELP = """\
## Tokens

What the turn, the session and all sessions of today were billed for. `~` is estimated or counted
from the stream and gives way to the report, `?` was not reported. **enter** shows the traces behind
a figure, **left** and **right** go from turn to turn, **z** opens the page with all figures.
"""
    BINDINGS = [
        _key("enter", "show", "traces", "show", "The traces behind this figure", "enter"),
        _key("left,left_square_bracket", "turn(-1)", "turn", "before", "The turn before", "←→"),
        _key("right,right_square_bracket", "turn(1)", "turn after", "after", "The turn after"),
    ]
    COMPONENT_CLASSES = {
        f"tokens--{name}"
        for name in ("quiet", "told", "said", "model", "lit", "warning", "error", "cursor")
    }
    DEFAULT_CSS = """
    TokenPane {
        height: 6;
        padding: 0 1;
        border: round $border-blurred;
        border-title-color: $told;
        border-subtitle-color: $quiet;
        overflow-y: hidden;
        scrollbar-size-vertical: 0;
        & > .tokens--quiet { color: $quiet; }
        & > .tokens--told { color: $told; }
        & > .tokens--said { color: $said; text-style: bold; }
        & > .tokens--model { color: $kind-model; }
        & > .tokens--lit { color: $accent; }
        & > .tokens--warning { color: $warning; }
        & > .tokens--error { color: $error; }
        &:focus {
            border: round $border;
            & > .tokens--cursor { background: $block-cursor-background; color: $said; }
        }
    }
    """

    @dataclass
    class Show(Message):
        """The traces behind a figure are wanted."""

        seqs: tuple[int, ...]

    @dataclass
    class Chosen(Message):
        """A person went to another turn; `first_seq` is its first entry."""

        first_seq: int

    @dataclass
    class PageWanted(Message):
        """All figures are wanted, as large as the screen."""

    def __init__(self) -> None:
        super().__init__(id="tokens")
        self.empty = EMPTY
        self.follow = False
        self._account: Account | None = None
        self._course: Course | None = None
        self._now: float | None = None
        self._usual, self._seen = Usual(), Seen()
        self._lines: list[Line] = []
        self._made: object = None  # what the lines were made of
        self._said: object = None  # what the frame says

    # What is shown

    def sync(self, account: Account, now: float | None = None) -> None:
        """Catch up with the session; `now` is the clock while a turn runs."""
        before = self._session
        self._account, self._course, self._now = account, account.course, now
        if self._session is not before:
            self._seen = Seen()
        self._rebuild()

    def light(self, turns: range) -> None:
        """These turns are seen in the conversation."""
        first, last = (turns.start, turns.stop - 1) if turns else (0, -1)
        if (first, last) != (self._seen.first, self._seen.last):
            self._seen.first, self._seen.last = first, last
            self._rebuild()

    def on_resize(self, _event: Resize) -> None:
        """Another size has other lines."""
        self._rebuild()

    def on_show(self) -> None:
        """What came while nobody looked."""
        self._rebuild()

    def on_focus(self) -> None:
        """The first figure is selected from the beginning."""
        self._say()
        if self.cursor is None and self._lines:
            self.go_to(0)

    def on_blur(self) -> None:
        """The frame has another colour."""
        self._say()

    @property
    def _session(self) -> Session | None:
        return None if self._course is None else self._course.session

    @property
    def _turn(self) -> Turn | None:
        """The turn that is shown."""
        if self._session is None or not self._session.turns:
            return None
        return self._session.turns[-1 if self._seen.chosen is None else self._seen.chosen]

    def _rebuild(self) -> None:
        """Make the lines anew, and paint those that differ."""
        course, account, size = self._course, self._account, self.size
        if course is None or account is None or not size or not self.is_mounted:
            return
        session = course.session
        running = session.turns and session.turns[-1].ending is None
        made = (
            course, course.over, session.revision, account.answers, size, self._framed,
            self._seen.chosen, self._seen.first, self._seen.last, self._now if running else None,
        )  # fmt: skip
        if made == self._made:
            return
        self._made = made
        # Without a frame, the first line is where a list would leave a blank.
        lines = [] if self._framed else [Line("", (Part(one_line(EMPTY, size.width)),))]
        if session.turns:
            figures = figures_of(course, account, self._usual, self._seen, self._now)
            make = framed if self._framed else frameless
            lines = make(figures, size.width, size.height)
        before, self._lines = self._lines, lines
        self.set_line_count(len(lines))
        for y, (old, new) in enumerate(zip(before, lines, strict=False)):
            if old != new:
                self.invalidate(y, y + 1)
        if self.cursor is not None and self.cursor < len(before):
            self._stay_on(before[self.cursor].what)
        self._say()

    def _stay_on(self, what: str) -> None:
        """Keep the cursor on its figure, wherever that is now."""
        places = [y for y, line in enumerate(self._lines) if line.what == what]
        if places and self.cursor not in places:
            self.cursor = places[0]

    @property
    def _framed(self) -> bool:
        return bool(self.styles.border_top[0])

    def _say(self) -> None:
        """The frame: the names of the columns, and what the marks mean."""
        turn, course, account = self._turn, self._course, self._account
        if course is None or account is None or not self._framed:
            return
        width, focused = self.size.width, self.has_focus
        at = Columns.of(width, self.size.height)
        told = [] if turn is None else legend(course, account, turn, costs=not at.cost)
        said = (width, focused, turn is None, told)
        if said == self._said:
            return
        self._said = said
        self.border_title = Content("Tokens") if turn is None else _title(at.names(), focused)
        self.border_subtitle = _joined(told, width - 2)

    def line_at(self, y: int, width: int) -> Strip:
        """A line of figures, and what stands beside it."""
        line = self._lines[y]
        strip = Strip(self._drawn(line.parts))
        if y == self.cursor and line.what:
            strip = strip.apply_style(self.style("tokens--cursor"))
        return Strip([*strip, *self._drawn(line.beside)])

    def _drawn(self, parts: tuple[Part, ...]) -> Iterator[Segment]:
        for text, style in parts:
            yield Segment(printable(text, keep_lines=False), self.style(f"tokens--{style}"))

    def line_key(self, y: int) -> Hashable:
        """The line itself, and whether the cursor is on it."""
        return self._lines[y], y == self.cursor

    # The cursor and the keys

    def move(self, lines: int) -> None:
        """To the next figure in this direction: there are lines without one."""
        told = [y for y, line in enumerate(self._lines) if line.what]
        if told:
            at = 0 if self.cursor is None else self.cursor
            ahead = [y for y in told if (y > at if lines > 0 else y < at)]
            self.go_to((min if lines > 0 else max)(ahead, default=at))

    def action_turn(self, direction: int) -> None:
        """The turn before (-1) or after (1); behind the last one it is the newest again."""
        turn, session = self._turn, self._session
        if turn is not None and session is not None:
            self._choose(max(0, turn.index + direction))

    def _choose(self, index: int) -> None:
        """Show a turn, and tell which."""
        session = self._session
        if session is None:
            return
        newest = len(session.turns) - 1
        self._seen.chosen = index if index < newest else None
        self._rebuild()
        self.post_message(self.Chosen(session.turns[min(index, newest)].first_seq))

    def on_click(self, event: Click) -> None:
        """A click on a bar shows its turn, a second one on a figure the traces behind it."""
        offset, y = event.get_content_offset(self), self.line_under(event)
        if offset is None or y is None or self._session is None:
            return
        bars = self._lines[y].bars
        if bars is not None and bars[0] <= offset.x < bars[1]:
            event.prevent_default()  # the cursor stays where it is
            window = self._seen.window(len(self._session.turns), bars[1] - bars[0])
            self._choose(window[offset.x - bars[0]])
        elif event.chain == DOUBLE:
            self.action_show()

    def action_show(self) -> None:
        """Ask for the traces behind the selected figure."""
        turn, session = self._turn, self._session
        if self.cursor is None or self.cursor >= len(self._lines):
            return
        what, seqs = self._lines[self.cursor].what, tuple[int, ...]()
        if turn is not None and session is not None:
            seqs = tuple(sorted(set(behind(what, session, turn))))
        self.post_message(self.Show(seqs) if seqs else self.PageWanted())


def _title(names: str, focused: bool) -> Content:
    """The names of the columns in the line of the frame."""
    line = "$border" if focused else "$border-blurred"
    place = 0
    parts: list[Content] = [Content("Tokens")]
    told = names[7:]  # the frame's title begins one cell behind the lines
    while place < len(told):
        word = told[place:].split(" ")[0] or ""
        if word:
            parts.append(Content.styled(word, "$quiet"))
            place += len(word)
        else:
            spaces = len(told[place:]) - len(told[place:].lstrip(" "))
            dashes = "─" * max(0, spaces - 2)
            parts.append(Content.assemble(" ", (dashes, line), " " if spaces > 1 else ""))
            place += spaces
    return Content("").join(parts)


def _joined(parts: list[Part], width: int) -> Content:
    """Words behind one another, without those that are too much."""
    told = Content("")
    for text, style in parts:
        longer = told + Content(" · " if told.plain else "") + Content.styled(text, f"${style}")
        if longer.cell_length <= width or not told.plain:
            told = longer
    return told
