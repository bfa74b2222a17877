"""Events that come twice: nothing of them is counted again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.logs import event, sent, session_of
from tests.modelcalls import deliver, flat
from vftui.session.deliveries import REMEMBERED, Deliveries, has_id
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry
from vftui.wire.charges import Counts
from vftui.wire.frames import parse_frame

COMPLETE = Closed(None, "complete")


def charge_value() -> dict[str, Any]:
    return {"type": "debug", "payload": {
        "message": "resources consumption",
        "metadata": {"postMultiplierTokensConsumption": {"query": 7, "answer": 5}},
    }}  # fmt: skip


def test_a_piece_that_comes_again_begins_and_ends_nothing() -> None:
    first, last = flat(1, "start", 3), flat(2, "end", 1)
    second, more, final = flat(3, "start", 2), flat(4, "continue", 6), flat(5, "end", 0)
    session = session_of(first, first, last, second, last, more, second, final, first)
    assert [call.billed for call in session.calls] == [Counts(9, 5, 4), Counts(13, 5, 8)]
    assert session.turns[0].messages == ["word word word ", "word " * 5, "word "]


def test_only_the_very_same_event_is_the_same() -> None:
    def again(*frames: bytes) -> list[bool]:
        deliveries, last, told = Deliveries(), "", []
        for raw in frames:
            frame = parse_frame(raw, last)
            last = frame.id
            told.append(deliveries.repeat(frame))
        return told

    one, two = b"id: 1\ndata: a\n\n", b"id: 2\ndata: a\n\n"
    assert again(one, two, one) == [False, False, True]
    assert again(one, b"id: 1\ndata: b\n\n") == [False, False]
    assert again(b"data: a\n\n", b"data: a\n\n") == [False, False]
    assert again(one, b"data: a\n\n", b"data: a\n\n") == [False, False, False]
    assert again(one, one) == [False, True]


def test_deliveries_are_remembered_for_a_while() -> None:
    deliveries = Deliveries()
    frames = [parse_frame(b"id: %d\ndata: a\n\n" % number) for number in range(3 * REMEMBERED)]
    assert not any(deliveries.repeat(frame) for frame in frames)
    assert deliveries.repeat(frames[-REMEMBERED]) and not deliveries.repeat(frames[0])


@pytest.mark.parametrize("raw", [b"id: 1\n\n", b"data: a\nid:1\n\n", b"data: a\r\nid:1\r\n\r\n",
                                 b"data: a\rid:1\r\r"])  # fmt: skip
def test_an_id_of_its_own(raw: bytes) -> None:
    assert has_id(raw) and not has_id(raw.replace(b"id:", b"if:"))


def test_events_of_turns_before_do_not_count_as_repeated() -> None:
    turn: list[Entry] = [sent(), deliver(1, charge_value()), COMPLETE]
    assert Session.of([*turn, *turn]).tokens.total == 24


def test_a_debug_trace_that_comes_again_is_not_counted_again() -> None:
    session = session_of(deliver(1, charge_value()), deliver(2, charge_value()),
                         deliver(1, charge_value()))  # fmt: skip
    assert session.tokens.total == 24
    assert session_of(event(charge_value()), event(charge_value())).tokens.total == 24
