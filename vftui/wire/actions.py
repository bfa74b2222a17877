"""What a person can do, as the JSON that goes out.

An action is a plain dictionary with a `type`, so that a button's request is echoed verbatim,
unknown keys included. Two rules:

1. None of the actions made here has a null `payload`: v2beta1 answers it with a 500.
2. Text leaves as valid UTF-8 whatever it holds: a lone surrogate is written as a JSON escape.

`check` tells what a generation would not take; it is a warning, because a person may want to see
just that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from vftui.errors import ConfigurationError
from vftui.wire.shapes import Misfit, misfit, needs

if TYPE_CHECKING:
    from vftui.wire.dialects import Api

Action = dict[str, Any]
"""One thing a person does: its `type`, mostly a `payload`, sometimes more."""

_HINT = 'An action looks like {"type": "text", "payload": "hire a bike"}.'
_LABEL_LENGTH = 60


def launch(persona: str = "") -> Action:
    """Start the conversation, or start it again."""
    return {"type": "launch", "payload": {"persona": persona}} if persona else {"type": "launch"}


def text(message: str) -> Action:
    """Say something."""
    return {"type": "text", "payload": message}


def intent(name: str, entities: Iterable[tuple[str, str]] = (), query: str = "") -> Action:
    """Mean an intent by its name, as if it had been understood from `query`."""
    found = [{"name": entity, "value": value} for entity, value in entities]
    payload = {"intent": {"name": name}, "query": query, "entities": found}
    return {"type": "intent", "payload": payload}


def event(name: str) -> Action:
    """Trigger a custom event of the agent."""
    return {"type": "event", "payload": {"event": {"name": name}}}


def path(kind: str, label: str = "") -> Action:
    """Take a path: of a button (`path-…`, which must have a label), a card or a custom action."""
    if kind.startswith("path-"):
        return {"type": kind, "payload": {"label": label, "actions": []}}
    return {"type": kind, "payload": {"label": label}} if label else {"type": kind}


def no_reply() -> Action:
    """Tell the agent that the time for an answer ran out."""
    return {"type": "no-reply"}


def message(words: str) -> Action:
    """Say something, in the structured form."""
    return {"type": "message", "payload": {"message": words}}


def end(reason: str = "") -> Action:
    """Close the conversation, from this side."""
    return {"type": "end", "payload": {"reason": reason}} if reason else {"type": "end"}


def dtmf(digits: str) -> Action:
    """Press keys of a phone."""
    return {"type": "dtmf", "payload": digits}


def file(url: str, media_type: str, name: str = "", words: str = "") -> Action:
    """Attach a file that is at an address, with words to it or without."""
    attached = {"mimeType": media_type, "url": url} | ({"filename": name} if name else {})
    payload = {"text": words} if words else {}
    return {"type": "file", "payload": {**payload, "files": [attached]}}


def handoff(
    kind: Literal["message", "return_to_voiceflow", "continue_conversation"], words: str = ""
) -> Action:
    """Talk to the person who took over, or go back from them."""
    said = {"message": words} if words else {}
    return {"type": "live-agent-handoff", "payload": {"type": kind, **said}}


def parse_action(source: str) -> Action:
    """An action from JSON that a person wrote; a null payload is left out."""
    try:
        return as_action(json.loads(source))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ConfigurationError(
            f"The action is not valid JSON: {error.msg} ({where}).", _HINT
        ) from None
    except (ValueError, RecursionError):
        raise ConfigurationError(
            "The action holds a number or a depth that JSON does not allow.", _HINT
        ) from None


def as_action(value: Any) -> Action:
    """The value as an action, if it is one; a null payload is left out.

    Raises what `json.dumps` does for a number or a depth that JSON does not allow.
    """
    json.dumps(value, allow_nan=False)
    if not isinstance(value, dict):
        raise ConfigurationError("The action is not a JSON object.", _HINT)
    if not (isinstance(value.get("type"), str) and value["type"]):
        raise ConfigurationError("The action has no type, or one that is not text.", _HINT)
    if "payload" in value and value["payload"] is None:
        del value["payload"]
    return value


_KNOWN_IN: dict[str, tuple[Api, ...]] = {
    "event": ("v4", "v2"),
    **dict.fromkeys(("message", "end", "dtmf", "file", "live-agent-handoff"), ("v4",)),
}
"""The types that not every generation knows, and those that do."""


def check(action: Action, api: Api) -> str | None:
    """What this generation is known to refuse, or not to know, in one sentence; None: nothing."""
    if not isinstance(action.get("type"), str):
        return "The action has no type, or one that is not text."
    for field, expected in needs(action, api).items():
        if wrong := misfit(action, field, expected):
            return _refusal(action["type"], api, wrong)
    known_in = _KNOWN_IN.get(action["type"], (api,))
    if api not in known_in:
        return f"“{action['type']}” is known in {' and '.join(known_in)}; {api} may ignore it."
    return None


def _refusal(kind: str, api: Api, wrong: Misfit) -> str:
    place = ".".join(wrong.field)
    what = _KINDS[wrong.expected]
    if wrong.received == "undefined":
        return f"{api} refuses “{kind}” without {place}, which must be {what}."
    return f"{api} refuses “{kind}” whose {place} is not {what}."


_KINDS = {"string": "text", "object": "an object", "array": "a list"}


def describe(action: Action) -> str:
    """A short label: `text "hire a bike"`, `launch`, `path-x "Hire a bike"`."""
    kind = action.get("type")
    label = " ".join(_label(action.get("payload")).split())
    if len(label) > _LABEL_LENGTH:
        label = label[: _LABEL_LENGTH - 1] + "…"
    name = kind if isinstance(kind, str) and kind else "action without a type"
    return f'{name} "{label}"' if label else name


def _label(payload: object) -> str:
    """What a payload says to a person, or nothing."""
    if isinstance(payload, str):
        return payload
    if not isinstance(payload, dict):
        return ""
    named = [payload.get(key) for key in ("event", "intent")]
    candidates = [
        *map(payload.get, ("label", "query", "message", "text", "reason", "persona")),
        *(value.get("name") for value in named if isinstance(value, dict)),
    ]
    return next((value for value in candidates if isinstance(value, str) and value), "")


def encode(value: object) -> bytes:
    """Compact UTF-8 JSON."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
