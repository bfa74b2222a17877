"""How many answer tokens a text that streams will be billed as, before anybody has counted it.

Four rules:

1. **An estimate leans low**, so that the report that replaces it seldom takes anything back, and
   while a text grows its estimate never falls, unless something new is learnt.
2. **It learns from confirmed calls** what a character of the model's latest answers was billed
   as; or a token, where the model's way to count is at hand and explains those calls as well.
3. A model without confirmed calls is not guessed from another one: five characters are a token.
   Most agents tell the model in the report only: then it is the cheapest of those that the same
   caller used of late, or, when nobody says who calls, of all.
4. Nothing depends on when or how often it is asked: the same log gives the same numbers.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from vftui.session.tokenizer import ENCODINGS, Count, Counted, Encodings, encoding_of
from vftui.wire.charges import Counts

CHARACTERS_PER_TOKEN = 5
"""What an estimate takes a token for as long as nothing is learnt. At 4 it was above what
o200k_base counts in 60 % of 8,211 English paragraphs, at 5 in 1 to 4 %."""

CALLERS = 64
"""Of how many callers it is known which models they use; a flow has a handful."""

RECENT = 8
"""How many confirmed calls of a model are remembered."""

FADE = 0.9
"""What a confirmed call weighs beside the next one of its model."""

LONGEST = 50_000
"""Characters of remembered calls that are counted at once: more would hold up who asks."""

LEAN = 0.97
"""How much of what a character was billed as is taken for certain: texts differ."""


class Measure:
    """What is known of the text of one completion."""

    __slots__ = ("_counted", "_pieces", "_taken", "characters")

    def __init__(self) -> None:
        self.characters = 0
        self._pieces: list[str] = []
        self._taken = 0
        self._counted: Counted | None = None

    def add(self, text: str) -> None:
        """A piece of the text arrived."""
        self.characters += len(text)
        self._pieces.append(text)

    def counted(self, count: Count) -> Counted:
        """The text as tokens."""
        if self._counted is None or self._counted.count is not count:
            self._counted, self._taken = Counted(count), 0
        if self._taken < len(self._pieces):
            self._counted.add("".join(self._pieces[self._taken :]))
            self._taken = len(self._pieces)
        return self._counted


@dataclass(frozen=True, slots=True)
class Ratio:
    """Billed tokens per unit of a text: per token as `count` counts, or per character."""

    count: Count | None
    least: float
    """What a unit is billed as at least, as far as can be told."""
    spread: float = 0.0
    """How far the calls that it was learnt from differ, as a share."""
    learnt: bool = True

    def tokens(self, measure: Measure) -> int:
        """What a text that may go on is billed as; at least one token, if tokens are billed."""
        count = self.count
        units = measure.characters if count is None else measure.counted(count).least
        billed = units * self.least
        return max(math.ceil(billed - 0.5 * self.learnt), int(billed > 0))


class Calibration:
    """What the latest confirmed calls of one model were billed as."""

    def __init__(self) -> None:
        self._calls: deque[tuple[Measure, int]] = deque(maxlen=RECENT)
        self._multiplier = 0.0
        self._best: dict[Count | None, Ratio] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, measure: Measure, answer: int, multiplier: float | None) -> None:
        """One more call, with the billed tokens of its answer."""
        self._calls.append((measure, answer))
        self._multiplier = multiplier or 0.0
        self._best.clear()

    def ratio(self, count: Count | None) -> Ratio:
        """By tokens as `count` counts or by characters, whichever explains the calls better."""
        if count not in self._best:
            sizes = [measure.characters for measure, _ in self._calls]
            best = characters = self._ratio(sizes)
            if count is not None and sum(sizes) <= LONGEST:
                tokens = self._ratio([one.counted(count).whole for one, _ in self._calls], count)
                best = min(tokens, characters, key=lambda ratio: round(ratio.spread, 6))
            self._best[count] = best
        return self._best[count]

    def _ratio(self, units: list[int], count: Count | None = None) -> Ratio:
        calls = [(size, answer) for size, (_, answer) in zip(units, self._calls, strict=True)]
        told = measured = missed = 0.0
        for size, answer in calls:
            told, measured = told * FADE + answer, measured * FADE + size
        mean = told / (measured or 1.0)  # a text of which nothing counts
        for size, answer in calls:
            missed = missed * FADE + abs(answer - mean * size)
        spread = missed / told if told else 0.0
        least = mean * max(0.0, 1 - spread)
        if count is None:
            return Ratio(None, least * LEAN, spread)
        # What was thought is billed, too: then a token of the text is only the least of it.
        return Ratio(count, max(least, min(mean, self._multiplier)), spread)


_UNKNOWN = Ratio(None, 1 / CHARACTERS_PER_TOKEN, learnt=False)


class Estimator:
    """What a conversation has learnt of its models, and what it makes of a text."""

    def __init__(self) -> None:
        self._models: dict[str, Calibration] = {}
        # By caller, and for nobody in particular: the models of the latest calls.
        self._latest: dict[str, deque[str]] = {"": deque(maxlen=RECENT)}
        self._likely: dict[str, tuple[str | None, ...]] = {"": (None,)}
        self._encodings: Encodings | None = None

    def prepare(self, encodings: Encodings = ENCODINGS) -> None:
        """Count as the models do, from when their encodings are loaded: somebody is watching."""
        self._encodings = encodings

    def measure(self) -> Measure:
        """A new completion begins."""
        return Measure()

    def estimate(self, measure: Measure, model: str | None, caller: str = "") -> int:
        """The billed answer tokens of the text so far.

        Without a model it is taken for the cheapest one of the latest confirmed calls, of those of
        its caller (`Agent`, `Prompt`…) if there are any.
        """
        models = (model,) if model else self._likely.get(caller) or self._likely[""]
        return min(self._ratio(one).tokens(measure) for one in models)

    def learn(
        self,
        measure: Measure,
        model: str | None,
        billed: Counts,
        multiplier: float | None,
        caller: str = "",
    ) -> None:
        """The call that wrote the text was charged."""
        if not model or not measure.characters or (billed.total and not billed.answer):
            return  # a report that was cut lost its answer
        for name in {"", caller}:
            if name in self._latest or len(self._latest) < CALLERS:
                latest = self._latest.setdefault(name, deque(maxlen=RECENT))
                latest.append(model)
                self._likely[name] = tuple(set(latest))
        calibration = self._models.setdefault(model, Calibration())
        calibration.add(measure, billed.answer, multiplier)
        self._count(model)  # begins to load what the next answer needs

    @property
    def basis(self) -> str:
        """What the estimates rest on, in words."""
        if not self._latest[""]:
            return f"characters / {CHARACTERS_PER_TOKEN}"
        models = set(self._latest[""])
        calls = sum(len(self._models[model]) for model in models)
        units = " or ".join(sorted({self._unit(model) for model in models}))
        of = f" of {len(models)} models" if len(models) > 1 else ""
        return f"{units}, calibrated by {calls} call{'s' * (calls > 1)}{of}"

    def _unit(self, model: str) -> str:
        if self._ratio(model).count is None:
            return "characters"
        return f"{(encoding_of(model) or '').removesuffix('_base')} tokens"

    def _ratio(self, model: str | None) -> Ratio:
        if model is None:
            return _UNKNOWN
        count = self._count(model)
        if model in self._models:
            return self._models[model].ratio(count)
        return _UNKNOWN if count is None else Ratio(count, 1.0, learnt=False)

    def _count(self, model: str) -> Count | None:
        return self._encodings.count(model) if self._encodings else None
