"""The first minute without an account: the demo, a form to connect, a file, and known agents."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Input, Static

from vftui.errors import VftuiError
from vftui.render.text import printable
from vftui.ui.field import Field, Problem
from vftui.ui.ways import Frame, Row, Rows, profile_row

if TYPE_CHECKING:
    from vftui.opening import Doors, Opener, Profile


class WelcomeScreen(Screen[None]):
    """Three ways in, and the profiles there are."""

    BINDING_GROUP_TITLE = "Welcome"
    HELP = """\
## Welcome

**Enter** goes where the cursor is. The demo needs nothing and shows everything; **connect** asks
for an API key and a project's id; a file may be a saved event stream or a recording.
"""
    AUTO_FOCUS = "#ways"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]
    BINDINGS = [
        Binding(
            "ctrl+d", "demo", "demo", id="welcome.demo",
            tooltip="Talk to the demo agent",
        ),
        Binding(
            "ctrl+e", "connect", "connect", id="welcome.connect",
            tooltip="Connect to your own agent",
        ),
        Binding(
            "ctrl+o", "file", "open a file", id="welcome.file",
            tooltip="Open a saved event stream or a recording",
        ),
        Binding(
            "escape", "ways", "back", id="welcome.ways", show=False,
            tooltip="From the path of a file back to the list",
        ),
    ]  # fmt: skip
    DEFAULT_CSS = """
    WelcomeScreen {
        align: center middle;
        background: $background;
        & Frame { width: 76; border: round $border-blurred; padding: 0 2; }
        & .title { color: $said; text-style: bold; }
        & #note { color: $quiet; }
        & Rows { margin: 1 0 0 0; }
        & #path { background: $panel; margin: 1 0 0 2; display: none; }
        &.-short { & Rows, & #path, & Problem { margin-top: 0; } }
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
        with Frame() as frame:
            frame.border_title = "vftui"
            yield Static(
                "Talk to a Voiceflow agent, see every trace, watch the tokens.", classes="title"
            )
            if self._note:
                yield Static(printable(self._note), id="note", markup=False)
            yield Rows("ways")
            yield Field("path to a file, a session's number, or last", id="path")
            yield Problem()
        yield Footer(compact=True, show_command_palette=False)

    def on_resize(self) -> None:
        """The list takes the room there is."""
        self.query_one(Frame).fit()

    def on_screen_resume(self) -> None:
        """List the ways in; a profile may have been stored meanwhile."""
        try:
            profiles = self._doors.profiles()
        except VftuiError as error:
            self.complain(error)
            profiles = ()
        self.query_one(Rows).show([*self._ways(), *self._known(profiles)])

    def _ways(self) -> list[Row]:
        def way(name: str, words: str, go: Callable[[], object]) -> Row:
            return Row(name, Content.styled(words, "$told"), go)

        return [
            way("Try the demo", "needs no account, runs here", self.action_demo),
            way("Connect", "your agent: key, project id", self.action_connect),
            way("Open a file", "a stream, or a recording", self.action_file),
        ]

    def _known(self, profiles: tuple[Profile, ...]) -> list[Row]:
        rows = [
            profile_row(one, partial(self._try, partial(self._doors.profile, one.name)))
            for one in profiles
        ]
        return [Row("Profiles"), *rows] if rows else []

    def action_demo(self) -> None:
        """Talk to the demo agent."""
        self._try(self._doors.demo)

    def action_connect(self) -> None:
        """Ask for an agent."""
        from vftui.ui.connect import ConnectScreen

        self.app.push_screen(ConnectScreen(self._doors, self._enter))

    def action_file(self) -> None:
        """Ask for a file."""
        path = self.query_one("#path")
        path.display = True
        path.focus()

    def action_ways(self) -> None:
        """Back to the list. What was typed stays."""
        self.query_one("#path").display = False
        self.query_one(Rows).focus()

    @on(Input.Submitted, "#path")
    def _open(self, message: Input.Submitted) -> None:
        self._try(partial(self._doors.open, message.value.strip()))

    @work(exclusive=True)
    async def _try(self, door: Callable[[], Opener]) -> None:
        """Go there, or say why that cannot be."""
        self.query_one(Problem).clear()
        try:
            opener = await asyncio.to_thread(door)  # it may ask the keychain
        except VftuiError as error:
            self.complain(error)
        else:
            self._enter(opener)

    def complain(self, error: VftuiError) -> None:
        """Say why it led nowhere."""
        self.query_one(Problem).say(error)
