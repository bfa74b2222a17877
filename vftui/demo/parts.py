"""The pieces that scenes are made of: buttons, cards, traces with their usual fields."""

from __future__ import annotations

import base64
import zlib
from typing import Any

from vftui.demo.emit import Trace
from vftui.demo.steps import Send

Button = tuple[str, dict[str, Any] | None]
"""A button's name and the request that it sends; None when it has none."""

SOUND = base64.b64encode(bytes(range(256)) * 6).decode()
"""Something that looks like a piece of audio."""

FIND_DOCK: dict[str, Any] = {
    "intent": {"name": "find_dock"},
    "query": "find a dock",
    "entities": [],
}
"""The payload of the intent that asks for a dock."""


def trace(kind: str, /, **payload: Any) -> Send:
    """A trace of a type, with its payload."""
    return Send({"type": kind, "payload": payload})


def debug(message: str, **more: Any) -> Send:
    """A debug trace."""
    return trace("debug", message=message, **more)


def paths(action: Trace, *choices: tuple[str | None, str]) -> Send:
    """A custom action with its return paths: a label, or None, and the type to answer with."""
    ways = [
        {"event": {"type": kind}} if label is None else {"label": label, "event": {"type": kind}}
        for label, kind in choices
    ]
    return Send({**action, "defaultPath": 0, "paths": ways})


def path_button(name: str) -> Button:
    """A button that sends a path of its own."""
    kind = f"path-{zlib.crc32(name.encode()):08x}"
    return name, {"type": kind, "payload": {"label": name, "actions": []}}


def text_button(name: str, text: str) -> Button:
    """A button that sends a text."""
    return name, {"type": "text", "payload": text}


def url_button(name: str, url: str) -> Button:
    """A button that asks the client to open an address."""
    action = {"type": "open_url", "payload": {"url": url}}
    return name, {"type": "action", "payload": {"label": name, "actions": [action]}}


def dock_button(dock: str) -> Button:
    """A button that names a dock, as an intent with its entity."""
    payload = FIND_DOCK | {"query": dock, "entities": [{"name": "dock", "value": dock}]}
    return dock, {"type": "intent", "payload": payload}


def card_button(card: str, name: str) -> dict[str, Any]:
    """A card's button, whose request is named after both."""
    kind = f"{card}-{name}-1".lower().replace(" ", "-")
    request = {"type": kind, "payload": {"label": name, "actions": []}}
    return {"name": name, "request": request}


def card(title: str, text: str, image: str | None, *buttons: dict[str, Any]) -> dict[str, Any]:
    """A card, with or without an image."""
    description = {"slate": [{"children": [{"text": text}]}], "text": text}
    url = f"https://example.com/img/{image}.jpg" if image else None
    return {"title": title, "description": description, "imageUrl": url, "buttons": list(buttons)}


def knowledge(question: str, answer: str | None, *names: str) -> Send:
    """A look into the knowledge base that found pages of these names."""
    chunks = [
        {
            "score": round(0.83 - 0.07 * index, 2),
            "documentID": f"{zlib.crc32(name.encode()):08x}" * 3,
            "documentData": {
                "type": "url",
                "name": name,
                "url": f"https://example.com/{name.lower().replace(' ', '-')}",
            },
        }
        for index, name in enumerate(names)
    ]
    query = {"messages": [{"role": "user", "content": question}], "output": answer}
    return trace("knowledgeBase", chunks=chunks, query=query)
