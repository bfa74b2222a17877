"""The choke point: text from outside becomes text that a terminal only prints.

All that comes from the network, a file or a paste is untrusted, and no Textual widget filters
escape sequences. Three rules:

1. It works character by character: a sequence that is split over two fragments is caught, too.
2. A control that is not just a line break leaves a visible stand-in.
3. It is idempotent and linear, and gives back the same object when there is nothing to do.

The original stays in the log.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from typing import Any

MAX_INVISIBLE = 4
"""How many marks and characters without width may follow one another."""

_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x2070))
_STAND_INS: dict[int, str | None] = {
    **{code: chr(0x2400 + code) for code in range(0x20)},
    0x7F: "\u2421",
    **dict.fromkeys((*range(0x80, 0xA0), *_BIDI, 0xFFF9, 0xFFFA, 0xFFFB), "\ufffd"),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # lone surrogates
    **dict.fromkeys(range(0xE0000, 0xE0080)),  # tags: letters that nobody sees
    **dict.fromkeys((0x0A, 0x0D, 0x85, 0x2028, 0x2029), "\n"),
    0x09: "    ",
}
_FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_CONTROL_PICTURES = {code: chr(0x2400 + code) for code in range(0x20) if code != 0x0A} | {
    0x7F: "\u2421"
}
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters that show nothing."""


def printable(text: str, *, keep_lines: bool = True) -> str:
    """The text with every control, bidirectional and invisible character made harmless.

    Without `keep_lines` it is one line: a line break is shown as `↵`.
    """
    if _FORBIDDEN.search(text):
        text = text.replace("\r\n", "\n").translate(_STAND_INS)
    if not text.isascii():
        text = _invisible_run().sub(r"\1", text)
    return text if keep_lines else text.replace("\n", "↵")


def one_line(text: str, width: int) -> str:
    """The text in one line of at most `width` terminal cells, cut with `…`."""
    if width <= 0:
        return ""
    start = text[: 4 * width]  # enough unless it is mostly invisible; the rest is not looked at
    line = printable(start, keep_lines=False)
    if len(start) == len(text) and _fitting(line, width) == line:
        return line
    return _fitting(line, width - 1) + "…"


def cells(text: str) -> int:
    """The terminal cells that a line takes, near enough to point at a place in it."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def escaped(text: str) -> str:
    """The text with what `printable` would change, and what is invisible, as JSON escapes."""
    text = _FORBIDDEN.sub(lambda found: _escape(found[0]), text)
    if text.isascii():
        return text
    text = _without_width().sub(lambda found: _escape(found[0]), text)
    return _invisible_run().sub(lambda found: found[1] + "".join(map(_escape, found[2])), text)


def visible(text: str) -> str:
    """The text with its control characters as pictures (`␛`), its lines kept, the rest escaped."""
    text = re.sub(r"\r\n?", lambda found: "\u240d\n", text)
    return escaped(text.translate(_CONTROL_PICTURES))


def to_json(value: Any) -> str:
    """JSON in ASCII; null for the numbers that Python reads but JSON does not have (1e999, NaN)."""
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return json.dumps(json.loads(json.dumps(value), parse_constant=lambda _: None))


def _fitting(line: str, width: int) -> str:
    """As much of the beginning as `width` terminal cells hold."""
    if line.isascii():
        return line[:width]
    used = 0
    for place, character in enumerate(line):
        used += _cells(character)
        if used > width:
            return line[:place]
    return line


def _cells(character: str) -> int:
    """The terminal cells of a character, near enough for a line that is cut."""
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


def _one_of(*categories: str) -> str:
    """A regular expression for one harmless character of these Unicode categories.

    Ranges, because a class of two thousand single characters is ten times slower to search for.
    """
    ranges: list[list[int]] = []
    for code in (0xAD, *range(0x300, 0x20000), *range(0xE0100, 0xE01F0)):
        character = chr(code)
        if unicodedata.category(character) not in categories or _FORBIDDEN.match(character):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in ranges)}{_FILLERS}]"


@cache
def _without_width() -> re.Pattern[str]:
    """A character that shows nothing by itself."""
    return re.compile(_one_of("Cf"))


@cache
def _invisible_run() -> re.Pattern[str]:
    """More marks and characters without width in a row than any script needs."""
    one = _one_of("Mn", "Me", "Cf")
    return re.compile(f"({one}{{{MAX_INVISIBLE}}})({one}+)")
