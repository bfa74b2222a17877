"""The commands, as scripts see them: stdout, stderr, exit code, and when each line comes."""

from __future__ import annotations

import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from tests.bodies import BODIES, DATA
from tests.expected import EXPECTED
from vftui import __version__
from vftui.cli import HEADLESS, main
from vftui.commands.crash import report
from vftui.connect import agent_of
from vftui.recording import Recording
from vftui.render.objects import entry_line
from vftui.session.log import Received, Sent
from vftui.settings import Settings
from vftui.wire.frames import FrameReader, parse_frame

ROOT = Path(__file__).parent.parent
KEY = "VF.DM.0123456789abcdef01234567.CanarySecretCanary"
FRAME = b'event: trace\nid: 7\ndata: {"type":"text","payload":{"message":"hi"}}\n\n'
FIELDS = [
    "seq", "dispatched", "event", "id", "data", "comment", "retry", "trace", "problem",
]  # fmt: skip


class Shell:
    """A home of its own, and the program run in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("VF_", "XDG_", "PYTHON"))
        } | {"HOME": str(home), "PYTHONPATH": str(ROOT), "TMPDIR": str(home)}

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "vftui", *arguments],
            cwd=self.home,
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        process = self.start(*arguments)
        out, err = process.communicate(stdin, timeout=50)
        assert b"Traceback" not in err and b"Canary" not in out + err
        return process.returncode, out.decode(), err.decode()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of `vftui agent`, which answers at once."""
    shell = Shell(tmp_path_factory.mktemp("agent"))
    process = shell.start("agent", "--pace", "0")
    assert process.stdout is not None
    yield process.stdout.readline().decode().strip()
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert b"curl" in err and b"$VF_API_KEY" in err


