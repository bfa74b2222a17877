"""The pane of problems: what is wrong in which turn, why that happens, and what to do about it.

The chosen problem is unfolded below its line; the others are a line each. The newest is chosen
until a person goes to another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.strip import Strip

from vftui.render.figures import count
from vftui.render.text import one_line, printable
from vftui.secrets import mask
from vftui.ui.panel import SidePanel
from vftui.ui.wrap import wrap

if TYPE_CHECKING:
    from vftui.session.fold import Session
    from vftui.session.items import Level
    from vftui.session.problems import Problem

GLYPHS: dict[Level, str] = {"error": "×", "warning": "!", "info": "·", "quiet": "·"}
"""How loud a rule is, readable without colours."""

NAMED = 6
"""Entries of the evidence that are named; of more it tells how many there are."""

LABEL = 5
"""Cells of the words before an unfolded text."""

EMPTY = (
    "Nothing is wrong so far. What breaks a rule appears here while it arrives, with its cause and "
    "a fix: lost events, stalls, failed tools, counts that do not add up."
)


class ProblemsPane(SidePanel):
    """All problems of a session, in the order in which they were found."""

    BINDING_GROUP_TITLE = "Problems"
    HELP = """\
## Problems

What is not as it should be, found while it arrives: **×** an error, **!** a warning, **·** worth
knowing. The chosen one tells its cause and a fix; **enter** shows the traces that it is seen in.
"""
    BINDINGS = [
        Binding(
            "enter", "show", "traces", id="problems.show", key_display="enter",
            tooltip="Show the evidence",
        ),
    ]  # fmt: skip
    COMPONENT_CLASSES = {
        "problems--quiet", "problems--told", "problems--cursor",
        *(f"problems--{level}" for level in GLYPHS),
    }  # fmt: skip
    DEFAULT_CSS = """
    ProblemsPane {
        & > .problems--quiet, & > .problems--info { color: $quiet; }
        & > .problems--told { color: $told; }
        & > .problems--warning { color: $kind-tool; }
        & > .problems--error { color: $kind-error; }
        & > .problems--cursor { background: $block-cursor-background; color: $said; }
    }
    """
    CURSOR = True

    @dataclass
    class Show(Message):
        """The entries that show a problem are wanted."""

        seqs: tuple[int, ...]

    def __init__(self) -> None:
        super().__init__(id="problems")
        self.empty = EMPTY
        self.border_title = Content("Problems")
        self.follow = False  # the cursor goes with what arrives, not the window
        self._found: list[Problem] = []  # the session's own list, which grows
        self._state: tuple[int, list[Problem]] = (0, [])  # how many, and those that may change
        self._newest = True  # whether the newest is to be chosen
        self._below: list[tuple[str, str]] = []  # the unfolded lines: what they begin with, text

    @property
    def chosen(self) -> Problem | None:
        """The problem that is unfolded."""
        return None if self.cursor is None else self._found[self.cursor]

    def sync(self, session: Session) -> None:
        """Catch up with the session."""
        from vftui.session.problems import RULES  # needs pydantic: not at the start

        found = session.problems
        if found is not self._found:
            self.cursor = None
            self._found, self._newest = found, True
        # Only those of the newest turn change, of which each rule has one.
        state = (len(found), found[-len(RULES) :])
        if state != self._state:
            self._state = state
            many = Content.styled(f" · {count(len(found))}" if found else "", "$quiet")
            self.border_title = Content("Problems") + many
            if self._newest and found:
                self.cursor = len(found) - 1
            self._unfold()

    # Lines: the place of the cursor is the place of its problem, because what is unfolded comes
    # below it.

    def line_at(self, y: int, width: int) -> Strip:
        """A problem, or a line of what is unfolded below the chosen one."""
        place, below = self._place(y)
        if below is not None:
            label, text = self._below[below]
            start = f"  {label:<{LABEL}}"
            told = Segment(text, self.style("problems--told"))
            return Strip([Segment(start, self.style("problems--quiet")), told])
        from vftui.session.problems import RULES

        problem = self._found[place]
        level = RULES[problem.rule].level
        turn = _turn_of(problem)
        segments = [
            Segment(f"{GLYPHS[level]} ", self.style(f"problems--{level}")),
            Segment(turn, self.style("problems--quiet")),
            Segment(one_line(_told(problem), width - 2 - len(turn)), self.style("problems--told")),
        ]
        strip = Strip(segments).adjust_cell_length(width)
        return strip.apply_style(self.style("problems--cursor")) if y == self.cursor else strip

    def line_under(self, event: Click) -> int | None:
        """The place of the problem that was clicked, whichever of its lines."""
        y = super().line_under(event)
        return None if y is None else self._place(y)[0]

    def lay_out(self, width: int) -> None:
        """Break what is unfolded for another width."""
        self._unfold()

    def validate_cursor(self, cursor: int | None) -> int | None:
        """Keep the cursor on a problem."""
        if cursor is None or not self._found:
            return None
        return max(0, min(cursor, len(self._found) - 1))

    def watch_cursor(self) -> None:
        """Unfold another one, and bring all of it into view."""
        self._unfold()
        if self.cursor is not None:
            self.show_line(self.cursor + len(self._below))
            self.show_line(self.cursor)

    def go_to(self, y: int) -> None:
        """Choose a problem."""
        super().go_to(y)
        self._newest = self.cursor == len(self._found) - 1

    def action_follow(self) -> None:
        """To the newest one, and go with it when more come."""
        self.go_to(len(self._found) - 1)

    def on_click(self, event: Click) -> None:
        """A click on the chosen one shows where it is seen."""
        if self.cursor is not None and self.line_under(event) == self.cursor:
            self.action_show()

    def action_show(self) -> None:
        """Ask for the evidence of the chosen problem."""
        if (problem := self.chosen) is not None:
            self.post_message(self.Show(problem.seqs))

    def _place(self, y: int) -> tuple[int, int | None]:
        """The problem that line `y` is of, and which of the lines below it; None: its own."""
        if self.cursor is None or y <= self.cursor:
            return y, None
        below = y - self.cursor - 1
        return (self.cursor, below) if below < len(self._below) else (y - len(self._below), None)

    def _unfold(self) -> None:
        problem = self.chosen
        self._below = [] if problem is None else list(self._lines_of(problem))
        self.border_subtitle = Content("" if problem is None else problem.rule)
        self.set_line_count(len(self._found) + len(self._below))
        self.invalidate_all()

    def _lines_of(self, problem: Problem) -> Iterator[tuple[str, str]]:
        from vftui.session.problems import RULES

        rule = RULES[problem.rule]
        seqs = ", ".join(f"#{seq}" for seq in problem.seqs[:NAMED])
        if (more := len(problem.seqs) - NAMED) > 0:
            seqs = f"{seqs} and {count(more)} more"
        room = max(1, self.line_width - LABEL - 2)
        told = _told(problem)
        parts = [("why", rule.cause), ("fix", rule.fix), ("see", seqs)]
        if cell_len(told) > self.line_width - 2 - len(_turn_of(problem)):
            parts.insert(0, ("seen", told))  # of which the line has only the beginning
        for label, text in parts:
            for line in wrap(Text(text), room):
                yield label, line.plain.rstrip()
                label = ""


def _turn_of(problem: Problem) -> str:
    return f"turn {problem.turn + 1}  "


def _told(problem: Problem) -> str:
    """What was seen first, and how often the rule was broken; names in it are from outside."""
    text = printable(mask(problem.text), keep_lines=False)
    return text if problem.times == 1 else f"{text} (the first of {count(problem.times)})"
