"""What is wrong with a conversation, found while it arrives.

Four rules:

1. A rule that is broken again in a turn makes no second problem: the first one grows.
2. Evidence is kept, as far as `MOST_EVIDENCE` entries a problem; what was seen stays as it was.
3. A turn costs its detectors, an event a constant time. Nothing is raised, whatever arrives.
4. A rule is silent as long as a sound agent may do the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from vftui.session.log import Received
from vftui.session.rules.charges import TokenCounts
from vftui.session.rules.clocks import Clocks
from vftui.session.rules.completions import Completions
from vftui.session.rules.diagnosis import Diagnosis
from vftui.session.rules.events import Events
from vftui.session.rules.ids import Ids
from vftui.session.rules.rule import Detector, Event, Rule
from vftui.session.turn import Turn
from vftui.wire.payloads import Payload

MOST_EVIDENCE = 100
"""Entries that are kept for one problem."""

DETECTORS: tuple[type[Detector], ...] = (Events, Ids, Clocks, Completions, TokenCounts, Diagnosis)
"""What watches each turn."""

RULES: dict[str, Rule] = {rule.name: rule for one in DETECTORS for rule in one.rules}
"""All rules by name."""

_SILENT = ("comment", "retry", "blank")
"""Frames that keep a connection alive and say nothing."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that a turn breaks, with the evidence."""

    rule: str
    """Its name in `RULES`, which has the cause and the fix."""
    seq: int
    """The entry that shows it best."""
    seqs: tuple[int, ...]
    """All the entries that show it, in order, as far as they are kept."""
    turn: int
    """The index of its turn."""
    text: str
    """What was seen the first time, in one sentence."""
    times: int = 1
    """How often it was seen in the turn."""


class Problems:
    """The problems of a session: a list that grows, and the entries that show them."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.evidence: set[int] = set()
        """The numbers of all the entries that show a problem."""

    def watch(self, turn: Turn) -> Watch:
        """What watches a turn that begins."""
        return Watch(turn, self)


class Watch:
    """Hears the events of one turn for all detectors."""

    def __init__(self, turn: Turn, problems: Problems) -> None:
        self._turn = turn
        self._problems = problems
        self._places: dict[str, int] = {}  # of this turn's problems in the list, by rule
        self._event = Event()
        self._detectors = [detector(turn, self._report) for detector in DETECTORS]
        self._hear_all = [one.hear for one in self._detectors if not one.hears]
        self._hear: dict[type[Payload], list[Callable[[Event], None]]] = {}
        for one in self._detectors:
            for kind in one.hears:
                self._hear.setdefault(kind, []).append(one.hear)

    def hear(self, seq: int, at: float | None, received: Received) -> None:
        """A frame arrived."""
        decoded = received.decoded
        trace = decoded.trace
        if trace is None and decoded.kind in _SILENT:
            return
        event = self._event
        event.seq, event.at, event.frame, event.decoded = seq, at, received.frame, decoded
        event.trace = trace
        event.payload = payload = None if trace is None else trace.payload
        for hear_all in self._hear_all:
            hear_all(event)
        if payload is not None:
            for hear in self._hear.get(type(payload), ()):
                hear(event)

    def close(self) -> None:
        """The turn is over."""
        for detector in self._detectors:
            detector.close()
        # A cycle that is cut here need not be looked for.
        self._detectors, self._hear_all, self._hear = [], [], {}

    def _report(self, rule: Rule, seqs: tuple[int, ...], text: str) -> None:
        found = self._problems.found
        place = self._places.get(rule.name)
        if place is None:
            self._places[rule.name] = len(found)
            kept = tuple(sorted(set(seqs)))
            found.append(Problem(rule.name, seqs[0], kept, self._turn.index, text))
            self._problems.evidence.update(kept)
            return
        old = found[place]
        kept = old.seqs
        if len(kept) < MOST_EVIDENCE:
            kept = tuple(sorted({*kept, *seqs}))
            self._problems.evidence.update(seqs)
        found[place] = replace(old, seqs=kept, times=old.times + 1)
