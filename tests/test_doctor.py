"""`vftui doctor`: its lines, its exit codes, and that a turn is run only when somebody wants it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.runtimes import SESSION, Runtime, buffering
from tests.scripted import EVENT_STREAM, answer
from vftui.cli import main
from vftui.commands.doctor import _Asked, _doctor
from vftui.demo import PROJECT, demo_agent
from vftui.settings import config_path, recordings_path

KEY = "VF.DM.0123456789abcdef01234567.CanarySecretCanary"
QUIET = _Asked(runs=False, words="")


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VF_API_KEY", KEY)
    monkeypatch.setenv("VF_PROJECT_ID", PROJECT)


async def told(
    capsys: pytest.CaptureFixture[str], url: str, asked: _Asked = QUIET, **flags: str
) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit code, and the failed findings by what they are about."""
    code = await _doctor(asked, as_json=True, demo=False, flags={"base_url": url, **flags})
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
    assert result.stdout.splitlines()[-1] == "3 of 8 checks failed, 2 skipped."
    assert not recordings_path().parent.exists()


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
    code = await _doctor(_Asked(True, "help"), as_json=False, demo=True, flags={})
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
        (Runtime(session=answer("200 OK", b"<html></html>", "text/html")), 3, "session"),
        (Runtime(SESSION, answer("200 OK", b"<html></html>", "text/html")), 3, "turn"),
        (Runtime(SESSION, EVENT_STREAM), 3, "turn"),
    ],
    ids=["key", "environment", "project", "page for session", "page for turn", "truncated"],
)  # fmt: skip
async def test_each_wrong_thing_has_its_exit_code(
    capsys: pytest.CaptureFixture[str], runtime: Runtime, code: int, what: str
) -> None:
    async with runtime.serve() as url:
        ended, failed = await told(capsys, url, _Asked(True, ""))
    assert (ended, list(failed)) == (code, [what]) and failed[what]["fix"]


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
        await _doctor(QUIET, as_json=False, demo=False, flags={"base_url": url})
    out = capsys.readouterr().out
    assert "skipped turn " in out and "vftui doctor --turn" in out
    assert not any("/interact" in head for head in runtime.heads)


@pytest.mark.usefixtures("configured")
async def test_a_servers_words_cannot_drive_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    body = json.dumps({"message": f"\x1b]2;pwned\x07 {KEY}\nok      key"}).encode()
    async with Runtime(session=answer("500 Oops", body)).serve() as url:
        await _doctor(QUIET, as_json=False, demo=False, flags={"base_url": url})
    out = capsys.readouterr().out
    assert "pwned" in out and "\x1b" not in out and "Canary" not in out
    assert sum(line.startswith("ok      key") for line in out.splitlines()) == 1
