"""Text for people, shared by the screen and the commands; needs neither of them.

Three rules:

1. Whatever comes from outside passes `printable()` on its way out of here.
2. What is shown is bounded, however large the entry is; the entry itself is never changed.
3. An unknown number is shown as unknown, never as zero.
"""

from __future__ import annotations

from vftui.render.conversation import transcript
from vftui.render.figures import clock_time, count, counted, duration, milliseconds, size
from vftui.render.lines import kind_of, summary
from vftui.render.text import one_line, printable
from vftui.render.views import detail, raw_view

__all__ = [
    "clock_time",
    "count",
    "counted",
    "detail",
    "duration",
    "kind_of",
    "milliseconds",
    "one_line",
    "printable",
    "raw_view",
    "size",
    "summary",
    "transcript",
]
