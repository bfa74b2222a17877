"""Openers of what was recorded or saved: a session, a file, a stream that is piped in.

Nobody answers there: an `Opening` of these has no agent.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from vftui.database import is_database
from vftui.errors import ConfigurationError
from vftui.late import load_modules

if TYPE_CHECKING:
    from vftui.opening import Opener, Opening
    from vftui.session.log import Entry


def saved_at(path: str) -> Opener:
    """What shows a recorded session (`last`, or its number) or a file."""
    if path == "last" or path.isdecimal():
        return partial(_recorded, None, path)
    try:
        path = os.path.expanduser(path)  # noqa: PTH111  pathlib's raises for an unknown user
        recorded = is_database(Path(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file has such a name"
        message = f"{path or 'Nothing'} cannot be read: {reason}."
        hint = "Give a saved event stream, a recording, or a number that `vftui sessions` lists."
        raise ConfigurationError(message, hint) from None
    return partial(_recorded, Path(path), "last") if recorded else partial(_saved, Path(path))


@asynccontextmanager
async def _recorded(path: Path | None, name: str) -> AsyncIterator[Opening]:
    await load_modules("vftui.session.fold", "vftui.recording", "vftui.settings")
    from vftui.opening import About, Opening
    from vftui.recording import Recording
    from vftui.run import now
    from vftui.session.fold import Session
    from vftui.session.log import with_endings
    from vftui.settings import recordings_path

    with Recording.open(path or recordings_path(), create=False) as recording:
        row = recording.find(name)
        journal = recording.journal(row.id)
        facts = (row.api, row.environment, f"user {row.user}")
        session = Session()
        for number, entry in enumerate(with_endings(journal.entries())):
            session.apply(entry)
            if number % 1000 == 0:
                await asyncio.sleep(0)
        yield Opening(About(row.title, facts, f"session {row.id}"), session, journal, clock=now)


@asynccontextmanager
async def _saved(path: Path) -> AsyncIterator[Opening]:
    await load_modules("vftui.session.fold", "vftui.recording", "vftui.saved")
    from vftui.saved import file_entries

    async with _stream(path.name, file_entries(path)) as opening:
        yield opening


@asynccontextmanager
async def piped(file: BinaryIO) -> AsyncIterator[Opening]:
    """What shows a stream while it arrives."""
    await load_modules("vftui.session.fold", "vftui.recording", "vftui.saved")
    from vftui.run import now
    from vftui.saved import arriving, saved_entries

    async with _stream("standard input", saved_entries(arriving(file), clock=now)) as opening:
        yield opening


@asynccontextmanager
async def _stream(title: str, entries: AsyncIterator[Entry]) -> AsyncIterator[Opening]:
    """A saved stream: nothing is kept of it but what the trace list pages from meanwhile."""
    from vftui.opening import About, Opening
    from vftui.recording import Recording
    from vftui.run import now
    from vftui.session.fold import Session

    with Recording.temporary() as recording:
        journal = recording.begin(title=title, api="", started=now())
        about = About(title, ("saved stream",), "file")
        yield Opening(about, Session(), journal, clock=now, replay=entries)


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
