"""Model calls for tests: what is told of one, in every dialect, and in any order."""

from __future__ import annotations

import json
import math
import random
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.logs import sent, trace
from vftui.session.log import Entry, Received
from vftui.wire.charges import Counts
from vftui.wire.frames import parse_frame


@dataclass(frozen=True)
class Truth:
    """A model call as it was; its evidence tells of it in part."""

    model: str
    multiplier: float
    query: int
    answer: int
    streams: str
    """How its text comes: not at all, counted part by part, or as words alone."""
    silent: bool
    """Whether it sets a variable, so that nothing of it can stream."""
    named: tuple[bool, bool]
    """Whether its text and its reports name the model."""
    repeats: frozenset[str]
    """What else tells of the same call."""

    @property
    def base(self) -> Counts:
        return Counts(self.query + self.answer, self.query, self.answer)

    @property
    def billed(self) -> Counts:
        factor = self.multiplier
        return Counts(*(math.ceil(part * factor) for part in
                        (self.query + self.answer, self.query, self.answer)))  # fmt: skip

    @property
    def writes(self) -> bool:
        return self.streams != "nothing" and not self.silent

    def pieces(self, identity: str) -> list[dict[str, Any]]:
        """The parts of its text; one of them may not be sent."""
        billed, model = self.billed, self.model if self.named[0] else None
        shares = [(billed.query, billed.answer // 3), (0, billed.answer // 4)]
        made = []
        for number, (query, answer) in enumerate([*shares, (0, 0)]):
            state = ("start", "content", "end")[number]
            payload: dict[str, Any] = {"state": state, "content": "words " * number}
            payload["messageID"] = identity
            if self.streams == "counts":
                payload["tokens"] = {"query": query, "answer": answer, "model": model}
            made.append({"type": "completion", "payload": payload})
        return made

    def charge(self, text: bool) -> dict[str, Any]:
        """The report that counts, as a text of 2024 or as metadata."""
        model = self.model if self.named[1] else ""
        label = "AI Set" if self.silent else "AI Response"
        base, billed = self.base, self.billed
        if not text:
            metadata = {"model": model, "tokensMultiplier": self.multiplier,
                        "tokensConsumption": parts(base),
                        "postMultiplierTokensConsumption": parts(billed)}  # fmt: skip
            return debug(message="resources consumption", context=label, metadata=metadata)
        return debug(
            message=f"__{label}__\n    <br /> Model: `{model}`"
            f"\n    <br /> Token Multiplier: `{self.multiplier}x`"
            f"\n    <br /> Token Consumption: `{told(base)}`"
            f"\n    <br /> Post-Multiplier Token Consumption: `{told(billed)}`"
        )

    def result(self, kind: str, latency: float) -> dict[str, Any]:
        """What repeats the charge."""
        billed, model = self.billed, self.model if self.named[1] else None
        label = "AI Set" if self.silent else "AI Response"
        metadata = {"model": model, "tokens": billed.total, "queryTokens": billed.query,
                    "answerTokens": billed.answer, "latency": latency}  # fmt: skip
        if kind == "result":
            return debug(message="ai result", context=label, metadata=metadata)
        paths = [{"event": {"payload": metadata}}]
        return debug(message="", type="ai-response-parameters-model") | {"paths": paths}


def debug(**payload: Any) -> dict[str, Any]:
    return {"type": "debug", "payload": payload}


def parts(counts: Counts) -> dict[str, int]:
    return {"total": counts.total, "query": counts.query, "answer": counts.answer}


def told(counts: Counts) -> str:
    return f"{{total: {counts.total}, query: {counts.query}, answer: {counts.answer}}}"


CALLS = st.builds(
    Truth,
    st.sampled_from(["gpt-4o", "claude-3.5-haiku"]),
    st.sampled_from([0.6, 1, 2, 12]),
    st.integers(0, 999),
    st.integers(12, 400),
    st.sampled_from(["nothing", "counts", "counts", "words"]),
    st.booleans(),
    st.tuples(st.booleans(), st.booleans()),
    st.frozensets(st.sampled_from(["result", "parameters"])),
)


def deliver(identity: int, value: dict[str, Any]) -> Received:
    """An event with an id of its own."""
    return Received(
        float(identity),
        parse_frame(f"event: trace\nid: {identity}\ndata: {json.dumps(value)}\n\n".encode()),
    )


def shuffled(
    calls: list[Truth], chance: random.Random, *, charged: bool = True, again: bool = True
) -> list[Entry]:
    """The evidence of all calls, in any order in which it can come, some of it twice.

    The parts of a text come in order, and the reports after the first of them.
    """
    queues: list[list[dict[str, Any]]] = []
    for number, call in enumerate(calls):
        pieces = call.pieces(f"m{number}") if call.writes else []
        reports = [call.result(kind, 1000.0 * number) for kind in sorted(call.repeats)]
        if charged:
            reports.append(call.charge(chance.random() < 0.5))
        chance.shuffle(reports)
        queue = pieces[1:]
        for report in reports:
            queue.insert(chance.randint(0, len(queue)), report)
        queues.append(pieces[:1] + queue)
    entries: list[Entry] = []
    while queues := [queue for queue in queues if queue]:
        entries.append(deliver(len(entries) + 1, chance.choice(queues).pop(0)))
    twice = [entry for entry in entries if again and chance.random() < 0.2]
    for entry in twice:
        entries.insert(chance.randint(entries.index(entry) + 1, len(entries)), entry)
    return [sent(), *entries]


def words(text: str, at: float | None = None, identity: str | None = None) -> Received:
    return trace("completion", at, state="content", content=text, messageID=identity)


def start(identity: str | None = None, at: float | None = None) -> Received:
    return trace("completion", at, state="start", messageID=identity)


def end(identity: str | None = None, at: float | None = None) -> Received:
    return trace("completion", at, state="end", messageID=identity)


def charge(
    query: int, answer: int, model: str | None = "gpt-4o", label: str = "Agent", **more: Any
) -> Received:
    counts = {"query": query, "answer": answer}
    metadata = {"model": model, "postMultiplierTokensConsumption": counts, **more}
    return trace("debug", message="resources consumption", context=label, metadata=metadata)


def result(query: int, answer: int, latency: float, label: str = "Agent", **more: Any) -> Received:
    metadata = {"model": "gpt-4o", "queryTokens": query, "answerTokens": answer} | more
    return trace(
        "debug", message="ai result", context=label, metadata=metadata | {"latency": latency}
    )


def flat(identity: int, state: str, answer: int) -> Received:
    payload = {"completion": "word ", "tokens": {"query": 5 * (state == "start"), "answer": answer}}
    return deliver(identity, {"type": f"completion-{state}", "payload": payload})
