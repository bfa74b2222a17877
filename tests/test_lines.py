"""The line view: follows its tail, keeps its place, costs what the window costs."""

from __future__ import annotations

from random import Random

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.geometry import Region
from textual.pilot import Pilot
from textual.scrollbar import ScrollTo, ScrollUp
from textual.strip import Strip

from vftui.ui.lines import LineView


class Numbers(LineView):
    """Shows the number of each line, and counts how often it is asked."""

    GUTTER = 2
    COMPONENT_CLASSES = {"numbers--number"}
    DEFAULT_CSS = "Numbers > .numbers--number { color: $accent; background: $error; }"

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []
        self.words = "line"
        self.empty = "Nothing yet."

    def line_at(self, y: int, width: int) -> Strip:
        self.asked.append(y)
        mark = "> " if y == self.cursor else "| "
        return Strip([Segment(mark), Segment(f"{self.words} {y} 漢 {'x' * 90}")])


class Listed(Numbers):
    CURSOR = True


class Shown(App[None]):
    """One view, and the news it posts."""

    def __init__(self, view: Numbers) -> None:
        super().__init__()
        self.view = view
        self.news: list[tuple[bool, int]] = []
        self.layouts = 0

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.screen.screen_layout_refresh_signal.subscribe(self, self._laid_out)

    def _laid_out(self, _screen: object) -> None:
        self.layouts += 1

    def on_line_view_follow_changed(self, message: LineView.FollowChanged) -> None:
        assert message.control is self.view
        self.news.append((self.view.follow, self.view.below))


def app_with(view: Numbers, count: int = 100) -> Shown:
    view.set_line_count(count)
    return Shown(view)


def top(view: LineView) -> int:
    return view.scroll_offset.y


async def wheel(pilot: Pilot[None], view: LineView, kind: type, times: int = 1) -> None:
    for _ in range(times):
        view.post_message(kind(view, 1, 1, 0, 0, 0, False, False, False))
    await pilot.pause()


# Following


async def test_it_starts_at_the_tail_and_stays_there_while_it_grows() -> None:
    view = Numbers()
    async with app_with(view).run_test(size=(40, 10)) as pilot:
        for count in (101, 150, 100_000, 99):
            view.set_line_count(count)
            assert top(view) == count - 10
            await pilot.pause()
            assert view.render_line(9).text.startswith(f"| line {count - 1} ")
        assert view.follow
        assert view.below == 0


@pytest.mark.parametrize("key", ["up", "k", "pageup", "home", "g"])
@pytest.mark.parametrize("back", ["end", "G"])
async def test_a_key_that_goes_up_releases_it(key: str, back: str) -> None:
    view = Numbers()
    app = app_with(view)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press(key)
        place = top(view)
        assert place < 90
        for count in (101, 105):
            view.set_line_count(count)
            await pilot.pause()
            assert (top(view), view.follow, view.below) == (place, False, count - 100)
        await pilot.press(back)
        assert (top(view), view.follow, view.below) == (95, True, 0)
        await pilot.pause()
        assert app.news[-1] == (True, 0)
        assert (False, 5) in app.news


async def test_the_wheel_releases_and_attaches_it() -> None:
    view = Numbers()
    async with app_with(view).run_test(size=(40, 10)) as pilot:
        await wheel(pilot, view, MouseScrollUp, 2)
        assert not view.follow
        view.set_line_count(120)
        assert view.below == 20
        await wheel(pilot, view, MouseScrollDown, 4)
        assert 0 < view.below < 20
        await wheel(pilot, view, MouseScrollDown, 40)
        assert view.follow
        assert view.below == 0


async def test_the_scrollbar_releases_it_and_nothing_animates() -> None:
    view = Numbers()
    async with app_with(view).run_test(size=(40, 10)) as pilot:
        view.post_message(ScrollTo(y=40.4, animate=True))
        await pilot.pause()
        assert (top(view), view.follow) == (40, False)
        view.post_message(ScrollUp())
        await pilot.pause()
        assert top(view) == 30
        view.post_message(ScrollTo(y=500, animate=True))
        await pilot.pause()
        assert (top(view), view.follow) == (90, True)


async def test_setting_follow_goes_to_the_tail() -> None:
    view = Numbers()
    async with app_with(view).run_test(size=(40, 10)) as pilot:
        await pilot.press("home")
        view.follow = True
        assert top(view) == 90
        view.follow = False
        view.set_line_count(200)
        assert top(view) == 90


@pytest.mark.parametrize("seed", range(5))
async def test_below_is_what_came_and_was_not_in_the_window(seed: int) -> None:
    view = Numbers()
    random = Random(seed)
    count, seen = 30, 30
    async with app_with(view, count).run_test(size=(40, 10)) as pilot:
        for _ in range(30):
            if random.random() < 0.4:
                count += random.randrange(12)
                view.set_line_count(count)
            else:
                await pilot.press(random.choice(["up", "up", "down", "pageup", "pagedown"]))
            seen = count if view.follow else max(seen, top(view) + 10)
            assert view.follow == (top(view) == count - 10)
            assert view.below == count - seen


# Place and cost


async def test_growing_never_lays_the_screen_out_nor_asks_for_hidden_lines() -> None:
    view = Numbers()
    app = app_with(view)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("home")
        await pilot.pause()
        layouts = app.layouts
        view.asked.clear()
        for count in range(101, 120):
            view.set_line_count(count)
            await pilot.pause()
        assert app.layouts == layouts
        assert view.asked == []
        assert view.vertical_scrollbar.window_virtual_size == 119


