"""The token ledger of a turn: its model calls, and what each of them cost.

Four rules:

1. **Nothing is counted twice.** The text of a completion, counted part by part or estimated,
   counts until the report of the same call replaces it (`vftui.session.claims`).
2. A charge is authoritative. What repeats charges (`ai result`, before it the parameters of the
   model) counts only in a turn without any charge; in others it tells a call's latency.
3. A text that was estimated counts until the turn is over. Then only a turn that was cut keeps the
   estimate: its report may be lost. Otherwise what nobody reported is unknown.
4. What is settled stays: the calls of a turn that is over never change.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vftui.session.claims import SLACK, WINDOW, Claims, same
from vftui.session.estimate import Estimator
from vftui.session.evidence import Answer, Report
from vftui.session.tokens import UNKNOWN_MODEL, Tokens
from vftui.wire.charges import Charge, Counts

Source = Literal["reported", "provisional", "estimated"]
"""Where the numbers of a call come from."""

_CREDIT = re.compile("credit", re.IGNORECASE)
_MOST_CREDITS = 100
"""How many values that may be credits are looked for in one report."""


@dataclass(frozen=True, slots=True)
class Call:
    """One model call of a turn: what it cost, and which entries tell of it."""

    turn: int
    """The index of its turn, from 0."""
    number: int
    """Its place in the turn, from 1, by its first evidence."""
    at: float | None
    """When its latest evidence arrived."""
    label: str
    """What called the model, such as `AI Response`, `AI Set` or `Agent`; empty when unknown."""
    model: str | None
    multiplier: float | None
    billed: Counts | None
    """None as long as it is estimated."""
    base: Counts | None
    source: Source
    estimate: int | None
    """The billed answer tokens that are guessed; only where `source` is `estimated`."""
    latency: float | None
    """Seconds, as the server measured them."""
    rate: float | None
    """Answer tokens a second while its text streamed."""
    rate_estimated: bool
    """Whether the tokens of `rate` are guessed from the length of the text."""
    seqs: tuple[int, ...]
    """The entries behind it: first and last part of its text, its report, its result."""
    more: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The keys of its report's metadata that vftui does not know, verbatim."""

    @property
    def tokens(self) -> Tokens:
        """What it adds to its turn."""
        billed = self.billed
        if billed is None:
            return Tokens(None, None, self.estimate, "estimated")
        named = self.model or billed.total or billed.query or billed.answer
        models = {self.model or UNKNOWN_MODEL: billed} if named else {}
        return Tokens(billed.total, billed.query, billed.answer, self.source, self.base, models)

    @property
    def credits(self) -> Mapping[str, Any]:
        """What the report may tell of credits, verbatim; a nested value by its path."""
        found: dict[str, Any] = {}
        waiting = list(reversed(_members("", self.more)))
        while waiting and len(found) < _MOST_CREDITS:
            path, key, value = waiting.pop()
            if _CREDIT.search(key):
                found[path] = value
            else:
                waiting.extend(reversed(_members(path, value)))
        return found


def _members(path: str, value: Any) -> list[tuple[str, str, Any]]:
    """The path, the key and the value of each member of an object or a list."""
    if isinstance(value, Mapping):
        head = f"{path}." if path else ""
        return [(f"{head}{key}", str(key), one) for key, one in value.items()]
    if isinstance(value, list):
        return [(f"{path}[{index}]", "", one) for index, one in enumerate(value)]
    return []


