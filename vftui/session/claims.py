"""Which report is of which streamed text.

Four rules:

1. A report claims at most one text, and a text has at most one report. As many texts as possible
   have one: a report takes a text from another one that can have another.
2. It can be of a text that began before it and has ended, whose model can be its own, and whose
   parts told no more tokens than it. Of the latest text its parts need not be asked.
3. Of several the best fitting one is claimed, of equals the latest.
4. A call that sets a variable, or finds out that nothing matched, writes no text that streams.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from vftui.session.evidence import Answer, Report
from vftui.wire.charges import Counts

WINDOW = 16
"""How many of the latest texts and reports are looked at."""

SLACK = 2
"""Tokens by which figures may differ through rounding."""

_SILENT = re.compile(r"(AI )?Set\b|.*\bno[ -]?match", re.IGNORECASE)
_CHARACTERS = 4
"""Of which a token is thought to consist, to compare a text with its report."""


class Claims:
    """The reports of one kind in a turn, and the texts that they are of."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.reports: list[Report] = []
        self._answers = answers  # all that ended, in this order; its owner goes on adding
        self._claims: dict[Answer, Report] = {}

    def of(self, answer: Answer) -> Report | None:
        """The report of a text."""
        return self._claims.get(answer)

    def report(self, report: Report) -> None:
        """A report came."""
        self.reports.append(report)
        self._claim(report, set())

    def end(self, answer: Answer) -> None:
        """A text ended, the latest of all: its report may have come already."""
        recent = self.reports[-WINDOW:]
        if not recent or recent[-1].seq < answer.first:
            return
        tried: set[Answer] = set()
        for report in reversed(recent):
            if report.answer is None and self._claim(report, tried):
                return

    def _claim(self, report: Report, tried: set[Answer]) -> bool:
        """Find a text for a report; those that were tried are in vain."""
        for answer in self._fitting(report):
            if answer in tried:
                continue
            tried.add(answer)
            owner = self.of(answer)
            if owner is None or self._claim(owner, tried):
                self._claims[answer], report.answer = report, answer
                return True
        return False

    def _fitting(self, report: Report) -> list[Answer]:
        """The texts that a report can be of, the best first, and those that are free before."""
        if is_silent(report.charge.label):
            return []
        excused = [answer for answer in self._answers[-1:] if answer not in self._claims]
        able = [
            answer
            for answer in reversed(self._answers[-WINDOW:])
            if answer.first < report.seq
            and _same(answer.model, report.charge.model)
            and (answer in excused or _within(answer.counts, report.billed))
        ]
        return sorted(able, key=lambda answer: (answer in self._claims, *_misfit(report, answer)))


def is_silent(label: str) -> bool:
    """Whether what calls a model by this label writes no text that streams."""
    return _SILENT.match(label) is not None


def pair(report: Report, others: Sequence[Report]) -> None:
    """Find what tells of the same call in another way, if it came."""
    for other in others[-WINDOW:]:
        if report.twin is None and other.twin is None and _equal(report, other):
            report.twin, other.twin = other, report


def _equal(one: Report, other: Report) -> bool:
    close = abs(one.billed.total - other.billed.total) <= SLACK
    labels = _same(one.charge.label, other.charge.label)
    return close and labels and _same(one.charge.model, other.charge.model)


def _same(one: str | None, other: str | None) -> bool:
    """Whether two names can be of the same: equal, or one is not known."""
    return not one or not other or one == other


def _within(counts: Counts | None, billed: Counts) -> bool:
    """Whether parts of an answer can be parts of what was billed; a part of 0 may not be told."""
    if counts is None:
        return True
    pairs = ((counts.total, billed.total), (counts.query, billed.query),
             (counts.answer, billed.answer))  # fmt: skip
    return all(part <= whole + SLACK for part, whole in pairs if whole)


def _misfit(report: Report, answer: Answer) -> tuple[bool, float]:
    """How badly a report fits a text: first whether a model is unknown, then by the figures."""
    charge, counts = report.charge, answer.counts
    unknown = not (charge.model and answer.model)
    if counts is not None:
        return unknown, abs(math.log2((report.billed.total + 1) / (counts.total + 1)))
    factor = 1.0 if charge.base is not None else charge.multiplier or 1.0
    tokens = (charge.base or report.billed).answer / factor
    ratio = (tokens + 1) * _CHARACTERS / (answer.measure.characters + 1)
    return unknown, round(abs(math.log2(ratio)))
