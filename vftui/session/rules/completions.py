"""Completions that begin or end unseen."""

from __future__ import annotations

from vftui.session.rules.events import UNKNOWN
from vftui.session.rules.rule import Detector, Event, Report, Rule, short
from vftui.session.turn import Turn
from vftui.wire.payloads import Completion

WITHOUT_START = Rule(
    "completion-without-start",
    "warning",
    "The model was called and wrote nothing that can be shown, or the beginning of its answer was "
    "lost on the way.",
    "Look at the debug trace behind it: it tells what the call cost. If it cost answer tokens, "
    "look at the prompt that asks for empty output.",
)
WITHOUT_END = Rule(
    "completion-without-end",
    "warning",
    "The model broke off in the middle of its answer: what is seen of it may be half a sentence.",
    "Look at the debug traces behind it for the reason, such as a limit, an outage or a timeout.",
)


class Completions(Detector):
    """Follows the open completions, told apart by their `messageID` where they have one."""

    rules = (WITHOUT_START, WITHOUT_END)
    hears = (Completion,)

    def __init__(self, turn: Turn, report: Report) -> None:
        super().__init__(turn, report)
        self._open: dict[str | None, int] = {}  # the first entry of each

    def hear(self, event: Event) -> None:
        """A piece of one arrived; one in a state that nobody knows is none."""
        piece = event.payload
        assert isinstance(piece, Completion)
        if piece.state == "content":
            if not self._open:
                self._unseen(event, "continued")
                self._open[piece.message_id] = event.seq
            return
        identity = piece.message_id
        if piece.state == "start":
            for key in [*self._open] if identity is None else [identity, None]:
                self._broken_off(key, event.seq)
            self._open[identity] = event.seq
        elif piece.state == "end":
            if self._open.pop(self._ended(identity), None) is None:
                self._unseen(event, "ended")
        else:
            text = f"A completion came in the unknown state {short(piece.state)}."
            self.report(UNKNOWN, (event.seq,), text)

    def close(self) -> None:
        """A turn that was cut off leaves everything open; how it ended says so."""
        if self.turn.ending in ("complete", "failed"):
            for key in [*self._open]:
                self._broken_off(key, self.turn.last_seq)

    def _ended(self, identity: str | None) -> str | None:
        """Which of the open ones an end with this identity is of: it may lack the start's."""
        if identity is None:
            return next(reversed(self._open), None)
        return identity if identity in self._open else None

    def _unseen(self, event: Event, what: str) -> None:
        self.report(WITHOUT_START, (event.seq,), f"A completion {what} that had not begun.")

    def _broken_off(self, key: str | None, seq: int) -> None:
        begun = self._open.pop(key, None)
        if begun is not None:
            self.report(WITHOUT_END, (begun, seq), "A completion never came to its end.")
