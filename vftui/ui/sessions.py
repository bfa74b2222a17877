"""What was recorded: find a session, open it, name it, tag it, delete it.

Three rules:

1. The file is asked beside the screen; of two searches the newer counts.
2. Nothing is deleted by one key, and never what is on the screen.
3. It leaves through a door: to the session, to a run that repeats it, or on with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, TypeVar

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Static

from vftui.errors import VftuiError
from vftui.render.figures import count, size
from vftui.ui.field import Field, Problem, harmless
from vftui.ui.sessionlist import SessionList

if TYPE_CHECKING:
    from vftui.opening import Doors, Opener
    from vftui.recording import Recording, SessionRow

Answer = TypeVar("Answer")

TYPING = 0.15
"""Seconds without another letter until the file is searched."""

EMPTY = "Every conversation is recorded here. Talk to the demo or an agent first."
NOTHING = "No session has these words."
SEARCHING = "searching…"


def _key(key: str, action: str, name: str, tooltip: str) -> Binding:
    shown = key if key == "enter" else None  # which Textual draws as a sign
    return Binding(key, action, name, id=f"sessions.{action}", tooltip=tooltip, key_display=shown)


class SessionsScreen(ModalScreen["Opener | None"]):
    """The recorded sessions, newest first; it dismisses with what opens one."""

    BINDING_GROUP_TITLE = "Sessions"
    HELP = """\
## Sessions

