"""The frame clock: the first change at once, any number of later ones together."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from functools import partial
from typing import cast

import pytest
from textual.app import App
from textual.message_pump import MessagePump

from tests.stage import until
from vftui.ui.clock import FRAME, FrameClock


class Owner:
    """Its queue is always empty: what is to be called next is called now."""

    def call_next(self, callback: Callable[[], None]) -> None:
        callback()


async def test_a_burst_is_two_paints(monkeypatch: pytest.MonkeyPatch) -> None:
    timers: list[tuple[float, Callable[[], None]]] = []
    monkeypatch.setattr(
        asyncio.get_running_loop(),
        "call_later",
        lambda delay, call, *arguments: timers.append((delay, partial(call, *arguments))),
    )
    paints = list[int]()
    clock = FrameClock(cast(MessagePump, Owner()), lambda: paints.append(1))
    clock.changed()
    assert len(paints) == 1 and not timers
    for _ in range(1000):
        clock.changed()
    ((delay, over),) = timers
    assert 0 < delay <= FRAME and len(paints) == 1
    over()
    assert len(paints) == 2
    clock.changed()
    assert len(paints) + len(timers) == 4  # painted again at once, or due again


async def test_a_frame_is_painted_however_late_the_process_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Textual forgets a timer whose time is over before it looks: everything stood still then."""
    late = itertools.count()
    paints = list[int]()
    async with App[None]().run_test() as pilot:
        clock = FrameClock(pilot.app, lambda: paints.append(1))
        with monkeypatch.context() as patch:
            patch.setattr("textual._time.get_time", lambda: float(next(late)))
            clock.changed()
            clock.changed()
            assert len(paints) == 1
            for _ in range(100):
                await asyncio.sleep(FRAME / 10)
        await until(pilot, lambda: len(paints) == 2, "the frame is over")
