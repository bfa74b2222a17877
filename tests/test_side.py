"""The side column: its panes at every size, the tabs, the keys that lead there and back."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from tests.stage import NARROW, SIZES, SMALL, TINY, WIDE, Stage, shown, stage, text, turn
from vftui.session.log import Closed
from vftui.ui.tabs import Tabs

LOG = turn("hello", text("Hi there"))

LOW = (120, 15)

SIZES_BELOW_WIDE = [NARROW, LOW, SMALL, TINY]


def visible(on: Stage) -> set[str]:
    """The panes that are on the screen."""
    side = on.chat.side
    panes = {
        "conversation": on.chat.conversation,
        "traces": side.traces,
        "detail": side.detail,
        "tokens": side.tokens,
        "prompt": on.chat.prompt,
    }
    return {name for name, pane in panes.items() if pane.region.area and pane.is_on_screen}


def has_keys(on: Stage) -> bool:
    """Whether the keys go to something that can be seen."""
    widget = on.focused
    return widget is not None and bool(widget.region.area) and widget.is_on_screen


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_pane_can_be_reached_by_keys(size: tuple[int, int]) -> None:
    async with stage(size=size) as on:
        seen = visible(on)
        for keys in (["f2"], ["f4"], ["f4"], ["f2"], ["f2"]):
            await on.press(*keys)
            seen |= visible(on)
            assert has_keys(on)
        assert seen == {"conversation", "traces", "detail", "tokens", "prompt"}


@pytest.mark.parametrize("size", [WIDE, TINY], ids=str)
@pytest.mark.parametrize("key", ["tab", "shift+tab"])
async def test_tab_goes_around_what_can_be_seen(size: tuple[int, int], key: str) -> None:
    async with stage(size=size) as on:
        for _ in range(2):
            start = on.focused
            went = set()
            for _ in range(6):
                await on.press(key)
                assert has_keys(on)
                assert on.focused is not None
                went.add(on.focused.id)
                if on.focused is start:
                    break
            assert on.keys_go_to(start)
            assert len(went) >= 2
            await on.press("f2")


async def test_what_is_shown_at_each_size() -> None:
    async with stage(size=WIDE) as on:
        assert visible(on) == {"conversation", "traces", "detail", "tokens", "prompt"}
        await on.pilot.resize_terminal(*LOW)
        await on.pilot.pause()
        assert visible(on) == {"conversation", "traces", "tokens", "prompt"}
        await on.pilot.resize_terminal(*NARROW)
        await on.pilot.pause()
        assert visible(on) == {"conversation", "traces", "tokens", "prompt"}
        await on.pilot.resize_terminal(*TINY)
        await on.pilot.pause()
        assert visible(on) == {"conversation", "prompt"}
        await on.press("f2")
        assert visible(on) >= {"traces", "prompt"}
        assert "conversation" not in visible(on)


@pytest.mark.parametrize("pane", ["traces", "detail", "conversation"])
@pytest.mark.parametrize("size", SIZES_BELOW_WIDE, ids=str)
async def test_a_pane_that_a_resize_hides_gives_the_keys_away(
    pane: str, size: tuple[int, int]
) -> None:
    async with stage(size=WIDE) as on:
        on.chat.query_one(f"#{pane}").focus()
        await on.pilot.pause()
        await on.pilot.resize_terminal(*size)
        await on.until(lambda: has_keys(on), f"{on.focused} can be seen")
        await on.pilot.resize_terminal(*WIDE)
        await on.pilot.pause()
        assert has_keys(on)


async def test_a_shown_side_column_gives_the_keys_away_when_hidden() -> None:
    async with stage(size=SMALL) as on:
        await on.press("f2")
        assert on.keys_go_to(on.chat.side.traces)
        await on.press("f2")
        assert on.keys_go_to(on.chat.prompt)
        assert visible(on) == {"conversation", "prompt"}


async def test_the_filter_gives_the_keys_away_when_a_resize_hides_it() -> None:
    async with stage(size=WIDE) as on:
        on.chat.side.traces.focus()
        await on.press("slash")
        assert isinstance(on.focused, Input)
        await on.pilot.resize_terminal(*TINY)
        await on.until(lambda: has_keys(on))


async def test_the_tabs_work_by_mouse() -> None:
    async with stage(size=NARROW) as on:
        tabs = on.chat.side.query_one(Tabs)
        line = shown(tabs)
        for word, place in (("Detail", 0), ("Traces", 0), ("Detail", 5), ("Traces", 5)):
            await on.pilot.click(tabs, offset=(line.index(word) + place, 0))
            await on.pilot.pause()
            assert (word.lower() in visible(on)) and on.focused is on.chat.query_one(
                f"#{word.lower()}"
            )


@pytest.mark.parametrize("size", [SMALL, TINY], ids=str)
async def test_the_tabs_work_by_mouse_on_a_tiny_screen(size: tuple[int, int]) -> None:
    async with stage(size=size) as on:
        await on.press("f2")
        tabs = on.chat.side.query_one(Tabs)
        line = shown(tabs)
        for word in ("Detail", "Traces"):
            for place in (0, 5):
                await on.pilot.click(tabs, offset=(line.index(word) + place, 0))
                await on.pilot.pause()
                assert word.lower() in visible(on), (word, place)


@pytest.mark.parametrize("size", [WIDE, TINY], ids=str)
@pytest.mark.parametrize("pane", ["conversation", "traces", "detail"])
async def test_a_pane_can_have_the_whole_screen(size: tuple[int, int], pane: str) -> None:
    async with stage(log=LOG, size=size) as on:
        before = visible(on)
        if pane == "detail" and size != WIDE:
            await on.press("f4")
        elif pane != "conversation":
            on.chat.show_side("traces")
        widget = on.chat.query_one(f"#{pane}")
        widget.focus()
        await on.pilot.pause()
        before = visible(on)
        await on.press("f11")
        assert visible(on) == {pane}
        assert on.keys_go_to(widget)
        zoomed = on.chat.maximized
        assert zoomed is not None and zoomed.outer_size == (size[0], size[1] - 1)  # the footer
        await on.pilot.resize_terminal(60, 14)
        await on.pilot.pause()
        assert visible(on) == {pane}
        await on.pilot.resize_terminal(*size)
        await on.press("z")
        assert visible(on) == before
        assert has_keys(on)


@pytest.mark.parametrize("size", [WIDE, TINY], ids=str)
async def test_the_zoomed_list_keeps_its_columns_and_its_filter(size: tuple[int, int]) -> None:
    async with stage(log=LOG, size=size) as on:
        on.chat.show_side("traces")
        await on.press("z")
        assert "+ms" in on.screen_text and "Traces · 4" in on.screen_text
        await on.press("f", *"type:text", "enter")
        assert on.chat.side.traces.line_count == 1
        assert on.keys_go_to(on.chat.side.traces)
        await on.press("z")
        assert on.chat.maximized is None


async def test_escape_leaves_the_zoom() -> None:
    async with stage(log=LOG) as on:
        on.chat.side.traces.focus()
        await on.press("z", "escape")
        assert on.chat.maximized is None
        await on.press("escape")
        assert on.keys_go_to(on.chat.conversation)


async def test_a_zoomed_pane_that_a_resize_would_hide_stays_and_can_be_left() -> None:
    async with stage() as on:
        on.chat.side.traces.focus()
        await on.press("z")
        await on.pilot.resize_terminal(*TINY)
        await on.pilot.pause()
        assert visible(on) == {"traces"}
        await on.press("z")
        await on.until(lambda: has_keys(on))


async def test_leaving_the_zoom_by_a_key_that_shows_another_pane() -> None:
    async with stage(log=LOG) as on:
        on.chat.conversation.focus()
        await on.press("z")
        await on.press("t")
        assert "traces" in visible(on)
        assert on.keys_go_to(on.chat.side.traces)


async def test_a_stream_goes_on_through_resizes() -> None:
    async with stage() as on:
        await on.say("go")
        for number, size in enumerate((*SIZES, *reversed(SIZES), TINY, WIDE, SMALL)):
            await on.pilot.resize_terminal(*size)
            await on.play(text(f"message {number} " * 9))
        await on.play(Closed(1.0, "complete"))
        assert all(f"message {number} " in on.conversation_text for number in range(11))
        assert on.chat.conversation.follow
        assert has_keys(on)


async def test_the_panel_below_the_list_gets_the_keys_before_it_is_another() -> None:
    async with stage(log=LOG, size=WIDE) as on:
        side = on.chat.side
        side.traces.focus()
        for panel in ("detail", "time", "problems", "detail"):
            await on.press("f4")
            assert side.lower == panel and on.keys_go_to(on.chat.query_one(f"#{panel}"))
