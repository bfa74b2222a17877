"""Conversation, trace list and tokens show the same log, however often they are told of it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from functools import partial

import pytest

from tests.doors import PaperDoors
from tests.stage import (
    SIZES,
    WIDE,
    Puppet,
    Stage,
    all_lines,
    shown,
    stage,
    talked,
    until,
)
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.demo.failures import FAILURES
from vftui.live import configured
from vftui.render.conversation import transcript
from vftui.render.objects import session_json
from vftui.session.fold import Session
from vftui.session.log import Entry, Sent
from vftui.ui.app import VftuiApp
from vftui.ui.chat import ChatScreen
from vftui.wire.dialects import Api


def words(text: str) -> list[str]:
    """The words of a text, whatever lays it out."""
    return re.findall(r"\w+", text)


def assert_panes_agree(on: Stage) -> None:
    """Conversation, trace list and tokens show the same log."""
    again = Session.of(on.journal.entries())
    assert transcript(again) == transcript(on.session)
    traces = on.chat.side.traces
    assert traces.line_count == len(on.journal) == on.session.entries
    assert len(all_lines(traces).splitlines()) == len(on.journal)
    conversation = words(on.conversation_text)
    for turn_json in session_json(on.session)["turns"]:
        for message in turn_json["messages"]:
            plain = re.sub(r"\]\([^)]*\)|&#?\w+;|<[^>]*>|```\w*", " ", message)
            missing = [word for word in words(plain) if word.strip("_") not in conversation]
            assert not missing, (missing, message)
    tokens = shown(on.chat.side.tokens)
    total = on.session.tokens.total
    figure = "?" if total is None else f"{total:,}"
    session_line = next(line for line in tokens.splitlines() if "session" in line)
    assert figure in session_line


LONG = {f"fail {word}" for word in ("stall", "slow", "429", "503", "busy", "down", "away")}
"""What takes long; `test_endings` has it."""


@pytest.mark.parametrize("api", ["v4", "v2", "v2beta1"])
async def test_the_panes_agree_on_a_whole_conversation(api: Api) -> None:
    log = await talked(api, "hire a bike", "prices", "carousel", "long", "bye")
    async with stage(log=log) as on:
        on.chat.side.detail.display = False  # room for every line of the tokens
        await on.pilot.pause()
        assert_panes_agree(on)


async def test_the_panes_agree_while_it_streams() -> None:
    log = await talked("v4", "hire a bike")
    sent = [place for place, entry in enumerate(log) if isinstance(entry, Sent)]
    answer = log[sent[1] + 1 :]
    async with stage() as on:
        await on.say("hire a bike")
        for start in range(0, len(answer), 7):
            await on.play(*answer[start : start + 7])
            assert_panes_agree(on)


THUMBS = dict.fromkeys(map(ord, "▁▂▃▄▅▆▇"), " ")
"""Ends of a scrollbar's thumb: how long it is depends on heights, which are guessed at first."""


async def picture(log: Iterable[Entry], paints: Iterable[int], size: tuple[int, int]) -> str:
    """The screen after a log of which the panes were told at some places, sometimes twice."""
    async with stage(log=[], size=size) as on:
        when = list(paints)
        for number, entry in enumerate(log):
            on.session.apply(entry)
            on.journal.append(entry)
            for _ in range(when.count(number)):
                on.chat._paint()
                await on.pilot.pause()
        on.chat._paint()
        await on.painted()
        on.chat._paint()
        await on.pilot.pause()
        return on.screen_text.translate(THUMBS)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_painting_late_or_twice_leaves_the_same_screen(size: tuple[int, int]) -> None:
    log = await talked("v4", "hire a bike", "cards")
    chance = random.Random(7)
    once = await picture(log, [], size)
    for _ in range(2):
        often = chance.choices(range(len(log)), k=20)
        assert await picture(log, often, size) == once


async def test_the_panes_agree_on_a_live_agent_that_fails_in_every_way() -> None:
    async with demo_agent(pace=0) as url:
        way = {"api_key": KEY, "project": PROJECT, "base_url": url, "record": False}
        app = VftuiApp(partial(configured, way), PaperDoors())
        async with app.run_test(size=WIDE) as pilot:
            await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.opening)
            chat = app.screen
            assert isinstance(chat, ChatScreen) and chat.opening is not None
            on = Stage(app, pilot, chat.opening, Puppet())
            chat.side.detail.display = False
            for number, words in enumerate(FAILURES, start=2):
                if words in LONG:
                    chat.outgoing.send({"type": "text", "payload": "hours"})
                else:
                    chat.outgoing.send({"type": "text", "payload": words})
                await until(pilot, lambda: endings(on) == number, words)  # noqa: B023
                await on.painted()
                assert_panes_agree(on)


def endings(on: Stage) -> int:
    """How many turns are over."""
    return sum(turn.ending is not None for turn in on.session.turns)
