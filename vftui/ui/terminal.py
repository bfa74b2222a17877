"""Keys and pastes that Textual reads otherwise than the terminal meant them.

Most terminals, and tmux, send escape and the digit for alt and a digit. Textual takes these for
what a keyboard on macOS types with its option key (`¡` for alt+1), and escape with a return for
enter alone, which would send a half-written message.

And it takes an escape sequence inside a paste for keys: a text that was copied from somewhere could
press them, and send itself. What is pasted is never a key here, and harmless in every field:
Textual's own draw it as it is.

Textual offers no way to say so. Its table of sequences and its parser are corrected here, in the
one place where we reach into them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from textual import _ansi_sequences
from textual._parser import ParseEOF, ParseError, Peek1, Read1
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.events import Paste
from textual.message import Message

from vftui.render.text import printable

Reading: TypeAlias = Generator[Read1 | Peek1, str, None]

_parse_keys = XTermParser.parse


@dataclass(frozen=True)
class _Key:
    value: str


def read_as_meant() -> None:
    """Read alt with a digit, and alt with enter, as just that; and a paste as no keys at all."""
    table = cast("dict[str, Any]", _ansi_sequences.ANSI_SEQUENCES_KEYS)
    table["\x1b\r"] = (_Key("alt+enter"),)
    for digit in "123456789":
        table[f"\x1b{digit}"] = (_Key(f"alt+{digit}"),)
    XTermParser.parse = _parse  # type: ignore[method-assign, assignment]


def _parse(parser: XTermParser, tell: Callable[[Message], None]) -> Reading:
    """Textual's parser, which is not shown what is pasted."""
    keys, last = _parse_keys(parser, tell), ""
    wanted = next(keys)
    while True:
        try:
            character = yield wanted
            wanted = keys.send(character)
            last = (last + character)[-len(BRACKETED_PASTE_START) :]
            if last == BRACKETED_PASTE_START:
                tell(Paste((yield from _pasted())))
                keys, last = _parse_keys(parser, tell), ""  # the other one waits for the end
                wanted = next(keys)
        except ParseEOF:
            return
        except ParseError as late:  # an escape that nothing followed
            wanted, last = keys.throw(late), ""


def _pasted() -> Generator[Read1, str, str]:
    """What comes before the end of a paste, however long that takes."""
    text: list[str] = []
    end = list(BRACKETED_PASTE_END)
    while text[-len(end) :] != end:
        text.append((yield Read1()))
    # Without NUL, as in Textual: some terminals on Windows put it between the others.
    return printable("".join(text[: -len(end)]).replace("\0", ""))
