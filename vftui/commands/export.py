"""`vftui export`: a session in a format that other programs, and other people, can use."""

from __future__ import annotations

from pathlib import Path

import click

from vftui.commands.asking import passing, query_of
from vftui.commands.pricing import list_prices
from vftui.commands.sources import session_log
from vftui.commands.speech import put, say
from vftui.errors import ConfigurationError
from vftui.formats import WRITERS, Log
from vftui.formats.saving import format_of, save
from vftui.render.figures import size


@click.command()
@click.argument("which", metavar="ID|PATH|last")
@click.option(
    "--format",
    "name",
    type=click.Choice(list(WRITERS)),
    help="How to write it; otherwise as the name of the file says, or jsonl.",
)
@click.option("--filter", "query", default="", help="Only what passes, such as 'is:error'.")
@click.option("--turn", type=click.IntRange(min=1), help="Only this turn, counted from 1.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write to this file, not to stdout."
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@click.option("--unmasked", is_flag=True, help="Leave what looks like a key as it is.")
def export(
    which: str,
    name: str | None,
    query: str,
    turn: int | None,
    output: Path | None,
    force: bool,
    unmasked: bool,
) -> None:
    """Write a session for another program or another person.

    jsonl is lossless: `vftui open` shows the same session again. sse are the exact bytes of the
    answers, har opens in the network panel of a browser, html in the browser itself, md goes into
    a ticket. Keys are starred out. json, md, html, har and curl tell whole turns: with a filter
    those in which something passes.

    A number is a session's ID (see `vftui sessions`), `last` the newest one; anything else is the
    PATH of a file: of a saved event stream, jsonl, HAR, Voiceflow's transcript, or of recordings.

    \b
    Examples:
      vftui export last -o talk.html
      vftui export 12 --format csv --filter 'gap>500ms'
      vftui export talk.har --format jsonl
    """
    asked = query_of(query)
    name = name or (format_of(output) if output else None) or "jsonl"
    with session_log(which) as (head, journal):
        if turn is not None and journal.turn_span(turn) is None:
            raise ConfigurationError(f"There is no turn {turn}.", "vftui show lists the turns.")
        chosen = passing(journal, asked, turn) if asked else None
        log = Log(head, journal, turn, chosen, masked=not unmasked, prices=list_prices())
        if output is None:
            for piece in WRITERS[name](log):
                put(piece)
        else:
            written = save(WRITERS[name](log), output, replace=force)
            say(f"{output}: {size(written)}")
