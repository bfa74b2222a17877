"""Numbers for people: short, exact enough, and honest about what is not known."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vftui.prices import Cost

UNKNOWN = "–"
_MOST = 10**15
"""Counts from here on are no counts."""
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def duration(seconds: float | None) -> str:
    """A time span: `412 ms`, `2.9 s`, `1 min 04 s`, `2 h 05 min`."""
    if seconds is None or not math.isfinite(seconds * 1000):
        return UNKNOWN
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if round(seconds * 1000) < 1000:
        return f"{round(seconds * 1000)} ms"
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60:,} h {minutes % 60:02} min"


def milliseconds(seconds: float | None) -> str:
    """A time span for a narrow column: milliseconds in at most six characters, then seconds."""
    if seconds is None or not math.isfinite(seconds * 1000):
        return UNKNOWN
    figure = str(round(seconds * 1000))
    return figure if len(figure) <= 6 else f"{seconds:.0f}s"


def size(octets: int) -> str:
    """A number of bytes: `812 B`, `4.2 KiB`."""
    if octets < 1024:
        return f"{octets} B"
    amount = octets / 1024
    for unit in ("KiB", "MiB"):
        if round(amount, 1) < 1024:
            return f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:,.1f} GiB"


def count(number: int | None) -> str:
    """A count: `1,300`; `?` when it is not known."""
    if number is None:
        return "?"
    return f"{number:,}" if abs(number) < _MOST else "over 10¹⁵"


def counted_of(number: int, word: str) -> str:
    """`1 turn`, `12 turns`."""
    return f"{count(number)} {word}{'' if number == 1 else 's'}"


def counted(number: int | None, source: str) -> str:
    """A count of tokens with its mark: `1,300` reported, `~96` provisional or estimated, `?`."""
    if number is None or source == "unknown":
        return "?"
    return count(number) if source == "reported" else f"~{count(number)}"


def speed(rate: float | None, *, estimated: bool) -> str:
    """Tokens a second, `~` where they are counted by an estimate: `54`, `~54`, `–`."""
    return UNKNOWN if rate is None else f"{'~' if estimated else ''}{rate:,.0f}"


def money(cost: Cost | None) -> str:
    """What calls cost: `$0.021`, `~$0.021` not exact, `+?` when some have no price; `?` all."""
    if cost is None or not cost.calls:
        return "?"
    sign = _SIGNS.get(cost.currency, f"{cost.currency} ")
    mark = "" if cost.exact else "~"
    more = " +?" if cost.unpriced else ""
    return f"{mark}{_amount(cost.amount, sign)}{more}"


def _amount(amount: float, sign: str) -> str:
    """Two figures of a small amount, whole cents of a larger one, and nothing below a thousandth
    of a cent."""
    if 0 < amount < 0.00001:
        return f"<{sign}0.00001"
    rounded = float(f"{amount:.2g}")
    digits = 2 if rounded == 0 or rounded >= 0.1 else 1 - math.floor(math.log10(rounded))
    return f"{sign}{amount:,.{digits}f}"


def clock_time(at: float | None, *, fraction: bool = False) -> str:
    """The local time of day: `14:02:12`, with `fraction` `14:02:12.048`."""
    if at is None:
        return UNKNOWN
    try:
        moment = datetime.fromtimestamp(at)
    except (OverflowError, OSError, ValueError):
        return UNKNOWN
    return moment.isoformat(" ", "milliseconds" if fraction else "seconds")[11:]
