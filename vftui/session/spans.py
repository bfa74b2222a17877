"""Which entries are pieces of one thing that streams: a completion, a thought, a sound.

Three rules, the same by which the conversation joins the pieces (`vftui.session.pieces`):

1. Completions that stream at once are told apart by their `messageID`; a piece without one belongs
   to the newest that is open. A text, or the next start without an id, ends those that are open.
2. A thought that has ended waits for its `final`, which brings the whole again, until something
   else comes.
3. An action and the end of a turn end everything. A piece that nothing was begun for begins it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vftui.session.log import Closed, Entry, Received, Sent
from vftui.wire.payloads import Audio, Completion, Debug, Payload, Reasoning, Speak, Text


class Spans:
    """Tells the first entry of the span that each entry belongs to."""

    def __init__(self) -> None:
        self._completions: dict[str | None, int] = {}
        self._thought: int | None = None
        self._thought_over = False
        self._sound: int | None = None
        self._heads: dict[type[Payload], Callable[[int, Any], int | None]] = {
            Completion: self._completion,
            Reasoning: self._reasoning,
            Audio: self._audio,
            Text: self._text,
            Speak: self._speak,
        }

    def head(self, seq: int, entry: Entry) -> int | None:
        """The number of the first entry of its span; None when it is no piece of one."""
        if isinstance(entry, Received):
            trace = entry.decoded.trace
            return None if trace is None else self._hear(seq, trace.payload)
        if isinstance(entry, Sent | Closed):
            self._completions.clear()
            self._thought = self._sound = None
            self._thought_over = False
        return None

    def _hear(self, seq: int, payload: Payload) -> int | None:
        if self._thought_over and not isinstance(payload, Reasoning | Debug):
            self._thought, self._thought_over = None, False
        head = self._heads.get(type(payload))
        return None if head is None else head(seq, payload)

    def _completion(self, seq: int, piece: Completion) -> int | None:
        if piece.state == "start":
            self._give_way(piece.message_id)
        elif piece.state not in ("content", "end"):
            return None
        key = self._find(piece.message_id)
        head = self._completions.setdefault(key, seq)
        if piece.state == "end":
            del self._completions[key]
        return head

    def _find(self, identity: str | None) -> str | None:
        """The key of the open completion that a piece belongs to, or of the one it begins."""
        if identity is None:
            return next(reversed(self._completions), None)
        return None if identity not in self._completions and None in self._completions else identity

    def _give_way(self, identity: str | None) -> None:
        if identity is None:
            self._completions.clear()
        else:
            self._completions.pop(identity, None)
            self._completions.pop(None, None)

    def _reasoning(self, seq: int, piece: Reasoning) -> int | None:
        if piece.state not in ("start", "content", "end", "final"):
            return None
        if piece.state == "start" or (piece.state == "content" and self._thought_over):
            self._thought = None
        head = self._thought = self._thought or seq
        self._thought_over = piece.state == "end"
        if piece.state == "final":
            self._thought = None
        return head

    def _audio(self, seq: int, piece: Audio) -> int | None:
        if piece.state not in ("start", "content", "end"):
            return None
        head = seq if piece.state == "start" else self._sound or seq
        self._sound = None if piece.state == "end" else head
        return head

    def _text(self, seq: int, text: Text) -> None:
        if text.text:
            self._give_way(text.message_id)

    def _speak(self, seq: int, speak: Speak) -> None:
        if speak.spoken:
            self._give_way(None)
