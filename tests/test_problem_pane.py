"""The pane of problems: a line each, the chosen one unfolded, its evidence asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.logs import trace, turn
from tests.stage import SIZES, all_lines
from vftui.session.fold import Session
from vftui.session.problems import RULES
from vftui.ui.problems import EMPTY, ProblemsPane
from vftui.ui.theme import DARK

START = trace("completion", state="start")
END = trace("completion", state="end")
CREDITS = trace("debug", message="credit_limit_reached", level="error")
UNKNOWN = trace("tide\x1b[2J-\u202etable\nVF.DM.0123456789abcdef01234567.SeCrEt" + "w" * 90)
LOG = [*turn(START), *turn(trace("text", message="Hi.")), *turn(END, END), *turn(CREDITS)]


class Shown(App[None]):
    """The pane alone, and what it asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.pane = ProblemsPane()
        self.asked: list[tuple[int, ...]] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DARK.variables

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_problems_pane_show(self, message: ProblemsPane.Show) -> None:
        self.asked.append(message.seqs)


@asynccontextmanager
async def shown(
    session: Session, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[Shown, Pilot[None]]]:
    app = Shown()
    async with app.run_test(size=size) as pilot:
        app.pane.sync(session)
        await pilot.pause()
        yield app, pilot


def lines(app: Shown) -> list[str]:
    return [line.rstrip() for line in all_lines(app.pane).splitlines()]


async def test_without_problems_it_says_what_would_be_here() -> None:
    async with shown(Session.of(turn())) as (app, pilot):
        assert app.pane.empty == EMPTY
        await pilot.press("enter", "down", "end")
        assert app.asked == []


async def test_the_newest_is_unfolded() -> None:
    async with shown(Session.of(LOG)) as (app, _):
        first, second, third, *below = lines(app)
        assert first == "! turn 1  A completion never came to its end."
        assert second == "! turn 3  A completion ended that had not begun. (the first of 2)"
        assert third == "× turn 4  The agent is out of credits."
        words = " ".join(" ".join(below).split())
        rule = RULES["out-of-credits"]
        assert words == f"why {rule.cause} fix {rule.fix} see #12"
        assert "out-of-credits" in str(app.pane.border_subtitle)
        assert "3" in str(app.pane.border_title)


async def test_the_keys_go_from_problem_to_problem() -> None:
    async with shown(Session.of(LOG)) as (app, pilot):
        seen = []
        for key in ("home", "down", "down", "down", "up", "end", "pageup", "pagedown"):
            await pilot.press(key)
            assert app.pane.chosen is not None
            seen.append(app.pane.chosen.turn)
        assert seen == [0, 2, 3, 3, 2, 3, 0, 3]
        await pilot.press("home", "enter", "down", "enter")
        assert app.asked == [(2, 3), (8, 9)]


async def test_the_mouse_chooses_and_asks() -> None:
    async with shown(Session.of(LOG)) as (app, pilot):
        await pilot.click(ProblemsPane, offset=(6, 1))
        assert app.pane.chosen is not None and app.pane.chosen.turn == 0
        assert app.asked == []
        await pilot.click(ProblemsPane, offset=(6, 2))  # in what is unfolded below it
        assert app.asked == [(2, 3)]
        last = app.pane.line_count
        await pilot.click(ProblemsPane, offset=(6, last))
        assert app.pane.chosen is not None and app.pane.chosen.turn == 3
        assert len(app.asked) == 1


async def test_what_arrives_is_added_and_what_is_chosen_stays() -> None:
    session = Session.of(LOG)
    async with shown(session) as (app, pilot):
        await pilot.press("home")
        for entry in turn(END, UNKNOWN):
            session.apply(entry)
            app.pane.sync(session)
        assert app.pane.chosen is not None and app.pane.chosen.turn == 0
        assert app.pane.line_count == len(lines(app)) > 5
        before = lines(app)
        for entry in turn(END)[:2]:
            session.apply(entry)
        app.pane.sync(session)
        session.apply(END)
        app.pane.sync(session)
        assert lines(app) == [
            *before,
            "! turn 6  A completion ended that had not begun. (the first of 2)",
        ]


async def test_the_newest_is_chosen_until_another_is() -> None:
    session = Session.of(turn(START))
    async with shown(session) as (app, pilot):
        for key, stays in (("tab", False), ("up", True), ("end", False)):
            await pilot.press(key)
            before = app.pane.chosen
            for entry in turn(CREDITS):
                session.apply(entry)
            app.pane.sync(session)
            assert (app.pane.chosen is before) is stays
            assert stays or app.pane.chosen is session.problems[-1]


async def test_another_session_begins_anew() -> None:
    async with shown(Session.of(LOG)) as (app, pilot):
        await pilot.press("home")
        app.pane.sync(Session.of(turn(CREDITS)))
        assert lines(app)[0] == "× turn 1  The agent is out of credits."
        app.pane.sync(Session())
        assert app.pane.line_count == 0 and app.pane.chosen is None


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_names_from_outside_are_harmless_and_all_can_be_read(size: tuple[int, int]) -> None:
    async with shown(Session.of(turn(UNKNOWN, CREDITS)), size) as (app, pilot):
        await pilot.press("home")
        await pilot.pause()
        text = "\n".join(lines(app))
        assert not {"\x1b", "\u202e"} & set(text)
        assert "SeCrEt" not in text
        assert all(len(line) <= app.pane.line_width for line in lines(app))
        words = "".join("".join(lines(app)).split())
        assert "".join(RULES["unknown-type"].fix.split()) in words


async def test_a_resize_breaks_the_words_anew() -> None:
    async with shown(Session.of(LOG)) as (app, pilot):
        wide = app.pane.line_count
        await pilot.resize_terminal(40, 30)
        await pilot.pause()
        assert app.pane.line_count > wide
        assert app.pane.chosen is not None and app.pane.chosen.turn == 3
