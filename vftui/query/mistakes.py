"""What the parser stumbled over, in the words of the person who typed it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vftui.query.errors import QueryError, nearest
from vftui.query.fields import FIELDS

if TYPE_CHECKING:
    from lark import UnexpectedInput

_AS_TEXT = "To look for it as a text, put it in quotation marks."
_QUOTE = "Close it, or put the text in the other quotation marks."
_CHARACTERS = {
    '"': ("This quotation mark is not closed.", _QUOTE),
    "'": ("This quotation mark is not closed.", _QUOTE),
    "/": (
        "A regular expression ends with / and a space.",
        "Close it, or put a path in quotation marks.",
    ),
    "-": ("There is nothing behind - to leave out.", "Write it as -type:block"),
    "@": ("@ needs the name of a saved filter.", "Write it as @slow"),
    "#": ("# needs the number of an entry.", "Write it as #401"),
    ",": ("A comma stands between the values of a field.", "Write it as type:debug,choice"),
    **dict.fromkeys(
        ":=!<>",
        (
            "This needs the name of a field right before it.",
            "Write it as gap>500ms, or put a text in quotation marks.",
        ),
    ),
}
"""What a character means that begins nothing."""

_WORDS = ("OR", "AND", "NOT")
_QUOTED = re.compile(r"""\"(\\.|[^"\\])*"|'(\\.|[^'\\])*'|/(\\.|[^/\\])+/""", re.DOTALL)
_FIELD_BEFORE = re.compile(r"([^\W\d_]+)(?::|!=|>=|<=|>|<|=)\s*$")
_LAST_FIELD = re.compile(r"([^\W\d_]+)[:=!<>]+[^:=!<>]*$")


def explained(error: UnexpectedInput, words: str) -> QueryError:
    """The error that says what is wrong at which place."""
    from lark import UnexpectedToken

    accepts = error.accepts if isinstance(error, UnexpectedToken) else set()
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    at = len(words.rstrip()) if ended else error.pos_in_stream or 0
    field = _FIELD_BEFORE.search(words[:at])
    if field is not None and field[1].lower() not in FIELDS:
        return unknown_field(field[1].lower(), field.start())
    if "VALUE" in accepts:
        return _missing(words, at)
    if ended:
        return _ended(words, at, accepts)
    if words[at] == ")":
        return _closed(words, at)
    word = next((word for word in _WORDS if words.startswith(word, at)), None)
    if word is not None:
        return QueryError(f"{word} needs something on its left.", _AS_TEXT, at=at, length=len(word))
    return _character(at, words)


def unknown_field(name: str, at: int) -> QueryError:
    """The error for a field that there is not."""
    hint = f"{nearest(name, FIELDS)} A text goes in quotation marks."
    return QueryError(f"There is no field {name}.", hint, at=at, length=len(name))


def _character(at: int, words: str) -> QueryError:
    """Something begins with a character that begins nothing."""
    message, hint = _CHARACTERS.get(words[at], ("This cannot be read here.", _AS_TEXT))
    length = len(words) - at if words[at] in "\"'/" else 1
    return QueryError(message, hint, at=at, length=length)


def _closed(words: str, at: int) -> QueryError:
    """A parenthesis closes too early, or none that is open."""
    before = words[:at].split()
    if words[:at].rstrip().endswith("("):
        return QueryError("There is nothing between these parentheses.", at=at)
    if before and before[-1].lstrip("(") in (*_WORDS, "-"):
        return _ended(words, len(words[:at].rstrip()), set())
    return QueryError("There is no parenthesis to close.", _AS_TEXT, at=at)


def _ended(words: str, end: int, accepts: set[str]) -> QueryError:
    """The text ends, or a parenthesis closes, before something is complete."""
    if "RPAR" in accepts:
        bare = _QUOTED.sub(lambda found: " " * len(found[0]), words)
        return QueryError("This parenthesis is not closed.", "Close it with )", at=_open(bare))
    word = re.split(r"""[\s()"'/]""", words[:end])[-1] or "("
    message = f"{word} needs something on its right."
    return QueryError(message, _AS_TEXT, at=end - len(word), length=len(word))


def _missing(words: str, at: int) -> QueryError:
    """A field, a comma or # stands there without a value behind it."""
    last = _LAST_FIELD.search(words[:at])
    field = FIELDS.get(last[1].lower() if last else "", FIELDS["type"])
    example = "#401" if words[:at].rstrip().endswith("#") else field.example
    return QueryError("A value is missing here.", f"Write it as {example}", at=at)


def _open(words: str) -> int:
    """The place of the last parenthesis that is not closed."""
    closed = 0
    for at in range(len(words) - 1, -1, -1):
        closed += (words[at] == ")") - (words[at] == "(")
        if closed < 0:
            return at
    return 0
