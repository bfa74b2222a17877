"""The model calls of a turn as a table of the page: what each cost, and where its traces stand."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from vftui.formats.log import Part, gathered
from vftui.render.figures import UNKNOWN, counted, counted_of, duration, money, speed
from vftui.render.text import printable

if TYPE_CHECKING:
    from vftui.prices import Prices
    from vftui.session.ledger import Call

_COLUMNS = ("call", "model", "in", "out", "total", "base", "multiplier", "took", "tok/s", "cost")


def calls_table(part: Part, prices: Prices | None) -> str:
    """The table, folded away; nothing for a turn without calls."""
    calls = part.calls
    if not calls:
        return ""
    columns = _COLUMNS if prices is not None else _COLUMNS[:-1]
    places = {row.seq: group[0].seq for group in gathered(part.told) for row in group}
    head = "".join(f"<th>{name}</th>" for name in (*columns, "traces"))
    rows = "".join(_row(call, places, prices) for call in calls)
    return (
        f'<details class="calls"><summary>{counted_of(len(calls), "model call")}</summary>\n'
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table>'
        "</div></details>\n"
    )


def _row(call: Call, places: Mapping[int, int], prices: Prices | None) -> str:
    cells = [call.label or UNKNOWN, call.model or "?", *_figures(call)]
    if prices is not None:
        cells.append(money(prices.of(call)))
    told = "".join(f"<td>{escape(printable(cell, keep_lines=False))}</td>" for cell in cells)
    seen = dict.fromkeys(places[seq] for seq in call.seqs if seq in places)
    links = " ".join(f'<a href="#e{seq}">{seq}</a>' for seq in seen)
    return f"<tr>{told}<td>{links}</td></tr>\n"


def _figures(call: Call) -> list[str]:
    """The numbers of a call with their marks; of an estimate there is an answer only."""
    billed, source = call.billed, call.source
    query, answer, total = (
        (billed.query, billed.answer, billed.total) if billed else (None, call.estimate, None)
    )
    return [
        *(counted(number, source) for number in (query, answer, total)),
        counted(call.base.total if call.base else None, source),
        UNKNOWN if call.multiplier is None else f"×{call.multiplier:g}",
        duration(call.latency),
        speed(call.rate, estimated=call.rate_estimated),
    ]
