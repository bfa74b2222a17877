"""Keys, pastes and clicks in the order in which they were made, wherever each of them leads.

Textual gives a key to whoever has the focus when it is read. What a key does may take the way over
several queues, and a slow line delivers many keys at once: the second would still go to where the
first leads away from. Three rules:

1. A key waits until the one before it has come all the way. An echo tells: it follows the key, and
   comes up to the app behind all that the key did.
2. Characters for the same text field do not wait for each other, nor do steps in the same list:
   none of them leads elsewhere.
3. While the terminal is lent to another program, everything waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App
from textual.errors import NoWidget
from textual.events import Key, MouseEvent, MouseMove, Paste
from textual.message import Message
from textual.message_pump import MessagePump
from textual.widget import Widget

from vftui.ui.lines import LineView

ROUNDS = 3
"""How often an echo goes from the focus up to the app until all that a key did has gone before it:
the key itself, then what its binding or its field says, then what a pane makes of that."""

LOOK = 0.05
"""Seconds after which an echo is looked after: its widget may be gone, and the echo with it."""

LOOKS = 40
"""How often, until a key is not waited for any longer: its widget is busy."""

STEPS = frozenset(("up", "down", "pageup", "pagedown"))
"""Keys that go about in a list, and that a person holds down."""

Input = Key | Paste | MouseEvent


class Typing:
    """Hands on one key at a time."""

    class Echo(Message):
        """Follows a key on its way."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, app: App[Any], hand_on: Callable[[Input], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[Input] = deque()
        self._lent = False
        self._clicked: Widget | None = None  # where the way of a click begins
        self._taker: Widget | None = None  # who took what is under way, and keeps the focus
        self._rounds = 0  # that are left for what is under way
        self._number = 0  # of the echo that is waited for
        self._look: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """Whether a key is under way, or waits."""
        return self._rounds > 0 or bool(self._waiting)

    async def take(self, event: Input) -> None:
        """Take the next key."""
        self._waiting.append(event)
        await self._go_on()

    async def heard(self, echo: Echo) -> None:
        """An echo has come up."""
        if echo.number == self._number:
            self._silence()
            self._rounds -= 1
            if self._rounds:
                self._follow(self._origin)
            await self._go_on()

    def lend(self) -> None:
        """The terminal is another program's."""
        self._lent = True

    async def take_back(self) -> None:
        """The terminal is ours again."""
        self._lent = False
        await self._go_on()

    async def _go_on(self) -> None:
        while self._waiting and self._may_go(self._waiting[0]):
            event = self._waiting.popleft()
            under_way = self._rounds > 0
            self._clicked = self._under(event) if isinstance(event, MouseEvent) else None
            self._taker = self._taker_of(event)
            await self._hand_on(event)
            if isinstance(event, MouseMove):
                continue  # it leads nowhere
            self._rounds = ROUNDS + under_way  # an echo under way may have gone before it
            if not under_way:
                self._follow(self._origin)

    def _may_go(self, event: Input) -> bool:
        """Whether it would come to where it was meant to."""
        if self._lent or self._origin is None:
            return False
        taker = self._taker_of(event)
        return not self._rounds or (taker is not None and taker is self._taker)

    def _taker_of(self, event: Input) -> Widget | None:
        """The text field that takes this character, or the list that takes this step."""
        focus = self._app.focused
        if focus is None or not isinstance(event, Key):
            return None
        steps = isinstance(focus, LineView) and event.key in STEPS
        return focus if steps or focus.check_consume_key(event.key, event.character) else None

    def _under(self, event: MouseEvent) -> Widget | None:
        try:
            return self._app.mouse_captured or self._app.get_widget_at(event.x, event.y)[0]
        except NoWidget:
            return None

    @property
    def _origin(self) -> Widget | None:
        """Where the way up to the app begins; None in an app that is closing."""
        if self._clicked is not None and self._clicked.is_attached:
            return self._clicked
        stack = self._app.screen_stack
        return (stack[-1].focused or stack[-1]) if stack else None

    def _follow(self, origin: MessagePump | None) -> None:
        """Send an echo behind what is under way."""
        if origin is None or not origin.post_message(self.Echo(self._number)):
            self._rounds = 0
            return
        self._look_after(origin, LOOKS)

    def _look_after(self, origin: MessagePump, looks: int) -> None:
        """See from time to time whether the echo may still come."""
        if origin.is_attached and origin.is_running and looks:
            loop = asyncio.get_running_loop()
            self._look = loop.call_later(LOOK, self._look_after, origin, looks - 1)
        else:
            self._silence()
            self._follow(self._app)

    def _silence(self) -> None:
        """No echo of before counts any more."""
        self._number += 1
        if self._look is not None:
            self._look.cancel()
