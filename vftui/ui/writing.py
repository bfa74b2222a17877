"""A text of several lines, in which every character that a terminal sends can be typed.

Three rules:

1. Keys act in the order of typing. A binding runs in another queue than the characters: in a fast
   burst, enter would send before they are there, and backspace delete what came behind it.
2. A line is what was typed, however it is wrapped: it is what home, end, ctrl+u and ctrl+k mean.
3. What is pasted is made harmless.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding
from textual.widgets import TextArea

from vftui.render.text import printable


class Writing(TextArea, inherit_bindings=False):
    """The text, without what is done with it."""

    # Keys as in every text, of which help does not tell.
    BINDINGS = [
        Binding("ctrl+home", "text_start", system=True),
        Binding("ctrl+end", "text_end", system=True),
        *(
            replace(binding, description="", system=True)
            for binding in TextArea.BINDINGS
            if isinstance(binding, Binding)
        ),
    ]

    ACTIONS: ClassVar[dict[str, str]] = {}
    """What each key does."""

    def __init_subclass__(cls, **more: Any) -> None:
        """Note what the keys of a subclass do; its own are stronger."""
        super().__init_subclass__(**more)
        bindings = (*cls.BINDINGS, *Writing.BINDINGS)
        cls.ACTIONS = {
            key: binding.action
            for binding in reversed(bindings)
            if isinstance(binding, Binding)
            for key in binding.key.split(",")
        }

    def __init__(self, placeholder: str) -> None:
        super().__init__(
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=False,
            highlight_cursor_line=False,
            placeholder=placeholder,
        )
        self.cursor_blink = False  # nothing here blinks

    async def on_key(self, event: events.Key) -> None:
        """Take the keys that act on the text."""
        if await self.take(event):
            event.prevent_default()
            event.stop()

    async def take(self, event: events.Key) -> bool:
        """Do what a key does; False when it is left to others, or is a character."""
        if action := self.ACTIONS.get(event.key):
            return await self.app.run_action(action, self)
        character = event.character or ""
        if event.is_printable or not _is_space_or_joiner(character):
            return False
        self.put(character)
        return True

    def action_text_start(self) -> None:
        """Move to the start of all that is typed."""
        self.move_cursor(self.document.start)

    def action_text_end(self) -> None:
        """Move to its end."""
        self.move_cursor(self.document.end)

    def get_cursor_line_start_location(self, smart_home: bool = False) -> tuple[int, int]:
        """The start of the line that was typed, not of the row that is seen."""
        return self.cursor_location[0], 0

    def get_cursor_line_end_location(self) -> tuple[int, int]:
        """The end of the line that was typed, not of the row that is seen."""
        row, _ = self.cursor_location
        return row, len(self.document[row])

    def on_paste(self, event: events.Paste) -> None:
        """Insert what is pasted."""
        event.prevent_default()
        event.stop()
        self.pasted(event.text)

    def action_paste(self) -> None:
        """Insert what was copied in the app."""
        self.pasted(self.app.clipboard)

    def pasted(self, text: str) -> None:
        """Insert a text from elsewhere, its control characters made visible."""
        self.put(printable(text))

    def write(self, text: str) -> None:
        """Let this be the text, with the cursor behind it."""
        self.text = printable(text)
        self.move_cursor(self.document.end)

    def put(self, text: str) -> None:
        """Insert a text in place of what is selected."""
        self.replace(text, *self.selection, maintain_selection_offset=False)


def _is_space_or_joiner(character: str) -> bool:
    """Whether this is a space other than ASCII's, or what joins letters and emoji.

    Textual takes it for no character; Japanese and Persian need it.
    """
    return (
        len(character) == 1
        and unicodedata.category(character) in ("Zs", "Cf")
        and printable(character) == character
    )
