"""What a form is made of: fields of one line, a choice of a few words, what went wrong.

Two rules:

1. What is pasted is made harmless: Textual's own field draws it as it is.
2. What looks like a key is hidden in whichever field it stands, and what is hidden is not copied.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Input, Static

from vftui.errors import VftuiError
from vftui.render.text import printable
from vftui.secrets import Secrets, mask

_VARIABLE = re.compile(r"\s*\$([A-Za-z_][A-Za-z0-9_]*)\s*")
_BEGINNING = re.compile(r"\s*\$([A-Za-z_][A-Za-z0-9_]*)?\s*")


class Field(Input):
    """A compact field. Of a paste it takes the first line that has something in it."""

    def __init__(self, placeholder: str, value: str = "", *, id: str | None = None) -> None:
        super().__init__(
            value, placeholder=placeholder, password=self.hides(value), id=id, compact=True
        )

    def hides(self, text: str) -> bool:
        """Whether nobody may see this text."""
        return mask(text) != text

    def watch_value(self, value: str) -> None:
        """Hide what looks like a key."""
        self.password = self.hides(value)

    def action_copy(self) -> None:
        """Copy the selection, unless it is hidden."""
        if not self.password:
            super().action_copy()

    def action_cut(self) -> None:
        """Cut the selection, unless it is hidden."""
        if not self.password:
            super().action_cut()

    def on_paste(self, event: events.Paste) -> None:
        """Insert what the terminal pastes."""
        event.prevent_default()
        event.stop()
        self._put(event.text)

    def action_paste(self) -> None:
        """Insert what was copied in the app."""
        self._put(self.app.clipboard)

    def _put(self, text: str) -> None:
        line = printable(text).strip().split("\n")[0].rstrip()
        self.replace(line, *self.selection)


class KeyField(Field):
    """A field for a key, always hidden; or for the variable that holds it, written `$NAME`."""

    def hides(self, text: str) -> bool:
        """Everything but a variable's name, or the beginning of one."""
        return _BEGINNING.fullmatch(text) is None

    @property
    def variable(self) -> str:
        """The name of the variable that holds the key; empty: the field holds the key itself."""
        found = _VARIABLE.fullmatch(self.value)
        return found[1] if found else ""


class Pick(Widget, can_focus=True):
    """One of a few words: the picked one has a filled mark."""

    BINDINGS = [
        Binding(
            "left", "step(-1)", "pick", id="form.pick_before", show=False,
            tooltip="In a choice of words: the one before",
        ),
        Binding(
            "right,space", "step(1)", "pick", id="form.pick_after", show=False,
            tooltip="In a choice of words: the one after",
        ),
    ]  # fmt: skip
    DEFAULT_CSS = """
    Pick { height: auto; color: $told; }
    """

    @dataclass
    class Picked(Message):
        """Another word was picked."""

        pick: Pick

        @property
        def control(self) -> Pick:
            """Where."""
            return self.pick

    value: var[str] = var("", init=False)
    """The picked one's value."""

    def __init__(self, words: dict[str, str], value: str = "", *, id: str | None = None) -> None:
        """`words` are shown by value; the first is picked unless `value` is one of them."""
        super().__init__(id=id)
        self.words = words
        self.set_reactive(Pick.value, value if value in words else next(iter(words), ""))

    def offer(self, words: dict[str, str]) -> None:
        """Offer these; if they are others than before, the first of them is picked."""
        if words != self.words:
            self.words = words
            self.set_reactive(Pick.value, next(iter(words), ""))
            self.refresh(layout=True)

    def watch_value(self) -> None:
        """Say that another one is picked."""
        self.post_message(self.Picked(self))
        self.refresh()

    def action_step(self, steps: int) -> None:
        """Pick one before or after."""
        values = list(self.words)
        if values:
            self.value = values[(values.index(self.value) + steps) % len(values)]

    def on_click(self, event: events.Click) -> None:
        """Pick the one that was clicked."""
        picked = event.style.meta.get("pick")
        if picked in self.words:
            self.value = picked

    def on_focus(self) -> None:
        """Show where the keys go."""
        self.refresh()

    def on_blur(self) -> None:
        """Show where the keys do not go."""
        self.refresh()

    def render(self) -> Content:
        """All of them in a line, or in as many as they need."""
        here = "bold $background on $accent" if self.has_focus else "bold $said"
        return Content("  ").join(
            Content.styled(
                f"{'●' if value == self.value else '○'} {word}",
                here if value == self.value else "",
            ).stylize(Style.from_meta({"pick": value}))
            for value, word in self.words.items()
        )


class Problem(Static):
    """Why something led nowhere; not there while nothing did."""

    DEFAULT_CSS = """
    Problem { color: $error; margin: 1 0 0 2; display: none; }
    """

    def __init__(self) -> None:
        super().__init__("", id="problem", markup=False)

    def say(self, error: VftuiError, key: str = "") -> None:
        """Say it, without the key."""
        self.update(harmless(f"× {error.message} {error.hint}".rstrip(), key))
        self.display = True
        self.call_after_refresh(self.scroll_visible, animate=False)

    def clear(self) -> None:
        """Nothing is wrong any more."""
        self.display = False


def row_of(label: str, field: Widget, *, id: str | None = None) -> Horizontal:
    """A row of a form: a label and what it is for."""
    return Horizontal(Static(label, classes="label"), field, classes="row", id=id)


def harmless(text: str, key: str = "") -> str:
    """The text as a screen may show it: no control characters, nothing like a key, not this key."""
    return printable(mask(Secrets(key).mask(text)))
