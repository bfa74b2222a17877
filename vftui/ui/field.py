"""A field of one line, where what is pasted is made harmless: Textual's own draws it as it is."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from vftui.render.text import printable


class Field(Input):
    """A compact field. Of a paste it takes the first line that has something in it."""

    def __init__(self, placeholder: str, *, id: str | None = None, password: bool = False) -> None:
        super().__init__(placeholder=placeholder, id=id, password=password, compact=True)

    async def on_key(self, event: events.Key) -> None:
        """Submit in the order of typing: a binding runs in another queue than the characters."""
        if event.key == "enter":
            event.prevent_default()
            event.stop()
            await self.action_submit()

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
