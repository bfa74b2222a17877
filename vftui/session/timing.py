"""When things happened in a turn, and how fast its text streamed.

Two rules:

1. All times are those of the entries, in seconds since the epoch; there is no clock here.
2. A time that is not known is None, and so is everything that depends on it: a saved stream kept
   no arrival times. A clock that went back makes a duration of 0.
"""

from __future__ import annotations

import math
from collections import deque
from itertools import islice

BUCKET = 0.5
"""Seconds that one reading of `Timed.rates` covers."""

READINGS = 24
"""How many readings are kept, the newest ones."""

RECENT = 2.0
"""Seconds that `Timed.rate_at` looks back."""

_GRAIN = 0.1
"""Seconds in which tokens count as having arrived at once."""

_PER_READING = round(BUCKET / _GRAIN)


class Timed:
    """The times of a turn, and the durations that follow from them."""

    def __init__(self) -> None:
        self.first_at: float | None = None
        """When its first entry happened."""
        self.sent_at: float | None = None
        self.opened_at: float | None = None
        """When the head of the answer arrived."""
        self.first_byte_at: float | None = None
        """When the first frame of the answer arrived."""
        self.first_text_at: float | None = None
        """When the first words for the person arrived."""
        self.closed_at: float | None = None
        self.last_at: float | None = None
        """When its latest entry happened."""
        self.first_chunk: float | None = None
        """Seconds that the first model call took to its first words, as the server measured it."""
        self.latencies: list[float] = []
        """Seconds that each model call took, as the server measured it."""
        self._estimated = False
        self._pace = Pace()
        self._arrivals = Arrivals()

    @property
    def connect(self) -> float | None:
        """Seconds from the action to the head of the answer."""
        return _between(self.sent_at, self.opened_at)

    @property
    def first_byte(self) -> float | None:
        """Seconds from the action to the first frame."""
        return _between(self.sent_at, self.first_byte_at)

    @property
    def first_text(self) -> float | None:
        """Seconds from the action, in a stream without one from its beginning, to the words."""
        return _between(self._begun_at, self.first_text_at)

    @property
    def elapsed(self) -> float | None:
        """Seconds from the beginning to the end, or to the latest entry while there is no end."""
        end = self.last_at if self.closed_at is None else self.closed_at
        return _between(self._begun_at, end)

    @property
    def rate(self) -> float | None:
        """Answer tokens per second while text streamed."""
        return self._pace.rate

    def rate_at(self, now: float) -> float | None:
        """Answer tokens per second lately; None while nothing streams."""
        return self._arrivals.rate_at(now)

    @property
    def rate_estimated(self) -> bool:
        """Whether the tokens of `rate` are guessed from the length of the text."""
        return self._estimated

    @property
    def rates(self) -> list[float]:
        """Answer tokens per second in each of the latest half seconds, oldest first."""
        return self._arrivals.readings

    @property
    def _begun_at(self) -> float | None:
        return self.first_at if self.sent_at is None else self.sent_at

    def note(self, at: float | None) -> None:
        """An entry happened."""
        if at is not None:
            self.first_at = at if self.first_at is None else self.first_at
            self.last_at = at

    def note_text(self, at: float | None) -> None:
        """Words for the person arrived."""
        if self.first_text_at is None:
            self.first_text_at = at

    def note_streamed(self, at: float | None, tokens: float, *, estimated: bool) -> None:
        """So many answer tokens of a completion arrived."""
        if at is not None:
            self._pace.add(at, tokens)
            self._arrivals.add(at, tokens)
            self._estimated |= estimated

    def note_pause(self) -> None:
        """No completion streams any more: time that passes now is not streaming time."""
        self._pace.pause()
        self._arrivals.pause()


class Pace:
    """Tokens over the time in which they streamed."""

    def __init__(self) -> None:
        self._tokens = 0.0
        self._seconds = 0.0
        self._previous: float | None = None

    def add(self, at: float, tokens: float) -> None:
        """Count tokens that arrived; the first of a span took a time that nobody knows."""
        if self._previous is not None:
            self._seconds += max(0.0, at - self._previous)
            self._tokens += tokens
        self._previous = at

    def pause(self) -> None:
        """End a span."""
        self._previous = None

    @property
    def rate(self) -> float | None:
        """Tokens per second, None as long as no time has passed."""
        return self._tokens / self._seconds if self._seconds else None


class Arrivals:
    """The tokens that arrived lately, in grains of time that are counted from the first one."""

    def __init__(self) -> None:
        self._zero: float | None = None  # when the first one began
        self._latest = 0  # the number of the last one
        self._tokens: deque[float] = deque([0.0], maxlen=READINGS * _PER_READING)
        self._since: float | None = None  # when the span began, while text streams
        self._span = 0.0  # the tokens of it but for those that it began with

    def add(self, at: float, tokens: float) -> None:
        """Count tokens that arrived; the first of a span took a time that nobody knows."""
        if self._since is None:
            self._since, self._span = at, 0.0
        else:
            self._span += tokens
        if self._zero is None:
            self._zero = at
        if (grain := int((at - self._zero) / _GRAIN)) > self._latest:
            self._tokens.extend([0.0] * min(grain - self._latest, READINGS * _PER_READING))
            self._latest = grain
        self._tokens[-1] += tokens

    def pause(self) -> None:
        """End a span."""
        self._since = None

    def rate_at(self, now: float) -> float | None:
        """Tokens per second of this span, of its last `RECENT` seconds if it is longer.

        None while that is not known: a span that has just begun is no time to divide by, and
        silence behind its first tokens is not slow yet.
        """
        if self._zero is None or self._since is None or now - self._since < _GRAIN:
            return None
        if now - self._since < RECENT:
            return self._span / (now - self._since) if self._span else None
        begun = math.floor((now - RECENT - self._zero) / _GRAIN)
        lately = islice(reversed(self._tokens), max(0, self._latest - begun))
        return sum(lately) / RECENT

    @property
    def readings(self) -> list[float]:
        """Tokens per second in each half second, oldest first; none without tokens."""
        if self._zero is None:
            return []
        newest = self._latest // _PER_READING
        readings = [0.0] * min(newest + 1, READINGS)
        for age, tokens in enumerate(reversed(self._tokens)):
            back = newest - (self._latest - age) // _PER_READING
            if back < len(readings):
                readings[-1 - back] += tokens / BUCKET
        return readings


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else max(0.0, end - start)
