"""What stands above the prompt while a slash command is typed.

Four rules:

1. It has no keys of its own: the prompt, which has the focus, asks it.
2. While the command's word is typed, it lists what the word may become. Then it shows what is
   still wrong, quietly until somebody wants to send that, and at last what would go out.
3. It takes no more than a quarter of the screen.
4. What is typed, and what an agent sent, is shown as it is and never read as markup.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.message import Message

from vftui.errors import ConfigurationError
from vftui.secrets import mask
from vftui.ui.preview import Preview, Whom
from vftui.ui.rows import Above, folded, marked, window, wrapped

if TYPE_CHECKING:
    from vftui.wire.compose import Command

LONGEST = 60
"""Rows of a shell command whose end is looked for."""

LEAST = 25
"""Cells that must be left for what commands do, if that is to stand in a column of its own."""


class Composer(Above):
    """The commands that a word may become, or the request that a command comes to."""

    @dataclass
    class Copy(Message):
        """Something that is shown is wanted on the clipboard."""

        text: str
        what: str
        """What it is, in words: `the request`."""

    def __init__(self, *, id: str | None = "composer") -> None:
        super().__init__(id=id)
        self.whom: Callable[[], Whom] = Whom
        """Asked whom a command goes to."""
        self.on_pick: Callable[[], object] = lambda: None
        """Called when a command is picked with the mouse."""
        self._line = ""
        self._commands: list[Command] = []
        self._chosen = 0
        self._drafted: Preview | ConfigurationError = Preview()
        self._as_curl = False
        self._loud = False
        self._dismissed = False

    # What the prompt tells and asks

    def follow(self, line: str) -> None:
        """Show what stands in the prompt now, if it is a command."""
        if line == self._line:
            return
        self._line = line
        self._loud = False
        if not line.startswith("/"):
            self._dismissed = False
            self._as_curl = False
        self._commands = _matching(line)
        self._chosen = 0
        self._draw()

    @property
    def choosing(self) -> bool:
        """Whether there is a list to choose from."""
        return bool(self._commands) and self.open

    @property
    def shows_request(self) -> bool:
        """Whether there is something to copy."""
        return self.open and not self._commands and isinstance(self._drafted, Preview)

    @property
    def hint(self) -> str:
        """What the keys do now."""
        if self.choosing:
            place = f"{self._chosen + 1} of {len(self._commands)}"
            return f"{place} · up, down choose · tab completes · esc closes"
        if not self.shows_request or not isinstance(self._drafted, Preview):
            return ""
        form = "JSON" if self._as_curl else "curl"
        flip = f"ctrl+t {form} · " if self._drafted.requests else ""
        return f"enter sends · {flip}ctrl+o copies"

    def choose(self, by: int) -> None:
        """Move the mark in the list."""
        self._chosen = max(0, min(self._chosen + by, len(self._commands) - 1))
        self.refresh()

    @property
    def completed(self) -> str:
        """The line with the chosen command in it."""
        command = self._commands[self._chosen]
        return f"/{command.word} " if command.usage else f"/{command.word}"

    def accepts(self) -> bool:
        """Whether what is typed can be sent; if not, say loudly why."""
        if not self._line.startswith("/"):
            return True
        self._loud = True
        self._dismissed = False
        self._commands = []
        self._draw()
        return isinstance(self._drafted, Preview)

    def flip(self) -> None:
        """Show the request as curl, or as its body again."""
        self._as_curl = not self._as_curl
        self.refresh(layout=True)

    def copy(self) -> None:
        """Want on the clipboard what is shown, all of it."""
        if isinstance(drafted := self._drafted, Preview):
            if self._as_curl and drafted.requests:
                self.post_message(self.Copy(drafted.curl, "the curl command"))
            else:
                self.post_message(self.Copy(mask(drafted.text), "the request"))

    def close(self) -> None:
        """Be gone until another command is begun."""
        self._dismissed = True
        self._draw()

    # What is drawn

    def _draw(self) -> None:
        self.open = self._line.startswith("/") and not self._dismissed
        if self.open:
            try:
                self._drafted = self.whom().preview(self._line.rstrip())
            except ConfigurationError as error:
                self._drafted = error
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there is something to say, and room for."""
        return len(self._rows(width))

    def render(self) -> Content:
        """The rows."""
        return Content("\n").join(self._rows(self.size.width))

    def on_click(self, event: Click) -> None:
        """Pick the command under the mouse."""
        place = event.get_content_offset(self)
        if place is None or not self.choosing:
            return
        event.stop()
        shown = window(len(self._commands), self._chosen, self.rows)
        self._chosen = shown[min(place.y, len(shown) - 1)]
        self.on_pick()

    def _rows(self, width: int) -> list[Content]:
        rows = self.rows
        if self._commands:
            shown = window(len(self._commands), self._chosen, rows)
            return [self._command(place, width) for place in shown]
        if isinstance(self._drafted, ConfigurationError):
            return self._wrong(self._drafted, width, rows)
        return self._request(self._drafted, width, rows)

    def _command(self, place: int, width: int) -> Content:
        command = self._commands[place]
        column = max(len(f"/{one.word} {one.usage}") for one in self._commands)
        usage = Content.assemble(
            (f"/{command.word}", "bold $said"), (f" {command.usage}".rstrip(), "$told")
        )
        if width > column + LEAST:  # otherwise what it does is nearer without a column
            usage = usage.pad_right(column - len(usage))
        row = usage + Content.styled(f"   {command.what}", "$quiet")
        if (api := self.whom().api) and api not in command.apis:
            row += Content.styled(f"   {', '.join(command.apis)} only", "$warning")
        return marked(row, place == self._chosen, width)

    def _wrong(self, error: ConfigurationError, width: int, rows: int) -> list[Content]:
        sentences = f"{error.message} {error.hint}".rstrip()
        if self._loud:
            return wrapped(f"! {sentences}", width, rows, "bold $error")
        return wrapped(sentences, width, min(2, rows), "$quiet")

    def _request(self, drafted: Preview, width: int, rows: int) -> list[Content]:
        above = []
        if drafted.warning and rows > 1:
            above = wrapped(f"! {drafted.warning}", width, max(1, rows - 3), "$warning")
        room = rows - len(above)
        if self._as_curl and drafted.requests:
            return [*above, *_end(folded(drafted.curl, width, LONGEST, "$said"), room)]
        if room > 1:
            above = [*folded(drafted.head, width, 1, "$quiet"), *above]
        return [*above, *folded(drafted.body, width, rows - len(above), "$said")]


def _end(lines: list[Content], rows: int) -> list[Content]:
    """The last of these lines: of a shell command, the turn's own request."""
    shown = lines[-rows:]
    return shown if len(shown) == len(lines) else ["…" + shown[0], *shown[1:]]


def _matching(line: str) -> list[Command]:
    """What the line may become; nothing when it is that already."""
    if not line.startswith("/"):
        return []
    from vftui.wire.compose import completions  # not before the first frame

    found = completions(line)
    return [] if [f"/{command.word}" for command in found] == [line] else found
