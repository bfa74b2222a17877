"""What can be copied of an item: all that it says, as it came, and the code in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from vftui.render.text import one_line
from vftui.ui.markdown import parse

if TYPE_CHECKING:
    from vftui.session.items import Card, Item

NAMES = {"said": "what you said", "reply": "the answer"}
"""What a person calls an item, where it is not its kind with `the` before it."""

_LANGUAGE = 20
"""Terminal cells of a language's name."""


class Copied(NamedTuple):
    """A text, and what a person calls it."""

    text: str
    what: str


def source(item: Item) -> Copied:
    """What an item says, as it came."""
    what = NAMES.get(item.kind, f"the {item.kind}")
    if item.kind == "reply":
        return Copied("\n\n".join(item.turn.messages), what)
    if item.cards:
        return Copied("\n\n".join(map(_lines, item.cards)), what)
    return Copied(_lines(item), what)


def _lines(shown: Item | Card) -> str:
    names = (choice.name for choice in shown.choices)
    return "\n".join(part for part in (shown.title, shown.text, shown.image, *names) if part)


def code_blocks(item: Item) -> list[Copied]:
    """The code blocks of a message or of an answer, or an action's payload."""
    match item.kind:
        case "action":
            return [Copied(item.text, "the payload")] if item.text else []
        case "message" | "reasoning":
            return list(_named(list(_fences([item.text]))))
        case "reply":
            return list(_named(list(_fences(item.turn.messages))))
    return []


def _fences(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The code of the blocks between fences, and its language."""
    for text in texts:
        for token in parse(text) if "```" in text or "~~~" in text else ():
            if token.type == "fence":
                yield token.content, next(iter(token.info.split()), "")


def _named(found: list[tuple[str, str]]) -> Iterator[Copied]:
    for number, (code, language) in enumerate(found, start=1):
        name = f" ({one_line(language, _LANGUAGE)})" if language else ""
        which = f"code block {number} of {len(found)}" if len(found) > 1 else "the code block"
        yield Copied(code, which + name)
