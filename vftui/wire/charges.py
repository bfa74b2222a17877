"""What one model call cost, as the agent's debug traces tell it.

Two counts exist: *base* tokens are the model's own, *billed* tokens are base times the model's
multiplier. They are rounded up part by part, so a total may differ from the sum of its parts by
one; nothing here corrects that.

A *charge* is authoritative: a debug text (until early 2025) or `resources consumption` metadata
(since). A *shadow* tells of the same call again (`ai result`), billed tokens only: never add it to
a charge.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from vftui.wire.control import Debug
    from vftui.wire.traces import Path


@dataclass(frozen=True, slots=True)
class Counts:
    """Tokens of one or several model calls."""

    total: int
    query: int
    answer: int

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.total + other.total, self.query + other.query, self.answer + other.answer
        )


Told = Literal["text", "metadata", "result", "parameters"]
"""What told a charge; the last two only repeat it."""


@dataclass(frozen=True, slots=True)
class Charge:
    """The tokens of one model call; at least one of `base` and `billed` is known."""

    label: str
    """What called the model, such as `AI Response`, `AI Set` or `Agent`; may be empty."""
    model: str | None
    multiplier: float | None
    base: Counts | None
    billed: Counts | None
    source: Told
    """A debug text, `resources consumption` metadata, or what repeats these (`shadow_of`)."""
    more: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The keys of the metadata that nothing here knows, verbatim."""


_MAX_COUNT = 10**15
_LABEL = re.compile(r"__(.+?)__")
_MODEL = re.compile(r"Model: `([^`\n]*)`")
_MULTIPLIER = re.compile(r"Token Multiplier: `([0-9]{1,9}(?:\.[0-9]{0,9})?)x`")
# The server cuts the text after 500 characters: a number is only trusted with what follows it.
_COUNTS = (
    r"Token Consumption: `\{total: ([0-9]{1,15})[,}]"
    r"(?: query: ([0-9]{1,15})[,}](?: answer: ([0-9]{1,15})\})?)?"
)
_BASE = re.compile("(?<!Post-Multiplier )" + _COUNTS)
_BILLED = re.compile("Post-Multiplier " + _COUNTS)

_BASE_KEYS = ("tokensConsumption", "tokenConsumption")
_BILLED_KEYS = ("postMultiplierTokensConsumption", "postMultiplierTokenConsumption")
_MULTIPLIER_KEYS = ("tokensMultiplier", "tokenMultiplier", "multiplier")
_TOTAL_KEYS = ("total", "totalTokens", "tokens")
_QUERY_KEYS = ("query", "queryTokens")
_ANSWER_KEYS = ("answer", "answerTokens")
_CALL_KEYS = ("model", "latency", "temperature", "maxTokens", "output")
_PROMPT_KEYS = ("system", "assistant", "user")
_KNOWN = frozenset(
    _BASE_KEYS + _BILLED_KEYS + _MULTIPLIER_KEYS
    + _TOTAL_KEYS + _QUERY_KEYS + _ANSWER_KEYS + _CALL_KEYS + _PROMPT_KEYS
)  # fmt: skip


def charge_of(debug: Debug) -> Charge | None:
    """The charge that a debug trace reports, None if it reports none."""
    if "Token Consumption:" in debug.message:
        return _from_text(debug.message)
    if debug.metadata is None or _repeats(debug):
        return None
    return _charge(
        debug,
        debug.metadata,
        base=_first_counts(debug.metadata, _BASE_KEYS),
        billed=_first_counts(debug.metadata, _BILLED_KEYS),
        source="metadata",
    )


def shadow_of(debug: Debug, paths: Sequence[Path] = ()) -> Charge | None:
    """The call that a debug trace repeats; the numbers may stand in the trace's `paths`."""
    if not _repeats(debug):
        return None
    told = debug.metadata  # since mid 2025; before, the first path's event held them
    if told is None and paths and paths[0].event is not None:
        told = paths[0].event.get("payload")
    if not isinstance(told, dict):
        return None
    source: Told = "result" if debug.message == "ai result" else "parameters"
    return _charge(debug, told, base=None, billed=counts_in(told), source=source)


def model_of(debug: Debug, paths: Sequence[Path] = ()) -> str | None:
    """The model that a debug trace names, None if it names none."""
    if match := _MODEL.search(debug.message):
        return match[1] or None
    told = debug.metadata
    if told is None and paths and paths[0].event is not None:
        told = paths[0].event.get("payload")
    name = told.get("model") if isinstance(told, dict) else None
    return name if isinstance(name, str) and name else None


def counts_in(value: Any) -> Counts | None:
    """The counts in a JSON object, None if it has none; missing parts are 0, a total their sum."""
    if not isinstance(value, dict):
        return None
    total = _first_count(value, _TOTAL_KEYS)
    query = _first_count(value, _QUERY_KEYS)
    answer = _first_count(value, _ANSWER_KEYS)
    if total is None and query is None and answer is None:
        return None
    query, answer = query or 0, answer or 0
    return Counts(query + answer if total is None else total, query, answer)


def number(value: Any) -> float | None:
    """A JSON value as a number, None unless it is a finite one of at least 0 (true is none)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if 0 <= value <= _MAX_COUNT else None


def _repeats(debug: Debug) -> bool:
    return debug.message == "ai result" or debug.kind == "ai-response-parameters-model"


def _charge(
    debug: Debug,
    told: Mapping[str, Any],
    *,
    base: Counts | None,
    billed: Counts | None,
    source: Told,
) -> Charge | None:
    if base is None and billed is None:
        return None
    model = told.get("model")
    multipliers = (number(told.get(key)) for key in _MULTIPLIER_KEYS)
    return Charge(
        label=debug.context or "",
        model=model if isinstance(model, str) and model else None,
        multiplier=next((one for one in multipliers if one is not None), None),
        base=base,
        billed=billed,
        source=source,
        more={key: value for key, value in told.items() if key not in _KNOWN},
    )


def _from_text(message: str) -> Charge | None:
    base, billed = _BASE.search(message), _BILLED.search(message)
    if not base and not billed:
        return None
    label, model = _LABEL.match(message), _MODEL.search(message)
    multiplier = _MULTIPLIER.search(message)
    counts = _matched(base, None)
    return Charge(
        label=label[1] if label else "",
        model=(model[1] or None) if model else None,
        multiplier=float(multiplier[1]) if multiplier else None,
        base=counts,
        billed=_matched(billed, counts),
        source="text",
    )


def _matched(match: re.Match[str] | None, base: Counts | None) -> Counts | None:
    """The counts of a line; what was cut off is the rest of its total, split as the base is."""
    if match is None:
        return None
    total = int(match[1])
    if match[2] is not None:
        query = int(match[2])
    elif base and base.total:
        query = min(total, -(-total * base.query // base.total))
    else:
        return Counts(total, 0, 0)
    return Counts(total, query, max(0, total - query) if match[3] is None else int(match[3]))


def _first_counts(told: Mapping[str, Any], keys: Sequence[str]) -> Counts | None:
    found = (counts_in(told.get(key)) for key in keys)
    return next((one for one in found if one is not None), None)


def _first_count(told: Mapping[str, Any], keys: Sequence[str]) -> int | None:
    found = (number(told.get(key)) for key in keys)
    return next((math.ceil(one) for one in found if one is not None), None)
