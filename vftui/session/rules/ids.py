"""Event ids that come twice, and those that never come.

The second and third generation number the events of a turn, the first gives each a random id.
Nobody promises either, so a hole only counts in a numbering that goes up by one.
"""

from __future__ import annotations

from vftui.session.deliveries import has_id
from vftui.session.rules.rule import Detector, Event, Report, Rule, short
from vftui.session.turn import Turn

DUPLICATE = Rule(
    "duplicate-id",
    "warning",
    "The server or a proxy sent an event twice or late, so its text may be there twice.",
    "Compare the events of this id. If they are equal, look for a proxy that sends again what it "
    "has sent already.",
)
MISSING = Rule(
    "missing-id",
    "warning",
    "Events were lost on the way, or something between the server and here filtered them out.",
    "Send the same without the proxy. What stood in these events is not in the recording.",
)

MOST = 10_000
"""Random ids of a turn that are remembered."""

_MOST_DIGITS = 15


class Ids(Detector):
    """Follows the ids of the events."""

    rules = (DUPLICATE, MISSING)

    def __init__(self, turn: Turn, report: Report) -> None:
        super().__init__(turn, report)
        self._last = ""
        self._last_seq = 0
        self._number = -1  # the highest
        self._next: str | None = None  # the one behind it
        self._counts = False  # whether one was the next of the one before
        self._seen: set[str] = set()

    def hear(self, event: Event) -> None:
        """An event with an id, or one that only inherits the id of an earlier one."""
        identity = event.frame.id
        if identity == self._next:
            self._number += 1
            self._next = str(self._number + 1)
            self._counts = True
        elif identity == self._last:
            if identity and has_id(event.frame.raw):
                self._again(event)
            return
        elif identity.isdecimal() and len(identity) <= _MOST_DIGITS:
            self._jump(event, int(identity))
        elif identity in self._seen:
            self._again(event)
        elif len(self._seen) < MOST:
            self._seen.add(identity)
        self._last, self._last_seq = identity, event.seq

    def _jump(self, event: Event, number: int) -> None:
        """The first number, or one that is not the next."""
        before = self._number
        if number <= before:
            self._again(event)
            return
        if self._counts and number > before + 1:
            first, last = before + 1, number - 1
            what = f"Id {first} is" if first == last else f"Ids {first} to {last} are"
            text = f"{what} missing: {number} follows {before}."
            self.report(MISSING, (self._last_seq, event.seq), text)
        self._number, self._next = number, str(number + 1)

    def _again(self, event: Event) -> None:
        identity = event.frame.id
        late = "" if identity == self._last else f" or late, behind {short(self._last)}"
        self.report(DUPLICATE, (event.seq,), f"Id {short(identity)} came again{late}.")
