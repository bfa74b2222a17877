"""The line that names the panels which share a place, and marks the one that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

Panel = Literal["traces", "detail", "time", "problems", "runs"]
"""What the side column can show below the tokens."""

NAMES: dict[Panel, str] = {
    "traces": "Traces",
    "detail": "Detail",
    "time": "Time",
    "problems": "Problems",
    "runs": "Run again",
}


class Tabs(Static):
    """The panels by name; a click shows one."""

    DEFAULT_CSS = "Tabs { height: 1; padding: 0 1; }"

    @dataclass
    class Wanted(Message):
        """A panel was clicked."""

        panel: Panel

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._labels: list[tuple[Panel, str]] = []

    def say(self, panels: Sequence[Panel], shown: Panel, counts: dict[Panel, int]) -> None:
        """Name the panels, with how much there is in them where that is worth a word."""
        self._labels = []
        parts: list[Content] = []
        for panel in panels:
            count = counts.get(panel, 0)
            label = f" {NAMES[panel]} {count} " if count else f" {NAMES[panel]} "
            self._labels.append((panel, label))
            quiet = "$warning" if count else "$quiet"
            parts.append(Content.styled(label, "bold $accent" if panel == shown else quiet))
        self.update(Content("│").join(parts))

    def on_click(self, event: Click) -> None:
        """Ask for the panel whose name was clicked."""
        event.stop()
        place = event.x - self.gutter.left
        for panel, label in self._labels:
            place -= len(label) + 1
            if place < 0:
                self.post_message(self.Wanted(panel))
                return
