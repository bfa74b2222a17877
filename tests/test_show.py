"""`vftui show` of traces: one line each, only those that a filter lets pass."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.bodies import BODIES
from tests.logs import event, trace
from vftui.cli import main
from vftui.filters import Filters
from vftui.recording import Recording
from vftui.render.pointing import pointed
from vftui.session.log import Closed, Entry, Received, Sent
from vftui.settings import filters_path
from vftui.wire.frames import parse_frame

LOG: Sequence[Entry] = (
    Sent(10.0, {"type": "text", "payload": "hi"}, "v4", body=b'{"type":"text"}'),
    trace("debug", 10.25, message="Order \x1b[2J taken", level="warn"),
    trace("text", 12.5, message="Caf\xe9 at pier 3"),
    trace("completion", 12.5, state="content", content="sure"),
    Received(12.5, parse_frame(b"event: trace\ndata: {broken\n\n")),
    event({"variables": {"x": "y" * 2000}}, "state", 13.0),
    Closed(13.0, "truncated", "It broke."),
)


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with one session, and a home without settings."""
    for place in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(place, str(tmp_path))
    path = tmp_path / "talk.db"
    with Recording.open(path) as recording:
        journal = recording.begin(title="talk", api="v4", started=10.0)
        for entry in LOG:
            journal.append(entry)
        journal.mark([2], on=True)
        journal.remark(3, "ask\nAna")
    return path


def show(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["show", *map(str, arguments)])


def numbers(result: Result) -> list[int]:
    """The numbers in the lines of traces."""
    assert result.exit_code == 0, result.stderr
    return [int(line.split()[0]) for line in result.stdout.splitlines()]


def test_a_trace_is_one_line(recorded: Path) -> None:
    result = show(recorded, "--traces")
    assert numbers(result) == [1, 2, 3, 4, 5, 6, 7]
    lines = result.stdout.splitlines()
    assert lines[1].split()[:7] == ["2", "250", "250", "104", "B", "warn", "debug"]
    assert lines[1].endswith("debug                  Order ␛[2J taken ●")
    assert lines[2].endswith('"Café at pier 3" “ask↵Ana”')
    assert (
        len(
            {line.index(word) for line, word in zip(lines, ["sent", "debug", "text"], strict=False)}
        )
        == 1
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7]),
        ("type:debug,text", [2, 3]),
        ("level>=warn", [2, 5, 7]),
        ("CAFÉ", [3]),
        (r"/pier \d/ OR gap>=500ms -type:text", [3, 6]),
        ("is:problem type:broken", [5]),
        ("is:marked OR remark:ana", [2, 3]),
        ("size>1kib", [6]),
        ("at>2s -is:delta", [3, 5, 6, 7]),
        ("#4..5", [4, 5]),
        ("turn:2", []),
        ("@loud text:order", [2]),
    ],
)
def test_a_filter_leaves_what_passes(recorded: Path, words: str, expected: list[int]) -> None:
    Filters.load(filters_path()).save("loud", "level>=warn")
    assert numbers(show(recorded, "--filter", words)) == expected


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("tpye:x é", ["tpye:x é", "^^^^", "Did you mean type?"]),
        ("日本 gap>soon", ["日本 gap>soon", "         ^^^^", "500ms"]),
        ("a\x1b\tb @slow", ["a␛    b @slow", "        ^^^^^", "None is saved yet."]),
    ],
)
def test_an_error_points_at_its_place(recorded: Path, words: str, shown: list[str]) -> None:
    result = show(recorded, "--filter", words)
    assert result.exit_code == 2 and result.stdout == ""
    text, carets, hint = result.stderr.splitlines()[1:]
    assert [text[2:], carets[2:]] == shown[:2] and shown[2] in hint


def test_a_long_text_is_shown_around_the_place() -> None:
    text, carets = pointed("a" * 500 + "WRONG" + "b" * 500, 500, 5).splitlines()
    assert len(text) < 130 and text[carets.index("^") :].startswith("WRONG")
    assert carets.count("^") == 5


def test_that_nothing_passes_is_said(recorded: Path) -> None:
    result = show(recorded, "--filter", "turn:2")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "vftui: nothing passes the filter.\n"
    assert show(recorded, "--filter", "type:debug").stderr == ""


def test_below_a_transcript_stands_what_all_of_it_took(tmp_path: Path) -> None:
    path = tmp_path / "turn.sse"
    path.write_bytes(BODIES["streams/11-v4-agent-turn"])
    result = show(path)
    head, last = result.stdout.splitlines()[0], result.stdout.splitlines()[-1]
    figures = "3,065 tokens (2,937 in, 128 out) · base 1,632 · claude-3.5-haiku 2,980, "
    assert head.startswith(f"agent · {figures}gpt-4o-mini 85 · $")
    assert last.startswith(f"1 turn · {figures}") and last.endswith("not what Voiceflow charges")
    path.write_bytes(b": nothing\n\n")
    assert show(path).stdout.splitlines()[-1] == "1 turn · ? tokens"


KEY = "VF.DM.0123456789abcdef01234567.CanarySecretCanary"


@pytest.mark.parametrize("flags", [(), ("--json",), ("--traces",), ("--filter", "Canary")])
def test_no_key_is_shown(tmp_path: Path, flags: Sequence[str]) -> None:
    path = tmp_path / "talk.db"
    said = f"your key is {KEY}, keep it"
    pieces = [said[at : at + 7] for at in range(0, len(said), 7)]
    entries: list[Entry] = [
        Sent(10.0, {"type": "text", "payload": KEY}, "v4", body=KEY.encode()),
        trace("text", message=said),
        *(trace("completion", state="content", content=piece) for piece in pieces),
        Closed(13.0, "refused", f"bad {KEY}"),
    ]
    with Recording.open(path) as recording:
        journal = recording.begin(title="talk", api="v4", started=10.0)
        for entry in entries:
            journal.append(entry)
        journal.remark(2, KEY)
    result = show(path, *flags)
    assert result.exit_code == 0 and result.stdout
    assert not [part for part in ("Canary", "Secret") if part in result.output]
    if not flags:
        assert "your key is VF.DM.****, keep it" in result.stdout


def test_traces_and_json_are_two_things(recorded: Path) -> None:
    assert show(recorded, "--json", "--traces").exit_code == 2
    assert show(recorded, "--json", "--filter", "").exit_code == 2
    assert json.loads(show(recorded, "--json").stdout)["turns"]


def test_a_slow_regular_expression_ends_with_a_sentence(recorded: Path) -> None:
    result = show(recorded, "--filter", "/(y|yy)+z/")
    assert result.exit_code == 1
    assert "regular expression" in result.stderr


def test_a_broken_file_of_filters_is_said(recorded: Path) -> None:
    filters_path().parent.mkdir(parents=True, exist_ok=True)
    filters_path().write_text("slow =")
    result = show(recorded, "--filter", "@slow")
    assert result.exit_code == 2 and "filters.toml" in result.stderr
