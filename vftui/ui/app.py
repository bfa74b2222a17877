"""The Textual app: themes, palette, help, which screen is shown, what happens on a crash."""

from __future__ import annotations

import asyncio
import io
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from rich.console import Console
from textual.app import App
from textual.binding import Binding
from textual.events import Event, Key, MouseEvent, Paste
from textual.worker import WorkerFailed

from vftui.errors import NotConfigured, VftuiError
from vftui.ui.chat import ChatScreen
from vftui.ui.terminal import read_as_meant
from vftui.ui.theme import DARK, LIGHT, THEMES
from vftui.ui.typing import Typing

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.screen import Screen

    from vftui.opening import Doors, Opener


def binding_commands() -> type[Provider]:
    """The palette's commands, loaded when it is opened: the first frame does not wait for them."""
    from vftui.ui.palette import BindingCommands

    return BindingCommands


@runtime_checkable
class Complains(Protocol):
    """A screen that says why it led nowhere."""

    def complain(self, error: VftuiError) -> None:
        """Say it, where it was asked for."""
        ...


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
        read_as_meant()
        self._typing = Typing(self, super().on_event)
        self._opener = opener
        self._doors = doors
        self._shown = 0
        """How many stacks of screens there were; Textual calls one a mode."""
        self._behind: str | None = None
        """The stack that was left for a conversation that is not open yet."""
        for ours in THEMES:
            self.register_theme(ours)
        self.theme = theme
        self.crash: Exception | None = None
        self.farewell = ""
        """What to say when the screen is gone."""
        # Textual prints a crash with the local variables of every frame, keys among them.
        self.error_console = Console(file=io.StringIO())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What our themes have and the others in the palette do not."""
        return (DARK if self.current_theme.dark else LIGHT).variables

    def on_mount(self) -> None:
        """Show the conversation; whoever ends the process gets the terminal back as it was."""
        with suppress(NotImplementedError):  # on Windows there is no such signal
            leave = partial(self.exit, return_code=128 + signal.SIGTERM)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave)
        self.app_suspend_signal.subscribe(self, lambda _: self._typing.lend(), immediate=True)
        self.app_resume_signal.subscribe(self, lambda _: self._typing.take_back())
        self._show(lambda: ChatScreen(self._opener))

    async def on_event(self, event: Event) -> None:
        """Take what is typed and clicked in its order; what comes back from a widget has had its
        turn."""
        if isinstance(event, Key | Paste | MouseEvent) and not event.is_forwarded:
            await self._typing.take(event)
        else:
            await super().on_event(event)

    async def on_typing_echo(self, echo: Typing.Echo) -> None:
        """The latest key has come a part of its way."""
        await self._typing.heard(echo)

    def _enter(self, opener: Opener) -> None:
        """Go to another conversation. What is on the screen stays behind it, with what was typed,
        until it is open: it may lead nowhere."""
        self._behind = self.current_mode
        self._show(lambda: ChatScreen(opener))

    def _show(self, screen: Callable[[], Screen[None]]) -> None:
        self._shown += 1
        mode = f"screens-{self._shown}"
        self.add_mode(mode, screen)
        self.switch_mode(mode)

    async def on_chat_screen_opened(self, message: ChatScreen.Opened) -> None:
        """Leave what is behind; remember what to say on leaving."""
        self.farewell = message.about.farewell
        behind, self._behind = self._behind, None
        if behind is not None:
            await self.remove_mode(behind)

    async def on_chat_screen_could_not_open(self, message: ChatScreen.CouldNotOpen) -> None:
        """Go back to where it was asked for; welcome a person who has no agent yet; or leave."""
        error = message.error
        nowhere, behind = self.current_mode, self._behind
        self._behind = None
        if behind is not None:
            self.switch_mode(behind)
            if isinstance(self.screen, Complains):
                self.screen.complain(error)
        elif isinstance(error, NotConfigured):
            from vftui.ui.welcome import WelcomeScreen  # most never see it

            self._show(lambda: WelcomeScreen(self._doors, self._enter, error.message))
        else:
            self.exit(error, return_code=error.exit_code)
            return
        await self.remove_mode(nowhere)

    def on_chat_screen_agents_wanted(self, message: ChatScreen.AgentsWanted) -> None:
        """Offer other agents."""
        from vftui.ui.agents import AgentsScreen

        opening = message.opening
        changeable = opening.agent is not None
        screen = AgentsScreen(self._doors, self._enter, opening.about, changeable=changeable)
        self.push_screen(screen, self._switch)

    def on_chat_screen_recordings_wanted(self, message: ChatScreen.RecordingsWanted) -> None:
        """Offer what was recorded."""
        from vftui.ui.sessions import SessionsScreen

        self.push_screen(SessionsScreen(self._doors, message.opening.number), self._switch)

    def _switch(self, opener: Opener | None) -> None:
        if opener is not None:
            self._enter(opener)

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
