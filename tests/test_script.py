"""Scripts: how they are read, and a whole conversation sent by one, in every generation."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.scripted_talk import SCRIPT, TALK
from tests.test_cli import KEY, Shell
from vftui.cli import main
from vftui.commands.script import read_script
from vftui.errors import CheckFailed, ConfigurationError
from vftui.recording import Recording
from vftui.session.items import Choice
from vftui.session.log import Opened, Sent
from vftui.wire.dialects import DIALECTS, Api


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo agent that answers at once."""
    process = Shell(tmp_path_factory.mktemp("agent")).start("agent", "--pace", "0")
    assert process.stdout is not None
    yield process.stdout.readline().decode().strip()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)


@pytest.fixture
def shell(tmp_path: Path, url: str) -> Shell:
    shell = Shell(tmp_path)
    shell.environ |= {"VF_API_KEY": KEY, "VF_PROJECT_ID": "p1", "VF_RUNTIME_URL": url}
    return shell


# -- the whole conversation -----------------------------------------------------------------------


@pytest.mark.parametrize("api", DIALECTS)
def test_a_conversation_with_everything_in_it(shell: Shell, api: Api) -> None:
    path = shell.home / "talk.txt"
    path.write_text(SCRIPT, "utf-8")
    code, words, err = shell.run("send", "--script", str(path), "--api", api)
    assert code == 0, err
    turns = json.loads(shell.run("show", "last", "--json")[1])["turns"]
    assert [turn["action"] for turn in turns] == [beat.sends for beat in TALK]
    for turn, beat in zip(turns, TALK, strict=True):
        said = "\n\n".join(turn["messages"])
        assert [part for part in beat.says if part not in said] == [], (beat.line, said)
        assert [choice["name"] for choice in turn["choices"]] == list(beat.offers), beat.line
        assert (turn["ending"], turn["conversation_over"]) == ("complete", beat.over)
    assert words == "".join(f"{text}\n" for turn in turns for text in turn["messages"])
    echoed = [line for line in err.splitlines() if line.startswith("> ")]
    assert echoed == [f"> {beat.line.strip()}" for beat in TALK]
    check_bodies(shell, api)


def check_bodies(shell: Shell, api: Api) -> None:
    """What went over the wire: actions verbatim, variables in place, one v4 session a launch."""
    (path,) = shell.home.glob("**/recordings.db")
    with Recording.open(path) as recording:
        entries = list(recording.journal(recording.find("last").id).entries())
    sent = [entry for entry in entries if isinstance(entry, Sent)]
    assert len(sent) == len(TALK)
    for entry, beat in zip(sent, TALK, strict=True):
        body = json.loads(entry.body)
        holder = body.get("state", {}) if api == "v2beta1" else body
        assert body["action"] == entry.action == beat.sends
        assert holder.get("variables", {}) == beat.variables
    opened = [entry for entry in entries if isinstance(entry, Opened) and entry.stage == "session"]
    assert len(opened) == (2 if api == "v4" else 0)


def test_json_has_every_entry_of_every_turn(shell: Shell) -> None:
    code, out, err = shell.run(
        "send", "--script", "-", "--json", "--api", "v2", stdin=b"/launch\nPrices\n/end\n"
    )
    assert code == 0, err
    entries = [json.loads(line) for line in out.splitlines()]
    sent = [entry["action"] for entry in entries if entry["kind"] == "sent"]
    assert sent[1:] == [{"type": "text", "payload": "What are your prices?"}, {"type": "end"}]
    assert [entry["kind"] for entry in entries].count("closed") == 3
    assert "vftui: “end” is known in v4; v2 may ignore it." in err.splitlines()


def test_a_launch_may_come_first_and_the_embedded_agent_may_answer(shell: Shell) -> None:
    code, words, err = shell.run(
        "send", "--demo", "--launch", "--var", "tier=gold", "--script", "-", stdin=b"variables"
    )
    assert code == 0, err
    assert words.startswith("Welcome to **Harbour Bikes**") and '| `tier` | `"gold"` |' in words
    assert err.splitlines()[-1] == "> variables"


def test_what_is_not_said_is_told_on_stderr(shell: Shell) -> None:
    lines = b"cards\ncarousel\npayment\nsources\nreasoning\n"
    code, words, err = shell.run("send", "--script", "-", stdin=lines)
    assert code == 0
    told = ["City bike", "Carries two children.", "[2] Hire Cargo bike", "take_payment",
            "Terms of hire", "[1] paid"]  # fmt: skip
    assert [part for part in told if part not in err or part in words] == []
    assert "asks how I think" not in err + words


# -- when something goes wrong --------------------------------------------------------------------

BROKEN = b"/launch\nfail 401\nfail credits\nhours\n"


def test_the_first_turn_that_goes_wrong_is_the_last(shell: Shell) -> None:
    code, words, err = shell.run("send", "--script", "-", stdin=BROKEN)
    assert code == 4 and "Welcome" in words
    assert "> fail 401" in err and "refused" in err and "> fail credits" not in err


