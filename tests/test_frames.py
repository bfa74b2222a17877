"""The event stream: laws, the standard's own examples, and every deviation of httpx-sse."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys

import pytest
from httpx_sse import ServerSentEvent
from httpx_sse._decoders import SSEDecoder
from hypothesis import example, given
from hypothesis import strategies as st

from tests.bodies import BODIES
from vftui.wire.frames import Frame, FrameReader

LINES = st.sampled_from(
    [
        b"data: x", b"data:x", b"data", b"data: ", b"data:  two", b"event: trace", b"event:",
        b"id: 7", b"id:", b"id", b"id: a\0b", b"retry: 10", b"retry: 1x", b"retry:", b": ping",
        b":", b"", b"", b"", b"unknown: y", b'"type": 1', b"\xef\xbb\xbfdata: bom",
        b"data: \xf0\x9f\x9a\xb2", b"data: \xff\xfe",
        b"data: \xe2\x80\xa8\xc2\x85\x0b\x0c\x1c", b" data: z", b"DATA: z",
    ]
)  # fmt: skip
STREAMS = st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"])), max_size=30).map(
    lambda pairs: b"".join(line + ending for line, ending in pairs)
)


def read(body: bytes, *cuts: int, **limits: int) -> list[Frame]:
    """The frames of a body, cut into chunks at the given offsets."""
    reader = FrameReader(**limits)
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    frames = [
        frame for start, end in itertools.pairwise(edges) for frame in reader.feed(body[start:end])
    ]
    return frames + reader.close()


def events(frames: list[Frame]) -> list[tuple[str, str, str]]:
    return [(frame.event, frame.data, frame.id) for frame in frames if frame.dispatched]


@given(STREAMS, st.lists(st.integers(0, 300)))
@example(b"data: x\r\n\r\n", [10])
@example(b"data: x\r\r\ndata: y\r\r", [9])
@example(b"data: x\n\r", [9])
def test_chunks_never_change_the_frames(body: bytes, cuts: list[int]) -> None:
    assert read(body, *cuts) == read(body)


@given(STREAMS, st.lists(st.integers(0, 300)))
def test_joined_frames_are_the_body(body: bytes, cuts: list[int]) -> None:
    assert b"".join(frame.raw for frame in read(body, *cuts)) == body


@given(st.binary(max_size=200), st.integers(1, 40), st.integers(1, 9), st.integers(0, 200))
def test_small_limits_lose_nothing_and_stay_chunk_blind(
    body: bytes, most: int, blank: int, cut: int
) -> None:
    limits = {"max_frame": most, "max_blank": blank}
    frames = read(body, **limits)
    assert b"".join(frame.raw for frame in frames) == body
    assert read(body, cut, **limits) == frames


@given(STREAMS)
def test_agrees_with_httpx_sse_where_both_are_right(body: bytes) -> None:
    """httpx-sse is held to what it gets right: events with data, before any byte order mark."""
    if b"\xef\xbb\xbf" in body or not body.endswith((b"\n", b"\r")):
        return
    decoder = SSEDecoder()
    theirs: list[ServerSentEvent] = []
    text = body.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    for line in text.split("\n")[:-1]:
        event = decoder.decode(line)
        if event is not None:
            theirs.append(event)
    ours = events(read(body))
    # It invents an event for every blank line after an id, and drops none that has data.
    assert [(e.event, e.data, e.id) for e in theirs if e.data] == [one for one in ours if one[1]]


@pytest.mark.parametrize("name", sorted(BODIES))
def test_bodies_are_kept_to_the_byte_at_any_chunk_size(name: str) -> None:
    body = BODIES[name]
    whole = read(body)
    assert b"".join(frame.raw for frame in whole) == body
    for size in (1, 2, 3, 7, 64):
        assert read(body, *range(0, len(body), size)) == whole


@pytest.mark.parametrize("name", sorted(BODIES))
@pytest.mark.parametrize("ending", [b"\r\n", b"\r"])
def test_line_endings_do_not_matter(name: str, ending: bytes) -> None:
    body = BODIES[name]
    assert events(read(body.replace(b"\n", ending))) == events(read(body))


STANDARD = {
    "two data lines": (
        b"data: YHOO\ndata: +2\ndata: 10\n\n",
        [("message", "YHOO\n+2\n10", "")],
    ),
    "comment, id, reset id, leading spaces": (
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
        b"data:  third event\n\n",
        [
            ("message", "first event", "1"),
            ("message", "second event", ""),
            ("message", " third event", ""),
        ],
    ),
    "empty data lines": (
        b"data\n\ndata\ndata\n\ndata:",
        [("message", "", ""), ("message", "\n", "")],
    ),
    "space after the colon": (b"data:test\n\ndata: test\n\n", [("message", "test", "")] * 2),
}


@pytest.mark.parametrize("name", STANDARD)
def test_examples_of_the_standard(name: str) -> None:
    body, expected = STANDARD[name]
    assert events(read(body)) == expected


def test_byte_order_mark_is_ignored_once() -> None:
    mark = b"\xef\xbb\xbf"
    assert events(read(mark + b"data: a\n\n" + mark + b"data: b\n\n")) == [("message", "a", "")]


def test_end_without_data_is_surfaced_though_the_standard_drops_it() -> None:
    (frame,) = read(b"event: end\nid: 4\n\n")
    assert (frame.event, frame.id, frame.dispatched, frame.ends_turn) == ("end", "4", False, True)


def test_an_end_that_was_cut_off_does_not_end_the_turn() -> None:
    (frame,) = read(b"event: end\nid: 4\n")
    assert frame.event == "end" and not frame.ends_turn


def test_retry_and_comments_are_frames_without_an_event() -> None:
    retry, ping = read(b"retry:2000\n\n:\n\n")
    assert (retry.retry, retry.dispatched, retry.comment) == (2000, False, None)
    assert (ping.comment, ping.dispatched, ping.problem) == ("", False, None)


@pytest.mark.parametrize("value", [b"-1", b"+1", b"1_0", b"1 ", b"\t1", b"\xef\xbc\x91", b"9" * 99])
def test_odd_retry_values_are_ignored(value: bytes) -> None:
    assert read(b"retry:" + value + b"\n\n")[0].retry is None


def test_the_first_blank_line_goes_with_the_frame_that_follows() -> None:
    frames = read(b"\ndata: x\n\n\n")
    assert [frame.raw for frame in frames] == [b"\ndata: x\n\n", b"\n"]
    assert [frame.problem for frame in frames] == [None, None]


def test_a_stream_of_lone_carriage_returns_is_live() -> None:
    reader = FrameReader()
    assert [frame.data for frame in reader.feed(b"data: x\r\r")] == ["x"]


def test_a_cut_frame_dispatches_nothing_and_says_so() -> None:
    whole, cut = read(b"data: a\n\ndata: b\n")
    assert whole.dispatched and not cut.dispatched
    assert cut.problem is not None and "cut off" in cut.problem
    assert cut.data == "b"


def test_an_endless_frame_is_given_up_in_pieces_and_the_next_one_is_read() -> None:
    frames = read(b"data: " + b"x" * 100 + b"\n\ndata: y\n\n", max_frame=32)
    assert all(frame.problem and len(frame.raw) <= 32 for frame in frames[:-1])
    assert frames[-1].data == "y" and frames[-1].dispatched


def test_lines_without_a_field_name_are_counted() -> None:
    (frame,) = read(b'event: trace\ndata: {\n"type": "trace"\n}\n\n')
    assert frame.data == "{"
    assert frame.problem == "2 lines without a known field name, ignored as the standard says"


def test_invalid_utf8_is_said() -> None:
    (frame,) = read(b"data: \xff\n\n")
    assert frame.data == "\ufffd" and frame.problem is not None and "UTF-8" in frame.problem
    (genuine,) = read("data: \ufffd\n\n".encode())
    assert genuine.problem is None


def test_wire_loads_no_network_library() -> None:
    code = "import sys, json, vftui.wire.frames; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True).stdout)
    assert not {"httpx", "httpx_sse", "sqlite3", "asyncio", "textual", "pydantic"} & set(loaded)
