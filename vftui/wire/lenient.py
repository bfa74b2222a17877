"""Event streams that were pasted from a page, read although their framing is not valid.

Documentation prints events over several lines, without blank lines between them, with trailing
commas, comments and prose around. The standard drops nearly all of it. Here:

1. An `event` or `id` line behind finished data begins the next frame.
2. Lines without a field name belong to the data until its brackets are balanced.
3. Comments and trailing commas are taken out of the JSON.

Every byte stays in the `raw` of some frame, and a frame that was read like this says so. Only for
saved text: a live stream is never read leniently.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

from vftui.wire.frames import Frame, parse_frame

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|$)")
_FIELD = re.compile(r"(event|id|data|retry)(?::|$)|:")
_STRING_OR_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*')
_STRING_OR_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')


def is_pasted(frame: Frame) -> bool:
    """Whether a strictly read frame looks like pretty-printed text that lost its data."""
    if not (frame.data and frame.problem and "without a known field name" in frame.problem):
        return False
    return not _is_json(frame.data)


def read_leniently(body: bytes) -> list[Frame]:
    """The frames of a whole text."""
    frames: list[Frame] = []
    block = _Block()
    for found in _LINE.finditer(body):
        raw = found.group()
        text = raw.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r\n")
        if block.ends_before(text):
            frames.append(block.frame(frames))
            block = _Block()
        if raw:
            block.add(raw, text)
    if block.raw:
        frames.append(block.frame(frames, last=True))
    return frames


class _Block:
    """The lines of one frame, and how far its JSON has come."""

    def __init__(self) -> None:
        self.raw = b""
        self._lines: list[bytes] = []
        self._data: list[str] = []
        self._depth = 0
        self._glued = 0
        self._closed = False  # by a blank line
        self._prose = False  # lines that belong to no event
