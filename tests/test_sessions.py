"""`vftui sessions`: the list, and what it changes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from tests.test_recording import BODY, begin, fill, turn_of
from vftui.commands.sessions import sessions
from vftui.errors import ConfigurationError
from vftui.recording import Recording
from vftui.settings import recordings_path


@pytest.fixture
def recording() -> Iterator[Recording]:
    with Recording.open(recordings_path()) as opened:
        for title in ("one", "two", "three"):
            fill(begin(opened, title), turn_of(BODY))
        yield opened


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(sessions, arguments, input=answer, catch_exceptions=False)


def listed(*arguments: str) -> list[int]:
    """The numbers of the sessions that the command lists."""
    lines = run(*arguments, "--json").stdout.splitlines()
    return [json.loads(line)["id"] for line in lines]


def test_each_session_is_a_line(recording: Recording) -> None:
    recording.tag(2, ["slow", "ticket 41"])
    head, *lines = run().stdout.splitlines()
    assert head.split() == [
        "id", "started", "turns", "entries", "size", "api", "environment", "tags", "title",
    ]  # fmt: skip
    assert [line.split()[0] for line in lines] == ["3", "2", "1"]
    assert "slow, ticket 41" in lines[1] and lines[1].endswith("two")
    (row,) = [json.loads(line) for line in run("--tag", "slow", "--json").stdout.splitlines()]
    assert (row["id"], row["tags"], row["size"]) == (
        2,
        ["slow", "ticket 41"],
        recording.find("2").size,
    )
    assert "hits" not in row


def test_sessions_are_found_by_tag_and_text(recording: Recording) -> None:
    recording.tag(1, ["slow", "mine"])
    recording.tag(3, ["slow"])
    assert listed("--tag", "slow") == [3, 1]
    assert listed("--tag", "slow", "--tag", "mine") == [1]
    assert listed("--search", "DOCK_lookup") == [3, 2, 1]
    assert listed("--search", "dock_lookup", "--tag", "mine") == [1]
    hits = recording.search("dock_lookup")[3]
    table = run("--search", "dock_lookup").stdout.splitlines()
    assert table[0].endswith("hits") and table[1].endswith(f" {hits}")
    nothing = run("--search", "nothing like it")
    assert (nothing.stdout, nothing.exit_code) == ("", 0) and "no session" in nothing.stderr


def test_a_title_and_tags_are_changed(recording: Recording) -> None:
    assert run("--rename", "2", "The order that hung").exit_code == 0
    assert run("--set-tags", "last", " slow, ticket 41,,").exit_code == 0
    assert recording.find("2").title == "The order that hung"
    assert recording.find("3").tags == ("slow", "ticket 41")
    run("--rename", "1", "VF.DM.0123456789abcdef01234567.abcdefgh")
    assert recording.find("1").title == "VF.DM.****"
    with pytest.raises(ConfigurationError, match="No session '9'"):
        run("--rename", "9", "x")


def test_a_session_is_deleted_when_a_person_is_sure(recording: Recording) -> None:
    asked = run("--delete", "2", answer="n\n")
    assert asked.exit_code == 1 and "Delete session 2, 34 entries, 'two'?" in asked.stderr
    assert listed() == [3, 2, 1]
    assert run("--delete", "2", answer="y\n").exit_code == 0
    assert listed() == [3, 1]
    done = run("--delete", "last", "--yes")
    assert (done.exit_code, done.stdout) == (0, "") and "deleted session 3" in done.stderr
    assert listed() == [1]
