"""`vftui doctor`: its lines, its exit codes, and that a turn is run only when somebody wants it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.runtimes import SESSION, Runtime, buffering
from tests.scripted import EVENT_STREAM, answer
from tests.terminal import program
from vftui.cli import main
from vftui.commands.doctor import _Asked, _doctor, _Report
from vftui.demo import PROJECT, demo_agent
from vftui.settings import config_path

KEY = "VF.DM.0123456789abcdef01234567.CanarySecretCanary"
QUIET = _Asked(runs=False, words="")


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VF_API_KEY", KEY)
    monkeypatch.setenv("VF_PROJECT_ID", PROJECT)


async def doctored(asked: _Asked, *, as_json: bool, demo: bool = False, **flags: Any) -> int:
    """The exit code. In a thread, because the command runs loops of its own."""
    report = _Report(as_json)
    await asyncio.to_thread(_doctor, report, asked, demo=demo, flags=flags)
    return report.end()


async def told(
    capsys: pytest.CaptureFixture[str], url: str, asked: _Asked = QUIET, **flags: Any
) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit code, and the failed findings by what they are about."""
    code = await doctored(asked, as_json=True, base_url=url, **flags)
    out, err = capsys.readouterr()
    assert "Canary" not in out + err and out.isascii()
    found = [json.loads(line) for line in out.splitlines()]
    assert all(list(one) == ["what", "state", "text", "fix"] for one in found)
    return code, {one["what"]: one for one in found if one["state"] == "failed"}


def test_unconfigured_is_2_and_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VF_RUNTIME_URL", "http://127.0.0.1:1")
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 2
    first, fix, *_ = result.stdout.splitlines()
    assert first == "failed  key         There is no API key."
    assert fix.startswith(" " * 20) and "VF_API_KEY" in fix
    assert result.stdout.splitlines()[-1] == "2 of 8 checks failed, 3 skipped."


@pytest.mark.parametrize(
    "text", ["nonsense", 'api_key_from = "$NOWHERE"', f'project = "{KEY}"', "projct = 1"]
)
def test_settings_that_cannot_be_read_are_2_and_the_machine_is_checked(text: str) -> None:
    config_path().parent.mkdir(parents=True)
    config_path().write_text(text)
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 2 and "Canary" not in result.output
    states = [line.split()[:2] for line in result.stdout.splitlines() if line[0] != " "]
    assert states[:4] == [
        ["failed", "settings"], ["skipped", "agent"], ["ok", "recording"], ["note", "terminal"]
    ]  # fmt: skip


async def test_the_demo_agent_is_all_right(capsys: pytest.CaptureFixture[str]) -> None:
    code = await doctored(_Asked(True, "help"), as_json=False, demo=True)
    out, _ = capsys.readouterr()
    assert code == 0, out
    assert out.startswith(
        "ok      key         It is a project API key (VF.DM.…), from the demo agent.\n"
    )
    assert "ok      session     Key, project and environment main go together.\n" in out
    assert "ok      turn        " in out and out.splitlines()[-1].startswith("Nothing failed")


def test_the_flags_of_the_command_line_are_heard() -> None:
    line = ["doctor", "--demo", "--text", "help", "--json", "--no-record", "--api", "v2"]
    result = CliRunner().invoke(main, line)
    found = {one["what"]: one for one in map(json.loads, result.stdout.splitlines())}
    assert result.exit_code == 0
    assert found["turn"]["state"] == "ok" and found["recording"]["text"] == "Recording is off."
    assert "v2 opens no session" in found["session"]["text"]
    assert "api from --api" in found["settings"]["text"]


