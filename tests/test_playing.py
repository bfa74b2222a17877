"""Playback on the screen: all panes show the same entries, and the keys are answered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.stage import START, Stage, end, head, stage, text, trace, turn
from vftui.session.log import Entry, Sent
from vftui.ui.player import PlayerBar


def conversation(turns: int) -> list[Entry]:
    log: list[Entry] = []
    for number in range(1, turns + 1):
        at = START + number * 20
        log += [
            Sent(at, {"type": "text", "payload": f"question {number}"}, "v4"), head(at + 0.1),
            trace("text", at + 1, message=f"answer {number}"), end(at + 2),
        ]  # fmt: skip
    return log


async def shows(on: Stage, number: int) -> None:
    """Wait until exactly these entries are on the screen, in every pane."""
    await on.until(
        lambda: (
            on.session.entries == number
            and len(on.opening.log) == number
            and on.chat.side.traces.line_count == number
        ),
        f"{number} entries are shown",
    )
    await on.pilot.pause(0.02)


def bar(on: Stage) -> str:
    """What the bar says."""
    return on.chat.bar.render().plain


async def test_a_live_conversation_has_no_player() -> None:
    async with stage() as on:
        await on.press("f5")
        assert not on.chat.bar.display


async def test_the_bar_says_where_a_recording_is() -> None:
    async with stage(log=conversation(2)) as on:
        await on.until(lambda: on.chat.bar.display and "of 2" in bar(on))
        assert "0:07.0 / 0:07.0  1×  turn 2 of 2  ━" in bar(on)
        assert on.focused is on.chat.conversation


async def test_every_pane_goes_back_and_on() -> None:
    async with stage(log=conversation(3)) as on:
        await on.until(lambda: "of 3" in bar(on))
        on.chat.bar.focus()
        await on.press("left_square_bracket")
        await shows(on, 8)
        assert "answer 2" in on.conversation_text and "question 3" not in on.conversation_text
        assert "turn 2" in on.screen_text.split("Traces")[0]
        await on.press("comma")
        await shows(on, 7)
        assert "streaming" in on.screen_text
        await on.press("comma", "comma")
        await shows(on, 5)
        assert "answer 2" not in on.conversation_text and "question 2" in on.conversation_text
        await on.press("full_stop")
        await shows(on, 6)
        await on.press("home")
        await shows(on, 0)
        assert "answer" not in on.conversation_text
        assert "appear here while the agent answers" in on.screen_text
        await on.press("0")
        await shows(on, 12)
        assert "answer 3" in on.conversation_text


async def test_the_filter_of_the_traces_holds_while_it_plays() -> None:
    async with stage(log=conversation(3)) as on:
        await on.until(lambda: "of 3" in bar(on))
        traces = on.chat.side.traces
        traces.focus()
        await on.press("f", *"type:text", "enter")
        await on.until(lambda: traces.line_count == 3, "three answers pass")
        on.chat.bar.focus()
        await on.press("left_square_bracket", "left_square_bracket")
        await on.until(lambda: traces.line_count == 1, "one answer is there")
        await on.press("right_square_bracket")
        await on.until(lambda: traces.line_count == 2, "two are")


async def test_the_selected_trace_is_one_that_is_shown() -> None:
    async with stage(log=conversation(3)) as on:
        await on.until(lambda: "of 3" in bar(on))
        traces = on.chat.side.traces
        traces.show(11)
        on.chat.bar.focus()
        await on.press("left_square_bracket")
        await shows(on, 8)
        assert traces.seq is not None and traces.seq <= 8


async def test_it_plays_at_a_hundred_times_to_the_end() -> None:
    async with stage(log=conversation(4)) as on:
        await on.until(lambda: "of 4" in bar(on))
        on.chat.bar.focus()
        await on.press(*["greater_than_sign"] * 9)
        assert "100×" in bar(on)
        await on.press("f5")
        await shows(on, 16)
        await on.until(lambda: bar(on).startswith("⏸"), "it stops at the end")


async def test_f5_pauses_and_goes_on_wherever_the_keys_are() -> None:
    async with stage(log=conversation(2)) as on:
        await on.until(lambda: "of 2" in bar(on))
        on.chat.side.traces.focus()
        await on.press("f5")
        await shows(on, 2)
        assert bar(on).startswith("▶")
        await on.press("f5")
        assert bar(on).startswith("⏸") and on.session.entries < 8


async def test_a_click_seeks() -> None:
    async with stage(log=conversation(2)) as on:
        await on.until(lambda: "of 2" in bar(on))
        track = bar(on).index("━")
        await on.pilot.click(PlayerBar, offset=(track + 2, 0))
        await shows(on, 1)
        await on.pilot.click(PlayerBar, offset=(on.chat.bar.size.width, 0))
        await shows(on, 8)
        await on.pilot.click(PlayerBar, offset=(1, 0))
        assert bar(on).startswith("▶")


@pytest.mark.parametrize("size", [(140, 40), (80, 24), (50, 15), (40, 12)])
async def test_the_bar_fits(size: tuple[int, int]) -> None:
    async with stage(log=conversation(2), size=size) as on:
        await on.until(lambda: "of 2" in bar(on))
        assert on.chat.bar.region.height == 1
        assert "/ 0:07.0" in on.screen_text


async def test_a_saved_stream_can_be_played_once_it_is_over() -> None:
    async def arriving() -> AsyncIterator[Entry]:
        for entry in turn("hello", text("one"), text("two")):
            yield entry

    async with stage(log=[], replay=arriving()) as on:
        await on.until(lambda: on.chat.bar.display, "the bar is there")
        assert len(on.journal) == 5 == on.session.entries
        await on.press("f5")
        await on.until(lambda: on.opening.window is not None)


async def test_while_it_is_read_the_header_says_how_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vftui.follower.SLICE", 1e-9)
    monkeypatch.setattr("vftui.follower.REST", 0.2)
    log = [entry for _ in range(30) for entry in conversation(5)]
    async with stage(log=log) as on:
        on.chat.bar.focus()
        await on.until(lambda: on.chat.bar.display)
        await on.press("comma")
        await on.until(lambda: "reading" in on.screen_text.split("\n")[0])
        await shows(on, len(log) - 1)
        await on.until(lambda: "reading" not in on.screen_text.split("\n")[0])
