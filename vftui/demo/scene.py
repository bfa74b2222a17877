"""What a part of the script is: a word to type, and the steps that answer it."""

from __future__ import annotations

from dataclasses import dataclass

from vftui.demo.steps import Step

Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that the agent can do."""

    word: str
    """What to type for it."""
    what: str
    """What it shows, for people."""
    steps: Steps
    phrases: tuple[str, ...] = ()
    """Words that lead here from anywhere in a sentence."""
    same: tuple[str, ...] = ()
    """Other words for it, typed alone."""
