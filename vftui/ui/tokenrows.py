"""The figures of the token pane and its page, taken from a session and what it is reckoned with.

Two rules:

1. Unknown is told as unknown, wherever it is part of a sum.
2. What closed turns come to is worked out once, when one more is closed.
3. Each figure knows the entries that it comes from, and looks for them when it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from vftui.render.figures import count, counted_of, money, speed
from vftui.render.spending import Spent, model_of, spread
from vftui.session.tokens import Tokens
from vftui.ui.tokencolumns import COST, price, seconds
from vftui.ui.tokenlines import UNCOUNTED, Bar, Figures, Measured, Part, Row

if TYPE_CHECKING:
    from vftui.render.spending import Course
    from vftui.session.budget import Level
    from vftui.session.fold import Session
    from vftui.session.turn import Turn
    from vftui.ui.account import Account

LATELY = 50
"""How many of the latest turns tell what is usual."""

LOUD: dict[Level, str] = {0: "quiet", 50: "told", 80: "warning", 100: "error"}
"""Level that a budget reached to how it looks."""

LEGEND = {
    "reported": "reported by the server",
    "provisional": "~ counted from the stream",
    "estimated": "~ estimated from the text",
    "unknown": "not reported",
}


class Usual:
    """What the latest turns took, by their median and their slowest twentieth."""

    def __init__(self) -> None:
        self._known: object = None
        self.rate = self.first_text = self.whole = Measured()

    def sync(self, session: Session) -> None:
        """Catch up with the session."""
        turns = [turn for turn in session.turns[-LATELY - 1 :] if turn.ending is not None]
        known = (session, len(session.turns), len(turns))
        if known != self._known:
            self._known = known
            latest = turns[-LATELY:]
            self.first_text = _usual([turn.first_text for turn in latest])
            self.whole = _usual([turn.elapsed for turn in latest])


class Seen:
    """Which turns a person looks at: one that is chosen, and those in the conversation."""

    def __init__(self) -> None:
        self.chosen: int | None = None
        """The place of a turn; None: the newest."""
        self.first, self.last = 0, -1
        """The places of the turns in the conversation's window."""
        self._heights: dict[int, float | None] = {}  # of turns that are over

    def window(self, turns: int, room: int) -> range:
        """The places of the turns that have a bar: the newest, unless older ones are looked at."""
        first = max(0, turns - room)
        if self.chosen is not None:
            first = min(first, self.chosen)
        if self.first <= self.last:
            first = min(first, max(self.first, self.last - room + 1))
        return range(first, min(turns, first + room))

    def bar(self, turn: Turn, shown: Turn) -> Bar:
        """The bar of a turn, beside the one that is shown."""
        index = turn.index
        if turn.ending is None:
            height = _height(turn)
        elif index in self._heights:
            height = self._heights[index]
        else:
            height = self._heights[index] = _height(turn)
        if turn is shown:
            return Bar(height, "said")
        return Bar(height, "lit" if self.first <= index <= self.last else "quiet")


def figures_of(
    course: Course, account: Account, usual: Usual, seen: Seen, now: float | None
) -> Figures:
    """What the pane shows at this moment; there is a turn."""
    session = course.session
    usual.sync(session)
    turn = session.turns[-1 if seen.chosen is None else seen.chosen]
    live = turn.rate_at(now) if turn.ending is None and now is not None else None
    rate = turn.rate if live is None else live
    return Figures(
        rows=tuple(rows_of(course, account, turn)),
        models=tuple(models_of(course)),
        rate=speed(rate, estimated=turn.rate_estimated),
        rates=turn.rates,
        first_text=usual.first_text._replace(last=seconds(turn.first_text)),
        whole=usual.whole._replace(last=seconds(turn.elapsed)),
        bars=_bars(session, seen, turn),
        turns=lambda room: _named(seen.window(len(session.turns), room)),
        warning=_warning(account),
    )


