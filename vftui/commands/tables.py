"""Tables for people: columns as wide as their widest cell, numbers on the right."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from vftui.render.text import cells

__all__ = ["table"]


def table(rows: Sequence[Sequence[str]], numbers: Collection[int]) -> str:
    """The rows, headings first; `numbers` are the columns of numbers, the last one is unpadded."""
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            _padded(cell, width, right=place in numbers)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
    return "".join(line + "\n" for line in lines)


def _padded(cell: str, width: int, *, right: bool) -> str:
    space = " " * (width - cells(cell))
    return space + cell if right else cell + space
