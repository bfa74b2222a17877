"""The plots of the token page: tokens, time and speed by turn, side by side where there is room.

Two rules:

1. A plot is drawn when what it shows has changed, and never line by line.
2. A colour never stands alone: the lower part of a column is below, the upper one above, and the
   names say which is which. A mark below a column says what is guessed or not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from vftui.render.plot import Look, Plot, several
from vftui.render.sights import Sight, Sights

if TYPE_CHECKING:
    from textual.events import Click

    from vftui.render.spending import Course

NARROWEST = 44
"""Cells that a plot needs."""

APART = 2
"""Cells between two plots."""


Words = tuple[str, str]
"""Some words, and how they look."""

LOOKS: tuple[Look, ...] = (
    "lower", "upper", "both", "axis", "across", "mark", "chosen", "blank",
)  # fmt: skip


class Plots(Widget, can_focus=True):
    """As many plots as there is room for, and the turn that is chosen in them."""

    BINDING_GROUP_TITLE = "Plots"
    HELP = """\
## Plots

A column for every turn. **Tokens**: what the models were asked is below, what they answered above.
**Time**: to the first text below, from there to the end above. **Speed**: answer tokens a second.
Below a column, `~` is guessed, `?` was not reported, `▲` is the chosen turn; `┄` are the median and
the 95th percentile. **left** and **right** go from turn to turn, **enter** shows the traces of its
model calls.
"""
    BINDINGS = [
        Binding("left,h", "turn(-1)", "turn before", id="plots.before", show=False,
                tooltip="The turn of the column before"),
        Binding("right,l", "turn(1)", "turn after", id="plots.after", show=False,
                tooltip="The turn of the next column"),
        Binding("home,g", "end(0)", "first turn", id="plots.first", show=False,
                tooltip="The first turn"),
        Binding("end,G", "end(-1)", "last turn", id="plots.last", show=False,
                tooltip="The last turn"),
        Binding("enter", "show", "traces", id="plots.show", key_display="enter",
                tooltip="The traces of the model calls of this turn"),
    ]  # fmt: skip
    COMPONENT_CLASSES = {"plots--name", "plots--told", *(f"plots--{look}" for look in LOOKS)}
    DEFAULT_CSS = """
    Plots {
        height: 1fr;
        & > .plots--name { color: $told; text-style: bold; }
        & > .plots--told, & > .plots--axis, & > .plots--across { color: $quiet; }
        & > .plots--lower { color: $quiet 60%; }
        & > .plots--upper { color: $accent; }
        & > .plots--mark { color: $warning; }
        & > .plots--chosen { color: $said; text-style: bold; }
    }
    """

    first: var[int] = var(0)
    """The plot that is shown first, where there is no room for all."""
    chosen: var[int | None] = var(None)
    """The turn that is chosen."""

    @dataclass
    class Chosen(Message):
        """A person went to another turn."""

        turn: int

    @dataclass
    class Show(Message):
        """The traces of a turn's calls are wanted."""

        turn: int

    class LaidOut(Message):
        """There may be room for others."""

    def __init__(self) -> None:
        super().__init__(id="plots")
        self._sights = Sights()
        self._sights_now: tuple[Sight, ...] = ()
        self._plots: list[Plot] = []  # those that are seen, drawn
        self._strips: list[Strip] | None = None

    def sync(self, course: Course) -> None:
        """Catch up with the session."""
        self._sights_now = self._sights.of(course)
        self._redraw()

    @property
    def shown(self) -> tuple[Sight, ...]:
        """All plots, the one that is shown first before the others."""
        return (*self._sights_now[self.first :], *self._sights_now[: self.first])

    @property
    def many(self) -> int:
        """How many plots there is room for."""
        return max(1, min(len(self._sights_now), self.size.width // NARROWEST))

    @property
    def several(self) -> int:
        """How many turns a column is the highest of."""
        return several(len(self._sights_now[0].figures), self._each) if self._sights_now else 1

    @property
    def _each(self) -> int:
        """Cells of one plot."""
        many = self.many
        return max(1, (self.size.width - APART * (many - 1)) // many)

    def turn_over(self, direction: int) -> None:
        """Show the next plot first, or the one before."""
        self.first = (self.first + direction) % max(1, len(self._sights_now))

    def watch_first(self) -> None:
        """Draw the others."""
        self._redraw()

    def watch_chosen(self) -> None:
        """Mark the turn in every plot."""
        self._redraw()

    def notify_style_update(self) -> None:
        """The theme or the focus changed, perhaps."""
        super().notify_style_update()
        self._redraw()

    def on_resize(self) -> None:
        """Draw them in another size."""
        self._redraw()
        self.post_message(self.LaidOut())

    # Drawing

    def render_line(self, y: int) -> Strip:
        """A line through all plots that are seen."""
        if self._strips is None:
            self._strips = list(self._drawn())
        base = self.visual_style.rich_style
        strip = self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)
        return strip.adjust_cell_length(self.size.width).apply_style(base)

    def _redraw(self) -> None:
        self._strips = None
        self.refresh()

    def _drawn(self) -> Iterator[Strip]:
        """The lines of all plots that are seen, side by side."""
        width, height = self.size
        many, each = self.many, self._each
        captions = 1 if many == 1 else 2  # of one alone, the frame says what is usual
        shown = self.shown[:many]
        self._plots = [Plot(sight.figures, each, height - captions) for sight in shown]
        drawn = []
        for sight, plot in zip(shown, self._plots, strict=True):
            told = [self._strip(line, each) for line in self._captions(sight, captions)]
            lines = [
                self._strip([(text, f"plots--{look}") for text, look in line], each)
                for line in plot.lines(self._chosen_in(sight))
            ]
            drawn.append([*told, *lines])
        gap = Strip.blank(APART)
        for row in zip(*drawn, strict=True):
            yield Strip.join([part for strip in row for part in (strip, gap)]).crop(0, width)

    def _chosen_in(self, sight: Sight) -> int | None:
        chosen = self.chosen
        return chosen if chosen is not None and chosen < len(sight.figures) else None

    def _captions(self, sight: Sight, lines: int) -> Iterator[list[Words]]:
        """What a plot is about, the figures of the chosen turn, and what is usual."""
        turn = self._chosen_in(sight)
        whole = _caption(sight, turn, named=True, figures=True)
        # What is too long goes as a whole: a figure that is cut would be another one.
        shorter = (_caption(sight, turn, named=False, figures=one) for one in (True, False))
        yield next((line for line in (whole, *shorter) if _width(line) <= self._each), whole[:1])
        if lines > 1:
            both, (median, *_) = sight.usual, sight.usual.split(" · ")
            usual = next((one for one in (both, median) if len(one) <= self._each), "")
            yield [(usual, "plots--told")]

    def _strip(self, line: list[Words], width: int) -> Strip:
        segments = [Segment(text, self._style(look)) for text, look in line]
        return Strip(segments).adjust_cell_length(width)

    def _style(self, look: str) -> Style:
        if look == "plots--both":
            lower, upper = self._style("plots--lower"), self._style("plots--upper")
            return Style(color=lower.color, bgcolor=upper.color)
        return self.get_component_rich_style(look)

    # The chosen turn

    def _go(self, turn: int) -> None:
        self.chosen = turn
        self.post_message(self.Chosen(turn))

    def action_turn(self, direction: int) -> None:
        """To the turn of the column before (-1) or after (1)."""
        plot = next(iter(self._plots), None)
        if plot is None or not plot.turns:
            return
        last = len(plot.turns) - 1
        column = last if self.chosen is None else plot.column_of(self.chosen) + direction
        self._go(plot.turns[max(0, min(column, last))])

    def action_end(self, end: int) -> None:
        """To the first (0) or the last (-1) turn."""
        if self._plots and (turns := self._plots[0].turns):
            self._go(turns[end])

    def on_click(self, event: Click) -> None:
        """To the turn whose column was clicked."""
        offset = event.get_content_offset(self)
        if offset is None or not self._plots:
            return
        number, x = divmod(offset.x, self._each + APART)
        turn = self._plots[number].turn_at(x) if number < len(self._plots) else None
        if turn is not None:
            self._go(turn)

    def action_show(self) -> None:
        """Ask for the traces of the chosen turn."""
        if self.chosen is not None:
            self.post_message(self.Show(self.chosen))


def _caption(sight: Sight, turn: int | None, *, named: bool, figures: bool) -> list[Words]:
    """What a plot is about, with the turn's name and its figures if that is wanted."""
    line = [(sight.name, "plots--name")]
    if turn is not None and named:
        line.append((f" of turn {turn + 1:,}", "plots--told"))
    looks = (("▄", "plots--lower"), ("▀", "plots--upper"))[-len(sight.parts) :]
    for part, ((name, _), (sign, look)) in enumerate(zip(sight.parts, looks, strict=True)):
        figure = f" {sight.of(turn, part)}" if turn is not None and figures else ""
        line += [("  ", "plots--told"), (sign, look), (f" {name}{figure}", "plots--told")]
    return line


def _width(line: list[Words]) -> int:
    return sum(len(text) for text, _ in line)
