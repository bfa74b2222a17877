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

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vftui.session.claims import Claims, pair
from vftui.session.estimate import Estimator
from vftui.session.evidence import Answer, Known, Report, billed_of
from vftui.session.tokens import UNKNOWN_MODEL, Tokens
from vftui.wire.charges import Charge, Counts
from vftui.wire.payloads import Completion

Source = Literal["reported", "provisional", "estimated"]
"""Where the numbers of a call come from."""

REPEATS = ("result", "parameters")
"""The sources of charges that repeat others, the better one first."""

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
    more: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
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
        self._repeats = {source: Claims(self._ended) for source in REPEATS}
        self._calls: tuple[Call, ...] | None = ()  # None: something has changed since
        self._caller = ""  # what called the model whose text is awaited

    def announce(self, caller: str) -> None:
        """A model that this called begins to answer."""
        self._caller = caller

    def begin(self, seq: int) -> Answer:
        """A completion begins."""
        answer = Answer(seq, self._estimator, self._caller)
        self._caller = ""
        self._open.append(answer)
        return answer

    def stream(self, answer: Answer, piece: Completion, seq: int, at: float | None) -> float:
        """A part of a completion arrived; says about how many answer tokens that were."""
        self._calls = None
        return answer.hear(piece, seq, at)

    def end(self, answer: Answer) -> None:
        """A completion ended: what it told waits for the report of the same call."""
        self._calls = None
        self._open.remove(answer)
        answer.end()
        if not answer.tells:
            return
        self._ended.append(answer)
        for claims in (self._charges, *self._repeats.values()):
            claims.end(answer)
        if (report := self._charges.of(answer)) is not None:
            self._learn(report)

    def report(
        self, charge: Charge, seq: int, at: float | None, latency: float | None = None
    ) -> None:
        """A charge arrived, or what repeats one."""
        billed = billed_of(charge)
        if billed is None:
            return
        self._calls = None
        report = Report(charge, billed, seq, at, latency)
        if (repeats := self._repeats.get(charge.source)) is not None:
            pair(report, self._charges.reports)
            repeats.report(report)
            return
        for repeats in self._repeats.values():
            pair(report, repeats.reports)
        self._charges.report(report)
        self._learn(report)

    def close(self, *, cut: bool) -> None:
        """The turn is over: what it came to is kept, what it came from is not."""
        for answer in [*self._open]:
            self.end(answer)
        for report in self._told.reports:
            if report.charge.source in REPEATS:
                self._learn(report)
        self._calls = self._made(estimates=cut)
        self._ended.clear()
        self._charges = Claims(self._ended)
        self._repeats.clear()

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

    @property
    def _told(self) -> Claims:
        """The reports that count: the charges, else what repeats them."""
        kinds = (self._charges, *self._repeats.values())
        return next((claims for claims in kinds if claims.reports), self._charges)

    def _made(self, *, estimates: bool) -> tuple[Call, ...]:
        told = self._told
        known = [Known(report.answer, report) for report in told.reports]
        for answer in (*self._ended, *self._open):
            counts = answer.counted if answer.counts else estimates and answer.estimate
            if counts and told.of(answer) is None:
                known.append(Known(answer, None))
        known.sort(key=lambda one: one.seqs)
        return tuple(self._call(number, one) for number, one in enumerate(known, 1))

    def _call(self, number: int, known: Known) -> Call:
        answer, report = known
        billed = known.billed
        estimated = billed is None
        return Call(
            turn=self._turn,
            number=number,
            at=known.at,
            label=known.label,
            model=known.model,
            multiplier=known.multiplier,
            billed=billed,
            base=report.charge.base if report is not None else None,
            source="reported" if report else "estimated" if estimated else "provisional",
            estimate=answer.estimate if answer is not None and estimated else None,
            latency=known.latency,
            rate=known.rate,
            rate_estimated=estimated,
            seqs=known.seqs,
            more=known.more,
        )

    def _learn(self, report: Report) -> None:
        """A call is confirmed: so many tokens was its text. What is shown meanwhile stays."""
        answer, charge = report.answer, report.charge
        if answer is not None:
            for other in self._open:
                other.keep()
            model = charge.model or answer.model
            self._estimator.learn(
                answer.measure, model, report.billed, charge.multiplier, charge.label
            )
