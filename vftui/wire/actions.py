"""What a person can do, as the JSON that goes out.

An action is a plain dictionary with a `type`, so that a button's request is echoed verbatim,
unknown keys included. Two rules:

1. None of the actions made here has a null `payload`: v2beta1 answers it with a 500.
2. Text leaves as valid UTF-8 whatever it holds: a lone surrogate is written as a JSON escape.
"""

from __future__ import annotations

import json
from typing import Any

from vftui.errors import ConfigurationError

Action = dict[str, Any]
"""One thing a person does: its `type`, mostly a `payload`, sometimes more."""

_HINT = 'An action looks like {"type": "text", "payload": "hire a bike"}.'
_LABEL_LENGTH = 60


def launch() -> Action:
    """Start the conversation, or start it again."""
    return {"type": "launch"}


def text(message: str) -> Action:
    """Say something."""
    return {"type": "text", "payload": message}


def event(name: str) -> Action:
    """Trigger a custom event of the agent."""
    return {"type": "event", "payload": {"event": {"name": name}}}


def no_reply() -> Action:
    """Tell the agent that the time for an answer ran out."""
    return {"type": "no-reply"}


def parse_action(source: str) -> Action:
    """An action from JSON that a person wrote; a null payload is left out."""
    try:
        action = json.loads(source)
        json.dumps(action, allow_nan=False)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ConfigurationError(
            f"The action is not valid JSON: {error.msg} ({where}).", _HINT
        ) from None
    except (ValueError, RecursionError):
        raise ConfigurationError(
            "The action holds a number or a depth that JSON does not allow.", _HINT
        ) from None
    if not isinstance(action, dict):
        raise ConfigurationError("The action is not a JSON object.", _HINT)
    if not (isinstance(action.get("type"), str) and action["type"]):
        raise ConfigurationError("The action has no type, or one that is not text.", _HINT)
    if "payload" in action and action["payload"] is None:
        del action["payload"]
    return action


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
        payload.get("label"),
        payload.get("query"),
        payload.get("message"),
        *(value.get("name") for value in named if isinstance(value, dict)),
    ]
    return next((value for value in candidates if isinstance(value, str) and value), "")


def encode(value: object) -> bytes:
    """Compact UTF-8 JSON."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
