"""Keys in the order in which they were typed, wherever each of them leads.

Textual gives a key to whoever has the focus when it is read. What a key does may take the way over
several queues, and a slow line delivers many keys at once: the second would still go to where the
first leads away from. So a key waits until the one before it has come all the way.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App
from textual.events import Key, Paste
from textual.message import Message
from textual.widget import Widget

ROUNDS = 3
"""How often an echo goes from the focus up to the app until all that a key did has gone before it:
the key itself, then what its binding or its field says, then what a pane makes of that."""

PATIENCE = 0.25
"""Seconds after which a key is not waited for any longer: its widget is gone, or busy."""


class Typing:
    """Hands on one key at a time."""

    class Echo(Message):
        """Follows a key on its way."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, app: App[Any], hand_on: Callable[[Key | Paste], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[Key | Paste] = deque()
        self._rounds = 0  # that are left for the key that is under way
        self._number = 0  # of the echo that is waited for
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """Whether a key is under way, or waits."""
        return self._rounds > 0 or bool(self._waiting)

    async def take(self, event: Key | Paste) -> None:
        """Take the next key."""
        self._waiting.append(event)
        await self._go_on()

    async def heard(self, echo: Echo) -> None:
        """An echo has come up."""
        if echo.number == self._number:
            self._silence()
            self._rounds -= 1
            if self._rounds:
                self._echo()
            await self._go_on()

    async def _go_on(self) -> None:
        while self._waiting and not self._rounds and self._origin is not None:
            await self._hand_on(self._waiting.popleft())
            self._rounds = ROUNDS
            self._echo()

    @property
    def _origin(self) -> Widget | None:
        """Where keys go now; None in an app that is closing."""
        stack = self._app.screen_stack
        return (stack[-1].focused or stack[-1]) if stack else None

    def _echo(self) -> None:
        """Follow the key, from where the focus is now."""
        origin = self._origin
        if origin is None or not origin.post_message(self.Echo(self._number)):
            self._rounds = 0
            return
        self._deadline = asyncio.get_running_loop().call_later(PATIENCE, self._give_up)

    def _silence(self) -> None:
        """No echo of before counts any more."""
        self._number += 1
        if self._deadline is not None:
            self._deadline.cancel()

    def _give_up(self) -> None:
        """Go on without having heard of the key that is under way."""
        self._silence()
        self._rounds = 1
        self._app.post_message(self.Echo(self._number))
