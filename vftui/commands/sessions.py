"""`vftui sessions`: what was recorded, newest first; other titles and tags for it, or its end.

The shape of the JSON is a contract with scripts.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from vftui.commands.speech import put, say, to_json
from vftui.commands.tables import table
from vftui.recording import Recording, SessionRow
from vftui.render.figures import size
from vftui.render.text import printable
from vftui.secrets import mask
from vftui.settings import recordings_path

_HEADINGS = ("id", "started", "turns", "entries", "size", "api", "environment", "tags", "title")
_NUMBERS = {0, 2, 3, 4, len(_HEADINGS)}
"""The columns of numbers; the last one is that of the hits."""


@click.command()
@click.option("--search", "text", metavar="TEXT", help="Only those with TEXT in an entry.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Only those with this tag.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--rename", nargs=2, metavar="ID TITLE", help="Give a session another title.")
@click.option("--set-tags", nargs=2, metavar="ID TAGS", help="Its tags, separated by commas.")
@click.option("--delete", metavar="ID", help="Delete what a session holds, for good.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
def sessions(
    text: str | None,
    tags: tuple[str, ...],
    as_json: bool,
    rename: tuple[str, str] | None,
    set_tags: tuple[str, str] | None,
    delete: str | None,
    yes: bool,
) -> None:
    """List the recorded sessions, newest first, or change one of them.

    A search looks into messages and payloads, in upper and lower case, and tells how often each
    session has the text. The ID may be `last`.

    \b
    Examples:
      vftui sessions --search "pier 3"
      vftui sessions --json | jq -r 'select(.api == "v2").id'
      vftui sessions --set-tags last "slow, ticket 41" --rename last "The order that hung"
      vftui sessions --delete 12
    """
    path = recordings_path()
    if not path.exists():
        say(f"vftui: nothing is recorded yet; recordings go to {path}")
        return
    with Recording.open(path) as recording:
        if rename or set_tags or delete:
            _change(recording, rename, set_tags)
            if delete:
                _delete(recording, delete, yes)
            return
        rows = [row for row in recording.sessions() if {*tags} <= {*row.tags}]
        hits = None if text is None else recording.search(text)
    if hits is not None:
        rows = [row for row in rows if row.id in hits]
    _list(rows, hits, as_json)
    if not rows:
        nothing = "no session is like that" if text or tags else "nothing is recorded yet"
        say(f"vftui: {nothing} in {path}")


def _change(
    recording: Recording, rename: tuple[str, str] | None, set_tags: tuple[str, str] | None
) -> None:
    """Give sessions another title, other tags."""
    if rename:
        recording.rename(recording.find(rename[0]).id, mask(rename[1]))
    if set_tags:
        recording.tag(recording.find(set_tags[0]).id, mask(set_tags[1]).split(","))


def _delete(recording: Recording, name: str, sure: bool) -> None:
    """Delete a session, if a person is sure."""
    row = recording.find(name)
    title = " ".join(printable(row.title).split())
    what = f"session {row.id}, {row.entries:,} entries, {title!r}"
    if not sure:
        click.confirm(f"Delete {what}?", abort=True, err=True)
    recording.delete(row.id)
    say(f"vftui: deleted {what}")


def _list(rows: list[SessionRow], hits: dict[int, int] | None, as_json: bool) -> None:
    """Write the sessions; `hits` is how often each has a text that was searched for."""
    if as_json:
        put("".join(to_json(_object(row, hits)) + "\n" for row in rows))
    elif rows:
        found = [()] * len(rows) if hits is None else [(f"{hits[row.id]:,}",) for row in rows]
        cells = [_cells(row) + hit for row, hit in zip(rows, found, strict=True)]
        put(table([_HEADINGS + ("hits",) * (hits is not None), *cells], _NUMBERS))


def _object(row: SessionRow, hits: dict[int, int] | None) -> dict[str, Any]:
    return asdict(row) if hits is None else asdict(row) | {"hits": hits[row.id]}


def _cells(row: SessionRow) -> tuple[str, ...]:
    started = datetime.fromtimestamp(row.started).strftime("%Y-%m-%d %H:%M")
    words = (row.api, row.environment, ", ".join(row.tags), row.title)
    return (
        str(row.id),
        started,
        f"{row.turns:,}",
        f"{row.entries:,}",
        size(row.size),
        *(" ".join(printable(word).split()) for word in words),
    )
