"""A saved event stream as a source of entries: a file, or what is piped in.

Three rules:

1. Nobody kept the arrival times of a saved stream, so they are unknown, unless a clock is given:
   then the stream is live and its frames arrive now.
2. There is no `Sent` (nobody knows the action) and exactly one `Closed`, at the end.
3. Reading is strict. Only a whole file that was clearly pasted from a page is read leniently, and
   its first entry says so.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
import sys
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
from contextlib import aclosing
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Literal, cast

from vftui.errors import ConfigurationError
from vftui.run import Clock
from vftui.session.log import Closed, Entry, Opened, Received
from vftui.wire.frames import Frame, FrameReader
from vftui.wire.lenient import is_pasted, read_leniently

REMARK = (
    "The framing of this file is not valid, as in text copied from a page: it was read leniently, "
    "a live client would lose most of it."
)
"""What the first entry of a leniently read file says."""

_CHUNK = 64 * 1024
_LARGEST_PASTE = 32 * 1024 * 1024


Readable = Literal["jsonl", "har", "transcript", "sse"]
"""The formats of files that hold a conversation."""

_BEGINNING = 8 * 1024
_SIGNS: tuple[tuple[Readable, re.Pattern[bytes]], ...] = (
    ("jsonl", re.compile(rb'\s*\{\s*"format"\s*:\s*"vftui-session"')),
    ("har", re.compile(rb'\s*\{\s*"log"\s*:\s*\{')),
    ("transcript", re.compile(rb'\s*\{\s*"transcript"\s*:\s*\{')),
    ("transcript", re.compile(rb'\s*\{(?s:.*)"logs"\s*:\s*\[')),
    ("transcript", re.compile(rb'\s*\[\s*\{(?s:.*)"createdAt"\s*:')),
)


def sniff(head: bytes) -> Readable:
    """The format of a file by its beginning; what has no sign of another is an event stream."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    return next((name for name, sign in _SIGNS if sign.match(head)), "sse")


def sniffed(path: str | Path) -> Readable:
    """The format of a file; a pipe, which can be read only once, is an event stream."""
    if not Path(path).is_file():
        return "sse"
    try:
        with Path(path).open("rb") as file:
            return sniff(file.read(_BEGINNING))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None


def chunks(path: str | Path) -> Iterator[bytes]:
    """The bytes of a file, or of stdin for `-`, each piece as soon as it is there."""
    if str(path) == "-":
        stdin = cast(BufferedReader, sys.stdin.buffer)
        yield from iter(lambda: stdin.read1(_CHUNK), b"")
        return
    try:
        with Path(path).open("rb", buffering=0) as file:
            yield from iter(lambda: file.read(_CHUNK), b"")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None


async def arriving(stream: BinaryIO) -> AsyncGenerator[bytes, None]:
    """The bytes of an open file as they come, without blocking the event loop on a pipe."""
    mode = os.fstat(stream.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        while piece := await asyncio.to_thread(stream.read, _CHUNK):
            yield piece
        return
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), stream
    )
    try:
        while piece := await reader.read(_CHUNK):
            yield piece
    finally:
        transport.close()


async def saved_entries(
    source: AsyncIterable[bytes] | Iterable[bytes], *, clock: Clock | None = None
) -> AsyncGenerator[Entry, None]:
    """The entries of an event stream's bytes, read strictly, as they come."""
    verdict = _Verdict()
    reader = FrameReader()
    async for chunk in _steps(source):
        at = clock() if clock else None
        for frame in reader.feed(chunk):
            yield verdict.received(at, frame)
    at = clock() if clock else None
    for frame in reader.close():
        yield verdict.received(at, frame)
    yield verdict.closed(at)


async def file_entries(path: str | Path) -> AsyncGenerator[Entry, None]:
    """The entries of a saved file; raises `ConfigurationError` when it cannot be read."""
    pasted = await asyncio.to_thread(_pasted_frames, path)
    if pasted is None:
        async with aclosing(saved_entries(chunks(path))) as entries:
            async for entry in entries:
                yield entry
        return
    verdict = _Verdict()
    yield Opened(None, None, note=REMARK)
    for frame in pasted:
        yield verdict.received(None, frame)
    yield verdict.closed(None)


class _Verdict:
    """How a saved stream ends, learned while its frames pass."""

    def __init__(self) -> None:
        self._empty = True
        self._likely = False
        self._ended = False

    def received(self, at: float | None, frame: Frame) -> Received:
        self._empty = False
        self._likely = self._likely or _has_field(frame)
        self._ended = self._ended or frame.ends_turn
        return Received(at, frame)

    def closed(self, at: float | None) -> Closed:
        if self._ended:
            return Closed(at, "complete")
        if self._likely:
            hint = "It may have been saved before the turn was over."
            return Closed(at, "truncated", "The file ends without the end event.", hint)
        message = "The input is empty." if self._empty else "The input is not an event stream."
        return Closed(at, "protocol", message, "An event stream has lines such as event: trace.")


def _has_field(frame: Frame) -> bool:
    extras = (frame.comment, frame.retry)
    return bool(frame.data) or frame.event != "message" or extras != (None, None)


def _pasted_frames(path: str | Path) -> list[Frame] | None:
    """The frames of a file that was pasted from a page; None for any other."""
    if not Path(path).is_file():
        return None  # stdin and named pipes can be read only once
    body = bytearray()
    for chunk in chunks(path):
        body += chunk
        if len(body) > _LARGEST_PASTE:
            return None
    reader = FrameReader()
    strict = [*reader.feed(bytes(body)), *reader.close()]
    return read_leniently(bytes(body)) if any(map(is_pasted, strict)) else None


async def _steps(source: AsyncIterable[bytes] | Iterable[bytes]) -> AsyncGenerator[bytes, None]:
    """The chunks, with a pause for others between those that are there at once."""
    if isinstance(source, AsyncIterable):
        async for chunk in source:
            yield chunk
    else:
        for chunk in source:
            yield chunk
            await asyncio.sleep(0)
