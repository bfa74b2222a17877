"""The Textual app: themes, palette, help, which screen is shown, what happens on a crash."""

from __future__ import annotations

import asyncio
import io
import signal
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.console import Console
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen
from textual.worker import WorkerFailed

from vftui.errors import NotConfigured, VftuiError
from vftui.ui.chat import ChatScreen
from vftui.ui.terminal import read_alt_keys
from vftui.ui.theme import THEMES

if TYPE_CHECKING:
    from textual.command import Provider

    from vftui.opening import Doors, Opener
    from vftui.ui.welcome import WelcomeScreen


def binding_commands() -> type[Provider]:
    """The palette's commands, loaded when it is opened: the first frame does not wait for them."""
    from vftui.ui.palette import BindingCommands

    return BindingCommands


class VftuiApp(App[VftuiError]):
    """The full-screen app around one screen."""

    TITLE = "vftui"
    CSS_PATH = "app.tcss"
    COMMANDS = {binding_commands}
    ENABLE_COMMAND_PALETTE = True
    BINDINGS = [
        Binding("f1", "help", "help", id="app.help", tooltip="Keys and help, or hide them"),
        Binding(
            "ctrl+q", "quit", "quit", id="app.quit", show=False, priority=True, tooltip="Leave"
        ),
    ]

    def __init__(self, opener: Opener, doors: Doors, theme: str = THEMES[0].name) -> None:
        """Show what `opener` opens; when no agent is set up, welcome with `doors`."""
        super().__init__()
        read_alt_keys()
        self._opener = opener
        self._doors = doors
        self._welcome: WelcomeScreen | None = None
        self._entered = False  # whether a person has chosen a way
        for ours in THEMES:
            self.register_theme(ours)
        self.theme = theme
        self.crash: Exception | None = None
        self.farewell = ""
        """What to say when the screen is gone."""
        # Textual prints a crash with the local variables of every frame, keys among them.
        self.error_console = Console(file=io.StringIO())

    def on_mount(self) -> None:
        """Show the conversation; whoever ends the process gets the terminal back as it was."""
        with suppress(NotImplementedError):  # on Windows there is no such signal
            leave = partial(self.exit, return_code=128 + signal.SIGTERM)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave)
        self.push_screen(ChatScreen(self._opener))

    def on_chat_screen_opened(self, message: ChatScreen.Opened) -> None:
        """Remember what to say on leaving."""
        self.farewell = message.about.farewell

    def on_chat_screen_could_not_open(self, message: ChatScreen.CouldNotOpen) -> None:
        """Welcome a person who has no agent yet, or whose way led nowhere; otherwise leave."""
        error = message.error
        if not (self._entered or isinstance(error, NotConfigured)):
            self.exit(error, return_code=error.exit_code)
            return
        if self._welcome is None:
            from vftui.ui.welcome import WelcomeScreen  # most never see it

            note = "" if self._entered else error.message
            self._welcome = WelcomeScreen(self._doors, self._enter, note)
            self.switch_screen(self._welcome)
        else:
            self._leave_to(self._welcome)
        if self._entered:
            self._welcome.call_after_refresh(self._welcome.complain, error)

    def on_chat_screen_agents_wanted(self, message: ChatScreen.AgentsWanted) -> None:
        """Offer the ways to somebody else."""
        from vftui.ui.agents import AgentsScreen

        opening = message.opening
        agents = AgentsScreen(
            self._doors, self._enter, opening.about, changeable=opening.agent is not None
        )
        self.push_screen(agents, self._enter_chosen)

    def _enter_chosen(self, opener: Opener | None) -> None:
        if opener is not None:
            self._enter(opener)

    def _enter(self, opener: Opener) -> None:
        """Leave for what an opener opens. The welcome screen stays below, with what was typed."""
        self._entered = True
        self._leave_to(self._welcome or self.screen_stack[0])
        self.push_screen(ChatScreen(opener))

    def _leave_to(self, below: Screen[Any]) -> None:
        while self.screen is not below:
            self.pop_screen()

    def action_help_quit(self) -> None:
        """Ctrl+C without a selection: stop the turn; without a turn, tell how to leave."""
        if isinstance(self.screen, ChatScreen) and self.screen.busy:
            self.screen.outgoing.stop()
        else:
            super().action_help_quit()

    def action_help(self) -> None:
        """Show the keys and the focused pane's help, or hide them."""
        if self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()

    def _handle_exception(self, error: Exception) -> None:
        # The one private name of Textual that is touched: it offers no public place to learn of
        # a crash, and its own report is not fit to be shown (see `error_console`).
        bug = error.error if isinstance(error, WorkerFailed) else error  # the one with a traceback
        self.crash = self.crash or (bug if isinstance(bug, Exception) else error)
        super()._handle_exception(error)
