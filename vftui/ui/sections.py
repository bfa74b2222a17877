"""Where a Markdown text that still grows may be cut, so that only its end is rendered again.

Three rules:

1. **Chunk-blind.** The cuts depend on the text and never on how it arrived, so a message that
   was streamed looks the same as one that was opened later.
2. **A section stands alone.** It is cut where Markdown begins a new top-level block: after a blank
   line, outside fences and lists. Its lines never change again once the next section begins.
3. **A section is short.** What has no such place for `LIMIT` characters (a fence, a table, a list,
   a line) is cut anyway, and the next section repeats the line that opened the fence or table.

The scanner looks at the beginnings of lines and does not parse. Where Markdown is odder than it
knows (a fence left open inside a list), a section may look plainer; no text is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LIMIT = 4096
"""Characters after which a section is cut at the next line, wherever that is."""

_ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])(?:\s|$)")
_FENCE = re.compile(r"( {0,3})(`{3,}(?=[^`]*$)|~{3,})")
_RULER = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?\s*$")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a Markdown text that can be rendered without the others."""

    source: str
    joined: bool = False
    """Whether it goes on with the block of the section before: no blank line between them."""
    resumed: str = ""
    """The beginning of the fence or table that it goes on with; its own first lines repeat it."""


class Sections:
    """Cuts a text into sections while it grows."""

    def __init__(self) -> None:
        self.done: list[Section] = []
        """The sections that never change again."""
        self._lines: list[str] = []  # of the open section
        self._size = 0
        self._joined = False
        self._resumed = ""
        self._partial = ""  # the unfinished line
        self._begin_block()
        self._blank = False  # whether the line before was blank
        self._words = False  # whether the open section is more than blank lines

    def _begin_block(self) -> None:
        self._list = 0  # the column in which the text of the latest list item begins
        self._fence = ""  # the line that opened a fence
        self._table = 0  # how many lines of the section come before the ruler of a table

    @property
    def open(self) -> Section:
        """The section at the end, which may still change."""
        return Section("".join(self._lines) + self._partial, self._joined, self._resumed)

    def feed(self, text: str) -> None:
        """Take the next fragment."""
        *lines, partial = (self._partial + text).split("\n")
        for line in lines:
            self._take(self._shorten(line) + "\n")
        self._partial = self._shorten(partial)

    def _shorten(self, line: str) -> str:
        """Take the beginning of a line that is too long, as often as needed; what is left of it."""
        while len(line) > LIMIT:
            cut = line.rfind(" ", 1, LIMIT) + 1 or LIMIT
            self._take(line[:cut])
            self._cut(joined=True)
            line = line[cut:]
        return line

    def _take(self, line: str) -> None:
        """Add a line to the open section, or begin a new one with it."""
        if self._fence:
            self._take_code(line)
        else:
            self._take_text(line)
        self._lines.append(line)
        self._size += len(line)
        self._blank = not line.strip()
        self._words = self._words or not self._blank

    def _take_code(self, line: str) -> None:
        mark = _FENCE.match(self._fence)
        assert mark is not None
        bare = line.strip()
        inside_list = 0 < self._list <= len(mark[1])
        left_list = inside_list and bare and not line[0].isspace()
        if left_list or (len(bare) >= len(mark[2]) and not bare.strip(mark[2][0])):
            self._fence = ""
        elif self._size > LIMIT:
            self._cut(joined=True)

    def _take_text(self, line: str) -> None:
        item = _ITEM.match(line)
        is_ruler = _RULER.match(line) is not None
        if self._blank and not line[0].isspace() and not (self._list and item):
            if self._words:
                self._cut(joined=False)
            self._begin_block()
        # Only a list hangs together: the lines of an item are indented for it.
        elif self._size > (4 * LIMIT if self._list and not item else LIMIT) and not is_ruler:
            self._cut(joined=not self._blank)
        self._list = len(item[0].rstrip()) + 1 if item else self._list
        if _FENCE.match(line):
            self._fence, self._table = line, 0
        elif not line.strip():
            self._table = 0
        elif not self._table and is_ruler and "|" in line:
            self._table = len(self._lines)

    def _cut(self, *, joined: bool) -> None:
        """End the open section and begin the next one, inside the same fence or table if any."""
        if not self._lines:
            return
        self.done.append(Section("".join(self._lines), self._joined, self._resumed))
        head: list[str] = []
        if joined and self._fence:
            head, self._resumed = [self._fence], self._fence
        elif joined and self._table:
            head = self._lines[self._table - 1 : self._table + 1]
            self._resumed = self._resumed or "".join(self._lines[self._table - 1 :])
            self._table = 1
        else:
            self._resumed, self._table = "", 0
        self._lines, self._words = head, False
        self._size = sum(map(len, head))
        self._joined = joined


def split(text: str) -> list[Section]:
    """A text that is not Markdown in sections, of which there is at least one."""
    sections: list[Section] = []
    start = 0
    while not sections or start < len(text):
        end = start + LIMIT
        if end < len(text):
            end = text.rfind("\n", start, end) + 1 or text.rfind(" ", start, end) + 1 or end
        sections.append(Section(text[start:end].removesuffix("\n"), joined=True))
        start = end
    return sections
