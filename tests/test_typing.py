"""Keys in the order of typing: all at once they do what they do one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.events import Event, Key, MouseDown, MouseUp, Paste
from textual.widgets import Input

from tests.stage import Stage, received, stage, text, trace, turn
from vftui.filters import Filters

LOG = [
    *turn("hire", text("Hello"), trace("debug", message="one"), trace("debug", message="two")),
    *turn("more", text("Well"), trace("debug", message="three"), received({"odd": 1})),
]
NAMES = {":": "colon", "/": "slash", " ": "space", "@": "at"}
CLICK_TRACE, CLICK_DETAIL = "click 90 17", "click 90 30"


def events_of(word: str) -> list[Event]:
    """What is typed with `=words`, pasted with `+words`, clicked with `click 20 38`; or one key."""
    if word.startswith("+"):
        return [Paste(word[1:])]
    if word.startswith("click "):
        x, y = map(int, word.split()[1:])
        return [
            kind(None, x, y, 0, 0, 1, shift=False, meta=False, ctrl=False)
            for kind in (MouseDown, MouseUp)
        ]
    return [
        Key(NAMES.get(one, one), one if len(one) == 1 else None)
        for one in (word[1:] if word.startswith("=") else (word,))
    ]


def outcome(it: Stage) -> tuple[object, ...]:
    """What a person has brought about."""
    rows = it.chat.side.traces
    focus = it.focused
    return (
        rows.wish, rows.seq,
        it.journal.marked(), it.journal.remarks(), it.chat.prompt.text, it.toasts,
        type(focus).__name__, focus.value if isinstance(focus, Input) else "",
    )  # fmt: skip


async def done(it: Stage) -> None:
    """Wait until all that was posted to the app is done."""
    read = asyncio.Event()
    it.app.call_later(read.set)
    await read.wait()
    await it.until(lambda: not it.app._typing.busy, "the keys are done")
    await it.painted()


async def typed(words: Iterable[str], path: Path, *, at_once: bool) -> tuple[object, ...]:
    """What comes of this in the trace list."""
    async with stage(log=LOG, filters=lambda: Filters.load(path)) as it:
        it.chat.side.show("traces")
        await it.pilot.pause()
        for word in words:
            for event in events_of(word):
                it.app.post_message(event)
                if not at_once:
                    await it.pilot.pause(0.02)
        await done(it)
        return outcome(it)


@pytest.mark.parametrize(
    "words",
    [
        ("f", "=type:debug", "enter", "home", "down", "space"),
        ("f", "=type:debug", "escape", "home", "space", "m"),
        ("/", "=two", "enter", "space", "n", "r", "=why", "enter", "end", "space"),
        ("home", "down", "down", "r", "=here", "enter", "down", "r", "=and here", "enter"),
        ("f", "=type:debug", "ctrl+s", "=mine", "enter", "home", "space"),
        ("home", *9 * ["down"], "space", *9 * ["up"], "r", "=top", "enter", "pagedown", "space"),
        ("home", "down", "y", "p", "down", "y", "escape", "down", "space"),
        ("end", "x", "tab", "tab", "escape", "up", "space"),
        ("home", "f", "=debug", "enter", "f", "ctrl+u", "=text", "enter", "space"),
        ("f", "+type:debug", "enter", "home", "r", "+a paste", "=!", "enter"),
        ("home", "r", "=here", CLICK_TRACE, "r", "=there", "enter", "down", "space"),
        ("f", "=type:debug", CLICK_DETAIL, "escape", "f", "=x", "enter"),
    ],
    ids=lambda words: " ".join(words),
)
async def test_all_at_once_is_as_one_by_one(words: tuple[str, ...], tmp_path: Path) -> None:
    slowly = await typed(words, tmp_path / "slow.toml", at_once=False)
    assert await typed(words, tmp_path / "fast.toml", at_once=True) == slowly


async def test_a_click_does_not_overtake_what_was_typed() -> None:
    async with stage() as it:
        traces, prompt = it.chat.side.traces, it.chat.prompt
        for widget, words in ((prompt, "=one"), (traces, "space"), (prompt, "=two")):
            x, y, *_ = widget.content_region
            for word in (f"click {x} {y}", *words.split()):
                for event in events_of(word):
                    it.app.post_message(event)
        await done(it)
        assert prompt.text == "twoone" and len(it.journal.marked()) == 1


async def test_keys_wait_while_the_terminal_is_lent() -> None:
    async with stage() as it:
        it.app.app_suspend_signal.publish(it.app)
        for event in events_of("=later"):
            it.app.post_message(event)
        await it.pilot.pause()
        assert it.app._typing.busy and "later" not in it.screen_text
        it.app.app_resume_signal.publish(it.app)
        await done(it)
        assert it.chat.prompt.text == "later"


async def test_a_key_whose_widget_is_gone_holds_nobody_up() -> None:
    async with stage() as it:
        field = Input()
        await it.chat.mount(field)
        field.focus()
        for event in (*events_of("a"), *events_of("enter")):
            it.app.post_message(event)
        it.app.call_later(field.remove)
        it.app.call_later(it.chat.prompt.focus)
        for event in events_of("=then"):
            it.app.post_message(event)
        await done(it)
        assert "then".endswith(it.chat.prompt.text) and it.chat.prompt.text
