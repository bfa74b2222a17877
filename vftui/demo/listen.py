"""What the demo agent makes of an action: which part of the script answers it.

Three rules:

1. What a person means are words: a text, a button's label, a name. Words are matched in any case,
   without the punctuation at the end.
2. First the words that fail on purpose, then the scenes, then what depends on the conversation;
   everything else gets a streamed answer that repeats the words.
3. `launch` begins anew, and so does any message after the end of the conversation.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from typing import Any

from vftui.demo import texts
from vftui.demo.failures import FAILURES, Failure
from vftui.demo.model import Answer, Flood
from vftui.demo.parts import debug, trace
from vftui.demo.script import OTHER_WORDS, RETURNS, SCENES, WELCOME, Steps
from vftui.demo.state import Conversation
from vftui.demo.steps import Only, Say
from vftui.wire.dialects import Api

MAX_FLOOD = 300_000
"""Pieces that `bench` sends at most."""

_FLOOD = re.compile(r"(?:bench|burst) ([0-9]{1,9})")
_NAME = re.compile(r"\bmy name is\s+(\S.{0,60})", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one action."""

    words: str
    """What the person meant; empty for a launch."""
    steps: Steps
    begins: bool = False
    """Whether the conversation starts from the beginning."""
    failure: Failure | None = None
    """How it fails, when it was told to."""


def part_for(action: dict[str, Any], conversation: Conversation) -> Part:
    """The part of the script that answers an action."""
    words = words_of(action)
    key = " ".join(words.casefold().split()).rstrip("?!. ")
    if action["type"] == "launch" or conversation.over:
        return Part(words, (*_preface(action, conversation), *WELCOME), begins=True)
    if key in FAILURES:
        failure = FAILURES[key]
        return Part(words, (*_preface(action, conversation), *failure.steps), failure=failure)
    steps = RETURNS.get(action["type"]) or _scene(key) or _dependent(words, key, conversation)
    return Part(words, (*_preface(action, conversation), *steps))


def words_of(action: dict[str, Any]) -> str:
    """What a person means with an action: a text, a label, or the name of something."""
    payload = action.get("payload")
    if isinstance(payload, str):
        return payload
    if isinstance(payload, dict):
        named = [part for part in map(payload.get, ("intent", "event")) if isinstance(part, dict)]
        names = [str(part.get("name", "")).replace("_", " ") for part in named]
        fields = [payload.get(field) for field in ("query", "label", "message", "text")]
        found = [text for text in (*fields, *names) if text and isinstance(text, str)]
        if found:
            return found[0]
    return "" if action["type"] in ("launch", *RETURNS) else str(action["type"])


def help_text() -> str:
    """What can be typed, in Markdown."""
    words = [(scene.word, scene.what) for scene in SCENES]
    lines = ["Ask me anything, or type one of these:", ""]
    lines += [f"- `{word}`: {what}" for word, what in (*words, *OTHER_WORDS)]
    lines += ["", "And these make me fail on purpose:", ""]
    lines += [f"- `{word}`: {failure.what}" for word, failure in FAILURES.items()]
    return "\n".join(lines)


def _scene(key: str) -> Steps | None:
    for scene in SCENES:
        if key in (scene.word, *scene.same) or any(
            re.search(rf"\b{re.escape(phrase)}\b", key) for phrase in scene.phrases
        ):
            return scene.steps
    return None


def _dependent(words: str, key: str, conversation: Conversation) -> Steps:
    """What depends on what was said: help, variables, names, loads, and anything else."""
    if key == "help":
        return (Say(help_text()),)
    if key == "variables":
        return (Say(_table(conversation.variables)),)
    if flood := _FLOOD.fullmatch(key):
        return (Flood(min(int(flood[1]), MAX_FLOOD)),)
    if name := _NAME.search(words):
        conversation.variables["name"] = name[1].strip(" .!?")
        return (Say(f"Nice to meet you, {conversation.variables['name']}. I will remember that."),)
    shown = " ".join(words.split())
    shown = shown if len(shown) <= 120 else f"{shown[:119]}…"
    chosen = texts.FALLBACKS[zlib.crc32(key.encode("utf-8", "replace")) % len(texts.FALLBACKS)]
    return (Answer(chosen.replace("{words}", shown or "nothing at all")),)


def _table(variables: dict[str, Any]) -> str:
    rows = [
        f"| `{name}` | `{json.dumps(value, ensure_ascii=False)[:60]}` |"
        for name, value in variables.items()
    ]
    return "\n".join(["This is what I know:", "", "| Variable | Value |", "|:--|:--|", *rows])


def _preface(action: dict[str, Any], conversation: Conversation) -> Steps:
    """The diagnostics with which a turn begins, in each dialect's way."""
    old: tuple[Api, ...] = ("v2", "v2beta1")
    kind = action["type"]
    digest = hashlib.sha256(kind.encode("utf-8", "replace")).hexdigest()
    block = Only(old, (trace("block", blockID=digest[:24]),))
    if kind == "launch":
        who = {"userID": conversation.user, "versionID": "2af72f100c356273d46284f6"}
        start = debug("starting conversation", level="info", context="Start", metadata=who)
        flow = trace("flow", diagramID="63a9f0ea7bb98050796b649e", name="ROOT")
        return (
            Only(("v4",), (start,)),
            Only(old, (debug("beginning flow", type="start"), flow)),
            block,
        )
    if kind == "text":
        none = {"intent": "None", "confidence": 1}
        predicted = debug(
            'completed - "None"', level="debug", context="Intent prediction", metadata=none
        )
        matched = "matched intent **None** - confidence interval _100.00%_"
        return (
            Only(("v4",), (predicted,)),
            Only(("v2",), (debug(matched, type="intent"),)),
            Only(("v2beta1",), (trace("path", path="capture"),)),
            block,
        )
    triggered = debug(
        f'"{kind}" triggered', level="info", context="Action",
        metadata={"payload": action.get("payload")},
    )  # fmt: skip
    return (Only(("v4",), (triggered,)), Only(old, (trace("path", path="choice:1"),)), block)
