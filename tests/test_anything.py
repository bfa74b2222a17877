"""Keys, clicks, sizes and entries in any order: nothing breaks, and the keys go to what is seen."""

from __future__ import annotations

import random

import pytest
from textual.screen import ModalScreen
from textual.widgets import Input

from tests.stage import SIZES, START, Stage, buttons, end, head, stage, text, trace
from vftui.session.log import Closed, Entry

KEYS = (
    "f1", "f2", "f4", "f11", "z", "tab", "shift+tab", "up", "down", "pageup", "pagedown", "home",
    "end", "enter", "escape", "slash", "y", "t", "m", "left", "right", "1", "2", "alt+1", "ctrl+n",
    "ctrl+c", "f8", "x", "ctrl+j", "ctrl+v", "backspace", "f3", "f5", "f6", "f7", "f9", "f", "n",
    "e", "W", "space", "M", "r", "[", "]", "v", "+", "-", "c",
)  # fmt: skip


def anything(chance: random.Random) -> Entry:
    """Something that an agent may do."""
    words = " ".join(chance.choices(("bike", "**pier**", "- 3", "\n\n", "`x`", "|a|b|"), k=9))
    return chance.choice(
        (
            head(),
            text(words),
            text(words * 20),
            trace("completion", state="start"),
            trace("completion", state="content", content=words),
            trace("completion", state="end"),
            trace("debug", message=words),
            buttons(Hire={"type": "path-x"}, Talk=None),
            trace("cardV2", title="A", description={"text": words}, buttons=[]),
            trace("end"),
            end(),
            Closed(START + 3, "truncated", "The stream was cut."),
        )
    )


def keys_go_somewhere(on: Stage) -> bool:
    """Whether the keys go to something that is not hidden."""
    focused, zoomed = on.focused, on.chat.maximized
    if focused is None:
        return False
    return focused in on.chat.focus_chain or zoomed in focused.ancestors_with_self


@pytest.mark.parametrize("seed", range(3))
async def test_anything_at_all(seed: int) -> None:
    chance = random.Random(seed)
    async with stage(size=chance.choice(SIZES)) as on:
        for _ in range(60):
            match chance.randrange(5):
                case 0 | 1:
                    await on.press(chance.choice(KEYS))
                case 2:
                    await on.pilot.resize_terminal(*chance.choice((*SIZES, (20, 6), (3, 2))))
                case 3:
                    on.puppet.play(*(anything(chance) for _ in range(chance.randrange(1, 30))))
                case 4:
                    width, height = on.app.size
                    place = chance.randrange(width), chance.randrange(height)
                    await on.pilot.click(offset=place)
            await on.pilot.pause()
            assert on.app.is_running
            while isinstance(on.app.screen, ModalScreen):
                await on.press("escape")
            await on.until(lambda: keys_go_somewhere(on), f"{on.focused} can be seen")
        await on.pilot.resize_terminal(*SIZES[0])
        on.chat.outgoing.stop()
        await on.until(lambda: not on.busy, "the turn is stopped")
        if isinstance(on.focused, Input):
            await on.press("escape")
        on.chat.side.traces.filter("")
        await on.painted()
        assert on.chat.side.traces.line_count == len(on.journal) == on.session.entries
