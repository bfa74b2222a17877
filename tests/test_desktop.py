"""Copying: what is said is what was done."""

from __future__ import annotations

import pyperclip
import pytest

from tests.stage import stage
from vftui.ui import clipboard


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """This machine's clipboard, which is in front of the person."""
    copied: list[str] = []
    for name in clipboard._REMOTE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(pyperclip, "copy", copied.append)
    return copied


async def test_both_clipboards_get_the_text(local: list[str]) -> None:
    async with stage(log=[]) as on:
        said = await clipboard.copy(on.app, "Zwölf \ud800", "the message")
        assert on.app.clipboard == "Zwölf ?"
        assert local == ["Zwölf ?"]
        assert said == "Copied the message, 8 B, to this machine's clipboard."


async def test_over_ssh_only_the_terminal_has_one(
    local: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    async with stage(log=[]) as on:
        said = await clipboard.copy(on.app, "x", "the message")
        assert on.app.clipboard == "x"
        assert local == []
        assert said.endswith("to the terminal's clipboard.")


async def test_a_clipboard_that_fails_is_none(
    local: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(text: str) -> None:
        raise pyperclip.PyperclipException("no program for it")

    monkeypatch.setattr(pyperclip, "copy", fail)
    async with stage(log=[]) as on:
        said = await clipboard.copy(on.app, "x", "the message")
        assert on.app.clipboard == "x"
        assert said.endswith("to the terminal's clipboard.")
