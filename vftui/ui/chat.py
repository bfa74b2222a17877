"""The screen: the panes, the frame clock, and what the keys do.

Two rules:

1. One clock paints: the first news paints at once, later news waits for the frame to be over.
2. A pane asks with a message and is told with a call: `sync(session)` brings it up to date,
   whenever and however often it is called.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import var
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from vftui.errors import VftuiError
from vftui.render.figures import size
from vftui.render.text import printable
from vftui.secrets import mask
from vftui.ui.clock import FrameClock
from vftui.ui.collector import Collector
from vftui.ui.conversation import Conversation
from vftui.ui.detail import TraceDetail
from vftui.ui.prompt import Prompt
from vftui.ui.side import SideColumn
from vftui.ui.status import TICK, StatusLine
from vftui.ui.traces import TraceList
from vftui.ui.turns import Changed, Turns, Unrecorded

if TYPE_CHECKING:
    from vftui.opening import About, Agent, Opener, Opening
    from vftui.session.items import Choice


class ChatScreen(Screen[None]):
    """A conversation with an agent, its traces and its tokens."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]
    AUTO_FOCUS = "Prompt"
    BINDING_GROUP_TITLE = "Chat"
    BINDINGS = [
        Binding("escape", "stop", "stop", id="chat.stop", tooltip="Stop the turn; what came stays"),
        Binding("f2,ctrl+b", "side", "traces", id="chat.side", tooltip="Show or hide the traces"),
        Binding("f4", "tab", "detail", id="chat.tab", tooltip="The list or the selected trace"),
        Binding(
            "f11,z", "zoom", "zoom", id="chat.zoom", show=False,
            tooltip="One pane as large as the screen, or all of them",
        ),
        Binding("ctrl+n", "restart", "new", id="chat.restart", tooltip="Begin a new conversation"),
        Binding(
            "f8", "no_reply", "no reply", id="chat.no_reply", show=False,
            tooltip="Say nothing: send the no-reply action",
        ),
        *(
            Binding(
                f"alt+{number}", f"press({number})", f"press [{number}]", id=f"chat.press_{number}",
                show=False, tooltip=f"Press the button with the number {number}",
            )
            for number in range(1, 10)
        ),
    ]  # fmt: skip

    @dataclass
    class CouldNotOpen(Message):
        """There is no conversation to show."""

        error: VftuiError

    @dataclass
    class Opened(Message):
        """The conversation is there."""

        about: About

    status = getters.query_one(StatusLine)
    conversation = getters.query_one(Conversation)
    side = getters.query_one(SideColumn)
    prompt = getters.query_one(Prompt)

    flipped: var[bool] = var(False, toggle_class="-flipped")
    """Whether the side column is shown where it is hidden by default, or the reverse."""

    def __init__(self, opener: Opener) -> None:
        super().__init__()
        self._opener = opener
        self._collector = Collector()
        self.opening: Opening | None = None
        """What is shown; None until it is open."""
        self._leaving = asyncio.Event()
        self._turns = Turns(self)
        self._clock = FrameClock(self, self._paint)
        self._warned_key = ""

    def compose(self) -> ComposeResult:
        """Header, conversation beside tokens, traces and detail, prompt, footer."""
        yield StatusLine()
        with Horizontal(id="body"):
            yield Conversation(id="conversation")
            yield SideColumn(id="side")
        yield Prompt()
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Open the conversation once the first frame is on the screen."""
        self.conversation.border_title = "Conversation"
        self.call_after_refresh(self._live)
        self.set_interval(TICK, self._tick)

    # The conversation's life

    @work(group="life")
    async def _live(self) -> None:
        try:
            async with self._opener() as opening:
                self.opening = opening
                self._begin(opening)
                try:
                    await self._leaving.wait()
                finally:
                    await self._turns.close()
        except VftuiError as error:
            self.post_message(self.CouldNotOpen(error))

    def _begin(self, opening: Opening) -> None:
        self.status.introduce(opening.about)
        self.post_message(self.Opened(opening.about))
        self._collector.start(opening.clock())
        for note in opening.about.notes:
            self._say(note)
        if (theme := opening.about.theme) in self.app.available_themes:
            self.app.theme = theme
        elif theme is not None:
            self._say(f"There is no theme {theme!r}; the palette lists those there are.", "warning")
        if opening.agent is None:
            self.prompt.display = False
            self.conversation.focus()
        self.refresh_bindings()
        self._turns.open(opening)

    def on_unmount(self) -> None:
        """Let the conversation clean up."""
        self._leaving.set()

    def send(self, action: dict[str, Any]) -> None:
        """Send an action now, or when the running turn is over."""
        if self.opening is not None and self.opening.agent is None:
            self._say("Nothing can be sent here: this was saved earlier.", "warning")
            return
        self.conversation.follow = True
        self._turns.send(action)

    @property
    def busy(self) -> bool:
        """Whether a turn runs."""
        return self._turns.busy

    def stop(self) -> None:
        """Stop the turn. Texts that waited behind it go back to where they were typed."""
        waited = [action.get("payload") for action in self._turns.stop()]
        texts = [text for text in waited if isinstance(text, str)]
        if texts and not self.prompt.text:
            self.prompt.take_back("\n".join(texts))
        elif waited:
            self._say(f"{len(waited)} waiting behind the turn: not sent.", "warning")

    @on(Unrecorded)
    def _unrecorded(self, message: Unrecorded) -> None:
        self.status.unrecorded()
        self._say(f"{message.reason} The conversation goes on unrecorded.", "error")

    # The frame clock

    @on(Changed)
    def _changed(self) -> None:
        self._turns.news.heard()
        self._clock.changed()

    def _paint(self) -> None:
        opening = self.opening
        if opening is None or not self.is_mounted:
            return
        self.conversation.sync(opening.session)
        self.side.sync(opening.session, opening.journal)
        self._tick()
        self._collector.worked(opening.clock())

    def _tick(self) -> None:
        if (opening := self.opening) is not None:
            now = opening.clock()
            self.status.sync(
                opening.session, now if self._turns.busy else None, self._turns.waiting
            )
            self._collector.tick(now)

    # What panes ask for

    @on(Prompt.Submitted)
    def _submitted(self, message: Prompt.Submitted) -> None:
        text = message.text
        if mask(text) != text and text != self._warned_key:
            self._warned_key = text
            self.prompt.take_back(text)
            self._say(
                "That looks like a key. Press enter again to send it all the same.", "warning"
            )
            return
        wanted = text.strip().casefold()
        for choice in self._choices:
            if choice.name.strip().casefold() == wanted:
                self.send(choice.request)
                return
        self.send({"type": "text", "payload": text})

    @on(Conversation.Chosen)
    def _chosen(self, message: Conversation.Chosen) -> None:
        self.send(message.choice.request)
        self.set_focus(self._home)  # whoever clicked goes on typing

    @on(Conversation.ShowTraces)
    def _show_traces(self, message: Conversation.ShowTraces) -> None:
        self._show_side(detailed=False)
        self.side.traces.show(message.first_seq)

    @on(TraceList.ShowMessage)
    def _show_message(self, message: TraceList.ShowMessage) -> None:
        self.minimize()
        if self.has_class("-tiny"):
            self.flipped = False
        self.set_focus(self.conversation)
        self.conversation.reveal(message.seq)

    @on(Conversation.Copy)
    @on(TraceDetail.Copy)
    def _copy(self, message: Conversation.Copy | TraceDetail.Copy) -> None:
        text = message.text.encode("utf-8", "replace").decode()
        self.app.copy_to_clipboard(text)
        self._say(f"copied {size(len(text.encode()))}")

    def _say(self, text: str, severity: str = "information") -> None:
        self.notify(printable(text), severity=severity, markup=False)  # type: ignore[arg-type]

    # Actions

    def action_stop(self) -> None:
        """Stop the turn and what waits behind it; without one, back to the prompt."""
        if self._turns.busy:
            self.stop()
        elif self.maximized is not None:
            self.minimize()
        else:
            self.set_focus(self._home)

    def action_restart(self) -> None:
        """Begin a new conversation."""
        if self._agent is not None:
            self.stop()
            self._agent.restart()
            self.send({"type": "launch"})

    def action_no_reply(self) -> None:
        """Say nothing: send the action that a client sends when its person stays silent."""
        self.send({"type": "no-reply"})

    def action_press(self, number: int) -> None:
        """Press the button with this number."""
        for choice in self._choices:
            if choice.number == number:
                self.send(choice.request)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What would do nothing is not offered."""
        if action == "tab":
            return not self.has_class("-wide")
        if action == "press":
            return any(choice.number == parameters[0] for choice in self._choices)
        return action not in ("restart", "no_reply") or self._agent is not None

    @property
    def _agent(self) -> Agent | None:
        return self.opening.agent if self.opening is not None else None

    @property
    def _choices(self) -> list[Choice]:
        return self.opening.session.choices if self.opening is not None else []

    # Who is shown, and who gets the keys

    def watch_focused(self) -> None:
        """A pane that is hidden while it has the keys, by a resize say, gives them away."""
        self.call_after_refresh(self._take_keys)

    def _take_keys(self) -> None:
        here = self.is_mounted and self.is_current and self.app.app_focus
        # Of a zoomed pane whose column is hidden, the chain knows nothing.
        zoomed = self.focused is not None and self.maximized in self.focused.ancestors_with_self
        if here and not zoomed and self.focused not in self.focus_chain:
            self.set_focus(self._home)

    @property
    def _home(self) -> Widget:
        """Where the keys go when nothing else wants them."""
        if self.prompt.display:
            return self.prompt
        hidden = self.has_class("-tiny") and self.flipped
        return self.side.front if hidden else self.conversation

    @property
    def _side_visible(self) -> bool:
        return self.has_class("-tiny") == self.flipped

    def _show_side(self, *, detailed: bool) -> None:
        self.minimize()
        self.flipped = self.has_class("-tiny")
        self.side.show(detailed=detailed)

    def action_side(self) -> None:
        """Show or hide the side column."""
        if self._side_visible:
            self.minimize()
            self.flipped = not self.flipped
            self.set_focus(self._home)
        else:
            self._show_side(detailed=self.side.detailed)

    def action_tab(self) -> None:
        """In the narrow side column, show the list or the detail."""
        self._show_side(detailed=not self.side.detailed)

    def action_zoom(self) -> None:
        """One pane as large as the screen, or all of them."""
        if self.maximized is not None:
            self.minimize()
        elif self.focused is not None and self.focused is not self.prompt:
            self.maximize(self.focused)
