"""One turn at a time, each in an async worker of the screen.

Three rules:

1. Entries are applied at once, by the sinks of `run_turn`; the worker only announces that
   something changed. Messages carry news, the session and the recording carry data.
2. What is sent while a turn runs, or before there is somebody to send it to, waits in line.
3. A turn that is stopped, or goes wrong, clears the line: nobody wants the second half of a plan
   whose first half did not work out. What waited is handed back. So it is when what is left must
   not go without being asked about (`Turns.held`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.dom import DOMNode
from textual.message import Message
from textual.worker import Worker

if TYPE_CHECKING:
    from vftui.opening import Opening
    from vftui.run import Sink
    from vftui.session.log import Entry


class Changed(Message):
    """Something changed: the panes may catch up."""


class Unrecorded(Message):
    """The recording failed; the turn goes on without it."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class Unsent(Message):
    """What waited behind a turn is not sent."""

    def __init__(self, waited: list[Waiting], why: str) -> None:
        super().__init__()
        self.waited = waited
        self.why = why


class Waiting(NamedTuple):
    """An action in line, and the variables that its turn sets."""

    action: dict[str, Any]
    variables: dict[str, Any] | None = None


class Turns:
    """Runs turns for a screen, which hears `Changed` for every entry."""

    def __init__(self, screen: DOMNode) -> None:
        self._screen = screen
        self.news = News(screen)
        self._opening: Opening | None = None
        self._line: deque[Waiting] = deque()
        self._idle = asyncio.Event()
        self._idle.set()
        self._worker: Worker[None] | None = None  # of the newest turn
        self._told = False  # whether a person knows that the recording fails
        self.held: Callable[[], str] = str
        """Why nothing more may go by itself, in words; empty: it may."""

    @property
    def busy(self) -> bool:
        """Whether a turn runs."""
        return not self._idle.is_set()

    @property
    def waiting(self) -> int:
        """How many actions wait in line."""
        return len(self._line)

    def open(self, opening: Opening) -> None:
        """Begin: play what comes by itself, or send the agent what it begins with."""
        self._opening = opening
        if opening.agent is not None:
            self._line.extendleft(Waiting(*one) for one in reversed(opening.begins))
        if opening.replay is not None:
            self._start(opening.replay)
        else:
            self._next()

    def send(self, action: dict[str, Any], variables: dict[str, Any] | None = None) -> None:
        """Send an action now, or when it is its turn."""
        self._line.append(Waiting(action, variables))
        self._next()

    def take_back(self) -> Waiting | None:
        """Take the last one out of the line; None when nobody waits there."""
        waiting = self._line.pop() if self._line else None
        self.news.append()
        return waiting

    def stop(self) -> list[Waiting]:
        """Stop the turn that runs, and take out of the line what waits behind it."""
        waited = list(self._line)
        self._line.clear()
        if self._worker is not None:
            # This one, and behind its first step: cancelled before, it would never say it ended.
            asyncio.get_running_loop().call_soon(self._worker.cancel)
        return waited

    async def close(self) -> None:
        """Stop, and wait until the turn that ran has its ending in the recording."""
        self.stop()
        await self._idle.wait()
        self._opening = None

    def _next(self) -> None:
        self.news.append()
        agent = None if self._opening is None else self._opening.agent
        leaving = not self._screen.app.is_running  # then the app has stopped the turn by itself
        if self._line and not self.busy and agent is not None and not leaving:
            self._start(agent.interact(*self._line.popleft()))

    def _start(self, entries: AsyncIterator[Entry]) -> None:
        self._idle.clear()
        # A function and no coroutine: one that is cancelled before it began would be warned of.
        work = partial(self._run, entries)
        self._worker = self._screen.run_worker(work)

    async def _run(self, entries: AsyncIterator[Entry]) -> None:
        from vftui.run import run_turn  # both need pydantic: not before the first frame
        from vftui.ui.pace import Pace

        opening = self._opening
        assert opening is not None
        pace = Pace(opening.session.apply, self.news.append)
        paced = opening.options.pace and opening.agent is not None
        repeats = [] if opening.repeats is None else [opening.repeats]
        try:
            await run_turn(
                entries,
                [pace if paced else Fold(opening), opening.journal, *repeats, self.news],
                clock=opening.clock,
                on_sink_failure=self._sink_failed,
            )
            await pace.drain()
            self._hand_back(opening)
        finally:
            self._idle.set()
            self._next()

    def _hand_back(self, opening: Opening) -> None:
        """Clear the line if the turn that is over went wrong, or what follows is held; a run that
        repeats another goes on, as that one did."""
        ending = opening.session.turns[-1].ending if opening.session.turns else None
        failed = ending not in ("complete", None)
        why = f"The turn before was {ending}" if failed else self.held()
        if self._line and opening.repeats is None and why:
            self._screen.post_message(Unsent(list(self._line), why))
            self._line.clear()

    def _sink_failed(self, sink: Sink, error: Exception) -> None:
        if self._opening is None or sink is not self._opening.journal:
            raise error
        if not self._told:
            self._told = True
            self._screen.post_message(Unrecorded(str(error)))


class Fold:
    """The sink that folds entries into the session."""

    def __init__(self, opening: Opening) -> None:
        self.append = opening.session.apply


class News:
    """The sink that announces entries and keeps nothing.

    A message costs more than an entry, so there is a next one only when the last was `heard`.
    """

    def __init__(self, screen: DOMNode) -> None:
        self._screen = screen
        self._unheard = False

    def append(self, entry: Entry | None = None) -> None:
        """Say that something changed."""
        if not self._unheard:
            self._unheard = self._screen.post_message(Changed())

    def heard(self) -> None:
        """The screen has begun to catch up: what comes now is news again."""
        self._unheard = False
