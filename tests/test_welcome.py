"""The welcome screen: three ways in, and a key that stays where it was typed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.stage import SIZES, until
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.errors import NotConfigured
from vftui.launch import Doors
from vftui.opening import Opening
from vftui.ui.app import VftuiApp
from vftui.ui.chat import ChatScreen
from vftui.ui.welcome import WelcomeScreen

CANARY = "VF.DM.0123456789abcdef01234567.CANARYcanary99"


@asynccontextmanager
async def unconfigured() -> AsyncIterator[Opening]:
    """What an app without key and project comes to."""
    raise NotConfigured("There is no API key.", "Set VF_API_KEY, or try: vftui demo")
    yield


@asynccontextmanager
async def welcomed(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[Any]]:
    """The app on its welcome screen."""
    app = VftuiApp(unconfigured, Doors())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen), "the welcome screen")
        await pilot.pause()
        yield pilot


def text_of(pilot: Pilot[Any]) -> str:
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


def field(pilot: Pilot[Any], name: str) -> Input:
    return pilot.app.screen.query_one(f"#{name}", Input)


def complaint(pilot: Pilot[Any]) -> str:
    """What the welcome screen says went wrong."""
    found = pilot.app.screen.query("#problem")
    return str(found.only_one(Static).content) if found else ""


def said(pilot: Pilot[Any]) -> Callable[[], bool]:
    """Whether the agent has spoken."""

    def heard() -> bool:
        screen = pilot.app.screen
        opening = screen.opening if isinstance(screen, ChatScreen) else None
        return opening is not None and any(turn.ending for turn in opening.session.turns)

    return heard


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_all_ways_in_can_be_reached_by_keys(size: tuple[int, int]) -> None:
    async with welcomed(size) as pilot:
        went = []
        for _ in range(7):
            assert pilot.app.focused is not None and pilot.app.focused.region.area
            went.append(pilot.app.focused.id)
            await pilot.press("tab")
        assert went == ["demo", "key", "project", "environment", "connect", "path", "open"]


@pytest.mark.parametrize("how", ["enter", "ctrl+d", "mouse"])
async def test_the_demo(how: str) -> None:
    async with welcomed() as pilot:
        if how == "mouse":
            await pilot.click("#demo")
        else:
            await pilot.press(how)
        await until(pilot, said(pilot), "the demo agent speaks")
        assert "Welcome to" in text_of(pilot)


async def test_the_demo_while_something_is_typed() -> None:
    async with welcomed() as pilot:
        field(pilot, "key").focus()
        await pilot.press("a", "ctrl+d")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChatScreen))


async def test_connect() -> None:
    async with demo_agent(pace=0) as url:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("VF_RUNTIME_URL", url)
            async with welcomed() as pilot:
                field(pilot, "key").focus()
                await pilot.press(*KEY, "tab", *PROJECT, "enter")
                await until(pilot, said(pilot), "the agent speaks")
                assert KEY not in text_of(pilot)


async def test_flags_hold_for_what_is_typed_too() -> None:
    async with demo_agent(pace=0) as url:
        app = VftuiApp(unconfigured, Doors({"base_url": url, "api": "v2", "record": False}))
        async with app.run_test() as pilot:
            await until(pilot, lambda: app.screen.query("#key"), "the welcome screen")
            field(pilot, "key").value = KEY
            field(pilot, "project").value = PROJECT
            await pilot.click("#connect")
            await until(pilot, said(pilot), "the agent speaks")
            screen = app.screen
            assert isinstance(screen, ChatScreen) and screen.opening is not None
            assert "v2" in screen.opening.about.facts
            assert screen.opening.about.recording == "not recorded"


@pytest.mark.parametrize(
    ("key", "project", "problem"),
    [
        ("", "", "There is no API key"),
        (CANARY, "", "There is no project"),
        (f"{CANARY} x", "abc", "has characters that no key has"),
        (CANARY, CANARY, "looks like a key"),
        (f"{CANARY}\x07", "abc", "has characters that no key has"),
    ],
)
async def test_connect_with_what_cannot_work(key: str, project: str, problem: str) -> None:
    async with welcomed() as pilot:
        field(pilot, "key").value = key
        field(pilot, "project").value = project
        field(pilot, "project").focus()
        await pilot.press("enter")
        await until(pilot, lambda: problem in complaint(pilot), problem)
        assert problem.split()[0] in text_of(pilot)
        assert isinstance(pilot.app.screen, WelcomeScreen)
        if project != CANARY:  # it is in a field that shows what is typed
            assert "CANARY" not in text_of(pilot)
        assert field(pilot, "key").value == key


async def test_connect_refused() -> None:
    """Nobody listens there: the chat says so, and the key is nowhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VF_RUNTIME_URL", "http://127.0.0.1:9")
        async with welcomed() as pilot:
            field(pilot, "key").value = CANARY
            field(pilot, "project").value = "abc"
            await pilot.click("#connect")
            await until(pilot, lambda: isinstance(pilot.app.screen, ChatScreen))
            screen = pilot.app.screen
            assert isinstance(screen, ChatScreen)
            await until(pilot, lambda: screen.opening and screen.opening.session.items)
            await pilot.press("escape")
            await until(pilot, said(pilot))
            assert "CANARY" not in text_of(pilot)


async def test_the_key_cannot_be_copied() -> None:
    async with welcomed() as pilot:
        key = field(pilot, "key")
        key.value = CANARY
        key.focus()
        for keys in (["ctrl+a", "ctrl+c"], ["ctrl+a", "ctrl+x"], ["home", "shift+end", "ctrl+c"]):
            await pilot.press(*keys)
            assert pilot.app.clipboard == ""
        assert key.value == CANARY
        assert "CANARY" not in text_of(pilot)
        assert "CANARY" not in pilot.app.export_screenshot()


async def test_a_pasted_key_loses_its_line_break() -> None:
    async with welcomed() as pilot:
        field(pilot, "key").post_message(events.Paste(f" {CANARY}\r\n"))
        await pilot.pause()
        assert field(pilot, "key").value == CANARY


@pytest.mark.parametrize("path", ["", "nowhere.sse", ".", "[/]\x1b]0;x\x07"])
async def test_open_what_cannot_be_opened(path: str) -> None:
    async with welcomed() as pilot:
        field(pilot, "path").value = path
        field(pilot, "path").focus()
        await pilot.press("enter")
        await until(pilot, lambda: "cannot be read" in text_of(pilot))
        assert isinstance(pilot.app.screen, WelcomeScreen)


async def test_open_a_file_of_the_home_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    body = b'event: trace\ndata: {"type":"text","payload":{"message":"from home"}}\n\n'
    (tmp_path / "a turn.sse").write_bytes(body)
    async with welcomed() as pilot:
        field(pilot, "path").focus()
        field(pilot, "path").value = "~/a turn.sse"
        await pilot.press("enter")
        await until(pilot, said(pilot))
        assert "from home" in text_of(pilot)


async def test_escape_does_not_leave_but_ctrl_q_does() -> None:
    async with welcomed() as pilot:
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.return_code is None
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert pilot.app.return_code == 0