@pytest.mark.usefixtures("configured")
async def test_an_agent_that_answers_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    for api in ("v4", "v2", "v2beta1"):
        async with demo_agent(pace=0) as url:
            assert await told(capsys, url, api=api) == (0, {})
            assert await told(capsys, url, _Asked(True, "prices"), api=api) == (0, {})


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    ("runtime", "code", "what"),
    [
        (Runtime(session=answer("401 Unauthorized", b'{"data":"Invalid"}')), 4, "key"),
        (Runtime(session=answer("404 No", b"invalid environment tag")), 3, "environment"),
        (Runtime(session=answer("404 Not Found", b"{}")), 3, "project"),
        (Runtime(session=answer("200 OK", b"<html></html>", "text/html")), 3, "address"),
        (Runtime(session=answer("404 No", b"<pre>Cannot POST</pre>", "text/html")), 3, "address"),
        (Runtime(session=answer("500 Oops", b"")), 6, "session"),
        (Runtime(SESSION, answer("200 OK", b"<html></html>", "text/html")), 7, "turn"),
        (Runtime(SESSION, answer("500 Oops", b"")), 6, "turn"),
        (Runtime(SESSION, EVENT_STREAM), 7, "turn"),
    ],
    ids=[
        "key", "environment", "project", "page for session", "page for no session", "no session",
        "page for turn", "refused turn", "truncated",
    ],
)  # fmt: skip
async def test_each_wrong_thing_has_its_exit_code(
    capsys: pytest.CaptureFixture[str], runtime: Runtime, code: int, what: str
) -> None:
    async with runtime.serve() as url:
        ended, failed = await told(capsys, url, _Asked(True, ""))
    assert (ended, list(failed)) == (code, [what]) and failed[what]["fix"]
    assert "vftui doctor" not in failed[what]["fix"]
    assert what != "address" or url in failed[what]["text"]


@pytest.mark.usefixtures("configured")
async def test_nobody_there_is_5(capsys: pytest.CaptureFixture[str]) -> None:
    code, failed = await told(capsys, "http://127.0.0.1:1", _Asked(True, ""))
    assert (code, list(failed)) == (5, ["address"])


@pytest.mark.usefixtures("configured")
async def test_a_proxy_that_buffers_is_3(capsys: pytest.CaptureFixture[str]) -> None:
    async with demo_agent(pace=0.1) as url, buffering(url) as proxy:
        code, failed = await told(capsys, proxy, _Asked(True, "hire a bike"))
    assert (code, list(failed)) == (3, ["streaming"])
    assert "holds them back" in failed["streaming"]["text"]


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("yes", [True, False])
async def test_a_person_is_asked_before_a_turn(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, yes: bool
) -> None:
    questions: list[str] = []

    def confirm(question: str, **_: object) -> bool:
        questions.append(question)
        return yes

    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    monkeypatch.setattr("click.confirm", confirm)
    runtime = Runtime()
    async with runtime.serve() as url:
        assert await told(capsys, url) == (0, {})
    assert [("tokens" in question) for question in questions] == [True]
    assert any("/v4/interact/stream" in head for head in runtime.heads) is yes


@pytest.mark.usefixtures("configured")
async def test_without_a_terminal_no_turn_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    runtime = Runtime()
    async with runtime.serve() as url:
        await doctored(QUIET, as_json=False, base_url=url)
    out = capsys.readouterr().out
    assert "skipped turn " in out and "vftui doctor --turn" in out
    assert not any("/interact" in head for head in runtime.heads)


@pytest.mark.usefixtures("configured")
async def test_a_servers_words_cannot_drive_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    body = json.dumps({"message": f"\x1b]2;pwned\x07 {KEY}\nok      key"}).encode()
    async with Runtime(session=answer("500 Oops", body)).serve() as url:
        await doctored(QUIET, as_json=False, base_url=url)
    out = capsys.readouterr().out
    assert "pwned" in out and "\x1b" not in out and "Canary" not in out
    assert sum(line.startswith("ok      key") for line in out.splitlines()) == 1


@pytest.mark.parametrize("flag", ["--project=p", "--base-url=http://127.0.0.1:1"])
@pytest.mark.parametrize("before", [True, False])
def test_the_demo_agent_is_no_other(flag: str, before: bool) -> None:
    line = [flag, "doctor", "--demo"] if before else ["doctor", "--demo", flag]
    result = CliRunner().invoke(main, line)
    assert result.exit_code == 2 and not result.stdout
    assert flag.partition("=")[0] in result.stderr and "--demo" in result.stderr


@pytest.mark.usefixtures("configured")
async def test_one_ctrl_c_leaves_at_the_question() -> None:
    runtime = Runtime()
    async with runtime.serve() as url:

        def ask_and_leave() -> int:
            with program("doctor", VF_RUNTIME_URL=url, cwd=Path.cwd()) as it:
                it.shows("Run a turn, too?")
                it.press("ctrl+c")
                return it.ends()

        assert await asyncio.to_thread(ask_and_leave) == 130
    assert not any("/interact" in head for head in runtime.heads)
