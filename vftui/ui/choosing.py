"""Where the arrows can put the mark: on a choice, or on a card that has none to make."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vftui.session.items import Choice, Item


class Stop(NamedTuple):
    """A card by its number, and the choice on it that is marked; other items are one card."""

    card: int
    choice: Choice | None


def stops(item: Item, live: Container[Choice]) -> list[Stop]:
    """Every stop, in order: behind the last choice of a card comes the next card."""
    if not item.cards:
        return [Stop(0, choice) for choice in item.choices if choice in live]
    return list(_on_cards(item, live))


def _on_cards(item: Item, live: Container[Choice]) -> Iterator[Stop]:
    for number, card in enumerate(item.cards):
        choices = [choice for choice in card.choices if choice in live]
        if not choices:
            yield Stop(number, None)
        yield from (Stop(number, choice) for choice in choices)


def turned(item: Item, live: Container[Choice], at: Stop, direction: int) -> Stop:
    """The next stop to the right (1) or left (-1); left of the first one nothing is marked."""
    ways = stops(item, live)
    if at in ways:
        place = ways.index(at) + direction
    elif direction > 0:
        place = next((n for n, stop in enumerate(ways) if stop.card >= at.card), len(ways))
    else:
        place = sum(stop.card < at.card for stop in ways) - 1
    if place < 0:
        return Stop(0, None)
    return ways[place] if place < len(ways) else at
