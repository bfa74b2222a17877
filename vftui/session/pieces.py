"""What arrives in pieces: completions, reasoning, sound.

Three rules:

1. A completion that lacks its end is finished by what cannot come inside it: the next completion,
   a text, the end of the turn. Pieces that come later begin a new message, so no word is lost.
2. An item appears with its first words; a completion without any is nothing.
3. States that are not known change nothing.
"""

from __future__ import annotations

from vftui.session.evidence import Answer
from vftui.session.items import Item
from vftui.session.reply import Reply
from vftui.session.sources import Sources
from vftui.wire.payloads import Audio, Completion, Reasoning, Source


class _Message:
    """A completion that has not ended."""

    __slots__ = ("answer", "identity", "item", "since", "sources")

    def __init__(
        self, identity: str | None, since: int, sources: list[Source] | None, answer: Answer
    ) -> None:
        self.identity = identity
        self.since = since
        self.sources = sources
        self.answer = answer
        self.item: Item | None = None


class Completions:
    """Messages that stream; several at once when a `messageID` tells them apart."""

    def __init__(self, reply: Reply, sources: Sources) -> None:
        self._reply = reply
        self._sources = sources
        # At most one of each id; the one without an id is never beside another.
        self._open: dict[str | None, _Message] = {}
        self._ended: dict[str, str] = {}

    def hear(self, piece: Completion) -> None:
        """Add a piece to its message."""
        if self._reply.again:
            self._repeat(piece)
        elif piece.state == "start":
            self.give_way(piece.message_id)
            self._stream(self._begin(piece), piece)
        elif piece.state == "content":
            self._stream(self._find(piece.message_id) or self._begin(piece), piece)
        elif piece.state == "end":
            message = self._find(piece.message_id) or self._begin(piece)
            self._stream(message, piece)
            if message.item is not None:
                message.item.touch(self._reply.seq)
            self._end(message)

    def give_way(self, identity: str | None) -> None:
        """End what cannot go on after a text or a start with this `messageID` (None: without)."""
        for key in list(self._open) if identity is None else (identity, None):
            if key in self._open:
                self._end(self._open[key])

    def repeats(self, identity: str | None, text: str) -> bool:
        """Whether a text says again what the completion with its `messageID` said; asked once."""
        return identity is not None and self._ended.pop(identity, None) == text

    def close(self) -> None:
        """The turn is over; whatever is open was interrupted."""
        for message in self._open.values():
            if message.item is not None:
                message.item.interrupted = True
        self.give_way(None)

    def _begin(self, piece: Completion) -> _Message:
        seq = self._reply.seq
        answer = self._reply.turn.ledger.begin(seq)
        message = _Message(piece.message_id, seq, piece.source_urls, answer)
        self._open[message.identity] = message
        return message

    def _find(self, identity: str | None) -> _Message | None:
        """The open message that a piece belongs to: pieces may lack the id that the start had."""
        if identity is None:
            return next(reversed(self._open.values()), None)
        return self._open.get(identity) or self._open.get(None)

    def _repeat(self, piece: Completion) -> None:
        """Show the words of a piece that came before; nothing begins or ends with them again."""
        if (message := self._find(piece.message_id)) is not None:
            self._stream(message, piece)
        elif piece.text:
            message = self._begin(piece)
            self._stream(message, piece)
            self._end(message)

    def _stream(self, message: _Message, piece: Completion) -> None:
        reply, turn = self._reply, self._reply.turn
        text = piece.text
        if not reply.again:
            amount = turn.ledger.stream(message.answer, piece, reply.seq, reply.at)
            if amount:
                turn.note_streamed(reply.at, amount, estimated=piece.tokens is None)
        if not text:
            return
        turn.note_text(reply.at)
        if message.item is None:
            message.item = reply.open("message", text, since=message.since)
        else:
            message.item.append(text, reply.seq)

    def _end(self, message: _Message) -> None:
        del self._open[message.identity]
        self._reply.turn.ledger.end(message.answer)
        self._sources.cite(message.sources, message.since)
        if message.item is not None:
            message.item.settle()
            self._sources.tell()
            if message.identity is not None:
                self._ended[message.identity] = message.item.text
        if not self._open:
            self._reply.turn.note_pause()


class Thoughts:
    """What the model thinks before it answers.

    `final` brings the whole again, perhaps after the end: a thought that has ended waits for it
    until something else comes.
    """

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._item: Item | None = None
        self._ended = False
        self._last = ""

    def hear(self, piece: Reasoning) -> None:
        """Add a piece to the thought."""
        text = piece.text or ""
        if piece.state in ("start", "content"):
            if piece.state == "start" or self._ended:
                self.close()
            self._add(text)
        elif piece.state == "end":
            self._add(text)
            self._ended = True
            if self._item is not None:
                self._item.touch(self._reply.seq)
        elif piece.state == "final":
            self._finish(text)

    def give_way(self) -> None:
        """Something else came: a thought that has ended is complete."""
        if self._ended:
            self.close()

    def close(self) -> None:
        """Complete the thought."""
        if self._item is not None:
            self._item.settle()
            self._last = self._item.text
        self._item, self._ended = None, False

    def _add(self, text: str) -> None:
        if not text:
            return
        if self._item is None:
            self._item = self._reply.open("reasoning", text)
        else:
            self._item.append(text, self._reply.seq)

    def _finish(self, text: str) -> None:
        if self._item is None:
            self._add("" if text == self._last else text)
        elif text:
            self._item.replace(text, self._reply.seq)
        self.close()


class Sounds:
    """One line for each streamed sound: how much there was of it, never the data."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._item: Item | None = None
        self._chunks = 0
        self._milliseconds = 0.0

    def hear(self, piece: Audio) -> None:
        """Count a piece."""
        if piece.state == "start":
            self.close()
        if piece.content and piece.state in ("start", "content", "end"):
            self._count(piece)
        if piece.state == "end":
            if self._item is not None:
                self._item.touch(self._reply.seq)
            self.close()

    def close(self) -> None:
        """The sound is over."""
        if self._item is not None:
            self._item.settle()
        self._item, self._chunks, self._milliseconds = None, 0, 0.0

    def _count(self, piece: Audio) -> None:
        self._chunks += 1
        self._milliseconds += piece.duration or 0
        text = f"♪ audio, {self._chunks} chunk{'s' * (self._chunks > 1)}"
        if self._milliseconds:
            text += f", {self._milliseconds / 1000:.1f} s"
        if self._item is None:
            self._item = self._reply.open("notice", text)
        else:
            self._item.replace(text, self._reply.seq)
