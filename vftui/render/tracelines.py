"""A trace as a line of plain text: the columns of the trace list, for a pipe.

The columns have the same width in every line, whatever else is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vftui.render.figures import milliseconds, size
from vftui.render.lines import kind_of, summary
from vftui.render.text import one_line
from vftui.wire.levels import level_name

if TYPE_CHECKING:
    from vftui.reading import Row

MARKED = "●"
_KIND = 22
_REMARK = 200


def trace_line(row: Row) -> str:
    """Number, milliseconds since the action, gap, size, level, type, summary, mark and remark."""
    columns = [
        f"{row.seq:>6}",
        f"{milliseconds(row.since):>6}",
        f"{milliseconds(row.gap):>6}",
        f"{size(row.size):>9}",
        f"{level_name(row.level) if row.level else '':<5}",
        f"{one_line(kind_of(row.entry), _KIND):<{_KIND}}",
        summary(row.entry),
    ]
    if row.marked:
        columns.append(MARKED)
    if row.remark:
        columns.append(f"“{one_line(row.remark, _REMARK)}”")
    return " ".join(columns).rstrip()
