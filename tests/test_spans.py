"""Spans: which pieces belong together, and where each entry stands."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.bodies import BODIES
from tests.logs import event, saved_turn, sent, trace
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Received
from vftui.session.spans import Spans
from vftui.session.standing import Standings
from vftui.wire.payloads import Audio, Completion, Reasoning


def heads(*entries: Entry) -> list[int | None]:
    """The head of each entry."""
    spans = Spans()
    return [spans.head(seq, entry) for seq, entry in enumerate(entries, 1)]


def piece(state: str, identity: str | None = None, text: str = "x") -> Received:
    more = {} if identity is None else {"messageID": identity}
    return trace("completion", state=state, content=text, **more)


def thought(state: str, text: str = "x") -> Received:
    return trace("reasoning", state=state, content=text)


CLOSED = Closed(None, "complete")
DEBUG = trace("debug", message="m")
TEXT = trace("text", message="t")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([sent(), piece("start"), piece("content"), DEBUG, piece("end")], [None, 2, 2, None, 2]),
        ([piece("start"), piece("content"), piece("start"), piece("end")], [1, 1, 3, 3]),
        ([piece("content"), piece("content"), piece("end"), piece("end")], [1, 1, 1, 4]),
        ([piece("start", "a"), piece("start", "b"), piece("content", "a"), piece("end", "b"),
          piece("content"), piece("end", "a")], [1, 2, 1, 2, 1, 1]),
        ([piece("start", "a"), piece("start", "b"), piece("content"), piece("start", "a")],
         [1, 2, 2, 4]),
        ([piece("start"), piece("content", "a"), piece("end", "a")], [1, 1, 1]),
        ([piece("start"), TEXT, piece("content")], [1, None, 3]),
        ([piece("start", "a"), TEXT, piece("content", "a")], [1, None, 3]),
        ([piece("start"), trace("speak", message="s"), piece("end")], [1, None, 3]),
        ([piece("start"), CLOSED, piece("content"), sent(), piece("content")],
         [1, None, 3, None, 5]),
        ([piece("pause"), piece("start")], [None, 2]),
        ([trace("completion-start", completion="a"), trace("completion-continue", completion="b"),
          trace("completion-end", completion="")], [1, 1, 1]),
        ([thought("start"), piece("start"), thought("content"), DEBUG, thought("end"),
          thought("final"), thought("final")], [1, 2, 1, None, 1, 1, 7]),
        ([thought("start"), thought("end"), piece("start"), thought("final")], [1, 1, 3, 4]),
        ([thought("start"), thought("end"), thought("content"), thought("start")], [1, 1, 3, 4]),
        ([trace("audio", state="start"), trace("audio", state="content"), piece("start"),
          trace("audio", state="end"), trace("audio", state="content")], [1, 1, 3, 1, 5]),
        ([trace("audio", state="start"), trace("audio", state="start")], [1, 2]),
        ([event({"state": 1}, "state"), event("x", "trace")], [None, None]),
    ],
)  # fmt: skip
def test_pieces_belong_to_the_first_of_them(
    entries: list[Entry], expected: list[int | None]
) -> None:
    assert heads(*entries) == expected


IDENTITIES = st.sampled_from([None, "a", "b"])
PIECES = st.builds(piece, st.sampled_from(["start", "content", "content", "end"]), IDENTITIES)
OTHERS = st.sampled_from([DEBUG, TEXT, trace("text", message="t", messageID="a"), CLOSED, sent()])
LOGS = st.lists(PIECES | OTHERS, max_size=25)


@given(LOGS)
@example([piece("start", "a"), piece("start"), piece("content", "a"), piece("end", "a")])
def test_spans_are_the_messages_of_the_conversation(log: list[Entry]) -> None:
    """A message that streamed begins and ends with its span."""
    texts = {seq for seq, entry in enumerate(log, 1) if not is_piece(entry, Completion)}
    streamed = {
        (item.first_seq, item.last_seq)
        for item in Session.of(log).items
        if item.kind == "message" and item.first_seq not in texts
    }
    ends = {head: seq for seq, head in enumerate(heads(*log), 1) if head is not None}
    assert streamed == set(ends.items())


@given(st.data())
def test_two_that_stream_at_once_are_told_apart(data: st.DataObject) -> None:
    waiting = {
        name: [piece("start", name), *[piece("content", name)] * data.draw(st.integers(0, 5)),
               piece("end", name)]
        for name in ("a", "b", "c")
    }  # fmt: skip
    log: list[Received] = []
    while names := [name for name, pieces in waiting.items() if pieces]:
        log.append(waiting[data.draw(st.sampled_from(names))].pop(0))
    spans = heads(*log)
    told = [one.decoded.trace.payload.message_id for one in log]  # type: ignore[union-attr]
    assert len({*zip(told, spans, strict=True)}) == 3
    assert all(
        head is not None and told[head - 1] == name for name, head in zip(told, spans, strict=True)
    )


def is_piece(entry: Entry, *kinds: type) -> bool:
    trace = entry.decoded.trace if isinstance(entry, Received) else None
    return trace is not None and isinstance(trace.payload, kinds)


@pytest.mark.parametrize("name", sorted(BODIES))
def test_whatever_comes_each_piece_has_a_head_before_it(name: str) -> None:
    log = saved_turn(BODIES[name])
    spans = heads(*log)
    for seq, (entry, head) in enumerate(zip(log, spans, strict=True), 1):
        if head is not None:
            assert head <= seq and is_piece(entry, Completion, Reasoning, Audio)
            assert spans[head - 1] == head


# Standings

TIMES = st.none() | st.floats(0, 4e9) | st.just(float("inf"))


def at(entry: Entry, time: float | None) -> Entry:
    fields: dict[str, Any] = {**vars(entry), "at": time}
    fields.pop("decoded", None)
    return type(entry)(**fields)


@given(st.lists(st.builds(at, PIECES | OTHERS, TIMES), max_size=25))
def test_where_an_entry_stands(log: list[Entry]) -> None:
    standings = Standings()
    told = [standings.next(entry) for entry in log]
    assert standings.seq == len(log)
    for _, group in groupby(zip(log, told, strict=True), key=lambda pair: pair[1].turn):
        entries = [entry for entry, _ in group]
        # A turn ends with its `Closed`, or because an action begins the next one.
        assert not any(isinstance(entry, Closed) for entry in entries[:-1])
        assert all(type(entry).__name__ != "Sent" for entry in entries[1:])
    assert [one.turn for one in told] == sorted(one.turn for one in told)
    for place, (entry, one) in enumerate(zip(log, told, strict=True)):
        before = log[max(place - 1, one.turn_seq - 1)]
        assert told[one.turn_seq - 1].turn == one.turn
        assert one.turn == len({other.turn_seq for other in told[: place + 1]})
        for passed, earlier in ((one.since, log[one.turn_seq - 1]), (one.gap, before)):
            if entry.at is None or earlier.at is None or entry.at == earlier.at == float("inf"):
                assert passed is None
            else:
                assert passed == entry.at - earlier.at
