"""The payloads of traces that say or show something in the conversation."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    AliasPath,
    BeforeValidator,
    Field,
    InstanceOf,
    model_validator,
)

from vftui.wire.actions import describe
from vftui.wire.charges import Counts
from vftui.wire.fields import (
    ElseNone,
    ElseOmitted,
    MaybeBool,
    MaybeNumber,
    MaybeObject,
    MaybeStr,
    Object,
    OneOf,
    Payload,
    Str,
)
from vftui.wire.markup import slate_to_markdown, strip_ssml

CARD_KEYS = {"id", "title", "description", "text", "imageUrl", "image", "buttons", "messageID"}
"""What a card consists of; all of it may be missing."""

_AUDIO = re.compile(r"<audio\b[^<>]*?\bsrc\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)


def inline_size(url: str) -> str:
    """How much data there is inside a `data:` URL, in words; empty for any other."""
    if url[:5].lower() != "data:":
        return ""
    return f"inline, {max(1, len(url) * 3 // 4 // 1024)} KB"


def _place(source: str) -> str:
    if inline := inline_size(source):
        return inline
    try:
        return urlsplit(source).hostname or "elsewhere"
    except ValueError:
        return "elsewhere"


def _words(value: Any) -> Any:
    """A description as text: it is text, or an object with `text` or `slate`."""
    if isinstance(value, dict):
        return value.get("text") or slate_to_markdown(value.get("slate"))
    return value


def _or_empty(value: Any) -> Any:
    return "" if value is None else value


def _with_one_of(told: Any, keys: set[str], what: str) -> Any:
    """The fields as they came; a custom action that only has the name of a type has none of its."""
    if isinstance(told, dict) and told and keys.isdisjoint(told):
        raise ValueError(f"has nothing of {what}")
    return told


class Source(Payload):
    """A page that an answer was made from."""

    url: Str
    name: MaybeStr = None


Sources = Annotated[list[Annotated[Source, ElseOmitted]] | None, ElseNone]


class Button(Payload):
    """A button: its name, and the action to send, verbatim, when it is pressed."""

    name: Annotated[Str, BeforeValidator(_or_empty)] = ""
    request: Object | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_one(cls, told: Any) -> Any:
        return _with_one_of(told, {"name", "request"}, "a button")

    @property
    def label(self) -> str:
        """What stands on it: its name or, without one, its request in short; may be empty."""
        if self.name.strip():
            return self.name
        if not self.request:
            return ""
        payload = self.request.get("payload")
        told = payload.get("label") if isinstance(payload, dict) else None
        return told if isinstance(told, str) and told.strip() else describe(self.request)


class Text(OneOf):
    """A message."""

    one_of = ("message", "slate")

    message: MaybeStr = None
    slate: MaybeObject = Field(None, repr=False)
    message_id: MaybeStr = Field(None, alias="messageID")
    ai: MaybeBool = None
    source_urls: Sources = Field(None, alias="sourceUrls")

    @property
    def text(self) -> str:
        """The message as Markdown, from the rich form when there is no other; may be empty."""
        return self.message or slate_to_markdown(self.slate)


class Speak(OneOf):
    """A spoken message or a sound."""

    one_of = ("message", "src")

    message: MaybeStr = Field(None, repr=False)
    src: MaybeStr = Field(None, repr=False)
    kind: MaybeStr = Field(None, alias="type")

    @property
    def spoken(self) -> str:
        """The words, without SSML tags; empty for a sound."""
        return strip_ssml(self.message or "")

    @property
    def sound(self) -> str | None:
        """Where the sound is (a host, or `inline, 12 KB`, never the data); None for words only."""
        source = self.src
        if not source and (tag := _AUDIO.search(self.message or "")):
            source = tag[1]
        return _place(source) if source else None


class Audio(Payload):
    """A part of streamed sound; `state` is `start`, `content` or `end`."""

    state: Str
    content: MaybeStr = Field(None, repr=False)
    encoding: MaybeStr = None
    duration: MaybeNumber = None
    """Milliseconds."""
    message_id: MaybeStr = Field(None, alias="messageID")


class Completion(Payload):
    """A part of a streamed answer, in any of the dialects."""

    state: Str
    """`start`, `content`, `end`, or a word from the future; each may bring text and tokens."""
    text: Str = ""
    message_id: MaybeStr = Field(None, alias="messageID")
    tokens: InstanceOf[Counts] | None = None
    """The billed tokens of this part only: increments, to be added up."""
    model: MaybeStr = None
    ai: MaybeBool = None
    source_urls: Sources = Field(None, alias="sourceUrls")
    type: MaybeStr = None
    """`text` or `speak`."""


class Visual(OneOf):
    """An image."""

    one_of = ("image", "visual_type")

    image: MaybeStr = Field(None, validation_alias=AliasChoices("image", "imageURL"))
    visual_type: MaybeStr = Field(None, alias="visualType")
    width: MaybeNumber = Field(None, validation_alias=AliasPath("dimensions", "width"))
    height: MaybeNumber = Field(None, validation_alias=AliasPath("dimensions", "height"))
    visibility: MaybeStr = Field(None, alias="canvasVisibility")


class Card(Payload):
    """A card (`cardV2`, the old `card`, or one of a carousel)."""

    title: Str | None = None
    description: Annotated[Str | None, BeforeValidator(_words)] = Field(
        None, validation_alias=AliasChoices("description", "text")
    )
    image_url: Str | None = Field(
        None,
        validation_alias=AliasChoices(
            "imageUrl", AliasPath("image", "largeImageUrl"), AliasPath("image", "smallImageUrl")
        ),
    )
    buttons: list[Button] | None = None
    message_id: MaybeStr = Field(None, alias="messageID")

    @model_validator(mode="before")
    @classmethod
    def _is_one(cls, told: Any) -> Any:
        return _with_one_of(told, CARD_KEYS, "a card")


class Carousel(Payload):
    """Several cards."""

    cards: list[Card]
    layout: MaybeStr = None


class Choice(Payload):
    """Buttons to choose from."""

    buttons: list[Button] = Field(validation_alias=AliasChoices("buttons", "choices"))
    message_id: MaybeStr = Field(None, alias="messageID")


class Stream(Payload):
    """Long-form audio: `action` is LOOP, PLAY, PAUSE or END."""

    action: Str
    src: MaybeStr = Field(None, repr=False)
    title: MaybeStr = None
    description: MaybeStr = None


class Chunk(Payload):
    """A piece of a document that the knowledge base found."""

    score: MaybeNumber = None
    document_id: MaybeStr = Field(None, alias="documentID")
    name: MaybeStr = Field(None, validation_alias=AliasPath("documentData", "name"))
    url: MaybeStr = Field(None, validation_alias=AliasPath("documentData", "url"))


class KnowledgeBase(OneOf):
    """What the knowledge base found. Its output comes as a message, too."""

    one_of = ("chunks", "output", "faq_answer")

    chunks: list[Chunk] | None = None
    output: MaybeStr = Field(None, validation_alias=AliasPath("query", "output"))
    faq_question: MaybeStr = Field(None, alias="faqQuestion")
    faq_answer: MaybeStr = Field(None, alias="faqAnswer")


class Reasoning(Payload):
    """A part of the model's thoughts; `final` brings the whole again."""

    state: Str
    text: Str | None = Field(None, validation_alias=AliasChoices("content", "message"))


class ToolCall(Payload):
    """A tool starts or ends."""

    state: Str
    call_id: MaybeStr = Field(None, alias="callID")
