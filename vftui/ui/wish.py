"""What a person wants to see in the trace list, and the queries that this makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vftui.ui.sifting import Asked

if TYPE_CHECKING:
    from vftui.query import Query

ALARMS = {"error": "is:error OR is:problem", "warning": "is:warning"}
"""What a person looks for when something is wrong, as filters."""


@dataclass(frozen=True)
class Wish:
    """A filter, a search in what it leaves, and two switches."""

    filter: str = ""
    search: str = ""
    merged: bool = False
    only_marked: bool = False

    @property
    def narrows(self) -> bool:
        """Whether it leaves something out."""
        return bool(self.filter) or self.only_marked

    def asked(self, saved: Mapping[str, str]) -> Asked:
        """The queries. A `QueryError` points at what was typed."""
        if not self.narrows and not self.search:
            return Asked(merged=self.merged)
        from vftui.query import parse  # with its parser: not at the start

        for typed in (self.filter, searching(self.search)):
            parse(typed, saved)
        shown = self._with("", saved)
        found = self._with(searching(self.search), saved) if self.search else None
        return Asked(shown or None, found, self.merged)

    def alarm(self, what: str, saved: Mapping[str, str]) -> Query:
        """What is wrong in this way, of what is shown."""
        return self._with(ALARMS[what], saved)

    def _with(self, more: str, saved: Mapping[str, str]) -> Query:
        from vftui.query import parse

        parts = (self.filter, "is:marked" if self.only_marked else "", more)
        return parse(" ".join(f"({part})" for part in parts if part.strip()), saved)


def searching(words: str) -> str:
    """The query for what a person searches for: a text as it is, or a regular expression."""
    words = words.strip()
    if not words or (len(words) > 1 and words.startswith("/") and words.endswith("/")):
        return words
    return '"' + words.replace("\\", r"\\").replace('"', r"\"") + '"'
