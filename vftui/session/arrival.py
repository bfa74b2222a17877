"""A turn on our clock: one phase behind the other, from the action to the end.

Two rules:

1. Every timed entry ends a phase, so that the phases cover the turn without gap and overlap.
2. A clock that went back stands still until it is where it was.
"""

from __future__ import annotations

from vftui.session.bars import MAX_BARS, Bar, Clock, Kind, covered
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.wire.payloads import Completion, Speak, Text

SILENCE = 2.0
"""Seconds without a frame that are worth a bar of their own."""

_LATEST = 1e12
"""Times from here on, in seconds since the epoch, are nonsense."""


class Arrivals:
    """When the entries of a turn happened."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None
        self._last = (0.0, 0)
        self._phases: list[Bar] = []
        self._received = False
        self._spoken = False
        self._opened = False
        self._resumes_at: float | None = None

    def hear(self, seq: int, entry: Entry) -> None:
        """Take the next entry."""
        at = entry.at
        if at is None or not 0 <= at < _LATEST:
            return
        if self._first is None:
            self._first = self._last = (at, seq)
        at = max(at, self._last[0])
        self._resume(at, seq)
        self._end_phase(*self._phase(entry, at - self._last[0]), at, seq)
        self._note(entry, at)

    @property
    def clock(self) -> Clock | None:
        """The turn so far; None when no entry has a time."""
        if self._first is None:
            return None
        # What came before the first words is only a wait for them if there are any.
        phases = self._phases if self._spoken else [_unspoken(phase) for phase in self._phases]
        return covered(phases, self._first, self._last)

    def _phase(self, entry: Entry, gap: float) -> tuple[Kind, str]:
        """What the time before an entry was."""
        if isinstance(entry, Sent):
            return "stream", "stream"
        if not self._received:
            if isinstance(entry, Opened) or not self._opened:
                session = isinstance(entry, Opened) and entry.stage == "session"
                return "connect", "session" if session else "connect"
            return "byte", "first byte"
        if isinstance(entry, Closed):
            return "end", "end"
        if gap >= SILENCE:
            return "silence", "silence"
        return ("stream", "stream") if self._spoken else ("text", "first text")

    def _end_phase(self, kind: Kind, label: str, at: float, seq: int) -> None:
        start, before = self._last
        self._last = (at, seq)
        last = self._phases[-1] if self._phases else None
        if last is not None and (
            (last.kind == kind and kind in ("stream", "text")) or len(self._phases) >= MAX_BARS
        ):
            self._phases[-1] = Bar(last.kind, last.label, last.start, at, (last.seqs[0], seq))
        elif at > start:
            self._phases.append(Bar(kind, label, start, at, (before, seq)))

    def _resume(self, at: float, seq: int) -> None:
        """Let the pause before another attempt be over."""
        if self._resumes_at is not None:
            self._end_phase("retry", "pause", min(at, self._resumes_at), self._last[1])
            self._resumes_at = None

    def _note(self, entry: Entry, at: float) -> None:
        if isinstance(entry, Opened):
            self._opened |= entry.stage == "turn" and entry.retry_in is None
            if entry.retry_in is not None and 0 <= entry.retry_in < _LATEST:
                self._resumes_at = at + entry.retry_in
        elif isinstance(entry, Received):
            self._received = True
            self._spoken = self._spoken or _speaks(entry)


def _speaks(entry: Received) -> bool:
    """Whether a frame has words for the person."""
    trace = entry.decoded.trace
    match trace.payload if trace is not None else None:
        case Text() as text:
            return bool(text.text)
        case Speak() as speak:
            return bool(speak.spoken)
        case Completion() as piece:
            return bool(piece.text)
    return False


def _unspoken(phase: Bar) -> Bar:
    if phase.kind != "text":
        return phase
    return Bar("stream", "stream", phase.start, phase.end, phase.seqs)
