"""The welcome screen: three ways in, the agents that are known, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.doors import CANARY, PROFILES, Around, PaperDoors, around, screen_text
from tests.stage import SIZES, until
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.doors import Doors
from vftui.errors import ConfigurationError, NotConfigured
from vftui.opening import Opening, Profile
from vftui.ui.app import VftuiApp
from vftui.ui.chat import ChatScreen
from vftui.ui.connect import ConnectScreen
from vftui.ui.ways import Rows
from vftui.ui.welcome import WelcomeScreen

NOTE = "There is no API key."
HOSTILE = "[/x]\x1b]0;pwned\x07[bold]\u202e"


def welcome(doors: PaperDoors, note: str = NOTE) -> Callable[[Around], WelcomeScreen]:
    return lambda app: WelcomeScreen(doors, app.enter, note)


def field(pilot: Pilot[Any], name: str) -> Input:
    return pilot.app.screen.query_one(f"#{name}", Input)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_three_ways_in_at_a_glance(size: tuple[int, int]) -> None:
    async with around(welcome(PaperDoors()), size) as (app, _):
        text = screen_text(app)
        assert all(way in text for way in ("Try the demo", "Connect", "Open a file", NOTE))
        assert isinstance(app.focused, Rows) and app.focused.highlighted == 0


@pytest.mark.parametrize("how", ["enter", "ctrl+d", "mouse"])
async def test_the_demo(how: str) -> None:
    doors = PaperDoors()
    async with around(welcome(doors)) as (app, pilot):
        await (pilot.click(Rows, offset=(4, 0)) if how == "mouse" else pilot.press(how))
        await until(pilot, lambda: app.entered)
        assert doors.went == [("demo", "v4")]


async def test_a_path_is_edited_with_the_keys_of_a_field() -> None:
    doors = PaperDoors()
    async with around(welcome(doors)) as (app, pilot):
        await pilot.press("ctrl+o", *"abc", "home", "ctrl+d", "ctrl+e", "d")
        await until(pilot, lambda: field(pilot, "path").value == "bcd")
        assert not doors.went and isinstance(app.screen, WelcomeScreen)


@pytest.mark.parametrize("how", [("down", "enter"), ("ctrl+e",), ("ctrl+o", "escape", "ctrl+e")])
async def test_connect_and_back(how: tuple[str, ...]) -> None:
    async with around(welcome(PaperDoors())) as (app, pilot):
        await pilot.press(*how)
        await until(pilot, lambda: isinstance(app.screen, ConnectScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))
        await until(pilot, lambda: app.focused is not None)


async def test_a_file() -> None:
    doors = PaperDoors()
    async with around(welcome(doors), (50, 15)) as (app, pilot):
        await pilot.press("down", "down", "enter", *"~/a [b].sse")
        assert "~/a [b].sse" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.entered)
        assert doors.went == [("open", "~/a [b].sse")]


async def test_escape_from_a_path_keeps_it() -> None:
    async with around(welcome(PaperDoors())) as (app, pilot):
        await pilot.press("ctrl+o", *"abc", "escape")
        assert isinstance(app.focused, Rows)
        assert "abc" not in screen_text(app)
        await pilot.press("ctrl+o")
        assert "abc" in screen_text(app)


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost() -> None:
    doors = PaperDoors()
    doors.error = ConfigurationError(f"{HOSTILE} cannot be read.", "Give another.")
    async with around(welcome(doors)) as (app, pilot):
        await pilot.press("ctrl+o", *"nowhere", "enter")
        await until(pilot, lambda: "cannot be read" in screen_text(app))
        text = screen_text(app)
        assert "[/x]␛]0;pwned␇[bold]" in text and "Give another." in text
        assert field(pilot, "path").value == "nowhere" and field(pilot, "path").has_focus
        doors.error = None
        await pilot.press("enter")
        await until(pilot, lambda: app.entered)
        assert "cannot be read" not in screen_text(app)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_known_agents_are_ways_in_too(size: tuple[int, int]) -> None:
    doors = PaperDoors(profiles=PROFILES)
    async with around(welcome(doors), size) as (app, pilot):
        await pilot.press("up")
        assert "harbour" in screen_text(app)
        await pilot.press("up", "enter")
        await until(pilot, lambda: app.entered)
        assert doors.went == [("profile", "shop-staging")]


async def test_an_agent_that_real_people_talk_to_is_told_in_words() -> None:
    profiles = (Profile("a", "x", "live", "v4", "the keychain"), *PROFILES)
    async with around(welcome(PaperDoors(profiles=profiles))) as (app, _):
        assert "! live (production)" in screen_text(app)
        assert "! production" in screen_text(app)
        assert "! staging" not in screen_text(app)


async def test_hostile_names_are_harmless() -> None:
    profiles = (Profile(HOSTILE, HOSTILE, HOSTILE, HOSTILE, CANARY),)
    async with around(welcome(PaperDoors(profiles=profiles), HOSTILE), (140, 40)) as (app, _):
        text = screen_text(app)
        assert "\x1b" not in text and "\u202e" not in text and "CANARY" not in text
        assert text.count("[/x]␛]0;pwned␇") >= 4


async def test_profiles_that_cannot_be_read_leave_the_other_ways() -> None:
    class Broken(PaperDoors):
        def profiles(self) -> tuple[Profile, ...]:
            raise ConfigurationError("config.toml is no TOML.", "Mend line 3.")

    doors = Broken()
    async with around(welcome(doors)) as (app, pilot):
        await until(pilot, lambda: "config.toml is no TOML. Mend line 3." in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.entered)


async def test_a_profile_that_was_stored_meanwhile_is_there() -> None:
    doors = PaperDoors()
    async with around(welcome(doors)) as (app, pilot):
        await pilot.press("ctrl+e")
        await until(pilot, lambda: isinstance(app.screen, ConnectScreen))
        doors.known = PROFILES
        await pilot.press("escape")
        await until(pilot, lambda: "harbour" in screen_text(app))


async def test_many_profiles_scroll_in_the_list() -> None:
    profiles = tuple(Profile(f"agent-{n}", "p", "main", "v4", "$X") for n in range(40))
    async with around(welcome(PaperDoors(profiles=profiles)), (50, 15)) as (app, pilot):
        await pilot.press("end")
        assert "agent-39" in screen_text(app) and NOTE in screen_text(app)
        await pilot.press("ctrl+o", *"abc")
        assert "abc" in screen_text(app)


async def test_a_key_in_the_wrong_field_is_hidden() -> None:
    async with around(welcome(PaperDoors())) as (app, pilot):
        await pilot.press("ctrl+o")
        field(pilot, "path").post_message(events.Paste(CANARY))
        await pilot.pause()
        assert field(pilot, "path").value == CANARY
        await pilot.press("home", "shift+end", "ctrl+c")
        assert "CANARY" not in screen_text(app) + app.export_screenshot() + app.clipboard


# With the real doors


@asynccontextmanager
async def unconfigured() -> AsyncIterator[Opening]:
    """What an app without key and project comes to."""
    raise NotConfigured(NOTE, "Set VF_API_KEY, or try: vftui demo")
    yield


@asynccontextmanager
async def welcomed(doors: Doors | None = None) -> AsyncIterator[Pilot[Any]]:
    """The app on its welcome screen."""
    app = VftuiApp(unconfigured, doors or Doors())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen), "the welcome screen")
        await pilot.pause()
        assert NOTE in screen_text(app)
        yield pilot


def said(pilot: Pilot[Any]) -> Callable[[], bool]:
    """Whether the agent has spoken."""

    def heard() -> bool:
        screen = pilot.app.screen
        opening = screen.opening if isinstance(screen, ChatScreen) else None
        return opening is not None and any(turn.ending for turn in opening.session.turns)

    return heard


async def test_the_demo_speaks() -> None:
    async with welcomed() as pilot:
        await pilot.press("enter")
        await until(pilot, said(pilot), "the demo agent speaks")
        assert "Welcome to" in screen_text(pilot.app)


async def test_a_file_of_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    body = b'event: trace\ndata: {"type":"text","payload":{"message":"from home"}}\n\n'
    (tmp_path / "a turn.sse").write_bytes(body)
    async with welcomed() as pilot:
        await pilot.press("ctrl+o", *"~/a turn.sse", "enter")
        await until(pilot, said(pilot))
        assert "from home" in screen_text(pilot.app)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "No file is named."), ("  ", "No file is named."), ("nowhere.sse", "cannot be read"),
        (".", "cannot be read"), (HOSTILE, "cannot be read"), ("noise", "noise is not text."),
        ("last", "Nothing is recorded yet."), ("7", "Nothing is recorded yet."),
    ],
)  # fmt: skip
async def test_a_file_that_cannot_be_opened(
    path: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "noise").write_bytes(bytes(range(256)))
    async with welcomed() as pilot:
        await pilot.press("ctrl+o")
        field(pilot, "path").value = path
        await pilot.press("enter")
        await until(pilot, lambda: words in screen_text(pilot.app))
        assert isinstance(pilot.app.screen, WelcomeScreen)


async def test_connecting_checks_the_agent_and_talks_to_it() -> None:
    async with demo_agent(pace=0) as url:
        doors = Doors({"base_url": url, "record": False})
        async with welcomed(doors) as pilot:
            await pilot.press("ctrl+e")
            await until(pilot, lambda: isinstance(pilot.app.screen, ConnectScreen))
            await pilot.press(*KEY, "tab", *PROJECT, "enter")
            await until(pilot, said(pilot), "the agent speaks")
            screen = pilot.app.screen
            assert isinstance(screen, ChatScreen) and screen.opening is not None
            assert {"v4", "main"} <= set(screen.opening.about.facts)
            assert KEY not in screen_text(pilot.app)


async def test_escape_does_not_leave_but_ctrl_q_does() -> None:
    async with welcomed() as pilot:
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.return_code is None
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert pilot.app.return_code == 0
