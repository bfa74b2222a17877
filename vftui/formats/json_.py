"""One JSON object for scripts: the session, its turns, and the entries of each.

A turn is what `vftui show --json` tells of it, an entry what `vftui send --json` does, with its
place, what was noted at it, and how long after the one before it came. A change of the shape is a
new version.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from vftui.formats.log import Log, Part
from vftui.formats.totals import Totals
from vftui.render.objects import cost_json, entry_fields, object_line, tokens_json, turn_json
from vftui.render.text import to_json

if TYPE_CHECKING:
    from vftui.prices import Prices
    from vftui.rows import Row

VERSION = 1


def write(log: Log) -> Iterator[bytes]:
    """The object, turn by turn, each entry on a line of its own."""
    head = {"format": "vftui-conversation", "version": VERSION, "masked": log.masked}
    yield to_json(head | asdict(log.head))[:-1].encode() + b', "turns": ['
    totals = Totals(log.prices)
    comma = b"\n"
    for part in log.parts():
        totals.add(part)
        yield comma + _opening(part, log.prices)
        yield b",\n".join(_entry(row) for row in part.told) + b"]}"
        comma = b",\n"
    told = {
        "tokens": tokens_json(totals.tokens),
        "cost": cost_json(totals.cost),
        "unreported_turns": totals.unreported,
    }
    yield b"\n], " + to_json(told)[1:].encode() + b"\n"


def _opening(part: Part, prices: Prices | None) -> bytes:
    """A turn as far as its entries."""
    told = {"number": part.number} | turn_json(part.turn, part.calls, prices)
    return object_line(told | {"entries": []}).rstrip()[:-2].encode() + b"\n"


def _entry(row: Row) -> bytes:
    told = entry_fields(row.seq, row.entry) | {"seq": row.seq, "since": row.since, "gap": row.gap}
    if row.marked:
        told["marked"] = True
    if row.remark:
        told["remark"] = row.remark
    return object_line(told).rstrip().encode()
