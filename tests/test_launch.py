"""The openers: each joins an agent or a file to a session and a recording, and cleans up."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.bodies import DATA
from tests.stage import until
from vftui import launch
from vftui.commands.show import session_json
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.errors import ConfigurationError, NotConfigured, VftuiError
from vftui.launch import Doors
from vftui.opening import Opener, Opening
from vftui.recording import Recording
from vftui.run import Sink, run_turn
from vftui.session.fold import Session
from vftui.session.log import Closed, Received, Sent
from vftui.settings import recordings_path
from vftui.ui.app import VftuiApp
from vftui.ui.chat import ChatScreen
from vftui.ui.turns import Fold

STREAM = DATA / "streams/11-v4-agent-turn.sse"


async def one_turn(opening: Opening, action: dict[str, Any]) -> Closed:
    """Talk to an opening's agent without a screen."""
    assert opening.agent is not None
    sinks: list[Sink] = [Fold(opening), opening.journal]
    return await run_turn(opening.agent.interact(action), sinks, on_sink_failure=fail)


def fail(sink: object, error: Exception) -> None:
    raise error


async def test_the_demo_is_recorded() -> None:
    async with Doors().demo()() as opening:
        assert opening.about.title == launch.DEMO_TITLE
        assert opening.about.recording == "rec 1"
        assert (await one_turn(opening, {"type": "launch"})).ending == "complete"
        told = session_json(opening.session)
    with Recording.open(recordings_path(), create=False) as recording:
        journal = recording.journal(recording.find("last").id)
        assert session_json(Session.of(journal.entries())) == told


async def test_the_demo_unrecorded_leaves_nothing() -> None:
    async with Doors({"record": False, "api": "v2beta1"}).demo()() as opening:
        assert opening.about.recording == "not recorded"
        assert opening.about.facts[0] == "v2beta1"
        assert (await one_turn(opening, {"type": "launch"})).ending == "complete"
        path = opening.journal._path
        assert path.exists()
    assert not path.exists()
    assert not recordings_path().exists()


async def test_a_configured_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo_agent(pace=0) as url:
        monkeypatch.setenv("VF_API_KEY", KEY)
        monkeypatch.setenv("VF_PROJECT_ID", PROJECT)
        async with launch._configured({"base_url": url, "theme": "vftui-light"}) as opening:
            assert opening.about.theme == "vftui-light"
            assert (await one_turn(opening, {"type": "launch"})).ending == "complete"


async def test_without_an_agent_it_is_not_configured() -> None:
    with pytest.raises(NotConfigured):
        async with Doors().connect("", "", "")():
            pass


async def test_the_key_is_in_no_entry_and_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo_agent(pace=0) as url:
        monkeypatch.setenv("VF_RUNTIME_URL", url)
        async with Doors().connect(KEY, PROJECT, "")() as opening:
            await one_turn(opening, {"type": "launch"})
            assert KEY not in repr(list(opening.journal.entries()))
            assert KEY not in repr(opening)
    for path in recordings_path().parent.iterdir():
        assert KEY.encode() not in path.read_bytes()


async def replayed(opener: Opener) -> tuple[Opening, Session]:
    """What a saved stream comes to."""
    async with opener() as opening:
        assert opening.agent is None and opening.replay is not None
        await run_turn(opening.replay, [Fold(opening), opening.journal], on_sink_failure=fail)
        assert len(opening.journal) == opening.session.entries
        return opening, opening.session


async def test_a_saved_stream() -> None:
    opening, session = await replayed(Doors().open(str(STREAM)))
    assert opening.about.title == STREAM.name
    assert session.turns[0].ending == "complete"
    assert not recordings_path().exists()


async def test_a_recording_whose_last_turn_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    with Recording.open(path) as recording:
        journal = recording.begin(title="Pier", api="v4", started=1.0)
        journal.append(Sent(1.0, {"type": "launch"}, "v4"))
    for opener in (Doors().open(str(path)), launch._saved_at(str(path))):
        async with opener() as opening:
            assert opening.session.turns[0].ending == "truncated"
            assert opening.agent is None and opening.replay is None


@pytest.mark.parametrize("name", ["last", "7"])
async def test_a_session_that_is_not_there(name: str) -> None:
    with pytest.raises(VftuiError):
        async with Doors().open(name)():
            pass


async def test_a_recorded_session_by_its_number() -> None:
    async with Doors().demo()() as opening:
        await one_turn(opening, {"type": "launch"})
        entries = list(opening.journal.entries())
    for name in ("1", "last"):
        async with Doors().open(name)() as again:
            assert list(again.journal.entries()) == entries
            assert again.session.entries == len(entries)


@pytest.mark.parametrize("path", ["", "/", "/no/such/file"])
def test_a_path_that_cannot_be_read(path: str) -> None:
    with pytest.raises(ConfigurationError):
        Doors().open(path)


def test_an_unknown_user_in_a_path_is_no_crash() -> None:
    with pytest.raises(ConfigurationError):
        Doors().open("~nobody-has-this-name/x")


async def test_a_pipe_is_read_as_it_comes() -> None:
    reading, writing = os.pipe()
    async with launch._piped(os.fdopen(reading, "rb", buffering=0)) as opening:
        app = VftuiApp(opener_of_this(opening), Doors())
        async with app.run_test() as pilot:
            os.write(writing, b'event: trace\ndata: {"type":"text","payload":{"message":"A"}}\n\n')
            await until(pilot, lambda: opening.session.entries == 1)
            (entry,) = opening.journal.entries()
            assert isinstance(entry, Received) and entry.at is not None
            os.close(writing)
            await until(pilot, lambda: opening.session.turns[0].ending == "truncated")
            assert isinstance(app.screen, ChatScreen)


def opener_of_this(opening: Opening) -> Opener:
    @asynccontextmanager
    async def opener() -> AsyncIterator[Opening]:
        yield opening

    return opener


async def test_leaving_while_a_pipe_is_open() -> None:
    reading, writing = os.pipe()
    file = os.fdopen(reading, "rb", buffering=0)
    app = VftuiApp(partial(launch._piped, file), Doors())
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.opening)
        app.exit()
    await asyncio.sleep(0)
    os.close(writing)


def test_standard_input_that_is_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    with pytest.raises(ConfigurationError):
        launch._take_stdin()
