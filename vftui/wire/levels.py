"""How loud a line of diagnosis is, as a number that can be compared."""

from __future__ import annotations

LEVELS = {"debug": 1, "verbose": 1, "info": 2, "warn": 3, "warning": 3, "error": 4, "fatal": 5}
"""The levels by the names that traces and people give them, from the quietest to the loudest."""

_NAMES = {1: "debug", 2: "info", 3: "warn", 4: "error", 5: "fatal"}


def level_name(level: int) -> str:
    """The usual name of a level."""
    return _NAMES[level]
