"""Bytes to frames: the WHATWG event stream, with every byte kept.

Three rules:

1. **Lossless.** The `raw` bytes of the frames, joined, are the input, byte for byte.
2. **Chunk-blind.** How the input was cut into chunks never changes the frames.
3. **Prompt.** A frame is returned with the chunk that completes it.

httpx-sse is not used for this: it hides comments and `retry`, keeps no bytes, invents an empty
event for each keep-alive after an `id`, loses the first event after a byte order mark and holds
back streams that end lines with CR alone. Where it is right, the tests hold the two together.

Two decisions where the standard leaves room. Blank lines before a frame (a v4 body opens with
one) dispatch nothing and belong to the frame that follows. A blank line that ends with CR waits
for a possible LF, unless the line before it ended with CR alone: such a stream is live, too, and
a stray LF after it is one more blank line.

Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html>, section 9.2.6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_FRAME = 32 * 1024 * 1024
"""Bytes after which an unfinished frame is given up as too long, in pieces of this size."""

MAX_BLANK = 64 * 1024
"""Bytes of blank lines after which they become a frame of their own, so that memory is bounded."""

BOM = b"\xef\xbb\xbf"
"""The byte order mark, ignored at the very beginning of a stream."""

_CONTENT = re.compile(rb"[^\r\n]")
_FRAME_END = re.compile(rb"\n\n|\n\r\n?|\r\r")
_LINE_END = re.compile(r"\r\n|\n|\r")
_TOO_LONG = f"a frame longer than {MAX_FRAME // 2**20} MiB, which was given up"


@dataclass(frozen=True, slots=True)
class Frame:
    """One block of the event stream, up to and including its blank line."""

    raw: bytes
    """The bytes exactly as received, blank lines before and behind included."""
    event: str = "message"
    """The event's name; `message` when the frame names none."""
    id: str = ""
    """The last event id: this frame's, or the one that sticks from an earlier frame."""
    data: str = ""
    """The `data` lines, joined by LF."""
    dispatched: bool = False
    """Whether the standard would dispatch an event: only a frame with `data` does."""
    comment: str | None = None
    """The comment lines, joined by LF; None when there is none."""
    retry: int | None = None
    """A valid `retry` value, in milliseconds."""
    problem: str | None = None
    """What is wrong with the framing, as a sentence; None when nothing is, and then `parse_frame`
    makes the same frame of the same bytes."""
    cut: bool = False
    """Whether the end of the input cut it off: the standard discards it."""

    @property
    def ends_turn(self) -> bool:
        """Whether this is the `end` event, whole. v2 sends it without data, so undispatched."""
        return self.event == "end" and not self.cut


def parse_frame(raw: bytes, last_id: str = "", *, cut: bool = False, first: bool = False) -> Frame:
    """Read the fields of one frame's bytes.

    `last_id` is the id that sticks from earlier frames. `first` marks the stream's first frame,
    where a byte order mark is ignored. `cut` marks a frame that the end of the input cut off: the
    standard discards it, so it dispatches nothing.
    """
    content = raw[len(BOM) :] if first and raw.startswith(BOM) else raw
    text = content.decode("utf-8", "replace")
    lines = _LINE_END.split(text) if "\r" in text else text.split("\n")
    cut = cut and bool(content.strip(b"\r\n"))
    event, identity, retry = "", last_id, None
    data: list[str] = []
    comments: list[str] = []
    unknown = 0
    for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data.append(value)
        elif field == "event":
            event = value
        elif field == "id":
            identity = identity if "\0" in value else value
        elif not line:
            continue
        elif not field:
            comments.append(value)
        elif field == "retry" and value.isascii() and value.isdigit():
            retry = _integer(value)
        elif field != "retry":
            unknown += 1
    return Frame(
        raw=raw,
        event=event or "message",
        id=identity,
        data="\n".join(data),
        dispatched=bool(data) and not cut,
        comment="\n".join(comments) if comments else None,
        retry=retry,
        problem=_problem(content, text, unknown, cut),
        cut=cut,
    )


def _integer(digits: str) -> int | None:
    """The value of ASCII digits, or None when there are absurdly many (Python refuses 4,301)."""
    return int(digits) if len(digits) <= 18 else None


def _problem(content: bytes, text: str, unknown: int, cut: bool) -> str | None:
    if cut:
        return "cut off by the end of the input, so it dispatches nothing"
    if unknown:
        lines = "1 line" if unknown == 1 else f"{unknown} lines"
        return f"{lines} without a known field name, ignored as the standard says"
    if "\ufffd" in text and b"\xef\xbf\xbd" not in content:
        return "not valid UTF-8, shown with replacement characters"
    return None


class FrameReader:
    """Cuts a byte stream into frames. `feed` each chunk, then `close`."""

    def __init__(self, max_frame: int = MAX_FRAME, max_blank: int = MAX_BLANK) -> None:
        self._max_frame = max_frame
        self._max_blank = max_blank
        self._buffer = bytearray()  # the unfinished frame
        self._searched = 0  # how many of its bytes cannot begin a frame's end
        self._in_content = False  # whether its leading blank lines are behind
        self._first = True
        self._last_id = ""
        self._too_long = False  # whether it continues a frame that was given up

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that this chunk completes, in order."""
        self._buffer += chunk
        frames: list[Frame] = []
        start = 0
        while (end := self._find_end(start)) is not None:
            frames.append(self._frame(bytes(self._buffer[start:end])))
            start = end
        del self._buffer[:start]
        return frames

    def close(self) -> list[Frame]:
        """The frame that the end of the input cut off, if any bytes are left."""
        raw = bytes(self._buffer)
        self._buffer.clear()
        if not raw:
            return []
        # A CR that waited for its LF did end a blank line.
        complete = self._in_content and raw.endswith(b"\n\r")
        return [self._frame(raw, cut=not complete)]

    def _find_end(self, start: int) -> int | None:
        """Where the frame that begins at `start` ends, or None while it is unfinished."""
        buffer = self._buffer
        if not self._in_content:
            found = _CONTENT.search(buffer, start + self._searched)
            content = found.start() if found else len(buffer)
            if content - start >= self._max_blank:
                return start + self._max_blank
            self._searched = content - start
            if not found:
                return None
            self._in_content = True
        ending = _FRAME_END.search(buffer, start + self._searched)
        if ending and ending.group() == b"\n\r" and ending.end() == len(buffer):
            ending = None
        end = ending.end() if ending else len(buffer)
        if end - start > self._max_frame:
            piece = buffer[start : start + self._max_frame]
            # A blank line must not be cut in two: its beginning goes to the next piece.
            return start + (len(piece.rstrip(b"\r\n")) or len(piece))
        if not ending:
            self._searched = max(self._searched, end - start - 2)
            return None
        return end

    def _frame(self, raw: bytes, *, cut: bool = False) -> Frame:
        continues = self._too_long
        self._too_long = not cut and self._in_content and _FRAME_END.search(raw[-3:]) is None
        if continues or self._too_long:
            frame = Frame(raw, id=self._last_id, problem=f"part of {_TOO_LONG}")
        else:
            frame = parse_frame(raw, self._last_id, cut=cut, first=self._first)
            self._last_id = self._last_id if cut else frame.id
        self._first = False
        self._searched = 0
        self._in_content = self._too_long
        return frame
