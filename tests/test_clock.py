"""The frame clock: the first change at once, any number of later ones together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from textual.message_pump import MessagePump

from vftui.ui.clock import FRAME, FrameClock


class Owner:
    """Takes timers and lets a test say when they are over."""

    def __init__(self) -> None:
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def set_timer(self, delay: float, callback: Callable[[], None]) -> Any:
        self.timers.append((delay, callback))


async def test_a_burst_is_two_paints() -> None:
    owner, paints = Owner(), list[int]()
    clock = FrameClock(cast(MessagePump, owner), lambda: paints.append(1))
    clock.changed()
    assert len(paints) == 1 and not owner.timers
    for _ in range(1000):
        clock.changed()
    ((delay, over),) = owner.timers
    assert 0 < delay <= FRAME and len(paints) == 1
    over()
    assert len(paints) == 2
    clock.changed()
    assert len(paints) + len(owner.timers) == 4  # painted again at once, or due again
