"""The vocabulary of the script: what an agent can do in a turn.

Three rules:

1. A step is data. `cues` says what it sends in the dialect of the turn, and how long it waits.
2. A turn is worked out before its first byte is sent: whoever hangs up, what was said is known.
3. No step does I/O or reads a clock: cues are played by `vftui.demo.stream`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from vftui.demo.emit import Trace
from vftui.demo.ids import Ids
from vftui.wire.dialects import Api


@dataclass(frozen=True, slots=True)
class Event:
    """An event with another name than `trace`."""

    name: str
    data: Any


@dataclass(frozen=True, slots=True)
class Bare:
    """A trace whose control characters are sent as raw bytes."""

    trace: Trace


@dataclass(frozen=True, slots=True)
class Burst:
    """Traces again and again, `count` in all, as fast as possible."""

    traces: tuple[Trace, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing is sent any more, not even keep-alives."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """The body ends: after half a frame when a trace is given, else properly but without `end`."""

    trace: Trace | None = None
    reset: bool = False
    """Whether the connection is reset instead of closed."""


Cue = float | Trace | bytes | Event | Bare | Burst | Stall | HangUp
"""What is sent or done next: a float waits so many seconds, bytes go out as they are."""


@dataclass
class Stage:
    """The turn in which steps are performed."""

    api: Api
    ids: Ids
    streams: bool
    """Whether answers come as completions; else as whole texts."""
    prompt: float = 180
    """Tokens that a model is shown: instructions and conversation."""
    message_id: str = ""
    """The newest message: what buttons belong to in v4."""
    spoken: list[str] = field(default_factory=list)
    over: bool = False

    def speak(self, text: str) -> None:
        """Begin a message."""
        self.message_id = self.ids.object_id()
        self.spoken.append(text)


class Step(Protocol):
    """One thing that an agent does."""

    def cues(self, stage: Stage) -> Iterable[Cue]:
        """What it sends in this turn's dialect, in order."""


Steps = tuple[Step, ...]
"""What answers an action, in order."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that the agent can do."""

    word: str
    """What to type for it."""
    what: str
    """What it shows, for people."""
    steps: Steps
    phrases: tuple[str, ...] = ()
    """Words that lead here from anywhere in a sentence."""
    same: tuple[str, ...] = ()
    """Other words for it, typed alone."""


@dataclass(frozen=True, slots=True)
class Say:
    """A text that is known beforehand. `bare` sends control characters raw where v4 does."""

    text: str
    delay: int = 0
    bare: bool = False

    def cues(self, stage: Stage) -> Iterator[Cue]:
        """One text trace."""
        trace = text_trace(stage, self.text, self.delay, ai=False)
        yield Bare(trace) if self.bare and stage.api == "v4" else trace


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons under the newest message: names and the requests that they send."""

    buttons: tuple[tuple[str, dict[str, Any] | None], ...]

    def cues(self, stage: Stage) -> Iterator[Cue]:
        """One choice trace; a button without request has none."""
        message = {"messageID": stage.message_id} if stage.api == "v4" else {}
        buttons = [
            {"name": name} if request is None else {"name": name, "request": request}
            for name, request in self.buttons
        ]
        yield {"type": "choice", "payload": {**message, "buttons": buttons}}


@dataclass(frozen=True, slots=True)
class Send:
    """Cues as they are: any trace, wait, event or bytes."""

    cue: Cue

    def cues(self, stage: Stage) -> Iterator[Cue]:
        """The cue."""
        yield self.cue


@dataclass(frozen=True, slots=True)
class Only:
    """Steps that some dialects alone perform."""

    apis: tuple[Api, ...]
    steps: Steps

    def cues(self, stage: Stage) -> Iterator[Cue]:
        """What the steps send; nothing in other dialects."""
        if stage.api in self.apis:
            for step in self.steps:
                yield from step.cues(stage)


@dataclass(frozen=True, slots=True)
class End:
    """The end of the conversation."""

    def cues(self, stage: Stage) -> Iterator[Cue]:
        """The end trace and, behind it, the runtime's debug line."""
        stage.over = True
        yield {"type": "end"} if stage.api == "v2" else {"type": "end", "payload": None}
        message = {"type": "exit", "message": "exiting session - saving location/resolving stack"}
        v4 = {"level": "info", "context": "Exit"} if stage.api == "v4" else {}
        yield {"type": "debug", "payload": {**message, **v4}}


def slate(text: str) -> list[dict[str, Any]]:
    """The rich form of a text: a block a line, `**bold**` as weight."""
    return [
        {
            "children": [
                {"text": part, "fontWeight": "700"} if bold % 2 else {"text": part}
                for bold, part in enumerate(line.split("**"))
                if part or not bold
            ]
        }
        for line in text.split("\n")
    ]


def text_trace(stage: Stage, text: str, delay: int, *, ai: bool) -> Trace:
    """A whole message as a text trace."""
    stage.speak(text)
    rich: dict[str, Any] = {"id": stage.ids.object_id()[:10], "content": slate(text)}
    if stage.api == "v4":
        payload = {"messageID": stage.message_id, "message": text, "slate": rich}
        return {"type": "text", "payload": {**payload, "delay": delay, "ai": ai}}
    rich["messageDelayMilliseconds"] = delay
    return {"type": "text", "payload": {"slate": rich, "message": text, "delay": delay}}
