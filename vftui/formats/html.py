"""One page that a colleague opens in a browser: nothing is fetched, nothing leaves it.

Three rules:

1. All that comes from outside is text: it passes `printable`, then `escape`. Of Markdown only what
   markdown-it makes with HTML switched off gets through, and pictures are words.
2. The page carries a policy that allows its own style and script, by their digests, and nothing
   else: what slipped through could neither run nor call anybody.
3. It is readable without the script, which only searches.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files
from textwrap import dedent
from typing import TYPE_CHECKING

from vftui.formats.callstable import calls_table
from vftui.formats.log import Log, Part, gathered
from vftui.formats.markup import markdown
from vftui.formats.md import day, figures, told
from vftui.formats.totals import Totals
from vftui.render.bill import whole_bill
from vftui.render.conversation import block, choice_line
from vftui.render.figures import clock_time, counted_of, duration, milliseconds, size
from vftui.render.lines import kind_of
from vftui.render.text import printable
from vftui.render.views import detail

if TYPE_CHECKING:
    from vftui.prices import Cost, Prices
    from vftui.rows import Row
    from vftui.session.items import Item

_LARGE = 64 * 1024
_SLOW = 0.5
_LEVELS = {3: "warn", 4: "error", 5: "error"}
_SIGNS = {"warn": "!", "error": "×"}


def write(log: Log) -> Iterator[bytes]:
    """The page, turn by turn."""
    yield _top(log).encode()
    totals = Totals(log.prices)
    for part in log.parts():
        yield _turn(part, totals.add(part), log.prices).encode()
    whole = whole_bill(totals.turns, totals.tokens, totals.cost, totals.unreported)
    yield f"</main>\n<footer>{_text(' · '.join(whole))}</footer>\n".encode()
    yield f"<script>{_asset('page.js')}</script>\n</body>\n</html>\n".encode()


def _top(log: Log) -> str:
    head = log.head
    title = head.title or "conversation"
    known = [*head.facts, *([day(head.started)] if head.started is not None else []), *head.tags]
    style, script = _asset("page.css"), _asset("page.js")
    policy = f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{_text(title)}</title>
<style>{style}</style>
</head>
<body>
<header>
<div class="about"><h1>{_text(title)}</h1><p>{_text(" · ".join(known))}</p></div>
<form role="search" hidden>
<input type="search" id="search" placeholder="search messages and traces" aria-label="search">
<label><input type="checkbox" id="marked"> marked</label>
<button type="button" id="unfold">unfold traces</button>
<output id="found"></output>
</form>
</header>
<main>
"""


def _turn(part: Part, cost: Cost | None, prices: Prices | None) -> str:
    items = "".join(_item(item) for item in part.turn.items)
    return (
        f'<section class="turn" id="turn-{part.number}">\n'
        f'<h2><a href="#turn-{part.number}">{part.number}</a></h2>\n'
        f"{items}{_figures(part, cost)}{calls_table(part, prices)}{_traces(part)}</section>\n"
    )


def _figures(part: Part, cost: Cost | None) -> str:
    told = [_text(one) for one in figures(part, cost)]
    if part.turn.ending != "complete":
        told[0] = f'<b class="bad">{told[0]}</b>'
    return f'<p class="figures">{" · ".join(told)}</p>\n'


def _item(item: Item) -> str:
    if item.kind == "reply":
        return ""
    if item.kind == "said":
        at = item.turn.sent_at
        when = f"<small>{clock_time(at)}</small>" if at is not None else ""
        return f'<div class="said"><p>{_text(item.text)}</p>{when}</div>\n'
    if item.kind == "message":
        return f'<div class="message">{markdown(item.text)}</div>\n'
    if item.kind == "choices":
        names = "".join(f"<li>{_text(choice_line(choice))}</li>" for choice in item.choices)
        return f'<ul class="item choices">{names}</ul>\n'
    lines = dedent("\n".join(block(item)))
    return f'<div class="item {item.kind} {item.level}">{_text(lines)}</div>\n'


def _traces(part: Part) -> str:
    noted = sum(1 for row in part.told if row.marked or row.remark)
    count = counted_of(len(part.told), "trace") + (f" · {noted} marked" if noted else "")
    whole = max((row.since or 0 for row in part.told), default=0)
    rows = "".join(_group(group, whole) for group in gathered(part.told))
    return f'<details class="traces"><summary>{count}</summary>\n{rows}</details>\n'


def _group(group: list[Row], whole: float) -> str:
    """A trace; of a streamed text one for all its pieces, which stand in it."""
    if len(group) == 1:
        return _row(group, whole)
    pieces = "".join(_row([piece], whole, "piece") for piece in group)
    return _row(group, whole, inside=f"\n{pieces}")


def _row(group: list[Row], whole: float, kind: str = "trace", inside: str = "") -> str:
    """A line that unfolds to what is inside: the trace as JSON, if nothing else."""
    row = group[0]
    level = _LEVELS.get(row.level or 0, "")
    classes = " ".join(filter(None, (kind, level, "marked" if row.marked else "")))
    place = f' id="e{row.seq}"' if kind == "trace" else ""
    sign = _SIGNS.get(level, "●" if row.marked else "≈" if inside else "")
    return (
        f'<details class="{classes}"{place}><summary>'
        f'<i class="sign">{sign}</i><i class="seq">{row.seq}</i>'
        f'<i class="since">{milliseconds(row.since)}</i>{_bar(group, whole)}'
        f'<i class="kind">{_text(kind_of(row.entry))}</i>'
        f'<span class="sum">{_text(told(group))}{_striking(row)}</span>{_remark(row)}</summary>'
        f"{inside or f'<pre>{_text(detail(row.entry))}</pre>'}</details>\n"
    )


def _striking(row: Row) -> str:
    """What stands out: much that arrived at once, nothing for long."""
    large = f" <b>{size(row.size)}</b>" if row.size >= _LARGE else ""
    slow = f" <b>+{duration(row.gap)}</b>" if row.gap is not None and row.gap >= _SLOW else ""
    return slow + large


def _remark(row: Row) -> str:
    return f'<em class="remark">{_text(row.remark)}</em>' if row.remark else ""


def _bar(group: list[Row], whole: float) -> str:
    """Where in the turn something streamed, or nothing had come before an entry, and how long."""
    first, last = group[0], group[-1].since
    if first.since is None or last is None or not 0 < whole < math.inf:
        return '<i class="bar"></i>'
    begin = first.since if len(group) > 1 else first.since - (first.gap or 0)
    place = min(99.2, max(0.0, 100 * begin / whole))
    width = max(0.8, 100 * (last - begin) / whole)
    return (
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect x="{place:.2f}" width="{width:.2f}" height="8"/></svg>'
    )


def _text(text: str) -> str:
    return escape(printable(text))


@cache
def _asset(name: str) -> str:
    return files("vftui.formats").joinpath(name).read_text("utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
