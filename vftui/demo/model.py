"""What a model does in a turn: answers, thinks, calls tools, costs tokens.

Two rules:

1. Pieces of an answer cut words, Markdown and even emoji in two, as a model's do; joined, they
   are the text.
2. Every model call is reported once, in the way of the dialect (`vftui.demo.tokens`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vftui.demo.emit import Trace
from vftui.demo.steps import Burst, Cue, Stage, text_trace
from vftui.demo.tokens import By, Charge, billed, debug, estimated

_PIECE = re.compile(r"\s*\S{1,8}|\s+\Z")


def split(text: str) -> list[str]:
    """A text in the pieces in which a model would write it: words, long ones in parts."""
    return _PIECE.findall(text) or [""]


@dataclass(frozen=True, slots=True)
class Answer:
    """A text that a model writes, with the report of its tokens."""

    text: str
    model: str = "gpt-4o-mini"
    by: By = "Prompt"
    sources: tuple[tuple[str, str], ...] = ()
    first: float = 0.4
    """Seconds until the model's first token."""
    every: float = 0.07
    """Seconds between two pieces."""
    finished: bool = True
    """Whether it comes to its end and its report; else something is to happen in its middle."""

    def cues(self, stage: Stage) -> Iterator[Cue]:
        """The wait for the model, the text, whole or in pieces, and the report."""
        pieces = split(self.text)
        latency = round((self.first + self.every * (len(pieces) - 1)) * 1000)
        query = billed(self.model, stage.prompt)
        counts = [billed(self.model, estimated(piece)) for piece in pieces]
        charge = Charge(self.model, query, sum(counts))
        if stage.api == "v4" and self.by == "Prompt":
            yield debug("starting execution", "Prompt", level="debug")
        yield self.first
        if stage.api == "v4":
            wait = {"latency": round(self.first * 1000)}
            yield debug("first chunk received", self.by, wait, level="debug")
        if stage.api == "v2beta1":
            stage.speak(self.text)
            yield from self._counted_completion(pieces, counts, query)
        elif stage.streams:
            stage.speak(self.text)
            yield from self._completion(stage, pieces)
        else:
            yield self.every * (len(pieces) - 1)
            yield text_trace(stage, self.text, 0, ai=True)
        if self.finished:
            yield from report(stage, charge, self.by, self.text, latency)

    def _counted_completion(
        self, pieces: list[str], counts: list[int], query: int
    ) -> Iterator[Cue]:
        """v2beta1: the start has text already, and every piece says what it cost."""
        tokens = {"model": self.model, "answer": counts[0], "query": query}
        tokens["total"] = counts[0] + query
        start = {"completion": pieces[0], "type": "text", "tokens": tokens}
        yield {"type": "completion-start", "payload": start}
        for piece, count in zip(pieces[1:], counts[1:], strict=True):
            yield self.every
            cost = {"answer": count, "query": 0, "total": count}
            payload = {"completion": piece, "tokens": cost}
            yield {"type": "completion-continue", "payload": payload}
        if self.finished:
            yield {"type": "completion-end", "payload": {}}

    def _completion(self, stage: Stage, pieces: list[str]) -> Iterator[Cue]:
        """v2 and v4: text in the middle only; v4 also says which message it is."""
        start: Trace = {"state": "start"}
        if stage.api == "v4":
            start |= {"messageID": stage.message_id, "ai": True, "delay": 0}
            if self.sources:
                start["sourceUrls"] = [{"url": url, "name": name} for name, url in self.sources]
        yield {"type": "completion", "payload": start}
        for index, piece in enumerate(pieces):
            if index:
                yield self.every
            yield {"type": "completion", "payload": {"state": "content", "content": piece}}
        if self.finished:
            yield {"type": "completion", "payload": {"state": "end"}}


@dataclass(frozen=True, slots=True)
class Spend:
    """A model call without text. `label` is what v2beta1 and v2 call it."""

    model: str
    query: int
    answer: int
    by: By = "Set"
    label: str = "AI Set"

    def cues(self, stage: Stage) -> Iterator[Cue]:
        """The report of its tokens, in the dialect's way."""
        charge = Charge(self.model, billed(self.model, self.query), billed(self.model, self.answer))
        v4 = stage.api == "v4"
        yield charge.consumption(self.by) if v4 else _charge_text(stage, charge, self.label)


