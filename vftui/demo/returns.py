"""What is answered to an action that is not words: by its type, and by what it brings.

Two rules:

1. A gate has seen the action (`vftui.demo.gate`), but whatever it does not check may be anything.
2. Nothing here looks at the dialect. A generation that does not know a type takes it for the name
   of a path, and is answered all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vftui.demo import texts
from vftui.demo.parts import trace
from vftui.demo.script import BO, MENU
from vftui.demo.steps import End, Say, Send, Steps

RETURNS: dict[str, Steps] = {
    "paid": (Say("Paid, thank you. Bike **cargo-7** is yours until six."),),
    "declined": (Say("Your card was declined. Nothing was booked."), MENU),
    "cancelled": (Say("Cancelled. Nothing was booked."), MENU),
    "action": (Say("What that button does is up to your client; I only offered it."),),
    "no-reply": (Say("Still there? I can wait."), MENU),
    "end": (End(),),
}
"""Type → answer, whatever the action brings."""


def answer_to(action: dict[str, Any]) -> Steps | None:
    """The answer to an action by its type; None when its words are to be looked at."""
    kind, payload = action["type"], action.get("payload")
    if kind in RETURNS:
        return RETURNS[kind]
    return _ANSWERS[kind](payload) if kind in _ANSWERS else None


def entities_of(action: dict[str, Any]) -> dict[str, str]:
    """The entities of an intent, by name."""
    payload = action.get("payload")
    entities = payload.get("entities") if isinstance(payload, dict) else None
    return {
        str(entity["name"]): str(entity["value"])
        for entity in (entities if isinstance(entities, list) else ())
        if isinstance(entity, dict) and {"name", "value"} <= set(entity)
    }


def _dtmf(digits: Any) -> Steps:
    typed = str(digits).rstrip("#")
    right = typed == texts.CODE_OF_THE_LOCK
    return (Say(texts.CODE_RIGHT if right else texts.CODE_WRONG.format(typed=typed or "nothing")),)


def _file(payload: Any) -> Steps:
    files = payload.get("files") if isinstance(payload, dict) else None
    names = [
        f"**{file.get('filename') or 'something without a name'}**"
        f" ({file.get('mimeType') or 'of no type'})"
        for file in (files if isinstance(files, list) else ())
        if isinstance(file, dict)
    ]
    if not names:
        return (Say("There was no file in that."),)
    words = payload.get("text")
    said = f" “{words}”, you write: a mechanic will look at it." if words else ""
    return (Say(f"Thank you for {', '.join(names)}.{said}"),)


def _handoff(payload: Any) -> Steps:
    told = payload if isinstance(payload, dict) else {}
    kind, words = told.get("type"), told.get("message")
    if kind == "return_to_voiceflow":
        ended = trace("live-agent-handoff", event="chat_ended", message="Bo left", **BO)
        return (ended, Say("It is me again, the demo agent. What else?"), MENU)
    if kind == "file_upload":
        return (trace("live-agent-handoff", event="file_received", message="Got it!", **BO),)
    if kind == "continue_conversation":
        waits = trace("live-agent-handoff", event="wait_time", message="One minute to go", **BO)
        return (waits,)
    said = f"You said “{words}”. I have a bike for that!" if words else "Hm?"
    return (Send(0.6), trace("live-agent-handoff", event="message_received", message=said, **BO))


_ANSWERS: dict[str, Callable[[Any], Steps]] = {
    "dtmf": _dtmf,
    "file": _file,
    "live-agent-handoff": _handoff,
}
