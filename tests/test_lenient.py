"""Lenient reading: pasted pages come out whole, and a valid stream comes out as it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bodies import BODIES, DATA
from vftui.wire.frames import Frame, FrameReader
from vftui.wire.lenient import is_pasted, read_leniently

PRETTY = (DATA / "pretty-printed.txt").read_bytes()

PAGE = b"""Streaming answers are in beta: read on.
Example request
curl --request POST \\
--url https://runtime.test/v2beta1/interact/1/production/stream \\
--data '
{
"action": {
"type": "launch"
}
}
'
Example answer
event: trace
id: 1
data: {
"type": "trace",
"trace": {
"type": "text", // what is said: {
"payload": {
"message": "Bikes } are, ] here: http://bikes.test",
},

"paths": [],
}
}
id: 2
event: trace
data:
{"type": "trace", "trace": {"type": "end"}}
event: end
id: 3
You can look at the sample project, too.
"""


def strictly(body: bytes) -> list[Frame]:
    reader = FrameReader()
    return [*reader.feed(body), *reader.close()]


def test_the_documented_sample_is_read_whole() -> None:
    assert any(map(is_pasted, strictly(PRETTY)))
    frames = read_leniently(PRETTY)
    traces = [json.loads(frame.data)["trace"] for frame in frames]
    assert [trace["type"] for trace in traces] == [
        "completion-start", "completion-continue", "completion-continue", "completion-end",
    ]  # fmt: skip
    assert traces[0]["payload"]["completion"] == "Welcome to our service."
    assert [frame.id[:8] for frame in frames] == ["51af815f", "7fa9477a", "ba08dc7a", "f4affc6e"]
    assert all(frame.dispatched and frame.event == "trace" for frame in frames)


def test_what_was_read_leniently_says_so() -> None:
    first = read_leniently(PRETTY)[0]
    assert first.problem == (
        "framing is not valid: 15 lines without a field name and no blank line at its end; "
        "read leniently"
    )


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_a_whole_page_with_prose_around(ending: bytes) -> None:
    body = PAGE.replace(b"\n", ending)
    frames = read_leniently(body)
    assert b"".join(frame.raw for frame in frames) == body
    events = [frame for frame in frames if frame.dispatched]
    assert [(frame.event, frame.id) for frame in events] == [("trace", "1"), ("trace", "2")]
    said, ended = (json.loads(frame.data)["trace"] for frame in events)
    assert said["payload"]["message"] == "Bikes } are, ] here: http://bikes.test"
    assert ended == {"type": "end"}
    assert [frame.id for frame in frames if frame.ends_turn] == ["3"]
    assert not frames[0].dispatched and b"curl" in frames[0].raw
    assert not frames[-1].dispatched and b"sample project" in frames[-1].raw


def test_a_paste_that_ends_inside_its_json_is_cut() -> None:
    frames = read_leniently(PRETTY[: PRETTY.rindex(b'"tokens"')])
    assert frames[-2].dispatched and not frames[-1].dispatched
    assert "cut off" in (frames[-1].problem or "")


def test_brackets_that_never_balance_swallow_one_event_only() -> None:
    frames = read_leniently(b'event: trace\ndata: {\n"a": [\nevent: trace\ndata: {}\n\n')
    assert [frame.data for frame in frames] == ['{\n"a": [', "{}"]


@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_valid_stream_is_read_as_the_standard_says(name: str) -> None:
    def told(frames: list[Frame]) -> list[tuple[str, str, str]]:
        return [(one.event, one.id, one.data) for one in frames if one.dispatched or one.ends_turn]

    assert not any(map(is_pasted, strictly(BODIES[name])))
    lenient = read_leniently(BODIES[name])
    assert told(lenient) == told(strictly(BODIES[name]))
    assert all("leniently" not in (frame.problem or "") for frame in lenient[:-1])


LINES = st.sampled_from(
    [b"event: trace", b"id: 1", b"data: {", b"data: [1]", b"data:", b'"a": {', b"}", b"},", b"",
     b"", b": ping", b"retry: 5", b"prose", b'"x": "}"', b"// }",
     b"\xef\xbb\xbfevent: end", b"\xff"]
)  # fmt: skip


@given(st.lists(LINES, max_size=25), st.sampled_from([b"\n", b"\r\n", b"\r"]), st.booleans())
def test_no_byte_is_lost_whatever_the_text(lines: list[bytes], ending: bytes, open_: bool) -> None:
    body = ending.join(lines) + (b"" if open_ else ending)
    assert b"".join(frame.raw for frame in read_leniently(body)) == body


def test_nothing_is_nothing() -> None:
    assert read_leniently(b"") == []


def test_a_valid_frame_with_one_unknown_line_is_not_pasted() -> None:
    (frame,) = strictly(b'data: {"a": 1}\nnote\n\n')
    assert not is_pasted(frame)
