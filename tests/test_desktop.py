"""Copying and browsing: what is said is what was done, and no other program learns a key."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.stage import stage
from vftui.ui import desktop

KEY = "VF.DM.65f0c2a19b7e4d3c8a1f0b2d.abcdefABCDEF1234"


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Stand-ins for the modules that are run, which write down what they get, in front of the
    person."""
    for name in desktop._REMOTE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("VF_API_KEY", KEY)
    monkeypatch.setenv("MINE", KEY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    script = (
        "import os, pathlib, sys\n"
        "here = pathlib.Path(__file__).parent\n"
        "(here / 'got').write_bytes(sys.stdin.buffer.read())\n"
        "(here / 'told').write_text(' '.join(sys.argv[1:]))\n"
        "(here / 'keys').write_text(str([n for n in ('VF_API_KEY', 'MINE') if n in os.environ]))\n"
        "sys.exit((here / 'broken').exists())\n"
    )
    for name in ("pyperclip", "webbrowser"):
        (tmp_path / f"{name}.py").write_text(script, "utf-8")
    return tmp_path


async def test_both_clipboards_get_the_text(programs: Path) -> None:
    async with stage(log=[]) as on:
        said = await desktop.copy(on.app, "Zwölf \ud800", "the message")
        assert on.app.clipboard == "Zwölf ?"
    assert (programs / "got").read_text("utf-8") == "Zwölf ?"
    assert (programs / "told").read_text() == "--copy"
    assert said == "Copied the message, 8 B, to this machine's clipboard."
    assert (programs / "keys").read_text() == "[]" and os.environ["MINE"] == KEY


async def test_over_ssh_only_the_terminal_has_a_clipboard(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    async with stage(log=[]) as on:
        said = await desktop.copy(on.app, "x", "the message")
        assert on.app.clipboard == "x"
    assert not (programs / "got").exists()
    assert said.endswith("to the terminal's clipboard.")


async def test_a_clipboard_that_fails_is_none(programs: Path) -> None:
    (programs / "broken").touch()
    async with stage(log=[]) as on:
        said = await desktop.copy(on.app, "x", "the message")
    assert said.endswith("to the terminal's clipboard.")


@pytest.mark.parametrize("broken", [False, True])
async def test_the_browser_is_told_the_address(programs: Path, broken: bool) -> None:
    if broken:
        (programs / "broken").touch()
    said = await desktop.browse("https://example.com/?a=1&b=$(x)")
    assert (programs / "told").read_text() == "-t https://example.com/?a=1&b=$(x)"
    assert said.startswith("No browser" if broken else "Opened")
    assert (programs / "keys").read_text() == "[]"


async def test_a_program_that_hangs_is_given_up(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop, "PATIENCE", 0.2)
    (programs / "webbrowser.py").write_text("import time; time.sleep(60)", "utf-8")
    assert (await desktop.browse("https://example.com")).startswith("No browser")
    assert sys.executable


async def test_a_program_that_nobody_waits_for_any_longer_ends(programs: Path) -> None:
    told = programs / "pid"
    os.mkfifo(told)
    script = f"import os, time\nopen({str(told)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)\n"
    (programs / "webbrowser.py").write_text(script, "utf-8")
    task = asyncio.ensure_future(desktop.browse("https://example.com"))
    pid = int(await asyncio.to_thread(told.read_text))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
