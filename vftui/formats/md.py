"""Markdown, for a ticket: the conversation, what each turn took, and its traces folded away.

Two rules:

1. What was said is quoted, so that it cannot end the fold around it; HTML in it is shown as text.
2. A marked trace is told in full, with its remark; of the others there is a line each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from textwrap import dedent
from typing import TYPE_CHECKING

from vftui.formats.log import Log, Part, gathered, whole_text
from vftui.formats.totals import Totals
from vftui.render.bill import bill, whole_bill
from vftui.render.conversation import block, times
from vftui.render.figures import clock_time, counted_of, duration, milliseconds
from vftui.render.lines import kind_of, summary
from vftui.render.text import one_line, printable
from vftui.render.views import detail

if TYPE_CHECKING:
    from vftui.prices import Cost
    from vftui.rows import Row
    from vftui.session.items import Item

_SPECIAL = re.compile(r"([\\`*_\[\]|#~])")
_TITLE = 80
_TEXT = 160


def write(log: Log) -> Iterator[bytes]:
    """A heading, then turn after turn."""
    head = log.head
    known = [*head.facts, *([day(head.started)] if head.started is not None else []), *head.tags]
    yield f"# {plain(head.title or 'conversation')}\n\n{plain(' · '.join(known))}\n".encode()
    totals = Totals(log.prices)
    for part in log.parts():
        cost = totals.add(part)
        yield "".join(f"{line}\n" for line in _turn(part, cost)).encode()
    whole = whole_bill(totals.turns, totals.tokens, totals.cost, totals.unreported)
    yield f"\n---\n\n{plain(' · '.join(whole))}\n".encode()


def day(at: float) -> str:
    """The local date and time of day."""
    try:
        return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return "–"


def plain(text: str) -> str:
    """Text in which Markdown sees nothing but text."""
    return _SPECIAL.sub(r"\\\1", printable(text)).replace("<", "&lt;")


def _turn(part: Part, cost: Cost | None) -> Iterator[str]:
    yield ""
    yield f"## Turn {part.number}"
    for item in part.turn.items:
        yield ""
        yield from _item(item)
    yield ""
    yield f"*{plain(' · '.join(figures(part, cost)))}*"
    yield ""
    yield from _traces(part.told)


def figures(part: Part, cost: Cost | None) -> list[str]:
    """How a turn ended if not well, and what it took: its times, tokens and money."""
    ended = [] if part.turn.ending == "complete" else [str(part.turn.ending)]
    return [*ended, *times(part.turn), *bill(part.turn.tokens, cost)]


def _item(item: Item) -> list[str]:
    if item.kind == "said":
        at = item.turn.sent_at
        head = f"**you** · {clock_time(at)}" if at is not None else "**you**"
        return [head, "", *_quoted(plain(item.text))]
    if item.kind == "reply":
        return ["**agent**"]
    if item.kind == "message":
        return _quoted(printable(item.text).replace("<", "&lt;"))
    lines = dedent("\n".join(block(item)))
    return _quoted("\\\n".join(plain(line) for line in lines.split("\n")))


def _quoted(text: str) -> list[str]:
    return [f"> {line}".rstrip() for line in text.split("\n")]


def _traces(rows: list[Row]) -> Iterator[str]:
    marked = [row for row in rows if row.marked or row.remark]
    noted = f", {len(marked)} marked" if marked else ""
    yield f"<details><summary>{counted_of(len(rows), 'trace')}{noted}</summary>"
    yield ""
    yield from _fenced("\n".join(_line(group) for group in gathered(rows)), "text")
    for row in marked:
        yield ""
        remark = f": {plain(row.remark)}" if row.remark else ""
        yield f"**#{row.seq} {plain(kind_of(row.entry))}**{remark}"
        yield ""
        yield from _fenced(detail(row.entry), "json")
    yield ""
    yield "</details>"


def told(group: list[Row]) -> str:
    """What a row says in one line; of a streamed text the whole of it."""
    if len(group) == 1:
        return summary(group[0].entry)
    first, last = group[0].since, group[-1].since
    took = "" if first is None or last is None else f" in {duration(last - first)}"
    text = one_line(whole_text(group), _TEXT)
    return f'"{text}" · {counted_of(len(group), "piece")}{took}'


def _line(group: list[Row]) -> str:
    row = group[0]
    mark = "●" if row.marked else " "
    remark = f"  ← {one_line(row.remark, _TITLE)}" if row.remark else ""
    place = f"{mark}{row.seq:>5} {milliseconds(row.since):>7} "
    return f"{place} {kind_of(row.entry):<16} {told(group)}{remark}".rstrip()


def _fenced(text: str, language: str) -> list[str]:
    """A code block whose fence is longer than any in the text."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", text, fence]
