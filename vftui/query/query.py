"""A query: what was typed, the SQL that it asks, and what to highlight in what it finds."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from vftui.query.conditions import PROBLEMS, Condition, Where

if TYPE_CHECKING:
    from regex import Pattern

HIT_SECONDS = 0.05
"""The most that looking for places to highlight in one line may take."""


@dataclass(frozen=True)
class Query:
    """Which entries are wanted; false when all are."""

    text: str = ""
    """As it was typed."""
    condition: Condition | None = None
    """None: every entry passes."""

    def __bool__(self) -> bool:
        return self.condition is not None

    def where(self, problems: Collection[int] = ()) -> Where:
        """The condition in SQL; `problems` are the entries that a problem was found in."""
        if self.condition is None:
            return Where("1", (), needs_bytes=False, needs_remarks=False)
        numbers = json.dumps(sorted(problems)) if problems else "[]"
        parameters = tuple(
            numbers if value is PROBLEMS else value for value in self.condition.parameters
        )
        needs = (self.condition.needs_bytes, self.condition.needs_remarks)
        return Where(self.condition.sql, parameters, *needs)

    @property
    def asks_about_problems(self) -> bool:
        """Whether it depends on the evidence of problems what passes."""
        return self.condition is not None and PROBLEMS in self.condition.parameters

    @property
    def needles(self) -> tuple[str, ...]:
        """The texts that were asked for."""
        return self.condition.needles if self.condition else ()

    @property
    def patterns(self) -> tuple[str, ...]:
        """The regular expressions that were asked for."""
        return self.condition.patterns if self.condition else ()

    def hits(self, line: str) -> list[tuple[int, int]]:
        """Where in a line something stands that was asked for: first character and end of each."""
        found: list[tuple[int, int]] = []
        for expression in self._expressions:
            try:
                found += [
                    one.span() for one in expression.finditer(line, timeout=HIT_SECONDS) if one[0]
                ]
            except TimeoutError:
                continue
        return sorted(found)

    @cached_property
    def _expressions(self) -> list[Pattern[str]]:
        import regex

        from vftui.query.sql import compiled

        flags = regex.IGNORECASE | regex.FULLCASE
        texts = [regex.compile(regex.escape(needle), flags) for needle in self.needles]
        return texts + [compiled(pattern) for pattern in self.patterns]


def parse(text: str, saved: Mapping[str, str] | None = None) -> Query:
    """The query that a text tells, with the `saved` filters by their names; or `QueryError`."""
    if not text.strip():
        return Query(text.strip())
    from vftui.query.reading import read

    return Query(text, read(text, saved or {}))