def line_within(process: subprocess.Popen[bytes], seconds: float = 30) -> bytes:
    """The next line on stdout; fails when it does not come."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    assert ready, "nothing came"
    return process.stdout.readline()


def commands() -> dict[str, click.Command]:
    context = click.Context(main)
    found = {name: main.get_command(context, name) for name in main.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


# -- the command line itself ------------------------------------------------------------------


def test_every_command_of_the_contract_is_there_and_explained_with_an_example() -> None:
    assert {"demo", "open", *HEADLESS} == set(commands())
    for name in ["", *commands()]:
        result = CliRunner().invoke(main, [*name.split(), "--help"])
        assert result.exit_code == 0
        assert "Example" in result.output and "vftui" in result.output.split("Example")[1]


def test_there_is_no_flag_for_the_key() -> None:
    for command in [main, *commands().values()]:
        options = [name for parameter in command.params for name in parameter.opts]
        assert not [name for name in options if "key" in name]


def test_version() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"vftui {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["decoe"], ["decode", "--nope"], ["send"], ["send", "hi", "--action", "{}"], ["show"],
        ["send", "--api", "v5", "hi"], ["agent", "--port", "-1"], ["send", "--timeout", "x", "hi"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_2_and_said_on_stderr(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr


def test_the_unforeseen_ends_in_a_report_without_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def explode(_: object) -> None:
        raise RuntimeError(f"with {KEY} inside")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("vftui.commands.decode.chunks", explode)
    result = CliRunner().invoke(main, ["decode"])
    assert (result.exit_code, result.stdout) == (1, "")
    (path,) = tmp_path.glob("vftui-crash-*")
    assert result.stderr.startswith("vftui: something unexpected happened (RuntimeError).")
    assert str(path) in result.stderr and "Canary" not in result.stderr + path.read_text()
    assert "in explode" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_report_hides_a_key_of_any_shape(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("VF_API_KEY", "private-cloud-Canary-1")
    report(RuntimeError("private-cloud-Canary-1"))
    (path,) = tmp_path.glob("vftui-crash-*")
    assert "Canary" not in path.read_text()


def test_a_report_hides_the_key_of_the_agent_wherever_it_came_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    agent_of(Settings(api_key=SecretStr("my-own-Canary-3"), project="p"))
    report(RuntimeError("my-own-Canary-3"))
    (path,) = tmp_path.glob("vftui-crash-*")
    assert "Canary" not in path.read_text()


def test_a_report_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")
    assert "No report could be written" in report(RuntimeError())


def test_a_terminal_without_the_character_shows_another(shell: Shell) -> None:
    shell.environ["PYTHONIOENCODING"] = "ascii"
    code, words, _ = shell.run("show", str(DATA / "streams" / "02-v2beta1-completion.sse"))
    assert code == 0 and "cargo bike costs ?6" in words


def test_what_was_typed_is_said_without_its_escapes_and_keys() -> None:
    result = CliRunner().invoke(main, ["decode", f"\x1b]2;pwned\x07{KEY}"])
    assert result.exit_code == 2 and "\x1b" not in result.stderr
    assert "pwned" in result.stderr and "Canary" not in result.stderr


# -- decode -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(BODIES))
def test_decode_prints_each_frame(name: str) -> None:
    body = BODIES[name]
    result = CliRunner().invoke(main, ["decode"], input=body)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    reader = FrameReader()
    frames = [one for one in reader.feed(body) + reader.close() if one.raw.strip(b"\n")]
    assert result.exit_code == 0 and result.stdout.isascii()
    assert [list(line) for line in lines] == [FIELDS] * len(frames)
    assert [line["seq"] for line in lines] == list(range(1, len(frames) + 1))
    for line, frame in zip(lines, frames, strict=True):
        told = (line["dispatched"], line["event"], line["id"], line["data"], line["comment"])
        assert told == (frame.dispatched, frame.event, frame.id, frame.data, frame.comment)
        value = Received(None, frame).decoded.trace
        assert line["trace"] == (value.raw if value else None)


def test_decode_reads_a_file_like_stdin() -> None:
    path = DATA / "streams" / "11-v4-agent-turn.sse"
    from_file = CliRunner().invoke(main, ["decode", str(path)])
    from_stdin = CliRunner().invoke(main, ["decode", "-"], input=path.read_bytes())
    assert from_file.stdout == from_stdin.stdout != ""


def test_decode_prints_each_frame_when_it_is_complete(shell: Shell) -> None:
    process = shell.start("decode")
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(FRAME)
    process.stdin.flush()
    assert json.loads(line_within(process))["trace"]["type"] == "text"
    for byte in b"data: y":
        process.stdin.write(bytes([byte]))
        process.stdin.flush()
    assert select.select([process.stdout], [], [], 0.2)[0] == []
    process.stdin.write(b"\n\n")
    process.stdin.flush()
    assert json.loads(line_within(process))["data"] == "y"
    process.kill()
    process.communicate()


def test_decode_prints_a_frame_that_the_end_cuts_off() -> None:
    result = CliRunner().invoke(main, ["decode"], input=FRAME + b"data: y")
    cut = json.loads(result.stdout.splitlines()[-1])
    assert (cut["dispatched"], cut["data"], cut["id"]) == (False, "y", "7")
    assert "cut off" in cut["problem"] and result.exit_code == 0


def test_decode_stays_strict_json_whatever_python_can_read() -> None:
    odd = b'data: {"type":"x","payload":{"a":[1e999,NaN],"b":"\\ud800 \xc2\x9b"}}\n\n'
    deep = b'data: {"type":"x","payload":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n\n"
    result = CliRunner().invoke(main, ["decode"], input=odd + deep)
    first, second = (
        json.loads(line, parse_constant=lambda name: pytest.fail(name))
        for line in result.stdout.splitlines()
    )
    assert first["trace"]["payload"]["a"] == [None, None] and "NaN" in first["data"]
    assert second["trace"] is None and second["problem"]


def test_a_trace_too_deep_to_be_printed_again_leaves_its_data() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    entry = Received(1.0, parse_frame(FRAME))
    trace = entry.decoded.trace
    assert trace is not None
    trace.raw["payload"] = deep
    line = json.loads(entry_line(1, entry))
    assert line["trace"] is None and "deeply" in line["problem"] and "hi" in line["data"]


def test_decode_ends_quietly_when_its_reader_leaves(shell: Shell) -> None:
    with shell.start("decode") as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(FRAME)
        process.stdin.flush()
        line_within(process)
        process.stdout.close()
        process.stdin.write(FRAME * 10)
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (None, 2, "No such file"),
        ("folder", 2, "directory"),
        (b"", 7, "empty"),
        (b"\n\n\n", 7, "is"),
        (b"<html>\n\n</html>\n", 7, "not an event stream"),
    ],
)
@pytest.mark.parametrize("command", ["decode", "show"])
def test_what_cannot_be_read_is_said_in_a_sentence(
    tmp_path: Path, command: str, content: Any, code: int, word: str
) -> None:
    path = tmp_path / "body.sse"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    result = CliRunner().invoke(main, [command, str(path)])
    assert result.exit_code == code
    assert result.stderr.startswith("vftui: ") and word in result.stderr
    assert "\x1b" not in result.output


# -- show and sessions ------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_show_json_of_every_body(name: str) -> None:
    expected = EXPECTED[name]
    result = CliRunner().invoke(main, ["show", str(DATA / f"{name}.sse"), "--json"])
    assert result.exit_code == 0, result.stderr
    shown = json.loads(result.stdout)
    (turn,) = shown["turns"]
    assert list(turn) == [
        "action", "ending", "messages", "choices", "tokens", "first_text_ms", "conversation_over",
        "elapsed_ms", "calls", "cost",
    ]  # fmt: skip
    assert list(shown) == ["turns", "tokens", "cost", "unreported_turns"]
    assert turn["action"] is None and turn["first_text_ms"] is None
    assert turn["messages"] == list(expected.messages)
    assert turn["ending"] == expected.ending
    assert turn["conversation_over"] is expected.conversation_over
    assert [choice["name"] for choice in turn["choices"]] == list(expected.choices)
    assert all(list(choice) == ["number", "name", "request"] for choice in turn["choices"])
    assert turn["tokens"] == expected.tokens == shown["tokens"]


def test_show_reads_a_stream_from_stdin_and_prints_a_transcript() -> None:
    body = BODIES["streams/11-v4-agent-turn"]
    result = CliRunner().invoke(main, ["show", "-"], input=body)
    assert result.exit_code == 0
    assert "Pier 3 has two e-bikes" in result.stdout and "\x1b" not in result.stdout


def test_nothing_recorded_is_said(shell: Shell) -> None:
    assert shell.run("sessions")[:2] == (0, "")
    code, out, err = shell.run("show", "last")
    assert (code, out) == (2, "") and "Nothing is recorded yet" in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", ["show", "decode", "show --json"])
def test_output_that_cannot_be_written_is_said(shell: Shell, command: str) -> None:
    name, *options = command.split()
    path = DATA / "streams" / "11-v4-agent-turn.sse"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "vftui", name, str(path), *options],
            cwd=shell.home, env=shell.environ, stdout=full, stderr=subprocess.PIPE, timeout=50,
        )  # fmt: skip
    assert done.stderr.decode() == "vftui: Cannot write the output: no space left on device.\n"
    assert done.returncode == 1
    assert not [*shell.home.glob("vftui-crash-*")]


def test_a_turn_whose_program_was_killed_is_truncated(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    with Recording.open(path) as recording:
        journal = recording.begin(title="t", api="v4", started=0.0)
        for number in (1, 2):
            journal.append(Sent(float(number), {"type": "launch"}, "v4"))
            journal.append(Received(number + 0.5, parse_frame(FRAME)))
    result = CliRunner().invoke(main, ["show", str(path), "--json"])
    turns = json.loads(result.stdout)["turns"]
    assert [turn["ending"] for turn in turns] == ["truncated", "truncated"]
    assert [turn["messages"] for turn in turns] == [["hi"], ["hi"]]
    assert turns[0]["first_text_ms"] == 500


# -- send -------------------------------------------------------------------------------------


@pytest.mark.parametrize("api", ["v4", "v2", "v2beta1"])
def test_send_demo_prints_the_agents_words_and_records_the_turn(shell: Shell, api: str) -> None:
    code, words, err = shell.run("send", "--demo", "--launch", "--api", api)
    assert code == 0, err
    _, shown, _ = shell.run("show", "last", "--json")
    (turn,) = json.loads(shown)["turns"]
    assert turn["action"] == {"type": "launch"} and turn["ending"] == "complete"
    assert words == "".join(f"{message}\n" for message in turn["messages"]) != ""
    assert all(choice["name"] in err for choice in turn["choices"])
    _, table, _ = shell.run("sessions")
    assert table.splitlines()[1].split()[0] == "1" and api in table
    (row,) = map(json.loads, shell.run("sessions", "--json")[1].splitlines())
    assert (row["id"], row["api"], row["turns"], row["title"]) == (1, api, 1, "launch")


def test_the_recording_is_its_owners_alone(shell: Shell) -> None:
    shell.run("send", "--demo", "--launch")
    files = [path for path in shell.home.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert files and all(path.stat().st_mode & 0o077 == 0 for path in files)


def configured(shell: Shell, url: str) -> Shell:
    shell.environ |= {"VF_API_KEY": KEY, "VF_PROJECT_ID": "p1", "VF_RUNTIME_URL": url}
    return shell


def test_send_launches_first_and_prints_the_last_answer_only(shell: Shell, agent: str) -> None:
    configured(shell, agent)
    _, both, _ = shell.run("send", "--launch", "prices", "--json")
    kinds = [json.loads(line)["kind"] for line in both.splitlines()]
    assert kinds.count("sent") == kinds.count("closed") == 2
    code, words, err = shell.run("send", "--launch", "prices")
    assert code == 0, err
    first, second = json.loads(shell.run("show", "last", "--json")[1])["turns"]
    assert words == "".join(f"{message}\n" for message in second["messages"])
    assert first["messages"] and first["messages"] != second["messages"]


def test_send_json_prints_entries_as_decode_prints_frames(shell: Shell, agent: str) -> None:
    configured(shell, agent)
    code, out, _ = shell.run("send", "--launch", "--json", "--api", "v2")
    *entries, usage = [json.loads(line) for line in out.splitlines()]
    kinds = [entry["kind"] for entry in entries]
    assert code == 0 and out.isascii() and usage["kind"] == "usage"
    assert (kinds[0], kinds[1], kinds[-1]) == ("sent", "opened", "closed")
    assert set(kinds[2:-1]) == {"received"}
    assert entries[0]["action"] == {"type": "launch"} and json.loads(entries[0]["body"])
    assert [list(entry) for entry in entries[2:-1]] == [["kind", "at", *FIELDS]] * (len(kinds) - 3)
    assert [entry["seq"] for entry in entries[2:-1]] == list(range(1, len(kinds) - 2))
    assert entries[-1]["ending"] == "complete"
    times = [entry["at"] for entry in entries]
    assert times == sorted(times)


def test_send_reads_its_text_from_stdin(shell: Shell, agent: str) -> None:
    configured(shell, agent)
    _, out, _ = shell.run("send", "-", "--json", "--api", "v2", stdin="wörds\n".encode())
    assert json.loads(out.splitlines()[0])["action"] == {"type": "text", "payload": "wörds"}


def test_too_much_text_is_refused_and_not_cut() -> None:
    result = CliRunner().invoke(main, ["send", "-"], input=b"x" * (2**20 + 1))
    assert result.exit_code == 2 and "1 MiB" in result.stderr


def test_send_sends_an_action_verbatim(shell: Shell, agent: str) -> None:
    configured(shell, agent)
    action = {"type": "event", "payload": {"event": {"name": "x"}}, "metadata": {"a": [1]}}
    _, out, _ = shell.run("send", "--action", json.dumps(action), "--json")
    assert json.loads(out.splitlines()[0])["action"] == action
    code, out, err = shell.run("send", "--action", "{", "--json")
    assert (code, out) == (2, "") and "not valid JSON" in err


def test_no_record_leaves_nothing(shell: Shell, agent: str) -> None:
    configured(shell, agent)
    shell.run("send", "--launch", "--no-record")
    assert "nothing is recorded" in shell.run("sessions")[2]


def test_a_place_that_cannot_be_written_does_not_end_the_turn(shell: Shell, agent: str) -> None:
    configured(shell, agent)
    shell.environ["XDG_DATA_HOME"] = "/dev/null"
    code, words, err = shell.run("send", "--launch")
    assert code == 0 and words and "not recorded" in err


@pytest.mark.parametrize(
    ("environ", "code", "word"),
    [
        ({"VF_API_KEY": ""}, 2, "VF_API_KEY"),
        ({"VF_PROJECT_ID": ""}, 2, "VF_PROJECT_ID"),
        ({"VF_API_KEY": "VF.WS.0123456789abcdef01234567.CanarySecretCanary"}, 4, "refused"),
        ({"VF_RUNTIME_URL": "http://127.0.0.1:1"}, 5, "unreachable"),
        ({"VF_ENVIRONMENT": "nowhere"}, 6, "refused"),
        ({"VF_RUNTIME_URL": "http://example.com"}, 2, "plain http"),
    ],
)
def test_send_says_what_went_wrong_and_what_to_do(
    shell: Shell, agent: str, environ: dict[str, str], code: int, word: str
) -> None:
    configured(shell, agent)
    shell.environ |= environ
    got, out, err = shell.run("send", "--launch")
    assert (got, out) == (code, "")
    assert "vftui: " in err and word in err and "\n  " in err


def test_flags_before_the_command_count_and_those_behind_are_stronger(
    shell: Shell, agent: str
) -> None:
    configured(shell, agent)
    shell.environ["VF_API"] = "v4"
    _, out, _ = shell.run("--api", "v2", "--user", "ada", "send", "--launch", "--json")
    sent = json.loads(out.splitlines()[0])
    assert sent["api"] == "v2" and "/user/ada/" in sent["url"]
    _, out, _ = shell.run("--api", "v2", "send", "--api", "v2beta1", "--launch", "--json")
    assert json.loads(out.splitlines()[0])["api"] == "v2beta1"


def test_dotenv_is_said_aloud(shell: Shell, agent: str) -> None:
    (shell.home / ".env").write_text(f"API_KEY={KEY}\nPROJECT_ID=p1\nRUNTIME_ENDPOINT={agent}\n")
    (shell.home / ".env").chmod(0o600)
    code, out, err = shell.run("send", "--launch")
    assert code == 0 and out
    assert err.splitlines()[0] == "vftui: api_key, project, base_url from ./.env"


def test_a_key_that_was_sent_by_mistake_is_in_no_title_and_on_no_line(shell: Shell) -> None:
    (shell.home / "talk").write_text(f"/end {KEY}\n")
    action = json.dumps({"type": "end", "payload": {"reason": KEY}})
    for sending in (["--action", action], ["--script", "talk"]):
        shell.run("send", "--demo", *sending)
    assert shell.run("sessions")[1].count('end "VF.DM.****"') == 2


def test_nothing_is_said_of_ones_own_settings_where_the_demo_answers(shell: Shell) -> None:
    (shell.home / ".env").write_text("PROJECT_ID=p1\nENVIRONMENT=beta\n")
    code, out, err = shell.run("send", "--demo", "--launch")
    assert code == 0 and out and ".env" not in err


@pytest.mark.parametrize("room", [65_000, 120_000])  # for the session, or for its first turn, too
def test_a_full_disk_is_told_once_and_ends_no_turn(shell: Shell, agent: str, room: int) -> None:
    configured(shell, agent)
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))"
    process = subprocess.run(
        [sys.executable, "-c", f"{limited}; from vftui.cli import main; main()",
         "send", "--launch", "bench 2000"],
        cwd=shell.home, env=shell.environ, capture_output=True, timeout=50,
    )  # fmt: skip
    err = process.stderr.decode()
    assert process.returncode == 0, err
    assert b"harbour" in process.stdout
    assert err.count("not recorded") == 1 and err.count("Cannot write") == 1
    assert shell.run("sessions")[0] == 0


def test_a_session_that_cannot_begin_to_be_recorded_goes_on(shell: Shell, agent: str) -> None:
    configured(shell, agent)
    assert shell.run("send", "--launch")[0] == 0
    (path,) = shell.home.glob("**/recordings.db")
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TRIGGER no BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'not now'); END"
    )
    connection.close()
    code, out, err = shell.run("send", "--launch")
    assert code == 0 and "Harbour Bikes" in out
    assert "vftui: not recorded: Cannot write to " in err and err.count("not now") == 1


def test_ctrl_c_cancels_the_turn_and_the_recording_says_so(shell: Shell) -> None:
    with shell.start("send", "--demo", "hire a bike") as process:
        line_within(process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130 and b"Traceback" not in err and b"cancelled" in err
    (turn,) = json.loads(shell.run("show", "last", "--json")[1])["turns"]
    assert turn["ending"] == "cancelled" and turn["messages"]


def test_send_goes_on_when_its_reader_leaves(shell: Shell) -> None:
    with shell.start("send", "--demo", "--launch", "--json") as process:
        line_within(process)
        assert process.stdout and process.stderr
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 0 and b"Traceback" not in err and b"unexpected" not in err
    (turn,) = json.loads(shell.run("show", "last", "--json")[1])["turns"]
    assert turn["ending"] == "complete"


# -- agent ------------------------------------------------------------------------------------


def test_agent_ends_on_ctrl_c(shell: Shell) -> None:
    process = shell.start("agent")
    assert line_within(process).startswith(b"http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130 and b"Traceback" not in err


def test_a_port_in_use_is_said(shell: Shell, agent: str) -> None:
    code, out, err = shell.run("agent", "--port", agent.rpartition(":")[2])
    assert (code, out) == (2, "") and "port" in err
