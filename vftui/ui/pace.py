"""Messages at the pace that the agent asks for, instead of all at once.

An agent says how long a message should take to be typed, and leaves it to the client to wait. Here
the waiting is done, between `run_turn` and the session. Three rules:

1. Entries are passed on in order: behind one that waits, everything waits.
2. Nothing is lost: `drain` waits for what is held, and whoever stops waiting gets it at once.
3. Only the session waits. The recording is another sink, and has each entry when it came.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from vftui.session.log import Closed, Received

if TYPE_CHECKING:
    from vftui.session.log import Entry

LONGEST = 10.0
"""Seconds that one message is waited for, whatever it asks."""

_SAID = ("text", "speak", "completion", "completion-start")
"""The types of traces that a person waits for."""


class Timer(Protocol):
    """Something that will happen, unless it is cancelled."""

    def cancel(self) -> object:
        """Let it not happen."""


Later = Callable[[float, Callable[[], None]], Timer]
"""Calls a function so many seconds later."""


class Pace:
    """The sink that passes entries on when it is their time."""

    def __init__(
        self,
        pass_on: Callable[[Entry], object],
        news: Callable[[], object],
        later: Later | None = None,
    ) -> None:
        """Entries go to `pass_on`; `news` is told of those that had to wait."""
        self._pass_on = pass_on
        self._news = news
        self._later = later or asyncio.get_running_loop().call_later
        self._held: deque[Entry] = deque()
        self._timer: Timer | None = None
        self._empty = asyncio.Event()
        self._empty.set()

    def append(self, entry: Entry) -> None:
        """Pass an entry on, now or when its time has come. A person who stops a turn waits no
        more: what is held comes first."""
        self._held.append(entry)
        if isinstance(entry, Closed) and entry.ending == "cancelled":
            self.flush()
        elif self._timer is None:
            self._go_on()

    async def drain(self) -> None:
        """Wait until everything was passed on; cancelled, pass it on at once."""
        try:
            await self._empty.wait()
        finally:
            self.flush()

    def flush(self) -> None:
        """Pass everything on at once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._held:
            self._pass_on(self._held.popleft())
        if not self._empty.is_set():
            self._empty.set()
            self._news()

    def _go_on(self) -> None:
        """Pass entries on up to the next one that has to wait."""
        while self._held:
            if seconds := delay_of(self._held[0]):
                self._empty.clear()
                self._timer = self._later(seconds, self._waited)
                return
            self._pass_on(self._held.popleft())
        self._empty.set()

    def _waited(self) -> None:
        """The time of the first entry has come."""
        self._timer = None
        self._pass_on(self._held.popleft())
        self._go_on()
        self._news()


def delay_of(entry: Entry) -> float:
    """The seconds that the agent wants to be typing before this is said; 0: none."""
    trace = entry.decoded.trace if isinstance(entry, Received) else None
    if trace is None or trace.type not in _SAID:
        return 0.0
    payload = trace.raw.get("payload")
    if not isinstance(payload, dict):
        return 0.0
    slate = payload.get("slate")
    old = slate.get("messageDelayMilliseconds") if isinstance(slate, dict) else None
    for wanted in (payload.get("delay"), old):  # milliseconds; older agents have the second one
        if isinstance(wanted, int | float) and not isinstance(wanted, bool) and wanted > 0:
            return float(min(wanted, LONGEST * 1000)) / 1000
    return 0.0
