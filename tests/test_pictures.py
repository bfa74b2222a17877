"""Pictures: fetched once when they are looked at, drawn small, and never a reason to fail."""

from __future__ import annotations

import sys
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual.pilot import Pilot

from tests.stage import until
from tests.test_conversation import Pane, pane_with, shown
from tests.test_showing import Scene
from vftui.errors import VftuiError
from vftui.ui.conversation import Conversation
from vftui.ui.pictures import COLUMNS, MOST_OCTETS, ROWS, Pictures

Image = pytest.importorskip("PIL.Image")

ADDRESS = "https://example.com/pier.png"


def png(width: int, height: int, mode: str = "RGB", colour: str = "red") -> bytes:
    file = BytesIO()
    Image.new(mode, (width, height), colour).save(file, "PNG")
    return file.getvalue()


class Shelf:
    """Answers with these octets, and keeps what it was asked for."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.asked: list[str] = []

    async def fetch(self, address: str) -> bytes:
        self.asked.append(address)
        if address.endswith("gone"):
            raise VftuiError("The server answered 404\x1b.")
        return self.octets


async def drawn_of(octets: bytes, width: int = COLUMNS, address: str = ADDRESS) -> list[str]:
    pictures = Pictures(Shelf(octets).fetch)
    assert pictures.picture(address) is None
    await pictures.load(address)
    picture = pictures.picture(address)
    assert picture is not None
    return [line.plain for line in picture.lines(width)] or [picture.note]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "1", "CMYK", "I;16"])
async def test_a_picture_is_drawn_whatever_its_colours(mode: str) -> None:
    file = BytesIO()
    Image.new(mode, (300, 200)).save(file, "TIFF")
    lines = await drawn_of(file.getvalue())
    assert lines == ["▀" * 36] * ROWS


@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 50))
async def test_a_picture_is_never_larger_than_it_may_be(width: int, height: int, room: int) -> None:
    lines = await drawn_of(png(width, height), room)
    assert 1 <= len(lines) <= ROWS
    assert {len(line) for line in lines} == {len(lines[0])}
    assert 1 <= len(lines[0]) <= min(COLUMNS, room)


async def test_two_pixels_make_a_cell() -> None:
    file = BytesIO()
    image = Image.new("RGB", (1, 2), "red")
    image.putpixel((0, 1), (0, 0, 255))
    image.save(file, "PNG")
    pictures = Pictures(Shelf(file.getvalue()).fetch)
    await pictures.load(ADDRESS)
    picture = pictures.picture(ADDRESS)
    assert picture is not None
    (line,) = picture.lines(9)
    assert [span.style for span in line.spans] == [Style(color="#ff0000", bgcolor="#0000ff")]


@pytest.mark.parametrize(
    ("octets", "address", "why"),
    [
        (b"", ADDRESS, "The picture cannot be read: UnidentifiedImageError."),
        (b"<svg/>", ADDRESS, "The picture cannot be read: UnidentifiedImageError."),
        (png(90, 90)[:60], ADDRESS, "The picture cannot be read: OSError."),
        (png(4000, 4000, "1"), ADDRESS, "The picture has 16,000,000 pixels: too many to draw."),
        (bytes(MOST_OCTETS + 1), ADDRESS, "The picture has more than 5.0 MiB."),
        (b"", "https://example.com/gone", "The server answered 404␛."),
    ],
    ids=["nothing", "another kind", "cut off", "pixels", "octets", "no answer"],
)
async def test_what_cannot_be_drawn_is_a_note(octets: bytes, address: str, why: str) -> None:
    assert await drawn_of(octets, address=address) == [why]


async def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    octets = png(2, 2)
    monkeypatch.setitem(sys.modules, "PIL", None)
    (note,) = await drawn_of(octets)
    assert note == "Pictures are drawn when vftui has its extra `images`."


async def test_only_the_web_is_asked_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vftui.ui.pictures.MOST_PICTURES", 2)
    pictures = Pictures(Shelf(png(2, 2)).fetch)
    for address in ("", "data:image/png;base64,aaaa", "inline, 3 KB", "file:///etc/passwd"):
        assert not pictures.claim(address)
    for address in ("https://example.com/1", "HTTP://example.com/2"):
        assert pictures.claim(address)
        assert not pictures.claim(address)
    assert not pictures.claim("https://example.com/3")


# In the pane


def gallery() -> Scene:
    """Two pictures far apart, one of them shown twice."""
    scene = Scene()
    scene.add("notice", f"image {ADDRESS}", image=ADDRESS)
    for number in range(40):
        scene.add("message", f"Message {number}")
    scene.add("card", "A pier", title="Pier", image=ADDRESS)
    scene.carousel(("a", ()), ("b", ()))
    return scene


async def pictured(pilot: Pilot[None], shelf: Shelf, scene: Scene) -> Conversation:
    pilot.app.query_one(Conversation).pictures = Pictures(shelf.fetch)
    return await pane_with(pilot, scene.session)


async def test_a_picture_is_fetched_once_and_only_when_it_is_looked_at() -> None:
    shelf = Shelf(png(80, 40))
    async with Pane().run_test(size=(60, 34)) as pilot:
        pane = await pictured(pilot, shelf, gallery())
        pane.settle()
        await until(pilot, lambda: sum("▀" * 40 in line for line in shown(pane)) >= 20)
        assert shelf.asked == [ADDRESS, "https://example.com/a"]
        assert shown(pane)[-1].startswith("▌ ╰")
        pane.select(len(pane.column.blocks) - 1)
        await pilot.press("right")
        await until(pilot, lambda: len(shelf.asked) == 3)
        assert shelf.asked[-1] == "https://example.com/b"
        await pilot.press("home")
        assert any(line.startswith("▌   ▀") for line in shown(pane))
        assert sum(ADDRESS in line for line in shown(pane)) == 1
        assert len(shelf.asked) == 3


async def test_without_pictures_there_are_addresses() -> None:
    async with Pane().run_test(size=(60, 34)) as pilot:
        pane = await pane_with(pilot, gallery().session)
        assert not any("▀" in line for line in shown(pane))
        assert any(f"▦ {ADDRESS}" in line for line in shown(pane))
