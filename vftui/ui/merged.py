"""The deltas of one span as a single row: their text, how many they are, how fast they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vftui.render.figures import count, duration

if TYPE_CHECKING:
    from vftui.reading import Reading, Row
    from vftui.session.log import Entry

SHOWN = 400
"""Characters of the text that are gathered: more than a row of the list has room for."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A span as far as it came."""

    last: int
    """Its last entry."""
    parts: int
    """How many entries it has."""
    seconds: float | None
    text: str
    """The beginning of what its deltas say together."""

    def __str__(self) -> str:
        told = [f"{count(self.parts)}×"]
        if self.seconds is not None and self.seconds > 0:
            told += [duration(self.seconds), f"{self.parts / self.seconds:,.0f}/s"]
        if self.text:
            told.append(f'"{self.text}"')
        return "  ".join(told)


def merged_of(log: Reading, row: Row, before: Merged | None = None) -> Merged | None:
    """The span that begins with this row, if it does; `before` is what was known of it."""
    span = log.span(row.seq) if row.span == row.seq else None
    if span is None:
        return None
    if before is not None and len(before.text) >= SHOWN:
        return Merged(span.last, span.count, span.seconds, before.text)
    text = ""
    for one in log.rows(span.first, span.last):
        if one.span == row.seq:
            text += _said(one.entry)
        if len(text) >= SHOWN:
            break
    return Merged(span.last, span.count, span.seconds, text[:SHOWN])


def _said(entry: Entry) -> str:
    """The text of a delta."""
    from vftui.session.log import Received

    trace = entry.decoded.trace if isinstance(entry, Received) else None
    text = getattr(trace.payload, "text", None) if trace is not None else None
    return text if isinstance(text, str) else ""
