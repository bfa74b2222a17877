"""What tells of a model call while a turn is open: its text as it streams, and reports of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from vftui.session.estimate import Measure
from vftui.session.timing import Pace
from vftui.wire.charges import Charge, Counts


@dataclass(slots=True, eq=False)
class Answer:
    """The text of one completion, and what its parts told of tokens."""

    first: int
    """The entry of its first part."""
    measure: Measure
    last: int = 0
    at: float | None = None
    """When its latest part arrived."""
    model: str | None = None
    counts: Counts | None = None
    """The sum of what its parts told; None while none told anything."""
    guess: int = 0
    """The billed answer tokens of its text so far, as they are estimated."""
    pace: Pace = field(default_factory=Pace)
    ended: bool = False


@dataclass(slots=True, eq=False)
class Report:
    """A trace that tells what one call cost: a charge, or a repetition of one."""

    seq: int
    at: float | None
    charge: Charge
    billed: Counts
    latency: float | None = None
    """Seconds that the call took, as the server measured it."""
    answer: Answer | None = None
    """The text that the call wrote; None when none of it streamed."""
    twin: Report | None = None
    """The repetition of this charge, or the charge that this repeats."""
