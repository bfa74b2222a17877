"""What can be copied of an entry, one letter each.

Whoever shows an entry posts `CopyWanted(row)`, or `CopyWanted(row, place)` when a value in it is
chosen; the screen opens the menu, and copies what is picked there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Footer, OptionList
from textual.widgets.option_list import Option

from vftui.render.text import one_line

if TYPE_CHECKING:
    from vftui.opening import Opening
    from vftui.reading import Row
    from vftui.render.copies import Copy
    from vftui.ui.page import Place

WIDTH = 72
"""Cells of the menu, at most."""

_NAMES = 8
"""Cells of the names."""


@dataclass
class CopyWanted(Message):
    """Something of an entry is wanted on the clipboard: ask what."""

    row: Row
    place: Place | None = None
    """The value that is chosen in it, if one is."""


class CopyMenu(ModalScreen["Copy | None"]):
    """The things to copy; answers with one, or None."""

    BINDING_GROUP_TITLE = "Copy"
    BINDINGS = [
        Binding("escape", "leave", "back", id="copymenu.leave", key_display="esc",
                tooltip="Copy nothing"),
    ]  # fmt: skip
    DEFAULT_CSS = f"""
    CopyMenu {{
        align: center middle;
        & #copies {{ width: {WIDTH}; max-width: 100%; height: auto; max-height: 100%;
            border: round $border; border-title-color: $accent; background: $background; }}
        & OptionList, & OptionList:focus {{ height: auto; max-height: 100%; border: none;
            background: $background; padding: 0 1; overflow-x: hidden; }}
    }}
    """

    def __init__(self, copies: Sequence[Copy]) -> None:
        super().__init__()
        self._copies = copies

    def compose(self) -> ComposeResult:
        """One line each."""
        with Vertical(id="copies") as box:
            box.border_title = "Copy"
            yield OptionList(*map(_option, self._copies), markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_key(self, event: Key) -> None:
        """A letter picks what it stands before."""
        for copy in self._copies:
            if copy.key == event.key:
                event.stop()
                self.dismiss(copy)
                return

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Enter or a click picks a line."""
        message.stop()
        self.dismiss(self._copies[message.option_index])

    def action_leave(self) -> None:
        """Copy nothing."""
        self.dismiss(None)


def _option(copy: Copy) -> Option:
    room = WIDTH - _NAMES - 10
    return Option(
        Content.assemble(
            (f"{copy.key} ", "bold $accent"),
            (f" {copy.name:<{_NAMES}}", "$said"),
            (one_line(copy.told, room), "$quiet"),
        )
    )


def offered(message: CopyWanted, opening: Opening) -> list[Copy]:
    """What can be copied of the entry that was asked for."""
    from vftui.formats.curl import turn_request
    from vftui.render.copies import copies, curl_copy
    from vftui.session.log import Sent

    row = message.row
    path, value = message.place or (None, None)
    now = opening.log.row(row.seq) or row  # a remark may have been written since
    found = copies(row.entry, path, value, now.remark)
    first = opening.log.row(row.turn_seq)
    if first is not None and isinstance(sent := first.entry, Sent) and sent.url:
        agent = opening.agent
        before = agent.requests(sent.action)[:-1] if agent is not None else ()
        found.append(curl_copy([*before, turn_request(sent)]))
    return found
