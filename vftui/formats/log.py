"""What goes out and what comes in: the log of a session, with what is known about it.

Two rules:

1. A log is read row by row and, where a format speaks of turns, turn by turn: never as a whole.
2. A filter picks rows. A format of turns tells those that have such a row, each of them whole, and
   as the whole session does: what it guesses of a turn rests on those before it.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from vftui.formats.masking import hidden, masked, piece_of
from vftui.recording import Journal, Recording, SessionRow
from vftui.session.estimate import Estimator
from vftui.session.fold import Session
from vftui.session.log import Entry, with_endings

if TYPE_CHECKING:
    from vftui.prices import Prices
    from vftui.reading import Reading
    from vftui.rows import Row
    from vftui.session.ledger import Call
    from vftui.session.turn import Turn

STEP = 200
"""Entries that are read before others get a turn."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a session beside its entries; empty: not known."""

    title: str = ""
    api: str = ""
    project: str = ""
    environment: str = ""
    user: str = ""
    started: float | None = None
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: SessionRow) -> Head:
        """That of a recorded session."""
        return cls(
            row.title, row.api, row.project, row.environment, row.user, row.started, row.tags
        )

    @classmethod
    def at(cls, journal: Journal) -> Head:
        """That of the session that a journal is the log of."""
        with Recording.open(journal.path, create=False) as recording:
            return cls.of(recording.find(str(journal.id)))

    @property
    def facts(self) -> list[str]:
        """Dialect, environment and user, as far as they are known."""
        user = f"user {self.user}" if self.user else ""
        return [fact for fact in (self.api, self.environment, user) if fact]


class Line(NamedTuple):
    """One entry of a log that comes in, and what a person noted at it."""

    entry: Entry
    marked: bool = False
    remark: str = ""


@dataclass(frozen=True)
class Imported:
    """A log that is being read from a file."""

    head: Head
    lines: AsyncIterator[Line]
    is_stream: bool = False
    """Whether it is the bytes of a stream and nothing else: then its one ending was made here."""


class Part(NamedTuple):
    """One turn of a log."""

    number: int
    """From 1."""
    turn: Turn
    rows: list[Row]
    """All its rows."""
    told: list[Row]
    """Those that a filter lets pass."""

    unreported: bool
    """Whether nobody reported its tokens in full."""

    @property
    def entries(self) -> list[Entry]:
        """All its entries."""
        return [row.entry for row in self.rows]

    @property
    def calls(self) -> list[Call]:
        """Its model calls, as they stand in the session."""
        before = self.rows[0].seq - 1
        return [
            replace(call, turn=self.number - 1, seqs=tuple(seq + before for seq in call.seqs))
            for call in self.turn.calls
        ]


@dataclass(frozen=True)
class Log:
    """A session on its way out."""

    head: Head
    journal: Reading
    number: int | None = None
    """The one turn that is wanted; None: all."""
    chosen: Sequence[int] | None = None
    """The numbers of the entries that a filter lets pass, ascending; None: there is no filter."""
    masked: bool = True
    """Whether keys are hidden."""
    prices: Prices | None = None
    """The models' list prices; None: nothing is priced."""

    def __post_init__(self) -> None:
        if self.masked:
            texts = {name: hidden(getattr(self.head, name)) for name in _TEXTS}
            head = Head(**texts, started=self.head.started, tags=tuple(map(hidden, self.head.tags)))
            object.__setattr__(self, "head", head)

    def rows(self) -> Iterator[Row]:
        """The rows that are to be told, in order."""
        return filter(self._passes, self._all())

    def parts(self) -> Iterator[Part]:
        """The turns that have a row to be told, one after the other."""
        span = self._span()
        if span is None:
            return
        estimator = Estimator()  # what one turn teaches of a model, the next one knows
        _folded(self.journal.entries(1, span[0] - 1), estimator)
        rows: list[Row] = []
        for row in self._all():
            if rows and row.turn != rows[0].turn:
                yield from self._part(rows, estimator)
                rows = []
            rows.append(row)
        if rows:
            yield from self._part(rows, estimator)

    def _part(self, rows: list[Row], estimator: Estimator) -> Iterator[Part]:
        session = _folded((row.entry for row in rows), estimator)
        if told := [row for row in rows if self._passes(row)]:
            yield Part(rows[0].turn, session.turns[0], rows, told, session.unreported_turns > 0)

    def _passes(self, row: Row) -> bool:
        if self.chosen is None:
            return True
        place = bisect_left(self.chosen, row.seq)
        return place < len(self.chosen) and self.chosen[place] == row.seq

    def _all(self) -> Iterator[Row]:
        span = self._span()
        rows = self.journal.rows(*span) if span else iter(())
        return masked(rows) if self.masked else rows

    def _span(self) -> tuple[int, int | None] | None:
        """From where to where it is read: whole turns, no more than what is chosen needs."""
        if self.number is not None:
            return self.journal.turn_span(self.number)
        if self.chosen is None:
            return 1, None
        ends = map(self.journal.row, (*self.chosen[:1], *self.chosen[-1:]))
        spans = [span for row in ends if row and (span := self.journal.turn_span(row.turn))]
        return (spans[0][0], spans[-1][1]) if spans else None


def _folded(entries: Iterable[Entry], estimator: Estimator) -> Session:
    """What some turns say, by what the estimator has learnt and goes on learning."""
    session = Session()
    session.estimator = estimator
    for entry in with_endings(entries):
        session.apply(entry)
    return session


_TEXTS = ("title", "api", "project", "environment", "user")

Writer = Callable[[Log], Iterator[bytes]]
"""Writes a log in one format, piece by piece."""


async def steps(things: Iterable[_T]) -> AsyncIterator[_T]:
    """The things, with a pause for others now and then."""
    for number, thing in enumerate(things, start=1):
        yield thing
        if number % STEP == 0:
            await asyncio.sleep(0)


def gathered(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows, those of one streamed text together at the place of the first.

    What a person noted something at also stands alone.
    """
    groups: list[list[Row]] = []
    spans: dict[int, list[Row]] = {}
    for row in rows:
        if row.span in spans:
            spans[row.span].append(row)
            if row.marked or row.remark:
                groups.append([row])
            continue
        groups.append([row])
        if row.span is not None:
            spans[row.span] = groups[-1]
    return groups


def whole_text(group: Sequence[Row]) -> str:
    """What the pieces of a streamed text say together."""
    return "".join(piece_of(row.entry) or "" for row in group)
