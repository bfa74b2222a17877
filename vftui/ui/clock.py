"""The one clock that paints: the first news at once, later news when the frame is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.message_pump import MessagePump

FRAME = 0.004
"""Seconds between two paints at the least. Textual itself draws at most 60 times a second; a
second clock of the same length would add its wait to that one's."""


class FrameClock:
    """Turns any number of changes into at most one paint a frame."""

    def __init__(self, owner: MessagePump, paint: Callable[[], None]) -> None:
        self._owner = owner
        self._paint = paint
        self._painted_at = float("-inf")
        self._due = False

    def changed(self) -> None:
        """Something changed: paint now, or as soon as the frame is over."""
        if self._due:
            return
        wait = self._painted_at + FRAME - asyncio.get_running_loop().time()
        if wait <= 0:
            self._now()
        else:
            self._due = True
            # Not Textual's timer: it is forgotten when its time is over before its task looks,
            # and nothing would be painted ever again. The owner's queue has it painted in turn.
            asyncio.get_running_loop().call_later(wait, self._owner.call_next, self._now)

    def _now(self) -> None:
        self._due = False
        self._paint()
        self._painted_at = asyncio.get_running_loop().time()