async def test_a_line_is_made_once_until_it_is_said_to_differ() -> None:
    view = Numbers()
    async with app_with(view).run_test(size=(40, 10)) as pilot:
        await pilot.press("home")
        for _ in range(5):
            await pilot.press("down", "up")
        assert sorted(view.asked) == sorted(set(view.asked))
        view.asked.clear()
        view.words = "row"
        view.invalidate(3, 5)
        view.invalidate(50, 5_000_000)
        await pilot.pause()
        assert view.asked in ([3, 4], [*range(10)])
        assert view.render_line(3).text.startswith("| row 3")
        view.invalidate_all()
        await pilot.pause()
        assert view.render_line(9).text.startswith("| row 9")


async def test_lines_are_cropped_to_the_width_and_laid_on_the_background() -> None:
    view = Numbers()
    async with app_with(view, 3).run_test(size=(20, 10)) as pilot:
        await pilot.pause()
        for y in range(10):
            strip = view.render_line(y)
            assert strip.cell_length == 19
            assert {segment.style.bgcolor for segment in strip if segment.style} == {
                view.visual_style.rich_style.bgcolor
            }


async def test_a_resize_keeps_the_top_or_the_tail() -> None:
    view = Numbers()
    async with app_with(view).run_test(size=(40, 10)) as pilot:
        for size in ((30, 5), (60, 20)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert top(view) == 100 - size[1]
        view.scroll_to(y=33)
        for size in ((30, 5), (60, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert (top(view), view.follow) == (33, False)
        assert view.render_line(0).cell_length == 59


async def test_without_lines_it_says_what_will_appear() -> None:
    view = Numbers()
    async with app_with(view, 0).run_test(size=(40, 10)) as pilot:
        assert view.render_line(1).text.strip() == "Nothing yet."
        view.set_line_count(1)
        await pilot.pause()
        assert view.render_line(0).text.startswith("| line 0")
        assert not view.render_line(1).text.strip()
        view.set_line_count(0)
        view.empty = "Gone."
        await pilot.pause()
        assert view.render_line(1).text.strip() == "Gone."


async def test_a_theme_makes_the_lines_again_and_a_hover_does_not() -> None:
    view = Numbers()
    app = app_with(view)
    async with app.run_test(size=(40, 10)) as pilot:
        view.render_lines(Region(0, 0, 40, 10))
        view.asked.clear()
        before = view.style("lines--empty")
        await pilot.hover(Numbers, offset=(3, 3))
        view.notify_style_update()
        view.render_lines(Region(0, 0, 40, 10))
        assert view.asked == []
        app.theme = "textual-light"
        await pilot.pause()
        view.render_lines(Region(0, 0, 40, 10))
        assert len(view.asked) == 10
        assert view.style("lines--empty") != before
        assert view.style("numbers--number").bgcolor is not None
        assert view.style("lines--empty").bgcolor is None


# The cursor


async def test_the_cursor_moves_and_stays_in_the_window() -> None:
    view = Listed()
    async with app_with(view).run_test(size=(40, 10)) as pilot:
        await pilot.press("up")
        assert (view.cursor, view.follow) == (99, True)
        await pilot.press("up", "k")
        assert (view.cursor, view.follow, top(view)) == (97, False, 90)
        await pilot.press("pageup")
        assert (view.cursor, top(view)) == (88, 88)
        await pilot.press("home")
        assert (view.cursor, top(view)) == (0, 0)
        await pilot.press("up", "j", "pagedown")
        assert (view.cursor, top(view)) == (10, 1)
        assert view.render_line(9).text.startswith("> line 10")
        assert view.render_line(8).text.startswith("| line 9")
        await pilot.press("end")
        assert (view.cursor, view.follow, top(view)) == (99, True, 90)


async def test_a_cursor_on_the_tail_goes_with_it_and_another_stays() -> None:
    view = Listed()
    async with app_with(view).run_test(size=(40, 10)) as pilot:
        await pilot.press("end")
        view.set_line_count(150)
        assert view.cursor == 149
        view.go_to(145)
        assert not view.follow
        view.set_line_count(200)
        assert (view.cursor, top(view)) == (145, 140)
        view.set_line_count(20)
        assert view.cursor == 19
        view.set_line_count(0)
        assert view.cursor is None
        await pilot.press("up", "down", "home", "pageup", "end")
        assert view.cursor is None


async def test_a_short_list_is_left_where_the_cursor_is() -> None:
    view = Listed()
    async with app_with(view, 5).run_test(size=(40, 10)) as pilot:
        view.go_to(2)
        view.set_line_count(40)
        await pilot.pause()
        assert (view.cursor, top(view), view.below) == (2, 0, 30)


async def test_a_click_puts_the_cursor_there() -> None:
    view = Listed()
    app = app_with(view)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.click(Listed, offset=(5, 4))
        assert view.cursor == 94
        await pilot.click(Listed, offset=(5, 2), times=2)
        assert view.cursor == 92
        assert app.screen.get_selected_text() is None


# Selecting text


async def test_text_is_selected_across_lines_without_the_gutter() -> None:
    view = Numbers()
    app = app_with(view)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("home")
        await pilot.mouse_down(Numbers, offset=(4, 2))
        await pilot.hover(Numbers, offset=(10, 3))
        await pilot.mouse_up(Numbers, offset=(10, 3))
        words = app.screen.get_selected_text()
        assert words == "ne 2 漢 " + "x" * 27 + "\nline 3 漢"
        style = app.screen.get_component_rich_style("screen--selection")
        selected = [
            "".join(
                segment.text
                for segment in view.render_line(y)
                if segment.style and segment.style.bgcolor == style.bgcolor != segment.style.color
            ).rstrip()
            for y in (1, 2, 3, 4)
        ]
        assert selected == ["", *words.split("\n"), ""]
        await pilot.press("escape")
        assert app.screen.get_selected_text() is None
