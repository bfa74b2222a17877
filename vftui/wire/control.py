"""The payloads of traces that steer a turn or tell how the agent works."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasPath, Field

from vftui.wire.charges import number
from vftui.wire.fields import (
    ElseNone,
    MaybeNumber,
    MaybeObject,
    MaybeStr,
    Object,
    OneOf,
    Payload,
    Str,
)


class End(Payload):
    """The conversation is over."""


class NoReply(Payload):
    """The agent expects a `no-reply` action after so many seconds of silence."""

    timeout: float = Field(ge=0, allow_inf_nan=False)
    """Seconds."""


class EntityFilling(Payload):
    """The agent waits for a value."""

    entity: Str = Field(alias="entityToFill")
    intent: MaybeStr = Field(
        None, validation_alias=AliasPath("intent", "payload", "intent", "name")
    )


class Goto(Payload):
    """The server follows a request by itself; there is nothing to answer."""

    request: Object


class CallForward(Payload):
    """A phone call is passed on."""

    address: Str
    address_type: MaybeStr = Field(None, alias="addressType")
    extension: MaybeStr = None


class Dtmf(Payload):
    """Phone keys are listened to, or no longer."""

    enabled: bool
    timeout: MaybeNumber = Field(None, alias="timeoutInSeconds")
    """Seconds."""
    max_digits: MaybeNumber = Field(None, alias="maxDigits")
    delimiter: Annotated[list[Str] | None, ElseNone] = None


class RealtimeAgent(Payload):
    """A voice agent: `action` is START, END or INTERRUPTED."""

    action: Str


class LiveAgentHandoff(OneOf):
    """A conversation with a human."""

    one_of = ("message", "event")

    message: MaybeStr = None
    event: MaybeStr = None
    agent: MaybeStr = Field(None, validation_alias=AliasPath("agent", "name"))


class ChannelAction(Payload):
    """Something for the client to do."""

    name: Str
    payload: Any = None


class Flow(OneOf):
    """A flow was entered."""

    one_of = ("diagram_id", "name")

    diagram_id: MaybeStr = Field(None, alias="diagramID")
    name: MaybeStr = None


class Block(Payload):
    """A block was entered."""

    block_id: Str = Field(alias="blockID")


class PathTaken(Payload):
    """A step was left by this path, such as `choice:1` or `jump`."""

    path: Str


class Log(OneOf):
    """A line of the runtime's log; the message's shape depends on `kind`."""

    one_of = ("kind", "message")

    kind: MaybeStr = None
    level: MaybeStr = None
    message: Any = None
    timestamp: MaybeStr = None


class Debug(Payload):
    """A line of diagnosis."""

    message: Str
    level: MaybeStr = None
    """`fatal`, `error`, `warn`, `info` or `debug`; None before 2025."""
    context: MaybeStr = None
    """What speaks, such as `Agent` or `API tool`."""
    kind: MaybeStr = Field(None, alias="type")
    ref: MaybeObject = Field(None, repr=False)
    metadata: MaybeObject = Field(None, repr=False)

    @property
    def latency(self) -> float | None:
        """Milliseconds, from the metadata."""
        return number((self.metadata or {}).get("latency"))
