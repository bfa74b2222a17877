"""`vftui decode`: an event stream in, one JSON object a line out, as it arrives.

The memory it takes depends on the longest frame, never on the length of the stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from vftui.commands.speech import put
from vftui.errors import StreamBroken
from vftui.render.objects import frame_line
from vftui.saved import chunks
from vftui.wire.frames import Frame, FrameReader


@click.command()
@click.argument("path", default="-")
def decode(path: str) -> None:
    """Print an event stream as lines of JSON, as it arrives.

    PATH is a saved stream; - or nothing reads stdin. There is one line for each frame, with: seq,
    dispatched (whether the standard would dispatch it), event, id, data, comment, retry, trace
    (the trace's object, untouched, or null) and problem (a sentence, or null).

    \b
    Example:
      curl -sSN ... | vftui decode | jq -r 'select(.trace.type == "debug").trace.payload.message'
    """
    seen = plausible = False
    for frames, lines in _batches(chunks(path)):
        seen = True
        plausible = plausible or any(map(_is_event_stream, frames))
        put(lines)
    if not seen:
        raise StreamBroken("The input is empty: there is no frame in it.")
    if not plausible:
        raise StreamBroken("The input is not an event stream.", "Look at what its sender printed.")


def _batches(source: Iterable[bytes]) -> Iterator[tuple[list[Frame], str]]:
    """The frames that each chunk completes, and their lines."""
    reader = FrameReader()
    seq = 0

    def lines_of(frames: list[Frame]) -> Iterator[tuple[list[Frame], str]]:
        nonlocal seq
        frames = [frame for frame in frames if frame.raw.strip(b"\r\n")]
        if frames:
            lines = "".join(frame_line(seq + n, frame) for n, frame in enumerate(frames, 1))
            seq += len(frames)
            yield frames, lines

    for chunk in source:
        yield from lines_of(reader.feed(chunk))
    yield from lines_of(reader.close())


def _is_event_stream(frame: Frame) -> bool:
    """Whether the frame has a field or a comment, which a web page has not."""
    named = frame.event != "message" or frame.id or frame.data
    return bool(named) or frame.dispatched or frame.comment is not None or frame.retry is not None
