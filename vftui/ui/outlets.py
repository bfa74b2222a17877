"""What leaves the app: copies, files, other programs, and words to the person.

One rule: whatever goes out is asked for by a pane with a message, and goes out from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work

from vftui.errors import VftuiError
from vftui.render.text import printable
from vftui.ui import desktop
from vftui.ui.composer import Composer
from vftui.ui.conversation import Conversation
from vftui.ui.copymenu import CopyMenu, CopyWanted, offered
from vftui.ui.external import OpenWanted, show
from vftui.ui.linked import LinkedPanes
from vftui.ui.traces import TraceList

if TYPE_CHECKING:
    from vftui.opening import Opening
    from vftui.render.copies import Copy


class Outlets(LinkedPanes):
    """Panes whose content can go elsewhere."""

    opening: Opening | None = None
    """What is shown; None until it is open."""

    def say(self, text: str, severity: str = "information") -> None:
        """Tell a person something about the app."""
        self.notify(printable(text), severity=severity, markup=False)  # type: ignore[arg-type]

    def complain(self, error: VftuiError) -> None:
        """Say why something could not be done."""
        self.say(f"{error.message} {error.hint}", "error")

    @work(group="browse")
    async def browse(self, url: str) -> None:
        """Open an address in the browser, and say so."""
        self.say(await desktop.browse(url))

    @work(group="copy")
    async def copy(self, text: str, what: str) -> None:
        """Copy a text, and say so."""
        self.say(await desktop.copy(self.app, text, what))

    @on(Conversation.Copy)
    @on(Composer.Copy)
    def _copy(self, message: Conversation.Copy | Composer.Copy) -> None:
        self.copy(message.text, message.what)

    @on(CopyWanted)
    def _copy_wanted(self, message: CopyWanted) -> None:
        if self.opening is not None:
            self.app.push_screen(CopyMenu(offered(message, self.opening)), self._copy_picked)

    def _copy_picked(self, picked: Copy | None) -> None:
        try:
            if picked is not None:
                self.copy(picked.text(), picked.what)
        except VftuiError as error:
            self.complain(error)

    @on(OpenWanted)
    @work(group="external", exclusive=True)
    async def _open_wanted(self, message: OpenWanted) -> None:
        try:
            await show(self.app, message.row, editor=message.editor)
        except VftuiError as error:
            self.complain(error)

    @on(TraceList.ExportWanted)
    def _export_wanted(self, message: TraceList.ExportWanted) -> None:
        from vftui.ui.export import ExportScreen  # most conversations are never exported

        if self.opening is None:
            return
        rows = self.side.traces
        row = None if message.seq is None else rows.row(message.seq)
        turn = None if row is None else row.turn
        screen = ExportScreen(self.opening, words=message.filter, saved=rows.saved, turn=turn)
        self.app.push_screen(screen, self._exported)

    def _exported(self, told: str | None) -> None:
        if told is not None:
            self.say(told)