def test_keep_going_goes_on_and_the_first_failure_counts(shell: Shell) -> None:
    code, words, err = shell.run("send", "--keep-going", "--script", "-", stdin=BROKEN)
    assert code == 4 and "close at **20:00**" in words
    assert "credit_limit_reached" in err


def test_a_button_that_is_not_there_fails_the_check(shell: Shell) -> None:
    lines = b"/launch\n/press Fly\nhours\n/press 1\n"
    code, words, err = shell.run("send", "--script", "-", stdin=lines)
    assert code == 3 and "20:00" not in words
    assert "vftui: Line 2: There is no button “Fly”.\n  There are: [1] Hire a bike, [2] " in err
    code, words, err = shell.run("send", "--script", "-", "--keep-going", stdin=lines)
    assert code == 3 and "20:00" in words
    assert "Line 4: There is no button “1”.\n  The last answer offers none." in err


def test_a_mistake_is_told_before_anything_is_sent(shell: Shell) -> None:
    lines = b'/launch\n\n   /event\n/intent "x'
    code, words, err = shell.run("send", "--script", "-", stdin=lines)
    assert (code, words) == (2, "")
    assert err == "vftui: Line 3, column 10: NAME is missing.\n" + (
        "  Write /event NAME, such as: /event checkout\n"
    )
    assert shell.run("sessions")[1] == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--script", "nowhere.txt"], "nowhere.txt cannot be read: No such file or directory."),
        (["--script", "."], "cannot be read: Is a directory."),
        (["--script", "-", "hi"], "cannot be sent together"),
        (["--script", "-", "--action", "{}"], "cannot be sent together"),
        (["--keep-going", "hi"], "--keep-going is for a --script"),
        (["--var", "x", "hi"], "NAME=VALUE"),
        (["--var", "=3", "hi"], "NAME=VALUE"),
        (["--var", "x=1"], "Nothing to send"),
    ],
)
def test_wrong_usage(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(main, ["send", *arguments], input=b"/launch")
    assert result.exit_code == 2 and says in result.stderr and not result.stdout


def test_a_script_is_text() -> None:
    result = CliRunner().invoke(main, ["send", "--script", "-"], input=b"\xff\xfe/launch")
    assert result.exit_code == 2 and "not UTF-8" in result.stderr


def test_variables_of_the_command_line_are_sent_with_the_first_action(shell: Shell) -> None:
    _, out, _ = shell.run(
        "send", "--launch", "hello", "--var", "a=1", "--var", 'b={"c": [true]}', "--var", "d=x y",
        "--json", "--api", "v2",
    )  # fmt: skip
    bodies = [json.loads(entry["body"]) for entry in map(json.loads, out.splitlines())
              if entry["kind"] == "sent"]  # fmt: skip
    assert bodies[0]["variables"] == {"a": 1, "b": {"c": [True]}, "d": "x y"}
    assert "variables" not in bodies[1]


# -- reading --------------------------------------------------------------------------------------


def test_comments_and_blank_lines_are_skipped_and_variables_wait() -> None:
    said = read_script("\ufeff# a\r\n\r\n/vars a=1\r\n /vars b=2 a=3\n  hello \r\n/press 2")
    assert [(one.number, one.source, one.press, one.variables) for one in said] == [
        (5, "hello", "", {"a": 3, "b": 2}),
        (6, "/press 2", "2", {}),
    ]
    assert said[0].action == {"type": "text", "payload": "hello"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The script has no action."),
        ("# only this\n\n", "The script has no action."),
        ("hi\n/vars a=1\n", "Line 3: no action follows the last /vars."),
        ("hi\n  /nope", "Line 2, column 4: there is no command /nope."),
    ],
)
def test_scripts_that_cannot_be_read(text: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_script(text)
    assert caught.value.message == says and caught.value.hint


@given(st.text())
def test_any_script_is_read_or_is_a_mistake(text: str) -> None:
    try:
        said = read_script(text)
    except ConfigurationError as error:
        assert error.message and error.hint
    else:
        assert said and all((one.action is None) == bool(one.press) for one in said)


CHOICES = [
    Choice(0, 1, "Hire a bike", {"type": "path-1"}),
    Choice(0, 2, "3", {"type": "path-2"}),
    Choice(0, 3, "/launch", {"type": "path-3"}),
]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("hire A BIKE", "path-1"),
        ("hire a bike now", "text"),
        ("/press 3", "path-3"),
        ("3", "path-2"),
        ("1", "text"),
        ("/launch", "launch"),
        ("//launch", "text"),
    ],
)
def test_a_label_presses_its_button(line: str, kind: str) -> None:
    (said,) = read_script(line)
    assert said.action_for(CHOICES)["type"] == kind
    if not said.press:
        assert said.action_for([]) == said.action
    else:
        with pytest.raises(CheckFailed):
            said.action_for([])
