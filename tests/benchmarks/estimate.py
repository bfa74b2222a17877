"""How far the estimates of tokens are from the reports that replace them.

    python -m tests.benchmarks.estimate

Conversations with the demo agent, over real HTTP on this machine, and saved streams, folded once
by characters and once with the encodings of the models. An estimate is the last one that a person
saw before the report of the same call came; it jumps back when it is above the report.
v2beta1 tells tokens with each piece: nothing of it is estimated. The demo agent bills by the
length of a text, so its answers are billed once more by what an encoding counts, as GPT models do.
"""

from __future__ import annotations

import asyncio
import math
import random
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.talks import talk
from vftui.demo.tokens import MULTIPLIERS
from vftui.saved import file_entries
from vftui.session.estimate import Estimator, Measure
from vftui.session.fold import Session
from vftui.session.log import Entry
from vftui.session.tokenizer import Count, Encodings
from vftui.wire.charges import Counts
from vftui.wire.dialects import Api

WORDS = (
    "hire a bike", "slow dock", "hold", "code", "long",
    "what is the tide like today?", "do you have cargo bikes for three children?",
    "how do I pay?", "tell me about the harbour", "is it far to the lighthouse?", "thanks",
)  # fmt: skip
"""What is said to the demo agent, in an order of its own in each conversation."""

TALKS = 6
"""Conversations with each dialect."""

STREAMS = Path(__file__).parents[1] / "data"
MODEL = "gpt-4o-mini"
ENCODINGS = {"o200k_base": "gpt-4o", "cl100k_base": "gpt-4"}


class Guess(NamedTuple):
    """An estimate and what was reported instead."""

    told: int
    reported: int
    learnt: bool
    """Whether any call had been confirmed before."""

    @property
    def error(self) -> float:
        return abs(self.told - self.reported) / self.reported

    @property
    def back(self) -> float:
        return (self.told - self.reported) / self.told


def guesses(entries: Iterable[Entry], estimator: Estimator) -> Iterator[Guess]:
    """The estimates of a log, each as it was when its report came."""
    session = Session()
    session.estimator = estimator
    seen: dict[int, tuple[int, bool]] = {}
    for entry in entries:
        learnt = "calibrated" in estimator.basis
        session.apply(entry)
        for call in session.turns[-1].calls:
            if call.estimate:
                seen[call.seqs[0]] = (call.estimate, learnt)
            elif (shown := seen.pop(call.seqs[0], None)) and call.billed and call.billed.answer:
                yield Guess(shown[0], call.billed.answer, shown[1])


async def saved(path: Path) -> list[Entry]:
    return [entry async for entry in file_entries(path)]


def orders(number: int) -> Iterator[Sequence[str]]:
    chance = random.Random(7)
    for _ in range(number):
        yield chance.sample(WORDS, len(WORDS))


def encoded(count: Count, estimator: Estimator, order: Sequence[str]) -> Iterator[Guess]:
    """The demo agent's answers, all of them billed as a GPT model's are."""
    learnt = False
    for text in texts(order):
        measure = Measure()
        measure.add(text)
        tokens = math.ceil(count(text) * MULTIPLIERS[MODEL])
        yield Guess(estimator.estimate(measure, None), tokens, learnt)
        estimator.learn(measure, MODEL, Counts(tokens, 0, tokens), MULTIPLIERS[MODEL])
        learnt = True


def texts(order: Sequence[str]) -> Iterator[str]:
    for turn in Session.of(talk("v4", *order)).turns:
        yield from (item.text for item in turn.items if item.kind == "message" and len(turn.calls))


def row(name: str, unit: str, found: Sequence[Guess]) -> None:
    """One line: how many, and how far off, before and after calibration."""
    line = f"{name:<24}{unit:<12}"
    for learnt in (False, True):
        some = [guess for guess in found if guess.learnt == learnt]
        if not some:
            line += f"{0:>4}{'':>33}"
            continue
        errors = sorted(guess.error for guess in some)
        backs = sorted(guess.back for guess in some if guess.back > 0)
        share, by = len(backs) / len(some), median(backs) if backs else 0.0
        p90 = errors[math.ceil(len(errors) * 0.9) - 1]
        line += f"{len(some):>4}{median(errors):>8.0%}{p90:>7.0%}{share:>9.0%}{by:>9.0%}"
    print(line)


def load() -> Encodings:
    """The encodings, and what it takes to have them while something else goes on."""
    encodings = Encodings()
    for name, model in ENCODINGS.items():
        start = time.perf_counter()
        thread = threading.Thread(target=encodings.load, args=(name,))
        thread.start()
        held = 0.0
        while thread.is_alive():
            before = time.perf_counter()
            time.sleep(0.001)
            held = max(held, time.perf_counter() - before)
        took = time.perf_counter() - start
        loaded = "loaded" if encodings.count(model) else "not installed"
        print(f"{name}: {loaded}, {took * 1e3:.0f} ms; others waited {held * 1e3:.0f} ms at most")
    return encodings


def costs(encodings: Encodings) -> None:
    """Microseconds that one more piece takes, with an estimate after each."""
    pieces = [f" {word}" for text in texts(WORDS) for word in text.split(" ")] * 10
    for unit in ("characters", "tokens"):
        estimator = Estimator()
        if unit == "tokens":
            estimator.prepare(encodings)
        measure = Measure()
        start = time.perf_counter()
        for piece in pieces:
            measure.add(piece)
            estimator.estimate(measure, MODEL)
        took = (time.perf_counter() - start) / len(pieces)
        print(f"a piece with its estimate, {unit}: {took * 1e6:.1f} µs")


def main() -> None:
    encodings = load()
    installed = encodings.count(MODEL) is not None
    print(f"\n{'':<36}{'BEFORE CALIBRATION':<37}AFTER")
    head = f"{'n':>4}{'median':>8}{'p90':>7}{'back':>9}{'by':>9}"
    print(f"{'':<36}{head}{head}")
    for unit in ("characters", "tokens") if installed else ("characters",):
        rows(unit, encodings)
    if installed:
        costs(encodings)


def rows(unit: str, encodings: Encodings) -> None:
    """What is measured by characters, or by tokens where they can be counted."""

    def estimator() -> Estimator:
        made = Estimator()
        if unit == "tokens":
            made.prepare(encodings)
        return made

    apis: tuple[Api, ...] = ("v2beta1", "v2", "v4")
    for api in apis:
        row(
            f"demo agent, {api}",
            unit,
            [one for said in orders(TALKS) for one in guesses(talk(api, *said), estimator())],
        )
    shared = estimator()
    logs = [asyncio.run(saved(path)) for path in sorted(STREAMS.glob("*/*.sse"))]
    row("saved streams", unit, [one for log in logs for one in guesses(log, shared)])
    if (count := encodings.count(MODEL)) is not None:
        found = [one for said in orders(TALKS) for one in encoded(count, estimator(), said)]
        row(f"billed as {MODEL}", unit, found)


if __name__ == "__main__":
    main()
