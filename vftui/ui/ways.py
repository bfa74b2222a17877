"""A list to choose from, and how an agent looks in it.

An environment that has the name of a live one is painted as a warning and says so in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from vftui.render.text import one_line
from vftui.ui.field import harmless

if TYPE_CHECKING:
    from vftui.opening import Profile

NAME_WIDTH = 16
"""Cells of a row's name at most; the other names are padded to the widest."""

LEAST_ROWS = 3
"""Rows of a list that are always shown."""

NOW = "now · "
"""What marks the row of the agent of now, beside its sign."""

FOOTER = 1
"""Rows of the footer."""

_PRODUCTION = re.compile(r"(?<![a-z])(production|prod|live)(?![a-z])", re.IGNORECASE)


def environment_words(name: str) -> Content:
    """An environment's name; one that real people talk to has a mark, a colour and a word."""
    shown = word_of(name)
    found = _PRODUCTION.search(name)
    if not found:
        return Content(shown)
    said = "" if found[0].lower() == "production" else " (production)"
    return Content.styled(f"! {shown}{said}", "$warning")


def word_of(text: str) -> str:
    """The text as one harmless line."""
    return harmless(text).replace("\n", "↵")


@dataclass(frozen=True)
class Row:
    """A row of the list."""

    name: str
    words: Content = field(default_factory=Content)
    """What stands beside the name."""
    go: Callable[[], object] | None = None
    """What it does; None: it is a heading."""
    here: bool = False
    """Whether it is what is on the screen now."""

    def label(self, width: int, *, first: bool) -> Content:
        """The row, its name padded to this many cells; above a heading, unless first, is room."""
        if self.go is None:
            return Content.styled(self.name if first else f"\n{self.name}", "$quiet")
        name = Content.styled(one_line(self.name, width), "bold $said")
        mark = Content.styled("● ", "$accent") if self.here else Content("  ")
        gap = Content(" " * (width - name.cell_length + 2))
        return Content.assemble(mark, name, gap, self.words)

    @property
    def text(self) -> str:
        """What a filter looks at."""
        return f"{self.name} {self.words.plain}".casefold()


def profile_row(profile: Profile, go: Callable[[], object], *, here: bool = False) -> Row:
    """A profile: what matters first, because a narrow window cuts the rest."""
    others = (profile.api, profile.project, f"key in {profile.key}")
    facts = [environment_words(profile.environment), *(Content(word_of(one)) for one in others)]
    words = Content(" · ").join(fact for fact in facts if fact.plain)
    if here:
        words = Content(NOW) + words
    return Row(profile.name, words.stylize_before("$told"), go, here)


class Rows(OptionList):
    """A list to choose from: enter or a click does what the row says."""

    BINDINGS = [
        Binding(
            "enter", "select", "go", id="form.go", key_display="enter",
            tooltip="In a list to choose from: go where the cursor is",
        ),
    ]  # fmt: skip
    DEFAULT_CSS = """
    Rows {
        height: auto;
        background: $background;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        scrollbar-size-vertical: 1;
        &:focus { background-tint: $background 0%; }
        & > .option-list--option-disabled { color: $quiet; }
        & > .option-list--option-highlighted { text-style: none; }
        &:focus > .option-list--option-highlighted { text-style: none; }
    }
    """

    def __init__(self, id: str) -> None:
        super().__init__(id=id, compact=True, markup=False)
        self.rows: list[Row] = []

    def show(self, rows: Iterable[Row]) -> None:
        """Show these; the cursor stays with its row, or goes to the first that does something."""
        at = self.rows[self.highlighted].name if self.highlighted is not None else None
        self.rows = list(rows)
        names = [one_line(row.name, NAME_WIDTH) for row in self.rows if row.go]
        width = max((Content(name).cell_length for name in names), default=0)
        self.set_options(
            Option(row.label(width, first=place == 0), disabled=row.go is None)
            for place, row in enumerate(self.rows)
        )
        places = {row.name: place for place, row in reversed([*enumerate(self.rows)]) if row.go}
        self.highlighted = places.get(at or "", min(places.values(), default=None))

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        if (go := self.rows[message.option_index].go) is not None:
            go()


class Frame(Vertical):
    """What is around a list. Where there is no room for all, it is the list that scrolls."""

    DEFAULT_CSS = """
    Frame { max-width: 100%; height: auto; max-height: 100%; overflow: hidden;
        border-title-color: $accent; background: $background; scrollbar-size-vertical: 1; }
    """

    def watch_virtual_size(self) -> None:
        """Something came, went or grew."""
        self.fit()

    def fit(self) -> None:
        """Give the list what the others leave of the screen."""
        for rows in self.query(Rows):
            others = self.virtual_size.height - rows.outer_size.height
            room = self.screen.size.height - FOOTER - self.gutter.height - others
            rows.styles.max_height = max(LEAST_ROWS, room)
            # Not always: a scrollbar takes room, so that lines wrap, so that it is needed.
            self.styles.overflow_y = "hidden" if room >= LEAST_ROWS else "auto"
