"""Asks before more is spent than a person has allowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

if TYPE_CHECKING:
    from vftui.session.budget import Standing

Leave = Literal["once", "always"]
"""To send this action, or to send from now on without being asked."""


class BudgetScreen(ModalScreen[Leave | None]):
    """A budget is spent: send all the same? None: no."""

    BINDING_GROUP_TITLE = "Budget"
    BINDINGS = [
        Binding("y", "answer('once')", "send", id="budget.send", tooltip="Send it"),
        Binding(
            "a", "answer('always')", "ask no more", id="budget.always",
            tooltip="Send it, and do not ask again in this conversation",
        ),
        Binding("n,escape", "leave", "do not send", id="budget.leave", tooltip="Send nothing"),
    ]  # fmt: skip
    DEFAULT_CSS = """
    BudgetScreen {
        align: center middle;
        & #budget { width: 60; max-width: 100%; height: auto; max-height: 100%; padding: 0 2;
            border: round $border; border-title-color: $accent; background: $background;
            overflow-y: auto; }
        & .spent { color: $warning; }
        & .quiet { color: $quiet; }
    }
    """

    def __init__(self, spent: Sequence[Standing]) -> None:
        """`spent` are the budgets that are."""
        super().__init__()
        self._spent = spent

    def compose(self) -> ComposeResult:
        """What is spent, and what an answer does."""
        with Vertical(id="budget") as box:
            box.border_title = "Send all the same?"
            yield Static("The budget is spent:", classes="quiet", markup=False)
            for one in self._spent:
                yield Static(f"  {one.words}", classes="spent", markup=False)
            yield Static("What you typed stays if you do not send it.", classes="quiet")
        yield Footer(compact=True, show_command_palette=False)

    def action_answer(self, leave: Leave) -> None:
        """Send it."""
        self.dismiss(leave)

    def action_leave(self) -> None:
        """Send nothing."""
        self.dismiss(None)
