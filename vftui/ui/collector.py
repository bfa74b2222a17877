"""The garbage collector, kept out of the way of the screen.

A full pass over the app's own objects takes 50 to 100 ms, two or three times a second while a
stream is painted. So what exists after the first frame is set aside, the oldest generation is
left alone while something happens, and one full pass runs when nothing has for a while. Switched
off altogether it would let 15 to 30 MB a second of cyclic garbage lie.
"""

from __future__ import annotations

import gc

THRESHOLDS = (1000, 10, 1_000_000)
IDLE = 2.0
"""Seconds of quiet before a full pass."""

LONGEST = 60.0
"""Seconds of work after which a full pass runs all the same."""


class Collector:
    """Decides when a full pass disturbs least. Times are any clock's seconds."""

    def __init__(self) -> None:
        self._collected_at: float | None = None
        self._worked_at = float("-inf")

    def start(self, now: float) -> None:
        """Set aside what exists; to be called after the first frame."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)
        self._collected_at = now

    def worked(self, now: float) -> None:
        """Something was painted."""
        self._worked_at = now

    def tick(self, now: float) -> None:
        """Run a full pass when it is time for one."""
        if self._collected_at is None or self._worked_at <= self._collected_at:
            return
        if now - self._worked_at >= IDLE or now - self._collected_at >= LONGEST:
            gc.collect()
            self._collected_at = now
