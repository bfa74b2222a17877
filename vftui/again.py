"""A recorded conversation with an agent: once more, or on from where it stands.

Two rules:

1. Once more is a new session of a new user, to whom the same actions are sent, in order; what
   differs is told turn by turn (`vftui.session.compare`).
2. On goes only what the server still holds: the same user of the same agent at the same address,
   by a generation whose conversations belong to the user. A v4 session ends with its key, which is
   never kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from vftui.errors import ConfigurationError
from vftui.late import load_modules
from vftui.live import conversation, settings_of
from vftui.playback import recordings

if TYPE_CHECKING:
    from vftui.opening import Opener, Opening
    from vftui.recording import SessionRow
    from vftui.session.compare import Outline
    from vftui.settings import Settings

AGAIN = "again: "
"""How the title of a run begins that repeats another."""


PIECE = 200
"""Entries that are read before others get their turn."""


@dataclass(frozen=True)
class Recorded:
    """What was done in a recorded session, and with whom."""

    row: SessionRow
    address: str
    """The address of the runtime: scheme, host and port; empty when nothing was sent."""
    turns: list[Outline]
    """Its turns with an action."""


def recorded(which: str) -> Recorded:
    """What was done in the session of this number, or the `last`; `ConfigurationError` when that is
    nothing that can be sent again."""
    from vftui.session.compare import Outlines
    from vftui.session.log import Sent, with_endings

    outlines, address = Outlines(), ""
    with recordings() as recording:
        row = recording.find(which)
        for entry in with_endings(recording.journal(row.id).entries()):
            outlines.append(entry)
            if isinstance(entry, Sent) and not address:
                address = _origin(entry.url)
    turns = [turn for turn in outlines.turns if turn.action]
    if not turns:
        raise ConfigurationError(
            f"Session {row.id} has no actions to send again.",
            "`vftui sessions` lists what is recorded.",
        )
    return Recorded(row, address, turns)


def title_of(row: SessionRow) -> str:
    """What a run that repeats this one is called."""
    return row.title if row.title.startswith(AGAIN) else f"{AGAIN}{row.title}"


@asynccontextmanager
async def again(opener: Opener, number: int) -> AsyncIterator[Opening]:
    """The agent that `opener` opens, who is told what was done in a recorded session."""
    from vftui.session.compare import Repeats

    before = await asyncio.to_thread(recorded, str(number))
    async with opener() as opening:
        opening.begins = [(turn.action or {}, turn.variables) for turn in before.turns]
        opening.repeats = Repeats(before.turns, opening.session)
        opening.about = replace(opening.about, title=title_of(before.row))
        if opening.number is not None:
            await asyncio.to_thread(_rename, opening.number, opening.about.title)
        yield opening


def _rename(number: int, title: str) -> None:
    with recordings() as recording:
        recording.rename(number, title)


@asynccontextmanager
async def resumed(
    flags: Mapping[str, Any], typed: Mapping[str, Any], number: int
) -> AsyncIterator[Opening]:
    """The agent of a recorded session, who still holds the conversation; it is recorded on."""
    await load_modules("vftui.connect", "vftui.session.compare")
    from vftui.session.log import with_endings

    before = await asyncio.to_thread(recorded, str(number))
    settings = await asyncio.to_thread(settings_of, flags, typed)
    check_held(before, settings)
    async with conversation(settings, before.row.title, number) as opening:
        opening.begins = ()
        for place, entry in enumerate(with_endings(opening.journal.entries())):
            opening.session.apply(entry)
            if place % PIECE == 0:
                await asyncio.sleep(0)
        yield opening


def check_held(before: Recorded, settings: Settings) -> None:
    """Raise `ConfigurationError` when the agent of the settings cannot know this conversation."""
    row = before.row
    once_more = "Run it again instead, in a new session."
    if row.api == "v4":
        raise ConfigurationError(
            "A v4 session cannot be gone on with: it ends with its key, which is never kept.",
            once_more,
        )
    if (now := _origin(settings.base_url)) != before.address:
        raise ConfigurationError(
            f"It was a conversation with {before.address}, and the settings lead to {now}.",
            f"Set VF_RUNTIME_URL to that address if it still answers. {once_more}",
        )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
