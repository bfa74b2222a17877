"""A line that a person types, read the way a shell reads it, and where it went wrong.

Two rules:

1. Words are read as POSIX shells and Python's `shlex` read them; nothing is expanded.
2. What ends a line is its tail, and a tail is text: it stands as it was typed, apostrophes and all.
   Only quotes around the whole of it are taken off.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from vftui.errors import ConfigurationError

_BLANKS = " \t\r\n"
_SPACE = re.compile(r"[ \t\r\n]*")
_PIECE = re.compile(r"""'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^ \t\r\n'"\\]+)""", re.DOTALL)
_ESCAPE_IN_QUOTES = re.compile(r"""\\(["\\])""")
_NAME = re.compile(r"([^ \t\r\n='\"\\]*)=")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Mistake(ConfigurationError):
    """A line that cannot be read: what is wrong, and in which column (from 1)."""

    def __init__(self, at: int, what: str, hint: str = "") -> None:
        super().__init__(f"Column {at + 1}: {what}", hint)
        self.column = at + 1
        self.what = what


class Line:
    """Reads a line from `at` to its end; `usage` is the hint for whoever wrote it wrongly."""

    def __init__(self, text: str, at: int = 0, usage: str = "") -> None:
        self._text = text
        self._usage = usage
        self.at = 0
        """Where what is next begins, from 0."""
        self._go_to(at)

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at == len(self._text)

    def mistake(self, what: str, at: int | None = None) -> Mistake:
        """What is wrong here, or at another place."""
        return Mistake(self.at if at is None else at, what, self._usage)

    def need(self, what: str) -> None:
        """Raise a `Mistake` when nothing is left; `what` names what should be."""
        if self.done:
            raise self.mistake(f"{what} is missing.")

    def skip(self, sign: str) -> bool:
        """Go past this word, if it is the next one."""
        end = self.at + len(sign)
        found = self._text.startswith(sign, self.at) and self._text[end : end + 1] in ("", *_BLANKS)
        if found:
            self._go_to(end)
        return found

    def word(self, what: str) -> str:
        """The next word, without its quotes; `what` names it for whoever left it out."""
        self.need(what)
        pieces, end = [], self.at
        while found := _PIECE.match(self._text, end):
            pieces.append(_plain(found))
            end = found.end()
        if end < len(self._text) and (sign := self._text[end]) not in _BLANKS:
            at_end = "there is nothing behind the backslash."
            raise self.mistake(at_end if sign == "\\" else f"this {sign} is never closed.", end)
        self._go_to(end)
        return "".join(pieces)

    def tail(self, what: str = "") -> str:
        """All that is left; with `what` there must be something."""
        at, rest = self.at, self._text[self.at :].rstrip(_BLANKS)
        quoted = _PIECE.fullmatch(rest) if rest[:1] in ("'", '"') else None
        text = _plain(quoted) if quoted else rest
        if what and not text:
            raise self.mistake(f"{what} is missing.", at)
        self.at = len(self._text)
        return text

    def json(self) -> Any:
        """All that is left, as the JSON that it is."""
        self.need("JSON")
        at, source = self.at, self._text[self.at :]
        self.at = len(self._text)
        try:
            return _JSON.decode(source)
        except json.JSONDecodeError as error:
            what, at = f"this is not valid JSON: {error.msg}.", at + error.pos
        except (ValueError, RecursionError):
            what = "this holds a number or a depth that JSON does not allow."
        raise self.mistake(what, at)

    def pair(self) -> tuple[str, str]:
        """The next word as a name and a value, which `=` parts."""
        at = self.at
        name, equals, value = self.word("NAME=VALUE").partition("=")
        if not (name and equals):
            raise self.mistake("this is no NAME=VALUE.", at)
        return name, value

    def variable(self) -> tuple[str, Any]:
        """The next variable and its value; JSON may stand there without quotes around it."""
        at = self.at
        named = _NAME.match(self._text, at)
        if named and (found := _json_at(self._text, named.end())) is not None:
            value, end = found
            self._go_to(end)
            name = named[1]
        else:
            name, written = self.pair()
            value = _value(written)
        if not _VARIABLE.fullmatch(name):
            raise self.mistake("a variable's name has letters, digits and _ only.", at)
        return name, value

    def _go_to(self, at: int) -> None:
        found = _SPACE.match(self._text, at)
        self.at = found.end() if found else at


def variable(pair: str) -> tuple[str, Any]:
    """The name and the value of `NAME=VALUE`: JSON where it is JSON, otherwise text."""
    name, equals, written = pair.partition("=")
    if not (equals and _VARIABLE.fullmatch(name)):
        raise ConfigurationError(
            "A variable is not of the form NAME=VALUE.",
            "The name has letters, digits and _ only; the value is JSON, or else text.",
        )
    return name, _value(written)


def _plain(piece: re.Match[str]) -> str:
    single, double, escaped, bare = piece.groups()
    if double is not None:
        return _ESCAPE_IN_QUOTES.sub(r"\1", double)
    return next(part for part in (single, escaped, bare) if part is not None)


def _value(written: str) -> Any:
    """JSON as its value, anything else as the text that it is."""
    found = _json_at(written, 0, anything=True)
    return written if found is None or found[1] != len(written) else found[0]


def _json_at(text: str, at: int, *, anything: bool = False) -> tuple[Any, int] | None:
    """The JSON that begins here and is followed by a blank, and where it ends.

    Unless `anything` goes, only an object, a list or a text, whose end can be seen.
    """
    if not anything and text[at : at + 1] not in ("{", "[", '"'):
        return None
    try:
        value, end = _JSON.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return (value, end) if text[end : end + 1] in ("", *_BLANKS) else None


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("no JSON number is as large")
    return number


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_JSON = json.JSONDecoder(parse_float=_finite, parse_constant=_no_constant)
