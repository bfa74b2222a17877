"""What the conversation shows: items, and the choices a person can make.

Three rules:

1. An item only ever grows a higher `version`; once `settled` it never changes again.
2. `first_seq` and `last_seq` are the entries that made it, so that a text leads to its traces.
3. Whether a choice can still be made is not the item's business: `Session.choices` holds those
   that can, and a choice that is not in it is history.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from vftui.secrets import mask

if TYPE_CHECKING:
    from vftui.session.turn import Turn

Kind = Literal[
    "said", "reply", "message", "reasoning", "choices", "card", "carousel", "action", "sources",
    "notice",
]  # fmt: skip
"""What an item is.

`said` is the person's; `reply` is the header of the agent's part of a turn, whose time, tokens and
steps are read from the turn; `action` is something for the client to do, its payload as text;
`sources` are the pages behind an answer, one a line; the rest is what the agent, or vftui itself in
a `notice`, has to say.
"""

Level = Literal["quiet", "info", "warning", "error"]
"""How loudly an item speaks. Only notices, actions and a `said` that is not words differ from
`info`: an action is `quiet` when nobody can say what to do about it, and a `warning` when it should
have been something else than an action."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something a person can do by its number: a button, a path of a custom action."""

    turn: int
    """The index of its turn."""
    number: int
    """From 1, unique within the turn, never given twice."""
    name: str
    request: dict[str, Any] = field(hash=False)
    """The action to send, verbatim."""
    url: str | None = None
    """The address that an `open_url` button wants opened before its request is sent."""
    default: bool = False
    """Whether it is the way that a custom action takes by itself."""


@dataclass(frozen=True, slots=True)
class Card:
    """One card of a carousel."""

    title: str
    text: str
    image: str
    """The address of its picture, otherwise empty."""
    choices: tuple[Choice, ...]


class Item:
    """One thing shown in the conversation."""

    __slots__ = (
        "_parts",
        "cards",
        "choices",
        "first_seq",
        "image",
        "interrupted",
        "kind",
        "last_seq",
        "level",
        "settled",
        "title",
        "turn",
        "version",
    )

    def __init__(
        self,
        kind: Kind,
        turn: Turn,
        seq: int,
        text: str = "",
        *,
        level: Level = "info",
        title: str = "",
        image: str = "",
        choices: tuple[Choice, ...] = (),
        cards: tuple[Card, ...] = (),
    ) -> None:
        self.kind: Kind = kind
        self.turn = turn
        self.first_seq = seq
        self.last_seq = seq
        self.level: Level = level
        self.title = title
        """A card's title or an action's name, otherwise empty."""
        self.image = image
        """The address of a card's or a visual's picture, otherwise empty."""
        self.choices = choices
        self.cards = cards
        """The cards of a carousel, which are looked at one by one; otherwise empty."""
        self.settled = False
        self.interrupted = False
        """Whether the turn ended before this message did."""
        self.version = 0
        self._parts = [text] if text else []

    @property
    def text(self) -> str:
        """What it says; Markdown source in a message. Joined when asked, so appending is cheap."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def append(self, text: str, seq: int) -> None:
        """Add a fragment of text."""
        self._parts.append(text)
        self.touch(seq)

    def replace(self, text: str, seq: int) -> None:
        """Say something else instead."""
        self._parts = [text]
        self.touch(seq)

    def touch(self, seq: int) -> None:
        """Note that the entry `seq` changed it."""
        self.last_seq = seq
        self.version += 1

    def settle(self) -> None:
        """Note that it is complete: it never changes again. A key that came in pieces is hidden."""
        self._parts = [mask(self.text)]
        self.settled = True
        self.version += 1

    def __repr__(self) -> str:
        return f"<{self.kind} {self.first_seq}-{self.last_seq} {self.text[:40]!r}>"
