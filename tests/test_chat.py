"""The screen: buttons, the way from a message to its traces and back, what a person is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stage import (
    SIZES,
    TINY,
    WIDE,
    Puppet,
    buttons,
    end,
    head,
    shown,
    stage,
    talked,
    text,
    trace,
    turn,
)
from vftui.opening import About
from vftui.session.log import Closed

REQUEST = {"type": "path-x", "payload": {"label": "Hire", "x": [1, {"y": None}]}, "unheard-of": 1}


# Buttons


@pytest.mark.parametrize(
    ("how", "which"),
    [("alt", 1), ("alt", 2), ("digit", 1), ("digit", 2), ("mouse", 1), ("mouse", 2), ("name", 1)],
)
async def test_a_button_sends_its_request_verbatim(how: str, which: int) -> None:
    async with stage() as on:
        await on.say("go")
        await on.play(head(), text("Choose"), buttons(Hire=REQUEST, Talk=None), end())
        if how == "alt":
            await on.press(f"alt+{which}")
        elif how == "digit":
            on.chat.conversation.focus()
            await on.press(str(which))
        elif how == "name":
            await on.say(" hIRE ")
        else:
            lines = shown(on.chat.conversation).splitlines()
            y = next(place for place, line in enumerate(lines) if f"[{which}]" in line)
            await on.pilot.click(on.chat.conversation, offset=(lines[y].index(f"[{which}]"), y))
        await on.until(lambda: len(on.puppet.actions) == 3)
        assert on.puppet.actions[-1] == (
            REQUEST if which == 1 else {"type": "text", "payload": "Talk"}
        )


async def test_a_digit_in_the_prompt_is_a_digit() -> None:
    async with stage() as on:
        await on.say("go")
        await on.play(head(), buttons(Hire=REQUEST), end())
        await on.press("1")
        assert on.chat.prompt.text == "1"
        assert len(on.puppet.actions) == 2


async def test_only_the_buttons_of_the_newest_turn_are_there() -> None:
    async with stage() as on:
        await on.say("go")
        await on.play(head(), buttons(Hire=REQUEST), end())
        assert on.chat.check_action("press", (1,))
        assert not on.chat.check_action("press", (2,))
        await on.say("something else")
        await on.play(head(), text("well"), end())
        assert not on.chat.check_action("press", (1,))
        await on.press("alt+1")
        await on.say("hire")
        await on.until(lambda: on.puppet.actions[-1] == {"type": "text", "payload": "hire"})


async def test_a_button_pressed_while_the_turn_runs_waits() -> None:
    async with stage() as on:
        await on.say("go")
        await on.play(head(), buttons(Hire=REQUEST))
        await on.press("alt+1")
        assert len(on.puppet.actions) == 2
        await on.play(end())
        await on.until(lambda: on.puppet.actions[-1] == REQUEST)


async def test_nothing_can_be_sent_into_what_was_saved() -> None:
    log = turn("go", text("hello"), buttons(Hire=REQUEST))
    async with stage(log=log) as on:
        assert not on.chat.prompt.display
        assert on.keys_go_to(on.chat.conversation)
        await on.press("1")
        await on.until(lambda: any("saved" in note for note in on.toasts))
        assert not on.chat.check_action("restart", ())
        await on.press("escape")
        assert on.keys_go_to(on.chat.conversation)


async def test_a_new_conversation() -> None:
    async with stage() as on:
        await on.press("ctrl+n")
        await on.until(lambda: on.puppet.actions == [{"type": "launch"}] * 2)
        assert on.puppet.restarts == 1


async def test_a_new_conversation_ends_the_turn_that_runs() -> None:
    async with stage() as on:
        await on.say("go")
        await on.press("ctrl+n")
        await on.until(lambda: on.puppet.actions[-1] == {"type": "launch"} and on.puppet.restarts)
        assert on.session.turns[-2].ending == "cancelled"


async def test_silence_is_an_action_too() -> None:
    async with stage() as on:
        await on.press("f8")
        await on.until(lambda: on.puppet.actions[-1] == {"type": "no-reply"})


# From a message to its traces and back


async def test_from_a_message_to_its_traces_and_back() -> None:
    log = await talked("v4", "cards")
    async with stage(log=log) as on:
        conversation, traces = on.chat.conversation, on.chat.side.traces
        conversation.focus()
        for index, item in enumerate(on.session.items):
            conversation.focus()
            conversation.select(index)
            await on.press("t")
            assert on.keys_go_to(traces)
            assert traces.seq == item.first_seq
            if item.kind == "reply":
                continue
            await on.press("t")
            assert on.keys_go_to(conversation)
            assert conversation.selected == index


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_there_and_back_at_every_size(size: tuple[int, int]) -> None:
    log = turn("hello", text("Hi there"), trace("debug", message="a step"))
    async with stage(log=log, size=size) as on:
        await on.press("up", "t")
        assert on.keys_go_to(on.chat.side.traces)
        assert on.focused and on.focused.region.area
        await on.press("enter")
        assert on.keys_go_to(on.chat.conversation)
        assert on.focused and on.focused.region.area


async def test_to_a_trace_that_the_filter_hides() -> None:
    log = turn("hello", text("Hi there"), trace("debug", message="a step"))
    async with stage(log=log) as on:
        on.chat.side.traces.filter("type:closed")
        on.chat.conversation.focus()
        await on.press("up", "up", "t")
        assert on.keys_go_to(on.chat.side.traces)
        assert on.chat.side.traces.seq == 5


async def test_the_source_of_a_message_is_copied() -> None:
    log = turn("hello", text("Hi **there** \ud800"))
    async with stage(log=log) as on:
        await on.press("y")
        await on.until(lambda: on.app.clipboard)
        assert on.app.clipboard == "Hi **there** ?"
        await on.until(lambda: any("14 B" in note for note in on.toasts))


async def test_nothing_said_is_nothing_to_copy() -> None:
    async with stage(log=[]) as on:
        await on.press("y", "t", "up", "enter")
        assert on.app.clipboard == ""


# The rest of the screen


async def test_what_a_person_should_hear_is_told_at_the_start() -> None:
    about = About("Pier", notes=("api_key from ./.env", "[/] \x1b]0;x\x07"))
    async with stage(about=about) as on:
        await on.until(lambda: len(on.toasts) == 2)
        assert on.toasts[0] == "api_key from ./.env"
        assert "\x1b" not in on.screen_text


@pytest.mark.parametrize("size", [WIDE, TINY], ids=str)
async def test_a_hostile_answer_is_harmless(size: tuple[int, int]) -> None:
    log = await talked("v4", "fail escape")
    async with stage(log=log, size=size) as on:
        for keys in ([], ["f2"], ["f4"], ["right"], ["right"], ["f1"], ["ctrl+p"]):
            await on.press(*keys)
            seen = set(on.screen_text)
            assert not {c for c in seen if (c < " " and c != "\n") or "\x7f" <= c < "\xa0"}
            assert not seen & set("\u202e\u2066")


async def test_the_screen_forgets_nothing_when_help_comes_and_goes() -> None:
    async with stage(log=turn("hello", text("Hi there"))) as on:
        await on.until(lambda: "f1 help" in on.screen_text)
        before = on.screen_text
        await on.press("f1")
        assert on.screen_text != before
        assert on.chat.query("HelpPanel")
        await on.press("f1")
        assert not on.chat.query("HelpPanel")
        await on.until(lambda: on.screen_text == before, "the screen is as it was")


async def test_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage(log=turn("hello", text("Hi there"))) as on:
        strips: Any = on.app.screen._compositor.render_strips()
        styles = {seg.style for strip in strips for seg in strip if seg.style and seg.text.strip()}
        colours = {c.triplet for style in styles for c in (style.color, style.bgcolor) if c}
        assert all(c.red == c.green == c.blue for c in colours)


@pytest.mark.parametrize("theme", ["vftui-light", "vftui-dark", "no-such-theme"])
async def test_a_theme(theme: str) -> None:
    async with stage(Puppet([text("Hi there")]), about=About("Pier", theme=theme)) as on:
        assert on.app.theme == (theme if theme != "no-such-theme" else "vftui-dark")
        assert "Hi there" in on.screen_text


async def test_a_stopped_turn_is_told_apart_from_a_whole_one() -> None:
    async with stage() as on:
        await on.say("go")
        await on.play(head(), text("Half"))
        await on.press("escape")
        await on.until(lambda: "cancelled" in on.screen_text)
        assert isinstance(list(on.journal.entries())[-1], Closed)
        assert "Stopped before" in on.conversation_text
