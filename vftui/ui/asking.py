"""Asks before anything leaves the terminal: an address that a button wants opened.

Two rules:

1. The whole address is shown, and whose it is, as text that cannot pretend to be something else.
2. Only http and https are opened, and only by a person's own key; everything else can be copied.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from vftui.render.text import printable
from vftui.ui.desktop import is_here

Answer = Literal["open", "copy", "send"]
"""What is done with the address; in each case the button's request is sent then."""


class AddressScreen(ModalScreen[Answer | None]):
    """A button's address: open it, copy it, or only send the button's request; None: nothing."""

    BINDING_GROUP_TITLE = "Address"
    BINDINGS = [
        Binding(
            "enter,o", "answer('open')", "open", id="address.open", key_display="enter",
            tooltip="Open the address in a browser",
        ),
        Binding("c,y", "answer('copy')", "copy", id="address.copy", tooltip="Copy the address"),
        Binding(
            "s", "answer('send')", "only send", id="address.send",
            tooltip="Send the button's request without opening its address",
        ),
        Binding("escape", "leave", "back", id="address.leave", tooltip="Do nothing"),
    ]  # fmt: skip
    DEFAULT_CSS = """
    AddressScreen {
        align: center middle;
        & #address { width: 72; max-width: 100%; height: auto; max-height: 100%; padding: 0 2;
            border: round $border; border-title-color: $accent; background: $background;
            overflow-y: auto; }
        & .url { color: $said; }
        & .quiet { color: $quiet; }
    }
    """

    def __init__(self, name: str, url: str) -> None:
        """`name` is the button's."""
        super().__init__()
        self._button = name
        self._url = url
        self._host = host_of(url)
        self._opens = self._host is not None and is_here()

    def compose(self) -> ComposeResult:
        """The address, whose it is, and what can be done."""
        with Vertical(id="address") as box:
            box.border_title = "Open this address?"
            yield Static(printable(self._url, keep_lines=False), classes="url", markup=False)
            yield Static(self._told, classes="quiet", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    @property
    def _told(self) -> str:
        button = printable(self._button, keep_lines=False)
        if self._host is None:
            told = f"{button} names it. Only http and https are opened; this one can be copied."
        else:
            told = f"{button} leads to {printable(self._host, keep_lines=False)}."
            if not self._opens:
                told += " Your browser is not on this machine: copy it."
        return f"{told} The button is sent afterwards."

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An address of another kind is not opened, nor one that nobody here would see."""
        return action != "answer" or parameters[0] != "open" or self._opens

    def action_answer(self, answer: Answer) -> None:
        """Leave with this answer."""
        self.dismiss(answer)

    def action_leave(self) -> None:
        """Leave without one."""
        self.dismiss(None)


def host_of(url: str) -> str | None:
    """The host of an address that may be opened; None when it may not."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and url.isprintable()
        return parts.hostname if usable else None
    except ValueError:
        return None
