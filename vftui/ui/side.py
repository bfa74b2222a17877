"""The column beside the conversation: tokens, the trace list, the selected trace.

Below the list stands one of several panels; where the screen is narrow, the list shares their
place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import var

from vftui.ui.detail import TraceDetail
from vftui.ui.lines import LineView
from vftui.ui.problems import ProblemsPane
from vftui.ui.runs import RunsPane
from vftui.ui.tabs import Panel, Tabs
from vftui.ui.tokenpage import TokenPage
from vftui.ui.tokens import TokenPane
from vftui.ui.tracepane import TracePane
from vftui.ui.traces import TraceList
from vftui.ui.waterfall import WaterfallPane

if TYPE_CHECKING:
    from vftui.opening import Opening
    from vftui.reading import Reading

LOWER: tuple[Panel, ...] = ("detail", "time", "problems", "runs")
"""The panels that share the place below the list, where there is room for both."""


class SideColumn(Vertical):
    """Tokens, traces, and one of the panels about the selected trace and its turn.

    Where the screen is narrow, the list is one of the panels that share a place.
    """

    tokens = getters.query_one(TokenPane)
    token_page = getters.query_one(TokenPage)
    trace_pane = getters.query_one(TracePane)
    traces = getters.query_one(TraceList)
    detail = getters.query_one(TraceDetail)
    time = getters.query_one(WaterfallPane)
    problems = getters.query_one(ProblemsPane)
    runs = getters.query_one(RunsPane)

    panel: var[Panel] = var("traces", init=False)
    """What is shown where there is room for one."""
    lower: var[Panel] = var("detail", init=False)
    """What is shown below the list, where there is room for both."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="-panel-traces -lower-detail")
        self._repeats = False
        self._problems = 0
        self._log: Reading | None = None

    def compose(self) -> ComposeResult:
        """The panes, from the top."""
        yield TokenPane()
        yield Tabs(id="tabs")
        yield TracePane()
        yield Tabs(id="lower-tabs")
        yield TraceDetail()
        yield WaterfallPane()
        yield ProblemsPane()
        yield RunsPane()
        yield TokenPage()

    def on_mount(self) -> None:
        """The list is shown first."""
        self._label()

    def watch_panel(self, old: Panel, new: Panel) -> None:
        """Show another panel in the only place."""
        self.remove_class(f"-panel-{old}", update=False).add_class(f"-panel-{new}")
        self._label()

    def watch_lower(self, old: Panel, new: Panel) -> None:
        """Show another panel below the list."""
        self.remove_class(f"-lower-{old}", update=False).add_class(f"-lower-{new}")
        self._label()

    def _label(self) -> None:
        """Say which panels there are, and which is shown."""
        counts: dict[Panel, int] = {"problems": self._problems}
        lower = self.panels[1:]
        self.query_one("#tabs", Tabs).say(self.panels, self.panel, counts)
        self.query_one("#lower-tabs", Tabs).say(lower, self.lower, counts)

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The panels that there are now; the list comes first."""
        return ("traces", *(panel for panel in LOWER if panel != "runs" or self._repeats))

    def sync(self, opening: Opening) -> None:
        """Catch up with the session and its recording."""
        session, self._log = opening.session, opening.log
        self.trace_pane.kept = opening.filters
        self.trace_pane.sync(self._log, session.evidence)
        self.time.sync(session, self._log)
        self.problems.sync(session)
        if len(session.problems) != self._problems:
            self._problems = len(session.problems)
            self._label()
        if opening.repeats is not None:
            self.runs.sync(opening.repeats)
            if not self._repeats:
                self._repeats = True
                self.panel = self.lower = "runs"

    def show(self, panel: Panel) -> None:
        """Bring a panel to the front, and the keys to it."""
        self.panel = panel
        if panel != "traces":
            self.lower = panel
        # At once: `focus()` would come behind the blur of a pane that is hidden by this.
        self.screen.set_focus(self.front)

    def after(self, panel: Panel) -> Panel:
        """The panel behind this one, in a circle."""
        panels = self.panels
        return panels[(panels.index(panel) + 1) % len(panels)]

    @property
    def front(self) -> LineView:
        """What is shown where there is room for one."""
        return self.pane(self.panel)

    def pane(self, panel: Panel) -> LineView:
        """The widget of a panel."""
        panes: dict[Panel, LineView] = {
            "traces": self.traces,
            "detail": self.detail,
            "time": self.time,
            "problems": self.problems,
            "runs": self.runs,
        }
        return panes[panel]

    @on(Tabs.Wanted)
    def _wanted(self, message: Tabs.Wanted) -> None:
        message.stop()
        self.show(message.panel)

    @on(TraceList.Highlighted)
    def _highlighted(self, message: TraceList.Highlighted) -> None:
        row = self.traces.row(message.seq)
        self.detail.show(row, self._log)
        if row is not None:
            self.time.show_turn(row.turn - 1)
