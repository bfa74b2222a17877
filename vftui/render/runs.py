"""Two runs of the same actions as lines: which turns differ, in what, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from vftui.render.brief import clip
from vftui.render.figures import counted, duration
from vftui.render.text import one_line
from vftui.session.compare import Compared, Outline
from vftui.wire.actions import describe

_WIDTH, _ROWS = 72, 6
"""Cells and number of the lines that tell one side of a difference."""

_ACTION = 48


class Told(NamedTuple):
    """One line."""

    kind: Literal["same", "differs", "aspect", "before", "after", "figures"]
    text: str
    turn: int
    """The number of the turn that it is about, from 1."""


def told(turns: Compared) -> Iterator[Told]:
    """The turns one below the other: `=` or `≠`, what was done, and what differs."""
    for number, (one, other, differences) in enumerate(turns, 1):
        there = one or other
        action = describe(there.action) if there and there.action else "?"
        what = ", ".join(difference.aspect for difference in differences)
        head = f"{number:>3}  {'≠' if differences else '='}  {one_line(action, _ACTION)}"
        yield Told("differs" if what else "same", f"{head}  {what}".rstrip(), number)
        for difference in differences:
            yield Told("aspect", f"       {difference.aspect}", number)
            for line in _lines(difference.before):
                yield Told("before", f"         - {line}", number)
            for line in _lines(difference.after):
                yield Told("after", f"         + {line}", number)
        if one is not None and other is not None:
            yield Told("figures", f"       {_figures(one)}  →  {_figures(other)}", number)


def _lines(text: str) -> list[str]:
    lines = [one_line(clip(line, _WIDTH)[0], _WIDTH) for line in text.split("\n")]
    return lines if len(lines) <= _ROWS else [*lines[: _ROWS - 1], "…"]


def _figures(turn: Outline) -> str:
    return f"{duration(turn.latency)} · {counted(turn.tokens.total, turn.tokens.source)} tokens"
