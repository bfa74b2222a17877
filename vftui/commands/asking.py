"""The filter that a command was given: read, and asked of a session."""

from __future__ import annotations

from collections.abc import Sequence

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


def passing(journal: Journal, query: Query) -> Sequence[int]:
    """The numbers of the entries that pass; what is a problem is known of a whole session only."""
    if not query.asks_about_problems:
        return journal.matching(query)
    session = Session.of(with_endings(journal.entries()))
    return journal.matching(query, problems=session.evidence)
