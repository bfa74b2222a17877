"""How the trace list looks: what stands on which line.

One rule: rows are paged from the recording and decoded only when they are looked at, so a session
of a million entries costs what fits in the window.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from typing import TYPE_CHECKING

from textual.strip import Strip

from vftui.ui.athand import AtHand
from vftui.ui.columns import Columns
from vftui.ui.lines import LineView
from vftui.ui.sifting import Sifting
from vftui.ui.theme import COLOURS
from vftui.ui.tracerow import Searched, TraceRow

if TYPE_CHECKING:
    from vftui.reading import Row


class TraceLook(LineView):
    """Number, milliseconds since the action, gap, type and summary of the entries."""

    COMPONENT_CLASSES = {
        "traces--quiet",
        "traces--summary",
        "traces--cursor",
        "traces--marked",
        "traces--remark",
        "traces--much",
        "traces--found",
        "traces--lit",
        *(f"traces--{colour}" for colour in COLOURS),
    }
    DEFAULT_CSS = """
    TraceLook {
        & > .traces--quiet { color: $quiet; }
        & > .traces--summary { color: $told; }
        & > .traces--cursor { background: $block-cursor-background; color: $said; }
        & > .traces--marked { color: $accent; text-style: bold; }
        & > .traces--remark { color: $you; }
        & > .traces--much { color: $warning; text-style: bold; }
        & > .traces--found { color: $background; background: $accent; }
        & > .traces--lit { background: $panel; }
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

    CURSOR = True

    def __init__(self) -> None:
        super().__init__(id="traces")
        self.sifting = Sifting()
        """Which entries there are rows for."""
        self.at_hand: AtHand | None = None
        """Their rows, once there is a log."""
        self._lit: list[int] = []  # the entries that belong together, in order

    def row(self, seq: int) -> Row | None:
        """The entry `seq`."""
        if self.at_hand is None or not 0 < seq <= self.sifting.total:
            return None
        return self.at_hand.row(seq, alone=not self.sifting.shown.everything)

    def line_at(self, y: int, width: int) -> Strip:
        """The row of line `y`."""
        shown, found = self.sifting.shown, self.sifting.found
        seq = shown.seq(y)
        row = self.row(seq)
        if row is None or self.at_hand is None:
            return Strip.blank(width)
        merged = self.at_hand.merged(row) if shown.merged else None
        searched = (
            Searched(query=shown.query)
            if found is None
            else Searched(found.holds(seq), found.query)
        )
        last = seq if merged is None else merged.last
        lit = bisect_right(self._lit, last) > bisect_left(self._lit, seq)
        strip = TraceRow(row, self.columns(width), merged, searched, lit).draw(width, self.style)
        if lit:
            strip = strip.apply_style(self.style("traces--lit"))
        return strip.apply_style(self.style("traces--cursor")) if y == self.cursor else strip

    def columns(self, width: int) -> Columns:
        """How wide the columns are in a list of this width."""
        return Columns.of(width, self.sifting.total)

    def head(self, seq: int) -> int:
        """The entry whose row stands for entry `seq`."""
        row = self.row(seq) if self.sifting.shown.merged else None
        return seq if row is None else row.span or seq

    def light(self, seqs: Collection[int]) -> None:
        """Show that these entries belong together: they are a bar, or evidence of a problem."""
        if self._lit or seqs:
            self._lit = sorted(seqs)
            self.invalidate_all()

    def look_again(self, seq: int) -> None:
        """Entry `seq` looks different now."""
        if self.sifting.shown.holds(seq):
            y = self.sifting.shown.place(seq)
            self.invalidate(y, y + 1)
