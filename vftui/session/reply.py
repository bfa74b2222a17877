"""Where the items of one turn are put, in order, with the choices they offer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vftui.session.items import Card, Choice, Item, Kind, Level
from vftui.session.steps import step_of
from vftui.session.turn import MAX_STEPS, Step, Turn
from vftui.wire.payloads import Button, Payload
from vftui.wire.traces import Path


class Reply:
    """The conversation's end while a turn is open: the agent's items, below one header."""

    def __init__(self, turn: Turn, items: list[Item]) -> None:
        self.turn = turn
        self.seq = turn.first_seq
        """The entry that items are made from at the moment."""
        self.at: float | None = None
        """When that entry happened."""
        self.again = False
        """Whether it is an event that was delivered before: nothing of it is counted."""
        self._items = items
        self._header: Item | None = None
        self._offered = 0

    def begin(self, seq: int, at: float | None) -> None:
        """An entry arrived: what follows is made from it."""
        self.seq, self.at = seq, at
        if self._header is not None:
            self._header.touch(seq)  # it shows the turn's time and tokens

    def close(self) -> None:
        """The turn is over."""
        if self._header is not None:
            self._header.settle()

    def note(self, text: str, level: Level) -> None:
        """Add a line of vftui's own, which is not the agent's and needs no header."""
        self._add(Item("notice", self.turn, self.seq, text, level=level)).settle()

    def step(self, payload: Payload, kind: str = "") -> None:
        """Note a step on the agent's way: a trace of this type, which needs no item."""
        self.turn.step_count += 1
        if self.turn.step_count <= MAX_STEPS:
            self.turn.steps.append(Step(self.seq, step_of(payload, kind)))

    def show(
        self,
        kind: Kind,
        text: str,
        *,
        level: Level = "info",
        title: str = "",
        image: str = "",
        choices: Iterable[Choice] = (),
        cards: Iterable[Card] = (),
    ) -> None:
        """Add an item that is complete."""
        item = self.open(kind, text, level=level)
        item.title, item.image, item.choices = title, image, tuple(choices)
        item.cards = tuple(cards)
        item.settle()

    def open(self, kind: Kind, text: str, *, level: Level = "info", since: int = 0) -> Item:
        """Add an item that may still change; `since` is an earlier entry that it began with."""
        if self._header is None:
            self._header = self._add(Item("reply", self.turn, self.seq))
        item = Item(kind, self.turn, since or self.seq, text, level=level)
        item.last_seq = self.seq
        return self._add(item)

    def offer_buttons(self, buttons: Iterable[Button]) -> tuple[Choice, ...]:
        """Make choices of buttons; one with neither a name nor a request is left out."""
        return tuple(
            self._offer(label, button.request or {"type": "text", "payload": button.name})
            for button in buttons
            if (label := button.label)
        )

    def offer_paths(self, paths: Iterable[Path], default: int | None) -> tuple[Choice, ...]:
        """Make choices of the ways on from a custom action that an event takes.

        `default` is the place, among all paths, of the one that it takes by itself.
        """
        return tuple(
            self._offer(_shown(path.label) or kind, {"type": kind}, default=place == default)
            for place, path in enumerate(paths)
            if (kind := path.event_type)
        )

    def withdraw(self, choices: Iterable[Choice]) -> None:
        """Take choices back; their numbers are not given again."""
        numbers = {choice.number for choice in choices}
        self.turn.choices = [one for one in self.turn.choices if one.number not in numbers]

    def _offer(self, name: str, request: dict[str, Any], *, default: bool = False) -> Choice:
        self._offered += 1
        url = _opened_by(request)
        choice = Choice(self.turn.index, self._offered, name, request, url, default)
        self.turn.choices.append(choice)
        return choice

    def _add(self, item: Item) -> Item:
        self.turn.items.append(item)
        self._items.append(item)
        return item


def _shown(label: str | None) -> str:
    """The label, unless nothing can be seen of it."""
    return label if label and label.strip() else ""


def _opened_by(request: dict[str, Any]) -> str | None:
    """The address that the client is asked to open when it sends this request."""
    payload = request.get("payload")
    actions = payload.get("actions") if isinstance(payload, dict) else None
    for action in actions if isinstance(actions, list) else ():
        if isinstance(action, dict) and action.get("type") == "open_url":
            told = action.get("payload")
            url = told.get("url") if isinstance(told, dict) else None
            if isinstance(url, str) and url:
                return url
    return None
