"""A place in a line that a person typed, shown with carets under it."""

from __future__ import annotations

from vftui.render.text import cells, printable

_AROUND = 60
"""Characters of a long line that are shown on either side of the place."""


def pointed(text: str, at: int, length: int) -> str:
    """Two lines: the text, and carets under the `length` characters from `at`."""
    start, stop = max(0, at - _AROUND), at + length + _AROUND
    before = printable(text[start:at], keep_lines=False)
    wrong = printable(text[at : at + length], keep_lines=False)
    after = printable(text[at + length : stop], keep_lines=False)
    left = "…" if start else ""
    right = "…" if stop < len(text) else ""
    carets = "^" * max(1, cells(wrong))
    return f"{left}{before}{wrong}{after}{right}\n{' ' * cells(left + before)}{carets}"
