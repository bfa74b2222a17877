"""A recorded conversation once more, or on from where it stands, by the doors of the app."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_launch import one_turn
from vftui.again import recorded
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.doors import Doors
from vftui.errors import ConfigurationError
from vftui.playback import recordings
from vftui.recording import SessionRow
from vftui.wire.dialects import Api

LAUNCH: dict[str, Any] = {"type": "launch"}
NAME: dict[str, Any] = {"type": "text", "payload": "my name is Ada"}
WHAT: dict[str, Any] = {"type": "text", "payload": "variables"}


def newest() -> SessionRow:
    with recordings() as recording:
        return recording.find("last")


async def a_demo_session(api: Api = "v4") -> SessionRow:
    """A recorded conversation with the demo agent."""
    async with Doors().demo(api)() as opening:
        for action in (LAUNCH, NAME):
            await one_turn(opening, action)
    return newest()


async def test_once_more_sends_the_same_actions_to_another_user() -> None:
    row = await a_demo_session()
    async with Doors().again(row)() as opening:
        assert [action for action, _ in opening.begins] == [LAUNCH, NAME]
        assert opening.about.title == f"again: {row.title}"
        assert opening.repeats is not None
        for action, _ in opening.begins:
            await one_turn(opening, action)
    assert newest().id != row.id and newest().user != row.user
    assert newest().title == f"again: {row.title}"


async def test_a_run_that_is_repeated_twice_keeps_its_title() -> None:
    row = await a_demo_session()
    async with Doors().again(row)() as opening:
        await one_turn(opening, LAUNCH)
    async with Doors().again(newest())() as opening:
        assert opening.about.title.count("again: ") == 1


async def test_what_sent_nothing_cannot_be_run_again() -> None:
    async with Doors().demo()():
        pass
    async with Doors().demo()() as opening:
        await one_turn(opening, LAUNCH)
    row = newest()
    with pytest.raises(ConfigurationError, match="No session"):
        recorded("77")
    assert recorded("last").row == row


async def test_a_conversation_goes_on_where_the_server_still_holds_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with demo_agent() as url:
        monkeypatch.setenv("VF_API_KEY", KEY)
        monkeypatch.setenv("VF_PROJECT_ID", "a-project")
        monkeypatch.setenv("VF_RUNTIME_URL", url)
        async with Doors({"api": "v2"}).own()() as opening:
            for action in (LAUNCH, NAME):
                await one_turn(opening, action)
        row = newest()
        async with Doors().resume(row)() as opening:
            assert opening.begins == () and opening.about.recording == f"rec {row.id}"
            assert len(opening.session.turns) == 2
            await one_turn(opening, WHAT)
            assert "Ada" in " ".join(opening.session.turns[-1].messages)
    assert newest().id == row.id and newest().turns == 3


async def test_what_no_server_holds_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = await a_demo_session("v2")
    assert demo.project == PROJECT
    with pytest.raises(ConfigurationError, match="forgets"):
        Doors().resume(demo)
    async with demo_agent() as url:
        monkeypatch.setenv("VF_API_KEY", KEY)
        monkeypatch.setenv("VF_PROJECT_ID", "a-project")
        monkeypatch.setenv("VF_RUNTIME_URL", url)
        for api in ("v4", "v2"):
            async with Doors({"api": api}).own()() as opening:
                await one_turn(opening, LAUNCH)
            if api == "v4":
                with pytest.raises(ConfigurationError, match="ends with its key"):
                    async with Doors().resume(newest())():
                        pass
    monkeypatch.delenv("VF_RUNTIME_URL")
    with pytest.raises(ConfigurationError, match="the settings lead to"):
        async with Doors().resume(newest())():
            pass
