"""Markdown to lines of a given width. Nothing but text comes out, whatever goes in.

Four rules:

1. Every token passes `printable` after parsing, because entities become characters only then.
   HTML is text. There are no terminal hyperlinks: a link shows its whole target behind its text,
   and only http, https and mailto are links at all.
2. A line break that the agent sent is a line break, as in the chat widgets agents are written for.
3. What cannot be laid out in the width (a table of thirty columns) is shown as its source.
4. It is one walk over a flat list of tokens: no nesting is too deep for it.

Code is not highlighted: a highlighter on text from outside costs more than all the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from vftui.render.text import printable
from vftui.ui.tables import Table
from vftui.ui.wrap import wrap

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from vftui.ui.sections import Section

Styles = Callable[[str], Style]
"""Gives the style of `text`, `code`, `heading`, `link` and `quiet`; more is bold or italic."""

_DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:", re.MULTILINE)
_MOST_BLANKS = 200
_BLANKS = re.compile(rf"[ \t]{{{_MOST_BLANKS},}}")
_SCHEMES = ("http", "https", "mailto")
_LEAST_WIDTH = 8
"""Cells that text keeps in the deepest list; what is nested deeper is not indented further."""

_BOLD, _ITALIC, _STRIKE = Style(bold=True), Style(italic=True), Style(strike=True)
_UNDERLINE = Style(underline=True)
_INLINE = {"strong_open": _BOLD, "em_open": _ITALIC, "s_open": _STRIKE}


def render(
    section: Section,
    width: int,
    styles: Styles,
    references: MutableMapping[str, Any] | None = None,
) -> list[Text]:
    """The lines of a section. `references` are the link targets that other sections define."""
    tokens = parse(section.source, references)
    return _Page(width, styles, section.resumed).render(tokens)


def define(sections: Iterable[Section], references: MutableMapping[str, Any]) -> bool:
    """Collect the link targets that the sections define; whether there are any."""
    references.clear()
    for section in sections:
        if _DEFINITION.search(section.source):
            parse(section.source, references)
    return bool(references)


def parse(source: str, references: MutableMapping[str, Any] | None = None) -> list[Token]:
    """The tokens of a Markdown text; link targets that it defines are added to `references`."""
    # The parser's time is quadratic in the length of a run of spaces.
    source = _BLANKS.sub(" " * _MOST_BLANKS, source)
    return _parser().parse(source, {"references": {} if references is None else references})


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # 30 ms that the first frame does not wait for

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    setattr(parser, "validateLink", _is_link)  # noqa: B010  # how the parser is configured
    return parser


def _is_link(target: str) -> bool:
    try:
        return urlsplit(target.strip()).scheme.lower() in _SCHEMES
    except ValueError:
        return False


class _Page:
    """Lays tokens out into lines."""

    def __init__(self, width: int, styles: Styles, resumed: str = "") -> None:
        self._width = width
        self._styles = styles
        self._resumed = resumed
        self._lines: list[Text] = []
        self._gap = False  # whether the next block is preceded by a blank line
        self._indent: list[tuple[str, str]] = []  # first line's and other lines', per container
        self._fresh: list[bool] = []  # whether a container's first line is still to come
        self._numbers: list[int | None] = []  # of the next item, per list
        self._style = styles("text")
        self._table: Table | None = None

    def render(self, tokens: Iterable[Token]) -> list[Text]:
        for token in tokens:
            self._take(token)
        return self._lines

    def _take(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._text(self._inline(token.children or []))
            case "heading_open":
                self._style = self._styles("heading") + (
                    _UNDERLINE if token.tag == "h1" else Style.null()
                )
            case "heading_close":
                self._style, self._gap = self._styles("text"), True
            case "paragraph_close":
                self._gap = not token.hidden
            case "fence" | "code_block":
                self._code(token.content, token.info)
            case "hr":
                self._emit([Text("─" * self._room, self._styles("quiet"))])
                self._gap = True
            case "table_open":
                self._table = Table()
            case "table_close" if self._table:
                table, self._table = self._table, None
                self._emit(table.lines(self._room, self._styles("quiet"), self._widths()))
                self._gap = True
            case kind if self._table:
                self._table.take(kind, token)
            case _:
                self._take_container(token)

    def _take_container(self, token: Token) -> None:
        match token.type:
            case "blockquote_open":
                self._open("│ ", "│ ")
            case "blockquote_close" | "list_item_close":
                self._close()
            case "bullet_list_open" | "ordered_list_open":
                start = token.attrGet("start")
                self._numbers.append(None if token.tag == "ul" else int(start or 1))
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
                self._gap = self._gap or not self._numbers
            case "list_item_open":
                self._item()

    # Containers

    def _open(self, first: str, rest: str) -> None:
        self._indent.append((first, rest))
        self._fresh.append(True)

    def _close(self) -> None:
        if self._fresh[-1]:
            self._emit([Text()])  # an empty item still shows its bullet
        self._indent.pop()
        self._fresh.pop()

    def _item(self) -> None:
        number = self._numbers[-1]
        bullet = "• " if number is None else f"{number}. "
        if number is not None:
            self._numbers[-1] = number + 1
        self._open(bullet, " " * len(bullet))

    @property
    def _room(self) -> int:
        """The cells that are left beside the containers."""
        return max(_LEAST_WIDTH, self._width - sum(len(first) for first, _ in self._indent))

    def _margin(self) -> Text:
        """What stands before the next line; an item's bullet stands there once."""
        margin = Text()
        for place, (first, rest) in enumerate(self._indent):
            if len(margin) + len(first) > self._width - _LEAST_WIDTH:
                break
            margin.append(first if self._fresh[place] else rest, self._styles("quiet"))
        self._fresh = [False] * len(self._fresh)
        return margin

    def _emit(self, lines: Iterable[Text]) -> None:
        """Add lines, after a blank line if there has to be one."""
        if self._gap and self._lines:
            begun = zip(self._indent, self._fresh, strict=True)
            bars = "".join(rest for (_, rest), fresh in begun if not fresh)
            self._lines.append(Text(bars[: self._width].rstrip(), self._styles("quiet")))
        self._gap = False
        for line in lines:
            margin = self._margin()
            self._lines.append(margin.append_text(line) if margin else line)

    # Leaves

    def _text(self, text: Text) -> None:
        if self._table:
            self._table.rows[-1].append(text)
        else:
            self._emit(wrap(text, self._room))

    def _widths(self) -> tuple[int, ...] | None:
        """The columns of the table that this section goes on with."""
        return _column_widths(self._resumed, self._room) if self._resumed else None

    def _code(self, content: str, info: str = "") -> None:
        style = self._styles("code")
        if info.strip() and not self._resumed:
            self._emit(code_lines(info.strip(), self._room, style + self._styles("quiet")))
        self._emit(code_lines(content, self._room, style) if content else ())
        self._gap = True

    def _inline(self, tokens: list[Token]) -> Text:
        """The text of a paragraph, a heading or a cell, with its styles."""
        text = Text()
        styles = [self._style]
        target = ""
        begun = 0
        for token in tokens:
            kind = token.type
            if kind in _INLINE:
                styles.append(styles[-1] + _INLINE[kind])
            elif kind == "link_open":
                target, begun = str(token.attrGet("href") or ""), len(text)
                styles.append(styles[-1] + self._styles("link"))
            elif kind.endswith("_close"):
                styles.pop()
                if kind == "link_close":
                    self._append_target(text, target, text.plain[begun:])
            elif kind in ("softbreak", "hardbreak"):
                text.append("\n")
            elif kind == "image":
                text.append(f"▦ {printable(token.content) or 'image'}", styles[-1])
                self._append_target(text, str(token.attrGet("src") or ""), "")
            else:
                code = self._styles("code") if kind == "code_inline" else Style.null()
                text.append(printable(token.content), styles[-1] + code)
        return text

    def _append_target(self, text: Text, target: str, shown: str) -> None:
        target = printable(target)
        if target.removeprefix("mailto:") != shown:
            text.append(f" ({target})", self._styles("quiet"))


@lru_cache(maxsize=64)
def _column_widths(source: str, room: int) -> tuple[int, ...]:
    page = _Page(room, lambda _name: Style.null())
    for token in parse(source):
        if token.type == "table_close" and page._table:
            return page._table.fitted(room)
        page._take(token)
    return ()


def code_lines(code: str, width: int, style: Style) -> Iterator[Text]:
    """Code on a ground of `width` cells, with all its spaces."""
    for line in printable(code).removesuffix("\n").split("\n"):
        for part in _folded(Text(f" {line}", style), width):
            part.append(" " * max(0, width - part.cell_len), style)
            yield part


def _folded(line: Text, width: int) -> Iterator[Text]:
    """A line of code in lines of at most `width` cells."""
    while line.cell_len > width:
        cut = max(1, width)
        while cut > 1 and cell_len(line.plain[:cut]) > width:
            cut -= 1
        head, line = line.divide([cut])
        yield head
    yield line
