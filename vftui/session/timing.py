"""When things happened in a turn, and how fast its text streamed.

Two rules:

1. All times are those of the entries, in seconds since the epoch; there is no clock here.
2. A time that is not known is None, and so is everything that depends on it: a saved stream kept
   no arrival times. A clock that went back makes a duration of 0.
"""

from __future__ import annotations

from collections import deque

BUCKET = 0.5
"""Seconds that one reading of `Timed.rates` covers."""

READINGS = 24
"""How many readings are kept, the newest ones."""

RECENT = 2.0
"""Seconds that `Timed.rate_at` looks back."""

_GRAIN = RECENT / 20
"""Seconds in which tokens count as having arrived at once."""


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
        self._recent = Recent()
        self._readings = Readings()

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
        return self._recent.rate_at(now)

    @property
    def rate_estimated(self) -> bool:
        """Whether the tokens of `rate` are guessed from the length of the text."""
        return self._estimated

    @property
    def rates(self) -> list[float]:
        """Answer tokens per second in each of the latest half seconds, oldest first."""
        return self._readings.rates

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
            self._recent.add(at, tokens)
            self._readings.add(at, tokens)
            self._estimated |= estimated

    def note_pause(self) -> None:
        """No completion streams any more: time that passes now is not streaming time."""
        self._pace.pause()
        self._recent = Recent()


class Pace:
    """Tokens over the time in which they streamed."""

    __slots__ = ("_previous", "_seconds", "_tokens", "amount")

    def __init__(self) -> None:
        self.amount = 0.0
        """All tokens that were counted."""
        self._tokens = 0.0
        self._seconds = 0.0
        self._previous: float | None = None

    def add(self, at: float, tokens: float) -> None:
        """Count tokens that arrived; the first of a span took a time that nobody knows."""
        self.amount += tokens
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


class Recent:
    """Tokens that arrived lately, of the completions that stream."""

    def __init__(self) -> None:
        self._begun: float | None = None
        self._arrived: deque[tuple[float, float]] = deque()

    def add(self, at: float, tokens: float) -> None:
        """Count tokens that arrived; the first took a time that nobody knows."""
        if self._begun is None:
            self._begun = at
            return
        arrived = self._arrived
        if arrived and at - arrived[-1][0] < _GRAIN:
            at, tokens = arrived[-1][0], arrived.pop()[1] + tokens
        while arrived and arrived[0][0] <= at - RECENT:
            arrived.popleft()
        arrived.append((at, tokens))

    def rate_at(self, now: float) -> float | None:
        """Tokens per second in the last `RECENT` seconds, or as long as they stream."""
        span = min(RECENT, now - self._begun) if self._begun is not None else 0.0
        if span <= 0:
            return None
        return sum(tokens for at, tokens in self._arrived if now - RECENT < at <= now) / span


class Readings:
    """Tokens in each half second, the latest ones."""

    def __init__(self) -> None:
        self._begun: float | None = None
        self._bucket = 0
        self._tokens: deque[float] = deque(maxlen=READINGS)

    def add(self, at: float, tokens: float) -> None:
        """Count tokens that arrived."""
        self._begun = at if self._begun is None else self._begun
        bucket = int(max(0.0, at - self._begun) / BUCKET)
        missing = min(bucket - self._bucket, READINGS) if self._tokens else 1
        self._tokens.extend([0.0] * missing)
        self._bucket = max(bucket, self._bucket)
        self._tokens[-1] += tokens

    @property
    def rates(self) -> list[float]:
        """Tokens per second, oldest first."""
        return [tokens / BUCKET for tokens in self._tokens]


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else max(0.0, end - start)
