"""The trace list: what a person can do in it.

One rule: what the list cannot do by itself it asks for with a message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual.binding import Binding
from textual.message import Message

from vftui.ui.copymenu import CopyWanted
from vftui.ui.external import OpenWanted
from vftui.ui.tracerows import TraceRows

if TYPE_CHECKING:
    from vftui.reading import Row

Direction = Literal[-1, 1]
Line = Literal["filter", "search", "remark"]
"""What is typed on the line above the list."""

NOWHERE = {-1: "above", 1: "below"}


def _key(keys: str, action: str, name: str, id: str, tooltip: str, shown: str = "") -> Binding:
    return Binding(
        keys, action, name, id=f"traces.{id}", show=bool(shown), tooltip=tooltip,
        key_display=shown or None,
    )  # fmt: skip


class TraceList(TraceRows):
    """The rows, and the keys that work on them."""

    BINDING_GROUP_TITLE = "Traces"
    HELP = """\
## Traces

One row for every entry: what was sent, and every frame that came. **enter** shows the message
that a trace made, **m** makes one row of all the pieces of a completion, or of each its own.

**f** filters: `type:debug level>=warn`, `gap>500ms`, `"pier 3"`, `-type:block`, `/regex/`, joined
by spaces, `OR` and parentheses. Meanwhile **tab** completes, **up** and **down** recall filters
that were kept, and **ctrl+s** keeps this one under a name: `@name` then stands for it. An empty
filter kept under a name forgets that one.

**/** searches for a text, or a `/regex/`; **n** and **N** go from hit to hit, **e** and **E** from
error or problem to the next, **w** and **W** from warning to warning.

**space** marks a row and **M** shows only those that are marked; **r** writes a remark on a row.

`W`, `E` and `F` are warnings, errors and fatal errors. `▴` is a gap of half a second, `▲` one of
two seconds, or a size of 64 KiB. `●` is your mark, `*` a hit. `43×  2.9 s  15/s` are the pieces
of a merged row, how long they took to come, and how many came in a second.
"""
    BINDINGS = [
        _key("enter,t", "show_message", "message", "message",
             "Show the message that this trace belongs to", "enter"),
        _key("f", "type('filter')", "filter", "filter", "Filter the traces", "f"),
        _key("slash", "type('search')", "search", "search", "Search the traces", "/"),
        _key("n", "hit(1)", "hit", "hit", "The next hit of the search"),
        _key("N", "hit(-1)", "hit before", "hit_before", "The hit of the search before"),
        _key("e", "alarm('error', 1)", "error", "error", "The next error or problem", "e"),
        _key("E", "alarm('error', -1)", "error before", "error_before",
             "The error or problem before"),
        _key("w", "alarm('warning', 1)", "warning", "warning", "The next warning"),
        _key("W", "alarm('warning', -1)", "warning before", "warning_before", "The warning before"),
        _key("m", "merge", "merge", "merge",
             "One row for all the pieces of a completion, or one for each", "m"),
        _key("space", "mark", "mark", "mark", "Mark this trace, or take the mark away", "space"),
        _key("M", "only_marked", "only marked", "only_marked", "Show only marked traces, or all"),
        _key("r", "type('remark')", "remark", "remark", "Write a remark on this trace", "r"),
        _key("y", "copy", "copy", "copy", "Copy something of this trace", "y"),
        _key("o", "open", "open", "open", "Open this trace in your pager"),
        _key("O", "open(True)", "edit", "edit", "Open this trace in your editor"),
        _key("x", "export", "export", "export", "Export the session, or what the filter shows"),
    ]  # fmt: skip

    @dataclass
    class ShowMessage(Message):
        """The message that entry `seq` belongs to is wanted."""

        seq: int

    @dataclass
    class LineWanted(Message):
        """The person wants to type a filter, a search, or a remark on the selected entry."""

        line: Line

    @dataclass
    class ExportWanted(Message):
        """The session is wanted in a file, or what a filter shows of it."""

        filter: str
        seq: int | None
        """The selected entry, whose turn may be meant."""

    def __init__(self) -> None:
        super().__init__()
        self._told: tuple[int | None, str] = (None, "")  # what a key led to, on which row

    def _notes(self) -> list[str]:
        """Where the list stands, or why it still stands there."""
        seq, told = self._told
        return [told] if told and seq == self.seq and not self.below else super()._notes()

    # Elsewhere

    def action_show_message(self) -> None:
        """Ask for the message that the selected entry belongs to."""
        if (seq := self.seq) is not None:
            self.post_message(self.ShowMessage(seq))

    def action_copy(self) -> None:
        """Ask what to copy of the selected entry."""
        if (row := self._row) is not None:
            self.post_message(CopyWanted(row))

    def action_open(self, editor: bool = False) -> None:
        """Ask for the selected entry in the pager, or in the editor."""
        if (row := self._row) is not None:
            self.post_message(OpenWanted(row, editor))

    def action_export(self) -> None:
        """Ask for the session in a file."""
        if self.sifting.total:
            self.post_message(self.ExportWanted(self.filter_words, self.seq))

    def action_type(self, line: Line) -> None:
        """Ask for a line to type on."""
        if line != "remark" or self.seq is not None:
            self.post_message(self.LineWanted(line))

    # From row to row

    def action_hit(self, direction: Direction) -> None:
        """Go to the next hit of the search, or to the one before."""
        found, seq = self.sifting.found, self.seq
        if not self.wish.search:
            self.action_type("search")
        elif found is not None and seq is not None:
            self._go(found.next(seq, direction), "hit", direction)

    def action_alarm(self, what: str, direction: Direction) -> None:
        """Go to the next error or warning, or to the one before, of what is shown."""
        log, here = self.sifting.log, self.seq
        if log is None or here is None:
            return
        query = self.wish.alarm(what, self.saved)
        seq: int | None = here
        while seq is not None:
            seq = log.nearest(query, seq, direction, problems=self.sifting.problems)
            if seq is None or self.head(seq) != here:
                break
        self._go(seq, what, direction)

    def _go(self, seq: int | None, what: str, direction: Direction) -> None:
        if seq is not None:
            self.choose(seq)
        else:
            self._told = (self.seq, f"no {what} {NOWHERE[direction]}")
            self.post_message(self.Rearranged())

    # What is shown, and what is noted

    def action_merge(self) -> None:
        """One row for all the pieces of a span, or one for each."""
        self.want(merged=not self.wish.merged)

    def action_only_marked(self) -> None:
        """Show only what is marked, or all."""
        self.want(only_marked=not self.wish.only_marked)

    def action_mark(self) -> None:
        """Mark the selected entry, or take the mark away."""
        log, row = self.sifting.log, self._row
        if log is not None and row is not None:
            self.note(row.seq, lambda: log.mark([row.seq], not row.marked))

    def remark(self, text: str) -> None:
        """Write a remark on the selected entry; an empty one takes it away."""
        log, row = self.sifting.log, self._row
        if log is not None and row is not None:
            self.note(row.seq, lambda: log.remark(row.seq, text.strip()))

    @property
    def remarked(self) -> str:
        """The remark on the selected entry."""
        return "" if self._row is None else self._row.remark

    @property
    def _row(self) -> Row | None:
        """The selected entry."""
        return None if self.seq is None else self.row(self.seq)
