"""The prices that a command tells money by; what is wrong with the person's file is said."""

from __future__ import annotations

from vftui.commands.speech import say
from vftui.prices import Prices, kept
from vftui.render.text import printable
from vftui.secrets import mask


def list_prices() -> Prices:
    """The models' list prices; a file of the person's own that is broken ends nothing."""
    prices = kept()
    if prices.problem:
        say(mask(printable(f"vftui: {prices.problem}")))
    return prices
