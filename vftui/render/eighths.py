"""Columns as characters: an eighth of a cell is the least that is seen.

One rule: what is more than nothing is seen, however little it is.
"""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = " ▁▂▃▄▅▆▇█"
"""Nothing, and one eighth more each."""

LEVELS = len(BLOCKS) - 1
"""Heights that one cell can show."""

NOTHING, UNKNOWN = "·", "?"
"""What stands at the foot of a column that has no height."""


def columns(figures: Sequence[float | None], rows: int) -> list[str]:
    """Columns of so many rows, the highest as high as they all are; a line for each row, from the
    top. None is unknown."""
    top = max((figure for figure in figures if figure is not None), default=0)
    heights = [_height(figure, top, rows) for figure in figures]
    lines = []
    for row in reversed(range(rows)):
        foot = row == 0
        lines.append(
            "".join(
                (UNKNOWN if foot else " ")
                if height is None
                else NOTHING
                if foot and not height
                else BLOCKS[max(0, min(LEVELS, height - LEVELS * row))]
                for height in heights
            )
        )
    return lines


def _height(figure: float | None, top: float, rows: int) -> int | None:
    """Eighths of a column."""
    if figure is None:
        return None
    return max(1, round(figure / top * rows * LEVELS)) if figure > 0 else 0
