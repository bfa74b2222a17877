"""Export, as a command and in the app."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.logs import trace, turn
from tests.stage import Stage, end, head, stage, text
from vftui.cli import main
from vftui.errors import ExitCode
from vftui.opening import Opening
from vftui.playback import saved_at
from vftui.prices import Price, Prices
from vftui.recording import Recording
from vftui.session.log import Entry, Received
from vftui.settings import recordings_path
from vftui.ui.export import FORMATS, ExportScreen
from vftui.ui.field import Field, Pick

KEY = "VF.DM.0123456789abcdef01234567.CanarySecretCanary"


def run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["export", *arguments], input=stdin)


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """A session of two turns in a home of its own."""
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    entries = [
        *turn(trace("text", message="one")),
        *turn(trace("text", message=f"two {KEY}"), trace("debug", message="slow")),
    ]
    with Recording.open(recordings_path()) as recording:
        journal = recording.begin(title="Harbour Bikes", api="v4", started=1_700_000_000.0)
        for entry in entries:
            journal.append(entry)
        journal.mark([2], True)
    return entries


# The command


def test_the_format_is_told_or_is_the_files_name(recorded: list[Entry], tmp_path: Path) -> None:
    lines = run("last").output.splitlines()
    assert json.loads(lines[0])["title"] == "Harbour Bikes"
    assert len(lines) == 1 + len(recorded)
    done = run("1", "-o", "talk.har")
    assert done.exit_code == 0 and done.stdout == "" and "talk.har: " in done.stderr
    assert json.loads((tmp_path / "talk.har").read_text())["log"]["version"] == "1.2"
    assert run("1", "-o", "talk.har").exit_code == ExitCode.CONFIGURATION
    assert run("1", "-o", "talk.har", "--format", "csv", "--force").exit_code == 0
    assert (tmp_path / "talk.har").read_bytes().startswith(b"seq,")


def test_what_was_exported_can_be_exported_again(recorded: list[Entry], tmp_path: Path) -> None:
    first = run("last").stdout_bytes
    (tmp_path / "talk").write_bytes(first)
    assert run("talk").stdout_bytes == first
    (tmp_path / "har").write_bytes(run("last", "--format", "har").stdout_bytes)
    assert run("har").stdout_bytes == first
    frames = b"".join(one.frame.raw for one in recorded if isinstance(one, Received))
    assert run("-", "--format", "sse", "--unmasked", stdin=frames).stdout_bytes == frames


def test_keys_leave_only_when_that_is_asked_for(recorded: list[Entry]) -> None:
    assert KEY not in run("last").output
    assert KEY in run("last", "--unmasked").output


def test_a_filter_and_a_turn(recorded: list[Entry]) -> None:
    def numbers(*arguments: str) -> list[int]:
        return [json.loads(line)["seq"] for line in run("last", *arguments).stdout.splitlines()[1:]]

    assert numbers("--filter", "type:debug") == [6]
    assert numbers("--turn", "1") == [1, 2, 3]
    assert numbers("--turn", "1", "--filter", "type:debug") == []
    assert numbers("--filter", "is:marked OR type:closed") == [2, 3, 7]


@pytest.mark.parametrize("turn", [[], ["--turn", "1"]])
def test_that_nothing_passes_is_said(recorded: list[Entry], turn: list[str]) -> None:
    done = run("last", "--format", "csv", "--filter", "type:debug text:one", *turn)
    assert (done.exit_code, done.stderr) == (0, "vftui: nothing passes the filter.\n")
    assert len(done.stdout.splitlines()) == 1
    missed = run("last", "--filter", "type:debug", *turn)
    assert bool(missed.stderr) == bool(turn)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["last", "--turn", "9"], "There is no turn 9."),
        (["99"], "No session '99'."),
        (["nothing.jsonl"], "cannot be read"),
        (["last", "--filter", "gap>>5"], "gap>>5"),
        (["last", "-o", "no/such/folder.md"], "cannot be written"),
        (["last", "-o", "."], "is a folder"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    recorded: list[Entry], arguments: list[str], words: str
) -> None:
    done = run(*arguments)
    assert done.exit_code == ExitCode.CONFIGURATION
    assert words in done.stderr and done.stdout == ""


def test_what_is_no_stream_is_said(recorded: list[Entry]) -> None:
    assert run("-", stdin=b"<html>").exit_code == ExitCode.STREAM_BROKEN


# In the app


async def asked(on: Stage, words: str = "", turn: int | None = None) -> list[str | None]:
    """Open the screen behind a turn; what it answers."""
    answers: list[str | None] = []
    await on.say("go")
    await on.play(head(), text("hello"), end())
    screen = ExportScreen(opening(on), words=words, turn=turn)
    on.app.push_screen(screen, answers.append)
    await on.until(lambda: bool(screen.query("#file")) and bool(field(on).value))
    return answers


def opening(on: Stage) -> Opening:
    assert on.chat.opening is not None
    return on.chat.opening


def field(on: Stage) -> Field:
    return on.app.screen.query_one("#file", Field)


def picked(on: Stage, name: str) -> Pick:
    return on.app.screen.query_one(f"#{name}", Pick)


async def test_enter_writes_what_is_picked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with stage() as on:
        answers = await asked(on)
        assert field(on).value.endswith(".html")
        await on.press("right", "right")
        assert field(on).value.endswith(".jsonl")
        name = field(on).value
        await on.press("enter")
        await on.until(lambda: bool(answers))
        assert answers[0] is not None and answers[0].startswith(f"Wrote {tmp_path / name}, ")
        lines = (tmp_path / name).read_text().splitlines()
        assert len(lines) == 1 + len(opening(on).journal)


async def test_a_file_that_is_there_is_replaced_only_when_that_is_picked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("mine")
    async with stage() as on:
        answers = await asked(on)
        picked(on, "format").value = "csv"
        await on.until(lambda: field(on).value.endswith(".csv"))
        field(on).value = "mine.csv"
        await on.press("enter")
        await on.until(lambda: picked(on, "replace").has_focus)
        await on.press("enter")
        await on.until(lambda: on.app.screen.query_one("#export").border_subtitle == "")
        assert (tmp_path / "mine.csv").read_text() == "mine"
        await on.press("right", "enter")
        await on.until(lambda: bool(answers))
        assert (tmp_path / "mine.csv").read_text().startswith("seq,")


async def test_a_turn_and_a_filter_can_be_picked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with stage() as on:
        answers = await asked(on, words="type:text", turn=2)
        assert list(picked(on, "what").words) == ["session", "turn", "filter"]
        picked(on, "format").value = "csv"
        picked(on, "what").value = "filter"
        field(on).value = "some.csv"
        await on.press("enter")
        await on.until(lambda: bool(answers))
        rows = (tmp_path / "some.csv").read_text().splitlines()[1:]
        assert [row.split(",")[5] for row in rows] == ["text"] * len(rows) and rows


async def test_what_is_written_has_the_money_where_prices_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    counts = {"total": 1000, "query": 0, "answer": 1000}
    metadata = {"model": "m", "tokensConsumption": counts}
    async with stage() as on:
        opening(on).prices = lambda: Prices({"m": Price(1, 2000, "2026-01-02")}, "USD", "")
        await on.say("go")
        charge = trace("debug", message="resources consumption", metadata=metadata)
        await on.play(head(), charge, end())
        answers = await asked(on)
        await on.press("enter")
        await on.until(lambda: bool(answers))
        (page,) = [*tmp_path.iterdir()]  # noqa: ASYNC240
        assert "$2.00" in page.read_text()


async def test_nothing_is_written_behind_escape_or_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with stage() as on:
        answers = await asked(on)
        for bad in ("", "~nobody-of-this-name/x", "no/such/x.md", str(tmp_path)):
            field(on).value = bad
            await on.press("enter")
            await on.until(lambda: bool(on.app.screen.query_one("#problem").display))
        await on.press("escape")
        await on.until(lambda: answers == [None])
        assert not [*tmp_path.iterdir()]  # noqa: ASYNC240


def test_every_format_is_offered() -> None:
    from vftui.formats import WRITERS

    assert set(FORMATS) == set(WRITERS)


@pytest.mark.parametrize("name", ["jsonl", "har"])
async def test_what_was_exported_can_be_opened(
    recorded: list[Entry], tmp_path: Path, name: str
) -> None:
    file = tmp_path / "talk"
    file.write_bytes(run("last", "--format", name, "--unmasked").stdout_bytes)
    async with saved_at(str(file))() as opening:
        assert list(opening.journal.entries()) == recorded
        assert opening.journal.marked() == [2]
        assert (opening.about.title, opening.about.facts) == ("Harbour Bikes", ("v4",))
        assert opening.agent is None and opening.number is None
