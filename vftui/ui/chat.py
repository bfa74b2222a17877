"""The screen: one conversation, the frame clock, and what the keys do to it.

Two rules:

1. One clock paints: the first news paints at once, later news waits for the frame to be over.
2. A pane asks with a message and is told with a call: `sync(session)` brings it up to date,
   whenever and however often it is called.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.binding import Binding
from textual.css.query import NoMatches
from textual.message import Message

from vftui.errors import VftuiError
from vftui.session.waiting import no_reply_due
from vftui.ui.account import Account
from vftui.ui.budgets import Budgets
from vftui.ui.clock import FrameClock
from vftui.ui.collector import Collector
from vftui.ui.conversation import Conversation
from vftui.ui.outgoing import Outgoing
from vftui.ui.outlets import Outlets
from vftui.ui.playing import CouldNotRead, Playing
from vftui.ui.prompt import Prompt
from vftui.ui.status import TICK, Silence, silence_of
from vftui.ui.turns import Changed, Turns, Unrecorded, Unsent

if TYPE_CHECKING:
    from vftui.opening import About, Agent, Opener, Opening


class ChatScreen(Outlets):
    """A conversation with an agent, its traces and its tokens."""

    BINDING_GROUP_TITLE = "Chat"
    BINDINGS = [
        Binding("escape", "stop", "stop", id="chat.stop", tooltip="Stop the turn; what came stays"),
        Binding(
            "escape", "back", "back", id="chat.back", show=False,
            tooltip="Close the help or the zoom; back to the message",
        ),
        Binding("ctrl+n", "restart", "new", id="chat.restart", tooltip="Begin a new conversation"),
        Binding(
            "f8", "no_reply", "no reply", id="chat.no_reply", show=False,
            tooltip="Say nothing: send the no-reply action",
        ),
        Binding("f5", "play", "play", id="chat.play", tooltip="Play the recording, or pause"),
        Binding(
            "ctrl+s,f9", "recordings", "sessions", id="chat.recordings", show=False,
            tooltip="The recorded sessions: open, search, rename, delete",
        ),
        Binding(
            "f3", "agents", "agent", id="chat.agents",
            tooltip="Switch to another agent, environment or generation of the API",
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

    @dataclass
    class AgentsWanted(Message):
        """The person wants to talk to somebody else."""

        opening: Opening

    @dataclass
    class RecordingsWanted(Message):
        """The person wants to see what was recorded."""

        opening: Opening

    def __init__(self, opener: Opener) -> None:
        super().__init__()
        self._opener = opener
        self._collector = Collector()
        self._leaving = asyncio.Event()
        self._was_busy = False
        self._turns = Turns(self)
        self._playing = Playing(self, self._turns.news.append)
        self._clock = FrameClock(self, self._paint)
        self.account = Account(self, self._clock.changed)
        self._budgets = Budgets(self, self.account)
        self.outgoing = Outgoing(self, self._turns, self._budgets)

    def on_mount(self) -> None:
        """Open the conversation once the first frame is on the screen."""
        super().on_mount()
        self.call_after_refresh(self._live)
        self.set_interval(TICK, self._pass)

    # The conversation's life

    @work(group="life")
    async def _live(self) -> None:
        try:
            async with self._opener() as opening:
                self.opening = opening
                with suppress(NoMatches):  # a person may have left meanwhile
                    self._begin(opening)
                try:
                    await self._leaving.wait()
                finally:
                    await self._playing.close()
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
        if opening.history is not None:
            self.prompt.keep_in(opening.history)
        self.composer.whom = self.outgoing.whom
        if opening.fetch is not None:
            from vftui.ui.pictures import Pictures

            self.conversation.pictures = Pictures(opening.fetch)
        self.refresh_bindings()
        self._turns.open(opening)

    def on_unmount(self) -> None:
        """Let the conversation clean up."""
        self._leaving.set()

    @property
    def busy(self) -> bool:
        """Whether a turn runs."""
        return self._turns.busy

    @on(Unrecorded)
    def _unrecorded(self, message: Unrecorded) -> None:
        self.status.unrecorded()
        self.say(f"{message.reason} The conversation goes on unrecorded.", "error")

    @on(Unsent)
    def _unsent(self, message: Unsent) -> None:
        self.outgoing.hand_back(message.waited, message.why)

    @on(CouldNotRead)
    def _could_not_read(self, message: CouldNotRead) -> None:
        self.complain(message.error)

    # The frame clock

    @on(Changed)
    def _changed(self) -> None:
        self._turns.news.heard()
        if self._was_busy is not self.busy:  # then the footer offers something else
            self._was_busy = self.busy
            self.refresh_bindings()
        if self.opening is not None and not self.busy and self._playing.begin(self.opening):
            self.refresh_bindings()
        self._clock.changed()

    def _paint(self) -> None:
        opening = self.opening
        if opening is None or not self.is_mounted:
            return
        with suppress(NoMatches):  # the panes of a screen that is left go one by one
            self.conversation.sync(opening.session)
            self.side.sync(opening)
            self._tick()
            self._collector.worked(opening.clock())

    def _pass(self) -> None:
        """Time passes, without news."""
        with suppress(NoMatches):
            self._tick()

    def _tick(self) -> None:
        if (opening := self.opening) is not None:
            now, session = opening.clock(), opening.session
            shown = now if self.busy else self._playing.now
            self.status.sync(
                session, shown, self._turns.waiting, self._silence(now), self._playing.reading
            )
            self._reckon(opening, shown)
            self.bar.sync(self._playing.player)
            self.prompt.waiting = self._turns.waiting
            self.prompt.over = session.conversation_over and not self.busy
            self._collector.tick(now)

    def _reckon(self, opening: Opening, now: float | None) -> None:
        """Bring up to date what the session costs."""
        account = self.account
        account.sync(opening)
        self._budgets.sync(opening)
        self.light_turns()
        self.side.tokens.sync(account, now)
        if self.maximized is self.side.token_page:
            self.side.token_page.sync(account)

    def _silence(self, now: float) -> Silence | None:
        """The countdown to the no-reply action, which is sent at its end if that is wanted."""
        opening = self.opening
        if opening is None or opening.agent is None or self.busy:
            return None
        sends = self.outgoing.answers_silence()
        due = no_reply_due(opening.session)
        if sends and due is not None and due <= now:
            self.outgoing.say_nothing()
        return silence_of(opening.session, now, sends=sends)

    # What panes ask for

    @on(Prompt.Submitted)
    def _submitted(self, message: Prompt.Submitted) -> None:
        self.outgoing.line(message.text)

    @on(Prompt.TakeBack)
    def _take_back(self) -> None:
        self.outgoing.take_back()

    @on(Prompt.Restart)
    def _begin_anew(self) -> None:
        self.action_restart()

    @on(Conversation.Edit)
    def _edit(self, message: Conversation.Edit) -> None:
        self.outgoing.edit(message.action)

    @on(Conversation.Chosen)
    def _chosen(self, message: Conversation.Chosen) -> None:
        self.outgoing.choose(message.choice)
        self.set_focus(self.home)  # whoever clicked goes on typing

    # Actions

    def action_stop(self) -> None:
        """Stop the turn, and what waits behind it."""
        self.outgoing.stop()

    def action_back(self) -> None:
        """Close the help or the zoom; without one, back to the prompt."""
        if panels := self.query("HelpPanel"):
            panels.remove()
        elif self.maximized is not None:
            self.minimize()
        else:
            self.set_focus(self.home)

    def action_restart(self) -> None:
        """Begin a new conversation."""
        if self._agent is not None:
            self.outgoing.restart(self._agent)

    def action_agents(self) -> None:
        """Offer the other agents."""
        if self.opening is not None:
            self.post_message(self.AgentsWanted(self.opening))

    def action_recordings(self) -> None:
        """Offer the recorded sessions."""
        if self.opening is not None:
            self.post_message(self.RecordingsWanted(self.opening))

    def action_play(self) -> None:
        """Play what was recorded, or pause."""
        self.bar.action_play()

    def action_no_reply(self) -> None:
        """Say nothing: send the action that a client sends when its person stays silent."""
        self.outgoing.send({"type": "no-reply"})

    def action_press(self, number: int) -> None:
        """Press the button with this number."""
        self.outgoing.press(number)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What would do nothing is not offered."""
        if action == "press":
            return any(choice.number == parameters[0] for choice in self.outgoing.choices)
        if action == "stop":
            return self.busy and not self.query("HelpPanel")
        if action == "play":
            return self._playing.player is not None
        if action in ("restart", "no_reply"):
            return self._agent is not None
        return super().check_action(action, parameters)

    @property
    def _agent(self) -> Agent | None:
        return self.opening.agent if self.opening is not None else None
