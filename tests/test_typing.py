"""Keys in the order of typing: all at once they do what they do one by one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import Input

from tests.stage import Stage, received, stage, text, trace, turn
from vftui.filters import Filters

LOG = [
    *turn("hire", text("Hello"), trace("debug", message="one"), trace("debug", message="two")),
    *turn("more", text("Well"), trace("debug", message="three"), received({"odd": 1})),
]
NAMES = {":": "colon", "/": "slash", " ": "space", "@": "at"}


def keys_of(*typed: str) -> list[Key]:
    """The keys of words such as `=type:debug`, which are typed as they stand, and of named keys."""
    single = [one for each in typed for one in (each[1:] if each[0] == "=" else (each,))]
    return [Key(NAMES.get(one, one), one if len(one) == 1 else None) for one in single]


def outcome(it: Stage) -> tuple[object, ...]:
    """What a person has brought about."""
    rows = it.chat.side.traces
    focus = it.focused
    return (
        rows.wish, rows.seq,
        it.journal.marked(), it.journal.remarks(), it.chat.prompt.text, it.toasts,
        type(focus).__name__, focus.value if isinstance(focus, Input) else "",
    )  # fmt: skip


async def typed(keys: list[Key], path: Path, *, at_once: bool) -> tuple[object, ...]:
    """What comes of these keys in the trace list."""
    async with stage(log=LOG, filters=lambda: Filters.load(path)) as it:
        it.chat.side.show("traces")
        await it.pilot.pause()
        for key in keys:
            it.app.post_message(key)
            if not at_once:
                await it.pilot.pause(0.02)
        read = asyncio.Event()
        it.app.call_later(read.set)
        await read.wait()
        await it.until(lambda: not it.app._typing.busy, "the keys are done")
        await it.painted()
        return outcome(it)


@pytest.mark.parametrize(
    "words",
    [
        ("f", "=type:debug", "enter", "home", "down", "space"),
        ("f", "=type:debug", "escape", "home", "space", "m"),
        ("/", "=two", "enter", "space", "n", "r", "=why", "enter", "end", "space"),
        ("home", "down", "down", "r", "=here", "enter", "down", "r", "=and here", "enter"),
        ("f", "=type:debug", "ctrl+s", "=mine", "enter", "home", "space"),
        ("home", "down", "y", "p", "down", "y", "escape", "down", "space"),
        ("end", "x", "tab", "tab", "escape", "up", "space"),
        ("home", "f", "=debug", "enter", "f", "ctrl+u", "=text", "enter", "space"),
    ],
    ids=lambda words: " ".join(words),
)
async def test_all_at_once_is_as_one_by_one(words: tuple[str, ...], tmp_path: Path) -> None:
    slowly = await typed(keys_of(*words), tmp_path / "slow.toml", at_once=False)
    assert await typed(keys_of(*words), tmp_path / "fast.toml", at_once=True) == slowly
