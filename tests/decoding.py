"""JSON values to decode, and short ways to decode them."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.bodies import BODIES
from vftui.wire import payloads as p
from vftui.wire.frames import Frame, FrameReader
from vftui.wire.traces import Decoded, Trace, decode

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
WORDS = sorted(
    {"state", "content", "completion", "message", "slate", "children", "text", "tokens", "usage"}
    | {"total", "model", "type", "buttons", "choices", "cards", "name", "request", "url", "src"}
    | {"image", "imageUrl", "description", "chunks", "query", "timeout", "metadata", "latency"}
    | {"paths", "event", "label", "time", "payload", "sourceUrls", "documentData", "dimensions"}
)
"""Keys that the models know, so that hypothesis gets deep into them."""
NEARLY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.sampled_from(WORDS) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)
    ),
    max_leaves=20,
)


def frame(value: Any, event: str = "trace") -> Frame:
    return Frame(raw=b"", event=event, data=json.dumps(value), dispatched=True)


def told(value: Any, event: str = "trace") -> Trace:
    """The trace in a JSON value, which must be without a problem."""
    decoded = decode(frame(value, event))
    assert decoded.trace is not None and decoded.problem is None, decoded
    assert decoded.kind == decoded.trace.type
    return decoded.trace


def body(name: str) -> list[Decoded]:
    reader = FrameReader()
    return [decode(one) for one in reader.feed(BODIES[name]) + reader.close()]


def debug(message: str, **fields: Any) -> p.Debug:
    payload = told({"type": "debug", "payload": {"message": message, **fields}}).payload
    assert isinstance(payload, p.Debug)
    return payload
