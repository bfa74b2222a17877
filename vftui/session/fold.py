"""The fold of a log into a session: what it means so far.

Four rules:

1. `Session.apply` is the only writer. It is pure but for the session, and total: it takes entries
   in any order and never raises.
2. No clock and no entries are kept: time is what the entries say, memory is what is shown.
3. What is settled stays: an entry changes the open turn or begins a new one, nothing else. Frames
   without a `Sent`, as in a saved stream, are a turn without an action.
4. A turn ends once. A `Closed` with nothing open is ignored, except as the only sign of a turn in
   an empty log; a `Sent` before the `Closed` of the turn before means that the log lost it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any

from vftui.errors import sentence
from vftui.session.estimate import Estimator
from vftui.session.items import Choice, Item, Level
from vftui.session.ledger import Call
from vftui.session.listener import Listener
from vftui.session.log import ADVICE, LOST, Closed, Ending, Entry, Opened, Received, Sent
from vftui.session.problems import Problem, Problems, Watch
from vftui.session.tokens import Tokens
from vftui.session.turn import Turn
from vftui.wire.actions import describe

_CUT: tuple[Ending, ...] = ("cancelled", "truncated", "stalled")
"""Endings after which the agent may have had more to say."""

_LATEST = 1e12
"""Times from here on, in seconds since the epoch, are nonsense."""

_REASON_LENGTH = 300


class Session:
    """The meaning of a log so far: its turns, what the conversation shows, what it cost."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.items: list[Item] = []
        self.entries = 0
        """How many entries of the log were applied."""
        self.revision = 0
        """A number that differs when the session may have changed."""
        self.state: dict[str, Any] | None = None
        """The agent's state as its latest `state` event told it."""
        self.conversation_over = False
        """Whether the agent ended the conversation. Whatever is sent then begins it again."""
        self.unreported_turns = 0
        """How many closed turns have words of the agent whose tokens nobody reported in full."""
        self.estimator = Estimator()
        """What is known of how its models count tokens."""
        self._problems = Problems()
        self._watch: Watch | None = None  # of the open turn
        self._open: Listener | None = None
        self._past = Tokens()  # of the turns before the newest
        self._tokens = (0, Tokens())

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Session:
        """The session of a whole log."""
        session = cls()
        for entry in entries:
            session.apply(entry)
        return session

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, in the order in which it was found."""
        return self._problems.found

    @property
    def evidence(self) -> Collection[int]:
        """The numbers of the entries that show what is wrong."""
        return self._problems.evidence

    @property
    def tokens(self) -> Tokens:
        """What all turns cost together."""
        revision, tokens = self._tokens
        if revision != self.revision:
            tokens = self._past + self.turns[-1].tokens if self.turns else Tokens()
            self._tokens = (self.revision, tokens)
        return tokens

    @property
    def calls(self) -> Iterator[Call]:
        """The model calls of all turns, in order."""
        return chain.from_iterable(turn.calls for turn in self.turns)

    @property
    def choices(self) -> list[Choice]:
        """What a person can do now: the choices of the newest turn."""
        return self.turns[-1].choices if self.turns else []

    def apply(self, entry: Entry) -> None:
        """Take one more entry into account."""
        self.revision += 1
        self.entries += entry is not LOST
        at = entry.at if entry.at is not None and 0 <= entry.at < _LATEST else None
        match entry:
            case Received():
                self._received(entry, at)
            case Sent():
                self._sent(entry, at)
            case Opened():
                self._opened(entry, at)
            case Closed():
                self._closed(entry, at)

    def _sent(self, entry: Sent, at: float | None) -> None:
        if self._open is not None:
            self._end(self._open, "truncated", "The log does not tell how this turn ended.")
        self.conversation_over = False
        turn = self._listen(at, entry.action).reply.turn
        turn.sent_at = at
        words = _words(entry.action)
        said = Item("said", turn, self.entries, words or describe(entry.action))
        said.level = "info" if words else "quiet"
        said.settle()
        turn.items.append(said)
        self.items.append(said)

    def _opened(self, entry: Opened, at: float | None) -> None:
        reply = self._listen(at).reply
        turn = reply.turn
        turn.status = turn.status if entry.status is None else entry.status
        if entry.stage == "turn" and entry.status is not None and entry.retry_in is None:
            turn.opened_at = at
        if at is not None and entry.retry_in is not None and 0 <= entry.retry_in < _LATEST:
            turn.retry_at = at + entry.retry_in
        if entry.note or entry.retry_in is not None:
            reply.note(_about(entry), "warning")

    def _received(self, entry: Received, at: float | None) -> None:
        listener = self._listen(at)
        turn = listener.reply.turn
        if turn.first_byte_at is None:
            turn.first_byte_at = at
        decoded, frame = entry.decoded, entry.frame
        if decoded.trace is not None:
            listener.hear(decoded.trace, frame)
            self.conversation_over = self.conversation_over or turn.conversation_over
        elif decoded.kind == "state":
            state = _state_in(decoded.value)
            self.state = self.state if state is None else state
        elif "error" in (decoded.kind, frame.event) and (frame.dispatched or not frame.problem):
            reason = _reason_in(decoded.value) or frame.data[:_REASON_LENGTH] or "no reason given"
            listener.error(reason)
        if self._watch is not None:
            self._watch.hear(self.entries, at, entry)

    def _closed(self, entry: Closed, at: float | None) -> None:
        if self._open is None and self.turns:
            return
        listener = self._listen(at)
        turn = listener.reply.turn
        turn.closed_at = at
        turn.status = turn.status if entry.status is None else entry.status
        self._end(listener, entry.ending, entry.message, entry.advice)

    def _listen(self, at: float | None, action: dict[str, Any] | None = None) -> Listener:
        """The open turn, told that an entry arrived; a new one if none is open."""
        if self._open is None:
            if self.turns:
                self._past += self.turns[-1].tokens
            begun = Turn(len(self.turns), self.entries, action, self.estimator)
            self.turns.append(begun)
            self._open = Listener(begun, self.items)
            self._watch = self._problems.watch(begun)
        listener = self._open
        turn = listener.reply.turn
        turn.last_seq = self.entries
        turn.retry_at = None
        turn.note(at)
        listener.reply.begin(self.entries, at)
        return listener

    def _end(self, listener: Listener, ending: Ending, message: str, advice: str = "") -> None:
        """End the open turn; one that is complete may have failed all the same."""
        self._open = None
        listener.close()
        turn = listener.reply.turn
        cut = ending != "complete" or listener.gave_up
        turn.told = ending == "complete" and bool(listener.failure)
        if turn.told:
            ending, advice = "failed", listener.advice
            message = f"The agent reported a failure: {listener.failure}"
        turn.ending, turn.message = ending, sentence(message)
        turn.advice = advice or ADVICE.get(ending, "")
        if ending != "complete":
            level: Level = "warning" if ending in _CUT else "error"
            what = "" if turn.told else turn.message or f"{ending.capitalize()}."
            listener.reply.note(f"{what} {turn.advice}".strip(), level)
        elif not any(item.kind != "said" for item in turn.items):
            listener.reply.show("notice", "The agent answered without words.", level="quiet")
        listener.reply.close()
        turn.ledger.close(cut=cut)
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        self.unreported_turns += turn.unreported


def _words(action: dict[str, Any]) -> str:
    """What a person said with an action; empty when it is no saying."""
    payload = action.get("payload")
    if isinstance(payload, str):
        return payload if action.get("type") == "text" else ""
    if not isinstance(payload, dict):
        return ""
    told = (payload.get(key) for key in ("label", "query", "message"))
    return next((words for words in told if isinstance(words, str) and words), "")


def _about(entry: Opened) -> str:
    """What a person should know of an attempt."""
    status = "" if entry.status is None else f"HTTP {entry.status}."
    words = entry.note or status or "No answer."
    if not entry.retry_in:
        return words
    return f"{words} Trying again in {entry.retry_in:.3g} s."


def _state_in(value: Any) -> dict[str, Any] | None:
    """The state in an event's JSON, which may be wrapped as an event and as a state."""
    for kind, key in (("event", "data"), ("state", "state")):
        if isinstance(value, dict) and value.get("type") == kind and key in value:
            value = value[key]
    return value if isinstance(value, dict) else None


def _reason_in(value: Any) -> str:
    """The words of an error event."""
    if isinstance(value, dict):
        told = (value.get(key) for key in ("message", "error", "data"))
        value = next((words for words in told if isinstance(words, str) and words), "")
    return value[:_REASON_LENGTH] if isinstance(value, str) else ""
