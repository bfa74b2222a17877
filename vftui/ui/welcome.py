"""The first minute without an account: connect, try the demo, or open a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Button, Footer, Input, Static

from vftui.errors import VftuiError
from vftui.render.text import printable
from vftui.ui.field import Field

if TYPE_CHECKING:
    from vftui.opening import Opener


class Doors(Protocol):
    """Where the welcome screen leads."""

    def demo(self) -> Opener:
        """To the embedded demo agent."""
        ...

    def connect(self, key: str, project: str, environment: str) -> Opener:
        """To the person's own agent; `VftuiError` when that cannot be."""
        ...

    def open(self, path: str) -> Opener:
        """To a file; `VftuiError` when it cannot be opened."""
        ...


class KeyField(Field):
    """A masked field whose text cannot be copied or cut."""

    def __init__(self) -> None:
        super().__init__("API key: VF.DM.…", id="key", password=True)

    def action_copy(self) -> None:
        """Nothing: the key stays here."""

    def action_cut(self) -> None:
        """Nothing: the key stays here."""


class WelcomeScreen(Screen[None]):
    """Three ways in."""

    BINDING_GROUP_TITLE = "Welcome"
    BINDINGS = [
        Binding(
            "ctrl+d", "demo", "demo", id="welcome.demo", priority=True,
            tooltip="Talk to the demo agent",
        ),
    ]  # fmt: skip
    DEFAULT_CSS = """
    WelcomeScreen {
        align: center middle;
        background: $background;
        & #welcome { width: 68; max-width: 100%; height: auto; max-height: 100%; overflow-y: auto;
            border: round $border-blurred; border-title-color: $accent; padding: 0 2; }
        & .title { color: $said; text-style: bold; }
        & .quiet { color: $quiet; margin: 1 0 0 0; }
        & #problem { color: $error; margin: 1 0 0 0; display: none; }
        & Field, & Button { margin: 0 0 0 2; }
        & Field { background: $panel; }
        & Button { color: $told; background: $panel; min-width: 24; content-align: left middle; }
        & Button:hover { color: $said; }
        & Button:focus { color: $background; background: $accent; text-style: bold; }
    }
    """

    def __init__(self, doors: Doors, enter: Callable[[Opener], None], note: str = "") -> None:
        """`enter` leaves this screen for what an opener opens; `note` says why it is shown."""
        super().__init__()
        self._doors = doors
        self._enter = enter
        self._note = note

    def compose(self) -> ComposeResult:
        """Demo first: it needs nothing."""
        with Vertical(id="welcome") as box:
            box.border_title = "vftui"
            yield Static(
                "Talk to a Voiceflow agent, see every trace, watch the tokens.", classes="title"
            )
            yield Static("Without an account", classes="quiet")
            yield Button("Try the demo agent", id="demo", compact=True)
            yield Static(f"Your agent. {printable(self._note)}", classes="quiet", markup=False)
            yield KeyField()
            yield Field("project id, from the agent's settings", id="project")
            yield Field("environment, if it is not main", id="environment")
            yield Button("Connect", id="connect", compact=True)
            yield Static("A saved event stream, or a recorded session's number", classes="quiet")
            yield Field("path to a file, or last", id="path")
            yield Button("Open", id="open", compact=True)
            yield Static("", id="problem", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    @on(Button.Pressed, "#demo")
    def action_demo(self) -> None:
        """Talk to the demo agent."""
        self._enter(self._doors.demo())

    @on(Button.Pressed, "#connect")
    @on(Input.Submitted, "#key")
    @on(Input.Submitted, "#project")
    @on(Input.Submitted, "#environment")
    def _connect(self) -> None:
        key, project, environment = (
            self.query_one(f"#{name}", Input).value for name in ("key", "project", "environment")
        )
        self._try(lambda: self._doors.connect(key, project, environment))

    @on(Button.Pressed, "#open")
    @on(Input.Submitted, "#path")
    def _open(self) -> None:
        path = self.query_one("#path", Input).value
        self._try(lambda: self._doors.open(path))

    def _try(self, door: Callable[[], Opener]) -> None:
        """Go there, or say why that cannot be."""
        try:
            opener = door()
        except VftuiError as error:
            self.complain(error)
        else:
            self._enter(opener)

    def complain(self, error: VftuiError) -> None:
        """Say why it led nowhere."""
        problem = self.query_one("#problem", Static)
        problem.update(printable(f"{error.message} {error.hint}"))
        problem.display = True
        problem.scroll_visible(animate=False)
