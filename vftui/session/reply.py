"""Where the items of one turn are put, in order, with the choices they offer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vftui.session.items import Choice, Item, Kind, Level
from vftui.session.turn import Turn
from vftui.wire.payloads import Button
from vftui.wire.traces import Path


class Reply:
    """The conversation's end while a turn is open: the agent's items, below one header."""

    def __init__(self, turn: Turn, items: list[Item]) -> None:
        self.turn = turn
        self.seq = turn.first_seq
        """The entry that items are made from at the moment."""
        self.at: float | None = None
        """When that entry happened."""
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

    def show(
        self,
        kind: Kind,
        text: str,
        *,
        level: Level = "info",
        title: str = "",
        image: str = "",
        choices: Iterable[Choice] = (),
    ) -> Item:
        """Add an item that is complete."""
        item = self.open(kind, text, level=level)
        item.title, item.image, item.choices = title, image, tuple(choices)
        item.settle()
        return item

    def open(self, kind: Kind, text: str, *, level: Level = "info", since: int = 0) -> Item:
        """Add an item that may still change; `since` is an earlier entry that it began with."""
        if self._header is None:
            self._header = self._add(Item("reply", self.turn, self.seq))
        item = Item(kind, self.turn, since or self.seq, text, level=level)
        item.last_seq = self.seq
        return self._add(item)

    def offer_buttons(self, buttons: Iterable[Button]) -> tuple[Choice, ...]:
        """Make choices of buttons; one without a name is hidden, as in the web chat."""
        return tuple(
            self._offer(button.name, button.request or {"type": "text", "payload": button.name})
            for button in buttons
            if button.name.strip()
        )

    def offer_paths(self, paths: Iterable[Path]) -> tuple[Choice, ...]:
        """Make choices of the ways on from a custom action that an event takes."""
        return tuple(
            self._offer(path.label or path.event_type, {"type": path.event_type})
            for path in paths
            if path.event_type
        )

    def withdraw(self, choices: Iterable[Choice]) -> None:
        """Take choices back; their numbers are not given again."""
        numbers = {choice.number for choice in choices}
        self.turn.choices = [one for one in self.turn.choices if one.number not in numbers]

    def _offer(self, name: str, request: dict[str, Any]) -> Choice:
        self._offered += 1
        choice = Choice(self.turn.index, self._offered, name, request, _opened_by(request))
        self.turn.choices.append(choice)
        return choice

    def _add(self, item: Item) -> Item:
        self.turn.items.append(item)
        self._items.append(item)
        return item


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
