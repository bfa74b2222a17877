"""The screen: one conversation, the frame clock, and what the keys do to it.

Two rules:

1. One clock paints: the first news paints at once, later news waits for the frame to be over.
2. A pane asks with a message and is told with a call: `sync(session)` brings it up to date,
   whenever and however often it is called.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.binding import Binding
from textual.message import Message

from vftui.errors import VftuiError
from vftui.render.text import printable
from vftui.secrets import mask
from vftui.ui.clock import FrameClock
from vftui.ui.collector import Collector
from vftui.ui.conversation import Conversation
from vftui.ui.detail import TraceDetail
from vftui.ui.panes import Panes
from vftui.ui.prompt import Prompt
from vftui.ui.status import TICK
from vftui.ui.traces import TraceList
from vftui.ui.turns import Changed, Turns, Unrecorded

if TYPE_CHECKING:
    from vftui.opening import About, Agent, Opener, Opening
    from vftui.session.items import Choice
    from vftui.ui.asking import Answer


class ChatScreen(Panes):
    """A conversation with an agent, its traces and its tokens."""

    BINDING_GROUP_TITLE = "Chat"
    BINDINGS = [
        Binding("escape", "stop", "stop", id="chat.stop", tooltip="Stop the turn; what came stays"),
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
        self._variables: dict[str, Any] = {}  # that the next action sets

    def on_mount(self) -> None:
        """Open the conversation once the first frame is on the screen."""
        super().on_mount()
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
            self.say(note)
        if (theme := opening.about.theme) in self.app.available_themes:
            self.app.theme = theme
        elif theme is not None:
            self.say(f"There is no theme {theme!r}; the palette lists those there are.", "warning")
        if opening.agent is None:
            self.prompt.display = False
            self.conversation.focus()
        self.refresh_bindings()
        self._turns.open(opening)

    def on_unmount(self) -> None:
        """Let the conversation clean up."""
        self._leaving.set()

    def send(self, action: dict[str, Any]) -> None:
        """Send an action, with the variables that wait for it, now or when the turn is over."""
        if self.opening is not None and self.opening.agent is None:
            self.say("Nothing can be sent here: this was saved earlier.", "warning")
            return
        self.conversation.follow = True
        variables, self._variables = self._variables, {}
        if self.busy:
            self.say("Queued: it is sent when the turn is over.")
        self._turns.send(action, variables or None)

    @property
    def busy(self) -> bool:
        """Whether a turn runs."""
        return self._turns.busy

    def stop(self) -> None:
        """Stop the turn. Texts that waited behind it go back to where they were typed."""
        waited = [one.action.get("payload") for one in self._turns.stop()]
        texts = [text for text in waited if isinstance(text, str)]
        if texts and not self.prompt.text:
            self.prompt.take_back("\n".join(texts))
        elif waited:
            self.say(f"{len(waited)} waiting behind the turn: not sent.", "warning")

    @on(Unrecorded)
    def _unrecorded(self, message: Unrecorded) -> None:
        self.status.unrecorded()
        self.say(f"{message.reason} The conversation goes on unrecorded.", "error")

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
            self.say("That looks like a key. Press enter again to send it all the same.", "warning")
            return
        wanted = text.strip().casefold()
        for choice in self._choices:
            if choice.name.strip().casefold() == wanted:
                self._choose(choice)
                return
        self.send({"type": "text", "payload": text})

    @on(Conversation.Chosen)
    def _chosen(self, message: Conversation.Chosen) -> None:
        self._choose(message.choice)
        self.set_focus(self.home)  # whoever clicked goes on typing

    def _choose(self, choice: Choice) -> None:
        """Send a choice's request; where it names an address, ask what to do with that first."""
        if choice.url is None:
            self.send(choice.request)
            return
        from vftui.ui.asking import AddressScreen

        answered = partial(self._answered, choice)
        self.app.push_screen(AddressScreen(choice.name, choice.url), answered)

    def _answered(self, choice: Choice, answer: Answer | None) -> None:
        if answer is None:
            return
        if answer == "open":
            self.app.open_url(choice.url or "")
        elif answer == "copy":
            self.copy(choice.url or "", "the address")
        self.send(choice.request)

    @on(Conversation.ShowTraces)
    def _show_traces(self, message: Conversation.ShowTraces) -> None:
        self.show_side(detailed=False)
        self.side.traces.show(message.first_seq)

    @on(TraceList.ShowMessage)
    def _show_message(self, message: TraceList.ShowMessage) -> None:
        self.show_conversation()
        self.conversation.reveal(message.seq)

    @on(Conversation.Copy)
    @on(TraceDetail.Copy)
    def _copy(self, message: Conversation.Copy | TraceDetail.Copy) -> None:
        self.copy(message.text, getattr(message, "what", "it"))

    @work(group="copy")
    async def copy(self, text: str, what: str) -> None:
        """Copy a text, and say so."""
        from vftui.ui import clipboard

        self.say(await clipboard.copy(self.app, text, what))

    def say(self, text: str, severity: str = "information") -> None:
        """Tell a person something about the app."""
        self.notify(printable(text), severity=severity, markup=False)  # type: ignore[arg-type]

    # Actions

    def action_stop(self) -> None:
        """Stop the turn and what waits behind it; without one, back to the prompt."""
        if self._turns.busy:
            self.stop()
        elif self.maximized is not None:
            self.minimize()
        else:
            self.set_focus(self.home)

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
                self._choose(choice)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What would do nothing is not offered."""
        if action == "press":
            return any(choice.number == parameters[0] for choice in self._choices)
        if action in ("restart", "no_reply"):
            return self._agent is not None
        return super().check_action(action, parameters)

    @property
    def _agent(self) -> Agent | None:
        return self.opening.agent if self.opening is not None else None

    @property
    def _choices(self) -> list[Choice]:
        return self.opening.session.choices if self.opening is not None else []