**Enter** opens the session with all panes. **/** searches titles, tags, messages and payloads of
all of them; the figure under *hits* says how many entries have the words.
"""
    AUTO_FOCUS = "SessionList"
    BINDINGS = [
        _key("enter", "open", "open", "Open the session"),
        _key("slash", "search", "search", "Search what was said and sent in all sessions"),
        _key("r", "rename", "rename", "Give the session another title"),
        _key("t", "tags", "tags", "Tag the session"),
        _key("d,delete", "delete", "delete", "Delete the session; asks first"),
        _key("R", "run_again", "run again", "Send the same again and compare"),
        _key("c", "continue", "continue", "Go on with it where the server still holds it"),
        _key("escape", "back", "back", "Back to the conversation"),
    ]
    DEFAULT_CSS = """
    SessionsScreen {
        align: center middle;
        background: $background 70%;
        & #sessions { width: 120; max-width: 100%; height: 90%; border: round $border;
            border-title-color: $accent; border-subtitle-color: $quiet; background: $background;
            padding: 0 1; }
        & Field { background: $panel; }
        & .columns { height: 1; color: $quiet; }
        & #change, & #question { display: none; }
        & #question { color: $warning; height: auto; }
        & Problem { margin: 0; }
        & Footer { background: $background; }
    }
    """

    rows = getters.query_one(SessionList)
    search = getters.query_one("#search", Field)
    change = getters.query_one("#change", Field)
    question = getters.query_one("#question", Static)

    def __init__(self, doors: Doors, now: int | None) -> None:
        """`now` is the number of the session on the screen, if it is recorded."""
        super().__init__()
        self._doors = doors
        self._now = now
        self._all: list[SessionRow] = []
        self._hits: Mapping[int, int] | None = None  # of what is searched for
        self._doomed: SessionRow | None = None  # the one that the question is about
        self._changing: tuple[Literal["title", "tags"], int] = "title", 0

    def compose(self) -> ComposeResult:
        """What to search for, the sessions, what is asked."""
        with Vertical(id="sessions") as box:
            box.border_title = "Sessions"
            yield Field("search what was said and sent", id="search")
            yield Static(classes="columns", markup=False)
            yield SessionList(self._now)
            yield Field("", id="change")
            yield Static(id="question", markup=False)
            yield Problem()
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """List them."""
        self._look("")

    def on_resize(self) -> None:
        """There may be room for other columns."""
        self.call_after_refresh(self._label)

    # Asking the file

    @work(exclusive=True, group="look")
    async def _look(self, words: str) -> None:
        """List what there is, or what has these words."""
        self._hits = None
        try:
            self._all = await self._ask(lambda recording: recording.sessions())
            self._list(words, searching=bool(words))
            if words:
                await asyncio.sleep(
                    TYPING
                )  # another letter may come, and a search cannot be stopped
                self._hits = await self._ask(lambda recording: recording.search(words))
                self._list(words)
        except VftuiError as error:
            self._complain(error)

    async def _ask(self, question: Callable[[Recording], Answer]) -> Answer:
        """Ask the file, in a thread."""

        def ask() -> Answer:
            with self._doors.recordings() as recording:
                return question(recording)

        return await asyncio.to_thread(ask)

    @work(group="change")
    async def _change(self, change: Callable[[Recording], None]) -> None:
        """Change something in the file, and list it again."""
        self._say("writing…")
        try:
            await self._ask(change)
        except VftuiError as error:
            self._complain(error)
        self._look(self._words)

    # What is shown

    @property
    def _words(self) -> str:
        return self.search.value.strip()

    def _list(self, words: str, *, searching: bool = False) -> None:
        """Show what has the words in its title or tags, or in what was said and sent."""
        hits = self._hits or {}
        wanted = words.casefold()
        rows = [row for row in self._all if row.id in hits or wanted in _told(row)]
        self.rows.empty = SEARCHING if searching else NOTHING if words else EMPTY
        self.rows.show(rows, self._hits)
        self._label()
        if searching:
            self._say(SEARCHING)

    def _label(self) -> None:
        """Name the columns, and say how many sessions there are and how large."""
        rows = self.rows
        self.query_one(".columns", Static).update(rows.header(rows.line_width), layout=False)
        whole = size(sum(row.size for row in self._all))
        shown = count(rows.line_count)
        some = shown if rows.line_count == len(self._all) else f"{shown} of {count(len(self._all))}"
        self._say(f"{some} · {whole}")
        self.refresh_bindings()

    def _say(self, words: str) -> None:
        self.query_one("#sessions").border_subtitle = words

    def _complain(self, error: VftuiError) -> None:
        self.query_one(Problem).say(error)

    # Searching

    @on(Input.Changed, "#search")
    def _searched(self) -> None:
        self.query_one(Problem).clear()
        self._look(self._words)

    @on(Input.Submitted, "#search")
    def action_list(self) -> None:
        """From what is searched for to the sessions."""
        self.rows.focus()

    def action_search(self) -> None:
        """Search all sessions."""
        self.search.focus()

    def on_key(self, event: events.Key) -> None:
        """Down goes from the search to the sessions; what is asked is answered by the next key."""
        if self._doomed is not None:
            event.stop()
            event.prevent_default()
            self._answer(event.key)
        elif event.key == "down" and self.focused is self.search:
            event.stop()
            self.rows.focus()

    # What can be done with a session

    @on(events.Click)
    def _clicked(self, event: events.Click) -> None:
        """A second click on a session opens it."""
        if event.chain == 2 and event.widget is self.rows:
            self.action_open()

    def action_open(self) -> None:
        """Open the session with all panes."""
        self._go(lambda row: self._doors.open(str(row.id)))

    def action_rename(self) -> None:
        """Ask for another title."""
        if (row := self.rows.chosen) is not None:
            self._ask_for("title", row, row.title)

    def action_tags(self) -> None:
        """Ask for the tags."""
        if (row := self.rows.chosen) is not None:
            self._ask_for("tags", row, ", ".join(row.tags))

    def _ask_for(self, what: Literal["title", "tags"], row: SessionRow, value: str) -> None:
        self._changing = what, row.id
        field = self.change
        field.placeholder = "its title" if what == "title" else "its tags, with commas between"
        field.value = value
        field.select_on_focus = False
        field.cursor_position = len(value)
        field.display = True
        field.focus()

    @on(Input.Submitted, "#change")
    def _changed(self, message: Input.Submitted) -> None:
        what, number = self._changing
        self._close()
        if what == "title":
            self._change(lambda recording: recording.rename(number, message.value.strip()))
        else:
            tags = [tag.strip() for tag in message.value.split(",")]
            self._change(lambda recording: recording.tag(number, tags))

    def _close(self) -> None:
        """Nothing is asked any more."""
        self._doomed = None
        self.change.display = self.question.display = False
        self.rows.focus()

    def action_delete(self) -> None:
        """Ask whether to delete the session."""
        row = self.rows.chosen
        if row is None:
            return
        if row.id == self._now:
            hint = "Go to another conversation first."
            self._complain(VftuiError("This is the session on the screen.", hint))
            return
        self._doomed = row
        what = f"Delete session {row.id}, “{harmless(row.title)}”, "
        what += f"{count(row.entries)} entries, {size(row.size)}?"
        self.question.update(Content(f"{what} y deletes it, any other key keeps it."))
        self.question.display = True

    def _answer(self, key: str) -> None:
        doomed = self._doomed
        self._close()
        if doomed is not None and key == "y":
            self._change(lambda recording: recording.delete(doomed.id))

    def action_run_again(self) -> None:
        """Send the same again, and compare."""
        self._go(self._doors.again)

    def action_continue(self) -> None:
        """Go on where the server still holds it."""
        self._go(self._doors.resume)

    def _go(self, door: Callable[[SessionRow], Opener]) -> None:
        """Leave through this door; where it leads nowhere, say why."""
        if (row := self.rows.chosen) is None:
            return
        try:
            opener = door(row)
        except VftuiError as error:
            self.query_one(Problem).say(error)
        else:
            self.dismiss(opener)

    def action_back(self) -> None:
        """Give up what is typed; without that, back to the conversation."""
        if self.change.display:
            self._close()
        elif self.focused is self.search or self._words:
            self.search.value = ""
            self.rows.focus()
        else:
            self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What would do nothing is not offered."""
        if action in ("open", "rename", "tags", "delete", "run_again", "continue"):
            return self.rows.chosen is not None and self.focused is self.rows
        return True


def _told(row: SessionRow) -> str:
    """What a word is looked for in, beside what was said and sent."""
    facts = (row.title, *row.tags, row.api, row.environment, row.project, row.user)
    return "\n".join(facts).casefold()
