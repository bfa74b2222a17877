"""Plays the cues of a turn into a response body, at the pace of a conversation.

Three rules:

1. One chunk is one whole frame; only a burst packs many into one.
2. Waits are multiplied by the pace, so that 0 plays without waiting. A stall is a failure and
   not a wait: it lasts until the client leaves.
3. What a wait lasted too long, the next ones make up for (`Rest`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from vftui.demo.emit import Writer, bare_controls
from vftui.demo.steps import Bare, Burst, Cue, Event, HangUp, Stall

KEEP_ALIVE = 30.0
"""Seconds of silence after which v2beta1 sends a comment."""

STALL = 3600.0
"""Seconds that a stall lasts when the client stays."""

PACK = 128
"""Frames of a burst in one chunk."""


class HungUp(Exception):
    """The connection is to be broken off now."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__("the demo agent hung up, as it was told to")
        self.reset = reset


@dataclass(frozen=True)
class Player:
    """Plays turns at a pace."""

    pace: float = 1.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.time

    async def play(
        self, cues: Sequence[Cue], writer: Writer, state: dict[str, Any]
    ) -> AsyncIterator[bytes]:
        """The chunks of the body. Raises `HungUp` where the connection must break."""
        rest = Rest(self.sleep, self.clock)
        if writer.opening:
            yield writer.opening
        for cue in cues:
            if isinstance(cue, HangUp):
                if cue.trace is None:
                    return
                frame = writer.trace(cue.trace)
                yield frame[: len(frame) // 2]
                await self.sleep(0)
                raise HungUp(reset=cue.reset)
            async for chunk in self._chunks(cue, writer, rest):
                yield chunk
        for frame in writer.closing(state):
            yield frame

    async def _chunks(self, cue: Cue, writer: Writer, rest: Rest) -> AsyncIterator[bytes]:
        match cue:
            case float() | int():
                async for comment in _wait(cue * self.pace, writer.keep_alive, rest):
                    yield comment
            case bytes():
                yield cue
            case Event(name, data):
                yield writer.event(name, data)
            case Bare(trace):
                yield bare_controls(writer.trace(trace))
            case Burst(traces, count):
                for start in range(0, count, PACK):
                    numbers = range(start, min(start + PACK, count))
                    yield b"".join(writer.trace(traces[n % len(traces)]) for n in numbers)
                    await asyncio.sleep(0)  # whoever shares this loop has work to do, too
            case Stall():
                await self.sleep(STALL)
            case dict():
                yield writer.trace(cue)


class Rest:
    """The waits of one turn: what one of them, or the work between two, lasted too long, the next
    ones make up for.

    A turn of many short waits is as long as its script, to the few milliseconds of the last.
    """

    def __init__(self, sleep: Callable[[float], Awaitable[None]], now: Callable[[], float]) -> None:
        self._sleep = sleep
        self._now = now
        self._late = 0.0
        self._ended = now()

    async def wait(self, seconds: float) -> None:
        """Wait so long, less what was waited too long before."""
        begun = self._now()
        late = self._late + max(0.0, begun - self._ended)
        wanted = max(0.0, seconds - late)
        await self._sleep(wanted)
        self._ended = self._now()
        self._late = late - (seconds - wanted) + max(0.0, self._ended - begun - wanted)


async def _wait(seconds: float, keep_alive: bytes, rest: Rest) -> AsyncIterator[bytes]:
    while keep_alive and seconds > KEEP_ALIVE:
        await rest.wait(KEEP_ALIVE)
        yield keep_alive
        seconds -= KEEP_ALIVE
    await rest.wait(seconds)
