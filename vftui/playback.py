"""Openers of what was recorded or saved: a session, a file, a stream that is piped in.

Nobody answers there: an `Opening` of these has no agent.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from vftui.database import is_database
from vftui.errors import ConfigurationError
from vftui.late import load_modules

if TYPE_CHECKING:
    from vftui.opening import Opener, Opening
    from vftui.recording import Recording
    from vftui.session.log import Entry


_WHAT_CAN_BE_OPENED = (
    "Give a saved event stream, a recording, or a number that `vftui sessions` lists."
)
_BEGINNING = 8 * 1024
_FIELD = re.compile(rb"^(data|event|id|retry):", re.MULTILINE)


def saved_at(path: str) -> Opener:
    """What shows a recorded session (`last`, or its number) or a file."""
    if path == "last" or path.isdecimal():
        return partial(_recorded, None, path)
    if not path.strip():
        raise ConfigurationError("No file is named.", _WHAT_CAN_BE_OPENED)
    try:
        path = os.path.expanduser(path)  # noqa: PTH111  pathlib's raises for an unknown user
        kind = _kind_of(Path(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file has such a name"
        message = f"{path} cannot be read: {reason}."
        raise ConfigurationError(message, _WHAT_CAN_BE_OPENED) from None
    if kind == "other":
        raise ConfigurationError(f"{path} is not text.", _WHAT_CAN_BE_OPENED)
    if kind == "recording":
        return partial(_recorded, Path(path), "last")
    return partial(_saved, Path(path))


def _kind_of(path: Path) -> Literal["recording", "text", "other"]:
    """What is in a file, by its beginning; raises `OSError` when it cannot be read.

    A stream may hold broken characters, but is text elsewhere.
    """
    if path.is_fifo():
        return "text"  # it can be read only once
    if is_database(path):
        return "recording"
    with path.open("rb") as file:
        head = file.read(_BEGINNING)
    if _FIELD.search(head):
        return "text"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # which may end within a character
    except UnicodeDecodeError:
        return "other"
    return "other" if b"\0" in head else "text"


def recordings() -> Recording:
    """The file of recordings."""
    from vftui.recording import Recording
    from vftui.settings import recordings_path

    if not recordings_path().exists():
        raise ConfigurationError("Nothing is recorded yet.", "Talk to the demo or an agent first.")
    return Recording.open(recordings_path(), create=False)


@asynccontextmanager
async def _recorded(path: Path | None, name: str) -> AsyncIterator[Opening]:
    """A recording: what it means is read when it is on the screen (`vftui.follower`)."""
    await load_modules("vftui.follower", "vftui.prices", "vftui.recording", "vftui.settings")
    from vftui.filters import kept
    from vftui.opening import About, Opening
    from vftui.prices import kept as prices
    from vftui.recording import Recording
    from vftui.run import now
    from vftui.session.fold import Session

    with recordings() if path is None else Recording.open(path, create=False) as recording:
        row = recording.find(name)
        facts = (row.api, row.environment, f"user {row.user}" if row.user else "")
        about = About(row.title, tuple(filter(None, facts)), f"session {row.id}")
        number = row.id if path is None else None
        journal = recording.journal(row.id)
        yield Opening(
            about, Session(), journal, clock=now, number=number, filters=kept, prices=prices
        )


@asynccontextmanager
async def _saved(path: Path) -> AsyncIterator[Opening]:
    await load_modules("vftui.follower", "vftui.prices", "vftui.recording", "vftui.saved")
    from vftui.saved import file_entries, sniffed

    is_stream = await asyncio.to_thread(sniffed, path) == "sse"
    async with _stream(path.name, file_entries(path)) if is_stream else _imported(path) as opening:
        yield opening


@asynccontextmanager
async def _imported(path: Path) -> AsyncIterator[Opening]:
    """A session from a file: it is recorded as long as it is open."""
    await load_modules("vftui.formats", "vftui.prices")
    from vftui.filters import kept
    from vftui.formats import keep, read
    from vftui.opening import About, Opening
    from vftui.prices import kept as prices
    from vftui.recording import Recording
    from vftui.run import now
    from vftui.session.fold import Session

    imported = await asyncio.to_thread(read, path)
    with Recording.temporary() as recording:
        journal = await keep(imported, recording)
        about = About(imported.head.title or path.name, tuple(imported.head.facts), "file")
        yield Opening(about, Session(), journal, clock=now, filters=kept, prices=prices)


@asynccontextmanager
async def piped(file: BinaryIO) -> AsyncIterator[Opening]:
    """What shows a stream while it arrives."""
    await load_modules("vftui.follower", "vftui.prices", "vftui.recording", "vftui.saved")
    from vftui.run import now
    from vftui.saved import arriving, saved_entries

    async with _stream("standard input", saved_entries(arriving(file), clock=now)) as opening:
        yield opening


@asynccontextmanager
async def _stream(title: str, entries: AsyncIterator[Entry]) -> AsyncIterator[Opening]:
    """A saved stream: nothing is kept of it but what the trace list pages from meanwhile."""
    from vftui.filters import kept
    from vftui.opening import About, Opening
    from vftui.prices import kept as prices
    from vftui.recording import Recording
    from vftui.run import now
    from vftui.session.fold import Session

    with Recording.temporary() as recording:
        journal = recording.begin(title=title, api="", started=now())
        about = About(title, ("saved stream",), "file")
        yield Opening(
            about, Session(), journal, clock=now, replay=entries, filters=kept, prices=prices
        )


def take_stdin() -> BinaryIO:
    """The stream that is piped in; the terminal becomes standard input, for the keys."""
    if sys.stdin.isatty():
        raise ConfigurationError("Nothing is piped in.", "Try: curl -sSN … | vftui open -")
    stream = os.fdopen(os.dup(0), "rb", buffering=0)
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise ConfigurationError("There is no terminal to show it on.", "") from None
    os.dup2(terminal, 0)
    return stream
