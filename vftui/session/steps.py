"""One short line for each step on the agent's way: what it entered, left, logged or diagnosed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vftui.wire.payloads import Block, Debug, Flow, Log, PathTaken, Payload, Visual

MAX_STEP = 120
"""Characters of the longest line."""


def step_of(payload: Payload, kind: str = "") -> str:
    """The line for a trace of this type; what a step is not known by is its type."""
    line = _LINES.get(type(payload))
    words = kind if line is None else line(payload)
    words = " ".join(words[: 2 * MAX_STEP].split())
    return words if len(words) <= MAX_STEP else f"{words[: MAX_STEP - 1]}…"


def _debug(debug: Debug) -> str:
    words = debug.message.replace("<br />", " ").strip() or "debug"
    told = f"{debug.context}: {words}" if debug.context else words
    level = _telling(debug.level)
    return f"{level} · {told}" if level else told


def _log(log: Log) -> str:
    words = log.message.get("plainContent") if isinstance(log.message, dict) else log.message
    head = " ".join(filter(None, ("log", _telling(log.level), log.kind)))
    return f"{head}: {words}" if words and isinstance(words, str) else head


def _telling(level: str | None) -> str:
    """A level that is worth its word: the usual ones say nothing."""
    return level if level and level not in ("debug", "info") else ""


def _visual(visual: Visual) -> str:
    return f"visual {visual.visibility or ''} without an image to show"


_LINES: dict[type[Payload], Callable[[Any], str]] = {
    Block: lambda block: f"block {block.block_id}",
    Debug: _debug,
    Flow: lambda flow: f"flow {flow.name or flow.diagram_id or ''}",
    Log: _log,
    PathTaken: lambda path: f"path {path.path}",
    Visual: _visual,
}