class Ledger:
    """Collects what a turn's traces tell about tokens; `calls` says what it comes to."""

    def __init__(self, turn: int, estimator: Estimator) -> None:
        self._turn = turn
        self._estimator = estimator
        self._open: list[Answer] = []
        self._ended: list[Answer] = []
        self._charges = Claims(self._ended)
        self._results = Claims(self._ended)
        self._calls: tuple[Call, ...] | None = ()

    def begin(self, seq: int) -> Answer:
        """A completion begins."""
        answer = Answer(seq, self._estimator.measure(), last=seq)
        self._open.append(answer)
        return answer

    def stream(
        self,
        answer: Answer,
        seq: int,
        at: float | None,
        text: str,
        tokens: Counts | None,
        model: str | None,
    ) -> int:
        """A part of a completion arrived; says how many answer tokens that were."""
        self._calls = None
        answer.last, answer.at = seq, at
        answer.model = answer.model or model
        before = answer.guess
        if text:
            answer.measure.add(text)
            guess = self._estimator.estimate(answer.measure, answer.model)
            answer.guess = max(before, guess)
        amount = answer.guess - before
        if tokens is not None:
            answer.counts = answer.counts + tokens if answer.counts else tokens
            amount = tokens.answer
        if amount and at is not None:
            answer.pace.add(at, amount)
        return amount

    def end(self, answer: Answer) -> None:
        """A completion ended: its sum waits for the report of the same call."""
        self._calls = None
        self._open.remove(answer)
        answer.ended = True
        if answer.counts is None and not answer.measure.characters:
            return
        self._ended.append(answer)
        for claims in (self._charges, self._results):
            claims.end(answer)
        if (report := self._charges.of(answer)) is not None:
            self._learn(report)

    def charge(self, charge: Charge, seq: int, at: float | None) -> None:
        """A charge arrived."""
        billed = charge.billed or _multiplied(charge)
        if billed is None:
            return
        self._calls = None
        report = Report(seq, at, charge, billed)
        _pair(report, self._results.reports)
        self._charges.report(report)
        self._learn(report)

    def shadow(
        self, shadow: Charge, seq: int, at: float | None, latency: float | None = None
    ) -> None:
        """A repetition of a charge arrived."""
        if shadow.billed is None:
            return
        self._calls = None
        report = Report(seq, at, shadow, shadow.billed, latency)
        _pair(report, self._charges.reports)
        self._results.report(report)

    def close(self, *, cut: bool) -> None:
        """The turn is over."""
        for answer in [*self._open]:
            self.end(answer)
        self._calls = self._made(estimates=cut)
        self._ended.clear()
        self._charges, self._results = Claims(self._ended), Claims(self._ended)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls so far, by their first evidence."""
        if self._calls is None:
            self._calls = self._made(estimates=True)
        return self._calls

    @property
    def tokens(self) -> Tokens:
        """What is known so far."""
        return sum((call.tokens for call in self.calls), Tokens())

    def _made(self, *, estimates: bool) -> tuple[Call, ...]:
        told = self._charges if self._charges.reports else self._results
        known: list[tuple[Answer | None, Report | None]] = []
        known += [(report.answer, report) for report in told.reports]
        for answer in (*self._ended, *self._open):
            guessed = answer.guess if answer.counts is None and estimates else 0
            if told.of(answer) is None and (guessed or _some(answer.counts)):
                known.append((answer, None))
        known.sort(key=lambda pair: _seqs(*pair)[0])
        return tuple(self._call(number, *pair) for number, pair in enumerate(known, 1))

    def _call(self, number: int, answer: Answer | None, report: Report | None) -> Call:
        charge = report.charge if report is not None else None
        twin = report.twin if report is not None else None
        result = twin or report
        billed = report.billed if report is not None else answer and answer.counts
        guess = answer.guess if answer is not None and billed is None else None
        multipliers = [one.charge.multiplier for one in (report, twin) if one is not None]
        return Call(
            turn=self._turn,
            number=number,
            at=_latest(answer, report),
            label=_first(charge and charge.label, twin and twin.charge.label) or "",
            model=_first(
                charge and charge.model, twin and twin.charge.model, answer and answer.model
            ),
            multiplier=next((one for one in multipliers if one is not None), None),
            billed=billed,
            base=charge.base if charge is not None else None,
            source="estimated"
            if billed is None
            else "provisional"
            if report is None
            else "reported",
            estimate=guess,
            latency=result.latency if result is not None else None,
            rate=_rate(answer, billed.answer if billed is not None else guess),
            rate_estimated=billed is None,
            seqs=_seqs(answer, report),
            more={} if charge is None else {**(twin.charge.more if twin else {}), **charge.more},
        )

    def _learn(self, report: Report) -> None:
        answer, charge = report.answer, report.charge
        if answer is not None and answer.measure.characters:
            model = charge.model or answer.model
            self._estimator.learn(answer.measure, model, report.billed, charge.multiplier)


def _pair(report: Report, others: list[Report]) -> None:
    """Find the report of the other kind that tells of the same call, if it came."""
    for other in others[-WINDOW:]:
        if other.twin is None and _equal(report, other):
            report.twin, other.twin = other, report
            return


def _equal(one: Report, other: Report) -> bool:
    close = abs(one.billed.total - other.billed.total) <= SLACK
    labels, models = (
        (one.charge.label, other.charge.label),
        (one.charge.model, other.charge.model),
    )
    return close and same(*labels) and same(*models)


def _seqs(answer: Answer | None, report: Report | None) -> tuple[int, ...]:
    """The entries that tell of a call."""
    seqs = set() if answer is None else {answer.first, answer.last}
    seqs |= {one.seq for one in (report, report and report.twin) if one is not None}
    return tuple(sorted(seqs))


def _latest(answer: Answer | None, report: Report | None) -> float | None:
    """When the latest of what tells of a call arrived."""
    told = [(answer.last, answer.at)] if answer is not None else []
    told += [(one.seq, one.at) for one in (report, report and report.twin) if one is not None]
    return max(told)[1]


def _rate(answer: Answer | None, tokens: int | None) -> float | None:
    """So many answer tokens, over the time in which they streamed."""
    if answer is None or tokens is None or answer.pace.rate is None:
        return None
    return tokens * answer.pace.rate / answer.pace.amount


def _first(*names: str | None) -> str | None:
    """The first name that is known."""
    return next((name for name in names if name), None)


def _some(counts: Counts | None) -> bool:
    return counts is not None and bool(counts.total or counts.query or counts.answer)


def _multiplied(charge: Charge) -> Counts | None:
    """The billed tokens of a charge that told only the base: each part times the multiplier."""
    if charge.base is None:
        return None
    factor = 1.0 if charge.multiplier is None else charge.multiplier
    base = charge.base
    return Counts(*(math.ceil(part * factor) for part in (base.total, base.query, base.answer)))
