"""Conversations with the demo agent, word for word the same in every run.

They go over real HTTP to the real demo agent, as fast as it can; its ids are seeded and its clock
moves only when it waits. What a run still decides (when a frame arrived, on which port) is then
replaced: a frame arrives shortly after the time that the agent wrote into it.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from vftui.client import HttpAgent
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.wire.dialects import Api, Target

START = 1_786_629_723.0
"""2026-08-13 14:02:03 UTC: when every conversation begins."""

_HOST = "127.0.0.1:8000"
URL = f"http://{_HOST}"
USER = "vftui-7f3a9c21"
BETWEEN = 4.0
"""Seconds that the person takes for what to say next."""

_HEAD, _ANSWER, _WIRE = 0.021, 0.038, 0.0004
"""Seconds to a session, from there to the head of the answer, and to each frame."""


class _Clock:
    """The demo agent's clock, which moves when it waits."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@functools.cache
def talk(api: Api, *words: str) -> tuple[Entry, ...]:
    """A conversation: after the launch, each of the words is said, or its button is pressed."""
    return tuple(asyncio.run(_talk(api, words)))


async def _talk(api: Api, words: tuple[str, ...]) -> list[Entry]:
    clock = _Clock()
    entries: list[Entry] = []
    async with demo_agent(clock=clock, seed=7, sleep=clock.sleep) as url:
        environment = "development" if api == "v2beta1" else "main"
        agent = HttpAgent(
            Target(url, PROJECT, environment, USER, "vftui"), api, KEY, sleep=clock.sleep
        )
        for said in (None, *words):
            action = {"type": "launch"} if said is None else _action(said, entries)
            asked_at = clock.now
            clock.now += _HEAD + _ANSWER
            turn = [entry async for entry in agent.interact(action)]
            entries += _settled(turn, asked_at, url)
            clock.now += BETWEEN
        await agent.aclose()
    return entries


def _action(said: str, entries: list[Entry]) -> dict[str, Any]:
    """What the app would send."""
    for choice in Session.of(entries).choices:
        if choice.name == said:
            return choice.request
    return {"type": "text", "payload": said}


def _settled(turn: list[Entry], at: float, url: str) -> Iterator[Entry]:
    """The turn without what a run decides."""
    for entry in turn:
        if isinstance(entry, Sent):
            yield replace(entry, at=at, url=entry.url.replace(url, URL))
        elif isinstance(entry, Opened):
            at += _HEAD if entry.stage == "session" else _ANSWER
            headers = [pair for pair in entry.headers if pair[0].lower() != "date"]
            yield replace(entry, at=at, headers=tuple(headers))
            at += entry.retry_in or 0.0
        elif isinstance(entry, Received):
            trace = entry.decoded.trace
            said_at = trace.time / 1000 if trace and trace.time else at
            at = max(at, said_at) + _WIRE
            yield Received(at, entry.frame)
        elif isinstance(entry, Closed):
            message = entry.message.replace(url.removeprefix("http://"), _HOST)
            yield replace(entry, at=at + _WIRE, message=message)
