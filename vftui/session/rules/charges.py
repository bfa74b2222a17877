"""Token counts that contradict themselves or one another.

Parts are rounded up one by one, so a difference of `SLACK` tokens is none. A count that was cut
off or is only told in part is no contradiction either.
"""

from __future__ import annotations

from vftui.session.claims import SLACK, is_silent
from vftui.session.rules.rule import Detector, Event, Report, Rule
from vftui.session.turn import Turn
from vftui.wire.charges import Charge, Counts, charge_of
from vftui.wire.payloads import Completion, Debug

TOKENS = Rule(
    "token-counts",
    "warning",
    "The server's own figures do not fit: a report was changed or made up on the way, or counts "
    "of different calls were mixed.",
    "Do not rely on these figures: compare them with the usage that Voiceflow shows for the "
    "workspace.",
)


class TokenCounts(Detector):
    """Checks each report of a model call, against itself and against what streamed of the call."""

    rules = (TOKENS,)
    hears = (Debug, Completion)

    def __init__(self, turn: Turn, report: Report) -> None:
        super().__init__(turn, report)
        self._streamed: Counts | None = None  # of the latest completion
        self._model: str | None = None
        self._streamed_seq = 0
        self._waiting = 0  # completions since the latest report: of several, whose is the next?

    def hear(self, event: Event) -> None:
        """A piece of a completion, or a line of diagnosis that may report a call."""
        payload = event.payload
        if type(payload) is Completion:
            if payload.state == "start":
                self._streamed = self._model = None
                self._waiting += 1
            if payload.tokens is not None:
                before = self._streamed
                self._streamed = payload.tokens if before is None else before + payload.tokens
                self._model = self._model or payload.model
                self._streamed_seq = event.seq
        elif type(payload) is Debug and (charge := charge_of(payload)) is not None:
            if _whole(charge, payload.message):
                self._check(event.seq, charge)
            if not is_silent(charge.label):
                self._streamed, self._waiting = None, 0

    def _check(self, seq: int, charge: Charge) -> None:
        for name, counts in (("base", charge.base), ("billed", charge.billed)):
            if counts is not None and _contradicts(counts):
                parts = f"{counts.query:,} + {counts.answer:,}"
                text = f"The {name} tokens are told as {parts} and together as {counts.total:,}."
                self.report(TOKENS, (seq,), text)
                return
        if (text := _wrong_factor(charge)) or (text := self._wrong_stream(charge)):
            streamed = (self._streamed_seq,) if self._streamed is not None else ()
            self.report(TOKENS, (seq, *streamed), text)

    def _wrong_stream(self, charge: Charge) -> str:
        """More streamed than was billed; less is usual: not every piece is sent."""
        streamed, billed = self._streamed, charge.billed
        if streamed is None or billed is None or self._waiting > 1:
            return ""
        same = not charge.model or not self._model or charge.model == self._model
        same = same and not is_silent(charge.label)
        if not same or not billed.total or streamed.total <= billed.total + SLACK:
            return ""
        return f"The answer streamed {streamed.total:,} tokens, and {billed.total:,} were billed."


def _whole(charge: Charge, message: str) -> bool:
    """Whether a report is not cut: of a text, each count has its closing brace."""
    return charge.source != "text" or message.count("}`") >= message.count("Token Consumption:")


def _contradicts(counts: Counts) -> bool:
    """Whether the parts are not the total; a part that is 0 may just not be told."""
    told = counts.query and counts.answer
    return bool(told) and abs(counts.total - counts.query - counts.answer) > SLACK


def _wrong_factor(charge: Charge) -> str:
    """What is billed that is not base times multiplier; empty when it is, or nobody knows."""
    base, billed, factor = charge.base, charge.billed, charge.multiplier
    if base is None or billed is None or not factor or not billed.total:
        return ""
    if abs(base.total * factor - billed.total) <= SLACK * max(1.0, factor):
        return ""
    return f"{base.total:,} base tokens at {factor:g}x are billed as {billed.total:,}."
