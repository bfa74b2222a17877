"""The plots of the token page: what stands above them and around them, in every window."""

from __future__ import annotations

import pytest

from tests.stage import NARROW, SMALL, WIDE, shown, text, turn
from tests.test_token_page import TALK, charge, page
from vftui.ui.plots import Plots

HUGE = turn("go", charge("large", 1_124_250, 2_248_500), text("hi"))


@pytest.mark.parametrize("size", [WIDE, (128, 40), NARROW], ids=str)
async def test_a_figure_above_a_plot_is_whole_or_not_there(size: tuple[int, int]) -> None:
    async with page(HUGE, size) as (_, sheet):
        above = shown(sheet.query_one(Plots)).splitlines()[0].strip().split("   ")[0]
        assert above.startswith("Tokens")
        assert above.endswith("▄ in 1,124,250  ▀ out 2,248,500")


async def test_without_room_for_figures_it_is_said_what_is_what() -> None:
    counts = 10**13 + 1
    async with page(turn("go", charge("large", counts, counts), text("hi"))) as (_, sheet):
        above, usual, *_ = (line.strip() for line in shown(sheet.query_one(Plots)).splitlines())
        assert above.split("   ")[0] == "Tokens  ▄ in  ▀ out"
        assert usual.split("  ")[0] == "median 20,000,000,000,002"


async def test_in_another_window_it_is_said_what_is_shown_there() -> None:
    async with page(TALK, NARROW) as (on, sheet):
        plotted = sheet.query_one("#plotted")
        assert "[ ] Time, Speed" in str(plotted.border_title)
        await on.pilot.resize_terminal(*SMALL)
        await on.pilot.resize_terminal(*WIDE)
        await on.until(lambda: str(plotted.border_title) == "Turns", "all plots are shown")


async def test_plots_that_nobody_sees_are_not_offered() -> None:
    async with page(TALK, SMALL) as (on, _):
        assert not on.chat.side.token_page.check_action("plot", (1,))
        assert "plot" not in on.screen_text.splitlines()[-1]
        await on.pilot.resize_terminal(*NARROW)
        await on.until(lambda: "plot" in on.screen_text.splitlines()[-1], "there is a plot to see")
