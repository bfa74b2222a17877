"""The panes joined: what is selected in one is seen in the others.

Three rules:

1. A message leads to its traces and a trace to its message, with the keys (`Show…`) or without
   them: who moves a cursor sees the other pane follow.
2. Whoever follows tells nobody, so that nothing goes in circles.
3. What more than one trace shows is lit in the list, until something else is.
"""

from __future__ import annotations

from collections.abc import Collection

from textual import on

from vftui.ui.conversation import Conversation
from vftui.ui.panes import Panes
from vftui.ui.problems import ProblemsPane
from vftui.ui.runs import RunsPane
from vftui.ui.tokenpage import TokenPage
from vftui.ui.tokens import TokenPane
from vftui.ui.traces import TraceList
from vftui.ui.waterfall import WaterfallPane


class LinkedPanes(Panes):
    """Panes that lead to each other."""

    # From a message to its traces, and back

    @on(Conversation.ShowTraces)
    def _show_traces(self, message: Conversation.ShowTraces) -> None:
        self._go_to_traces((message.first_seq,))

    @on(Conversation.Selected)
    def _message_selected(self, message: Conversation.Selected) -> None:
        self.side.traces.light(())
        self.side.traces.select_quietly(message.first_seq)

    @on(TraceList.ShowMessage)
    def _show_message(self, message: TraceList.ShowMessage) -> None:
        self.show_conversation()
        self.conversation.reveal(message.seq)

    @on(TraceList.Selected)
    def _trace_selected(self, message: TraceList.Selected) -> None:
        self.conversation.reveal(message.seq)

    # From a bar, a problem, a figure or a turn to its traces

    @on(WaterfallPane.Highlighted)
    def _bar_selected(self, message: WaterfallPane.Highlighted) -> None:
        if message.seqs and self.focused is self.side.time:
            self.side.traces.light(message.seqs)
            self.side.traces.select_quietly(min(message.seqs))
            self._reveal(message.seqs)

    @on(WaterfallPane.Show)
    def _show_bar(self, message: WaterfallPane.Show) -> None:
        self._go_to_traces(message.seqs)
        self._reveal(message.seqs)

    @on(ProblemsPane.Show)
    def _show_problem(self, message: ProblemsPane.Show) -> None:
        self._go_to_traces(message.seqs)
        self._reveal(message.seqs)

    @on(TokenPane.Show)
    @on(TokenPage.Show)
    def _show_figure(self, message: TokenPane.Show | TokenPage.Show) -> None:
        self._go_to_traces(message.seqs)
        self._reveal(message.seqs)

    @on(TokenPane.Chosen)
    def _turn_chosen(self, message: TokenPane.Chosen) -> None:
        self.side.traces.select_quietly(message.first_seq)
        self._reveal((message.first_seq,))

    @on(TokenPane.PageWanted)
    def _show_page(self) -> None:
        self.action_tokens()

    @on(RunsPane.ShowTurn)
    def _show_turn(self, message: RunsPane.ShowTurn) -> None:
        self._go_to_traces((message.first_seq,))
        self._reveal((message.first_seq,))

    def on_mount(self) -> None:
        """The bars of the turns that are seen are lit."""
        super().on_mount()
        self.watch(self.conversation, "scroll_y", self.light_turns, init=False)

    def light_turns(self) -> None:
        """Say which turns are seen in the conversation."""
        talk = self.conversation
        column, top = talk.column, talk.scroll_offset.y
        if column.blocks and talk.size:
            bottom = min(column.height, top + talk.size.height) - 1
            first, last = (column.block(y).item.turn.index for y in (top, max(top, bottom)))
            self.side.tokens.light(range(first, last + 1))

    def _reveal(self, seqs: Collection[int]) -> None:
        """Select what the first of these entries made."""
        if seqs:
            self.conversation.reveal(min(seqs))

    def _go_to_traces(self, seqs: Collection[int]) -> None:
        """Light these entries in the list, with the cursor and the keys on the first, and the
        detail of that one below."""
        if seqs:
            self.side.lower = "detail"
            self.show_side("traces")
            self.side.traces.light(seqs if len(seqs) > 1 else ())
            self.side.traces.show(min(seqs))
