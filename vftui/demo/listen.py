"""What the demo agent makes of an action: which part of the script answers it.

Four rules:

1. What a person means are words: a text, a button's label, a name. Words are matched in any case,
   without the punctuation at the end.
2. First the words that fail on purpose, then the types of action that have an answer of their own,
   then the scenes, then what depends on the conversation; everything else gets a streamed answer
   that repeats the words.
3. An intent means its name, whatever its words are, and its entities become variables.
4. `launch` begins anew, and so does any message after the end of the conversation.
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
from vftui.demo.returns import RETURNS, answer_to, entities_of
from vftui.demo.script import GROUPS, OTHER_WORDS, SCENES, WELCOME
from vftui.demo.state import Conversation
from vftui.demo.steps import Only, Say, Steps
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
    if action["type"] == "launch" or conversation.over:
        greeting = (*_preface(action, conversation), *_persona(action), *WELCOME)
        return Part(words, greeting, begins=True)
    failure = FAILURES.get(_key(words))
    if failure is not None:
        return Part(words, (*_preface(action, conversation), *failure.steps), failure=failure)
    return Part(words, (*_preface(action, conversation), *_steps(action, words, conversation)))


def _steps(action: dict[str, Any], words: str, conversation: Conversation) -> Steps:
    """What is answered, where nothing is to fail."""
    if (answer := answer_to(action)) is not None:
        return answer
    named = _key(_name(action, action["type"]))
    if action["type"] == "intent":
        entities = entities_of(action)
        conversation.variables |= entities
        if named == "find dock" and entities.get("dock"):
            return (Answer(texts.FOUND_DOCK.format(dock=entities["dock"])),)
        if entities and (found := _scene(named)):
            noted = ", ".join(f"{name} **{value}**" for name, value in entities.items())
            return (Say(f"I noted {noted}."), *found)
    found = (_scene(named) if named else None) or _scene(_key(words))
    if found is None and action["type"] == "event":
        return (Say(texts.UNKNOWN_EVENT.format(name=named)),)
    return found or _dependent(words, _key(words), conversation)


def _persona(action: dict[str, Any]) -> Steps:
    """Who the agent is told to be by a launch, if anybody."""
    payload = action.get("payload") if action["type"] == "launch" else None
    persona = payload.get("persona") if isinstance(payload, dict) else None
    return (Say(f"Today I am {persona}."),) if persona and isinstance(persona, str) else ()


def _key(words: str) -> str:
    """Words as they are looked up."""
    return " ".join(words.casefold().split()).rstrip("?!. ")


def _name(action: dict[str, Any], kind: str) -> str:
    """The name of an intent or an event, in words; empty when there is none."""
    payload = action.get("payload")
    named = payload.get(kind) if isinstance(payload, dict) else None
    name = named.get("name") if isinstance(named, dict) else None
    return name.replace("_", " ") if isinstance(name, str) else ""


def words_of(action: dict[str, Any]) -> str:
    """What a person means with an action: a text, a label, or the name of something."""
    payload = action.get("payload")
    if isinstance(payload, str):
        return payload
    if isinstance(payload, dict):
        fields = map(payload.get, ("query", "label", "message", "text"))
        found = [*fields, _name(action, "intent"), _name(action, "event")]
        words = [text for text in found if text and isinstance(text, str)]
        if words:
            return words[0]
    return "" if action["type"] in ("launch", *RETURNS) else str(action["type"])


def help_text() -> str:
    """What can be typed, in Markdown."""
    lists = [(title, [(scene.word, scene.what) for scene in scenes]) for title, scenes in GROUPS]
    lists.append(("What I remember, and how much I can say:", list(OTHER_WORDS)))
    failing = [(word, failure.what) for word, failure in FAILURES.items()]
    lists.append(("And these make me fail on purpose:", failing))
    return "\n\n".join(
        "\n".join([title, "", *(f"- `{word}`: {what}" for word, what in rows)])
        for title, rows in lists
    )


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
    if kind == "intent":
        name = _name(action, "intent").replace(" ", "_")
        matched = f"matched intent **{name}** - confidence interval _100.00%_"
        told = debug(
            f'intent "{name}" matched', level="info", context="Runtime", metadata={"confidence": 1}
        )
        return (Only(("v4",), (told,)), Only(old, (debug(matched, type="intent"),)), block)
    triggered = debug(
        f'"{kind}" triggered', level="info", context="Action",
        metadata={"payload": action.get("payload")},
    )  # fmt: skip
    return (Only(("v4",), (triggered,)), Only(old, (trace("path", path="choice:1"),)), block)
