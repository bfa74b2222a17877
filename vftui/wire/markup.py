"""Rich text to Markdown, and speech markup to words.

Voiceflow sends the same sentence as plain Markdown (`message`), as a Slate document (`slate`) or,
in voice projects, as SSML. Both functions are total, and neither recurses: a document may be
nested as deeply as JSON allows.
"""

from __future__ import annotations

import html
import re
from typing import Any

_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*(?:>|\Z)")
_BOLD = ("bold", "600", "700", "800", "900", 600, 700, 800, 900)
_URL_ESCAPES = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20", "\n": ""})


def slate_to_markdown(slate: Any) -> str:
    """The text of a Slate document, or of its list of blocks, as Markdown: one line per block."""
    blocks = slate.get("content") if isinstance(slate, dict) else slate
    if not isinstance(blocks, list):
        return ""
    return "\n".join(_block(block) for block in blocks).strip()


def _block(block: Any) -> str:
    """One block; the stack holds what is still to be written: finished text and nodes."""
    written: list[str] = []
    stack: list[Any] = [block]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            written.append(node)
        elif isinstance(node, dict):
            stack.extend(reversed(_parts(node)))
    return "".join(written)


def _parts(node: dict[str, Any]) -> list[Any]:
    """What a node consists of, in order: finished text and child nodes."""
    children = node.get("children")
    kind, name, url = node.get("type"), node.get("name"), node.get("url")
    if not isinstance(children, list) or not children:
        if kind == "variable" and isinstance(name, str):
            return [f"{{{name}}}"]
        return [_leaf(node)]
    nodes = [child for child in children if isinstance(child, dict)]
    if kind == "link" and isinstance(url, str):
        return ["[", *nodes, f"]({url.translate(_URL_ESCAPES)})"]
    return nodes


def _leaf(node: dict[str, Any]) -> str:
    """A leaf's text with its marks, which must touch the words: `** so**` would not be bold.

    Markdown has no mark for what is underlined.
    """
    text = node.get("text")
    if not isinstance(text, str) or not text.strip():
        return text if isinstance(text, str) else ""
    marks = [
        ("**", node.get("fontWeight") in _BOLD),
        ("*", node.get("italic") is True),
        ("~~", node.get("strikeThrough") is True),
    ]
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    words = text.strip()
    for mark, present in marks:
        if present:
            words = f"{mark}{words}{mark}"
    return f"{before}{words}{after}"


def strip_ssml(text: str) -> str:
    """The words of a spoken message, without its tags (one that was cut off included)."""
    return html.unescape(_TAG.sub("", text)).strip()
