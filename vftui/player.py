"""The player of a log: how much of it is shown, when the next entry comes, how fast time runs.

Three rules:

1. Time is counted from where it was last set, not from entry to entry: nothing drifts.
2. Whatever is pressed is answered at once: what has to be read for it is read behind it.
3. A step stops the player; a jump does not.
"""

from __future__ import annotations

from collections.abc import Callable

from vftui.schedule import Schedule

Clock = Callable[[], float]

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0)
"""How many seconds of the log pass in one of ours."""

SOONEST = 0.001
"""Seconds until the next entry at the least: what comes closer comes together."""


class Player:
    """Which entries of a log are shown, as the keys and the clock say; all of them at first."""

    def __init__(self, total: int, clock: Clock, changed: Callable[[], object]) -> None:
        """`total` entries; `changed` is told when a person has asked for something else."""
        self.schedule = Schedule()
        """When each entry comes; whoever reads the log adds to it."""
        self.total = total
        self.shown = total
        """How many entries are to be shown."""
        self.speed = 1.0
        self._clock = clock
        self._changed = changed
        self._time: float | None = None  # where time was last set; None: at the last entry shown
        self._since: float | None = None  # what our clock said then, while it plays

    @property
    def playing(self) -> bool:
        """Whether time passes."""
        return self._since is not None

    @property
    def complete(self) -> bool:
        """Whether the whole schedule is known."""
        return len(self.schedule) >= self.total

    @property
    def time(self) -> float:
        """Seconds since the beginning of the log."""
        if self._time is None:
            return self.schedule.time(self.shown)
        passed = 0.0 if self._since is None else (self._clock() - self._since) * self.speed
        return min(self._time + passed, self.schedule.duration)

    @property
    def way(self) -> float:
        """How much of the way is gone, from 0 to 1: of the time, or as long as nobody knows how
        long it takes, of the entries."""
        if self.complete and self.schedule.duration:
            return self.time / self.schedule.duration
        return self.shown / self.total if self.total else 1.0

    @property
    def turn(self) -> int:
        """The turn that is shown last, counted from 1; 0: none is."""
        return self.schedule.turn(self.shown)

    def advance(self) -> None:
        """Show what is due; stop at the end."""
        if not self.playing:
            return
        if self._time is None:
            self._begin()
        if self._time is not None:
            self.shown = max(self.shown, self.schedule.played(self.time))
        if self.complete and self.shown >= self.total:
            self._since = self._time = None

    def due(self) -> float | None:
        """Seconds until the next entry; None: none comes by itself."""
        if not self.playing or self._time is None or self.shown >= len(self.schedule):
            return None
        return max(SOONEST, (self.schedule.time(self.shown + 1) - self.time) / self.speed)

    # What a person asks for

    def toggle(self) -> None:
        """Play, from the beginning if the end is shown; or pause."""
        if not self.playing and self.shown >= self.total:
            self._go(0, playing=True)
        else:
            self._set(self._now, playing=not self.playing)

    def seek(self, time: float) -> None:
        """Go to a time."""
        time = max(0.0, min(time, self.schedule.duration))
        self.shown = self.schedule.played(time) if time else 0
        self._set(time, playing=self.playing)

    def skip(self, seconds: float) -> None:
        """Go so many seconds on, or back."""
        self.seek(self.time + seconds)

    def step(self, entries: int) -> None:
        """Stop, and show so many entries more, or less."""
        self._go(self.shown + entries, playing=False)

    def step_turn(self, direction: int) -> None:
        """Stop at the end of this turn or the next (1), or of the one before (-1)."""
        turn, schedule = self.turn, self.schedule
        if direction < 0:
            number = schedule.turn_end(turn - 1)
        elif (number := schedule.turn_end(turn)) <= self.shown:
            number = schedule.turn_end(turn + 1)
        self._go(number, playing=False)

    def go(self, way: float) -> None:
        """Go to this part of the way, from 0 to 1; the last of it is the end."""
        if way >= 1:
            self._go(self.total, playing=False)
        elif self.complete:
            self.seek(self.schedule.duration * way)
        else:
            self._go(round(self.total * way), playing=self.playing)

    def faster(self, steps: int) -> None:
        """Play so many steps faster, or slower."""
        place = SPEEDS.index(self.speed) + steps
        now = self._now
        self.speed = SPEEDS[max(0, min(place, len(SPEEDS) - 1))]
        self._set(now, playing=self.playing)

    def cut(self, total: int) -> None:
        """The log has no more than so many entries after all."""
        self.total = total
        self.shown = min(self.shown, total)

    def _go(self, number: int, *, playing: bool) -> None:
        """Show so many entries, at the time of the last of them."""
        self.shown = max(0, min(number, self.total))
        self._set(None, playing=playing)

    @property
    def _now(self) -> float | None:
        """The time; None: that of the last entry shown."""
        return None if self._time is None else self.time

    def _set(self, time: float | None, *, playing: bool) -> None:
        self._time = time
        self._since = self._clock() if playing else None
        if playing:
            self._begin()
        self._changed()

    def _begin(self) -> None:
        """Let time pass from the last entry shown, once it is known when that comes."""
        if self._time is None and self.shown <= len(self.schedule):
            self._time, self._since = self.schedule.time(self.shown), self._clock()
