"""The token pane: this turn, this session, each model; every figure says where it comes from.

Plain is reported by the server, `~` is estimated or provisional, `?` is not reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from vftui.render.figures import count, counted
from vftui.render.text import printable

if TYPE_CHECKING:
    from vftui.session.fold import Session
    from vftui.session.tokens import Tokens
    from vftui.session.turn import Turn

BARS = "▁▂▃▄▅▆▇█"
NAME, TOTAL = 8, 7
"""Cells of the first two columns."""

EMPTY = "Tokens appear here while the agent answers."
NOTHING = [[Content.styled(EMPTY, "$quiet")]]
LEGEND = {
    "reported": "reported by the server",
    "provisional": "~ counted from the stream",
    "estimated": "~ estimated from the text",
    "unknown": "? not reported",
}


class TokenPane(Widget):
    """Tokens of the turn, of the session, and of each model."""

    BORDER_TITLE = "Tokens"
    DEFAULT_CSS = """
    TokenPane {
        height: auto;
        min-height: 4;
        max-height: 8;
        padding: 0 1;
        border: round $border-blurred;
        border-title-color: $told;
        border-subtitle-color: $quiet;
        color: $told;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: object = None
        self._lines = NOTHING  # each in parts; the last give way first

    def sync(self, session: Session) -> None:
        """Catch up with the session."""
        turn = session.turns[-1] if session.turns else None
        shown = (
            len(session.turns),
            session.tokens,
            turn and turn.tokens,
            turn and turn.ending,
            tuple(turn.rates) if turn is not None else (),
            session.unreported_turns,
        )
        if shown == self._shown:
            return
        self._shown = shown
        before = len(self._lines)
        self._lines = NOTHING if turn is None else _lines(session, turn)
        self.border_subtitle = Content(LEGEND[turn.tokens.source] if turn is not None else "")
        self.refresh(layout=len(self._lines) != before)

    def render(self) -> Content:
        """The pane's lines."""
        return Content("\n").join(_fitting(parts, self.size.width) for parts in self._lines)


def _fitting(parts: list[Content], width: int) -> Content:
    """A line, without the parts at its end that are too much for the width."""
    line, *more = parts
    for part in more:
        if (line + part).cell_length > width:
            break
        line += part
    return line


def _lines(session: Session, turn: Turn) -> list[list[Content]]:
    first = [*_figures(f"turn {len(session.turns)}", turn.tokens)]
    if turn.rate is not None:
        mark = "~" if turn.rate_estimated else ""
        rate = f"  {mark}{turn.rate:,.0f} tok/s "
        first.append(Content.styled(rate, "$quiet" if turn.ending else "$told"))
        first.append(Content.styled(_graph(turn.rates), "$accent"))
    total, split = _figures("session", session.tokens)
    second = [total, split]
    if unknown := session.unreported_turns:
        some = "1 turn" if unknown == 1 else f"{count(unknown)} turns"
        # Before the split: that the total lacks something is the last to give way.
        more = "+? " if session.tokens.total is not None else ""
        second.insert(1, Content.styled(f" {more}{some}", "$quiet"))
    # An estimate has no model, so what a model has was told: by a report, or part by part.
    source = "reported" if session.tokens.source == "estimated" else session.tokens.source
    models = [
        [
            Content.assemble(
                (f"{counted(tokens.total, source):>{NAME + TOTAL}} ", "$said"),
                (printable(model, keep_lines=False), "$kind-model"),
            ),
            Content.styled(f"  {count(tokens.query)} + {count(tokens.answer)}", "$quiet"),
        ]
        for model, tokens in sorted(session.tokens.models.items(), key=lambda pair: -pair[1].total)
    ]
    return [first, second, *models]


def _graph(rates: list[float]) -> str:
    top = max(rates, default=0) or 1
    return "".join(BARS[int(rate / top * (len(BARS) - 1))] for rate in rates)


def _figures(name: str, tokens: Tokens) -> tuple[Content, Content]:
    """The total under its name, and how it splits into what was asked and answered."""
    total = Content.assemble(
        (f"{name:<{NAME}}", "$quiet"),
        (f"{counted(tokens.total, tokens.source):>{TOTAL}}", "bold $said"),
    )
    split = Content.assemble(
        (" in ", "$quiet"),
        (counted(tokens.query, tokens.source), "$told"),
        (" out ", "$quiet"),
        (counted(tokens.answer, tokens.source), "$told"),
    )
    return total, split
