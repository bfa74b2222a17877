"""The prompt: what enter does, the history, lines, and what is pasted."""

from __future__ import annotations

import re

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.stage import stage
from vftui.ui.prompt import Prompt
from vftui.ui.theme import THEMES

KEY = "VF.DM.0123456789abcdef01234567.CANARYcanary99"
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff]"
)


class Alone(App[None]):
    """A prompt and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def compose(self) -> ComposeResult:
        yield Prompt()

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        self.sent.append(message.text)

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    async def paste(self, text: str) -> None:
        self.prompt.post_message(events.Paste(text))


async def typed(pilot: Pilot[None], *messages: str) -> None:
    """Write messages and send them, one after the other."""
    for message in messages:
        pilot.app.query_one(Prompt).insert(message)
        await pilot.press("enter")


async def test_enter_sends_and_empties() -> None:
    app = Alone()
    async with app.run_test() as pilot:
        await typed(pilot, "hello")
        assert app.sent == ["hello"]
        assert app.prompt.text == ""


async def test_enter_right_behind_a_burst_sends_all_of_it() -> None:
    app = Alone()
    async with app.run_test() as pilot:
        for key in (*"abc", "enter", *"de", "enter"):
            character = key if len(key) == 1 else "\r"
            app.prompt.post_message(events.Key(key, character))
        await pilot.pause()
        assert app.sent == ["abc", "de"]


@pytest.mark.parametrize("keys", [[], ["space", "space"], ["ctrl+j", "space"]])
async def test_nothing_is_not_sent(keys: list[str]) -> None:
    app = Alone()
    async with app.run_test() as pilot:
        await pilot.press(*keys, "enter")
        assert app.sent == []


@pytest.mark.parametrize("key", ["ctrl+j", "shift+enter", "alt+enter"])
async def test_a_new_line(key: str) -> None:
    app = Alone()
    async with app.run_test() as pilot:
        await pilot.press("a", key, "b")
        assert app.sent == []
        await pilot.press("enter")
        assert app.sent == ["a\nb"]


async def test_up_and_down_walk_through_what_was_sent_and_back_to_the_draft() -> None:
    app = Alone()
    async with app.run_test() as pilot:
        await typed(pilot, "one", "two", "two")
        await pilot.press(*"draft")
        texts = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await pilot.press(key)
            texts.append(app.prompt.text)
        assert texts == ["two", "one", "one", "two", "draft", "draft"]


async def test_without_a_history_up_and_down_change_nothing() -> None:
    app = Alone()
    async with app.run_test() as pilot:
        await pilot.press(*"word", "up", "down")
        assert app.prompt.text == "word"


async def test_inside_a_message_of_several_lines_up_and_down_move_the_cursor() -> None:
    app = Alone()
    async with app.run_test() as pilot:
        await typed(pilot, "before")
        await pilot.press("a", "ctrl+j", "b", "ctrl+j", "c")
        await pilot.press("up")
        assert app.prompt.cursor_location[0] == 1
        await pilot.press("up")
        assert (app.prompt.text, app.prompt.cursor_location[0]) == ("a\nb\nc", 0)
        await pilot.press("up")
        assert app.prompt.text == "before"
        await pilot.press("down")
        assert app.prompt.text == "a\nb\nc"


async def test_in_a_long_line_up_moves_to_the_row_above() -> None:
    app = Alone()
    async with app.run_test(size=(30, 10)) as pilot:
        await typed(pilot, "before")
        app.prompt.insert("word " * 12)
        await pilot.pause()
        await pilot.press("up")
        assert app.prompt.text == "word " * 12


async def test_an_old_message_can_be_changed_and_sent() -> None:
    app = Alone()
    async with app.run_test() as pilot:
        await typed(pilot, "one")
        await pilot.press("up", "!", "enter", "up")
        assert app.sent == ["one", "one!"]
        assert app.prompt.text == "one!"


async def test_a_hostile_paste_is_harmless() -> None:
    app = Alone()
    async with app.run_test() as pilot:
        hostile = "\x1b]52;c;cHduZWQ=\x07\x9b31m\u202egnp.exe\u2066\ttab\r\nline\x00\ud800"
        await app.paste(hostile * 250)
        await pilot.pause()
        assert len(app.prompt.text) > 10_000
        assert not FORBIDDEN.search(app.prompt.text)
        assert app.prompt.document.line_count == 251
        await pilot.press("enter")
        assert "gnp.exe" in app.sent[0]


async def test_a_paste_replaces_what_is_selected() -> None:
    app = Alone()
    async with app.run_test() as pilot:
        await pilot.press(*"old")
        app.prompt.select_all()
        await app.paste("new")
        await pilot.pause()
        assert app.prompt.text == "new"


async def test_what_was_copied_from_a_hostile_message_is_harmless_too() -> None:
    app = Alone()
    async with app.run_test() as pilot:
        app.copy_to_clipboard("a\x1b[2J\u202e b\nc")
        await pilot.press("ctrl+v")
        assert not FORBIDDEN.search(app.prompt.text)
        assert app.prompt.text.endswith("b\nc")


async def test_a_key_is_sent_only_when_a_person_insists() -> None:
    async with stage() as on:
        await on.say(KEY)
        assert len(on.puppet.actions) == 1
        assert any("looks like a key" in note for note in on.toasts)
        assert on.chat.prompt.text == KEY
        await on.press("enter")
        await on.until(lambda: on.puppet.actions[-1].get("payload") == KEY)


async def test_a_key_that_is_taken_back_is_not_in_the_history() -> None:
    async with stage() as on:
        await on.say(KEY)
        on.chat.prompt.clear()
        await on.say("hello")
        await on.press("up", "up")
        assert on.chat.prompt.text == "hello"
