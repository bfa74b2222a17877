"""Pictures as characters: fetched when they come into the window, drawn as half blocks.

Three rules:

1. Nothing is fetched that nobody looks at, nothing twice, and only from http and https.
2. What is fetched and drawn is bounded: octets, pixels, and how many pictures there are.
3. A picture that cannot be drawn is a note with the reason; an error never leaves this module.

Pillow, which reads the pictures, is an extra: it is imported when the first one is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import zip_longest

from rich.color import Color
from rich.style import Style
from rich.text import Text

from vftui.errors import VftuiError
from vftui.render.figures import count, size
from vftui.render.text import printable

COLUMNS, ROWS = 40, 12
"""Terminal cells that a picture fills at most."""

MOST_OCTETS = 5 * 1024 * 1024
MOST_PIXELS = 12_000_000
MOST_PICTURES = 100

Pixel = tuple[int, int, int]

Fetch = Callable[[str], Awaitable[bytes]]
"""Gets what is at an address; raises `VftuiError`. It may stop after `MOST_OCTETS` and one more."""


@dataclass(frozen=True)
class Picture:
    """A picture as far as it is there."""

    pixels: list[list[Pixel]] = field(default_factory=list)
    """Row by row, at most `COLUMNS` by twice `ROWS`."""
    note: str = ""
    """What is to be said instead of it."""

    def lines(self, width: int) -> Iterator[Text]:
        """Two pixels a cell, one above the other; in less than its width it is made smaller."""
        step = -(-max(map(len, self.pixels), default=0) // max(1, width)) or 1
        rows = [row[::step] for row in self.pixels[::step]]
        for upper, lower in zip_longest(rows[::2], rows[1::2]):
            line = Text()
            for above, below in zip(upper, lower or upper, strict=True):
                style = Style(color=Color.from_rgb(*above), bgcolor=Color.from_rgb(*below))
                line.append("▀", style)
            yield line


class Pictures:
    """The pictures of a conversation, by their addresses."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._pictures: dict[str, Picture] = {}

    def picture(self, address: str) -> Picture | None:
        """The picture of an address, None if nobody asked for it yet."""
        return self._pictures.get(address)

    def claim(self, address: str) -> bool:
        """Whether it is to be loaded: that is said once, and of nothing that cannot be."""
        wanted = (
            address not in self._pictures
            and len(self._pictures) < MOST_PICTURES
            and address[:8].lower().startswith(("http://", "https://"))
        )
        if wanted:
            self._pictures[address] = Picture()
        return wanted

    async def load(self, address: str) -> None:
        """Fetch a picture, and make it small enough to be drawn."""
        try:
            octets = await self._fetch(address)
            if len(octets) > MOST_OCTETS:
                raise VftuiError(f"The picture has more than {size(MOST_OCTETS)}.")
            picture = Picture(await asyncio.to_thread(_pixels, octets))
        except VftuiError as error:
            picture = Picture(note=printable(error.message))
        self._pictures[address] = picture


def _pixels(octets: bytes) -> list[list[Pixel]]:
    """The picture made small, on white where one can see through it."""
    try:
        from PIL import Image
    except ImportError:
        raise VftuiError("Pictures are drawn when vftui has its extra `images`.") from None
    try:
        with Image.open(BytesIO(octets)) as image:
            if image.width * image.height > MOST_PIXELS:
                many = count(image.width * image.height)
                raise VftuiError(f"The picture has {many} pixels: too many to draw.")
            image.draft("RGB", (COLUMNS, 2 * ROWS))
            small = image.convert("RGBA")
        small.thumbnail((COLUMNS, 2 * ROWS))
        ground = Image.new("RGBA", small.size, "white")
        data = Image.alpha_composite(ground, small).convert("RGB").tobytes()
    except VftuiError:
        raise
    except Exception as error:  # noqa: BLE001  # a file made to break a decoder raises anything
        raise VftuiError(f"The picture cannot be read: {type(error).__name__}.") from None
    pixels = list(zip(data[::3], data[1::3], data[2::3], strict=True))
    return [pixels[start : start + small.width] for start in range(0, len(pixels), small.width)]
