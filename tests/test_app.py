"""The app: which screen is shown, what happens when it cannot go on, help, how it is left."""

from __future__ import annotations

import io
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout

import pytest

from tests.doors import PaperDoors
from tests.stage import Puppet, Stage, stage, text, turn
from vftui.errors import NotConfigured, Unreachable, VftuiError
from vftui.opening import Opening
from vftui.session.log import Sent
from vftui.ui.app import VftuiApp
from vftui.ui.chat import ChatScreen
from vftui.ui.theme import THEMES
from vftui.ui.welcome import WelcomeScreen

CANARY = "VF.DM.0123456789abcdef01234567.CANARYcanary99"


@pytest.mark.parametrize(
    ("error", "screen", "code"),
    [
        (NotConfigured("There is no API key."), WelcomeScreen, None),
        (Unreachable("Nobody answers."), ChatScreen, 5),
        (VftuiError("The file is locked."), ChatScreen, 1),
    ],
)
async def test_what_cannot_be_opened(
    error: VftuiError, screen: type[object], code: int | None
) -> None:
    @asynccontextmanager
    async def opener() -> AsyncIterator[Opening]:
        raise error
        yield

    app = VftuiApp(opener, PaperDoors())
    async with app.run_test() as pilot:
        for _ in range(20):
            await pilot.pause(0.01)
        if code is None:
            assert isinstance(app.screen, screen)
    assert app.return_value is (error if code else None)
    assert app.return_code == code


def crash_handler(on: Stage) -> None:
    """Break in the handler of a message."""
    on.chat.conversation.sync = None  # type: ignore[method-assign,assignment]
    on.chat.outgoing.send({"type": "text", "payload": CANARY})


async def test_a_bug_in_a_handler_is_kept_and_shown_to_nobody() -> None:
    out = io.StringIO()
    with pytest.raises(TypeError), redirect_stderr(out), redirect_stdout(out):
        async with stage() as on:
            crash_handler(on)
            await on.until(lambda: on.app.crash)
    assert isinstance(on.app.crash, TypeError)
    assert on.app.return_code == 1
    assert out.getvalue() == ""


async def test_a_bug_in_a_worker_is_kept_with_its_traceback() -> None:
    out = io.StringIO()
    puppet = Puppet()

    async def interact(action: dict[str, object], variables: object = None) -> AsyncIterator[Sent]:
        api_key = CANARY
        raise ZeroDivisionError(f"a bug, not a {len(api_key)}")
        yield

    with pytest.raises(Exception), redirect_stderr(out), redirect_stdout(out):  # noqa: B017
        async with stage(puppet) as on:
            puppet.interact = interact  # type: ignore[method-assign]
            on.chat.outgoing.send({"type": "text", "payload": "go"})
            await on.until(lambda: on.app.crash)
    assert isinstance(on.app.crash, ZeroDivisionError)
    report = "".join(traceback.format_exception(on.app.crash))
    assert "in interact" in report
    assert "CANARY" not in report
    assert on.app.return_code == 1
    assert "CANARY" not in out.getvalue()


@pytest.mark.parametrize("key", ["ctrl+q"])
async def test_leaving(key: str) -> None:
    async with stage() as on:
        await on.press(key)
    assert on.app.return_code == 0
    assert on.app.return_value is None


async def test_ctrl_c_stops_the_turn_and_without_one_tells_how_to_leave() -> None:
    async with stage() as on:
        await on.say("go")
        await on.press("ctrl+c")
        await on.until(lambda: not on.busy)
        assert on.session.turns[-1].ending == "cancelled"
        await on.press("ctrl+c")
        assert on.app.is_running
        assert any("quit" in note for note in on.toasts)


async def test_ctrl_c_copies_what_is_selected() -> None:
    async with stage() as on:
        await on.say("go")
        on.chat.prompt.insert("some words")
        on.chat.prompt.select_all()
        await on.press("ctrl+c")
        assert on.app.clipboard == "some words"
        assert on.busy


async def test_themes() -> None:
    async with stage(log=turn("hi", text("Hi there"))) as on:
        seen = set()
        for theme in THEMES:
            on.app.theme = theme.name
            await on.pilot.pause()
            assert "Hi there" in on.screen_text
            seen.add(on.app.export_screenshot())
        assert len(seen) == len(THEMES)


@pytest.mark.parametrize("dark", [True, False])
async def test_a_theme_of_others_lacks_no_colour(dark: bool) -> None:
    async with stage() as on:
        others = [one for one in on.app.available_themes.values() if one not in THEMES]
        on.app.theme = next(one.name for one in others if one.dark is dark)
        await on.press("f10")
        await on.until(lambda: "charges" in on.screen_text, "the page is drawn")


async def test_help_tells_about_the_pane_that_has_the_keys() -> None:
    async with stage(log=turn("hi", text("Hi there"))) as on:
        await on.press("f1")
        assert "copies" in on.screen_text
        on.chat.side.traces.focus()
        await on.until(lambda: "One row for every entry" in on.screen_text)
        await on.press("f1")
        await on.until(lambda: "One row for every entry" not in on.screen_text)
