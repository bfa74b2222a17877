"""`vftui rerun`: the same actions again, held against the recording."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.test_cli import KEY, Shell
from vftui.recording import Recording
from vftui.session.log import Sent
from vftui.settings import recordings_path

SCRIPT = b"/vars tier=gold\n/launch\nhours\nbye\n"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A home with one recorded conversation."""
    shell = Shell(tmp_path)
    code, _, err = shell.run("send", "--demo", "--script", "-", stdin=SCRIPT)
    assert code == 0, err
    return shell


def test_the_same_agent_does_the_same(shell: Shell) -> None:
    code, out, err = shell.run("rerun", "last", "--fail-on", "ending,text,types,tools")
    assert code == 0, out + err
    assert "turn 3 of 3" in err
    assert [line[:6] for line in out.splitlines() if not line.startswith("    ")] == [
        "  1  =",
        "  2  =",
        "  3  =",
    ]


def test_another_generation_differs_and_fails_only_where_it_was_said(shell: Shell) -> None:
    code, out, _ = shell.run("rerun", "1", "--api", "v2", "--json")
    assert code == 0
    turns = [json.loads(line) for line in out.splitlines()]
    assert [turn["turn"] for turn in turns] == [1, 2, 3]
    assert "types" in turns[0]["differs"] and turns[0]["before"]["types"]
    usage = turns[0]["after"]["usage"]
    assert usage["source"] == "unknown" and usage["total"] == turns[0]["after"]["tokens"]
    code, _, err = shell.run("rerun", "1", "--api", "v2", "--fail-on", "any")
    assert code == 3 and "differ in" in err


def test_the_actions_and_their_variables_are_sent_as_they_were(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.run("rerun", "1")
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(shell.home))
    with Recording.open(recordings_path(), create=False) as recording:
        first, again = sorted(recording.sessions(), key=lambda row: row.id)
        sent = [
            [(entry.action, entry.body) for entry in recording.journal(row.id).entries()
             if isinstance(entry, Sent)]
            for row in (first, again)
        ]  # fmt: skip
    assert sent[0] == sent[1] and b"gold" in sent[0][0][1]
    assert again.title == f"again: {first.title}"


def test_keys_that_were_said_are_starred_out(shell: Shell) -> None:
    with shell.start("send", "--demo", f"say {KEY}") as process:
        process.communicate(timeout=50)
    for flags in ([], ["--json"]):  # `Shell.run` looks for the key
        code, out, err = shell.run("rerun", "last", "--api", "v2beta1", *flags)
        assert code == 0 and "VF.DM.****" in err and out


def test_what_cannot_be_run_again_is_said(shell: Shell) -> None:
    code, _, err = shell.run("rerun", "99")
    assert code == 2 and "No session" in err
    code, _, err = shell.run("rerun", "1", "--fail-on", "colour")
    assert code == 2 and "colour is none of" in err
