"""`vftui show`: one conversation, as a transcript or as one JSON object.

The shape of the JSON is a contract with scripts. A recorded turn without an ending is one in
which the program was killed: it is shown as `truncated`.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from vftui.commands.speech import put, to_json
from vftui.errors import ConfigurationError, StreamBroken
from vftui.recording import Recording
from vftui.render.conversation import transcript
from vftui.saved import chunks, file_entries, saved_entries
from vftui.session.fold import Session
from vftui.session.log import with_endings
from vftui.session.tokens import Tokens
from vftui.session.turn import Turn
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


def session_json(session: Session) -> dict[str, Any]:
    """The object that `show --json` prints."""
    return {
        "turns": [_turn_json(turn) for turn in session.turns],
        "tokens": _tokens_json(session.tokens),
    }


def _turn_json(turn: Turn) -> dict[str, Any]:
    return {
        "action": turn.action,
        "ending": turn.ending,
        "messages": list(turn.messages),
        "choices": [
            {"number": choice.number, "name": choice.name, "request": choice.request}
            for choice in turn.choices
        ],
        "tokens": _tokens_json(turn.tokens),
        "first_text_ms": None if turn.first_text is None else round(turn.first_text * 1000),
        "conversation_over": turn.conversation_over,
    }


def _tokens_json(tokens: Tokens) -> dict[str, Any]:
    return {
        "total": tokens.total,
        "query": tokens.query,
        "answer": tokens.answer,
        "source": tokens.source,
        "base": asdict(tokens.base) if tokens.base else None,
        "models": {model: asdict(counts) for model, counts in tokens.models.items()},
    }
