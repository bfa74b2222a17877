"""Two runs of the same actions, turn by turn: what differs.

Three rules:

1. A run is an `Outline` for each of its turns, which keeps what can be compared and no more: a
   long log costs little. An outline is folded from entries, like everything else.
2. How a text was cut into pieces is no difference, nor is an id, nor a time of day.
3. What one of the two does not know cannot differ: unknown is not zero. Latency differs only by
   more than `SLACK` of itself and `LEAST` seconds, because no two runs take equally long.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from typing import Any, Literal, get_args

from vftui.session.fold import Session
from vftui.session.log import Ending, Entry, Received, Sent
from vftui.session.steps import step_of
from vftui.session.tokens import Tokens
from vftui.session.tools import tool_of
from vftui.session.turn import Turn
from vftui.wire.dialects import Variables
from vftui.wire.payloads import Block, Debug, Flow, PathTaken, ToolCall

Aspect = Literal["turn", "ending", "text", "choices", "types", "path", "tools", "tokens", "latency"]
"""What two turns are compared by; `turn` is that only one of the runs has it."""

ASPECTS: tuple[Aspect, ...] = get_args(Aspect)

SLACK, LEAST = 0.25, 0.25
"""Share of itself, and seconds, that a latency may change by without a difference."""

_KEEPS_ALIVE = ("comment", "retry", "blank")


@dataclass(frozen=True)
class Outline:
    """What one turn did, as far as another run can be held against it."""

    action: dict[str, Any] | None
    """What the person did, verbatim; None in a saved stream."""
    variables: Variables
    """What was set with it."""
    ending: Ending | None
    text: tuple[str, ...]
    """The agent's messages."""
    choices: tuple[str, ...]
    """The names of what it offers."""
    types: tuple[str, ...]
    """The types of what arrived, in order, each run of the same type once."""
    path: tuple[str, ...]
    """Flows and blocks that were entered, paths that were taken."""
    tools: tuple[str, ...]
    """The tools that were called, in order; one that nobody names is `?`."""
    tokens: Tokens
    latency: float | None
    """Seconds from the action to the end."""


@dataclass(frozen=True)
class Difference:
    """One aspect in which a turn differs, in words."""

    aspect: Aspect
    before: str
    after: str


Compared = list[tuple[Outline | None, Outline | None, list[Difference]]]
"""Turn by turn: the one run, the other, and what differs."""


class Outlines:
    """Folds a log into the outlines of its turns; with a session, behind that one's own fold."""

    def __init__(self, session: Session | None = None) -> None:
        self._session = session or Session()
        self._folds = session is None
        self._trails: list[_Trail] = []

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> list[Outline]:
        """The outlines of a whole log."""
        outlines = cls()
        for entry in entries:
            outlines.append(entry)
        return outlines.turns

    def append(self, entry: Entry) -> None:
        """Take one more entry into account."""
        if self._folds:
            self._session.apply(entry)
        while len(self._trails) < len(self._session.turns):
            self._trails.append(_Trail())
        if self._trails:
            self._trails[-1].follow(entry)

    @property
    def turns(self) -> list[Outline]:
        """The turns so far; the last one may still go on."""
        return [
            trail.outline(turn)
            for turn, trail in zip(self._session.turns, self._trails, strict=True)
        ]


class Repeats:
    """A run that repeats a recorded one while it goes on; a sink behind the session's own fold."""

    def __init__(self, before: Sequence[Outline], session: Session) -> None:
        self.before = before
        self._session = session
        self._outlines = Outlines(session)

    def append(self, entry: Entry) -> None:
        """Take one more entry into account."""
        self._outlines.append(entry)

    @property
    def over(self) -> int:
        """How many turns of this run are over."""
        turns = self._session.turns
        return len(turns) - (bool(turns) and turns[-1].ending is None)

    @property
    def firsts(self) -> list[int]:
        """The number of the first entry of each turn of this run."""
        return [turn.first_seq for turn in self._session.turns]

    def compared(self) -> Compared:
        """The turns that are over, each held against the one of the recording."""
        turns = self._outlines.turns[: self.over]
        return compare_all(self.before[: self.over], turns)


