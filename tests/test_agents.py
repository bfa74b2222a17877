"""Switching agents: the list, the one of now elsewhere, and what looks like production."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.content import Content

from tests.doors import CANARY, PROFILES, Around, PaperDoors, around, screen_text
from tests.stage import SIZES, until
from vftui.errors import ConfigurationError, VftuiError
from vftui.opening import About, Profile
from vftui.ui.agents import HANDFUL, AgentsScreen
from vftui.ui.connect import ConnectScreen
from vftui.ui.field import Field, Pick
from vftui.ui.ways import Row, Rows, environment_words

ABOUT = About("shop", ("v4", "production", "user ada"))
MANY = tuple(Profile(f"agent-{n}", f"project-{n}", "main", "v4", "$X") for n in range(30))
HOSTILE = "[/x]\x1b]0;pwned\x07\u202e"


def agents(
    doors: PaperDoors, about: About | None = ABOUT, *, changeable: bool = True
) -> Callable[[Around], AgentsScreen]:
    return lambda app: AgentsScreen(doors, app.enter, about, changeable=changeable)


async def answered(doors: PaperDoors, *keys: str, about: About | None = ABOUT) -> object:
    """What the screen is dismissed with after these keys."""
    async with around(agents(doors, about)) as (app, pilot):
        await pilot.press(*keys)
        await until(pilot, lambda: app.answers, "an answer")
        return app.answers[0]


@pytest.mark.parametrize(
    ("keys", "went"),
    [
        (("enter",), ("profile", "shop")),
        (("down", "enter"), ("profile", "shop-staging")),
        (("down", "down", "down", "enter"), ("demo", "v4")),
        (("end", "up", "enter"), ("demo", "v2beta1")),
        (("tab", *"test-7", "enter"), ("change", "test-7", "")),
        (("tab", "down", "right", "enter"), ("change", "", "v2")),
        (("shift+tab", "left", "up", *"qa", "enter"), ("change", "qa", "v2beta1")),
    ],
    ids=" ".join,
)
async def test_switching(keys: tuple[str, ...], went: tuple[str, ...]) -> None:
    doors = PaperDoors(profiles=PROFILES)
    opener: object = await answered(doors, *keys)
    assert callable(opener)
    assert doors.went == [went]


async def test_switching_by_mouse() -> None:
    doors = PaperDoors(profiles=PROFILES)
    async with around(agents(doors)) as (app, pilot):
        await pilot.click(Rows, offset=(5, 2))
        await until(pilot, lambda: app.answers)
        assert doors.went == [("profile", "shop-staging")]


async def test_staying() -> None:
    doors = PaperDoors(profiles=PROFILES)
    assert await answered(doors, "escape") is None
    assert await answered(doors, "tab", "x", "escape") is None
    assert not doors.went


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_agent_of_now_is_marked(size: tuple[int, int]) -> None:
    async with around(agents(PaperDoors(profiles=PROFILES)), size) as (app, _):
        text = screen_text(app)
        assert "● shop · v4 · ! production" in text
        assert text.count("now ·") == 1
        assert app.screen.query_one(Pick).value == "v4"


@pytest.mark.parametrize(
    "about",
    [
        About("shop", ("v4", "main", "user ada")),
        About("shop", ("v2", "production", "user ada")),
        None,
    ],
)
async def test_another_agent_is_not_taken_for_the_one_of_now(about: About | None) -> None:
    async with around(agents(PaperDoors(profiles=PROFILES), about)) as (app, _):
        assert "now ·" not in screen_text(app)


@pytest.mark.parametrize("here", ["", "demo v4", "harbour", "65f0c2a19b7e"])
async def test_only_the_profile_that_was_gone_to_is_the_one_of_now(here: str) -> None:
    doors = PaperDoors(profiles=PROFILES, now=here)
    async with around(agents(doors)) as (app, _):
        assert not any(row.here for row in app.screen.query_one(Rows).rows if row.name == "shop")


async def test_the_demo_that_runs_is_marked() -> None:
    about = About("Harbour Bikes (demo)", ("v2", "main", "user ada"))
    async with around(agents(PaperDoors(profiles=PROFILES, now="demo v2"), about)) as (app, _):
        assert [row.name for row in app.screen.query_one(Rows).rows if row.here] == ["demo v2"]
        assert "now · needs no account" in screen_text(app)


async def test_a_saved_conversation_cannot_be_changed() -> None:
    about = About("a.sse", ("saved stream",))
    doors = PaperDoors(profiles=PROFILES)
    async with around(agents(doors, about, changeable=False)) as (app, pilot):
        assert "● a.sse · saved stream" in screen_text(app)
        assert not app.screen.query(Pick) and not app.screen.query("#environment")
        assert not app.screen.check_action("change", ())
        await pilot.press("enter")
        await until(pilot, lambda: app.answers)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("profiles", [PROFILES, MANY], ids=len)
async def test_what_leads_nowhere_is_said_and_nothing_typed_is_lost(
    size: tuple[int, int], profiles: tuple[Profile, ...]
) -> None:
    doors = PaperDoors(profiles=profiles)
    doors.error = ConfigurationError(f"{HOSTILE} {CANARY} is no agent.", "Pick another.")
    async with around(agents(doors), size) as (app, pilot):
        for keys in (("enter",), ("tab", *"qa", "enter")):
            await pilot.press(*keys)
            await until(pilot, lambda: "Pick" in screen_text(app))
            assert "[/x]␛]0;pwned␇" in screen_text(app)
            assert "CANARY" not in screen_text(app) + app.export_screenshot()
        assert app.screen.query_one("#environment", Field).value == "qa"
        assert not app.answers


async def test_the_agent_of_now_as_it_is_is_no_other() -> None:
    doors = PaperDoors(profiles=PROFILES)
    async with around(agents(doors)) as (app, pilot):
        await pilot.press("tab", "space", "enter")
        await until(pilot, lambda: "This is the agent of now." in screen_text(app))
        assert not doors.went and not app.answers


async def test_connecting_another_leads_to_the_form_and_back() -> None:
    doors = PaperDoors(profiles=PROFILES)
    async with around(agents(doors)) as (app, pilot):
        await pilot.press("end", "enter")
        await until(pilot, lambda: isinstance(app.screen, ConnectScreen))
        await pilot.press("enter")
        await until(pilot, lambda: app.entered)
        assert not app.answers
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, AgentsScreen))


async def test_profiles_that_cannot_be_read_leave_the_other_ways() -> None:
    class Broken(PaperDoors):
        def profiles(self) -> tuple[Profile, ...]:
            raise VftuiError("config.toml is no TOML.")

    doors = Broken()
    async with around(agents(doors)) as (app, pilot):
        assert "config.toml is no TOML." in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.answers)
        assert doors.went == [("demo", "v4")]


async def test_hostile_names_are_harmless() -> None:
    profiles = (Profile(HOSTILE, HOSTILE, HOSTILE, HOSTILE, CANARY),)
    about = About(f"{HOSTILE} {CANARY}", (HOSTILE, f"user {HOSTILE}"))
    async with around(agents(PaperDoors(profiles=profiles), about), (140, 40)) as (app, _):
        text = screen_text(app)
        assert text.count("[/x]␛]0;pwned␇") >= 6
        assert "\x1b" not in text and "\u202e" not in text and "CANARY" not in text


# Finding one among many


async def test_a_handful_needs_no_filter() -> None:
    async with around(agents(PaperDoors(profiles=MANY[:HANDFUL]))) as (app, pilot):
        await pilot.press("a")
        assert "type to find one" not in screen_text(app)
        assert isinstance(app.focused, Rows)


async def test_typing_finds_one_among_many() -> None:
    doors = PaperDoors(profiles=MANY)
    async with around(agents(doors)) as (app, pilot):
        assert "type to find one" in screen_text(app)
        await pilot.press(*"agent 27")
        await until(pilot, lambda: "agent-27" in screen_text(app))
        assert app.screen.query_one("#filter", Field).value == "agent 27"
        assert [row.name for row in app.screen.query_one(Rows).rows] == ["agent-27"]
        await pilot.press("enter")
        await until(pilot, lambda: app.answers)
        assert doors.went == [("profile", "agent-27")]


async def test_the_cursor_moves_while_one_is_found() -> None:
    doors = PaperDoors(profiles=MANY)
    async with around(agents(doors)) as (app, pilot):
        await pilot.press(*"project-2")
        await until(pilot, lambda: len(app.screen.query_one(Rows).rows) == 11)
        await pilot.press("down", "down", "up", "enter")
        await until(pilot, lambda: app.answers)
        assert doors.went == [("profile", "agent-20")]


async def test_finding_none_and_taking_it_back() -> None:
    async with around(agents(PaperDoors(profiles=MANY))) as (app, pilot):
        await pilot.press(*"xyz", "enter")
        assert not app.screen.query_one(Rows).rows and not app.answers
        await pilot.press("backspace", "backspace", "backspace")
        await until(pilot, lambda: len(app.screen.query_one(Rows).rows) > 30)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_list_scrolls_and_the_rest_stays(size: tuple[int, int]) -> None:
    async with around(agents(PaperDoors(profiles=MANY)), size) as (app, pilot):
        await pilot.press("end")
        assert "connect…" in screen_text(app)
        await pilot.press("home")
        assert "agent-0" in screen_text(app)
        await pilot.resize_terminal(100, 50)
        await until(pilot, lambda: "demo v2beta1" in screen_text(app))


# Production


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("production", "! production"),
        ("Production", "! Production"),
        ("prod", "! prod (production)"),
        ("LIVE", "! LIVE (production)"),
        ("eu-prod", "! eu-prod (production)"),
        ("live_2", "! live_2 (production)"),
        ("main", "main"),
        ("staging", "staging"),
        ("delivery", "delivery"),
        ("product", "product"),
        ("", ""),
    ],
)
def test_what_looks_like_production_says_so(name: str, words: str) -> None:
    content = environment_words(name)
    assert content.plain == words
    assert any("$warning" in str(span.style) for span in content.spans) == ("!" in words)


def test_a_row_is_told_apart_without_colours() -> None:
    here, there = (
        Row("a", Content("b"), print, here).label(3, first=False) for here in (True, False)
    )
    assert (here.plain, there.plain) == ("● a    b", "  a    b")
