"""The real program in a real terminal: what no test inside its process can see.

The demo agent speaks at its own pace here, so few things are said.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bodies import DATA
from tests.terminal import program, run
from vftui.recording import Recording
from vftui.settings import recordings_path

BODY = "11-v4-agent-turn.sse"
CANARY = "VF.DM.0123456789abcdef01234567.CANARYcanary99"


@pytest.fixture(autouse=True)
def home(surroundings: None) -> Path:
    """The home that every program of a test shares."""
    folder = Path(os.environ["HOME"])
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def shown(name: str = "last") -> dict[str, Any]:
    """What `vftui show --json` tells."""
    done = run("show", name, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def traces(text: str) -> int:
    """How many traces the list says there are."""
    found = re.search(r"Traces · ([\d,]+)", text)
    return int(found[1].replace(",", "")) if found else 0


def recorded() -> int:
    """How many entries the newest session has on disk."""
    with Recording.open(recordings_path(), create=False) as recording:
        return recording.find("last").entries


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@pytest.mark.parametrize("api", ["v4", "v2", "v2beta1"])
def test_a_conversation(api: str) -> None:
    with program("demo", "--api", api) as it:
        it.shows("Welcome to Harbour Bikes", "[1] Hire a bike", "complete")
        it.press("alt+2")
        it.shows("Opening hours", "06:00")
        it.until(lambda text: "complete" in text.splitlines()[0])
        it.say("hold")
        it.shows("streaming")
        it.shows("payment", "complete")
        it.say("long")
        it.shows("streaming", "Morning")
        it.press("escape")
        it.shows("cancelled")
        it.say("bye")
        it.shows("Goodbye")
        text = it.until(lambda text: "complete" in text.splitlines()[0])
        entries = recorded()
        it.until(lambda text: traces(text) == entries, f"{entries} traces")
        it.press("ctrl+q")
        assert it.ends() == 0
    told = shown()
    assert [turn["ending"] for turn in told["turns"]] == [
        "complete", "complete", "complete", "cancelled", "complete",
    ]  # fmt: skip
    assert told["turns"][1]["action"]["type"].startswith("path-")
    assert told["turns"][4]["conversation_over"]
    for turn in told["turns"][2], told["turns"][4]:
        assert words(turn["messages"][-1])[-1] in words(text)
    assert recorded() == entries


def test_a_killed_program_loses_the_last_moment_at_most() -> None:
    with program("demo") as it:
        it.shows("[1] Hire a bike", "complete")
        it.say("long")
        it.shows("streaming", "Morning")
        seen = traces(it.text)
        it.kill()
    assert seen > 20
    told = shown()
    assert told["turns"][-1]["ending"] == "truncated"
    assert "Morning" in told["turns"][-1]["messages"][-1]
    done = run("show", "last")
    assert done.returncode == 0
    with program("open", "last") as it:
        it.shows("A day around the harbour", "truncated")
        # Without what 50 ms bring, and that is a piece every 20 ms.
        it.until(lambda text: traces(text) >= seen - 5, f"{seen} traces")
        it.press("ctrl+q")
        assert it.ends() == 0


def test_a_resize_in_mid_stream() -> None:
    with program("demo", "--no-record") as it:
        it.shows("[1] Hire a bike", "complete", "not recorded")
        it.say("long")
        it.shows("streaming", "Morning")
        for size in ((50, 15), (200, 50), (80, 24)):
            it.resize(*size)
            it.until(lambda text: "streaming" in text.splitlines()[0], f"streams at {size}")
            it.until(lambda text: max(map(len, text.splitlines())) > size[0] - 3, f"fills {size}")  # noqa: B023
        it.press("escape")
        it.shows("cancelled")
        it.press("ctrl+q")
        assert it.ends() == 0
    assert run("sessions").stdout.strip() == ""


OURS = re.compile(
    rb"\x1b(?:"
    rb"\[[0-9;:]*[mHJK]"  # colours, the cursor, erasing
    rb"|\[[<=>?][0-9;]*(?:\$p|[hlucpnq])"  # modes, asked for and set
    rb"|\[(?:[0-9;]*)[ntc]"  # questions about the window
    rb"|[78=>]|\(B"
    rb"|P\+q[0-9a-fA-F;]*\x1b\\"
    rb"|\]22;default\x07"  # the shape of the pointer
    rb")"
)


def test_what_a_hostile_agent_says_never_reaches_the_terminal() -> None:
    with program("demo", "--no-record") as it:
        it.shows("[1] Hire a bike", "complete")
        it.say("fail escape")
        it.until(lambda text: "Harmless" in text and "complete" in text.splitlines()[0])
        for key in ("f2", "f2", "tab", "tab", "up", "up", "up"):
            it.press(key)
        it.press("ctrl+q")
        assert it.ends() == 0
    left = OURS.sub(b"", it.written)
    strange = re.findall(rb"[^\n]{0,12}[\x00-\x07\x0b\x0c\x0e-\x1f\x7f][^\n]{0,24}", left)
    assert not strange
    assert b"\x1b]0;" not in it.written
    assert not re.findall(rb"\xc2[\x80-\x9f]|\xe2\x80[\xae\xaa-\xad]|\xe2\x81[\xa6-\xa9]", left)


def test_open_a_saved_stream() -> None:
    with program("open", str(DATA / "streams/11-v4-agent-turn.sse")) as it:
        expected = shown(str(DATA / "streams/11-v4-agent-turn.sse"))
        firsts = {words(message)[0] for message in expected["turns"][0]["messages"]}
        it.shows("complete", "Traces · ")
        it.until(lambda text: firsts <= set(words(text)), f"shows {firsts}")
        it.press("ctrl+q")
        assert it.ends() == 0


def test_a_file_that_was_pasted_from_a_page_is_told_of() -> None:
    with program("open", str(DATA / "pretty-printed.txt")) as it:
        it.shows("read leniently")
        it.press("ctrl+q")
        assert it.ends() == 0


def test_a_stream_that_is_piped_in_live_and_the_keys_of_the_terminal() -> None:
    body = (DATA / "streams/11-v4-agent-turn.sse").read_bytes()
    frames = body.split(b"\n\n")
    reading, writing = os.pipe()
    with program("open", "-", stdin=reading) as it:
        os.close(reading)
        it.shows("Conversation")
        os.write(writing, b"\n\n".join(frames[:4]) + b"\n\n")
        first = it.until(traces, "the first traces")
        os.write(writing, b"\n\n".join(frames[4:]))
        it.until(lambda text: traces(text) > traces(first), "more traces")
        os.close(writing)
        it.shows("complete")
        it.press("f1")
        it.shows("Focus Next")
        it.press("ctrl+q")
        assert it.ends() == 0


def test_nobody_pipes_anything_in() -> None:
    with program("open", "-") as it:
        assert it.ends() == 2
        assert "Nothing is piped in" in it.text


def test_without_settings_it_welcomes() -> None:
    with program() as it:
        it.shows("Try the demo", "project id", "Open a file")
        it.press("ctrl+d")
        it.shows("Welcome to Harbour Bikes", "complete")
        it.press("ctrl+q")
        assert it.ends() == 0


def test_a_crash_leaves_the_terminal_as_it_was_and_a_report_without_the_key(
    tmp_path: Path,
) -> None:
    code = (
        "import vftui.ui.chat as chat\n"
        "def _paint(self):\n"
        f"    api_key = '{CANARY}'\n"
        "    raise ZeroDivisionError(f'a bug near {api_key}')\n"
        "chat.ChatScreen._paint = _paint\n"
        "from vftui.cli import main\n"
        "main(['demo', '--no-record'])\n"
    )
    with program(command=("-c", code), VF_API_KEY=CANARY, TMPDIR=str(tmp_path)) as it:
        before = it.modes()
        assert it.ends() == 1
        assert it.modes() == before
    told = it.written.rpartition(b"\x1b[?1049l")[2].decode()
    assert "something unexpected happened (ZeroDivisionError)" in told
    assert "Traceback" not in it.written.decode() and "api_key" not in told
    assert b"CANARY" not in it.written
    assert b"\x1b[?25h" in it.written and b"\x1b[?1000l" in it.written
    (report,) = tmp_path.glob("vftui-crash-*")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    text = report.read_text("utf-8")
    assert "in _paint" in text and "a bug near" in text
    assert "CANARY" not in text


def test_a_wrong_setting_is_one_sentence(home: Path) -> None:
    with program(VF_API_KEY=f"{CANARY} x", VF_PROJECT_ID="abc") as it:
        assert it.ends() == 2
    told = it.written.rpartition(b"\x1b[?1049l")[2].decode()
    assert "api_key (from $VF_API_KEY)" in told
    assert b"CANARY" not in it.written


def test_without_a_terminal_it_says_so() -> None:
    done = run("demo")
    assert done.returncode == 2
    assert "no terminal" in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_what_is_closed_leads_nowhere(closed: str) -> None:
    command = [sys.executable, "-m", "vftui", "decode", str(DATA / "streams" / BODY)]
    places = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    line = f"{shlex.join(command)} {closed}"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, env=places)
    assert (done.returncode, done.stderr) == (0, "")
    assert bool(done.stdout) == (closed != ">&-")
    piped = subprocess.run(
        f"{shlex.join([*command[:-1], '-'])} <&-", shell=True, capture_output=True, env=places
    )
    assert b"Traceback" not in piped.stderr


def test_the_prompt_takes_what_a_terminal_sends() -> None:
    """A bracketed paste, alt with enter, and a burst of keys with enter at its end."""
    with program("demo", "--no-record") as it:
        it.shows("[1] Hire a bike", "complete")
        it.send("\x1b[200~pas\x1b]0;x\x07ted\r\nlines\x1b[201~")
        it.shows("lines")
        it.send("\x1b\rmore")
        it.shows("more")
        it.send(" hours\r")
        it.until(lambda text: "more hours" in text and "streaming" in text, "it is sent")
        it.press("ctrl+q")
        assert it.ends() == 0


def test_what_is_pasted_presses_no_key() -> None:
    with program("demo") as it:
        it.shows("[1] Hire a bike", "complete")
        it.send("\x1b[200~ab\x1b[31mred\x07\r\nnext\x1b[201~")
        it.shows("ab␛[31mred␇", "next")
        it.press("!")
        it.shows("next!")
        it.press("enter")
        sent = ("type a message", "next!")  # it left the prompt, and is in the conversation
        it.until(lambda text: "complete" in text.splitlines()[0] and all(w in text for w in sent))
        it.press("ctrl+q")
        assert it.ends() == 0
    _, said = shown()["turns"]
    assert said["action"] == {"type": "text", "payload": "ab␛[31mred␇\nnext!"}
    assert b"\x1b[31mred" not in it.written


def test_a_program_that_is_told_to_end_gives_the_terminal_back() -> None:
    with program("demo") as it:
        before = it.modes()
        it.shows("[1] Hire a bike", "complete")
        it.say("long")
        it.shows("streaming", "Morning")
        it.process.terminate()
        assert it.ends() == 128 + signal.SIGTERM
        assert it.modes() == before
    assert it.written.rpartition(b"\x1b[?1049l")[1]
    assert [turn["ending"] for turn in shown()["turns"]] == ["complete", "cancelled"]


def test_leaving_in_mid_stream_and_at_once() -> None:
    with program("demo") as it:
        it.shows("[1] Hire a bike", "complete")
        it.say("long")
        it.shows("streaming", "Morning")
        it.press("ctrl+q")
        assert it.ends() == 0
    assert [turn["ending"] for turn in shown()["turns"]] == ["complete", "cancelled"]
    with program("demo") as it:
        it.until(lambda text: "Conversation" in text)
        it.press("ctrl+q")
        assert it.ends() == 0
    tail = it.written.rpartition(b"\x1b[?1049l")[2].decode()
    assert "never awaited" not in tail and "Traceback" not in tail
