"""The text in a person's own editor, which is lent the terminal.

Three rules:

1. The loop goes on meanwhile: a turn that runs is received and recorded. Only painting stops.
2. The editor's surroundings hold no key, and its file nobody else can read.
3. Whatever goes wrong is a `VftuiError`; the text that was handed in is the caller's to keep.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from textual.app import App, SuspendNotSupported

from vftui.errors import VftuiError
from vftui.render.text import printable
from vftui.secrets import mask, without_keys

VARIABLES = ("VISUAL", "EDITOR")
"""Where the name of the editor is looked for, in this order."""

NAME = "message.md"


async def edited(app: App[object], text: str) -> str:
    """What a person made of the text in their editor. Raises `VftuiError`."""
    command = _command(os.environ)
    try:
        with tempfile.TemporaryDirectory(prefix="vftui-", ignore_cleanup_errors=True) as folder:
            path = Path(folder) / NAME  # in a folder of mode 0700, as what the editor puts there
            _write(path, text)
            await _run(app, [*command, str(path)])
            return path.read_text("utf-8").removesuffix("\n")
    except UnicodeDecodeError:
        raise VftuiError("What the editor saved is not UTF-8 text.", "Save it as UTF-8.") from None
    except OSError as error:
        raise VftuiError(
            f"The text and the editor did not come together: {error.strerror}.",
            "Save it where the editor found it; it needs some space in the folder for such files.",
        ) from None


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="") as file:
        file.write(text)


def _command(environment: Mapping[str, str]) -> list[str]:
    wanted = next((value for name in VARIABLES if (value := environment.get(name, "").strip())), "")
    hint = "Set EDITOR to one, such as nano, and start vftui again."
    if not wanted:
        raise VftuiError("No editor is set, neither in VISUAL nor in EDITOR.", hint)
    try:
        return shlex.split(wanted, posix=os.name == "posix")
    except ValueError:
        raise VftuiError("The editor's command has a quote that is never closed.", hint) from None


async def _run(app: App[object], command: list[str]) -> None:
    name = printable(mask(command[0]), keep_lines=False)
    try:
        with _terminal_of(app):
            status = await _ended(command)
    except SuspendNotSupported:
        raise VftuiError(
            "This terminal cannot be lent to an editor.", "Write here; ctrl+j begins a new line."
        ) from None
    except OSError as error:
        raise VftuiError(
            f"The editor {name} cannot be started: {error.strerror or 'it is no program'}.",
            "Set VISUAL or EDITOR to one that is installed.",
        ) from None
    if status:
        raise VftuiError(
            f"The editor {name} ended with status {status}, so the text is as it was.",
            "To take over what you write, save it and leave the editor as usual.",
        )


async def _ended(command: list[str]) -> int:
    """The status that the program ended with; it ends when nobody waits for it any longer."""
    process = await asyncio.create_subprocess_exec(*command, env=without_keys(os.environ))
    try:
        return await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise


@contextmanager
def _terminal_of(app: App[object]) -> Iterator[None]:
    """The app without its terminal."""
    failure: BaseException | None = None
    # Without the batch the app would go on painting, for a thread that is gone.
    with app.batch_update(), app.suspend(), _interrupts_are_the_editors():
        try:
            yield
        except BaseException as error:
            if not app.is_running:  # it is leaving, and must not begin to read keys again
                raise
            failure = error  # Textual takes the terminal back only when nothing is raised
    if failure is not None:
        raise failure


@contextmanager
def _interrupts_are_the_editors() -> Iterator[None]:
    """Ctrl+C reaches every program of the terminal, and here it would end the app."""
    # A function and not SIG_IGN, which the editor would inherit.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
