"""The header: which agent, how the turn stands, whether it is recorded.

The only widget that looks at a clock: while a turn runs, its seconds count on even when nothing
arrives, because a wait is what a person wants to see.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from vftui.render.figures import duration
from vftui.render.text import printable

if TYPE_CHECKING:
    from vftui.opening import About
    from vftui.session.fold import Session

TICK = 0.2
"""Seconds between two readings of the clock while a turn runs."""

GLYPHS = {
    None: ("●", "$accent"),
    "complete": ("○", "$quiet"),
    "cancelled": ("◌", "$warning"),
    "truncated": ("◌", "$warning"),
    "stalled": ("◌", "$warning"),
    "refused": ("×", "$error"),
    "unreachable": ("×", "$error"),
    "failed": ("×", "$error"),
    "protocol": ("×", "$error"),
}


class StatusLine(Widget):
    """One line at the top of the screen."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; background: $background; color: $told; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._about: About | None = None
        self._parts: list[Content] = []

    def introduce(self, about: About) -> None:
        """Say which conversation this is."""
        self._about = about
        self.refresh()

    def unrecorded(self) -> None:
        """Say that the recording failed."""
        if self._about is not None:
            self.introduce(replace(self._about, recording="not recorded"))

    def sync(self, session: Session, now: float | None, queued: int = 0) -> None:
        """Catch up with the session; `now` is the clock while a turn runs, None otherwise."""
        parts: list[Content] = []
        if session.turns:
            turn = session.turns[-1]
            glyph, colour = GLYPHS[turn.ending]
            word = turn.ending or ("streaming" if turn.first_byte_at is not None else "waiting")
            running = turn.ending is None and now is not None and turn.sent_at is not None
            seconds = now - turn.sent_at if running else turn.elapsed  # type: ignore[operator]
            time = f" {duration(seconds)}" if seconds is not None else ""
            parts.append(Content.assemble((f"{glyph} {word}", colour), time))
            if turn.first_text is not None:
                parts.append(Content(f"first text {duration(turn.first_text)}"))
        if queued:
            parts.append(Content.styled(f"{queued} queued", "$warning"))
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    def render(self) -> Content:
        """The line: facts at the left, the state at the right; the lesser parts give way."""
        width = self.size.width
        left = Content.styled("vftui", "bold $accent")
        facts: tuple[str, ...] = ()
        right = list(self._parts)
        if (about := self._about) is not None:
            left += Content("  ") + Content.styled(
                printable(about.title, keep_lines=False), "bold $said"
            )
            facts = about.facts
            mark = ("● ", "$warning") if about.recording.startswith("rec") else ("○ ", "$quiet")
            right.append(Content.assemble(mark, (about.recording, "$quiet")))
        else:
            left += Content.styled("  starting…", "$quiet")
        while len(right) > 1 and _joined(right).cell_length + left.cell_length + 2 > width:
            right.pop(1)
        end = _joined(right)
        room = max(0, width - end.cell_length - 2)
        for fact in facts:
            longer = left + Content.styled(f" · {printable(fact, keep_lines=False)}", "$told")
            if longer.cell_length > room:
                break
            left = longer
        if left.cell_length > room:
            left = left.truncate(room, ellipsis=True)
        return left + Content(" " * max(1, width - left.cell_length - end.cell_length)) + end


def _joined(parts: list[Content]) -> Content:
    return Content("   ").join(parts)
