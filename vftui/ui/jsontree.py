"""JSON as a tree that folds, for a megabyte as for a word.

Three rules:

1. A row is worked out when it is unfolded, and no sooner: what is folded costs nothing. Of a long
   list or object the members stand in runs, which unfold one by one.
2. What is long is told in one line, with its size; unfolded, all of it is there.
3. The value stays as it came. What is shown of it is printable.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Hashable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from rich.cells import cell_len

from vftui.render.brief import clip, compact
from vftui.render.figures import count, size
from vftui.render.jsonpath import Path, name_of
from vftui.render.text import escaped, one_line, printable
from vftui.ui.page import LEAST, Place, Word, fitting

OPEN = 500
"""Rows that are unfolded at first, about."""

MOST = 5_000
"""Rows that are unfolded all at once, about; asked again, as many more."""

LONG = 400
"""Characters from which on a string is folded at first."""

RUN = 1_000
"""Members of a long list that stand in one run."""

STEP = 2
"""Cells by which members stand further in than what holds them."""

_LINE = re.compile(r'(?:[^\\]|\\[^n])++(?:\\n"?+)?+|\\n"?+')
"""A line of a string as JSON, with the escape that breaks it."""


class Run(NamedTuple):
    """Some members of a long list or object, which are unfolded together."""

    whole: Any
    start: int
    stop: int


class Note(str):
    """A line about the JSON, which stands above it."""

    __slots__ = ()


class Node:
    """A value in its place, folded or not."""

    __slots__ = ("_members", "depth", "key", "open", "parent", "rows", "value")

    def __init__(self, key: str | int | None, value: Any, parent: Node | None, depth: int) -> None:
        self.key = key
        """Its name or its number; None: it has none."""
        self.value = value
        self.parent = parent
        self.depth = depth
        self.open = isinstance(value, str) and _is_short(value)
        self.rows: list[str] | None = None
        """The text of an unfolded string, broken for the width."""
        self._members: list[Node] | None = None

    @property
    def size(self) -> int:
        """How many members unfold from it."""
        match self.value:
            case Run(_, start, stop):
                return stop - start
            case dict() | list():
                length = len(self.value)
                return length if length <= RUN else -(-length // RUN)
        return 0

    @property
    def members(self) -> list[Node]:
        """What unfolds from it."""
        if self._members is None:
            self._members = [
                Node(key, value, self, self.depth + 1) for key, value in _members(self.value)
            ]
        return self._members

    @property
    def known(self) -> list[Node]:
        """The members that somebody has looked at."""
        return self._members or []

    @property
    def path(self) -> Path:
        """Where it stands."""
        keys: list[str | int] = []
        node: Node | None = self
        while node is not None:
            if node.key is not None:
                keys.append(node.key)
            node = node.parent
        return tuple(reversed(keys))


class Tree:
    """The rows of a JSON value; those of what is folded are not there."""

    def __init__(self, value: Any, note: str = "") -> None:
        """Show the value, below a note if there is one."""
        whole = Node(None, value, None, -1)
        self._tops = whole.members or [Node(None, value, None, 0)]
        self._note = [Node(None, Note(note), None, 0)] if note else []
        self._width = LEAST
        self._rows: list[tuple[Node, int]] = []
        self.unfold(OPEN, strings=False)

    def __len__(self) -> int:
        return len(self._rows)

    def lay_out(self, width: int) -> None:
        """Break the strings that are unfolded for this width."""
        self._width = max(LEAST, width)
        self._rows = [row for node in (*self._note, *self._tops) for row in self._unfolded(node)]

    def words(self, y: int) -> Iterator[Word]:
        """What row `y` says."""
        node, part = self._rows[y]
        if part:
            yield " " * (self._indent(node) + STEP) + self._lines(node)[part], "value"
            return
        mark = "  " if not self.folds(y) else "▾ " if node.open else "▸ "
        yield " " * (self._indent(node) - STEP) + mark, "mark"
        if label := self._label(node):
            yield label, "key"
            yield ": ", "mark"
        yield from self._told(node)

    def place(self, y: int) -> Place | None:
        """The path and the value of row `y`."""
        node = self._rows[y][0]
        if isinstance(node.value, Note | Run):
            return None
        return Place(node.path, node.value)

    def anchor(self, y: int) -> Node:
        """The node of row `y`."""
        return self._rows[y][0]

    def row_of(self, anchor: Hashable) -> int:
        """The first row of a node, or of the nearest around it that is not folded away."""
        places = {node: y for y, (node, part) in enumerate(self._rows) if not part}
        node = anchor if isinstance(anchor, Node) else None
        while node is not None and node not in places:
            node = node.parent
        return places[node] if node is not None else 0

    # Folding

    def folds(self, y: int) -> bool:
        """Whether row `y` can be folded or unfolded."""
        node = self._rows[y][0]
        if isinstance(node.value, str):
            return not isinstance(node.value, Note) and self._is_long(node)
        return node.size > 0

    def is_open(self, y: int) -> bool:
        """Whether row `y` can be folded, and is not."""
        return self.folds(y) and self._rows[y][0].open

    def is_mark(self, y: int, x: int) -> bool:
        """Whether the mark for folding is in this cell."""
        node, part = self._rows[y]
        return not part and 0 <= self._indent(node) - x - 1 < STEP

    def holder(self, y: int) -> int:
        """The row that row `y` unfolds from, or its own where that is the outermost."""
        parent = self._rows[y][0].parent
        return self.row_of(parent) if parent is not None and parent.depth >= 0 else y

    def toggle(self, y: int) -> None:
        """Fold or unfold what row `y` belongs to, in its place."""
        node, part = self._rows[y]
        first = y - part
        last = first
        while last < len(self._rows) and self._is_inside(self._rows[last][0], node):
            last += 1
        node.open = not node.open
        self._rows[first:last] = self._unfolded(node)

    def unfold(self, limit: int = MOST, *, strings: bool = True) -> None:
        """Unfold what is folded, the outermost first, until there are so many rows, about."""
        waiting = deque(self._tops)
        limit -= len(waiting)
        while waiting:
            node = waiting.popleft()
            is_text = isinstance(node.value, str)
            needed = len(node.value) // self._width if is_text else node.size
            if not node.open and needed <= limit and (strings or not is_text):
                node.open = True
                limit -= needed
            if node.open:
                waiting += node.members
        self.lay_out(self._width)

    def fold(self) -> None:
        """Fold everything; the outermost members stay."""
        waiting = [*self._tops]
        while waiting:
            node = waiting.pop()
            node.open = False
            waiting += node.known
        self.lay_out(self._width)

    def _is_inside(self, node: Node, other: Node) -> bool:
        """Whether a node, of those that follow another, is that one or unfolds from it."""
        return node is other or node.depth > other.depth

    def _unfolded(self, node: Node) -> Iterator[tuple[Node, int]]:
        """The rows of a node, and of what unfolds from it."""
        pile = [node]
        while pile:  # JSON may be nested deeper than Python calls
            node = pile.pop()
            node.rows = None
            yield node, 0
            if not node.open:
                continue
            if isinstance(node.value, str):
                yield from ((node, part) for part in range(1, len(self._lines(node))))
            else:
                pile += reversed(node.members)

    # What a row says

    def _indent(self, node: Node) -> int:
        """Cells before the words of a node."""
        return min((node.depth + 1) * STEP, max(STEP, self._width // 2))

    def _label(self, node: Node) -> str:
        if node.key is None:
            return ""
        name = name_of(node.key) if isinstance(node.key, str) else count(node.key)
        return one_line(name, max(LEAST, self._width // 3))

    def _room(self, node: Node) -> int:
        """Cells for the words of a node behind its name."""
        label = self._label(node)
        taken = self._indent(node) + (cell_len(label) + 2 if label else 0)
        return max(LEAST, self._width - taken)

    def _told(self, node: Node) -> Iterator[Word]:
        value, room = node.value, self._room(node)
        if isinstance(value, Run):
            yield f"{count(value.start)} … {count(value.stop - 1)}", "mark"
        elif isinstance(value, dict | list):
            yield from _holder(value, room, told=not node.open)
        elif not isinstance(value, str):
            yield one_line(json.dumps(value), room), "mark" if value is None else "value"
        elif isinstance(value, Note) or node.open or not self._is_long(node):
            yield self._lines(node)[0], "mark" if isinstance(value, Note) else "value"
        else:
            length = size(len(value.encode("utf-8", "surrogatepass")))
            yield one_line(quoted(clip(value, room)[0]), room - len(length) - 1), "value"
            yield f" {length}", "mark"

    def _is_long(self, node: Node) -> bool:
        """Whether a string takes more than a row."""
        return len(node.value) > self._width or len(self._lines(node)) > 1

    def _lines(self, node: Node) -> list[str]:
        """All of a string, broken for the width."""
        if node.rows is None:
            rest = max(LEAST, self._width - self._indent(node) - STEP)
            node.rows = list(_broken(node.value, self._room(node), rest))
        return node.rows


def quoted(text: str) -> str:
    """A string as JSON in which everything can be seen."""
    return escaped(json.dumps(text, ensure_ascii=False))


def _is_short(text: str) -> bool:
    """Whether a string is shown whole at first: base64 never is."""
    return len(text) <= LONG and clip(text)[0] == text


def _members(value: Any) -> Iterator[tuple[str | int | None, Any]]:
    """What unfolds from a value, by names and numbers; a run has none."""
    match value:
        case Run(dict(whole), start, stop):
            yield from islice(whole.items(), start, stop)
        case Run(whole, start, stop):
            yield from enumerate(whole[start:stop], start)
        case dict() | list() if len(value) > RUN:
            for start in range(0, len(value), RUN):
                yield None, Run(value, start, min(start + RUN, len(value)))
        case dict():
            yield from value.items()
        case list():
            yield from enumerate(value)


def _holder(whole: Any, room: int, *, told: bool) -> Iterator[Word]:
    """How many members an object or a list has and, where they are not shown, the first of them."""
    brackets = "{}" if isinstance(whole, dict) else "[]"
    size = f"{brackets[0]}{count(len(whole)) if whole else ''}{brackets[1]}"
    yield size, "mark"
    if told and whole and len(size) + LEAST < room:
        yield one_line(f" {compact(whole, 4 * room)}", room - len(size)), "mark"


def _broken(text: str, first: int, rest: int) -> Iterator[str]:
    """A string as JSON in rows: the first, and all the others, of so many cells at most.

    A line break in it is shown as its escape, and breaks the row, too.
    """
    if isinstance(text, Note):
        lines = [printable(text, keep_lines=False)]
    else:
        lines = _LINE.findall(quoted(text))
    room = first
    for line in lines:
        place = 0
        while place < len(line):
            yield (piece := fitting(line, place, room))
            place += len(piece)
            room = rest
