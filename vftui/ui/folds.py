"""What of an item is folded away until a person asks for it.

Three rules:

1. The steps below a reply's header, and what is long of reasoning and of an action's payload.
2. Reasoning is shown while it streams: it folds when it is complete.
3. Whether something is long depends on its text and not on the window: a resize folds nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vftui.render.figures import count

if TYPE_CHECKING:
    from vftui.session.items import Item

LINES = 6
"""Lines of a text that are never folded."""

_LONG = 480
"""Characters in about as many lines."""

_WORTH = 3
"""Lines of a payload that are worth the line which says that they are hidden."""


def can_fold(item: Item) -> bool:
    """Whether it has something to fold away."""
    match item.kind:
        case "reply":
            return item.turn.step_count > 0
        case "reasoning":
            return item.settled and (len(item.text) > _LONG or item.text.count("\n") >= LINES)
        case "action":
            return beginning(item) != item.text
    return False


def beginning(item: Item) -> str:
    """What of its text is seen while it is folded."""
    if item.kind == "reasoning":
        return item.text.lstrip("\n").split("\n", 1)[0][:_LONG]
    lines = item.text.split("\n", LINES + _WORTH - 1)
    if len(lines) == LINES + _WORTH:
        del lines[LINES:]
    return "\n".join(f"{line[:_LONG]}…" if len(line) > _LONG else line for line in lines)


def folded_away(item: Item) -> str:
    """What a fold hides: so many words of reasoning, or lines of a payload."""
    if item.kind == "reasoning":
        return several(len(item.text.split()), "word")
    hidden = item.text.count("\n") + 1 - LINES
    return several(hidden, "more line") if hidden >= _WORTH else "more"


def several(number: int, what: str) -> str:
    """So many of something: `1 step`, `1,200 steps`."""
    return f"{count(number)} {what if number == 1 else f'{what}s'}"
