"""Where the time of a turn went, on two clocks, and in one line.

Two rules:

1. Ours (when an entry arrived) and the server's (what it wrote into its traces) are never mixed:
   no time of one is compared with a time of the other.
2. Lengths may be. What the server's clock does not cover of the turn was spent before its first
   trace or behind its last one, and our clock says on what.
"""

from __future__ import annotations

from vftui.session.arrival import Arrivals
from vftui.session.bars import Bar, Clock
from vftui.session.log import Entry, Received
from vftui.session.served import Served

MOST = 4
"""How many shares a verdict names; what is smaller is `other`."""

_NAMES = {
    "model": "model",
    "connect": "connecting",
    "retry": "waiting for the next attempt",
    "byte": "waiting for first byte",
    "text": "waiting for first text",
    "stream": "streaming",
    "end": "closing",
}
"""Kind of bar to its name in the verdict; others go by their label."""

_OUTSIDE = ("connect", "retry", "byte", "end")
"""What the server's clock cannot cover, in the order of a turn."""


class Timeline:
    """The two clocks of one turn, entry by entry."""

    def __init__(self) -> None:
        self._arrivals = Arrivals()
        self._served = Served()

    def hear(self, seq: int, entry: Entry) -> None:
        """Take the next entry of the turn; its number in the session is `seq`."""
        self._arrivals.hear(seq, entry)
        if isinstance(entry, Received) and (trace := entry.decoded.trace) is not None:
            self._served.hear(seq, trace)

    @property
    def ours(self) -> Clock | None:
        """The turn by the times of arrival; None when they are not known."""
        return self._arrivals.clock

    @property
    def server(self) -> Clock | None:
        """The turn by the server's times; None when it told none."""
        return self._served.clock


def shares(timeline: Timeline) -> dict[str, float]:
    """What the turn's seconds were spent on, the most first; they sum to the whole of it."""
    ours, server = timeline.ours, timeline.server
    if server is None or not server.length:
        found = ours.shares(_name) if ours is not None else {}
    else:
        found = server.shares(_name)
        if ours is not None:
            _add_outside(found, ours, ours.length - server.length)
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def verdict(timeline: Timeline) -> str:
    """The shares in one line, such as `61 % model, 24 % dock_lookup, 15 % unexplained`; empty
    when nothing is known. They sum to 100; `~` is at most."""
    found = _percent(shares(timeline))
    named = [pair for pair in found if pair[1]]
    if len(named) > MOST:
        named = [*named[: MOST - 1], ("other", sum(share for _, share in named[MOST - 1 :]))]
    guessed = _at_most(timeline.server) if timeline.server is not None else set()
    return ", ".join(f"{'~' * (name in guessed)}{share} % {name}" for name, share in named)


def _at_most(clock: Clock) -> set[str]:
    """The names of what took so long at most: most of that is bars that did not tell both ends."""
    exact: dict[str, float] = {}
    for bar in clock.bars:
        sign = 1 if bar.exact else -1
        exact[_name(bar)] = exact.get(_name(bar), 0.0) + sign * bar.seconds
    return {name for name, seconds in exact.items() if seconds < 0}


def _add_outside(found: dict[str, float], ours: Clock, rest: float) -> None:
    """Add what our clock says of the time that the server's does not cover."""
    for bar in ours.bars:
        if bar.kind in _OUTSIDE and rest > 0:
            seconds = min(rest, bar.seconds)
            found[_name(bar)] = found.get(_name(bar), 0.0) + seconds
            rest -= seconds
    if rest > 0:
        found["unexplained"] = found.get("unexplained", 0.0) + rest


def _percent(found: dict[str, float]) -> list[tuple[str, int]]:
    """Whole percentages that sum to 100: the largest remainders are rounded up."""
    whole = sum(found.values())
    if whole <= 0:
        return []
    exact = {name: 100 * seconds / whole for name, seconds in found.items()}
    missing = 100 - sum(int(share) for share in exact.values())
    up = sorted(exact, key=lambda name: int(exact[name]) - exact[name])[:missing]
    told = [(name, int(share) + (name in up)) for name, share in exact.items()]
    return sorted(told, key=lambda pair: -pair[1])


def _name(bar: Bar) -> str:
    return _NAMES.get(bar.kind, bar.label)
