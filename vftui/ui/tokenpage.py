"""The page of tokens: what the pane tells in short, in full and as large as the screen.

Two rules:

1. Nothing of it is made before it is opened, and nothing is worked out while nobody sees it.
2. From every figure one key leads to the traces that it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

if TYPE_CHECKING:
    from vftui.ui.account import Account
    from vftui.ui.tokensheet import TokenSheet


class TokenPage(Vertical):
    """Figures, a table of charges and plots; it is seen while it is maximised."""

    ALLOW_MAXIMIZE = True
    BINDING_GROUP_TITLE = "Token page"
    HELP = """\
## Token page

The figures in full, a row for every model call, and how the turns went. **tab** goes from one to
the next, **enter** shows the traces that a figure comes from, **[** and **]** show other plots
where there is no room for all, **esc** closes the page.
"""
    BINDINGS = [
        Binding("escape", "screen.back", "close", id="token_page.close", key_display="esc",
                tooltip="Close the page"),
        Binding("left_square_bracket", "plot(-1)", "plot before", id="token_page.plot_before",
                show=False, tooltip="The plot before, where there is no room for all"),
        Binding("right_square_bracket", "plot(1)", "plot", id="token_page.plot", key_display="]",
                tooltip="The next plot, where there is no room for all"),
    ]  # fmt: skip
    DEFAULT_CSS = "TokenPage { display: none; height: 1fr; }"

    @dataclass
    class Show(Message):
        """The traces behind a figure are wanted."""

        seqs: tuple[int, ...]

    def __init__(self) -> None:
        super().__init__(id="token-page")
        self._sheet: TokenSheet | None = None
        self._account: Account | None = None

    def sync(self, account: Account) -> None:
        """Catch up with the session."""
        self._account = account
        self._catch_up()

    def on_show(self) -> None:
        """What came while nobody looked."""
        self._catch_up()

    def _catch_up(self) -> None:
        if self._account is None or not self.size:
            return
        if self._sheet is None:
            from vftui.ui.tokensheet import TokenSheet  # most conversations never open the page

            self._sheet = TokenSheet()
            self.mount(self._sheet)
        self._sheet.sync(self._account)

    @property
    def front(self) -> Widget:
        """Who gets the keys when the page is opened."""
        sheet = self._sheet
        return sheet.table if sheet is not None and sheet.is_mounted else self

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What would do nothing is not offered."""
        if action == "plot":
            return self._sheet is not None and self._sheet.has_more
        return super().check_action(action, parameters)

    def action_plot(self, direction: int) -> None:
        """Show the next plot, or the one before."""
        if self._sheet is not None:
            self._sheet.turn_over(direction)
