"""`vftui sessions`: what was recorded, newest first."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click

from vftui.commands.speech import put, say, to_json
from vftui.recording import Recording, SessionRow
from vftui.render.text import printable
from vftui.settings import recordings_path

_HEADINGS = ("id", "started", "turns", "entries", "api", "environment", "title")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def sessions(as_json: bool) -> None:
    """List the recorded sessions, newest first.

    \b
    Examples:
      vftui sessions
      vftui sessions --json | jq -r 'select(.api == "v2").id'
    """
    path = recordings_path()
    if not path.exists():
        say(f"vftui: nothing is recorded yet; recordings go to {path}")
        return
    with Recording.open(path) as recording:
        rows = recording.sessions()
    if as_json:
        put("".join(to_json(asdict(row)) + "\n" for row in rows))
    elif rows:
        put(_table([_HEADINGS, *map(_cells, rows)]))
    else:
        say(f"vftui: nothing is recorded yet in {path}")


def _cells(row: SessionRow) -> tuple[str, ...]:
    started = datetime.fromtimestamp(row.started).strftime("%Y-%m-%d %H:%M")
    words = (row.api, row.environment, row.title)
    return (
        str(row.id),
        started,
        f"{row.turns:,}",
        f"{row.entries:,}",
        *(" ".join(printable(word).split()) for word in words),
    )


def _table(rows: list[tuple[str, ...]]) -> str:
    """Columns, each as wide as its widest cell; numbers on the right, the last one unpadded."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numbers = {0, 2, 3}
    lines = (
        "  ".join(
            cell.rjust(width) if number in numbers else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
    return "".join(line + "\n" for line in lines)
