"""The openers: each joins an agent or a file to a session and a recording, and cleans up."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from tests.bodies import DATA
from tests.keychains import FakeKeychain, use
from tests.stage import until
from vftui import launch, live
from vftui.cli import main
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.doors import Doors
from vftui.errors import ConfigurationError, NotConfigured, VftuiError
from vftui.follower import Follower
from vftui.opening import Doors as AllDoors
from vftui.opening import Finding, Form, NameTaken, Opener, Opening, Options
from vftui.playback import piped, saved_at, take_stdin
from vftui.recording import Recording
from vftui.render.objects import session_json
from vftui.run import Sink, run_turn
from vftui.session.fold import Session
from vftui.session.log import Closed, Received, Sent
from vftui.settings import config_path, history_path, recordings_path
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


def test_no_key_that_is_typed_gets_into_a_log_of_textual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_LOG", "/tmp/anywhere")
    monkeypatch.setattr("sys.__stdin__", None)
    with pytest.raises(ConfigurationError, match="no terminal"):
        launch.chat({})
    assert "TEXTUAL_LOG" not in os.environ


async def test_the_demo_is_recorded() -> None:
    async with Doors().demo()() as opening:
        assert opening.about.title == live.DEMO_TITLE
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
        async with live.configured({"base_url": url, "theme": "vftui-light"}) as opening:
            assert opening.about.theme == "vftui-light"
            assert (await one_turn(opening, {"type": "launch"})).ending == "complete"


async def test_without_an_agent_it_is_not_configured() -> None:
    with pytest.raises(NotConfigured):
        Doors().connect(Form())
    with pytest.raises(NotConfigured):
        async with Doors().own()():
            pass


async def test_the_key_is_in_no_entry_and_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo_agent(pace=0) as url:
        monkeypatch.setenv("VF_RUNTIME_URL", url)
        async with Doors().connect(Form(key=KEY, project=PROJECT))() as opening:
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


async def followed(opening: Opening) -> Session:
    """What a recording comes to, when it has been read."""
    follower, read = Follower(opening), asyncio.Event()

    def changed() -> None:
        if follower.reading is None:
            read.set()

    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(follower.run(changed))
        await read.wait()
        following.cancel()
    return opening.session


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
    for opener in (Doors().open(str(path)), saved_at(str(path))):
        async with opener() as opening:
            assert (await followed(opening)).turns[0].ending == "truncated"
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
            assert (await followed(again)).entries == len(entries)
            assert again.number == 1


@pytest.mark.parametrize(
    "path", ["", "/", "/no/such/file", "a\0b", "~a\0b", "\0", "\ud800", "x" * 5000]
)
def test_a_path_that_cannot_be_read(path: str) -> None:
    with pytest.raises(ConfigurationError):
        Doors().open(path)


@pytest.mark.parametrize("name", ["last", "7"])
async def test_where_nothing_is_recorded_nothing_is_said_to_be_missing(name: str) -> None:
    for opener in (Doors().open(name), saved_at(name)):
        with pytest.raises(ConfigurationError, match=r"^Nothing is recorded yet\.$"):
            async with opener():
                pass


@pytest.mark.parametrize(
    "body",
    [bytes(range(256)), b"\x89PNG\r\n\x1a\n\0\0", "a".encode("utf-16"), b"\xff\xfe \xe9t\xe9"],
)
def test_what_is_not_text_is_refused_at_the_door(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(body)
    result = CliRunner().invoke(main, ["open", str(path)])
    assert result.exit_code == 2 and f"vftui: {path} is not text.\n  Give" in result.stderr


@pytest.mark.parametrize(
    "body",
    [b"", b"no stream", "ä".encode() * 8192, b"x" + "ä".encode() * 8192, b"data: \xff\xfe\n\n",
     b"\n\ndata: \0\n"],
)  # fmt: skip
def test_text_is_opened_whatever_it_says(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(body)
    saved_at(str(tmp_path / "a.txt"))


async def test_a_named_pipe_is_read_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    opener = saved_at(str(tmp_path / "pipe"))
    process = await asyncio.create_subprocess_exec("cp", str(STREAM), str(tmp_path / "pipe"))
    _, session = await replayed(opener)
    await process.wait()
    assert session.turns[0].ending == "complete"


def test_an_unknown_user_in_a_path_is_no_crash() -> None:
    with pytest.raises(ConfigurationError):
        Doors().open("~nobody-has-this-name/x")


async def test_a_pipe_is_read_as_it_comes() -> None:
    reading, writing = os.pipe()
    async with piped(os.fdopen(reading, "rb", buffering=0)) as opening:
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
    app = VftuiApp(partial(piped, file), Doors())
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.opening)
        app.exit()
    await asyncio.sleep(0)
    os.close(writing)


def test_standard_input_that_is_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    with pytest.raises(ConfigurationError):
        take_stdin()


# -- the doors to another agent -------------------------------------------------------------------


def written(text: str) -> Path:
    """The settings file, with this in it."""
    path = config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_the_doors_are_all_that_the_screen_may_ask_for() -> None:
    doors: AllDoors = Doors()
    assert doors.profiles() == ()


async def test_a_form_says_whom_to_talk_to_and_the_command_line_the_rest() -> None:
    async with demo_agent(pace=0) as url:
        doors = Doors({"base_url": url, "user": "ada", "record": False, "environment": "main"})
        form = Form(key=KEY, project="p1", environment="development", api="v2", user="  ")
        async with doors.connect(form)() as opening:
            assert opening.about.facts == ("v2", "development", "user ada")
            assert opening.about.title == "p1" and opening.about.recording == "not recorded"
            assert (await one_turn(opening, {"type": "launch"})).ending == "complete"


async def test_a_form_may_name_the_variable_that_holds_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("STAGING_KEY", "$STAGING_KEY"):
        monkeypatch.delenv("STAGING_KEY", raising=False)
        with pytest.raises(ConfigurationError, match=r"\$STAGING_KEY"):
            Doors().connect(Form(key_from=name, project=PROJECT))
        monkeypatch.setenv("STAGING_KEY", KEY)
        Doors().connect(Form(key_from=name, project=PROJECT))


@pytest.mark.parametrize(
    "form",
    [
        Form(key=f"{KEY} {KEY}", project="p"), Form(key=KEY, project=KEY),
        Form(key=KEY, project="p", base_url="http://example.com"),
        Form(key=KEY, project="p", base_url="nonsense"), Form(key=KEY), Form(project="p"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_form_is_said_at_once(form: Form) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Doors().connect(form)
    told = f"{caught.value.message} {caught.value.hint}"
    assert "demo." not in f"{told} {form!r}"
    assert not re.search("--|VF_|base_url|api_key|typed", told)


async def test_the_form_is_remembered_when_it_led_somewhere() -> None:
    doors = Doors()
    assert doors.typed() == Form()
    with pytest.raises(ConfigurationError):
        doors.connect(Form(key=KEY))
    assert doors.typed() == Form()
    form = Form(key=KEY, project="p1")
    doors.connect(form)
    doors.demo()
    assert doors.typed() == form and "demo." not in repr(doors.typed())


async def test_where_one_is_now_has_the_name_of_a_row() -> None:
    written(f'[profile.a]\nproject = "p1"\napi_key = "{KEY}"\nbase_url = "http://127.0.0.1:1"\n')
    doors = Doors({"record": False, "profile": "a"})
    assert doors.here() == ""
    for opener, here in (
        (doors.own(), "a"), (doors.connect(Form(key=KEY, project="p1")), ""),
        (doors.profile("a"), "a"), (doors.demo("v2"), "demo v2"), (doors.demo(), "demo v4"),
        (doors.open(str(STREAM)), ""),
    ):  # fmt: skip
        async with opener():
            assert doors.here() == here
    async with doors.demo()():
        opener = doors.change(api="v2beta1")
    async with opener():
        assert doors.here() == "demo v2beta1"


def test_a_name_is_taken_once() -> None:
    written(f'[profile.a]\nproject = "p1"\napi_key = "{KEY}"\n')
    doors = Doors()
    form = Form(key="another", project="p2")
    with pytest.raises(NameTaken, match="profile a already"):
        doors.keep(form, "a", "file")
    assert KEY in config_path().read_text()
    doors.keep(form, "a", "file", replace=True)
    assert KEY not in config_path().read_text() and doors.profiles()[0].project == "p2"


@pytest.mark.parametrize(
    ("text", "profile", "theme"),
    [
        ('theme = "vftui-light"', None, "vftui-light"),
        ('theme = "vftui-light"', "a", "vftui-light"),
        ('theme = "nord"\n[profile.a]\ntheme = "vftui-light"', "a", "vftui-light"),
        ('[profile.a]\ntheme = "vftui-light"', None, "vftui-dark"),
        ('theme = "no such"', None, "vftui-dark"), ("theme = 7", None, "vftui-dark"),
        ("nonsense", None, "vftui-dark"), ("profile = 7", "a", "vftui-dark"),
        ("[profile]\na = 7", "a", "vftui-dark"), (f"x = {'[' * 5000}", None, "vftui-dark"),
        ("", "a", "vftui-dark"), ("\udcff", None, "vftui-dark"),
    ],
)  # fmt: skip
def test_the_theme_is_there_from_the_first_frame(
    monkeypatch: pytest.MonkeyPatch, text: str, profile: str | None, theme: str
) -> None:
    written("").write_bytes(text.encode(errors="surrogateescape"))
    shown: list[str] = []
    monkeypatch.setattr(VftuiApp, "run", lambda app: shown.append(app.theme))
    for stream in ("__stdin__", "__stderr__"):
        monkeypatch.setattr(f"sys.{stream}", SimpleNamespace(isatty=lambda: True))
    with pytest.raises(SystemExit):
        launch.chat({"profile": profile})
    with pytest.raises(SystemExit):
        launch.open_path(str(STREAM))
    assert shown[0] == theme and len(shown) == 2


async def findings(doors: Doors, form: Form) -> list[Finding]:
    return [one async for one in doors.check(form)]


async def test_a_form_is_checked_without_running_a_turn() -> None:
    async with demo_agent(pace=0) as url:
        found = await findings(Doors(), Form(key=KEY, project=PROJECT, base_url=url))
        assert [(one.what, one.state) for one in found] == [
            (what, "ok") for what in ("key", "project", "address", "session")
        ]
        wrong = Form(key=KEY, project=PROJECT, base_url=url, environment="nowhere")
        last = (await findings(Doors(), wrong))[-1]
        assert (last.what, last.state) == ("environment", "failed") and "nowhere" in last.fix


async def test_settings_that_cannot_be_read_are_a_finding() -> None:
    (one,) = await findings(Doors(), Form(key=KEY, project=KEY))
    assert (one.what, one.state) == ("settings", "failed") and one.text.startswith("Project: ")


def test_where_a_key_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = FakeKeychain()
    use(ring, monkeypatch)
    assert Doors().keeps() == ("keychain", "file", "variable")
    ring.priority = 0
    assert Doors().keeps() == ("file", "variable")


async def test_a_form_is_kept_listed_and_entered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = FakeKeychain()
    use(ring, monkeypatch)
    monkeypatch.setenv("VF_API_KEY", "another")
    monkeypatch.setenv("VF_PROJECT_ID", "another")
    async with demo_agent(pace=0) as url:
        doors = Doors({"project": "third", "record": False})
        form = Form(key=KEY, project="p1", base_url=url)
        assert "keychain" in doors.keep(form, "staging", "keychain")
        (one,) = doors.profiles()
        assert (one.name, one.project, one.key) == ("staging", "p1", "the keychain")
        async with doors.profile("staging")() as opening:
            assert opening.about.title == "staging" and opening.about.notes == ()
            assert (await one_turn(opening, {"type": "launch"})).ending == "complete"
            sent = next(iter(opening.journal.entries()))
            assert isinstance(sent, Sent) and sent.url.startswith(url)
        ring.kept.clear()
        opener = doors.profile("staging")  # the keychain is asked when one goes there
        with pytest.raises(ConfigurationError, match="no entry 'staging'"):
            async with opener():
                pass


def test_a_form_is_kept_whose_key_stays_in_a_variable() -> None:
    doors = Doors()
    said = doors.keep(Form(key_from="LATER", project="p1"), "a", "variable")
    assert "$LATER" in said and 'api_key_from = "$LATER"' in config_path().read_text()
    assert "$VF_API_KEY" in doors.keep(Form(project="p1"), "b", "variable")


def test_a_profile_that_is_not_there() -> None:
    with pytest.raises(ConfigurationError, match="no profile"):
        Doors().profile("staging")


async def test_the_agent_of_now_is_changed_and_the_flags_stay() -> None:
    async with demo_agent(pace=0) as url:
        written(
            '[profile.a]\nproject = "p1"\nenvironment = "main"\n'
            f'base_url = "{url}"\napi_key = "{KEY}"\n'
        )
        doors = Doors({"user": "ada", "record": False})
        async with doors.profile("a")() as opening:
            assert opening.about.facts == ("v4", "main", "user ada")
        async with doors.change(environment=" development ")() as opening:
            assert opening.about.facts == ("v4", "development", "user ada")
            assert opening.about.title == "a" and opening.about.recording == "not recorded"
            assert opening.about.notes == ()  # what was typed just now needs no telling
        async with doors.change(api="v2")() as opening:
            assert opening.about.facts == ("v2", "development", "user ada")
            assert (await one_turn(opening, {"type": "launch"})).ending == "complete"
        with pytest.raises(ConfigurationError):
            doors.change(environment=KEY)


async def test_the_demo_is_changed_as_well() -> None:
    doors = Doors({"record": False})
    async with doors.demo("v2")() as opening:
        assert opening.about.facts[:2] == ("v2", "main")
    async with doors.change(api="v2beta1")() as opening:
        assert opening.about.facts[:2] == ("v2beta1", "development")
        assert (await one_turn(opening, {"type": "launch"})).ending == "complete"
    async with doors.change(environment="production")() as opening:
        assert opening.about.facts[:2] == ("v2beta1", "production")
    written("nonsense")
    for environment in (KEY, "a\0b"):
        with pytest.raises(ConfigurationError, match=r"^environment"):
            doors.change(environment=environment)


async def test_a_door_that_leads_nowhere_changes_nothing() -> None:
    doors = Doors({"record": False})
    async with doors.demo("v2")():
        pass
    with pytest.raises(VftuiError):
        async with doors.open("77")():
            pass
    async with doors.change(environment="development")() as opening:
        assert opening.about.title == live.DEMO_TITLE and opening.about.facts[0] == "v2"


async def test_a_recording_has_no_agent_to_change() -> None:
    doors = Doors({"record": False})
    for opener in (doors.demo(), doors.open(str(STREAM))):
        async with opener():
            pass
    with pytest.raises(ConfigurationError, match="recording"):
        doors.change(api="v2")


async def test_what_is_typed_is_kept_where_conversations_are() -> None:
    async with Doors().demo()() as opening:
        assert opening.history is not None
        opening.history.add("hire a bike")
    assert history_path().exists() and history_path().stat().st_mode & 0o077 == 0
    async with Doors().demo()() as opening:
        assert opening.history is not None and opening.history.entries == ["hire a bike"]
    async with Doors({"record": False}).demo()() as opening:
        assert opening.history is None


async def test_the_screen_behaves_as_the_settings_file_says() -> None:
    async with Doors().demo()() as opening:
        assert opening.options == Options() and opening.fetch is None
    written('pace = true\nimages = true\nsend_no_reply = true\ntheme = "nord"\nrecord = false\n')
    async with Doors().demo()() as opening:
        assert opening.options == Options(True, True, True) and opening.fetch is not None
        assert opening.about.theme == "nord" and opening.about.recording == "not recorded"


@pytest.mark.parametrize("text", ["nonsense", 'api_key_from = "$NOWHERE"', "[profile.a]\nx = 1"])
async def test_the_demo_needs_no_settings(text: str) -> None:
    written(text)
    async with Doors().demo()() as opening:
        assert opening.about.notes == ()
        assert (await one_turn(opening, {"type": "launch"})).ending == "complete"