class _Trail:
    """What a turn's entries tell that the session does not keep."""

    def __init__(self) -> None:
        self._types: list[str] = []
        self._path: list[str] = []
        self._tools: list[str] = []
        self._variables: Variables = {}

    def follow(self, entry: Entry) -> None:
        if isinstance(entry, Sent):
            self._variables = variables_of(entry)
        if not isinstance(entry, Received):
            return
        decoded = entry.decoded
        if decoded.kind not in _KEEPS_ALIVE and self._types[-1:] != [decoded.kind]:
            self._types.append(decoded.kind)
        payload = decoded.trace.payload if decoded.trace is not None else None
        if isinstance(payload, Flow | Block | PathTaken):
            self._path.append(step_of(payload))
        elif isinstance(payload, ToolCall) and payload.state == "start":
            self._tools.append("?")
        elif isinstance(payload, Debug) and (name := tool_of(payload)):
            self._name(name)

    def _name(self, name: str) -> None:
        """A line of diagnosis is about this tool: the call that nobody named yet, or a new one."""
        if "?" in self._tools:
            self._tools[self._tools.index("?")] = name
        elif self._tools[-1:] != [name]:
            self._tools.append(name)

    def outline(self, turn: Turn) -> Outline:
        return Outline(
            turn.action,
            self._variables,
            turn.ending,
            tuple(turn.messages),
            tuple(choice.name for choice in turn.choices),
            tuple(self._types),
            tuple(self._path),
            tuple(self._tools),
            turn.tokens,
            turn.elapsed,
        )


def variables_of(sent: Sent) -> Variables:
    """The variables that an action's request set, in each generation's own place."""
    try:
        body = json.loads(sent.body)
    except (ValueError, RecursionError):
        return {}
    for keys in (("variables",), ("state", "variables")):
        value = body
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, dict):
            return value
    return {}


def compare(before: Outline | None, after: Outline | None) -> list[Difference]:
    """What differs between two runs of a turn; None: the run does not have it."""
    if before is None or after is None:
        return [Difference("turn", _there(before), _there(after))]
    return [
        Difference(aspect, *told)
        for aspect, tell in _ASPECTS
        if (told := tell(before, after)) is not None
    ]


def compare_all(before: Sequence[Outline], after: Sequence[Outline]) -> Compared:
    """Both runs, turn by turn, with what differs."""
    return [(one, other, compare(one, other)) for one, other in zip_longest(before, after)]


_Told = tuple[str, str] | None


def _there(outline: Outline | None) -> str:
    return "not there" if outline is None else "there"


def _ending(before: Outline, after: Outline) -> _Told:
    if before.ending == after.ending:
        return None
    return before.ending or "no ending", after.ending or "no ending"


def _lists(attribute: str, joint: str) -> Callable[[Outline, Outline], _Told]:
    def tell(before: Outline, after: Outline) -> _Told:
        one, other = getattr(before, attribute), getattr(after, attribute)
        if one == other:
            return None
        start = _alike(one, other)
        end = min(_alike(one[::-1], other[::-1]), min(len(one), len(other)) - start)
        return _part(one, start, end, joint), _part(other, start, end, joint)

    return tell


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words the two begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _part(words: tuple[str, ...], start: int, end: int, joint: str) -> str:
    """What is left of a list without its beginning and end that are the same in both runs."""
    told = words[start : len(words) - end]
    return joint.join([*["…"][: start > 0], *(told or ["nothing"]), *["…"][: end > 0]])


def _tokens(before: Outline, after: Outline) -> _Told:
    one, other = before.tokens, after.tokens
    told = one.source == other.source == "reported"
    if not told or one.total == other.total:
        return None
    return f"{one.total:,}", f"{other.total:,}"


def _latency(before: Outline, after: Outline) -> _Told:
    one, other = before.latency, after.latency
    if one is None or other is None or abs(other - one) <= max(LEAST, SLACK * one):
        return None
    return f"{one:.2f} s", f"{other:.2f} s"


_ASPECTS: tuple[tuple[Aspect, Callable[[Outline, Outline], _Told]], ...] = (
    ("ending", _ending),
    ("text", _lists("text", "\n")),
    ("choices", _lists("choices", ", ")),
    ("types", _lists("types", " ")),
    ("path", _lists("path", " › ")),
    ("tools", _lists("tools", ", ")),
    ("tokens", _tokens),
    ("latency", _latency),
)