@dataclass(frozen=True, slots=True)
class Think:
    """Reasoning, which only v4 shows."""

    parts: tuple[str, ...]
    final: bool = False
    """Whether the whole is told again behind its end."""

    def cues(self, stage: Stage) -> Iterator[Cue]:
        """Start, parts, end, and maybe the whole."""
        if stage.api == "v4":
            yield 0.3
            yield {"type": "reasoning", "payload": {"state": "start"}}
            for part in self.parts:
                yield {"type": "reasoning", "payload": {"state": "content", "content": part}}
                yield 0.12
            yield {"type": "reasoning", "payload": {"state": "end"}}
            if self.final:
                whole = {"state": "final", "message": "".join(self.parts)}
                yield {"type": "reasoning", "payload": whole}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that the agent calls: in v4 a tool call, before it an API step."""

    name: str
    seconds: float

    def cues(self, stage: Stage) -> Iterator[Cue]:
        """The call, the wait and the success."""
        if stage.api != "v4":
            yield self.seconds
            done = {"type": "api", "message": "API call successfully triggered"}
            yield {"type": "debug", "payload": done}
            return
        tool = {"id": stage.ids.object_id(), "name": self.name}
        call = {"callID": f"toolu_{stage.ids.object_id()[:12]}"}
        yield debug("calling tools", "Agent", {"tools": [tool]})
        yield {"type": "tool-call", "payload": {**call, "state": "start"}}
        yield self.seconds
        payload = {
            "message": "succeeded",
            "level": "info",
            "context": "API tool",
            "ref": {"type": "api-tool", "apiToolID": tool["id"], "apiToolName": self.name},
            "metadata": {"status": 200, "latency": round(self.seconds * 1000)},
        }
        yield {"type": "debug", "payload": payload}
        yield {"type": "tool-call", "payload": {**call, "state": "end"}}


@dataclass(frozen=True, slots=True)
class Flood:
    """An answer of so many pieces, as fast as possible, for load trials."""

    count: int

    def cues(self, stage: Stage) -> Iterator[Cue]:
        """One completion, or so many texts when answers are not streamed."""
        pieces = split("Pedal by pedal the **harbour** goes by, `click` after click.\n\n")
        charge = Charge("gpt-4o-mini", 60, billed("gpt-4o-mini", 2) * self.count)
        stage.speak(f"({self.count} pieces)")
        if stage.api == "v2beta1":
            tokens = {"model": charge.model, **charge.counts}
            start = {"completion": "", "type": "text", "tokens": tokens}
            yield {"type": "completion-start", "payload": start}
            kind, payloads = "completion-continue", [{"completion": piece} for piece in pieces]
            yield _burst(kind, payloads, self.count)
            yield {"type": "completion-end", "payload": {}}
        elif stage.streams:
            message = {"messageID": stage.message_id} if stage.api == "v4" else {}
            yield {"type": "completion", "payload": {"state": "start", **message}}
            payloads = [{"state": "content", "content": piece} for piece in pieces]
            yield _burst("completion", payloads, self.count)
            yield {"type": "completion", "payload": {"state": "end"}}
        else:
            texts = tuple(text_trace(stage, piece, 0, ai=True) for piece in pieces)
            yield Burst(texts, self.count)
        yield from report(stage, charge, "Prompt", "", 0)


def _burst(kind: str, payloads: list[dict[str, str]], count: int) -> Burst:
    return Burst(tuple({"type": kind, "payload": payload} for payload in payloads), count)


def report(stage: Stage, charge: Charge, by: By, output: str, latency: int) -> list[Trace]:
    """The traces that tell what an answer cost."""
    if stage.api == "v4":
        result, consumption = charge.result(by, output, latency), charge.consumption(by)
        return [result, consumption] if by == "Agent" else [consumption, result]
    return [_charge_text(stage, charge, "AI Response")]


def _charge_text(stage: Stage, charge: Charge, label: str) -> Trace:
    beta = stage.api == "v2beta1"
    message = charge.text_of_2024(label) if beta else charge.text_of_2025(label)
    return {"type": "debug", "payload": {"message": message}}
