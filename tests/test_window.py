"""A window of a log: what it reads is what a log with no more entries reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.logs import sent, trace
from vftui.query import parse
from vftui.reading import Reading
from vftui.recording import Journal, Recording
from vftui.session.log import Closed, Entry
from vftui.window import Window

START = 1_700_000_000.0


def delta(number: int, state: str = "content") -> Entry:
    return trace("completion", START + 0.5 + number / 10, state=state, content=f"word {number} ")


LOG: list[Entry] = [
    sent(START), delta(0, "start"), delta(1), trace("debug", START + 0.65, message="x"), delta(2),
    delta(3, "end"), Closed(START + 1, "complete"),
    sent(START + 3), trace("text", START + 4, message="word"), Closed(START + 5, "complete"),
]  # fmt: skip
QUERIES = ("", "word", "type:completion*", "type:debug", "turn:2", "is:marked", "is:problem")


@contextmanager
def journal_of(entries: list[Entry]) -> Iterator[Journal]:
    with Recording.temporary() as recording:
        journal = recording.begin(title="Pier", api="v4", started=START)
        for entry in entries:
            journal.append(entry)
        yield journal


def read(log: Reading) -> dict[str, object]:
    """Everything that a log answers."""
    total = len(LOG) + 2
    queries = [parse(text) for text in QUERIES]
    return {
        "length": len(log),
        "pages": [log.page(start, 3) for start in range(1, total)],
        "row": [log.row(seq) for seq in range(1, total)],
        "rows": list(log.rows()),
        "some": list(log.rows(3, 99)),
        "entries": list(log.entries(2)),
        "passing": [
            list(log.matching(query, merged=merged, problems=(4, 9), after=after, until=until))
            for query in queries
            for merged in (False, True)
            for after in (0, 4)
            for until in (None, 5, 99)
        ],
        "nearest": [
            log.nearest(query, seq, direction, problems=(4, 9))
            for query in queries
            for seq in range(1, len(log) + 1)
            for direction in (-1, 1)
        ],
        "spans": [log.span(seq) for seq in range(1, total)],
        "turns": [log.turn_span(number) for number in range(1, 4)],
        "marked": log.marked(),
        "remarks": log.remarks(),
    }


@pytest.mark.parametrize("until", range(len(LOG) + 1))
def test_a_window_reads_like_a_log_that_ends_there(until: int) -> None:
    with journal_of(LOG) as whole, journal_of(LOG[:until]) as short:
        window = Window(whole, until)
        for seq in (2, 6, 10):
            window.mark([seq], True)
            window.remark(seq, f"remark {seq}")
            if seq <= until:
                short.mark([seq], True)
                short.remark(seq, f"remark {seq}")
        told, expected = read(window), read(short)
        for question, answer in expected.items():
            assert told[question] == answer, question


def test_a_window_grows_and_never_shrinks() -> None:
    with journal_of(LOG) as whole:
        window = Window(whole, 3)
        window.grow(5)
        window.grow(4)
        assert [row.seq for row in window.rows()] == [1, 2, 3, 4, 5]
        window.mark([2], True)
        assert whole.marked() == [2]


def test_a_span_grows_with_its_window() -> None:
    with journal_of(LOG) as whole:
        window = Window(whole, 2)
        counts = []
        for until in range(2, len(LOG) + 1):
            window.grow(until)
            with journal_of(LOG[:until]) as short:
                assert window.span(2) == short.span(2)
            counts.append(len(list(window.rows())))
        assert counts == list(range(2, len(LOG) + 1))
        assert window.span(2) == whole.span(2) and window.span(3) is None
