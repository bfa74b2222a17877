"""A run that repeats a recording, in the app: each turn is held against the one of then."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from tests.stage import NARROW, WIDE, Puppet, Stage, all_lines, shown, stage, text, turn
from vftui.session.compare import Outlines, Repeats
from vftui.session.log import Closed, Ending, Entry

WORDS = ("one", "two", "three")


def recorded() -> list[Entry]:
    return [entry for words in WORDS for entry in turn(words, text(f"{words}."))]


async def run_again(on: Stage, gate: asyncio.Event) -> None:
    """Let the conversation begin, which sends what was recorded."""
    on.opening.repeats = Repeats(Outlines.of(recorded()), on.session)
    gate.set()
    await on.until(lambda: len(on.puppet.actions) == len(WORDS) and not on.busy, "all were sent")
    await on.painted()


def begins() -> list[tuple[dict[str, Any], None]]:
    return [({"type": "text", "payload": words}, None) for words in WORDS]


def said(puppet: Puppet, times: int) -> bool:
    return len(puppet.actions) == times


async def test_each_turn_is_sent_and_compared() -> None:
    gate = asyncio.Event()
    async with stage(Puppet([text("one.")]), gate=gate, begins=begins(), size=WIDE) as on:
        await run_again(on, gate)
        assert [action["payload"] for action in on.puppet.actions] == [*WORDS]
        lines = all_lines(on.chat.side.runs).splitlines()
        assert [line[:6] for line in lines if line[:3].strip()] == ["  1  =", "  2  ≠", "  3  ≠"]
        assert "         - two." in lines and "         + one." in lines
        assert "3 of 3 turns · 2 differ" in shown(on.chat.side.runs)


async def test_enter_shows_the_traces_of_a_turn() -> None:
    gate = asyncio.Event()
    async with stage(Puppet([text("one.")]), gate=gate, begins=begins(), size=NARROW) as on:
        await run_again(on, gate)
        assert "Run again" in on.screen_text
        on.chat.side.runs.focus()
        await on.press("end", "enter")
        assert on.chat.side.panel == "traces"
        assert on.chat.side.traces.seq == on.session.turns[2].first_seq


async def test_a_turn_that_goes_wrong_does_not_stop_the_run() -> None:
    gate, puppet = asyncio.Event(), Puppet()
    async with stage(puppet, gate=gate, begins=begins()) as on:
        on.opening.repeats = Repeats(Outlines.of(recorded()), on.session)
        gate.set()
        endings: tuple[Ending, ...] = ("truncated", "complete", "complete")
        for number, ending in enumerate(endings, 1):
            await on.until(partial(said, puppet, number))
            await on.play(text("one."), Closed(None, ending))
        await on.until(lambda: not on.busy)
        assert on.chat.side.runs.border_subtitle is not None
        assert len(puppet.actions) == 3 and not on.toasts
