"""The conversation pane: catches up, keeps the person's place, offers choices, stays harmless."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from textual.app import App, ComposeResult
from textual.message import Message

from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.ui.conversation import Conversation
from vftui.ui.theme import THEMES
from vftui.wire.frames import FrameReader

START = 1_700_000_000.0


class Pane(App[None]):
    """A conversation and nothing else, which keeps what it posts."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: list[Message] = []
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def compose(self) -> ComposeResult:
        yield Conversation()

    @property
    def pane(self) -> Conversation:
        return self.query_one(Conversation)

    def on_conversation_chosen(self, message: Conversation.Chosen) -> None:
        self.posted.append(message)

    def on_conversation_show_traces(self, message: Conversation.ShowTraces) -> None:
        self.posted.append(message)

    def on_conversation_copy(self, message: Conversation.Copy) -> None:
        self.posted.append(message)


def sent(text: str, at: float = START) -> Sent:
    return Sent(at, {"type": "text", "payload": text}, "v2beta1")


def trace(kind: str, payload: object, at: float = START + 1, **more: object) -> Received:
    value = {"type": kind, "payload": payload, **more}
    data = json.dumps(value)
    (frame,) = FrameReader().feed(f"event: trace\ndata: {data}\n\n".encode())
    return Received(at, frame)


def completion(*parts: str, end: bool = False) -> Iterator[Received]:
    """A message that streams, in the parts given."""
    yield trace("completion", {"state": "start"})
    for part in parts:
        yield trace("completion", {"state": "content", "content": part})
    if end:
        yield trace("completion", {"state": "end"})


def turn(words: str, *answer: Entry, closed: bool = True) -> Iterator[Entry]:
    yield sent(words)
    yield Opened(START + 0.5, 200)
    yield from answer
    if closed:
        yield Closed(START + 3, "complete")


def text(message: str) -> Received:
    return trace("text", {"message": message})


def choice(*names: str) -> Received:
    buttons = [{"name": name, "request": {"type": f"path-{name}"}} for name in names]
    return trace("choice", {"buttons": buttons})


def long_session(turns: int) -> Session:
    session = Session()
    for number in range(turns):
        words = f"Message **{number}**: there are bikes at the pier. " * (1 + number % 7)
        for entry in turn(f"question {number}", text(f"{words}\n\n- one\n- two")):
            session.apply(entry)
    return session
