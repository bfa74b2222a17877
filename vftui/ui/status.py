"""The header: which agent, how the turn stands, what is waited for, whether it is recorded.

The only widget that looks at a clock: while a turn runs, its seconds count on even when nothing
arrives, because a wait is what a person wants to see. What has an end counts down to it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.widget import Widget

from vftui.render.figures import count, duration
from vftui.render.text import printable
from vftui.session.waiting import no_reply_due, retry_due

if TYPE_CHECKING:
    from vftui.opening import About
    from vftui.session.fold import Session

TICK = 0.2
"""Seconds between two readings of the clock."""

TELLING = 2
"""How many of the facts tell which agent it is: the generation of the API, the environment."""

SHORT_TITLE = 8
"""Cells that the title keeps before the facts give way."""

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


class Silence(NamedTuple):
    """How long the agent still waits for the person, in words."""

    words: str
    key: str
    """What to press, in brackets."""


def silence_of(session: Session, now: float, *, sends: bool) -> Silence | None:
    """The countdown to the no-reply action; None when the agent does not wait for one.

    `sends`: whether it is sent by itself when the time is over.
    """
    due = no_reply_due(session)
    if due is None:
        return None
    if due <= now:
        return Silence("no-reply is sent now", "") if sends else Silence("no-reply is due", "(F8)")
    what = "no-reply is sent in" if sends else "no-reply in"
    return Silence(f"{what} {_countdown(due - now)}", "(F8 now)")


class _Part(NamedTuple):
    """A piece of the right-hand side, with the space in front of it."""

    content: Content
    rank: int | None = None
    """Where there is too little room, the lowest ranks go first; None stays."""


class StatusLine(Widget):
    """One line at the top of the screen."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; background: $background; color: $told; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._about: About | None = None
        self._parts: list[_Part] = []

    def introduce(self, about: About) -> None:
        """Say which conversation this is."""
        self._about = about
        self.refresh()

    def unrecorded(self) -> None:
        """Say that the recording failed."""
        if self._about is not None:
            self.introduce(replace(self._about, recording="not recorded"))

    def sync(
        self,
        session: Session,
        now: float | None,
        queued: int = 0,
        silence: Silence | None = None,
        reading: tuple[int, int] | None = None,
    ) -> None:
        """Catch up with the session; `now` is the clock while a turn runs, None otherwise.

        `reading`: how many entries of how many are read, while not all of them are.
        """
        parts = _standing(session, now, silence) if session.turns else []
        if reading is not None:
            done, wanted = map(count, reading)
            parts = [_Part(Content.styled(f"reading {done} of {wanted}", "$warning"))]
        if queued:
            parts.append(_Part(Content.styled(f"   {queued} queued", "$warning"), 3))
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    def render(self) -> Content:
        """The line: which agent it is at the left, the state at the right.

        Where there is too little room, the lesser parts of the state go first, then the lesser
        facts, then the end of the title: it always tells which agent is live.
        """
        width, right = self.size.width, list(self._parts)
        name = Content.styled("vftui", "bold $accent") + Content("  ")
        title, facts = Content.styled("starting…", "$quiet"), []
        if (about := self._about) is not None:
            title = Content.styled(printable(about.title, keep_lines=False), "bold $said")
            facts = [Content(f" · {printable(fact, keep_lines=False)}") for fact in about.facts]
            mark = ("● ", "$warning") if about.recording.startswith("rec") else ("○ ", "$quiet")
            right.append(_Part(Content.assemble("   ", mark, (about.recording, "$quiet")), 4))
        telling = title.cell_length + _length(facts[:TELLING])
        end = _fitting(right, width, width - name.cell_length - telling - 2)
        room = max(0, width - end.cell_length - 2)
        left = (name + _shortened(title, facts, room - name.cell_length)).truncate(room)
        return left + Content(" " * max(1, width - left.cell_length - end.cell_length)) + end


def _shortened(title: Content, facts: list[Content], room: int) -> Content:
    """The title and the facts in this many cells."""
    while facts:
        least = title.cell_length if len(facts) > TELLING else SHORT_TITLE
        if _length(facts) + min(title.cell_length, least) <= room:
            break
        facts = facts[:-1]
    title = title.truncate(max(0, room - _length(facts)), ellipsis=True)
    return title + Content("").join(facts).stylize_before("$told")


def _standing(session: Session, now: float | None, silence: Silence | None) -> list[_Part]:
    """How the newest turn stands."""
    turn = session.turns[-1]
    glyph, colour = GLYPHS[turn.ending]
    word = turn.ending or ("streaming" if turn.first_byte_at is not None else "waiting")
    running = turn.ending is None and now is not None and turn.sent_at is not None
    seconds = now - turn.sent_at if running else turn.elapsed  # type: ignore[operator]
    time = f" {duration(seconds)}" if seconds is not None else ""
    parts = [_Part(Content.styled(f"{glyph} {word}", colour))]
    again = retry_due(session)
    if again is not None and now is not None and again > now:
        parts.append(_Part(Content(f" · again in {_countdown(again - now)}")))
    elif silence is not None:
        parts.append(_Part(Content(time), 1))
        parts.append(_Part(Content.styled(f"   {silence.words}", "$warning")))
        parts.append(_Part(Content(f" {silence.key}"), 2))
    else:
        parts[0] = _Part(parts[0].content + Content(time))
    if turn.first_text is not None:
        parts.append(_Part(Content(f"   first text {duration(turn.first_text)}"), 0))
    return parts


def _fitting(parts: list[_Part], width: int, wanted: int) -> Content:
    """The parts in `wanted` cells; those without a rank may take more, the first one `width`."""
    kept = list(parts)
    while _joined(kept).cell_length > wanted:
        ranks = [part.rank for part in kept if part.rank is not None]
        if not ranks:
            break
        kept = [part for part in kept if part.rank is None or part.rank > min(ranks)]
    return _joined(kept if _joined(kept).cell_length < width else kept[:1])


def _length(contents: list[Content]) -> int:
    """Cells that they take, one behind the other."""
    return sum(content.cell_length for content in contents)


def _joined(parts: list[_Part]) -> Content:
    return Content("").join(part.content for part in parts)


def _countdown(seconds: float) -> str:
    """Whole seconds that are left, the last one until it is over: `3 s`, `1 min 04 s`."""
    left = math.ceil(seconds)
    return f"{left} s" if left < 60 else duration(left)
