"""The filter that a command was given: read, and asked of a session."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from vftui.commands.speech import say
from vftui.errors import ConfigurationError
from vftui.filters import kept
from vftui.query import Query, QueryError, parse
from vftui.recording import Journal
from vftui.render.pointing import pointed
from vftui.session.fold import Session
from vftui.session.log import with_endings


def query_of(words: str) -> Query:
    """The query that the words tell; an error shows where they go wrong."""
    try:
        return parse(words, kept())
    except QueryError as error:
        place = pointed(words, error.at, error.length).replace("\n", "\n  ")
        raise ConfigurationError(f"{error.message}\n  {place}", error.hint) from None


def passing(journal: Journal, query: Query, turn: int | None = None) -> Sequence[int]:
    """The numbers of the entries that pass, of one turn or all; said if there are none.

    What is a problem is known of a whole session only.
    """
    problems: Collection[int] = ()
    if query.asks_about_problems:
        problems = Session.of(with_endings(journal.entries())).evidence
    first, last = (turn and journal.turn_span(turn)) or (1, None)
    chosen = journal.matching(query, problems=problems, after=first - 1, until=last)
    if not chosen:
        say("vftui: nothing passes the filter.")
    return chosen
