"""What the figures of the token page leave open, in notes below them.

Two rules:

1. Each knows the entries that it comes from, and looks for them when it is asked.
2. What comes and goes while a turn runs stands last, so that nothing else moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vftui.render.brief import compact
from vftui.render.figures import counted_of
from vftui.render.spending import share_of
from vftui.render.text import one_line, printable
from vftui.secrets import mask
from vftui.ui.tokencolumns import LACKS
from vftui.ui.tokenrows import LOUD

if TYPE_CHECKING:
    from vftui.render.spending import Course
    from vftui.session.budget import Standing
    from vftui.session.fold import Session
    from vftui.session.ledger import Call

CREDITS = 60
"""Cells of a value that may be credits."""

Seqs = Callable[[], Iterable[int]]
"""Looks for the entries that something comes from."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the figures leave open, in words."""

    text: str
    seqs: Seqs = tuple
    look: str = "quiet"


def notes_of(course: Course, standings: Sequence[Standing]) -> Iterator[Note]:
    """What the figures leave open; what comes and goes while a turn runs stands last."""
    session = course.session
    for standing in standings:
        yield Note(f"Budget: {standing.words}.", look=LOUD[standing.level])
    if unknown := session.unreported_turns:
        told = share_of(unknown, len(session.turns))
        yield Note(f"{LACKS} Not reported in full: {told}.", lambda: _unreported(session))
    yield from _money_notes(course)
    if (call := course.credited) is not None:
        yield Note(
            f"Credits, as told of turn {call.turn + 1:,}: {_credits(call)}.", lambda: call.seqs
        )
    if "estimated" in course.sources:
        yield Note(f"~ Estimated from the text: {session.estimator.basis}.")
    if "provisional" in course.sources:
        yield Note("~ Counted from the stream, part by part.")


def _money_notes(course: Course) -> Iterator[Note]:
    """What the money is, and what is not in it."""
    prices = course.prices
    if prices is None:
        return
    if prices.problem:
        yield Note(prices.problem, look="warning")
    cost = course.whole.cost
    if cost is None:
        return
    if not cost.calls:
        yield Note("Money: no price is known of the models that were called.")
        return
    missing = f"; {counted_of(cost.unpriced, 'call')} without a price" if cost.unpriced else ""
    told = f"Money: what the models were listed for on {cost.date}, not what Voiceflow charges"
    yield Note(f"{told}{missing}.")


def _credits(call: Call) -> str:
    told = (
        f"{one_line(key, CREDITS)} {compact(value, CREDITS)}" for key, value in call.credits.items()
    )
    return printable(mask(", ".join(told)), keep_lines=False)


def _unreported(session: Session) -> Iterator[int]:
    """Where the turns begin whose words nobody counted in full."""
    return (turn.first_seq for turn in session.turns if turn.unreported)
