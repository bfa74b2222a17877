"""The search through what was sent before."""

from __future__ import annotations

import pytest
from textual import events

from tests.desk import Desk, write

SENT = ("hire a bike for two", "what does it cost?", "first line\nsecond BIKE line", "open now?")


def rows(app: Desk) -> list[str]:
    """The matches, from the top."""
    return [row.strip() for row in app.above.splitlines()[:-1]]


async def test_it_begins_with_the_newest_next_to_the_line() -> None:
    app = Desk(*SENT)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+r")
        assert rows(app) == [
            "hire a bike for two", "what does it cost?", "first line↵second BIKE line",
            "› open now?",
        ]  # fmt: skip
        assert app.above.endswith("1 of 4")


async def test_typing_narrows_by_every_word_in_any_case() -> None:
    app = Desk(*SENT)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+r", *"bike")
        assert rows(app) == ["hire a bike for two", "› first line↵second BIKE line"]
        await pilot.press("space", *"HI")
        assert rows(app) == ["› hire a bike for two"]
        await pilot.press(*"xx")
        assert rows(app) == []
        assert "nothing like that" in app.above
        await pilot.press("backspace", "backspace", "ctrl+w")
        assert len(rows(app)) == 2
        await pilot.press("ctrl+u")
        assert len(rows(app)) == 4


async def test_a_match_is_highlighted() -> None:
    app = Desk(*SENT)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+r", *"bike")
        region = app.recall.content_region
        strip = app.screen._compositor.render_strips()[region.y + 1]
        bold = [part.text for part in strip if part.style and part.style.underline]
        assert bold == ["BIKE"]


@pytest.mark.parametrize("key", ["enter", "tab", "right"])
async def test_what_is_found_is_taken_and_not_sent(key: str) -> None:
    app = Desk(*SENT)
    async with app.run_test() as pilot:
        await pilot.press(*"draft", "ctrl+r", *"line", key)
        assert (app.prompt.text, app.sent) == (SENT[2], [])
        assert not app.recall.display
        assert app.focused is app.prompt
        await pilot.press("enter")
        assert app.sent == [SENT[2]]


@pytest.mark.parametrize("older", ["ctrl+r", "up"])
async def test_older_and_newer_stop_at_the_ends(older: str) -> None:
    app = Desk(*SENT)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+r", *([older] * 9))
        assert rows(app)[0].startswith("› hire")
        await pilot.press(*(["down"] * 2), "enter")
        assert app.prompt.text == SENT[2]


@pytest.mark.parametrize("key", ["escape", "ctrl+c", "ctrl+g"])
async def test_leaving_gives_back_what_was_there(key: str) -> None:
    app = Desk(*SENT)
    async with app.run_test() as pilot:
        await pilot.press(*"/la", "ctrl+r", *"bike", "up", key)
        assert app.prompt.text == "/la"
        assert not app.recall.display
        assert app.composer.display  # it stands there again
        await pilot.press("!")
        assert app.prompt.text == "/la!"


async def test_a_burst_is_searched_for_in_the_order_of_typing() -> None:
    app = Desk(*SENT)
    async with app.run_test() as pilot:
        app.burst(*"ab", "ctrl+r", *"twox", "backspace", "enter", "!")
        await pilot.pause()
        assert app.prompt.text == "hire a bike for two!"


async def test_keys_that_edit_leave_the_prompt_alone_and_others_are_everybodys() -> None:
    app = Desk(*SENT)
    async with app.run_test() as pilot:
        await pilot.press(*"draft", "ctrl+r", "ctrl+k", "delete", "ctrl+a", "ctrl+x", "f7")
        assert (app.prompt.text, app.recall.open) == ("draft", True)
        assert not app.recall.press(events.Key("f1", None))


async def test_a_paste_is_searched_for() -> None:
    app = Desk(*SENT)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+r")
        app.prompt.post_message(events.Paste("it \x1bcost"))
        await pilot.pause()
        assert "nothing like that" in app.above
        assert "\x1b" not in app.above
        await pilot.press("ctrl+u")
        app.copy_to_clipboard("cost")
        await pilot.press("ctrl+v", "enter")
        assert app.prompt.text == SENT[1]


async def test_equal_entries_are_one_the_newest() -> None:
    app = Desk("a", "b", "a", "c")
    async with app.run_test() as pilot:
        await pilot.press("ctrl+r")
        assert rows(app) == ["b", "a", "› c"]


async def test_without_a_history_it_says_so() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+r")
        assert "nothing was sent yet" in app.above
        await pilot.press("enter", "up", "down", "escape")
        assert app.prompt.text == ""


async def test_what_was_sent_a_moment_ago_is_found() -> None:
    app = Desk(*SENT)
    async with app.run_test() as pilot:
        await pilot.press(*"fresh", "enter", "ctrl+r", *"fre", "enter")
        assert app.prompt.text == "fresh"


async def test_far_inside_a_long_entry_the_match_is_seen() -> None:
    app = Desk("x" * 3000 + "needle" + "y" * 3000)
    async with app.run_test(size=(50, 15)) as pilot:
        await pilot.press("ctrl+r", *"needle")
        assert "needle" in rows(app)[0]


async def test_a_hostile_entry_is_harmless() -> None:
    app = Desk("\x1b]52;c;eA==\x07[b]x[/nope] \u202ecba")
    async with app.run_test() as pilot:
        await pilot.press("ctrl+r")
        assert "[b]x[/nope]" in app.above
        await pilot.press("enter")
        assert not {"\x1b", "\x07", "\u202e"} & set(app.above + app.prompt.text)


@pytest.mark.parametrize("size", [(140, 40), (80, 24), (50, 15), (40, 12)])
async def test_it_takes_a_quarter_of_the_screen_at_most(size: tuple[int, int]) -> None:
    app = Desk(*(f"entry {number}" for number in range(50)))
    async with app.run_test(size=size) as pilot:
        await pilot.press("ctrl+r")
        for _ in range(20):
            await pilot.press("up")
        assert 2 <= app.recall.size.height <= max(2, size[1] // 4)
        assert "› entry 29" in app.above


async def test_a_click_takes_an_entry() -> None:
    app = Desk(*SENT)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+r")
        await pilot.click("Recall", offset=(8, 1))
        assert app.prompt.text == SENT[1]


async def test_whoever_looks_elsewhere_searches_no_longer() -> None:
    app = Desk(*SENT)
    async with app.run_test() as pilot:
        await write(pilot, "draft")
        await pilot.press("ctrl+r")
        app.set_focus(None)
        await pilot.pause()
        assert not app.recall.display
        assert app.prompt.text == "draft"
