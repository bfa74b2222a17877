"""The status line: which conversation, how the turn stands, and a clock that goes on."""

from __future__ import annotations

import pytest

from tests.stage import NARROW, SIZES, START, Puppet, head, shown, stage, text, turn
from vftui.opening import About
from vftui.session.log import ENDINGS, Closed, Ending
from vftui.ui.status import GLYPHS, StatusLine

HOSTILE = "[/]\x1b]0;owned\x07\n\r\u202e[@click=app.quit]x[/]"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = START + 1

    def __call__(self) -> float:
        return self.now


async def test_the_seconds_go_on_while_nothing_arrives() -> None:
    clock = Clock()
    async with stage(clock=clock) as on:
        line = on.chat.status
        await on.say("go")
        await on.until(lambda: "● waiting 1.0 s" in shown(line))
        clock.now += 3
        await on.until(lambda: "● waiting 4.0 s" in shown(line))
        await on.play(head(), text("Hi"))
        assert "● streaming" in shown(line)
        assert "first text 500 ms" in shown(line)
        clock.now += 60
        await on.until(lambda: "● streaming 1 min 04 s" in shown(line))


async def test_a_turn_that_is_over_stands_still() -> None:
    clock = Clock()
    async with stage(Puppet([text("Hi")]), clock=clock) as on:
        assert "○ complete 2.0 s" in shown(on.chat.status)
        clock.now += 3
        await on.pilot.pause(0.3)  # longer than a tick
        assert "○ complete 2.0 s" in shown(on.chat.status)


@pytest.mark.parametrize("ending", ENDINGS)
async def test_every_ending_has_its_word_and_glyph(ending: Ending) -> None:
    log = [*turn("go", text("Hi"))[:-1], Closed(START + 2, ending, "So it is.")]
    async with stage(log=log) as on:
        assert f"{GLYPHS[ending][0]} {ending} 2.0 s" in shown(on.chat.status)


async def test_what_waits_in_line_is_counted() -> None:
    async with stage() as on:
        await on.say("one")
        await on.say("two")
        await on.say("three")
        await on.until(lambda: "2 queued" in shown(on.chat.status))
        await on.press("escape")
        await on.until(lambda: "queued" not in shown(on.chat.status))


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_hostile_title_is_harmless(size: tuple[int, int]) -> None:
    about = About(HOSTILE, (HOSTILE, HOSTILE), "rec 1")
    async with stage(size=size, about=about) as on:
        line = shown(on.chat.status)
        assert not {"\x1b", "\x07", "\u202e", "\r"} & set(on.screen_text)
        assert "complete" in line
        assert line.strip().startswith("vftui  [/]")


async def test_a_title_in_wide_characters_leaves_room() -> None:
    async with stage(size=NARROW, about=About("自転車を借りる" * 20, ("v4",), "rec 1")) as on:
        line = shown(on.chat.status)
        assert "自転車" in line and "…" in line and "complete" in line


async def test_the_lesser_things_give_way() -> None:
    facts = ("v4", "main", "user vftui-12345678")
    async with stage(Puppet([text("Hi")]), about=About("Pier", facts, "rec 12")) as on:
        lines = {}
        for width in (140, 80, 50, 40):
            await on.pilot.resize_terminal(width, 24)
            await on.pilot.pause()
            lines[width] = shown(on.chat.status)
        assert all(part in lines[140] for part in (*facts, "rec 12", "first text"))
        assert all("complete 2.0 s" in line and "Pier" in line for line in lines.values())
        assert "user" not in lines[50]


@pytest.mark.parametrize(("said", "mark"), [("rec 12", "⏺"), ("not recorded", "○"), ("file", "○")])
async def test_whether_it_is_recorded(said: str, mark: str) -> None:
    async with stage(about=About("Pier", (), said)) as on:
        line = on.chat.query_one(StatusLine)
        assert said in shown(line)


async def test_without_a_conversation_it_says_the_name() -> None:
    async with stage(log=[]) as on:
        assert shown(on.chat.status).strip().startswith("vftui  Pier")
