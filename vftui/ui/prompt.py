"""The prompt: several lines, a history, and what is pasted made harmless.

Enter sends. Ctrl+J always makes a line; shift+enter and alt+enter do where the terminal tells
them from enter. Up on the first line and down on the last walk through what was sent before.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.widgets import TextArea

from vftui.render.text import printable

NEW_LINE = ("ctrl+j", "shift+enter", "alt+enter")
"""Keys that begin a new line. Only the first is told from enter by every terminal."""

MAX_HISTORY = 500
"""How many sent messages are kept to walk through."""


class Prompt(TextArea):
    """Where a message is typed."""

    BINDING_GROUP_TITLE = "Message"
    HELP = """\
## Message

Type to the agent and press **enter**. **Ctrl+J** makes a new line.
The numbers in the conversation press a button: **alt+1** to **alt+9**.
"""
    BINDINGS = [
        Binding(
            "enter",
            "send",
            "send",
            id="prompt.send",
            key_display="enter",
            tooltip="Send the message to the agent",
        ),
        Binding(
            ",".join(NEW_LINE),
            "new_line",
            "new line",
            id="prompt.new_line",
            show=False,
            tooltip="Begin a new line in the message",
        ),
        Binding(
            "up",
            "older",
            "older message",
            id="prompt.older",
            show=False,
            tooltip="On the first line: the message sent before",
        ),
        Binding(
            "down",
            "newer",
            "newer message",
            id="prompt.newer",
            show=False,
            tooltip="On the last line: the message sent after",
        ),
    ]

    DEFAULT_CSS = """
    Prompt {
        height: auto;
        max-height: 10;
        min-width: 8;
        padding: 0 1;
        border: round $border-blurred;
        background: $background;
        &:focus { border: round $border; background: $background; }
    }
    """

    @dataclass
    class Submitted(Message):
        """A message is to be sent."""

        text: str

    def __init__(self) -> None:
        super().__init__(
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=False,
            highlight_cursor_line=False,
            placeholder="type a message, ctrl+p for commands",
        )
        self.cursor_blink = False  # nothing here blinks
        self._history: list[str] = []
        self._place = 0  # in the history; its length means the message being written
        self._draft = ""

    def on_key(self, event: events.Key) -> None:
        """Take the keys that act on the text in the order of typing.

        A binding runs in another queue than the characters: enter right behind a fast burst of
        them would send before they are there.
        """
        act = {"enter": self.action_send, **dict.fromkeys(NEW_LINE, self.action_new_line)}
        if event.key in act:
            event.prevent_default()
            event.stop()
            act[event.key]()

    def action_send(self) -> None:
        """Send what is typed, unless it is empty."""
        text = self.text.strip()
        if not text:
            return
        self.remember(text)
        self.clear()
        self.post_message(self.Submitted(text))

    def take_back(self, text: str) -> None:
        """Let a person think again about a message: it is neither sent nor in the history."""
        if self._history[-1:] == [text]:
            self._history.pop()
        self._place = len(self._history)
        self._write(text)

    def remember(self, text: str) -> None:
        """Put a sent message into the history."""
        if not self._history or self._history[-1] != text:
            self._history = [*self._history, text][-MAX_HISTORY:]
        self._place = len(self._history)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self._put("\n")

    def action_older(self) -> None:
        """Move up, or show the message sent before."""
        if not self.navigator.is_first_wrapped_line(self.cursor_location) or self._place == 0:
            self.action_cursor_up()
            return
        if self._place == len(self._history):
            self._draft = self.text
        self._show(self._place - 1)

    def action_newer(self) -> None:
        """Move down, or show the message sent after."""
        last = self.navigator.is_last_wrapped_line(self.cursor_location)
        if not last or self._place >= len(self._history):
            self.action_cursor_down()
            return
        self._show(self._place + 1)

    def _show(self, place: int) -> None:
        self._place = place
        self._write(self._draft if place == len(self._history) else self._history[place])

    def on_paste(self, event: events.Paste) -> None:
        """Insert what is pasted, its control characters made visible."""
        event.prevent_default()
        event.stop()
        self._put(printable(event.text))

    def action_paste(self) -> None:
        """Insert what was copied in the app, made harmless, too."""
        self._put(printable(self.app.clipboard))

    def _write(self, text: str) -> None:
        self.text = text
        self.move_cursor(self.document.end)

    def _put(self, text: str) -> None:
        self.replace(text, *self.selection, maintain_selection_offset=False)
