"""`vftui show`: one conversation, as a transcript or as one JSON object.

The shape of the JSON is a contract with scripts. A recorded turn without an ending is one in
which the program was killed: it is shown as `truncated`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from vftui.commands.speech import put, to_json
from vftui.errors import ConfigurationError, StreamBroken
from vftui.recording import Recording
from vftui.render.conversation import transcript
from vftui.render.objects import session_json
from vftui.saved import chunks, file_entries, saved_entries
from vftui.session.fold import Session
from vftui.session.log import with_endings
from vftui.settings import recordings_path

_SQLITE = b"SQLite format 3\0"


@click.command()
@click.argument("which", metavar="ID|PATH|last")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a transcript.")
def show(which: str, as_json: bool) -> None:
    """Show a recorded session, or what is in a file.

    A number is a session's ID (see `vftui sessions`), `last` the newest one; anything else is the
    PATH of a saved event stream, or of a file of recordings (its newest session).

    \b
    Examples:
      vftui show last
      vftui show turn.sse --json | jq .tokens.total
    """
    session = _recorded(which) if which == "last" or which.isdecimal() else _in_file(which)
    if as_json:
        put(to_json(session_json(session)) + "\n")
    else:
        put(transcript(session))


def _recorded(name: str) -> Session:
    if not recordings_path().exists():
        raise ConfigurationError("Nothing is recorded yet.", "Try: vftui send --demo --launch")
    return _newest_or_numbered(recordings_path(), name)


def _newest_or_numbered(path: Path, name: str) -> Session:
    with Recording.open(path, create=False) as recording:
        return Session.of(with_endings(recording.journal(recording.find(name).id).entries()))


def _in_file(path: str) -> Session:
    head = next(chunks(path), b"") if path != "-" else b""
    if head.startswith(_SQLITE):
        return _newest_or_numbered(Path(path), "last")
    session = asyncio.run(_saved(path))
    turn = session.turns[-1]
    if turn.ending == "protocol":
        raise StreamBroken(turn.message, turn.advice)
    return session


async def _saved(path: str) -> Session:
    session = Session()
    async for entry in saved_entries(chunks(path)) if path == "-" else file_entries(path):
        session.apply(entry)
    return session
