"""The line above the trace list: a filter, a search, a remark, or the name of a filter to keep.

Two rules:

1. Below the line stands what may come next, or what is wrong, with carets under the place.
2. What the line means is the pane's business: it hears `Typed`, `Done`, `Left` and `Keep`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import Input, Static

from vftui.errors import VftuiError
from vftui.render.text import one_line, printable
from vftui.ui.field import Field

if TYPE_CHECKING:
    from vftui.query.completing import Completion

Line = Literal["filter", "search", "remark", "name"]

LABELS: dict[Line, str] = {
    "filter": "filter ",
    "search": "search ",
    "remark": "remark ",
    "name": "name @",
}
HINTS: dict[Line, str] = {
    "filter": "tab completes · ↑↓ kept ones · ctrl+s keeps it · esc clears it",
    "search": "a text or a /regex/ · enter, then n and N · esc ends it",
    "remark": "enter writes it on the row; empty takes it away",
    "name": "enter keeps the filter under this name",
}

SAVED = "@"
"""Under which the names of the filters that were kept are known."""


def _key(key: str, action: str, description: str, tooltip: str) -> Binding:
    """A key that the line below already tells of, so that the footer need not."""
    name = action.split("(")[0]
    back = "_back" if "(-1)" in action else ""
    return Binding(key, action, description, show=False, id=f"line.{name}{back}", tooltip=tooltip)


class TraceLine(Vertical):
    """A label, a field, and what there is to say about what is in it."""

    BINDINGS = [
        _key("tab", "complete(1)", "complete", "In a filter: the next thing that it may become"),
        _key("shift+tab", "complete(-1)", "back", "In a filter: the one before"),
        _key("up", "recall(1)", "kept", "In a filter: a filter that was kept"),
        _key("down", "recall(-1)", "typed", "In a filter: back to what was typed"),
        _key("ctrl+s", "keep", "keep", "Keep the filter under a name"),
        _key("escape", "leave", "leave", "Give up what is typed; a filter or a search ends"),
    ]
    DEFAULT_CSS = """
    TraceLine {
        display: none;
        height: auto;
        background: $panel;
        &.-open { display: block; }
        & > Horizontal { height: 1; }
        & .label { width: auto; color: $accent; }
        & Input { width: 1fr; height: 1; padding: 0; background: $panel; }
        & > .hint { height: auto; max-height: 3; color: $quiet; }
    }
    """

    @dataclass
    class Typed(Message):
        """The text is another one."""

        line: Line
        text: str

    @dataclass
    class Done(Message):
        """The text is meant."""

        line: Line
        text: str

    @dataclass
    class Left(Message):
        """The text is not wanted."""

        line: Line

    @dataclass
    class Keep(Message):
        """The text is wanted under a name."""

        text: str

    field = getters.query_one(Field)

    line: var[Line | None] = var(None, init=False)
    """What is typed; None: nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self.known: Mapping[str, Sequence[str]] = {}
        """What a filter can ask for, by field."""
        self.kept: Mapping[str, str] = {}
        """The filters that were kept."""
        self._offered: list[Completion] = []
        self._before = ""  # the text that completions are put into, or that was typed before recall
        self._place: int | None = None  # which completion, or which kept filter, is in the line
        self._made = ""  # the text that a key put there: it is not typed

    def compose(self) -> ComposeResult:
        """The parts."""
        with Horizontal():
            yield Static(classes="label", markup=False)
            yield Field("")
        yield Static(classes="hint", markup=False)

    def ask(self, line: Line, text: str = "") -> None:
        """Let a person type this, beginning with a text."""
        self.line = line
        self.query_one(".label", Static).update(LABELS[line])
        self.add_class("-open")
        self._place = None
        with self.prevent(Input.Changed):
            self.field.value = text
        self._offer(text)
        self.field.focus()

    def close(self) -> None:
        """Nothing is typed any longer."""
        self.line = None
        self.remove_class("-open")

    def fault(self, error: VftuiError, at: int | None = None, length: int = 1) -> None:
        """Say what is wrong, and where."""
        words = printable(f"{error.message} {error.hint}".strip(), keep_lines=False)
        said = Content.styled(words, "$error")
        if at is not None and 0 <= (x := at + self._indent) < self.size.width:
            carets = "^" * max(1, min(length, self.size.width - x))
            said = Content.styled(f"{' ' * x}{carets}\n", "$error") + said
        self._say(said)

    @property
    def _indent(self) -> int:
        """Where the first character of the text stands."""
        return len(LABELS[self.line or "filter"]) - self.field.scroll_offset.x

    # What may come next

    def _offer(self, text: str) -> None:
        """Show what the text could become, or what the keys do."""
        self._offered = []
        if self.line == "filter" and text:
            from vftui.query.completing import complete

            known = {**self.known, SAVED: list(self.kept)}
            self._offered = complete(text, self.field.cursor_position, known)
        self._before = text
        self._show_offer()

    def _show_offer(self) -> None:
        if not self._offered or self.line is None:
            self._say(Content.styled(HINTS[self.line or "filter"], "$quiet"))
            return
        chosen = self._place or 0
        words = [
            Content.styled(one_line(one.text, 40), "bold $accent" if place == self._place else "")
            for place, one in enumerate(self._offered)
        ]
        room = max(20, self.size.width)
        first = 0
        while first < chosen and sum(len(word) + 2 for word in words[first : chosen + 1]) > room:
            first += 1
        self._say(Content("  ").join(words[first:]).truncate(room, ellipsis=True))

    def _say(self, content: Content) -> None:
        self.query_one(".hint", Static).update(content)

    def action_complete(self, step: int) -> None:
        """Put in the next of what it may become, or the one before."""
        if not self._offered:
            return
        last = len(self._offered)
        first = 0 if step > 0 else last - 1
        self._place = first if self._place is None else (self._place + step) % last
        one, text = self._offered[self._place], self._before
        self._put(text[: one.start] + one.text + text[one.end :], one.start + len(one.text))
        self._show_offer()

    def action_recall(self, step: int) -> None:
        """Put a kept filter in the line; behind the last of them is what was typed."""
        names = sorted(self.kept)
        if self.line != "filter" or not names:
            return
        self._offered = []
        place = (-1 if self._place is None else self._place) + step
        self._place = None if place < 0 else min(place, len(names) - 1)
        name = None if self._place is None else names[self._place]
        self._put(self._before if name is None else f"@{name}")
        self._say(Content.styled(one_line(self.kept.get(name or "", ""), 200), "$quiet"))

    def _put(self, text: str, cursor: int | None = None) -> None:
        """Put a text in the line that was not typed."""
        self._made = text
        self.field.value = text
        self.field.cursor_position = len(text) if cursor is None else cursor

    # What a person does

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        if self.line is None:
            return
        if message.value != self._made:
            self._made, self._place = "", None
            self._offer(message.value)
        self.post_message(self.Typed(self.line, message.value))

    @on(Input.Submitted)
    def _done(self, message: Input.Submitted) -> None:
        message.stop()
        if self.line is not None:
            self.post_message(self.Done(self.line, message.value))

    def action_leave(self) -> None:
        """Say that the text is not wanted."""
        if self.line is not None:
            self.post_message(self.Left(self.line))

    def action_keep(self) -> None:
        """Want a name for a filter."""
        if self.line == "filter":
            self.post_message(self.Keep(self.field.value))
