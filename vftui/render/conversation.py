"""A conversation as plain text: what the screen shows, for a file, a pipe or a mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from vftui.render.bill import bill
from vftui.render.figures import clock_time, duration
from vftui.render.text import printable

if TYPE_CHECKING:
    from vftui.prices import Prices
    from vftui.session.fold import Session
    from vftui.session.items import Card, Choice, Item
    from vftui.session.turn import Turn

MARKS = {"quiet": "· ", "info": "· ", "warning": "! ", "error": "× "}
"""What stands before a notice, by its level."""

_INDENT = "  "


def transcript(session: Session, prices: Prices | None = None) -> str:
    """The whole conversation: who said what and when, what it took and what it cost."""
    lines: list[str] = []
    for item in session.items:
        if item.kind in ("said", "reply") and lines:
            lines.append("")
        lines += [reply_line(item.turn, prices)] if item.kind == "reply" else block(item)
    return "".join(f"{line}\n" for line in lines)


def block(item: Item) -> list[str]:
    """The lines of one thing that the conversation shows."""
    return _BLOCKS[item.kind](item)


def _said(item: Item) -> list[str]:
    head = _joined("you", [clock_time(item.turn.sent_at)] if item.turn.sent_at else [])
    return [head, *_indented(item.text)]


def _reply(item: Item) -> list[str]:
    return [reply_line(item.turn)]


def reply_line(turn: Turn, prices: Prices | None = None) -> str:
    """What stands above a reply: when it came, how fast, for how much."""
    cost = prices.cost(turn.calls) if prices is not None else None
    return _joined("agent", [*times(turn), *bill(turn.tokens, cost)])


def times(turn: Turn) -> list[str]:
    """When a turn was answered, and how fast; without what is not known."""
    known = []
    began = turn.opened_at if turn.first_text_at is None else turn.first_text_at
    if began is not None:
        known.append(clock_time(began))
    if turn.elapsed is not None:
        known.append(duration(turn.elapsed))
    if turn.first_text is not None:
        known.append(f"first text {duration(turn.first_text)}")
    return known


def _message(item: Item) -> list[str]:
    return _indented(item.text)


def _reasoning(item: Item) -> list[str]:
    return _marked("∴ ", item.text)


def _notice(item: Item) -> list[str]:
    said, advice = parted(item.text, item.turn)
    told = _marked(MARKS[item.level], said) if said or not advice else []
    return told + (_marked("  ", advice) if advice else []) + _choices(item)


def parted(words: str, turn: Turn) -> tuple[str, str]:
    """What a notice of a turn says, and the turn's advice if it ends with that; either is empty."""
    if turn.advice and words.endswith(turn.advice):
        return words.removesuffix(turn.advice).rstrip(), turn.advice
    return words, ""


def _choices(holder: Item | Card) -> list[str]:
    return [f"{_INDENT}{choice_line(choice)}" for choice in holder.choices]


def choice_line(choice: Choice) -> str:
    """A choice with its number, the address that it opens, and whether it is made by default."""
    address = "" if choice.url is None else f" ({choice.url})"
    default = " (default)" if choice.default else ""
    return printable(f"[{choice.number}] {choice.name}{address}{default}", keep_lines=False)


def _card(card: Item | Card) -> list[str]:
    parts = (f"▤ {card.title}" if card.title else "▤", card.text, card.image)
    return [line for part in parts if part for line in _indented(part)] + _choices(card)


def _carousel(item: Item) -> list[str]:
    return [line for card in item.cards for line in _card(card)]


def _action(item: Item) -> list[str]:
    mark = "! " if item.level == "warning" else "▸ "
    payload = [f"{_INDENT}{line}" for line in _indented(item.text)] if item.text else []
    return _marked(mark, item.title or "action") + payload + _choices(item)


def _sources(item: Item) -> list[str]:
    return [f"{_INDENT}sources", *(f"{_INDENT}{line}" for line in _indented(item.text))]


def _joined(name: str, facts: Iterable[str]) -> str:
    return " · ".join([name, *facts])


def _marked(mark: str, text: str) -> list[str]:
    """The text behind a mark, further lines below the first."""
    first, *rest = printable(text).split("\n")
    return [f"{_INDENT}{mark}{first}", *(f"{_INDENT}{' ' * len(mark)}{line}" for line in rest)]


def _indented(text: str) -> list[str]:
    return [f"{_INDENT}{line}".rstrip() for line in printable(text).split("\n")]


_BLOCKS: dict[str, Callable[[Item], list[str]]] = {
    "said": _said,
    "reply": _reply,
    "message": _message,
    "reasoning": _reasoning,
    "choices": _choices,
    "card": _card,
    "carousel": _carousel,
    "action": _action,
    "sources": _sources,
    "notice": _notice,
}
