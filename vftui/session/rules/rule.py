"""What a rule is, and the detectors that watch one turn for the things that break it.

Three rules:

1. **Silence is the rule.** What a sound agent may do is no problem; in doubt nothing is said.
2. A detector is made for one turn, takes a constant time for each event, and keeps little.
3. A detector is total, as the session is: it hears any events in any order and never raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from vftui.session.items import Level
from vftui.session.turn import Turn
from vftui.wire.frames import Frame
from vftui.wire.payloads import Payload
from vftui.wire.traces import Decoded, Trace

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that is not as it should be, in the words for whoever meets it."""

    name: str
    level: Level
    cause: str
    """Why it happens, in one or two sentences."""
    fix: str
    """What to do about it, in one or two sentences."""


class Event:
    """The event that is heard at the moment; keep what is in it, not the thing itself."""

    __slots__ = ("at", "decoded", "frame", "payload", "seq", "trace")

    seq: int
    """The number of its entry."""
    at: float | None
    """When it arrived, by our clock, in seconds since the epoch."""
    frame: Frame
    decoded: Decoded
    trace: Trace | None
    payload: Payload | None
    """The trace's."""


Report = Callable[[Rule, tuple[int, ...], str], None]
"""Takes a broken rule, the numbers of the entries that show it, and what was seen."""


class Detector:
    """Watches one turn for breaches of a few rules that look at the same things."""

    rules: ClassVar[tuple[Rule, ...]]
    """What it can find."""
    hears: ClassVar[tuple[type[Payload], ...]] = ()
    """The traces that it wants to hear; none: every event, also those without a trace."""

    def __init__(self, turn: Turn, report: Report) -> None:
        self.turn = turn
        self.report = report

    def hear(self, event: Event) -> None:
        """An event arrived."""
        raise NotImplementedError

    def close(self) -> None:
        """The turn is over, and its `ending` is known."""


def short(name: str) -> str:
    """A name from the wire, short enough for a sentence."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
