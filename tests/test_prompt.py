"""The prompt: what enter does, the history, lines, and what is pasted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.desk import Desk, write
from tests.stage import end, head, stage, trace
from vftui.history import History
from vftui.ui.composer import Composer
from vftui.ui.prompt import Prompt
from vftui.ui.recall import Recall
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
        yield Prompt(Composer(), Recall())

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


async def test_keys_that_edit_act_in_the_order_of_typing() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.burst(*"abx", "backspace", *"c!", "left", "d", "ctrl+a", "e", "end", "f")
        await pilot.pause()
        assert app.prompt.text == "eabcd!f"
        app.burst("ctrl+u", *"xyz", "ctrl+w", *"new", "enter")
        await pilot.pause()
        assert app.sent == ["new"]


@pytest.mark.parametrize(
    "text",
    [
        "@{[|]}~\\€#", "¡™£¢∞§¶•ªº–≠", "日本語\u3000です", "👩\u200d🚀", "می\u200cخواهم",
        "e\u0301", "oui\u00a0?", "a/b//c", "'\"`´",
    ],
)  # fmt: skip
async def test_every_character_can_be_typed(text: str) -> None:
    app = Desk()
    async with app.run_test() as pilot:
        for character in text:
            app.post_message(events.Key(f"key_{ord(character)}", character))
        await pilot.press("enter")
        assert app.sent == [text]


@pytest.mark.parametrize("character", ["\x1b", "\x00", "\u202e", "\u2066", "\u200e", "\x7f"])
async def test_what_would_not_be_seen_cannot_be_typed(character: str) -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.post_message(events.Key("some_key", character))
        await pilot.pause()
        assert app.prompt.text == ""


async def test_an_empty_prompt_takes_back_what_waits() -> None:
    app = Desk("before")
    async with app.run_test() as pilot:
        assert app.hint == ""
        app.prompt.waiting = 2
        assert app.hint == "2 queued · up takes it back"
        await pilot.press("up")
        assert (app.asked, app.prompt.text) == (["take back"], "")
        app.prompt.take_back("wait")
        app.prompt.waiting = 1
        await pilot.press("up")
        assert app.asked == ["take back"]
        assert app.prompt.text == "before"
        app.prompt.waiting = 0
        assert app.hint == ""


async def test_after_the_end_enter_alone_begins_anew() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        assert app.prompt.placeholder == "type a message, / for commands"
        await pilot.press("enter")
        app.prompt.over = True
        assert "enter begins anew" in str(app.prompt.placeholder)
        await pilot.press("enter")
        assert (app.asked, app.sent) == (["restart"], [])
        await pilot.press(*"hi", "enter")
        assert (app.asked, app.sent) == (["restart"], ["hi"])
        app.prompt.over = False
        assert app.prompt.placeholder == "type a message, / for commands"


async def test_up_walks_through_this_time_and_then_through_the_times_before(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    for words in ("one", "two"):
        app = Desk()
        app.prompt.keep_in(History.load(path))
        async with app.run_test() as pilot:
            await pilot.press(*words, "enter", "up")
            assert app.prompt.text == words
    app = Desk()
    app.prompt.keep_in(History.load(path))
    async with app.run_test() as pilot:
        await pilot.press("up", "up", "up")
        assert app.prompt.text == "one"
        await pilot.press("down", "down")
        assert app.prompt.text == ""


async def test_a_key_goes_out_and_is_in_no_history(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    app = Desk()
    app.prompt.keep_in(History.load(path))
    async with app.run_test() as pilot:
        await write(pilot, KEY)
        await pilot.press("enter", "up")
        assert (app.sent, app.prompt.text) == ([KEY], "")
    assert not path.exists()


async def test_that_nothing_is_kept_is_said_once(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.mkdir()
    app = Desk()
    async with app.run_test() as pilot:
        app.prompt.keep_in(History.load(path))
        for words in ("one", "two"):
            await pilot.press(*words, "enter")
        assert len(app.toasts) == 1
        assert "not kept for the next time" in app.toasts[0]
        await pilot.press("up", "up")
        assert app.prompt.text == "one"


async def test_what_another_program_put_into_the_history_is_harmless(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text('"\\u001b[2J\\u202e[/b] x"\n')
    app = Desk()
    async with app.run_test() as pilot:
        app.prompt.keep_in(History.load(path))
        await pilot.press("up")
        assert app.prompt.text.endswith("[/b] x")
        assert not FORBIDDEN.search(app.prompt.text)


@pytest.mark.parametrize("size", [(140, 40), (80, 24), (50, 15), (40, 12)])
async def test_ten_kilobytes_can_be_pasted_and_gone_on_with(size: tuple[int, int]) -> None:
    app = Desk()
    async with app.run_test(size=size) as pilot:
        app.prompt.post_message(events.Paste("/" + "etc/passwd\n" * 1000))
        await pilot.press("x", "ctrl+home", "y")
        assert len(app.prompt.text) > 10_000
        assert app.prompt.size.height <= 10


async def test_a_command_goes_out_as_its_action() -> None:
    async with stage() as on:
        await on.say("/event checkout")
        await on.until(lambda: on.puppet.actions[-1]["type"] == "event")
        assert on.puppet.actions[-1]["payload"] == {"event": {"name": "checkout"}}


async def test_two_slashes_go_out_as_one() -> None:
    async with stage() as on:
        await on.say("//help")
        await on.until(lambda: on.puppet.actions[-1].get("payload") == "/help")


async def test_what_waits_behind_a_turn_comes_back_with_up() -> None:
    async with stage() as on:
        await on.say("first")
        await on.until(lambda: on.busy)
        await on.say("second")
        await on.until(lambda: "1 queued" in str(on.chat.prompt.border_subtitle))
        await on.press("up")
        await on.until(lambda: on.chat.prompt.text == "second")
        await on.until(lambda: "queued" not in str(on.chat.prompt.border_subtitle))
        await on.play(head(), end())
        await on.until(lambda: not on.busy)
        assert [action.get("payload") for action in on.puppet.actions] == [None, "first"]


async def test_when_the_agent_ended_it_enter_begins_another_conversation() -> None:
    async with stage() as on:
        await on.say("bye")
        await on.play(head(), trace("end"), end())
        await on.until(lambda: on.chat.prompt.over)
        await on.press("enter")
        await on.until(lambda: on.puppet.restarts == 1)
        await on.until(lambda: on.puppet.actions[-1] == {"type": "launch"})


async def test_escape_closes_the_list_and_not_the_turn() -> None:
    async with stage() as on:
        await on.say("first")
        await on.until(lambda: on.busy)
        await on.press("/", "escape")
        assert not on.chat.composer.display
        assert on.busy
        await on.press("escape")
        await on.until(lambda: not on.busy)


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (["ctrl+u"], "one two\n|r five six seven"),
        (["ctrl+k"], "one two\nthree fou|"),
        (["home"], "one two\n|three four five six seven"),
        (["ctrl+a"], "one two\n|three four five six seven"),
        (["end"], "one two\nthree four five six seven|"),
        (["ctrl+e"], "one two\nthree four five six seven|"),
        (["ctrl+home"], "|one two\nthree four five six seven"),
        (["ctrl+home", "ctrl+end"], "one two\nthree four five six seven|"),
    ],
)
async def test_a_line_is_what_was_typed_however_it_is_wrapped(keys: list[str], left: str) -> None:
    app = Alone()
    async with app.run_test(size=(16, 12)) as pilot:
        app.prompt.insert("one two\nthree four five six seven")
        await pilot.pause()
        app.prompt.move_cursor((1, 9))
        await pilot.press(*keys, "|")
        assert app.prompt.text == left


async def test_the_border_tells_what_is_set_with_the_next_action() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.prompt.setting = ("tier", "seats\x1b")
        await pilot.pause()
        assert app.hint == "sets tier, seats␛ with the next action"
        app.prompt.waiting = 2
        await pilot.pause()
        assert app.hint == "2 queued · up takes it back · sets tier, seats␛ with the next action"
        await pilot.press("/")
        assert "sets" not in app.hint
        await pilot.press("backspace")
        app.prompt.setting, app.prompt.waiting = (), 0
        await pilot.pause()
        assert app.hint == ""


@pytest.mark.parametrize("size", [(80, 24), (50, 15)])
async def test_the_footer_tells_of_help_before_everything_but_enter(size: tuple[int, int]) -> None:
    async with stage(size=size) as on:
        await on.until(lambda: on.screen_text.splitlines()[-1].startswith("enter send f1 help "))
