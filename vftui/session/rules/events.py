"""Events that come too late, cannot be read as they are, or are of no known kind."""

from __future__ import annotations

from vftui.session.rules.rule import Detector, Event, Report, Rule, short
from vftui.session.turn import Turn
from vftui.wire.lenient import READ_LENIENTLY
from vftui.wire.payloads import MODELS, Unknown

AFTER_END = Rule(
    "text-after-end",
    "warning",
    "The answer went on behind its end event: a client that stops there, as it should, never sees "
    "this. Files that were saved one behind the other look the same.",
    "If this is one answer of a live server, report it; what comes behind the end is not safe to "
    "rely on.",
)
UNREADABLE = Rule(
    "unreadable-event",
    "error",
    "The framing or the JSON of an event is broken, so whatever it said is lost.",
    "Look at its raw bytes. A proxy that rewrites or cuts the stream is the usual reason, or a "
    "mock server that prints its JSON over several lines.",
)
REPAIRED = Rule(
    "repaired-json",
    "info",
    "An event is not valid JSON or not valid framing and was read all the same: control characters "
    "stand in a text as they are, or the file was copied from a page.",
    "A client of your own needs a parser that allows this, in Python "
    "json.loads(text, strict=False). Clean the text at its source if you own it.",
)
UNKNOWN = Rule(
    "unknown-type",
    "info",
    "A function of the agent made up a trace, a built-in name is used for something else, or the "
    "API has become newer than vftui.",
    "If the agent's author knows it, all is well. Otherwise look for a newer version of vftui.",
)

_EVENTS = frozenset({"trace", "message", "state", "end", "error"})
_INTERNAL = "__vf_internal__"
_COMMON = frozenset({"type", "payload", "time", "turnID", "handleID"})
"""What any trace may bring; one of the agent's author brings more: its ways on, or keys of his."""


class Events(Detector):
    """Looks at each event for itself, and at whether the end has come."""

    rules = (AFTER_END, UNREADABLE, REPAIRED, UNKNOWN)

    def __init__(self, turn: Turn, report: Report) -> None:
        super().__init__(turn, report)
        self._ended = 0  # the entry that was the end

    def hear(self, event: Event) -> None:
        """An event arrived."""
        decoded = event.decoded
        if self._ended:
            text = f"A {short(decoded.kind)} event came behind the end event."
            self.report(AFTER_END, (event.seq, self._ended), text)
        if decoded.repaired:
            text = "An event holds control characters that JSON does not allow."
            self.report(REPAIRED, (event.seq,), text)
        payload = event.payload
        if payload is None:
            self._without_trace(event)
        elif type(payload) is Unknown:
            self._check_type(event)
        if decoded.problem is not None:
            self._check_framing(event)

    def _without_trace(self, event: Event) -> None:
        frame, kind = event.frame, event.decoded.kind
        if frame.ends_turn:
            self._ended = self._ended or event.seq
        elif kind not in _EVENTS and frame.event not in _EVENTS and not event.decoded.problem:
            text = (
                f"An event named {short(kind)} came, which no generation of the API is known for."
            )
            self.report(UNKNOWN, (event.seq,), text)

    def _check_framing(self, event: Event) -> None:
        frame, problem = event.frame, event.decoded.problem
        if frame.problem is not None and frame.problem.endswith(READ_LENIENTLY):
            self.report(REPAIRED, (event.seq,), f"An event was repaired: {frame.problem}.")
        elif not frame.cut and (frame.problem or event.trace is None):
            self.report(UNREADABLE, (event.seq,), f"An event cannot be read: {problem}.")

    def _check_type(self, event: Event) -> None:
        trace, seq = event.trace, event.seq
        if trace is None or trace.paths or trace.type.startswith(_INTERNAL):
            return
        if trace.type in MODELS:
            problem = event.decoded.problem or "its payload does not fit"
            self.report(UNKNOWN, (seq,), f"A trace is not what its name says: {problem}.")
        elif trace.raw.keys() <= _COMMON:
            text = f"A trace of the type {short(trace.type)} came, which vftui does not know."
            self.report(UNKNOWN, (seq,), text)
