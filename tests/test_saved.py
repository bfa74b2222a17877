"""Saved streams: strict entries, unknown times, one ending, and the lenient fallback for files."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bodies import BODIES, DATA
from vftui.errors import ConfigurationError
from vftui.saved import (
    REMARK,
    arriving,
    chunks,
    file_entries,
    saved_entries,
)
from vftui.session.log import Closed, Entry, Opened, Received

PRETTY = DATA / "pretty-printed.txt"


async def listed(entries: AsyncIterator[Entry]) -> list[Entry]:
    return [entry async for entry in entries]


def body_of(entries: Iterable[Entry]) -> bytes:
    return b"".join(entry.frame.raw for entry in entries if isinstance(entry, Received))


def ending(entries: list[Entry]) -> str:
    closed = entries[-1]
    assert isinstance(closed, Closed)
    assert not any(isinstance(entry, Closed) for entry in entries[:-1])
    return closed.ending


@pytest.mark.parametrize("name", sorted(BODIES))
async def test_a_file_is_the_same_as_its_bytes(name: str) -> None:
    from_file = await listed(file_entries(DATA / f"{name}.sse"))
    body = BODIES[name]
    pieces = [body[at : at + 7] for at in range(0, len(body), 7)]
    assert from_file == await listed(saved_entries(pieces))
    assert body_of(from_file) == body
    assert all(entry.at is None for entry in from_file)
    assert ending(from_file) == ("truncated" if "truncated" in name else "complete")


@given(st.binary(max_size=200), st.integers(1, 50))
async def test_any_bytes_end_once_and_none_is_lost(body: bytes, size: int) -> None:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    entries = await listed(saved_entries(pieces))
    assert body_of(entries) == body
    assert ending(entries) in ("complete", "truncated", "protocol")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "protocol"),
        (b"\n\n", "protocol"),
        (b"<html>\n<p>Hello</p>\n\n", "protocol"),
        (b'{"type":"text"}', "protocol"),
        (b": ping\n\n", "truncated"),
        (b"event: trace\ndata: {}\n\n", "truncated"),
        (b"event: end\n", "truncated"),
        (b"event: end\n\n", "complete"),
        (b"event: end\n\n: more\n\n", "complete"),
    ],
)
async def test_endings(body: bytes, expected: str) -> None:
    assert ending(await listed(saved_entries([body]))) == expected


async def test_a_clock_makes_it_live() -> None:
    ticks = iter([1.0, 2.0, 3.0])
    entries = await listed(
        saved_entries([b"data: a\n\n", b"event: end\n\n"], clock=lambda: next(ticks))
    )
    assert [entry.at for entry in entries] == [1.0, 2.0, 3.0]


async def test_a_pasted_file_is_read_leniently_and_says_so() -> None:
    remark, *received, closed = await listed(file_entries(PRETTY))
    assert remark == Opened(None, None, note=REMARK)
    assert body_of(received) == PRETTY.read_bytes()
    assert len(received) == 4
    assert isinstance(closed, Closed) and closed.ending == "truncated"
    assert closed.message == "The file ends without the end event."


async def test_a_pasted_stream_that_arrives_is_read_strictly() -> None:
    received, _ = await listed(saved_entries(chunks(PRETTY)))
    assert isinstance(received, Received) and not received.frame.dispatched


@pytest.mark.parametrize("path", ["", "nowhere.sse"])
async def test_a_path_that_cannot_be_read(path: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        await listed(file_entries(tmp_path / path))


def test_stdin_is_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"data: a\n\n")))
    assert b"".join(chunks("-")) == b"data: a\n\n"


async def test_a_pipe_is_read_as_it_comes() -> None:
    out, into = os.pipe()
    pieces = []
    with open(out, "rb") as stream, open(into, "wb", buffering=0) as writer:  # noqa: ASYNC230, PTH123
        writer.write(b"data: a\n\n")
        async for piece in arriving(stream):
            pieces.append(piece)
            if len(pieces) == 1:
                writer.write(b"data: b\n\n")
            else:
                writer.close()
    assert pieces == [b"data: a\n\n", b"data: b\n\n"]


async def test_a_redirected_file_arrives_as_well() -> None:
    with PRETTY.open("rb") as stream:
        pieces = [piece async for piece in arriving(stream)]
    assert b"".join(pieces) == PRETTY.read_bytes()
