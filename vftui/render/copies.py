"""What can be copied of an entry, each as a text.

Two rules:

1. Nothing is lost: what a text cannot hold is written as an escape. Where JSON was read leniently,
   the frame still has the bytes.
2. A text is made when it is asked for: an entry may have a megabyte.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from vftui.render.brief import compact
from vftui.render.curl import curl
from vftui.render.figures import size
from vftui.render.jsonpath import Path, jsonpath, pretty
from vftui.render.views import bytes_of, told
from vftui.session.log import Entry, Received
from vftui.wire.dialects import Request

_SHOWN = 200
"""Characters of what is told of a text."""


class Copy(NamedTuple):
    """Something to copy."""

    key: str
    """The letter that asks for it."""
    name: str
    told: str
    """What it is, before it is made; it may be anything."""
    what: str
    """What it is in a sentence: `the value`."""
    text: Callable[[], str]
    """Makes it; may raise `VftuiError`."""


def copies(
    entry: Entry, path: Path | None = None, value: Any = None, remark: str = ""
) -> list[Copy]:
    """What can be copied of an entry, and of the value at a path if one is chosen.

    Without a path the value is a line of text, or None.
    """
    offered = []
    if value is not None or path is not None:
        short = compact(value, _SHOWN)
        offered.append(Copy("v", "value", short, "the value", partial(text_of, value)))
    if path is not None:
        way = jsonpath(path)
        offered.append(Copy("p", "path", way, "the JSON path", lambda: way))
    raw = bytes_of(entry)
    received = isinstance(entry, Received)
    name = "frame" if received else "bytes"
    offered += [
        Copy("e", "event", "all of it as JSON", "the event", lambda: pretty(told(entry)[1])),
        Copy("f", name, f"exactly as it is, {size(len(raw))}", f"the {name}", partial(_bytes, raw)),
    ]
    if remark:
        offered.append(Copy("r", "remark", remark, "the remark", lambda: remark))
    return offered


def curl_copy(requests: Sequence[Request]) -> Copy:
    """The turn's request as a shell command."""
    turn = requests[-1]
    return Copy(
        "c", "curl", f"{turn.method} {turn.url}", "the curl command", lambda: curl(requests)
    )


def text_of(value: Any) -> str:
    """A value to be pasted: a text as it is, everything else as JSON."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:  # half a character: only JSON has a spelling for it
            return pretty(value)
        return value
    return pretty(value)


def _bytes(raw: bytes) -> str:
    """Bytes as text; those that are not UTF-8 are written `\\xff`."""
    return raw.decode("utf-8", "backslashreplace")
