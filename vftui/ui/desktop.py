"""Two clipboards: the terminal's (OSC 52, which also works over SSH), and this machine's own.

Nobody can ask a terminal whether it took a text, so what a person is told is what was done.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Any

from vftui.render.figures import size

if TYPE_CHECKING:
    from textual.app import App

_REMOTE = ("SSH_CONNECTION", "SSH_TTY")
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


async def copy(app: App[Any], text: str, what: str) -> str:
    """Copy a text to both clipboards; a sentence that says what was copied, and where to."""
    text = text.encode("utf-8", "replace").decode()
    app.copy_to_clipboard(text)
    local = has_own() and await asyncio.to_thread(_copy_here, text)
    where = "this machine's clipboard" if local else "the terminal's clipboard"
    return f"Copied {what}, {size(len(text.encode()))}, to {where}."


def has_own() -> bool:
    """Whether this machine has a clipboard that the person in front of the screen can use."""
    if any(name in os.environ for name in _REMOTE):
        return False
    return sys.platform in ("darwin", "win32") or any(name in os.environ for name in _DISPLAYS)


def _copy_here(text: str) -> bool:
    import pyperclip  # it looks for programs when it is loaded

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return False
    return True
