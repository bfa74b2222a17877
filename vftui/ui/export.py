"""Export: in which format, how much of the session, and into which file.

Three rules:

1. Nothing is replaced unless that is picked, and the file is there whole or not at all.
2. Keys are starred out unless that is picked otherwise.
3. The keys answer while it is written; leaving stops it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Static

from vftui.errors import VftuiError
from vftui.render.text import one_line, printable
from vftui.ui.field import Field, Pick, Problem, row_of

if TYPE_CHECKING:
    from vftui.opening import Opening

FORMATS = {
    "html": "a page for a colleague's browser",
    "md": "Markdown for a ticket, the traces folded",
    "jsonl": "everything, to be opened here again",
    "json": "one object for scripts",
    "har": "for the network panel of a browser",
    "csv": "a table, one row a trace",
    "sse": "the exact bytes of the answers",
    "curl": "commands that do it again",
}
"""The formats, and what each is for."""

_WORDS = 30


class ExportScreen(ModalScreen[str | None]):
    """Writes a session into a file; answers with a sentence that says what it wrote, or None."""

    BINDING_GROUP_TITLE = "Export"
    HELP = """\
## Export

**Enter** writes the file; **left** and **right** pick a word, **up** and **down** go to another
row. Only jsonl holds everything. With a filter, formats that tell whole turns (html, md, json, har,
curl) tell those in which something passes.
"""
    AUTO_FOCUS = "#format"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]
    BINDINGS = [
        Binding(
            "enter", "write", "write", id="export.write", key_display="enter",
            tooltip="Write the file",
        ),
        Binding("escape", "leave", "back", id="export.leave", tooltip="Write nothing"),
        Binding(
            "up", "app.focus_previous", "row before", id="form.up", show=False,
            tooltip="The row before",
        ),
        Binding(
            "down", "app.focus_next", "next row", id="form.down", show=False,
            tooltip="The next row",
        ),
    ]  # fmt: skip
    DEFAULT_CSS = """
    ExportScreen {
        align: center middle;
        & #export { width: 76; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
            border: round $border; border-title-color: $accent; background: $background;
            overflow-y: auto; }
        & .row { height: auto; padding: 0 0 0 1; }
        & .label { width: 9; color: $quiet; }
        & Field { background: $panel; width: 1fr; }
        & Pick { width: 1fr; }
        & #about { color: $quiet; padding: 0 0 1 10; }
        & #there { display: none; }
        & Problem { margin: 1 0 0 1; }
        &.-narrow #about { display: none; }
    }
    """

    def __init__(
        self,
        opening: Opening,
        *,
        words: str = "",
        saved: Mapping[str, str] | None = None,
        turn: int | None = None,
    ) -> None:
        """`words` are the filter of now, with the filters that are `saved`; `turn` is the number
        of the turn that is looked at."""
        super().__init__()
        self._opening = opening
        self._words = words.strip()
        self._saved_filters = saved or {}
        self._turn = turn
        self._suggested = ""
        self._stopped = threading.Event()

    def compose(self) -> ComposeResult:
        """One row a question; each has an answer already."""
        with Vertical(id="export") as box:
            box.border_title = "Export"
            yield row_of("format", Pick({name: name for name in FORMATS}, id="format"))
            yield Static("", id="about", markup=False)
            yield row_of("what", Pick(self._parts, id="what"))
            yield row_of("keys", Pick({"": "starred out", "shown": "as they are"}, id="keys"))
            yield row_of("file", Field("a name, or a path", id="file"))
            yield row_of(
                "exists",
                Pick({"": "keep that file", "yes": "replace it"}, id="replace"),
                id="there",
            )
            yield Problem()
        yield Footer(compact=True, show_command_palette=False)

    @property
    def _parts(self) -> dict[str, str]:
        """What can be written, in words."""
        parts = {"session": "the whole session"}
        if self._turn is not None:
            parts["turn"] = f"turn {self._turn}"
        if self._words:
            parts["filter"] = f"what passes {one_line(self._words, _WORDS)}"
        return parts

    def on_mount(self) -> None:
        """Suggest a name."""
        self._formatted()

    @on(Pick.Picked, "#format")
    def _formatted(self) -> None:
        """Say what the format is for; a name that nobody has changed changes with it."""
        from vftui.formats.saving import suggested

        name = self.query_one("#format", Pick).value
        self.query_one("#about", Static).update(FORMATS[name])
        field = self.query_one("#file", Field)
        if field.value in ("", self._suggested):
            journal = self._opening.journal
            self._suggested = suggested(self._opening.about.title, journal.id, name)
            field.value = self._suggested

    @on(Input.Changed, "#file")
    def _renamed(self) -> None:
        """Another file: what was said of the one before is over."""
        self.query_one("#replace", Pick).value = ""
        self.query_one("#there").display = False
        self.query_one(Problem).clear()

    @on(Input.Submitted)
    def action_write(self) -> None:
        """Write the file, and leave when it is there."""
        self._write()

    @work(exclusive=True)
    async def _write(self) -> None:
        from vftui.formats.saving import FileThere

        box = self.query_one("#export")
        self._stopped.clear()
        box.border_subtitle = "writing…"
        try:
            told = await self._saved()
        except FileThere as error:
            self.query_one("#there").display = True
            self.query_one(Problem).say(FileThere(error.message, "Pick what is done with it."))
            self.query_one("#replace").focus()
        except VftuiError as error:
            self.query_one(Problem).say(error)
        else:
            self.dismiss(told)
        finally:
            box.border_subtitle = ""

    async def _saved(self) -> str:
        """Write the file beside the event loop; a sentence that says what was written."""
        from vftui.formats import WRITERS, Head, Log
        from vftui.formats.saving import save
        from vftui.query import parse
        from vftui.render.figures import size

        opening, answers = self._opening, {pick.id: pick.value for pick in self.query(Pick)}
        path = self._path()
        opening.journal.commit()  # another thread sees what is written, and nothing else
        filtered = answers["what"] == "filter"
        query = parse(self._words, self._saved_filters) if filtered else None
        evidence = set(opening.session.evidence) if filtered else ()
        number = self._turn if answers["what"] == "turn" else None

        def written() -> int:
            chosen = None if query is None else opening.log.matching(query, problems=evidence)
            head = Head.at(opening.journal)
            prices = None if opening.prices is None else opening.prices()
            masked = not answers["keys"]
            log = Log(head, opening.log, number, chosen, masked=masked, prices=prices)
            pieces = self._pieces(WRITERS[answers["format"]](log))
            return save(pieces, path, replace=answers["replace"] == "yes")

        octets = await asyncio.to_thread(written)
        return f"Wrote {printable(str(path), keep_lines=False)}, {size(octets)}."

    def _path(self) -> Path:
        name = self.query_one("#file", Field).value.strip()
        if not name or "\0" in name:
            raise VftuiError("No file is named.", "Type a name.")
        try:
            return Path(name).expanduser().absolute()
        except RuntimeError:
            raise VftuiError("There is no such user.", "Type another path.") from None

    def _pieces(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces, until the screen is left."""
        for piece in pieces:
            if self._stopped.is_set():
                raise VftuiError("It was stopped.", "")
            yield piece

    def action_leave(self) -> None:
        """Write nothing."""
        self._stopped.set()
        self.dismiss(None)
