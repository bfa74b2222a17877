"""`vftui tokens`: what turns, sessions, days and models took, and what that costs at list prices.

Two rules:

1. The shape of the JSON and the columns of the CSV are a contract with scripts.
2. A turn without an ending is `truncated`, as in `vftui show`: its program was killed, or goes on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import click

from vftui.commands.billdata import as_csv, as_json
from vftui.commands.billtable import as_table
from vftui.commands.pricing import list_prices
from vftui.commands.shares import KINDS, Bill, By, Talk
from vftui.commands.sources import session_log
from vftui.commands.speech import put, say
from vftui.errors import ConfigurationError
from vftui.formats import Head
from vftui.recording import Recording
from vftui.run import now
from vftui.settings import recordings_path
from vftui.usage import TurnUsage, Usage, midnight

_AGO = re.compile(r"([0-9]{1,5})([dh])")
_SECONDS = {"d": 86_400, "h": 3_600}

_Found = tuple[Sequence[TurnUsage], Mapping[int, Talk]]
"""Turns, and the sessions that they are of."""


@click.command()
@click.argument("which", metavar="[ID|PATH|last]", required=False)
@click.option("--today", is_flag=True, help="All sessions of today.")
@click.option("--since", metavar="WHEN", help="All sessions since a date, or 7d or 24h ago.")
@click.option("--by", type=click.Choice(KINDS), help="What makes a row.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object instead of a table.")
@click.option("--csv", "is_csv", is_flag=True, help="For spreadsheets; without a row of totals.")
def tokens(
    which: str | None,
    today: bool,
    since: str | None,
    by: By | None,
    is_json: bool,
    is_csv: bool,
) -> None:
    """Show what a session took in tokens, or what all sessions took since a day.

    Billed tokens: what was asked (in), what was answered (out), both (total). Base tokens are the
    model's own, before Voiceflow's multiplier; the cost is theirs, at the list price of the model.
    A number with ~ is provisional or estimated, ? was not reported, +? is without what was not.

    A number is a session's ID (see `vftui sessions`), `last` the newest one; anything else is the
    PATH of a file: of a saved event stream, jsonl, HAR, Voiceflow's transcript, or of recordings.

    \b
    Examples:
      vftui tokens
      vftui tokens --today --by model
      vftui tokens --since 7d --by day --csv > week.csv
      vftui tokens 12 --json | jq '.total.tokens.total'
    """
    if sum((which is not None, today, since is not None)) > 1:
        raise click.UsageError("Give a session, or --today, or --since: one of them.")
    if is_json and is_csv:
        raise click.UsageError("--json and --csv are two ways to write it.")
    moment = midnight() if today else None if since is None else _moment(since)
    turns, talks = _session(which) if moment is None else _since(moment)
    by = by or ("turn" if moment is None else "session")
    ended = [replace(turn, ending=turn.ending or "truncated") for turn in turns]
    bill = Bill(ended, talks, by, list_prices(), moment)
    if is_json:
        put(as_json(bill) + "\n")
    elif is_csv:
        put(as_csv(bill))
    elif turns:
        put(as_table(bill))
    else:
        say("vftui: nothing was said" + ("" if moment is None else " since then"))


def _session(which: str | None) -> _Found:
    """One session, the newest one unless it is named, or what is in a file."""
    which = "last" if which is None else which
    with session_log(which) as (head, journal):
        journal.commit()
        number = journal.id if which == "last" or which.isdecimal() else None
        return Usage(journal.path).of(journal.id), {journal.id: Talk(number, head)}


def _since(moment: float) -> _Found:
    """What all recorded sessions have had since then, the newest session first."""
    path = recordings_path()
    if not path.exists():
        return [], {}
    with Recording.open(path, create=False) as recording:
        turns = [turn for turns in Usage(path).since(moment) for turn in turns]
        talks = {row.id: Talk(row.id, Head.of(row)) for row in recording.sessions()}
    return [turn for turn in turns if turn.session in talks], talks


def _moment(words: str) -> float:
    """The time that a person means: a date, or so many days or hours ago."""
    if match := _AGO.fullmatch(words.strip()):
        return now() - int(match[1]) * _SECONDS[match[2]]
    try:
        return datetime.fromisoformat(words.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise ConfigurationError(
            f"{words!r} is no date.", "Write 2026-11-23, or 7d or 24h for days and hours ago."
        ) from None
