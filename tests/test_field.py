"""A field of one line: what is pasted into it is one harmless line."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult

from vftui.ui.field import Field


class Alone(App[None]):
    """A field and nothing else."""

    def compose(self) -> ComposeResult:
        yield Field("a hint")


@pytest.mark.parametrize(
    ("pasted", "value"),
    [
        ("plain", "plain"),
        ("\r\n  first \r\nsecond", "first"),
        ("a\x1b]0;x\x07b", "a␛]0;x␇b"),
        ("\u202eesrever\ud800", "\ufffdesrever\ufffd"),
        ("", ""),
        ("\n", ""),
    ],
)
async def test_a_paste_is_one_harmless_line(pasted: str, value: str) -> None:
    app = Alone()
    async with app.run_test() as pilot:
        field = app.query_one(Field)
        field.post_message(events.Paste(pasted))
        await pilot.pause()
        assert field.value == value
        field.value = ""
        app._clipboard = pasted
        await pilot.press("ctrl+v")
        assert field.value == value


async def test_a_paste_replaces_what_is_selected() -> None:
    app = Alone()
    async with app.run_test() as pilot:
        field = app.query_one(Field)
        await pilot.press(*"abc", "shift+left", "shift+left")
        field.post_message(events.Paste("x"))
        await pilot.pause()
        assert field.value == "ax"
