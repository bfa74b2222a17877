"""What is outside the terminal: this machine's clipboard and its browser.

Three rules:

1. The terminal's own clipboard (OSC 52) always gets what is copied, so that it works over SSH, too.
   Nobody can ask a terminal whether it took a text: what a person is told is what was done.
2. Clipboard and browser are this machine's only if the person sits in front of it.
3. They are other programs, which are started without our keys in their surroundings.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from vftui.render.figures import size
from vftui.secrets import without_keys

if TYPE_CHECKING:
    from textual.app import App

PATIENCE = 5.0
"""Seconds that a program may take."""

_REMOTE = ("SSH_CONNECTION", "SSH_TTY")
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def is_here() -> bool:
    """Whether the person sits in front of this machine, as far as one can tell."""
    if any(name in os.environ for name in _REMOTE):
        return False
    return sys.platform in ("darwin", "win32") or any(name in os.environ for name in _DISPLAYS)


async def copy(app: App[Any], text: str, what: str) -> str:
    """Copy a text to both clipboards; a sentence that says what was copied, and where to."""
    text = text.encode("utf-8", "replace").decode()
    app.copy_to_clipboard(text)
    local = is_here() and await run_module("pyperclip", "--copy", text=text)
    where = "this machine's clipboard" if local else "the terminal's clipboard"
    return f"Copied {what}, {size(len(text.encode()))}, to {where}."


async def browse(url: str) -> str:
    """Open an address in the browser; a sentence that says whether that worked."""
    if await run_module("webbrowser", "-t", url):
        return "Opened the address in the browser."
    return "No browser took the address: copy it instead."


async def run_module(*arguments: str, text: str = "") -> bool:
    """Run a module of Python's as a program of its own, with this input; whether it went well.

    It ends when nobody waits for it any longer.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=without_keys(os.environ),
    )  # fmt: skip
    with suppress(TimeoutError):
        try:
            async with asyncio.timeout(PATIENCE):
                await process.communicate(text.encode())
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    return process.returncode == 0
