"""A turn on the server's clock: the steps that its traces tell of.

Two rules:

1. Only the times that traces have from the server count. A trace without one tells of no step.
2. Times may go back, where steps run beside each other; order is the order of arrival.
"""

from __future__ import annotations

from vftui.session.bars import Clock, covered
from vftui.session.labour import Labour
from vftui.session.modelcalls import ModelCalls
from vftui.session.spent import Moment, Spending
from vftui.wire.payloads import (
    Completion,
    Debug,
    KnowledgeBase,
    Payload,
    Reasoning,
    Speak,
    Text,
    ToolCall,
)
from vftui.wire.traces import Trace

_DAY = 86_400.0
"""Seconds. Times that are further than this from the turn's first one are of no use."""


class Served:
    """What the server did in a turn, and when."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None
        self._last = (0.0, 0)
        self._before = 0.0
        self._spending = Spending()
        self._models = ModelCalls(self._spending)
        self._labour = Labour(self._spending)

    def hear(self, seq: int, trace: Trace) -> None:
        """Take the next trace."""
        if trace.time is None:
            return
        at = trace.time / 1000
        if self._first is None:
            self._first = self._last = (at, seq)
            self._before = at
        if abs(at - self._first[0]) > _DAY:
            return
        self._take(trace, Moment(seq, at, min(at, self._before)))
        self._before = at
        self._first = min(self._first, (at, seq))
        self._last = max(self._last, (at, seq))

    @property
    def clock(self) -> Clock | None:
        """The turn so far; None when no trace has a time."""
        if self._first is None:
            return None
        return covered(self._spending.bars, self._first, self._last)

    def _take(self, trace: Trace, now: Moment) -> None:
        payload: Payload = trace.payload
        match payload:
            case Debug():
                self._diagnose(payload, trace, now)
            case Completion():
                self._models.complete(payload, now)
            case Reasoning():
                self._models.think(now)
            case Text() | Speak():
                self._models.speak(now)
            case KnowledgeBase():
                self._models.give_way(now)
                self._labour.look_up(now)
            case ToolCall():
                if self._labour.call(payload, now):
                    self._models.give_way(now)

    def _diagnose(self, debug: Debug, trace: Trace, now: Moment) -> None:
        if debug.message == "calling tools":
            self._labour.announce(debug)
        if not self._models.diagnose(debug, trace.paths, now) and self._labour.diagnose(debug, now):
            self._models.give_way(now)