def legend(course: Course, account: Account, turn: Turn, *, costs: bool) -> list[Part]:
    """The budget, what the marks mean that are seen, with `costs` money; first things first."""
    warning, parts, session = _warning(account), list[str](), course.session
    source = turn.tokens.source
    if source not in ("reported", "unknown"):
        parts.append(LEGEND[source])
    if unknown := session.unreported_turns:
        mark = "+?" if session.tokens.source != "unknown" else "?"
        some = f"{count(unknown)} of {counted_of(len(session.turns), 'turn')}"
        parts.append(f"{mark} {LEGEND['unknown']}: {some}")
    if source == "reported" and not (parts or warning.text):
        parts.append(LEGEND[source])
    if costs and (cost := course.whole.cost) is not None and cost.calls:
        parts.append(money(cost))
    return [warning] * bool(warning.text) + [Part(part) for part in parts]


def _warning(account: Account) -> Part:
    """The words of the budget that is nearest to its end, from its half on."""
    near = [one for one in account.standings if one.level]
    if not near:
        return Part("")
    worst = max(near, key=lambda one: one.share or 0)
    return Part(worst.words, LOUD[worst.level])


def rows_of(course: Course, account: Account, turn: Turn) -> Iterator[Row]:
    """A turn, the session, and the day."""
    session = course.session
    yield _row("turn", f"turn {turn.index + 1:,}", turn.tokens, course.of(turn))
    lacks = session.unreported_turns > 0
    yield _row("session", "session", session.tokens, course.whole, lacks=lacks)
    if (today := account.today) is not None:
        yield _row("today", "today", today, Spent(today.base), lacks=lacks)
    elif account.live:
        asked = UNCOUNTED if account.answers else "…"
        words = asked if account.recorded else "not recorded"
        yield Row("today", "today", None, None, None, "unknown", instead=words)


def _row(what: str, name: str, tokens: Tokens, spent: Spent, *, lacks: bool = False) -> Row:
    cost = spent.cost
    told = "" if cost is None else price(replace(cost, unpriced=0), COST)
    lacks_cost = cost is not None and cost.calls > 0 and cost.unpriced > 0
    # An estimate is of the answer alone: as a total it lacks what the model was shown.
    partly = tokens.total is None and tokens.answer is not None
    return Row(
        what, name, tokens.known, tokens.query, tokens.answer,
        tokens.source, (lacks and tokens.source != "unknown") or partly,
        spent.base, spent.base is not None and spent.lacks_base, told, lacks_cost,
    )  # fmt: skip


def models_of(course: Course) -> Iterator[Row]:
    """The models, the costliest first."""
    tokens = course.session.tokens
    for model, counts in tokens.ranked:
        told = Tokens(counts.total, counts.query, counts.answer, tokens.models_source)
        yield _row(f"model {model}", model, told, course.model(model))


def behind(what: str, session: Session, turn: Turn) -> Iterator[int]:
    """The entries that a figure comes from, `what` of a row or of a line; none where they are of
    other sessions."""
    if what == "first text":
        yield from [item.first_seq for item in turn.items if item.kind == "message"][:1]
    elif what == "whole turn" or (what in ("turn", "rate") and not turn.calls):
        yield from (turn.first_seq, turn.last_seq)
    elif what in ("turn", "rate", "session"):
        for call in session.calls if what == "session" else turn.calls:
            yield from call.seqs
    elif what.startswith("model "):
        for call in session.calls:
            if model_of(call) == what.removeprefix("model "):
                yield from call.seqs


def _bars(session: Session, seen: Seen, shown: Turn) -> Callable[[int], list[Bar]]:
    def bars(room: int) -> list[Bar]:
        window = seen.window(len(session.turns), room)
        return [seen.bar(turn, shown) for turn in session.turns[window.start : window.stop]]

    return bars


def _height(turn: Turn) -> float | None:
    """The tokens of a turn as far as they are known; None: it has words that nobody counted."""
    tokens = turn.tokens
    if tokens.source == "unknown":
        return None if turn.ending is not None and any(turn.messages) else 0
    return tokens.known


def _named(window: range) -> str:
    """The turns from the first to the last."""
    if len(window) < 2:
        return f"turn {window.start + 1}"
    return f"turns {count(window.start + 1)}–{count(window.stop)}"


def _usual(figures: list[float | None]) -> Measured:
    """The median and the 95th percentile of what is known, in words."""
    of = spread(figures)
    return Measured() if of is None else Measured(median=seconds(of.median), p95=seconds(of.p95))
