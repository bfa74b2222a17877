"""The pane of the traces: the list, the names of its columns, and a line to type on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import getters, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from vftui.errors import VftuiError
from vftui.render.text import printable
from vftui.ui.traceline import Line, TraceLine
from vftui.ui.traces import TraceList

if TYPE_CHECKING:
    from vftui.filters import Filters
    from vftui.reading import Reading


class TracePane(Vertical):
    """The trace list under the names of its columns and, when wanted, a line to type on."""

    ALLOW_MAXIMIZE = True
    DEFAULT_CSS = """
    TracePane {
        border: round $border-blurred;
        border-title-color: $told;
        border-subtitle-color: $quiet;
        &:focus-within { border: round $border; }
        & > .columns { height: 1; color: $quiet; }
    }
    """

    rows = getters.query_one(TraceList)
    line = getters.query_one(TraceLine)

    def __init__(self) -> None:
        super().__init__()
        self.kept: Callable[[], Filters] | None = None
        """Reads the filters that were kept; None: none are."""
        self._filters: Filters | None = None
        self._state: object = None  # what the border says
        self._faulty = False  # whether what is typed cannot be used
        self._unnamed = ""  # the filter that a name is typed for

    def compose(self) -> ComposeResult:
        """A line, the names of the columns, the rows."""
        yield TraceLine()
        yield Static(classes="columns", markup=False)
        yield TraceList()

    def sync(self, log: Reading, problems: Collection[int] = ()) -> None:
        """Catch up with the log; `problems` are the entries that are evidence of one."""
        self.rows.sync(log, problems)

    def on_resize(self) -> None:
        """The columns may be others now."""
        self._say()

    @on(TraceList.Rearranged)
    @on(TraceList.FollowChanged)
    @on(TraceList.Highlighted)
    def _say(self) -> None:
        rows = self.rows
        if self._state != rows.state:
            self._state = self.border_title, self.border_subtitle = rows.state
        names = self.query_one(".columns", Static)
        header = rows.columns(rows.line_width).header() if rows.line_count else ""
        if names.content != header:
            names.update(header, layout=False)

    # The line

    @property
    def typing(self) -> Line | None:
        """What is typed; None: nothing is."""
        return self.line.line

    @on(TraceList.LineWanted)
    def _asked(self, message: TraceList.LineWanted) -> None:
        rows, line = self.rows, self.line
        self._faulty = False
        if message.line != "remark":
            self._prepare()
        match message.line:
            case "filter":
                fault = self._load()
                line.ask("filter", rows.wish.filter)
                if fault is not None:
                    line.fault(fault)
            case "search":
                line.ask("search", rows.wish.search)
            case "remark":
                line.ask("remark", rows.remarked)

    def _load(self) -> VftuiError | None:
        """Read the filters that were kept; what went wrong."""
        if self._filters is None and self.kept is not None:
            try:
                self._filters = self.kept()
            except VftuiError as error:
                return error
            self.rows.saved = self.line.kept = self._filters
        return None

    @work(group="known", exclusive=True)
    async def _prepare(self) -> None:
        """Learn what a filter can ask for here, and load what reads one, while it is typed."""
        from vftui.query import parse

        await asyncio.to_thread(parse, "type:x /x/")
        with suppress(VftuiError):
            self.line.known = await asyncio.to_thread(self.rows.known)

    @on(TraceList.Failed)
    def _failed(self, message: TraceList.Failed) -> None:
        """Say it below the line, or where there is none, in a note."""
        message.stop()
        if self.typing is not None:
            self._faulty = True
            self.line.fault(message.error)
        else:
            words = f"{message.error.message} {message.error.hint}".strip()
            self.notify(printable(words), severity="error", markup=False)

    @on(TraceLine.Typed)
    def _typed(self, message: TraceLine.Typed) -> None:
        if message.text != self.line.field.value:
            return  # a person types faster than we read
        match message.line:
            case "filter":
                self._try(lambda: self.rows.filter(message.text))
            case "search":
                self._try(lambda: self.rows.search(message.text))

    @on(TraceLine.Done)
    def _done(self, message: TraceLine.Done) -> None:
        text = message.text
        match message.line:
            case "remark":
                self.rows.remark(text)
            case "name":
                self._try(lambda: self._keep(text))
            case _:
                self._typed(TraceLine.Typed(message.line, text))
        if not self._faulty:
            self._close()

    @on(TraceLine.Left)
    def _left(self, message: TraceLine.Left) -> None:
        match message.line:
            case "filter":
                self.rows.filter("")
            case "search":
                self.rows.search("")
            case "name":
                self.line.ask("filter", self._unnamed)
                return
        self._close()

    @on(TraceLine.Keep)
    def _ask_name(self, message: TraceLine.Keep) -> None:
        if self._filters is not None and not self._faulty:
            self._unnamed = message.text
            self.line.ask("name")

    def _keep(self, name: str) -> None:
        """Keep the filter under a name; without a filter, forget the one that has it."""
        if self._filters is None:
            return
        if self._unnamed.strip():
            self._filters.save(name, self._unnamed)
        else:
            self._filters.delete(name.strip())

    def _try(self, what: Callable[[], None]) -> None:
        """Do it; if that cannot be, say why below the line."""
        self._faulty = False
        try:
            what()
        except VftuiError as error:
            self._faulty = True
            place = getattr(error, "at", None)
            self.line.fault(error, place, getattr(error, "length", 1))

    def _close(self) -> None:
        self.line.close()
        self.rows.searched()
        self.rows.focus()
