"""What is sent: lines, commands, buttons, variables, and what comes back to be thought over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.stage import START, Puppet, Stage, buttons, end, head, stage, text, trace
from vftui.history import History
from vftui.opening import Options
from vftui.session.log import Entry
from vftui.ui.outgoing import UNATTENDED


def said(words: str) -> dict[str, Any]:
    return {"type": "text", "payload": words}


async def answer(on: Stage) -> None:
    """Let the turn that runs be over."""
    await on.play(head(), text("Well."), end())


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("/event checkout", {"type": "event", "payload": {"event": {"name": "checkout"}}}),
        ("/noreply", {"type": "no-reply"}),
        ('/action {"type": "paid", "x": [1]}', {"type": "paid", "x": [1]}),
        ("//event", said("/event")),
        ("half / half", said("half / half")),
    ],
)
async def test_a_command_sends_its_action(line: str, action: dict[str, Any]) -> None:
    async with stage() as on:
        await on.say(line)
        await on.until(lambda: len(on.puppet.actions) == 2)
        assert on.puppet.actions[-1] == action


async def test_a_command_that_is_wrong_is_not_sent_and_stays() -> None:
    async with stage() as on:
        await on.say("/action {oops")
        assert len(on.puppet.actions) == 1
        assert on.chat.prompt.text == "/action {oops"
        assert "Column" in on.screen_text


async def test_variables_go_with_the_next_action_only() -> None:
    async with stage() as on:
        await on.say("/vars tier=gold seats=2")
        await on.say("/vars dock=pier-3")
        assert len(on.puppet.actions) == 1
        await on.say("go")
        await answer(on)
        await on.say("again")
        await on.until(lambda: len(on.puppet.actions) == 3)
        assert on.puppet.variables[1:] == [{"tier": "gold", "seats": 2, "dock": "pier-3"}, None]


async def test_a_button_is_pressed_by_a_command_and_by_its_label_but_not_by_a_bare_number() -> None:
    async with stage() as on:
        for line, expected in (
            ("/press 2", said("Talk")),
            ("/press hire", {"type": "path-1"}),
            ("HIRE", {"type": "path-1"}),
            ("2", said("2")),
        ):
            await on.say("go")
            await on.play(head(), buttons(Hire={"type": "path-1"}, Talk=None), end())
            await on.say(line)
            await answer(on)
            assert on.puppet.actions[-1] == expected


async def test_what_waits_is_taken_back_last_first_with_its_variables() -> None:
    async with stage() as on:
        await on.say("one")
        await on.say("two")
        await on.say("/vars x=1")
        await on.say("/event three")
        await on.until(lambda: "2 queued · up takes it back" in on.screen_text)
        await on.press("up")
        await on.until(lambda: on.chat.prompt.text.startswith("/action"))
        assert on.chat.prompt.waiting == 1
        on.chat.prompt.clear()
        await on.say("/event four")
        await answer(on)
        await on.until(lambda: on.puppet.actions[-1] == said("two"))
        await answer(on)
        await on.until(lambda: len(on.puppet.actions) == 4)
        assert on.puppet.actions[-1] == {"type": "event", "payload": {"event": {"name": "four"}}}
        assert on.puppet.variables[1:] == [None, None, {"x": 1}]


async def test_what_was_said_is_edited_and_sent_again() -> None:
    action = {"type": "path-1", "payload": {"label": "Hire"}, "more": [1]}
    async with stage() as on:
        await on.say("go")
        await on.play(head(), buttons(Hire=action), end())
        await on.press("alt+1")
        await answer(on)
        on.chat.conversation.select(
            next(n for n, item in enumerate(on.session.items) if item.text == "Hire")
        )
        on.chat.conversation.focus()
        await on.press("e")
        assert on.keys_go_to(on.chat.prompt)
        await on.press("enter")
        await on.until(lambda: len(on.puppet.actions) == 4)
        assert on.puppet.actions[-1] == action


async def test_after_the_end_enter_alone_begins_anew() -> None:
    async with stage() as on:
        await on.say("bye")
        await on.play(head(), text("Bye!"), trace("end"), end())
        await on.until(lambda: on.chat.prompt.over)
        await on.press("enter")
        await on.until(lambda: on.puppet.actions[-1] == {"type": "launch"})
        assert on.puppet.restarts == 1


@pytest.mark.parametrize("sends", [True, False])
async def test_silence_is_told_and_sent_by_itself_only_if_wanted(sends: bool) -> None:
    now = [START]
    options = Options(send_no_reply=sends)
    async with stage(clock=lambda: now[0], options=options) as on:
        await on.say("go")
        await on.play(head(START), trace("no-reply", timeout=20), end(START))
        await on.until(lambda: "20 s" in on.screen_text, "the countdown")
        now[0] += 21
        if sends:
            await on.until(lambda: on.puppet.actions[-1] == {"type": "no-reply"})
        else:
            await on.until(lambda: "no-reply is due" in on.screen_text)
            assert len(on.puppet.actions) == 2
            await on.press("f8")
            await on.until(lambda: on.puppet.actions[-1] == {"type": "no-reply"})


async def test_whoever_types_is_not_interrupted_by_their_own_silence() -> None:
    now = [START]
    async with stage(clock=lambda: now[0], options=Options(send_no_reply=True)) as on:
        await on.say("go")
        await on.play(head(START), trace("no-reply", timeout=20), end(START))
        await on.press("x")
        await on.until(lambda: "no-reply in 20 s" in on.screen_text)
        await on.press("backspace")
        now[0] += 21
        await on.until(lambda: "no-reply is due" in on.screen_text)
        assert len(on.puppet.actions) == 2


async def test_an_agent_that_asks_for_ever_is_not_answered_for_ever() -> None:
    answer: list[Entry] = [head(START), trace("no-reply", timeout=0)]
    puppet = Puppet(answer)
    async with stage(puppet, clock=lambda: START + 9, options=Options(send_no_reply=True)) as on:
        await on.until(lambda: len(puppet.actions) == 1 + UNATTENDED)
        await on.until(lambda: not on.busy and "no-reply is due" in on.screen_text)
        await on.say("Here I am.")
        await on.until(lambda: len(puppet.actions) == 2 + 2 * UNATTENDED)


async def test_messages_keep_the_pace_that_the_agent_asks_for() -> None:
    async with stage(options=Options(pace=True)) as on:
        await on.say("go")
        on.puppet.play(head(), trace("text", message="Late.", delay=60_000), end())
        await on.until(lambda: len(on.journal) == 7, "the recording has all of it")
        assert "Late." not in on.conversation_text
        await on.press("escape")
        await on.until(lambda: "Late." in on.conversation_text)
        assert not on.busy


async def test_history_comes_from_earlier_conversations(tmp_path: Path) -> None:
    kept = History.load(tmp_path / "history.jsonl")
    kept.add("hire a bike")
    async with stage(history=kept) as on:
        await on.press("up")
        assert on.chat.prompt.text == "hire a bike"
        on.chat.prompt.clear()
        await on.say("/event x")
        await answer(on)
    assert History.load(tmp_path / "history.jsonl").entries == ["hire a bike", "/event x"]
