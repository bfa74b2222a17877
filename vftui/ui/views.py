"""The four views of an entry: its JSON, its bytes, its times, what changed since the last such.

Loaded when the first entry is looked at: what tells of traces is large.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from operator import eq
from typing import Any, Literal

from vftui.query import parse
from vftui.reading import Reading, Row
from vftui.render.brief import compact
from vftui.render.difference import ABSENT, Change, difference
from vftui.render.figures import clock_time, count, duration, size
from vftui.render.jsonpath import Path, jsonpath
from vftui.render.text import printable
from vftui.render.views import raw_view, told
from vftui.session.log import Entry, Received
from vftui.ui.jsontree import Tree
from vftui.ui.page import Line, Lines, Page, Place, Word

View = Literal["JSON", "raw", "timing", "diff"]

MOST_CHANGES = 1_000
"""Changes that are told."""

MOST_OF_ONE = 300
"""Characters of a value that are told."""

_BEFORE = 20
"""Characters before the place where two long texts begin to differ."""


def page_of(view: View, row: Row, log: Reading) -> Page:
    """What a view shows of an entry."""
    match view:
        case "JSON":
            remark, value = told(row.entry)
            return Tree(value, remark)
        case "raw":
            lines = raw_view(row.entry).split("\n")
            return Lines([Line([(line, "value")], Place(None, line)) for line in lines])
        case "timing":
            return Lines(_named(times(row)))
        case "diff":
            return Lines(list(_changed(row, log)))


def times(row: Row) -> list[tuple[str, str]]:
    """The times of an entry, each with its name."""
    entry = row.entry
    named = [
        ("arrived", clock_time(entry.at, fraction=True)),
        ("since the action", duration(row.since)),
        ("since the entry before", duration(row.gap)),
    ]
    if isinstance(entry, Received):
        frame, trace = entry.frame, entry.decoded.trace
        server = trace.time / 1000 if trace is not None and trace.time is not None else None
        named += [
            ("server's time", clock_time(server, fraction=True)),
            ("bytes", f"{count(len(frame.raw))} ({size(len(frame.raw))})"),
            ("event, id", printable(f"{frame.event}, {frame.id or 'none'}", keep_lines=False)),
            ("dispatched", "yes" if frame.dispatched else "no"),
        ]
    return named


def _named(pairs: list[tuple[str, str]]) -> list[Line]:
    width = max(len(name) for name, _ in pairs)
    return [
        Line([(f"{name:<{width}}  ", "key"), (value, "value")], Place(None, value))
        for name, value in pairs
    ]


def _changed(row: Row, log: Reading) -> Iterator[Line]:
    """The changes since the entry of the same type before this one."""
    kind = type_of(row.entry)
    name = printable(kind, keep_lines=False)
    before = _last(kind, row, log)
    if before is None:
        yield _said(f"This is the first {name} here, so there is nothing to compare it with.")
        return
    old, new = told(before.entry)[1], told(row.entry)[1]
    inside = _variables(new) if kind == "state" else ()
    changes = difference(_at(old, inside), _at(new, inside))
    what = f"variables since {name}" if inside else f"since {name}"
    if not changes:
        yield _said(f"Nothing changed {'in the ' * bool(inside)}{what} #{count(before.seq)}.")
    else:
        yield _said(f"{count(len(changes))} changed {what} #{count(before.seq)}:")
    for change in changes[:MOST_CHANGES]:
        path = (*inside, *change.path)
        yield Line(list(_words(change)), Place(path, _value(change)))
    if len(changes) > MOST_CHANGES:
        yield _said(f"{count(len(changes) - MOST_CHANGES)} more changes are not told.")


def type_of(entry: Entry) -> str:
    """What a filter calls the type of an entry."""
    return entry.decoded.kind if isinstance(entry, Received) else type(entry).__name__.lower()


def _last(kind: str, row: Row, log: Reading) -> Row | None:
    """The entry of this type before this one."""
    escaped = kind.replace("\\", "\\\\").replace('"', '\\"')
    seq = log.nearest(parse(f'type:"{escaped}"'), row.seq, -1)
    return log.row(seq) if seq is not None else None


def _variables(state: Any) -> Path:
    """Where the variables stand in a state event; each dialect has its own place."""
    for path in (("state", "variables"), ("variables",)):
        if isinstance(_at(state, path), dict):
            return path
    return ()


def _at(value: Any, path: Path) -> Any:
    """The value at a path; `ABSENT` when there is none."""
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return ABSENT
        value = value[key]
    return value


def _words(change: Change) -> Iterator[Word]:
    name = jsonpath(change.path).removeprefix("$").removeprefix(".") or "the whole"
    old, new = change.old, change.new
    if old is ABSENT:
        yield from (("+ ", "added"), (f"{name}: ", "key"), (_shown(new), "value"))
    elif new is ABSENT:
        yield from (("- ", "removed"), (f"{name}: ", "key"), (_shown(old), "mark"))
    else:
        start = _alike(old, new)
        yield from (("~ ", "changed"), (f"{name}: ", "key"))
        yield from ((_shown(old, start), "mark"), (" → ", "changed"), (_shown(new, start), "value"))


def _alike(old: Any, new: Any) -> int:
    """How much of the beginning of two long texts need not be told: it is the same."""
    if not isinstance(old, str) or not isinstance(new, str) or len(old) <= MOST_OF_ONE:
        return 0
    alike = sum(1 for _ in takewhile(bool, map(eq, old, new)))
    return max(0, alike - _BEFORE)


def _shown(value: Any, start: int = 0) -> str:
    """A value in one line; of a text what stands from `start` on."""
    if start:
        value = f"…{value[start:]}"
    if isinstance(value, str):
        value = [value]  # which brings the quotation marks
        return printable(compact(value, MOST_OF_ONE)[1:-1], keep_lines=False)
    return printable(compact(value, MOST_OF_ONE), keep_lines=False)


def _value(change: Change) -> Any:
    return change.old if change.new is ABSENT else change.new


def _said(text: str) -> Line:
    return Line([(text, "mark")])
