"""What a person types, as what goes out: words, or a command that begins with a slash.

Three rules:

1. Text without a leading slash goes out verbatim; `//x` says `/x`. So does text of several lines
   which begins with no command, such as a path of a file in a listing.
2. A command that cannot be read is a `ConfigurationError` which tells the column, and nothing else
   is ever raised.
3. The composed action is sound: `check` has nothing against it in the generations that its command
   names. `/action` alone sends whatever JSON it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from vftui.errors import ConfigurationError
from vftui.wire import actions
from vftui.wire.actions import Action
from vftui.wire.dialects import Api, Variables
from vftui.wire.line import Line, Mistake

_ALL: tuple[Api, ...] = ("v4", "v2", "v2beta1")
_V4: tuple[Api, ...] = ("v4",)
_WORD = re.compile(r"/([^ \t\r\n]*)")


@dataclass(frozen=True)
class Command:
    """A slash command."""

    word: str
    """What stands behind the slash."""
    usage: str
    """What may follow: capitals stand for something, brackets for what may be left out."""
    what: str
    """What it does, for people."""
    apis: tuple[Api, ...]
    """The generations in which its action is known."""
    example: str


COMMANDS = (
    Command("launch", "[PERSONA]", "starts the conversation anew", _ALL, "/launch"),
    Command(
        "intent", "NAME [ENTITY=VALUE …] [-- QUERY]", "means an intent by its name", _ALL,
        "/intent opening_hours day=monday -- when do you open?",
    ),
    Command("event", "NAME", "triggers an event", ("v4", "v2"), "/event checkout"),
    Command(
        "path", "TYPE [LABEL]", "takes a path, as a button does", _ALL,
        "/path path-1a2b3c4d Hire a bike",
    ),
    Command("noreply", "", "says that the time for an answer ran out", _ALL, "/noreply"),
    Command("message", "TEXT", "says something in the structured form", _V4, "/message hello"),
    Command("end", "[REASON]", "closes the conversation from this side", _V4, "/end solved"),
    Command("dtmf", "DIGITS", "presses keys of a phone", _V4, "/dtmf 4821#"),
    Command(
        "file", "URL [TEXT]", "attaches a file by its address", _V4,
        "/file https://example.com/flat-tyre.jpg my tyre is flat",
    ),
    Command(
        "handoff", "TEXT|return|continue", "talks to a live agent, or goes back from one", _V4,
        "/handoff is anybody there?",
    ),
    Command("action", "JSON", "sends any action", _ALL, '/action {"type": "paid"}'),
    Command(
        "vars", "NAME=VALUE …", "sets variables with the next action", _ALL,
        "/vars tier=gold seats=2",
    ),
    Command("press", "NUMBER|LABEL", "presses a button", _ALL, "/press 1"),
)  # fmt: skip
"""Every command, in the order in which they are listed."""


@dataclass(frozen=True)
class Composed:
    """What a line comes to: exactly one of the three."""

    action: Action | None = None
    variables: Variables | None = None
    """What the next action sets."""
    press: str | None = None
    """The number or the label of the button to press."""


def is_command(line: str) -> bool:
    """Whether the line is a command, or would like to be; several lines must be one."""
    if not line.startswith("/") or line.startswith("//"):
        return False
    return "\n" not in line.strip() or _word(line) in _READERS


def _word(line: str) -> str:
    """What stands between the slash and a blank."""
    typed = _WORD.match(line)
    return typed[1] if typed else ""


def completions(line: str) -> list[Command]:
    """The commands that the line may become, until it has a blank."""
    if not is_command(line) or not (typed := _WORD.fullmatch(line)):
        return []
    return [command for command in COMMANDS if command.word.startswith(typed[1])]


def compose(line: str) -> Composed:
    """What the line comes to. Raises `ConfigurationError`, also as the `Mistake` that it is."""
    if not is_command(line):
        return Composed(actions.text(line[1:] if line.startswith("//") else line))
    word = _word(line)
    for command in COMMANDS:
        if command.word == word:
            usage = f"Write /{word} {command.usage}".rstrip() + f", such as: {command.example}"
            return _READERS[word](Line(line, 1 + len(word), usage))
    raise Mistake(
        1,
        f"there is no command /{word[:40]}.",
        "// says it as text. "  # first: in a small window there is no room for the rest
        f"There are {', '.join(f'/{command.word}' for command in COMMANDS)}.",
    )


def line_of(action: Action) -> str:
    """The line that composes to this action, to be edited and sent again."""
    words = action.get("payload")
    if action == {"type": "text", "payload": words} and isinstance(words, str):
        return f"/{words}" if words.startswith("/") else words
    return f"/action {actions.encode(action).decode()}"


class _Named(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def name(self) -> str: ...


_Choice = TypeVar("_Choice", bound=_Named)


def choice_named(choices: Iterable[_Choice], wanted: str) -> _Choice | None:
    """The choice of this number, or else of this label; as `/press` means it."""
    found = list(choices)
    numbered = (choice for choice in found if str(choice.number) == wanted.strip())
    return next(numbered, None) or choice_labelled(found, wanted)


def pressed(choices: Iterable[_Choice], wanted: str) -> _Choice:
    """The choice that `/press` means. Raises `ConfigurationError` when there is none."""
    found = list(choices)
    if choice := choice_named(found, wanted):
        return choice
    offered = ", ".join(f"[{choice.number}] {choice.name}" for choice in found)
    hint = f"There are: {offered}." if offered else "The last answer offers none."
    raise ConfigurationError(f"There is no button “{wanted}”.", hint)


def choice_labelled(choices: Iterable[_Choice], words: str) -> _Choice | None:
    """The choice whose label was typed, in any case: the web chat presses it, too."""
    label = words.strip().casefold()
    return next((choice for choice in choices if choice.name.strip().casefold() == label), None)


def _launch(line: Line) -> Composed:
    return Composed(actions.launch(line.tail()))


def _intent(line: Line) -> Composed:
    name = line.word("NAME")
    entities: list[tuple[str, str]] = []
    while not (line.done or line.skip("--")):
        entities.append(line.pair())
    return Composed(actions.intent(name, entities, line.tail()))


def _event(line: Line) -> Composed:
    return Composed(actions.event(line.tail("NAME")))


def _path(line: Line) -> Composed:
    at, kind = line.at, line.word("TYPE")
    if kind in _TAKEN:
        raise line.mistake(f"{kind or 'nothing'} is no type that a path can have.", at)
    label = line.tail("LABEL" if kind.startswith("path-") else "")
    return Composed(actions.path(kind, label))


def _noreply(line: Line) -> Composed:
    if not line.done:
        raise line.mistake("nothing may follow here.")
    return Composed(actions.no_reply())


def _message(line: Line) -> Composed:
    return Composed(actions.message(line.tail("TEXT")))


def _end(line: Line) -> Composed:
    return Composed(actions.end(line.tail()))


def _dtmf(line: Line) -> Composed:
    at, digits = line.at, line.tail("DIGITS")
    if not re.fullmatch(r"[0-9A-D*#]+", digits):
        raise line.mistake("a phone has the keys 0 to 9, A to D, * and #.", at)
    return Composed(actions.dtmf(digits))


def _file(line: Line) -> Composed:
    at, url = line.at, line.word("URL")
    media_type, name = _attached(url)
    if not media_type:
        raise line.mistake("this is no http, https or data address.", at)
    return Composed(actions.file(url, media_type, name, line.tail()))


def _attached(url: str) -> tuple[str, str]:
    """The media type and the name of the file at an address; no type: it is none."""
    if data := re.match(r"data:([\w.+-]+/[\w.+-]+)?[^,]*,", url, re.IGNORECASE):
        return data[1] or "text/plain", ""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        return "", ""
    name = unquote(parts.path.rpartition("/")[2])
    return _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream"), name


def _handoff(line: Line) -> Composed:
    words = line.tail("TEXT")
    if words == "return":
        return Composed(actions.handoff("return_to_voiceflow"))
    if words == "continue":
        return Composed(actions.handoff("continue_conversation"))
    return Composed(actions.handoff("message", words))


def _action(line: Line) -> Composed:
    at, value = line.at, line.json()
    try:
        return Composed(actions.as_action(value))
    except ConfigurationError as error:
        raise line.mistake(error.message, at) from None
    except (ValueError, RecursionError):
        raise line.mistake("this holds a depth that JSON does not allow.", at) from None


def _vars(line: Line) -> Composed:
    line.need("NAME=VALUE")
    variables: Variables = {}
    while not line.done:
        name, value = line.variable()
        variables[name] = value
    return Composed(variables=variables)


def _press(line: Line) -> Composed:
    return Composed(press=line.tail("NUMBER or LABEL"))


_READERS: dict[str, Callable[[Line], Composed]] = {
    "launch": _launch,
    "intent": _intent,
    "event": _event,
    "path": _path,
    "noreply": _noreply,
    "message": _message,
    "end": _end,
    "dtmf": _dtmf,
    "file": _file,
    "handoff": _handoff,
    "action": _action,
    "vars": _vars,
    "press": _press,
}

_TAKEN = {
    "", "launch", "text", "intent", "event", "action", "no-reply", "message", "end", "dtmf", "file",
    "live-agent-handoff",
}  # fmt: skip
"""Types that mean something else than a path."""

_MEDIA_TYPES = {
    "csv": "text/csv",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "wav": "audio/wav",
    "webp": "image/webp",
}
"""The media type of a file's name by its end; the same on every machine."""
