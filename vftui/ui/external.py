"""Another program, such as an editor or a pager, which is lent the terminal and a file.

Four rules:

1. The loop goes on meanwhile: a turn that runs is received and recorded. Only painting stops.
2. The program's surroundings hold no key, and its file nobody else can read.
3. The file is gone when the program ends.
4. Whatever goes wrong is a `VftuiError`.

Whoever shows an entry posts `OpenWanted(row)`, and the screen opens it.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App, SuspendNotSupported
from textual.message import Message

from vftui.errors import VftuiError
from vftui.render.text import printable
from vftui.secrets import mask, without_keys

if TYPE_CHECKING:
    from vftui.reading import Row

PAGERS = ("less", "more")
"""The pagers that are looked for when PAGER names none."""

EDITORS = ("VISUAL", "EDITOR")
"""Where the name of the editor is looked for, in this order."""


@dataclass
class OpenWanted(Message):
    """An entry is wanted in another program."""

    row: Row
    editor: bool = False
    """In the editor, not in the pager."""


async def show(app: App[object], row: Row, *, editor: bool = False) -> None:
    """Show an entry's JSON in the person's pager or editor. Raises `VftuiError`."""
    from vftui.render.jsonpath import pretty
    from vftui.render.views import told

    kind = "editor" if editor else "pager"
    command = editor_command() if editor else _pager_command()
    text = pretty(told(row.entry)[1])
    with private_file(f"trace-{row.seq}.json", f"{text}\n") as path:
        if status := await lend(app, [*command, str(path)], kind):
            name = printable(mask(command[0]), keep_lines=False)
            raise VftuiError(
                f"The {kind} {name} ended with status {status}.",
                "Start it in a shell to see what it has to say.",
            )


@contextmanager
def private_file(name: str, text: str) -> Iterator[Path]:
    """A file with this text that nobody else can read, as long as it is needed."""
    try:
        with tempfile.TemporaryDirectory(prefix="vftui-", ignore_cleanup_errors=True) as folder:
            path = Path(folder) / name  # in a folder of mode 0700, as what an editor puts there
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="") as file:
                file.write(text)
            yield path
    except OSError as error:
        raise VftuiError(
            f"The text and the other program did not come together: {error.strerror}.",
            "Save it where the program found it; it needs some space in the folder for such files.",
        ) from None


def editor_command() -> list[str]:
    """The words that start the person's editor. Raises `VftuiError`."""
    wanted = next((value for name in EDITORS if (value := _variable(name))), "")
    hint = "Set EDITOR to one, such as nano, and start vftui again."
    if not wanted:
        raise VftuiError("No editor is set, neither in VISUAL nor in EDITOR.", hint)
    return _words(wanted, "editor", hint)


def _pager_command() -> list[str]:
    wanted = _variable("PAGER") or next(filter(shutil.which, PAGERS), "")
    hint = "Set PAGER to one, such as less, and start vftui again."
    if not wanted:
        raise VftuiError("There is no pager: PAGER is not set, and there is no less.", hint)
    return _words(wanted, "pager", hint)


def _variable(name: str) -> str:
    return os.environ.get(name, "").strip()


def _words(command: str, kind: str, hint: str) -> list[str]:
    try:
        return shlex.split(command, posix=os.name == "posix")
    except ValueError:
        raise VftuiError(f"The {kind}'s command has a quote that is never closed.", hint) from None


async def lend(app: App[object], command: Sequence[str], kind: str) -> int:
    """Lend the terminal to a program until it ends; its status. Raises `VftuiError`."""
    try:
        with _terminal_of(app):
            return await _ended(command)
    except SuspendNotSupported:
        raise VftuiError(
            f"This terminal cannot be lent to {'an' if kind == 'editor' else 'a'} {kind}.",
            "Write here; ctrl+j begins a new line." if kind == "editor" else "Read it here.",
        ) from None
    except OSError as error:
        name = printable(mask(command[0]), keep_lines=False)
        variables = "VISUAL or EDITOR" if kind == "editor" else "PAGER"
        raise VftuiError(
            f"The {kind} {name} cannot be started: {error.strerror or 'it is no program'}.",
            f"Set {variables} to one that is installed.",
        ) from None


async def _ended(command: Sequence[str]) -> int:
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
