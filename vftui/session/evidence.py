"""What tells of a model call: its text as it streams, and the reports of what it cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from vftui.session.estimate import Measure
from vftui.session.timing import Pace
from vftui.wire.charges import Charge, Counts


@dataclass(slots=True, eq=False)
class Answer:
    """The text of one completion, and what its parts told of tokens."""

    first: int
    """The entry of its first part."""
    measure: Measure
    last: int = 0
    """The entry of its latest part."""
    at: float | None = None
    """When that arrived."""
    model: str | None = None
    counts: Counts | None = None
    """The sum of what its parts told; None while none told anything."""
    guess: int = 0
    """Its billed tokens so far, as they are estimated from its text. They never fall."""
    pace: Pace = field(default_factory=Pace)

    @property
    def tells(self) -> bool:
        """Whether it has anything: an end without a beginning is no text."""
        return self.counts is not None or self.measure.characters > 0

    @property
    def counted(self) -> bool:
        """Whether its parts told of any tokens."""
        counts = self.counts
        return counts is not None and bool(counts.total or counts.query or counts.answer)


@dataclass(slots=True, eq=False)
class Report:
    """A trace that tells what one call cost: a charge, or a repetition of one."""

    charge: Charge
    billed: Counts
    seq: int
    at: float | None
    latency: float | None
    """Seconds that the call took, as the server measured it."""
    answer: Answer | None = None
    """The text that the call wrote; None when none of it streamed."""
    twin: Report | None = None
    """The repetition of this charge, or the charge that this repeats."""


class Known(NamedTuple):
    """All that is known of one call: its text, its report, or both."""

    answer: Answer | None
    report: Report | None

    @property
    def reports(self) -> list[Report]:
        """The report and the one of another kind that tells of the same call."""
        twin = self.report.twin if self.report is not None else None
        return [one for one in (self.report, twin) if one is not None]

    @property
    def seqs(self) -> tuple[int, ...]:
        """The entries that tell of it, in order."""
        text = () if self.answer is None else (self.answer.first, self.answer.last)
        return tuple(sorted({*text, *(one.seq for one in self.reports)}))

    @property
    def at(self) -> float | None:
        """When the latest of them arrived."""
        told = [(one.seq, one.at) for one in self.reports]
        if self.answer is not None:
            told.append((self.answer.last, self.answer.at))
        return max(told, key=lambda one: one[0])[1]

    @property
    def label(self) -> str:
        """What called the model; empty when that is not known."""
        return next((one.charge.label for one in self.reports if one.charge.label), "")

    @property
    def model(self) -> str | None:
        """The model, as the reports name it, then as the text does."""
        written = self.answer.model if self.answer is not None else None
        return next((one.charge.model for one in self.reports if one.charge.model), written)

    @property
    def multiplier(self) -> float | None:
        """What base tokens are multiplied with, to be billed."""
        told = (one.charge.multiplier for one in self.reports)
        return next((one for one in told if one is not None), None)

    @property
    def billed(self) -> Counts | None:
        """Of the report, else the sum of the text's parts."""
        if self.report is not None:
            return self.report.billed
        return self.answer.counts if self.answer is not None else None

    @property
    def latency(self) -> float | None:
        """The seconds that it took."""
        told = (one.latency for one in self.reports)
        return next((one for one in told if one is not None), None)

    @property
    def rate(self) -> float | None:
        """Its answer tokens, over the time in which they streamed."""
        answer, billed = self.answer, self.billed
        if answer is None or answer.pace.rate is None:
            return None
        tokens = answer.guess if billed is None else billed.answer
        return answer.pace.rate * tokens / answer.pace.amount

    @property
    def more(self) -> Mapping[str, Any]:
        """What the reports tell that is not known here; the charge's word counts."""
        return {
            key: value for one in reversed(self.reports) for key, value in one.charge.more.items()
        }


def billed_of(charge: Charge) -> Counts | None:
    """The billed tokens of a charge; of one that told only the base, part times multiplier."""
    if charge.billed is not None or charge.base is None:
        return charge.billed
    factor = 1.0 if charge.multiplier is None else charge.multiplier
    base = charge.base
    return Counts(*(math.ceil(part * factor) for part in (base.total, base.query, base.answer)))
