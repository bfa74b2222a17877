"""A span as one row: the text of its deltas, how many they are, and what is kept of it."""

from __future__ import annotations

from tests.stage import START, text, trace, turn
from tests.test_sieve import recorded
from vftui.session.log import Entry, Sent
from vftui.ui.athand import KEPT, AtHand
from vftui.ui.merged import SHOWN, Merged, merged_of


def deltas(*words: str, at: float = START + 1) -> list[Entry]:
    """A completion that says these words, ten a second."""
    said = [
        trace("completion", at + n / 10, state="content", content=word)
        for n, word in enumerate(words, 1)
    ]
    last = at + (len(words) + 1) / 10
    return [
        trace("completion", at, state="start"), *said, trace("completion", last, state="end")
    ]  # fmt: skip


def test_a_span_is_told_by_its_first_entry_alone() -> None:
    with recorded(turn("go", text("Hi"), *deltas("four ", "bikes"))) as journal:
        spans = {row.seq: merged_of(journal, row) for row in journal.rows()}
        assert {seq for seq, span in spans.items() if span} == {4}
        span = spans[4]
        assert span is not None and (span.last, span.parts, span.text) == (7, 4, "four bikes")
        assert str(span) == '4×  300 ms  13/s  "four bikes"'


def test_what_came_between_is_not_its_text() -> None:
    log = turn("go", *deltas("four ", "bikes"))
    log.insert(4, trace("debug", message="aside"))
    with recorded(log) as journal:
        row = journal.row(3)
        assert row is not None
        span = merged_of(journal, row)
        assert span is not None and (span.parts, span.text) == (4, "four bikes")


def test_thoughts_are_merged_too() -> None:
    parts = [trace("reasoning", state="content", content=word) for word in ("so ", "be it")]
    with recorded([Sent(START, {}, "v4"), trace("reasoning", state="start"), *parts]) as journal:
        row = journal.row(2)
        assert row is not None
        assert "3×" in str(merged_of(journal, row))


def test_of_a_long_text_no_more_is_gathered_than_a_row_shows() -> None:
    with recorded(turn("go", *deltas(*["word "] * 900))) as journal:
        row = journal.row(3)
        assert row is not None
        span = merged_of(journal, row)
        assert span is not None and len(span.text) == SHOWN and span.parts == 902


def test_what_is_not_known_is_not_told() -> None:
    assert str(Merged(9, 1, None, "")) == "1×"
    assert str(Merged(9, 1200, 0.0, "x")) == '1,200×  "x"'


def test_rows_are_at_hand_and_read_again_when_they_are_forgotten() -> None:
    with recorded(turn("go", *(text(f"{n}") for n in range(2 * KEPT)))) as journal:
        at_hand = AtHand(journal)
        for seq in (3, 2000, 4, 700, 3):
            row, alone = at_hand.row(seq), at_hand.row(seq + 1, alone=True)
            assert row is not None and row.seq == seq
            assert alone is not None and alone.seq == seq + 1
        assert at_hand.row(len(journal) + 1) is None
        journal.mark([3], True)
        before = at_hand.row(3)
        at_hand.forget(3)
        after = at_hand.row(3)
        assert before is not None and after is not None
        assert (before.marked, after.marked) == (False, True)


def test_a_span_that_has_grown_is_looked_at_again() -> None:
    log = turn("go", *deltas("four ", "bikes"))
    with recorded(log[:5]) as journal:
        at_hand = AtHand(journal)
        row = at_hand.row(3)
        assert row is not None
        first = at_hand.merged(row)
        assert first is not None and first.parts == 3
        for entry in log[5:]:
            journal.append(entry)
        assert at_hand.look_again([1, 3]) == [3]
        grown = at_hand.merged(row)
        assert grown is not None and (grown.parts, grown.text) == (4, "four bikes")
        assert at_hand.look_again(None) == [3]
