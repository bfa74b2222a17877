"""A search through what was sent before, above the prompt.

Three rules:

1. It has no focus: the prompt hands it each key while it is open, in the order of typing.
2. What is typed narrows: every word of it must occur, in any case. The newest match is undermost,
   next to the line that is typed.
3. What is found is taken into the prompt, and not sent. Until then the prompt stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from textual.binding import Binding
from textual.content import Content
from textual.events import Click, Key
from textual.geometry import Size
from textual.widgets import TextArea

from vftui.render.figures import count
from vftui.render.text import printable
from vftui.secrets import mask
from vftui.ui.rows import Above, marked, window

OLDER, NEWER = ("up", "ctrl+r"), ("down",)
TAKE = ("enter", "tab", "left", "right", "home", "end", "ctrl+home", "ctrl+end")
LEAVE = ("escape", "ctrl+c", "ctrl+g")
ERASE_WORD = ("ctrl+w", "ctrl+backspace", "alt+backspace")

PASTE = "ctrl+v"
EDITING = {
    key
    for binding in TextArea.BINDINGS
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
} - {PASTE}
"""Keys that would change the text of the prompt, which nobody looks at meanwhile."""


class Recall(Above):
    """The entries that hold what is typed, and the line where it is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.on_take: Callable[[str], object] = lambda text: None
        """Called with the entry that was found."""
        self._entries: list[tuple[str, str]] = []  # newest first, each with its lower case
        self._found: list[str] = []
        self._words = ""
        self._place = 0

    @property
    def hint(self) -> str:
        """What the keys do now."""
        return "type to narrow · up older · enter takes it · esc leaves" if self.open else ""

    def begin(self, entries: Iterable[str]) -> None:
        """Search through these, the newest of which is last."""
        newest_first = dict.fromkeys(reversed(list(entries)))
        self._entries = [(entry, entry.casefold()) for entry in newest_first]
        self.open = True
        self._narrow("")

    def leave(self) -> None:
        """No search any longer."""
        self.open = False

    def press(self, event: Key) -> bool:
        """Take a key; False for one that is not for a search."""
        key, character = event.key, event.character
        if key in OLDER or key in NEWER:
            self._move(1 if key in OLDER else -1)
        elif key in TAKE:
            self._take()
        elif key in LEAVE:
            self.leave()
        elif key == "backspace":
            self._narrow(self._words[:-1])
        elif key in ERASE_WORD:
            self._narrow(re.sub(r"\S*\s*$", "", self._words))
        elif key == "ctrl+u":
            self._narrow("")
        elif character is not None and event.is_printable:
            self.type(character)
        else:
            return key in EDITING
        return True

    def type(self, words: str) -> None:
        """Narrow the search by what is typed or pasted."""
        self._narrow(self._words + printable(words, keep_lines=False))

    def on_click(self, event: Click) -> None:
        """Take the entry under the mouse."""
        event.stop()
        place = event.get_content_offset(self)
        shown = self._shown
        if place is not None and place.y < len(shown):
            self._place = shown[-1 - place.y]
            self._take()

    def _take(self) -> None:
        if self._found:
            self.leave()
            self.on_take(self._found[self._place])

    def _narrow(self, words: str) -> None:
        self._words = words
        wanted = words.casefold().split()
        self._found = [
            entry for entry, lower in self._entries if all(word in lower for word in wanted)
        ]
        self._place = 0
        self.refresh(layout=True)

    def _move(self, by: int) -> None:
        self._place = max(0, min(self._place + by, len(self._found) - 1))
        self.refresh()

    # What is drawn

    @property
    def _shown(self) -> range:
        return window(len(self._found), self._place, self.rows - 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The matches, and the line that is typed."""
        return len(self._shown) + 1

    def render(self) -> Content:
        """The matches, the newest undermost, above the line that is typed."""
        width = self.size.width
        words = [re.escape(word) for word in self._words.split()]
        wanted = re.compile("|".join(words), re.IGNORECASE) if words else None
        rows = [
            marked(_entry(self._found[place], wanted, width), place == self._place, width)
            for place in reversed(self._shown)
        ]
        return Content("\n").join([*rows, self._line(width)])

    def _line(self, width: int) -> Content:
        state = f"{count(self._place + 1)} of {count(len(self._found))}"
        if not self._found:
            state = "nothing like that" if self._entries else "nothing was sent yet"
        label = "sent before: "
        room = max(4, width - len(label) - len(state) - 3)
        typed = mask(self._words)[-room:]
        line = Content.assemble((label, "$quiet"), (typed, "bold $said"), (" ", "reverse"))
        gap = max(1, width - line.cell_length - len(state))
        return line + " " * gap + Content.styled(state, "$quiet" if self._found else "$warning")


def _entry(entry: str, wanted: re.Pattern[str] | None, width: int) -> Content:
    """An entry in one line, beginning not far before what is wanted in it."""
    start = 0
    if wanted is not None and (found := wanted.search(entry)) and found.end() > width - 4:
        start = max(0, found.start() - width // 3)
    text = printable(entry[start : start + 4 * width], keep_lines=False)
    row = Content.styled(f"…{text}" if start else text, "$told")
    return row if wanted is None else row.highlight_regex(wanted, style="bold underline $accent")
