"""The column beside the conversation: tokens, the trace list, the selected trace.

Where the screen is narrow, the list and the detail share one place, told apart by a line of tabs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click, Key
from textual.reactive import var
from textual.widgets import Input, Static

from vftui.ui.detail import TraceDetail
from vftui.ui.field import Field
from vftui.ui.lines import LineView
from vftui.ui.tokens import TokenPane
from vftui.ui.traces import TraceList

if TYPE_CHECKING:
    from vftui.recording import Journal
    from vftui.session.fold import Session


class TracePane(Vertical):
    """The trace list under the names of its columns and, when wanted, a filter."""

    ALLOW_MAXIMIZE = True
    DEFAULT_CSS = """
    TracePane {
        border: round $border-blurred;
        border-title-color: $told;
        border-subtitle-color: $quiet;
        &:focus-within { border: round $border; }
        & > .columns { height: 1; color: $quiet; }
        & > Input { display: none; height: 1; padding: 0; background: $panel; }
        &.-filtering > Input { display: block; }
    }
    """

    filtering: var[bool] = var(False, toggle_class="-filtering")
    """Whether a filter is being typed."""

    def __init__(self) -> None:
        super().__init__()
        self._state: object = None  # what the border says

    def compose(self) -> ComposeResult:
        """A filter, the names of the columns, the rows."""
        yield Field('a type, or "some text"; enter keeps it, esc clears it')
        yield Static(classes="columns", markup=False)
        yield TraceList()

    @property
    def rows(self) -> TraceList:
        """The list."""
        return self.query_one(TraceList)

    def sync(self, journal: Journal) -> None:
        """Catch up with the recording."""
        self.rows.sync(journal)
        self._say()

    def on_resize(self) -> None:
        """The columns may be others now."""
        self._say()

    @on(TraceList.FollowChanged)
    def _say(self) -> None:
        rows = self.rows
        if self._state != rows.state:
            self._state = self.border_title, self.border_subtitle = rows.state
        names = self.query_one(".columns", Static)
        header = rows.columns(rows.line_width).header() if rows.line_count else ""
        if names.content != header:
            names.update(header, layout=False)

    @on(TraceList.FilterWanted)
    def _ask(self) -> None:
        self.filtering = True
        field = self.query_one(Field)
        field.value = self.rows.filter_words
        field.focus()

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        if self.filtering:
            self.rows.filter(message.value)
            self._say()

    @on(Input.Submitted)
    def _done(self, message: Input.Submitted) -> None:
        message.stop()
        self._close()

    def on_key(self, event: Key) -> None:
        """Escape while a filter is typed: all entries again."""
        if event.key == "escape" and self.filtering:
            event.stop()
            self.rows.filter("")
            self._close()

    def _close(self) -> None:
        self.filtering = False
        self.rows.focus()
        self._say()


LIST_TAB, DETAIL_TAB = " Traces ", " Detail "


class Tabs(Static):
    """Which of the list and the detail is shown; a click shows the other."""

    def on_click(self, event: Click) -> None:
        """Show the one that was clicked."""
        event.stop()
        place = event.x - self.gutter.left
        self.screen.query_one(SideColumn).show(detailed=place > len(LIST_TAB))

    def say(self, detailed: bool) -> None:
        """Mark the one that is shown."""
        on, off = "bold $accent", "$quiet"
        self.update(
            Content.assemble(
                (LIST_TAB, off if detailed else on), "│", (DETAIL_TAB, on if detailed else off)
            )
        )


class SideColumn(Vertical):
    """Tokens, traces and the selected trace."""

    tokens = getters.query_one(TokenPane)
    trace_pane = getters.query_one(TracePane)
    traces = getters.query_one(TraceList)
    detail = getters.query_one(TraceDetail)

    detailed: var[bool] = var(False, toggle_class="-detailed", init=False)
    """Whether the detail stands in the place that it shares with the list."""

    def compose(self) -> ComposeResult:
        """The panes, from the top."""
        yield TokenPane()
        yield Tabs()
        yield TracePane()
        yield TraceDetail()

    def on_mount(self) -> None:
        """The list is shown first."""
        self.query_one(Tabs).say(self.detailed)

    def watch_detailed(self, detailed: bool) -> None:
        """Mark the tab that is shown."""
        self.query_one(Tabs).say(detailed)

    def sync(self, session: Session, journal: Journal) -> None:
        """Catch up with the session and its recording."""
        self.trace_pane.sync(journal)
        self.tokens.sync(session)

    def show(self, *, detailed: bool) -> None:
        """Bring the list or the detail to the front, and the keys to it."""
        self.detailed = detailed
        # At once: `focus()` would come behind the blur of a pane that is hidden by this.
        self.screen.set_focus(self.front)

    @property
    def front(self) -> LineView:
        """The list or the detail, whichever is shown where there is room for one."""
        return self.detail if self.detailed else self.traces

    @on(TraceList.Highlighted)
    def _highlighted(self, message: TraceList.Highlighted) -> None:
        self.detail.show(self.traces.row(message.seq))
