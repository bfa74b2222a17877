"""An entry in another program: what it is given, and what is said when it cannot be."""

from __future__ import annotations

import json
import os
import shlex
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.app import SuspendNotSupported

from tests.stage import Stage, stage, text, trace, turn
from vftui.ui.app import VftuiApp

KEY = "VF.DM.0123456789abcdef01234567.CANARYcanary99"
LOG = turn("hello", text("Hi \x1b[2J there"), trace("x", n=1))


LENT: list[str] = []
"""Grows when a terminal comes back."""


@contextmanager
def lent(app: VftuiApp) -> Iterator[None]:
    """A terminal that can be lent."""
    yield
    LENT.append("and came back")


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VftuiApp, "suspend", lent)


def program(monkeypatch: pytest.MonkeyPatch, variable: str, code: str) -> None:
    """Set a program, written in Python: `path` is the file it is given."""
    for name in ("PAGER", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    code = f"import pathlib, sys, os; path = pathlib.Path(sys.argv[1]); {code}"
    monkeypatch.setenv(variable, f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}")


async def opened(on: Stage, key: str) -> None:
    """Open the third entry from the detail, and wait until that is over."""
    on.chat.show_side("detail")
    on.chat.side.traces.show(3)
    ended = len(LENT)
    await on.press(key)
    await on.until(lambda: on.toasts or len(LENT) > ended, "the program ends")
    await on.pilot.pause()


@pytest.mark.parametrize(("key", "variable"), [("o", "PAGER"), ("O", "EDITOR"), ("O", "VISUAL")])
async def test_the_program_gets_the_json_in_a_private_file_and_no_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str, variable: str
) -> None:
    seen = tmp_path / "seen"
    program(
        monkeypatch,
        variable,
        f"pathlib.Path({str(seen)!r}).write_text('\\0'.join([str(path), path.read_text(), "
        "oct(path.stat().st_mode), str(dict(os.environ))]))",
    )
    monkeypatch.setenv("VF_API_KEY", KEY)
    async with stage(log=LOG) as on:
        await opened(on, key)
        assert on.toasts == []
    name, told, mode, environment = seen.read_text().split("\0")
    assert name.endswith("trace-3.json") and not os.path.exists(name)  # noqa: ASYNC240, PTH110
    assert json.loads(told)["payload"] == {"message": "Hi \x1b[2J there"}
    assert "\x1b" not in told and told.endswith("}\n")
    assert stat.S_IMODE(int(mode, 8)) == 0o600 or os.name != "posix"
    assert "CANARY" not in environment


async def test_less_is_the_pager_where_none_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(monkeypatch, "NOTHING", "")
    less = tmp_path / "less"
    less.write_text(f'#!/bin/sh\ncp "$1" {shlex.quote(str(tmp_path / "seen"))}\n')
    less.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    async with stage(log=LOG) as on:
        await opened(on, "o")
    assert "Hi" in (tmp_path / "seen").read_text()


@pytest.mark.parametrize(
    ("key", "command", "told"),
    [
        ("o", "no-such-program-here", "The pager no-such-program-here cannot be started"),
        ("o", "'", "a quote that is never closed"),
        ("o", f"{shlex.quote(sys.executable)} -c 'raise SystemExit(3)'", "ended with status 3"),
        ("O", "no-such-program-here", "The editor no-such-program-here cannot be started"),
        ("O", "", "No editor is set"),
    ],
)
async def test_what_goes_wrong_is_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, key: str, command: str, told: str
) -> None:
    for name in ("PAGER", "EDITOR"):
        monkeypatch.setenv(name, command)
    monkeypatch.delenv("VISUAL", raising=False)
    async with stage(log=LOG) as on:
        await opened(on, key)
        (note,) = on.toasts
        assert told in note and note.endswith(".")


async def test_without_any_pager_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PAGER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    async with stage(log=LOG) as on:
        await opened(on, "o")
        (note,) = on.toasts
        assert "There is no pager" in note and "Set PAGER" in note


async def test_a_terminal_that_cannot_be_lent_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def suspend(app: VftuiApp) -> Iterator[None]:
        raise SuspendNotSupported
        yield

    monkeypatch.setattr(VftuiApp, "suspend", suspend)
    program(monkeypatch, "PAGER", "")
    async with stage(log=LOG) as on:
        await opened(on, "o")
        (note,) = on.toasts
        assert note == "This terminal cannot be lent to a pager. Read it here."
