"""Budgets in the app: warnings in words, and a question before more is spent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.stage import START, Puppet, Stage, buttons, end, head, stage, text, trace, turn
from vftui.opening import Options
from vftui.prices import Prices
from vftui.session.budget import Budget
from vftui.session.log import Entry
from vftui.session.tokens import Tokens
from vftui.ui.asking import AddressScreen
from vftui.ui.question import BudgetScreen


def report(total: int) -> Entry:
    told = {"total": total, "query": total, "answer": 0}
    return trace(
        "debug",
        message="resources consumption",
        metadata={"model": "gpt-4o", "postMultiplierTokensConsumption": told},
    )


def limited(*, ask: bool = False, **limits: int) -> dict[str, Any]:
    return {"options": Options(budget=Budget(**limits), budget_ask=ask)}


async def take(on: Stage, words: str, total: int) -> None:
    """A turn that takes so many tokens."""
    await on.say(words)
    await on.play(head(), text("Well."), report(total), end())
    await on.until(lambda: not on.busy)


def asked(on: Stage) -> bool:
    return isinstance(on.app.screen, BudgetScreen)


def warnings(on: Stage) -> list[str]:
    return [toast for toast in on.toasts if "udget" in toast]


async def test_each_level_is_said_once() -> None:
    async with stage(**limited(session=1000)) as on:
        await take(on, "one", 400)
        assert warnings(on) == []
        await take(on, "two", 150)
        half = "Half of the budget is spent: session 55 % of 1,000."
        assert warnings(on) == [half]
        await take(on, "three", 10)
        assert warnings(on) == [half]
        await take(on, "four", 240)
        nearly = "The budget is nearly spent: session 80 % of 1,000."
        assert warnings(on) == [half, nearly]
        await take(on, "five", 500)
        assert warnings(on) == [half, nearly, "The budget is spent: session 130 % of 1,000."]
        await take(on, "six", 500)
        assert len(warnings(on)) == 3 and not asked(on)


async def test_each_turn_has_its_own_budget() -> None:
    async with stage(**limited(turn=100)) as on:
        await take(on, "one", 120)
        await take(on, "two", 10)
        await take(on, "three", 80)
        assert warnings(on) == [
            "The budget is spent: turn 120 % of 100.",
            "The budget is nearly spent: turn 80 % of 100.",
        ]


async def test_what_nobody_reported_is_said_beside() -> None:
    async with stage(**limited(session=1000)) as on:
        await on.say("free")
        await on.play(head(), text("Hello."), end())
        await on.until(lambda: not on.busy)
        await take(on, "one", 600)
        told = "Half of the budget is spent: session 60 % of 1,000 +? (1 turn not reported)."
        assert warnings(on) == [told]


async def test_an_estimate_warns_while_the_text_streams() -> None:
    async with stage(**limited(turn=10)) as on:
        await on.say("go")
        told = {"state": "content", "content": "a word " * 40}
        await on.play(head(), trace("completion", state="start"), trace("completion", **told))
        await on.until(lambda: warnings(on))
        assert "turn ~" in warnings(on)[0]
        await on.play(end())


async def test_nothing_is_asked_of_those_who_do_not_want_it() -> None:
    async with stage(**limited(turn=10)) as on:
        await take(on, "one", 20)
        await take(on, "two", 20)
        assert len(on.puppet.actions) == 3


async def test_no_keeps_what_was_typed_and_yes_sends_it_once() -> None:
    async with stage(**limited(ask=True, session=100)) as on:
        await take(on, "one", 99)
        await take(on, "two", 1)
        await on.say("three\nlines")
        await on.until(lambda: asked(on))
        assert "session 100 % of 100" in on.screen_text
        await on.press("n")
        await on.until(lambda: not asked(on))
        assert on.chat.prompt.text == "three\nlines" and len(on.puppet.actions) == 3
        assert on.keys_go_to(on.chat.prompt)
        await on.press("enter")
        await on.until(lambda: asked(on))
        await on.press("enter")
        assert asked(on), "the key that sent it does not answer for it"
        await on.press("y")
        await on.until(lambda: len(on.puppet.actions) == 4)
        assert on.puppet.actions[-1] == {"type": "text", "payload": "three\nlines"}
        assert on.chat.prompt.text == ""
        await on.play(head(), end())
        await on.say("four")
        await on.until(lambda: asked(on))
        await on.press("escape")
        await on.until(lambda: not asked(on))
        assert on.chat.prompt.text == "four" and len(on.puppet.actions) == 4


async def test_a_person_can_be_left_alone_from_now_on() -> None:
    async with stage(**limited(ask=True, session=100)) as on:
        await take(on, "one", 100)
        await on.say("two")
        await on.until(lambda: asked(on))
        await on.press("a")
        await on.until(lambda: len(on.puppet.actions) == 3)
        await on.play(head(), end())
        await on.say("three")
        await on.until(lambda: len(on.puppet.actions) == 4)
        assert not asked(on)


async def test_a_turn_that_was_too_dear_asks_before_the_next() -> None:
    async with stage(**limited(ask=True, turn=100)) as on:
        await take(on, "one", 100)
        await on.say("two")
        await on.until(lambda: asked(on))
        await on.press("y")
        await on.play(head(), report(10), end())
        await on.say("three")
        await on.until(lambda: len(on.puppet.actions) == 4)


async def test_buttons_and_commands_ask_and_variables_do_not() -> None:
    async with stage(**limited(ask=True, session=100)) as on:
        await on.say("go")
        await on.play(head(), buttons(Hire={"type": "path-1"}), report(100), end())
        await on.say("/vars tier=gold")
        assert not asked(on)
        for line in ("/noreply", "/press 1", "HIRE"):
            await on.say(line)
            await on.until(lambda: asked(on))
            await on.press("n")
            await on.until(lambda: not asked(on))
            assert on.chat.prompt.text == line
            on.chat.prompt.clear()
        await on.press("alt+1")
        await on.until(lambda: asked(on))
        await on.press("n")
        await on.until(lambda: not asked(on))
        assert on.chat.prompt.text == "" and len(on.puppet.actions) == 2
        await on.press("alt+1")
        await on.until(lambda: asked(on))
        await on.press("y")
        await on.until(lambda: len(on.puppet.actions) == 3)
        assert on.puppet.actions[-1] == {"type": "path-1"}
        assert on.puppet.variables[-1] == {"tier": "gold"}


async def test_no_keeps_a_typed_label_whose_button_names_an_address() -> None:
    url = {"type": "path-1", "payload": {"actions": [
        {"type": "open_url", "payload": {"url": "https://example.com/docks"}},
    ]}}  # fmt: skip
    async with stage(**limited(turn=100, ask=True)) as on:
        await on.say("one")
        await on.play(head(), buttons(Map=url), report(100), end())
        await on.until(lambda: not on.busy)
        await on.say("Map")
        await on.until(lambda: isinstance(on.app.screen, AddressScreen))
        await on.press("s")
        await on.until(lambda: asked(on), "the budget is spent")
        await on.press("n")
        await on.until(lambda: on.chat.prompt.text == "Map", "nothing typed is lost")
        assert len(on.puppet.actions) == 2


async def test_what_waits_in_line_is_handed_back_when_the_budget_is_spent() -> None:
    async with stage(**limited(ask=True, session=100)) as on:
        await on.say("one")
        await on.say("two")
        await on.until(lambda: on.chat.prompt.waiting == 1)
        await on.play(head(), report(100), end())
        await on.until(lambda: on.chat.prompt.text == "two")
        assert len(on.puppet.actions) == 2 and not asked(on)


async def test_a_new_conversation_asks_before_the_old_one_is_left() -> None:
    async with stage(**limited(ask=True, session=100)) as on:
        await take(on, "one", 100)
        await on.press("ctrl+n")
        await on.until(lambda: asked(on))
        await on.press("n")
        await on.until(lambda: not asked(on))
        assert on.puppet.restarts == 0 and len(on.puppet.actions) == 2
        await on.press("ctrl+n")
        await on.until(lambda: asked(on))
        await on.press("y")
        await on.until(lambda: len(on.puppet.actions) == 3)
        assert on.puppet.restarts == 1


async def test_silence_is_not_answered_over_the_budget() -> None:
    options = Options(send_no_reply=True, budget=Budget(turn=100), budget_ask=True)
    due = trace("no-reply", timeout=1)
    puppet = Puppet()
    async with stage(puppet, options=options) as on:
        await on.say("go")
        await on.play(head(), due, report(100), end())
        await on.until(lambda: not on.busy)
        assert not on.chat.outgoing.answers_silence()
        on.chat._tick()
        assert len(puppet.actions) == 2 and not asked(on)


@pytest.mark.parametrize("size", [(140, 40), (40, 12)])
async def test_the_question_fits_any_window(size: tuple[int, int]) -> None:
    async with stage(size=size, **limited(ask=True, turn=1, session=2, day=3)) as on:
        await take(on, "one", 100)
        await on.say("two")
        await on.until(lambda: asked(on))
        for words in ("turn 10,000 % of 1", "session 5,000 % of 2", "send"):
            assert words in on.screen_text


async def test_prices_that_cannot_be_used_are_said_once() -> None:
    problem = "prices.toml is not valid TOML. Mend it there."
    async with stage(prices=lambda: Prices({}, problem=problem)) as on:
        await on.until(lambda: problem in on.toasts)
        await take(on, "one", 400)
        assert on.toasts.count(problem) == 1


DAY = 24 * 3600


def yesterday_and_today(*totals: int) -> list[Entry]:
    """Two turns, a day apart."""
    return [
        replace(entry, at=entry.at + day * DAY)
        for day, total in enumerate(totals)
        for entry in turn("go", text("Well."), report(total))
        if entry.at is not None
    ]


async def test_a_day_ends_at_midnight_and_knows_what_other_sessions_took() -> None:
    options = Options(budget=Budget(day=100))
    log = yesterday_and_today(70, 5)
    more: dict[str, Any] = {"options": options, "clock": lambda: START + DAY + 60}
    async with stage(log=log, today=lambda: Tokens(10, 10, 0, "reported"), **more) as on:
        await on.until(lambda: on.chat.account.today is not None)
        assert [one.words for one in on.chat.account.standings] == ["day 15 % of 100"]
    async with stage(log=log, **more) as on:
        assert on.chat.account.today is None
        assert [one.words for one in on.chat.account.standings] == ["day 75 % of 100 +?"]
