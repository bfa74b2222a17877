"""What is selected in one pane is seen in the others, and leads there and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.stage import NARROW, TINY, WIDE, Stage, shown, stage, talked, text, trace, turn
from vftui.session.log import Received

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW, TINY], ids=str)


@asynccontextmanager
async def slow(size: tuple[int, int] = WIDE) -> AsyncIterator[Stage]:
    """The recording of a turn that took its time."""
    async with stage(log=await talked("v4", "slow dock"), size=size) as on:
        yield on


async def test_whoever_moves_in_one_pane_sees_the_other_follow() -> None:
    log = [*turn("one", text("first")), *turn("two", text("second"))]
    async with stage(log=log) as on:
        traces, talk = on.chat.side.traces, on.chat.conversation
        talk.focus()
        await on.press("up", "up", "up", "up")
        assert talk.selected is not None
        item = on.session.items[talk.selected]
        assert traces.seq == item.first_seq and on.keys_go_to(talk)
        traces.focus()
        await on.press("end", "up")
        assert talk.selected == len(on.session.items) - 1 and on.keys_go_to(traces)
        await on.press("home")
        assert talk.selected == 0 and traces.seq == 1


@SIZES
async def test_the_longest_bar_is_selected_and_leads_to_its_traces(size: tuple[int, int]) -> None:
    async with slow(size) as on:
        await on.press("f7")
        side = on.chat.side
        assert on.keys_go_to(side.time)
        await on.until(lambda: side.time.cursor is not None, "a bar is selected")
        bar = side.time._selected
        assert bar is not None and bar.text.startswith("claude")
        await on.press("enter")
        assert on.keys_go_to(side.traces) and side.traces.seq == bar.seqs[0]
        assert side.lower == "detail"
        assert "›" in shown(side.traces)


async def test_a_bar_lights_its_traces_while_the_keys_stay() -> None:
    async with slow() as on:
        await on.press("f7")
        side = on.chat.side
        await on.until(lambda: side.time.cursor is not None, "a bar is selected")
        await on.press("up")
        bar = side.time._selected
        assert bar is not None and side.traces.seq == bar.seqs[0] and on.keys_go_to(side.time)
        lit = [row for row in shown(side.traces).splitlines() if "›" in row[:6]]
        assert len(lit) == len(bar.seqs)


@SIZES
async def test_a_problem_leads_to_its_evidence(size: tuple[int, int]) -> None:
    wrong = trace("debug", message="credit_limit_reached", level="error")
    async with stage(log=turn("hi", wrong, text("sorry")), size=size) as on:
        assert on.session.problems
        await on.press("f6")
        assert on.keys_go_to(on.chat.side.problems)
        assert "Problems 1" in on.screen_text
        await on.press("enter")
        traces = on.chat.side.traces
        assert on.keys_go_to(traces) and traces.seq == on.session.problems[0].seq
        row = traces.row(traces.seq)
        assert row is not None and isinstance(row.entry, Received)


async def test_the_time_of_the_turn_is_shown_whose_trace_is_selected() -> None:
    log = [*turn("one", text("first")), *turn("two", text("second"))]
    async with stage(log=log) as on:
        on.chat.show_side("time")
        await on.pilot.pause()
        assert "turn 2" in str(on.chat.side.time.border_title)
        on.chat.side.traces.focus()
        await on.press("home")
        assert "turn 1" in str(on.chat.side.time.border_title)


@SIZES
async def test_passing_by_the_time_moves_no_cursor(size: tuple[int, int]) -> None:
    async with slow(size) as on:
        side = on.chat.side
        on.chat.show_side("traces")
        side.traces.choose(30)
        await on.press("f7")
        await on.until(lambda: side.time.cursor is not None, "a bar is selected")
        await on.press("f4", "f4", "f4")
        assert side.traces.seq == 30


async def test_a_message_stays_selected_while_its_traces_are_shown() -> None:
    async with stage(log=await talked("v4", "hire a bike")) as on:
        talk = on.chat.conversation
        talk.focus()
        await on.press("up")
        while not (talk.selected is not None and talk._wanted.item.text.startswith("**Pier 3")):
            await on.press("up")
        chosen = talk.selected
        await on.press("t")
        assert talk.selected == chosen
        assert on.chat.side.traces.seq == on.session.items[chosen].first_seq
