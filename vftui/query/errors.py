"""What is wrong with a query, and where in the text."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from vftui.errors import ConfigurationError


class QueryError(ConfigurationError):
    """A query that cannot be read; the caret belongs under its `length` characters from `at`."""

    def __init__(self, message: str, hint: str = "", *, at: int = 0, length: int = 1) -> None:
        super().__init__(message, hint)
        self.at = at
        self.length = max(1, length)


def nearest(word: str, known: Iterable[str]) -> str:
    """The hint for a word that is none of those that are known."""
    words = list(known)
    close = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else f"There are: {', '.join(words)}."
