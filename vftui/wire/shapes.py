"""The shape that an action must have, as each generation's server checks it.

v4 checks the types that it knows and lets any other through. The older generations know fewer, and
take any other type for the name of a path, whose payload, if there is one, must be an object.

Source: <https://docs.voiceflow.com/api-reference/conversation/interact-stream>.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from vftui.wire.dialects import Api

Field = tuple[str, ...]
"""The way to a field: the names of the objects it is in, then its own."""

_MISSING: Any = object()

_SHAPES: dict[str, dict[Field, str]] = {
    "text": {("payload",): "string"},
    "intent": {("payload", "intent", "name"): "string"},
    "event": {("payload", "event", "name"): "string"},
    "path-": {("payload", "label"): "string"},
}
_V4_SHAPES = _SHAPES | {
    "message": {("payload", "message"): "string"},
    "dtmf": {("payload",): "string"},
    "file": {("payload", "files"): "array"},
    "live-agent-handoff": {("payload", "type"): "string"},
}
_OLD_SHAPES = _SHAPES | {
    "intent": {**_SHAPES["intent"], ("payload", "entities"): "array"},
    "no-reply": {},
}


class Misfit(NamedTuple):
    """The first thing that is wrong on the way to a field; kinds are named as in JSON."""

    field: Field
    expected: str
    received: str
    """`undefined` for what is not there."""


def needs(action: dict[str, Any], api: Api) -> dict[Field, str]:
    """The fields that an action of this type must have, and of which kind each must be."""
    shapes = _V4_SHAPES if api == "v4" else _OLD_SHAPES
    kind = action["type"]
    shape = shapes.get("path-" if kind.startswith("path-") else kind)
    if shape is not None:
        return shape
    return {("payload",): "object"} if api != "v4" and "payload" in action else {}


def misfit(value: Any, field: Field, expected: str) -> Misfit | None:
    """How a field differs from what is expected of it; None when it does not."""
    for depth, name in enumerate(field):
        if not isinstance(value, dict):
            return Misfit(field[:depth], "object", _kind(value))
        value = value.get(name, _MISSING)
    received = _kind(value)
    return None if received == expected else Misfit(field, expected, received)


def _kind(value: Any) -> str:
    if value is _MISSING:
        return "undefined"
    kinds = {str: "string", dict: "object", list: "array", bool: "boolean", type(None): "null"}
    return kinds.get(type(value), "number")
