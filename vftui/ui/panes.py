"""The panes of the screen: which of them are shown, and who gets the keys.

Two rules:

1. The width decides what is shown, and a person may decide otherwise: with `flipped` the side
   column is where it would not be, or is not where it would.
2. The keys are always somewhere visible; where nothing else wants them, they are at home.
"""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.reactive import var
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from vftui.ui.composer import Composer
from vftui.ui.conversation import Conversation
from vftui.ui.player import PlayerBar
from vftui.ui.prompt import Prompt
from vftui.ui.recall import Recall
from vftui.ui.side import SideColumn
from vftui.ui.status import StatusLine
from vftui.ui.tabs import Panel
from vftui.ui.tokenpage import TokenPage


class Panes(Screen[None]):
    """Header, conversation beside tokens and traces, prompt, footer."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall"), (32, "-high")]
    AUTO_FOCUS = "Prompt"
    BINDINGS = [
        Binding("f2,ctrl+b", "side", "traces", id="chat.side", tooltip="Show or hide the traces"),
        Binding("f4", "tab", "panel", id="chat.tab", tooltip="The next panel of the side column"),
        # With priority, because in a text area these keys select.
        Binding(
            "f6", "panel('problems')", "problems", id="chat.problems", show=False, priority=True,
            tooltip="What is wrong, why, and what to do about it",
        ),
        Binding(
            "f7", "panel('time')", "time", id="chat.time", show=False, priority=True,
            tooltip="Where the time of the turn went",
        ),
        Binding(
            "f10", "tokens", "tokens", id="chat.tokens", show=False,
            tooltip="All about tokens, time and money, as large as the screen",
        ),
        Binding(
            "f11,z", "zoom", "zoom", id="chat.zoom", show=False,
            tooltip="One pane as large as the screen, or all of them",
        ),
    ]  # fmt: skip

    status = getters.query_one(StatusLine)
    conversation = getters.query_one(Conversation)
    side = getters.query_one(SideColumn)
    prompt = getters.query_one(Prompt)
    composer = getters.query_one(Composer)
    bar = getters.query_one(PlayerBar)

    _before: Widget | None = None
    """Who had the keys before the page of tokens was opened."""

    flipped: var[bool] = var(False, toggle_class="-flipped")
    """Whether the side column is shown where it is hidden by default, or the reverse."""

    def compose(self) -> ComposeResult:
        """The panes, from the top."""
        yield StatusLine()
        with Horizontal(id="body"):
            yield Conversation(id="conversation")
            yield SideColumn(id="side")
        composer, recall = Composer(), Recall()
        yield composer
        yield recall
        yield Prompt(composer, recall)
        yield PlayerBar()
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Name the conversation."""
        self.conversation.border_title = "Conversation"

    def watch_focused(self) -> None:
        """A pane that is hidden while it has the keys, by a resize say, gives them away."""
        self.call_after_refresh(self._take_keys)

    def _take_keys(self) -> None:
        here = self.is_mounted and self.is_current and self.app.app_focus
        # Of a zoomed pane whose column is hidden, the chain knows nothing.
        zoomed = self.focused is not None and self.maximized in self.focused.ancestors_with_self
        if here and not zoomed and self.focused not in self.focus_chain:
            self.set_focus(self.home)

    @property
    def home(self) -> Widget:
        """Where the keys go when nothing else wants them."""
        if self.prompt.display:
            return self.prompt
        hidden = self.has_class("-tiny") and self.flipped
        return self.side.front if hidden else self.conversation

    @property
    def _both(self) -> bool:
        """Whether there is room for the list and for a panel below it."""
        return self.has_class("-wide") and not self.has_class("-short")

    @property
    def _side_visible(self) -> bool:
        return self.has_class("-tiny") == self.flipped

    def show_side(self, panel: Panel) -> None:
        """Bring the side column to the front, and the keys to it."""
        self.minimize()
        self.flipped = self.has_class("-tiny")
        self.side.show(panel)

    def action_side(self) -> None:
        """Show or hide the side column."""
        if self._side_visible:
            self.minimize()
            self.flipped = not self.flipped
            self.set_focus(self.home)
        else:
            self.show_side(self.side.panel)

    def action_tab(self) -> None:
        """Give the keys to the panel below the list, or show the next of those that share its
        place."""
        side = self.side
        if not self._both:
            self.show_side(side.after(side.panel))
        elif self.focused is not side.pane(side.lower):
            self.show_side(side.lower)
        else:
            panel = side.after(side.lower)
            self.show_side(side.after(panel) if panel == "traces" else panel)

    def action_panel(self, panel: Panel) -> None:
        """Show this panel of the side column, and give it the keys."""
        self.show_side(panel)

    def action_zoom(self) -> None:
        """One pane as large as the screen, or all of them."""
        if self.maximized is not None:
            self.minimize()
        elif self.focused is self.side.tokens:
            self.action_tokens()
        elif self.focused is not None and self.focused is not self.prompt:
            self.maximize(self.focused)

    def action_tokens(self) -> None:
        """Open the page of tokens, or close it."""
        page = self.side.token_page
        if self.maximized is page:
            self.minimize()
        else:
            self.minimize()
            self._before = self.focused
            self.maximize(page, container=False)
            self.call_after_refresh(self._enter, page)

    def _enter(self, page: TokenPage) -> None:
        """Give the keys to the page; one that is not filled yet takes them by itself."""
        if self.maximized is page:
            self.set_focus(page.front)

    def watch_maximized(self, old: Widget | None, _new: Widget | None) -> None:
        """Whoever closes the page of tokens is back where they were."""
        if old is self.side.token_page and self._before in self.focus_chain:
            self.set_focus(self._before)

    def show_conversation(self) -> None:
        """Bring the conversation to the front, and the keys to it."""
        self.minimize()
        if self.has_class("-tiny"):
            self.flipped = False
        self.set_focus(self.conversation)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What would do nothing is not offered."""
        return len(self.side.panels) > 2 or not self._both if action == "tab" else True
