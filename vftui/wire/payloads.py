"""What a trace says: one model per trace type, and `read_payload`, which picks it.

Three rules:

1. **Only what is used is modelled.** Unknown keys are normal; all of them are in `Trace.raw`.
2. **Content is checked, attributes are not.** A payload without its content (the buttons of a
   choice, the timeout of a no-reply) does not fit its model. An attribute of the wrong kind counts
   as absent: a message is not lost to a strange `ai` flag.
3. **No input in error texts.** They end up on screens and in logs.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from vftui.wire.charges import counts_in
from vftui.wire.control import (
    Block,
    CallForward,
    ChannelAction,
    Debug,
    Dtmf,
    End,
    EntityFilling,
    Flow,
    Goto,
    LiveAgentHandoff,
    Log,
    NoReply,
    PathTaken,
    RealtimeAgent,
)
from vftui.wire.fields import Payload
from vftui.wire.output import (
    CARD_KEYS,
    Audio,
    Button,
    Card,
    Carousel,
    Choice,
    Chunk,
    Completion,
    KnowledgeBase,
    Reasoning,
    Source,
    Speak,
    Stream,
    Text,
    ToolCall,
    Visual,
)

__all__ = [
    "MODELS",
    "Audio",
    "Block",
    "Button",
    "CallForward",
    "Card",
    "Carousel",
    "ChannelAction",
    "Choice",
    "Chunk",
    "Completion",
    "Debug",
    "Dtmf",
    "End",
    "EntityFilling",
    "Flow",
    "Goto",
    "KnowledgeBase",
    "LiveAgentHandoff",
    "Log",
    "NoReply",
    "PathTaken",
    "Payload",
    "RealtimeAgent",
    "Reasoning",
    "Source",
    "Speak",
    "Stream",
    "Text",
    "ToolCall",
    "Unknown",
    "Visual",
    "read_payload",
]


class Unknown(Payload):
    """A custom action, a type of the future, or a known type whose payload does not fit."""

    value: Any = None
    """The payload, as it came."""


MODELS: dict[str, type[Payload]] = {
    "text": Text,
    "speak": Speak,
    "audio": Audio,
    "completion": Completion,
    "completion-start": Completion,
    "completion-continue": Completion,
    "completion-end": Completion,
    "visual": Visual,
    "cardV2": Card,
    "card": Card,
    "carousel": Carousel,
    "choice": Choice,
    "stream": Stream,
    "knowledgeBase": KnowledgeBase,
    "reasoning": Reasoning,
    "tool-call": ToolCall,
    "end": End,
    "no-reply": NoReply,
    "entity-filling": EntityFilling,
    "goto": Goto,
    "call-forward": CallForward,
    "dtmf": Dtmf,
    "realtime-agent": RealtimeAgent,
    "live-agent-handoff": LiveAgentHandoff,
    "channel-action": ChannelAction,
    "flow": Flow,
    "block": Block,
    "path": PathTaken,
    "log": Log,
    "debug": Debug,
}
"""Trace type to the model of its payload."""

_OWN: dict[type[Payload], set[str]] = {
    End: set(),
    Card: CARD_KEYS,
    Completion: {"state", "completion", "content"},
}
"""The models that nearly anything fits, and the keys that tell whether it is meant."""

_STATES = {
    "completion-start": "start",
    "completion-continue": "content",
    "completion-end": "end",
}

_TOKEN_KEYS = frozenset({"tokens", "usage", "totalTokens", "queryTokens", "answerTokens"})

_NOT = {
    "missing": "is missing",
    "list_type": "is not a list",
    "model_type": "is not an object",
    "bool_type": "is neither true nor false",
}


def read_payload(kind: str, value: Any, *, ways: bool = False) -> tuple[Payload, str | None]:
    """The payload of a trace of this type, and what is wrong with it, as a sentence.

    `ways` is whether the trace has ways on, as only a custom action has; it may be named like a
    type.
    """
    payload, problem = _read(kind, value)
    own = _OWN.get(type(payload)) if ways else None
    if own is not None and not (isinstance(value, dict) and own & value.keys()):
        return Unknown(value=value), None
    return payload, problem


def _read(kind: str, value: Any) -> tuple[Payload, str | None]:
    model = MODELS.get(kind)
    if model is None:
        return Unknown(value=value), None
    if model is End:  # the conversation is over, whatever else it brings
        return _END, None
    fields = {} if value is None else value
    if not isinstance(fields, dict):
        return Unknown(value=value), f"the {kind} payload is not an object"
    if model is Completion:
        fields = _completion(kind, fields)
    try:
        return model.model_validate(fields), None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return Unknown(value=value), f"the {kind} payload does not fit: {_sentence(first)}"


_END = End()


def _completion(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """The fields of any dialect's completion payload."""
    text = payload.get("content")
    if text is None:
        text = payload.get("completion")
    fields = {
        **payload,
        "state": _STATES.get(kind) or payload.get("state"),
        "text": "" if text is None else text,
    }
    if _TOKEN_KEYS.isdisjoint(payload):
        return fields
    fields["tokens"] = None
    # v4 brings no tokens here; should it ever, they may be spelt like anywhere else.
    for holder in (payload.get("tokens"), payload.get("usage"), payload):
        counts = counts_in(holder)
        if counts is not None and isinstance(holder, dict):
            return fields | {"tokens": counts, "model": holder.get("model")}
    return fields


def _sentence(error: ErrorDetails) -> str:
    """What is wrong, from the kind of error alone: the input must not get into it."""
    where = ".".join(str(part) for part in error["loc"])
    context = error.get("ctx", {})
    if error["type"] == "is_instance_of":
        what = "is not text" if context.get("class") == "str" else "is not an object"
    elif error["type"] == "value_error":
        what = str(context.get("error"))
    else:
        what = _NOT.get(error["type"], "has an unusable value")
    return f"{where} {what}" if where else f"it {what}"
