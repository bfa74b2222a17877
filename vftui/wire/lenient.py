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

READ_LENIENTLY = "; read leniently"
"""How the problem of a frame ends that was read like this."""

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$")
_FIELD = re.compile(r"\ufeff?(event|id|data|retry)(?::|$)|:")
_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*')
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')
_STRING = re.compile(r'"(?:\\.|[^"\\])*"')


def is_pasted(frame: Frame) -> bool:
    """Whether a strictly read frame looks like pretty-printed text that lost most of its data."""
    if not (frame.problem and frame.data) or _is_json(frame.data):
        return False
    lines = frame.raw.decode("utf-8", "replace").replace("\r", "\n").split("\n")
    return any(line and not _FIELD.match(line) for line in lines)


def read_leniently(body: bytes) -> list[Frame]:
    """The frames of a whole text."""
    frames: list[Frame] = []
    block = _Block()
    for found in _LINE.finditer(body):
        raw = found.group()
        text = raw.decode("utf-8", "replace").rstrip("\r\n")
        if block.ends_before(text):
            frames.append(block.frame(frames))
            block = _Block()
        block.add(raw, text)
    if body:
        frames.append(block.frame(frames, last=True))
    return frames


class _Block:
    """The lines of one frame, and how far its JSON has come."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._named = False  # whether a line has a field name; otherwise it is prose
        self._data: list[str] = []
        self._depth = 0
        self._glued = 0
        self._closed = False

    @property
    def _in_json(self) -> bool:
        return bool(self._data) and (self._depth > 0 or not "".join(self._data).strip())

    def ends_before(self, text: str) -> bool:
        """Whether this line begins another frame."""
        if not (self._lines and text):
            return False
        if self._closed:
            return True
        field = _FIELD.match(text)
        if not field:
            return self._named and not self._in_json
        begins = field[1] == "event" or (field[1] == "id" and not self._in_json)
        return not self._named or (begins and bool(self._data))

    def add(self, raw: bytes, text: str) -> None:
        """Take a line."""
        self._lines.append(raw)
        if not text:
            self._closed = not self._in_json
        elif field := _FIELD.match(text):
            self._named = True
            if field[1] == "data":
                self._take(text[field.end() :].removeprefix(" "))
        elif self._named:
            self._glued += 1
            self._take(text)

    def _take(self, text: str) -> None:
        self._data.append(text)
        bare = _STRING.sub("", _COMMENT.sub(_keep_string, text))
        self._depth += sum(bare.count(one) for one in "{[") - sum(bare.count(one) for one in "}]")

    def frame(self, before: list[Frame], *, last: bool = False) -> Frame:
        """The frame that these lines are, where `before` are the frames in front of it."""
        last_id = before[-1].id if before else ""
        raw = b"".join(self._lines)
        frame = parse_frame(raw, last_id, cut=last and self._in_json, first=not before)
        reasons = []
        if self._glued:
            lines = "1 line" if self._glued == 1 else f"{self._glued} lines"
            reasons.append(f"{lines} without a field name")
        if not self._closed:
            reasons.append("no blank line at its end")
        if not (self._data and reasons) or (last and self._in_json):
            return frame
        problem = f"framing is not valid: {' and '.join(reasons)}{READ_LENIENTLY}"
        return replace(frame, data=_repaired(self._data), dispatched=True, problem=problem)


def _repaired(lines: list[str]) -> str:
    """The JSON of these lines; left as it is when it was sound."""
    data = "\n".join(lines)
    if _is_json(data):
        return data
    return _TRAILING_COMMA.sub(_keep_string, _COMMENT.sub(_keep_string, data))


def _keep_string(found: re.Match[str]) -> str:
    return found[1] or ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True
