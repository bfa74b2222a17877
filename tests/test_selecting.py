"""Text is selected with the mouse in every pane of lines of the real screen, and copied as seen."""

from __future__ import annotations

import pytest
from textual.selection import SELECT_ALL

from tests.stage import TINY, WIDE, Stage, stage, text, turn
from vftui.ui.lines import LineView

LOG = [entry for number in range(40) for entry in turn(f"question {number}", text("Four bikes."))]


def views(on: Stage) -> list[LineView]:
    return [on.chat.conversation, on.chat.side.traces, on.chat.side.detail]


async def drag(on: Stage, view: LineView, start: tuple[int, int], stop: tuple[int, int]) -> str:
    """What is selected when the mouse goes from one cell of the content to another."""
    left, top = view.content_region.offset
    await on.pilot.mouse_down(offset=(left + start[0], top + start[1]))
    await on.pilot.hover(offset=(left + stop[0], top + stop[1]))
    await on.pilot.mouse_up(offset=(left + stop[0], top + stop[1]))
    return on.app.screen.get_selected_text() or ""


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("start", [0, 4])
async def test_what_is_seen_is_what_is_selected(place: int, start: int) -> None:
    async with stage(log=LOG, size=WIDE) as on:
        await on.press("tab", "tab", "end", "enter")
        view = views(on)[place]
        left, top = view.content_region.offset
        lines = [line for line in on.screen_text.split("\n")[top:]]
        gutter = max(start, view.GUTTER)
        right = left + view.line_width
        selected = await drag(on, view, (start, 1), (11, 3))
        assert selected == "\n".join(
            [
                lines[1][left + gutter : right].rstrip(),
                lines[2][left + view.GUTTER : right].rstrip(),
                lines[3][left + view.GUTTER : left + 12].rstrip(),
            ]
        ).rstrip("\n")
        assert selected


async def test_the_selection_of_a_list_stays_on_its_lines_while_it_grows_and_scrolls() -> None:
    async with stage() as on:
        for number in range(30):
            await on.say(f"question {number}")
            await on.play(*turn("", text("Four bikes."))[1:])
        await on.say("more")
        traces = on.chat.side.traces
        words = await drag(on, traces, (3, 1), (30, 2))
        assert words.count("\n") == 1
        await on.play(*turn("", text("Four bikes."))[1:])
        on.chat.side.traces.focus()
        await on.press("home", "end")
        assert on.app.screen.get_selected_text() == words


@pytest.mark.parametrize(("size", "place", "last"), [(TINY, 0, "Four bikes."), (WIDE, 1, "closed")])
async def test_everything_can_be_selected(size: tuple[int, int], place: int, last: str) -> None:
    async with stage(log=LOG, size=size) as on:
        view = views(on)[place]
        selected = view.get_selection(SELECT_ALL)
        assert selected is not None
        lines = selected[0].split("\n")
        assert len(lines) == view.line_count
        assert last in lines[-1]
