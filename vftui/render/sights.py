"""What there is to see of the turns of a session: tokens, time and speed, a plot each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vftui.render.figures import duration
from vftui.render.plot import Figures
from vftui.render.spending import Spread, spread

if TYPE_CHECKING:
    from vftui.render.spending import Course


@dataclass(frozen=True)
class Sight:
    """One plot: what it is about, and what it shows of each turn."""

    name: str
    parts: tuple[tuple[str, Sequence[float | None]], ...]
    """What is told of a turn: the lower part of its column first."""
    figures: Figures
    told: Callable[[float], str]
    """A figure for people."""
    usual: str
    """What is usual, in words."""

    def of(self, turn: int, part: int) -> str:
        """A figure of a turn, with its mark."""
        value = self.parts[part][1][turn]
        mark = self.figures.marks[turn] if self.figures.marks else ""
        return "?" if value is None else mark + self.told(value)


class Sights:
    """The plots of a session. What is usual is that of the turns that are over."""

    def __init__(self) -> None:
        self._of: tuple[Course, int] | None = None
        self._usual: list[Spread | None] = []

    def of(self, course: Course) -> tuple[Sight, ...]:
        """What there is to see now."""
        if self._of is None or self._of[0] is not course or self._of[1] != course.over:
            self._of = course, course.over
            measured = course.total, course.first_text, course.elapsed, course.rate
            self._usual = [spread(figures[: course.over]) for figures in measured]
        total, text, end, rate = self._usual
        tokens = ("in", course.query), ("out", course.answer)
        times = ("text", course.first_text), ("end", course.elapsed)
        return (
            Sight(
                "Tokens", tokens,
                Figures(course.total, course.query, course.marks, _across(total), short),
                "{:,.0f}".format, _usual("{:,.0f}".format, total),
            ),
            Sight(
                "Time", times,
                Figures(course.elapsed, course.first_text, (), _across(end), seconds),
                duration, _usual(duration, text, end),
            ),
            Sight(
                "Speed", (("tok/s", course.rate),),
                Figures(course.rate, (), course.guesses, _across(rate)[:1], short),
                "{:,.0f}".format, _usual("{:,.0f}".format, rate),
            ),
        )  # fmt: skip


def _across(usual: Spread | None) -> tuple[tuple[str, float], ...]:
    return (("median", usual.median), ("p95", usual.p95)) if usual is not None else ()


def _usual(told: Callable[[float], str], *usual: Spread | None) -> str:
    """The medians and the upper ends of what a plot tells, in the order in which it does."""
    known = [one for one in usual if one is not None]
    if not known:
        return ""
    medians = ", ".join(told(one.median) for one in known)
    highest = ", ".join(told(one.p95) for one in known)
    return f"median {medians} · p95 {highest}"


def short(figure: float) -> str:
    """A count beside a scale, in six characters."""
    if figure < 100_000:
        return f"{figure:,.6g}"
    for unit, size in (("k", 1e3), ("M", 1e6), ("G", 1e9)):
        if figure < 1000 * size:
            return f"{figure / size:g}{unit}"
    return f"{figure:.0e}"


def seconds(figure: float) -> str:
    """A time beside a scale."""
    if figure < 1:
        return f"{figure * 1000:g} ms"
    for unit, size, most in (("s", 1, 600), ("min", 60, 600), ("h", 3600, 1000)):
        if figure < size * most:
            return f"{figure / size:.4g} {unit}"
    return f"{short(round(figure / 86400))} d"
