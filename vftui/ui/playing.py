"""Plays a log on a screen: reads it beside the keys, and stops before the log is closed."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual.dom import DOMNode
from textual.message import Message
from textual.worker import Worker

from vftui.errors import VftuiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from vftui.follower import Follower
    from vftui.opening import Opening
    from vftui.player import Player


class CouldNotRead(Message):
    """The log cannot be read any further."""

    def __init__(self, error: VftuiError) -> None:
        super().__init__()
        self.error = error


class Playing:
    """What plays on a screen; nothing as long as entries arrive by themselves."""

    def __init__(self, screen: DOMNode, news: Callable[[], None]) -> None:
        """`news` is told when something changed."""
        self._screen = screen
        self._news = news
        self._follower: Follower | None = None
        self._worker: Worker[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def player(self) -> Player | None:
        """What the keys ask; None: nothing can be played."""
        return None if self._follower is None else self._follower.player

    @property
    def reading(self) -> tuple[int, int] | None:
        """How many entries of how many are read; None: none have to be."""
        return None if self._follower is None else self._follower.reading

    @property
    def now(self) -> float | None:
        """The time in the log while it plays."""
        return None if self._follower is None else self._follower.now

    def begin(self, opening: Opening) -> bool:
        """Begin with a log that nobody adds to any more; whether this is the first time."""
        if self._follower is not None or opening.agent is not None or not len(opening.journal):
            return False
        from vftui.follower import Follower  # needs pydantic: not before the first frame

        self._follower = Follower(opening)
        self._idle.clear()
        self._worker = self._screen.run_worker(partial(self._run, self._follower))
        return True

    async def close(self) -> None:
        """Stop, and wait until nothing is read any more."""
        if self._worker is not None:
            asyncio.get_running_loop().call_soon(self._worker.cancel)
        await self._idle.wait()

    async def _run(self, follower: Follower) -> None:
        try:
            await follower.run(self._news)
        except VftuiError as error:
            self._screen.post_message(CouldNotRead(error))
        finally:
            self._idle.set()
