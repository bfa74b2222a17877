"""What tells of a model call: its text as it streams, and the reports of what it cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from vftui.session.estimate import Estimator
from vftui.wire.charges import Charge, Counts
from vftui.wire.payloads import Completion


class Answer:
    """The text of one completion, and what its parts told of tokens."""

    __slots__ = (
        "_caller", "_due", "_estimator", "_least", "_per_character", "amount", "at", "begun",
        "counts", "ended", "first", "head", "last", "measure", "model",
    )  # fmt: skip

    def __init__(self, seq: int, estimator: Estimator, caller: str = "") -> None:
        """`caller` is what called the model, if that was told before."""
        self.first = self.last = seq
        """The entries of its first and its latest part."""
        self.at: float | None = None
        """When the latest part arrived."""
        self.model: str | None = None
        self.counts: Counts | None = None
        """The sum of what its parts told; None while none told anything."""
        self.measure = estimator.measure()
        self.ended = False
        self.begun: float | None = None
        """When its first tokens arrived."""
        self.head = 0.0
        """How many these were: they took a time that nobody knows."""
        self.amount = 0.0
        """All its tokens as they arrived, told or guessed."""
        self._estimator, self._caller = estimator, caller
        self._least = 0  # the latest estimate that was kept
        self._per_character = 0.0  # tokens, by that estimate
        self._due = 1  # from how many characters on the next one is kept

    def hear(self, piece: Completion, seq: int, at: float | None) -> float:
        """A part arrived; says about how many of the answer's tokens that were."""
        self.last, self.at = seq, at
        self.model = self.model or piece.model
        if piece.text:
            self.measure.add(piece.text)
        if piece.tokens is not None:
            amount: float = self._count(piece.tokens)
        elif self.counts is None and piece.text:
            if self.measure.characters >= self._due:
                self.keep()
            amount = len(piece.text) * self._per_character
        else:
            amount = 0
        self.amount += amount
        if self.begun is None and amount:
            self.begun, self.head = at, self.amount
        return amount

    def end(self) -> None:
        """Nothing more comes; what is estimated stays."""
        self.keep()
        self.ended = True

    @property
    def tells(self) -> bool:
        """Whether it has anything: an end without a beginning is no text."""
        return self.counts is not None or self.measure.characters > 0

    @property
    def counted(self) -> bool:
        """Whether its parts told of any tokens."""
        counts = self.counts
        return counts is not None and bool(counts.total or counts.query or counts.answer)

    @property
    def estimate(self) -> int:
        """Its billed tokens so far, by its text; it does not fall."""
        if self.ended:
            return self._least
        return max(self._least, self._estimator.estimate(self.measure, self.model, self._caller))

    def keep(self) -> None:
        """Do not fall below the estimate; asked for seldom, because it takes its time."""
        self._least = self.estimate
        characters = self.measure.characters
        self._per_character = self._least / characters if characters else 0.0
        self._due = 2 * characters

    def _count(self, tokens: Counts) -> float:
        """Add what a part told; says what that is more than was guessed before."""
        known = self.amount if self.counts is None else 0.0
        self.counts = self.counts + tokens if self.counts is not None else tokens
        return max(0.0, tokens.answer - known)


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
        if answer is None or answer.begun is None or answer.at is None or answer.at <= answer.begun:
            return None
        tokens = answer.estimate if billed is None else billed.answer
        timed = tokens * (answer.amount - answer.head) / answer.amount
        return timed / (answer.at - answer.begun)

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
