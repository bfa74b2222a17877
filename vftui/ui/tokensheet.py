"""What is on the token page: the figures, the charges, the plots, each as high as there is room.

Three rules:

1. The height of the page decides what there is: a short one has no plots.
2. A turn that is chosen in one of them is chosen in the others.
3. The heights are those of the page, whatever is shown: nothing moves because a number came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from vftui.render.figures import counted_of
from vftui.ui.chargefields import SORTED
from vftui.ui.chargetable import Charges, ChargeTable
from vftui.ui.plots import Plots
from vftui.ui.tokenfigures import TokenFigures
from vftui.ui.tokenpage import TokenPage
from vftui.ui.tokenrows import behind

if TYPE_CHECKING:
    from vftui.render.spending import Course
    from vftui.ui.account import Account

TALL, HIGH = 18, 30
"""Lines from which on there are plots, and from which on everything has more room."""


class TokenSheet(Vertical):
    """The three of them, from the top."""

    DEFAULT_CSS = """
    TokenSheet {
        & > Vertical {
            border-top: solid $border-blurred;
            border-title-color: $told;
            &:focus-within { border-top: solid $border; }
        }
        & > #figures { height: 6; & > .columns { height: 1; color: $quiet; } }
        & > #plotted { height: 8; & > Plots { padding: 0 1; } }
        &.-high > #figures { height: 12; }
        &.-high > #plotted { height: 1fr; }
        &.-short > #plotted { display: none; }
        &.-short > #figures { height: 3; border: none; }
    }
    """

    figures = getters.query_one(TokenFigures)
    charges = getters.query_one(Charges)
    table = getters.query_one(ChargeTable)
    plots = getters.query_one(Plots)

    def __init__(self) -> None:
        super().__init__(id="token-sheet")
        self._account: Account | None = None
        self._course: Course | None = None  # what is shown
        self._state: object = None  # and when that was

    def compose(self) -> ComposeResult:
        """Figures, charges, plots."""
        with Vertical(id="figures") as figures:
            figures.border_title = "Tokens"
            yield Static(classes="columns", markup=False)
            yield TokenFigures()
        yield Charges()
        with Vertical(id="plotted") as plotted:
            plotted.border_title = "Turns"
            yield Plots()

    def on_mount(self) -> None:
        """The keys are at the charges from the beginning."""
        self._catch_up()
        if self.screen.maximized is self.parent:
            self.screen.set_focus(self.table)

    def on_resize(self, event: Resize) -> None:
        """What there is depends on the height."""
        height = event.size.height
        self.set_class(height < TALL, "-short")
        self.set_class(height >= HIGH, "-high")
        self._say()

    def sync(self, account: Account) -> None:
        """Catch up with the session."""
        self._account = account
        if self.is_mounted:
            self._catch_up()

    def _catch_up(self) -> None:
        account = self._account
        course = None if account is None else account.course
        if account is None or course is None or not course.complete:
            return
        state = course, course.session.revision, account.today, account.standings
        if state == self._state:
            return
        self._course, self._state = course, state
        self.figures.sync(course, account)
        self.table.sync(course)
        self.plots.sync(course)
        self._say()

    @on(TokenFigures.LaidOut)
    @on(ChargeTable.Sorted)
    def _say(self) -> None:
        """The names above the figures, and what the table is sorted by."""
        figures, ranks = self.figures, self.table.ranks
        names = self.query_one("#figures > .columns", Static)
        if names.content != figures.header:
            names.update(figures.header, layout=False)
        by = Content.styled(f" · by {ranks.field.name} {SORTED[ranks.backwards]}", "$quiet")
        self.charges.border_title = Content(counted_of(len(ranks), "charge")) + by

        for part, told in (("#figures", self._about_figures()), ("#plotted", self._about_plots())):
            if (frame := self.query_one(part)).border_title != told:
                frame.border_title = told

    @on(Plots.LaidOut)
    def _laid_out(self) -> None:
        """Other plots are seen, and there may be none to turn to."""
        self._say()
        self.refresh_bindings()

    def _about_figures(self) -> Content:
        """What must not be overlooked, however few lines there are."""
        standings = [] if self._account is None else self._account.standings
        spent = [one for one in standings if one.level]
        look = "$error" if any(one.level == 100 for one in spent) else "$warning"
        words = "".join(f" · {one.words}" for one in sorted(spent, key=lambda one: -one.level))
        return Content("Tokens") + Content.styled(words, look)

    def _about_plots(self) -> Content:
        """Where there is no room for all: which others there are; of one alone what is usual."""
        shown, many = self.plots.shown, self.plots.many
        told = [shown[0].usual] if many == 1 and shown else []
        if others := [sight.name for sight in shown[many:]]:
            told.append(f"[ ] {', '.join(others)}")
        if self.plots.several > 1:
            told.append(f"each column the highest of {self.plots.several:,}")
        words = "".join(f" · {one}" for one in told if one)
        return Content("Turns") + Content.styled(words, "$quiet")

    @property
    def has_more(self) -> bool:
        """Whether there are plots for which there is no room."""
        return not self.has_class("-short") and self.plots.many < len(self.plots.shown)

    def turn_over(self, direction: int) -> None:
        """Show other plots, where there is no room for all."""
        self.plots.turn_over(direction)
        self._say()

    @on(ChargeTable.Chosen)
    def _charge_chosen(self, message: ChargeTable.Chosen) -> None:
        if message.call is not None:
            self.plots.chosen = message.call.turn

    @on(Plots.Chosen)
    def _turn_chosen(self, message: Plots.Chosen) -> None:
        self.table.choose_turn(message.turn)

    @on(Plots.Show)
    def _show_turn(self, message: Plots.Show) -> None:
        message.stop()
        course = self._course
        if course is not None and message.turn < len(course.session.turns):
            seqs = behind("turn", course.session, course.session.turns[message.turn])
            self.post_message(TokenPage.Show(tuple(sorted(set(seqs)))))

    @on(TokenFigures.Show)
    @on(ChargeTable.Show)
    def _show(self, message: TokenFigures.Show | ChargeTable.Show) -> None:
        message.stop()
        self.post_message(TokenPage.Show(message.seqs))
