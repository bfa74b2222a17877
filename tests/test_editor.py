"""The message in a person's own editor."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import stat
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.desk import Desk, write
from tests.stage import until
from tests.terminal import PATIENCE, Program, program
from vftui.recording import Recording
from vftui.session.log import Closed, Entry
from vftui.settings import recordings_path

KEY = "VF.DM.0123456789abcdef01234567.CANARYcanary99"


class Lent(Desk):
    """An app whose terminal can be lent, and which knows whether it is."""

    def __init__(self) -> None:
        super().__init__()
        self.lent = 0
        self.came_back = 0

    @contextmanager
    def suspend(self) -> Iterator[None]:
        self.lent += 1
        yield
        self.came_back += 1  # as Textual's own: not when something was raised


def editor(monkeypatch: pytest.MonkeyPatch, program: str, variable: str = "EDITOR") -> None:
    """Set an editor, written in Python: `path` is the file it is given."""
    monkeypatch.delenv("VISUAL", raising=False)
    code = f"import pathlib, sys, os; path = pathlib.Path(sys.argv[1]); {program}"
    monkeypatch.setenv(variable, f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}")


async def edit(app: Desk, text: str) -> None:
    """Write a text, have it edited, and wait until that is over."""
    async with app.run_test() as pilot:
        await write(pilot, text)
        await pilot.press("ctrl+g")
        await app.workers.wait_for_complete()
        await pilot.pause()


async def test_what_was_written_there_stands_in_the_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    editor(monkeypatch, "path.write_text(path.read_text() + ' world\\nline two\\n')")
    app = Lent()
    await edit(app, "hello")
    assert app.prompt.text == "hello world\nline two"
    assert app.prompt.cursor_location == (1, 8)
    assert (app.lent, app.came_back, app.toasts) == (1, 1, [])


async def test_visual_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    editor(monkeypatch, "path.write_text('from VISUAL')", "VISUAL")
    code = os.environ["VISUAL"]
    editor(monkeypatch, "path.write_text('from EDITOR')")
    monkeypatch.setenv("VISUAL", code)
    app = Lent()
    await edit(app, "")
    assert app.prompt.text == "from VISUAL"


async def test_what_comes_back_can_be_undone_and_is_harmless(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    editor(monkeypatch, "path.write_text('new \\x1b[2J\\u202e')")
    app = Lent()
    async with app.run_test() as pilot:
        await write(pilot, "old")
        await pilot.press("ctrl+g")
        await app.workers.wait_for_complete()
        assert app.prompt.text.startswith("new ")
        assert not {"\x1b", "\u202e"} & set(app.prompt.text)
        await pilot.press("ctrl+z")
        assert app.prompt.text == "old"


async def test_it_learns_no_key_and_nobody_else_reads_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    editor(
        monkeypatch,
        "import json; report = [str(path), path.stat().st_mode, path.parent.stat().st_mode,"
        f" dict(os.environ)]; pathlib.Path({str(report)!r}).write_text(json.dumps(report))",
    )
    monkeypatch.setenv("VF_API_KEY", "short")
    monkeypatch.setenv("STAGING_KEY", KEY)
    app = Lent()
    await edit(app, "hello")
    path, mode, folder, environment = json.loads(report.read_text())
    assert path.endswith(".md")
    assert (stat.S_IMODE(mode), stat.S_IMODE(folder)) == (0o600, 0o700)
    assert "PATH" in environment
    assert "VF_API_KEY" not in environment
    assert KEY not in environment.values()
    assert not Path(path).parent.exists()


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("sys.exit(3)", "ended with status 3"),
        ("path.unlink()", "No such file"),
        ("path.write_bytes(b'\\xff\\xfe\\xff')", "not UTF-8"),
        ("os.kill(os.getpid(), 9)", "status -9"),
    ],
)
async def test_an_editor_that_fails_leaves_the_text_and_says_so(
    monkeypatch: pytest.MonkeyPatch, program: str, told: str
) -> None:
    editor(monkeypatch, f"path.write_text('lost'); {program}")
    app = Lent()
    await edit(app, "hello")
    assert app.prompt.text == "hello"
    assert len(app.toasts) == 1
    assert told in app.toasts[0]
    assert (app.lent, app.came_back) == (1, 1)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("", "No editor is set"),
        ("   ", "No editor is set"),
        ("/nowhere/ed", "/nowhere/ed cannot be started: No such file"),
        ("/", "cannot be started: Permission denied"),
        ("vim 'x", "quote that is never closed"),
        (f"/nowhere/{KEY}", "VF.DM.****"),
    ],
)
async def test_no_editor_is_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, command: str, told: str
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", command)
    app = Lent()
    await edit(app, "hello")
    assert app.prompt.text == "hello"
    assert told in app.toasts[0]
    assert "EDITOR" in app.toasts[0]
    assert "CANARY" not in app.toasts[0]


async def test_a_terminal_that_cannot_be_lent_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    editor(monkeypatch, "path.write_text('never')")
    app = Desk()
    await edit(app, "hello")
    assert app.prompt.text == "hello"
    assert "cannot be lent" in app.toasts[0]


async def test_the_loop_goes_on_while_the_editor_is_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    editor(monkeypatch, f"path.write_text(open({str(gate)!r}).read())")
    app = Lent()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+g")
        await until(pilot, lambda: app.lent)
        ticks = []
        app.set_interval(0.001, lambda: ticks.append(1))
        await until(pilot, lambda: len(ticks) > 5, "timers run")
        os.kill(os.getpid(), signal.SIGINT)  # as ctrl+c in the editor: for the editor alone
        await asyncio.to_thread(gate.write_text, "through the gate")
        await until(pilot, lambda: app.prompt.text == "through the gate")


async def test_a_prompt_that_is_gone_gives_the_terminal_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    editor(monkeypatch, "import time; time.sleep(600)")
    app = Lent()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+g")
        await until(pilot, lambda: app.lent)
        await app.prompt.remove()
        await until(pilot, lambda: app.came_back)


async def test_leaving_the_app_ends_the_editor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[Process] = []
    start = asyncio.create_subprocess_exec

    async def watched(*command: str, **how: Any) -> Process:
        started.append(await start(*command, **how))
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    runs = tmp_path / "runs"
    editor(monkeypatch, f"pathlib.Path({str(runs)!r}).touch(); import time; time.sleep(600)")
    app = Lent()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+g")
        await until(pilot, runs.exists)
    assert (app.lent, app.came_back) == (1, 0)
    async with asyncio.timeout(10):
        assert await started[0].wait() == -signal.SIGTERM


def last_entry() -> Entry:
    """The newest entry that is on disk."""
    with Recording.open(recordings_path(), create=False) as recording:
        return list(recording.journal(recording.find("last").id).entries())[-1]


def wait_for_the_end_of_the_turn(it: Program) -> None:
    """Until it is on disk, whatever the terminal shows."""
    deadline = time.monotonic() + PATIENCE
    while not isinstance(last_entry(), Closed):
        assert time.monotonic() < deadline, it.text
        time.sleep(0.05)


def test_a_turn_is_recorded_to_its_end_while_the_editor_has_the_terminal(tmp_path: Path) -> None:
    Path(os.environ["HOME"]).mkdir(parents=True)
    script = tmp_path / "editor.py"
    script.write_text(
        "import sys\n"
        "print('THE EDITOR', sys.stdin.isatty(), sys.stdout.isatty(), flush=True)\n"
        "open(sys.argv[1], 'w').write(input())\n"
    )
    with program("demo", EDITOR=f"{sys.executable} {script}") as it:
        it.shows("Welcome to Harbour Bikes", "complete")
        it.say("hold")
        it.shows("streaming")
        it.send("\x07")
        it.shows("THE EDITOR True True")
        assert not isinstance(last_entry(), Closed)
        wait_for_the_end_of_the_turn(it)
        it.resize(100, 30)
        it.send("written there\r")
        it.shows("│ written there", "Conversation", "complete")
        it.press("ctrl+q")
        assert it.ends() == 0


def test_a_program_that_is_ended_while_the_editor_is_open_leaves_the_terminal_as_it_was(
    tmp_path: Path,
) -> None:
    Path(os.environ["HOME"]).mkdir(parents=True)
    script = tmp_path / "editor.py"
    script.write_text("print('THE EDITOR', flush=True)\nimport time\ntime.sleep(600)\n")
    with program("demo", EDITOR=f"{sys.executable} {script}") as it:
        before = it.modes()
        it.shows("Welcome to Harbour Bikes", "complete")
        it.send("\x07")
        it.shows("THE EDITOR")
        it.process.send_signal(signal.SIGTERM)
        assert it.ends() == 128 + signal.SIGTERM
        assert it.modes() == before
