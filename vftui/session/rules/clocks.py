"""Silence, bursts, and time that runs backwards.

Two clocks, never mixed: arrivals are ours, what a trace tells is the server's.
"""

from __future__ import annotations

from vftui.session.rules.rule import Detector, Event, Report, Rule
from vftui.session.turn import Turn
from vftui.wire.payloads import Debug

BUFFERED = Rule(
    "buffered-delivery",
    "warning",
    "Something between the server and here holds the stream back and delivers it in one piece: a "
    "proxy, compression, or a client that reads the whole answer first.",
    "Switch off response buffering and compression for text/event-stream in the proxy, for "
    "example proxy_buffering off in nginx.",
)
STALL = Rule(
    "stall",
    "warning",
    "The agent waited for something that no trace tells of: a model that pauses, a slow API, a "
    "busy server, or the network.",
    "Look at the entries on both sides of the silence and give the slow step a time limit. If "
    "it moves from turn to turn, suspect the network.",
)
BACKWARDS = Rule(
    "clock-backwards",
    "info",
    "The traces come from machines whose clocks differ, or a function made them with a time of "
    "its own. Order by arrival is right, durations by the server's clock are not.",
    "Do not trust the server's times of this turn.",
)

LONGEST_GAP = 2.0
"""Seconds without an event in a stream that has begun."""

LONGEST_WAIT = 10.0
"""Seconds from the head of the answer to its first event."""

BURST = 0.05
"""Seconds within which a buffered answer arrives."""

SPREAD = 1.0
"""Seconds by the server's clock from which on a burst was made by someone on the way."""

BACK = 1.0
"""Seconds that the server's time may go back: steps run beside each other."""

_EXPLAINED = 0.8
"""The part of a silence that a latency has to cover to explain it."""

_FEWEST = 3
"""Traces that make a burst."""


class Clocks(Detector):
    """Follows the times of the events."""

    rules = (BUFFERED, STALL, BACKWARDS)

    def __init__(self, turn: Turn, report: Report) -> None:
        super().__init__(turn, report)
        self._first_at: float | None = None
        self._at: float | None = None
        self._seq = 0
        self._tools = 0  # how many calls are open
        self._timed = 0  # traces that told a time
        self._first_time = 0.0
        self._time = 0.0
        self._time_seq = 0

    def hear(self, event: Event) -> None:
        """An event arrived; traces mostly tell when they were made."""
        at = event.at
        if at is not None:
            before = self._at
            if before is None:
                self._begin(at, event)
            elif at - before > LONGEST_GAP:
                self._silence(at - before, event)
            self._at, self._seq = at, event.seq
        trace = event.trace
        if trace is not None:
            time = trace.time
            if time is not None:
                if not self._timed:
                    self._first_time = time
                elif time < self._time - BACK * 1000:
                    self._went_back(time, event.seq)
                self._timed += 1
                self._time, self._time_seq = time, event.seq
            if trace.type == "tool-call":
                self._tools += {"start": 1, "end": -1}.get(getattr(trace.payload, "state", ""), 0)

    def close(self) -> None:
        """See whether all came at once, or nothing came any more."""
        turn = self.turn
        if turn.ending == "stalled" and self._at is not None and turn.closed_at is not None:
            waited = turn.closed_at - self._at
            text = f"Nothing came for {waited:,.1f} s, and the turn was given up."
            self.report(STALL, (self._seq, turn.last_seq), text)
        elif self._is_burst():
            made = (self._time - self._first_time) / 1000
            text = f"{self._timed:,} traces that were made over {made:,.1f} s arrived at once."
            self.report(BUFFERED, (turn.first_seq, self._time_seq), text)

    def _begin(self, at: float, event: Event) -> None:
        self._first_at = at
        opened = self.turn.opened_at
        if opened is not None and at - opened > LONGEST_WAIT:
            text = f"The first event came {at - opened:,.1f} s after the answer had begun."
            self.report(STALL, (event.seq,), text)

    def _silence(self, seconds: float, event: Event) -> None:
        """Tell of a silence, unless a tool ran or the trace behind it tells how long it took."""
        payload = event.payload
        latency = payload.latency if isinstance(payload, Debug) else None
        explained = latency is not None and latency >= _EXPLAINED * seconds * 1000
        if self._tools <= 0 and not explained:
            text = f"No event came for {seconds:,.1f} s in the middle of the answer."
            self.report(STALL, (self._seq, event.seq), text)

    def _went_back(self, time: float, seq: int) -> None:
        back = (self._time - time) / 1000
        text = f"The server's clock went back by {back:,.1f} s."
        self.report(BACKWARDS, (self._time_seq, seq), text)

    def _is_burst(self) -> bool:
        """Whether the traces arrived together, and the time in which they were made had passed."""
        first, last, sent = self._first_at, self._at, self.turn.sent_at
        if first is None or last is None or sent is None or self._timed < _FEWEST:
            return False
        made = (self._time - self._first_time) / 1000
        return last - first <= BURST and SPREAD <= made <= last - sent + SPREAD
