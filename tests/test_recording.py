"""The recording: what goes in comes out, whatever happens to the program, the disk or the file."""

from __future__ import annotations

import asyncio
import json
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.bodies import BODIES
from vftui import database, reading
from vftui import journal as journal_module
from vftui import recording as recording_module
from vftui.errors import ConfigurationError, VftuiError
from vftui.query import parse
from vftui.recording import Journal, Recording, Row
from vftui.rows import PAGE
from vftui.session.log import ENDINGS, Closed, Entry, Opened, Received, Sent
from vftui.wire.frames import Frame, FrameReader, parse_frame

BODY = BODIES["streams/11-v4-agent-turn"]


def frames_of(body: bytes, **limits: int) -> list[Frame]:
    reader = FrameReader(**limits)
    return reader.feed(body) + reader.close()


def turn_of(body: bytes, at: float = 1000.0, ending: str = "complete") -> list[Entry]:
    """One turn: an action, a head, the frames 0.25 s apart, an ending."""
    action = {"type": "text", "payload": "hire a bike"}
    entries: list[Entry] = [
        Sent(at, action, "v4", url="https://example.com/turn", body=json.dumps(action).encode()),
        Opened(at + 0.25, 200, (("content-type", "text/event-stream"),)),
    ]
    entries += [
        Received(at + 0.5 + number / 4, frame) for number, frame in enumerate(frames_of(body))
    ]
    return [*entries, Closed(at + 0.5 + len(entries) / 4, "complete")]


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Recording]:
    with Recording.open(tmp_path / "deep" / "recordings.db") as opened:
        yield opened


def begin(recording: Recording, title: str = "Harbour Bikes") -> Journal:
    return recording.begin(title=title, api="v4", project="p1", environment="main", started=999.5)


def fill(journal: Journal, entries: list[Entry]) -> Journal:
    for entry in entries:
        journal.append(entry)
    return journal


def passing(journal: Journal, text: str, **limits: Any) -> list[int]:
    """The numbers of the entries that pass a query."""
    return journal.matching(parse(text), **limits).tolist()


QUERIES = (
    "", "type:debug", "type:sent,closed", "type:nothing", "HIRE", "dock_lookup", "event-stream",
    '"100%"', "é", "level>=warn", "gap>0", "turn:2", "is:delta", "-is:delta", "tool:dock", "#3..9",
)  # fmt: skip


# Round trip

AT = st.none() | st.floats(0, 4e9) | st.floats(allow_nan=False)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
TEXT = st.text(max_size=20) | st.sampled_from(["\ud800", "a\0b", "\ufeff", "🚲", "'; --"])
LINES = st.sampled_from(
    [
        b"data: x", b'data: {"type":"text","payload":{"message":"hi"}}', b"event: trace", b"id: 7",
        b"id", b"id: a\0b", b"id: \xc3\xa9", b"retry: 10", b": ping", b"", b"", b"unknown: y",
        b"\xef\xbb\xbfdata: bom", b"\xef\xbb\xbfid: 9", b"data: \xff\xfe", b"data: a\0b",
        b'data: {"type":"\\ud800","payload":null}', b"event: \xe2\x80\xae",
    ]
)  # fmt: skip
STREAMS = st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"])), max_size=12).map(
    lambda pairs: b"".join(line + ending for line, ending in pairs)
)
READ = st.builds(
    lambda body, most: frames_of(body, max_frame=most), STREAMS, st.sampled_from([7, 1000])
)
ODD_FRAMES = st.builds(
    Frame,
    st.binary(max_size=20),
    event=TEXT,
    id=TEXT,
    data=TEXT,
    dispatched=st.booleans(),
    comment=st.none() | TEXT,
    retry=st.none() | st.integers(0, 10**18),
    problem=TEXT,
) | st.builds(parse_frame, st.binary(max_size=30), TEXT, cut=st.booleans(), first=st.booleans())
FRAMES = READ | st.lists(ODD_FRAMES, max_size=3)
API = st.sampled_from(["v4", "v2", "v2beta1"])
OTHERS = st.one_of(
    st.builds(
        Sent, AT, st.dictionaries(TEXT, JSON, max_size=3), API, TEXT, TEXT, st.binary(max_size=20)
    ),
    st.builds(
        Opened,
        AT,
        st.none() | st.integers(100, 599),
        st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
        st.sampled_from(["session", "turn"]),
        TEXT,
        st.none() | st.floats(0, 100),
    ),
    st.builds(
        Closed, AT, st.sampled_from(ENDINGS), TEXT, TEXT, st.none() | st.integers(100, 599), TEXT
    ),
)
ENTRIES = st.lists(
    st.builds(lambda at, frames: [Received(at, frame) for frame in frames], AT, FRAMES)
    | OTHERS.map(lambda entry: [entry]),
    max_size=8,
).map(lambda groups: [entry for group in groups for entry in group])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    with Recording.open(tmp_path_factory.mktemp("shared") / "shared.db") as opened:
        yield opened


@given(ENTRIES)
@example([Received(None, frame) for frame in frames_of(b"\xef\xbb\xbfdata: a\n\ndata: cut")])
@example([Received(None, frame) for frame in frames_of(b"data: " + b"x" * 99, max_frame=32)])
@example([Received(1.0, Frame(b"data: {}\n\n", data="{}", problem="given up"))])
@example([Sent(1.0, {"type": "\ud800", "payload": "\0"}, "v2", body=b"\xff\0")])
def test_what_goes_in_comes_out(shared: Recording, entries: list[Entry]) -> None:
    journal = fill(begin(shared), entries)
    assert list(journal.entries()) == entries
    assert list(shared.journal(journal.id).entries()) == entries
    assert [row.entry for row in journal.page(1, 1000)] == entries
    assert len(journal) == len(entries) == sum(journal.types().values())


@pytest.mark.parametrize("name", sorted(BODIES))
def test_the_frames_on_disk_are_the_body(recording: Recording, name: str) -> None:
    entries = turn_of(BODIES[name])
    journal = fill(begin(recording), entries)
    kept = list(journal.entries())
    assert kept == entries
    raw = b"".join(entry.frame.raw for entry in kept if isinstance(entry, Received))
    assert raw == BODIES[name]


@given(st.text(alphabet=st.characters(codec=None), max_size=30) | TEXT)
def test_a_session_can_be_called_anything(shared: Recording, title: str) -> None:
    fill(begin(shared, title), [Closed(None, "complete")])
    told = shared.find("last").title
    assert told == title or "\ufffd" in told


# Pages


def test_rows_know_their_place_and_times(recording: Recording) -> None:
    first, second = turn_of(BODY), turn_of(BODY, at=2000.0)
    journal = fill(begin(recording), [*first, *second])
    rows = journal.page(1, 10_000)
    assert [row.seq for row in rows] == list(range(1, len(first) + len(second) + 1))
    assert [row.turn_seq for row in rows] == [1] * len(first) + [len(first) + 1] * len(second)
    assert (rows[0].since, rows[0].gap) == (0.0, 0.0)
    assert (rows[3].since, rows[3].gap) == (0.75, 0.25)
    # A turn's first entry does not count the time a person took to think.
    assert (rows[len(first)].since, rows[len(first)].gap) == (0.0, 0.0)


@given(start=st.integers(-3, 60), count=st.integers(0, 60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_page_is_a_piece_of_the_whole(recording: Recording, start: int, count: int) -> None:
    journal = (
        recording.journal(1) if recording.sessions() else fill(begin(recording), turn_of(BODY))
    )
    whole = journal.page(1, 10_000)
    expected = [row for row in whole if start <= row.seq < start + count]
    assert journal.page(start, count) == expected


def test_unknown_times_stay_unknown(recording: Recording) -> None:
    entries: list[Entry] = [Received(None, frame) for frame in frames_of(BODY)]
    journal = fill(begin(recording), entries)
    assert {(row.since, row.gap, row.turn_seq) for row in journal.page(1, 99)} == {(None, None, 1)}


def test_one_row_or_none(recording: Recording) -> None:
    journal = fill(begin(recording), turn_of(BODY))
    row = journal.row(2)
    assert isinstance(row, Row) and isinstance(row.entry, Opened)
    assert journal.row(0) is None and journal.row(len(journal) + 1) is None


def test_a_turn_ends_with_its_closed_even_if_no_action_follows(recording: Recording) -> None:
    frame = Received(1.0, frames_of(b"data: x\n\n")[0])
    sent = Sent(1.0, {"type": "launch"}, "v4")
    closed = Closed(1.0, "complete")
    entries: list[Entry] = [frame, sent, sent, frame, closed, frame, frame]
    journal = fill(begin(recording), entries)
    assert [row.turn_seq for row in journal.page(1, 9)] == [1, 2, 3, 3, 3, 6, 6]


def test_pages_are_found_by_key(recording: Recording) -> None:
    fill(begin(recording), turn_of(BODY))
    connection = sqlite3.connect(recording.path)
    page = PAGE.format(entries="entries", facts="facts")
    plan = connection.execute(f"EXPLAIN QUERY PLAN {page}", (1, 5, 10)).fetchall()
    connection.close()
    steps = [step[-1] for step in plan]
    assert len(steps) == 3 and all(step.startswith("SEARCH") for step in steps)


# Search


def test_types_and_text_find_entries(recording: Recording) -> None:
    other = fill(begin(recording), turn_of(BODY))
    journal = fill(begin(recording), [*turn_of(BODY), *turn_of(BODY)])
    rows = journal.page(1, 10_000)
    kinds = {
        row.seq: row.entry.decoded.kind if isinstance(row.entry, Received) else "" for row in rows
    }
    debug = [seq for seq, kind in kinds.items() if kind == "debug"]
    assert debug and passing(journal, "type:debug") == debug
    assert passing(journal, "type:debug", after=debug[0], until=debug[-1]) == debug[1:]
    assert passing(journal, "type:nothing") == []
    assert passing(journal, "type:sent,closed") == [
        row.seq for row in rows if isinstance(row.entry, Sent | Closed)
    ]
    assert passing(journal, 'text:"HIRE A bike"')[0] == 1
    assert passing(journal, "") == [row.seq for row in rows]
    assert passing(journal, "", after=3, until=9999) == [row.seq for row in rows[3:]]
    assert journal.types()["debug"] == len(debug) == 2 * other.types()["debug"]


@pytest.mark.parametrize(
    ("data", "text", "found"),
    [
        (rb'{"m":"caf\u00e9"}', "CAFÉ", True),
        ('{"m":"Café"}'.encode(), "café", True),
        ('{"m":"ÉLAN"}'.encode(), "élan", True),
        (rb'{"m":"say \"hi\""}', 'say "hi"', True),
        (rb'{"m":"100%"}', "100%", True),
        (rb'{"m":"1000"}', "100%", False),
        (rb'{"m":"a_b"}', "a_b", True),
        (rb'{"m":"axb"}', "a_b", False),
        (rb'{"m":"c:\\dir"}', "c:\\dir", True),
        ('{"m":"🚲"}'.encode(), "🚲", True),
        (b"{}", "\ud800", False),
    ],
)
def test_text_is_literal_without_case_and_escapes(
    recording: Recording, data: bytes, text: str, found: bool
) -> None:
    journal = fill(begin(recording), [Received(1.0, parse_frame(b"data: " + data + b"\n\n"))])
    told = text.replace("\\", "\\\\").replace('"', '\\"')
    assert passing(journal, f'text:"{told}"') == ([1] if found else [])


def test_heads_and_endings_are_searched_too(recording: Recording) -> None:
    entries: list[Entry] = [Opened(1.0, 429, note="again in 1 s"), Closed(1.0, "refused", "no key")]
    journal = fill(begin(recording), entries)
    assert (passing(journal, "AGAIN"), passing(journal, '"no key"')) == ([1], [2])


async def test_another_thread_can_search(recording: Recording) -> None:
    journal = fill(begin(recording), turn_of(BODY))
    found = await asyncio.to_thread(passing, journal, "type:sent hire")
    assert found == [1]
    page = await asyncio.to_thread(journal.page, 1, 3)
    assert page == journal.page(1, 3)


# Spans, turns, the nearest


def test_a_span_and_a_turn_are_found_by_their_head_and_number(recording: Recording) -> None:
    log = [*turn_of(BODY), *turn_of(BODY, at=2000.0)]
    journal = fill(begin(recording), log)
    rows = journal.page(1, 999)
    for head in {row.span for row in rows if row.span}:
        pieces = [row for row in rows if row.span == head]
        first, last = pieces[0], pieces[-1]
        assert first.since is not None and last.since is not None
        assert journal.span(head) == (head, last.seq, len(pieces), last.since - first.since)
    assert [journal.span(seq) for seq in (0, 1, 6, 999)] == [None] * 4
    for number in (1, 2):
        seqs = [row.seq for row in rows if row.turn == number]
        assert journal.turn_span(number) == (seqs[0], seqs[-1])
    assert [journal.turn_span(number) for number in (-1, 0, 3)] == [None] * 3


def test_a_span_that_grows_is_counted_on(recording: Recording) -> None:
    journal = begin(recording)
    pieces = [
        Received(
            float(number),
            parse_frame(
                b"""data: {"type":"completion","payload":{"state":"content","content":"x"}}\n\n"""
            ),
        )
        for number in range(400)
    ]
    for number, piece in enumerate(pieces, 1):
        journal.append(piece)
        assert journal.span(1) == (1, number, number, number - 1)
    other = recording.journal(journal.id)
    assert other.span(1) == journal.span(1)


@pytest.mark.parametrize("text", QUERIES)
def test_the_nearest_is_the_first_that_passes(
    recording: Recording, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_STEP", 2)
    journal = fill(begin(recording), [*turn_of(BODY), *turn_of(BODY, at=2000.0)])
    found, query = passing(journal, text), parse(text)
    for seq in range(-1, len(journal) + 3):
        before, behind = [one for one in found if one < seq], [one for one in found if one > seq]
        assert journal.nearest(query, seq, -1) == (before[-1] if before else None)
        assert journal.nearest(query, seq, 1) == (behind[0] if behind else None)


@pytest.mark.parametrize("text", QUERIES)
def test_merged_each_span_counts_once(recording: Recording, text: str) -> None:
    journal = fill(begin(recording), [*turn_of(BODY), *turn_of(BODY, at=2000.0)])
    rows = {row.seq: row for row in journal.rows()}
    for limits in ({}, {"after": 17}, {"until": 30}, {"after": 18, "until": 19}):
        expected = {rows[seq].span or seq for seq in passing(journal, text, **limits)}
        assert passing(journal, text, merged=True, **limits) == sorted(expected)


def test_problems_are_what_the_session_says(recording: Recording) -> None:
    journal = fill(begin(recording), turn_of(BODY))
    assert passing(journal, "is:problem", problems=[3, 5]) == [3, 5]
    assert journal.nearest(parse("is:problem"), 4, 1, problems={3, 5}) == 5


def test_a_regular_expression_that_never_ends_is_a_sentence(recording: Recording) -> None:
    frame = parse_frame(b"data: " + b"a" * 5000 + b"!\n\n")
    journal = fill(begin(recording), [Received(1.0, frame)])
    with pytest.raises(VftuiError, match="takes too long"):
        passing(journal, "/(a|aa)+$/")


# Marks and remarks


def test_marks_and_remarks_stay_with_their_entries(recording: Recording) -> None:
    journal = fill(begin(recording), turn_of(BODY))
    other = fill(begin(recording), turn_of(BODY))
    journal.mark([3, 5, 3], True)
    journal.remark(5, "why so slow?")
    journal.remark(7, "\ud800")
    assert (journal.marked(), journal.remarks()) == ([3, 5], {5: "why so slow?", 7: "\ufffd"})
    assert [(row.marked, row.remark) for row in journal.page(4, 2)] == [
        (False, ""), (True, "why so slow?"),
    ]  # fmt: skip
    assert passing(journal, "is:marked") == [3, 5] and passing(journal, "is:remarked") == [5, 7]
    assert passing(journal, "remark:SLOW") == [5]
    journal.mark([5], False)
    journal.remark(7, "")
    again = recording.journal(journal.id)
    assert (again.marked(), again.remarks()) == ([3], {5: "why so slow?"})
    again.remark(5, "")
    again.mark([1, 2, 3], False)
    assert (journal.marked(), journal.remarks()) == ([], {}) == (other.marked(), other.remarks())


async def test_another_thread_can_mark(recording: Recording) -> None:
    journal = fill(begin(recording), turn_of(BODY))
    await asyncio.to_thread(journal.mark, [2], True)
    assert journal.marked() == [2] == await asyncio.to_thread(journal.marked)


# When it is written


def on_disk(path: Path) -> int:
    """How many entries somebody else would find."""
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])
    finally:
        connection.close()


async def test_entries_wait_for_the_timer_or_the_end_of_the_turn(recording: Recording) -> None:
    journal = begin(recording)
    *rest, closed = turn_of(BODY)
    fill(journal, rest)
    assert on_disk(recording.path) == 0
    await asyncio.sleep(0.05)  # asked for after the timer, so it comes after the timer
    assert on_disk(recording.path) == len(rest)
    journal.append(rest[2])
    assert on_disk(recording.path) == len(rest)
    journal.append(closed)
    assert on_disk(recording.path) == len(rest) + 2


async def test_reading_sees_what_waits(recording: Recording) -> None:
    journal = begin(recording)
    journal.append(turn_of(BODY)[0])
    assert len(journal.page(1, 10)) == 1


def test_without_a_loop_nothing_waits(recording: Recording) -> None:
    fill(begin(recording), turn_of(BODY)[:3])
    assert on_disk(recording.path) == 3


async def test_closing_writes_what_waits(tmp_path: Path) -> None:
    recording = Recording.open(tmp_path / "a.db")
    fill(begin(recording), turn_of(BODY)[:5])
    recording.close()
    assert on_disk(tmp_path / "a.db") == 5


def test_a_session_can_be_gone_on_with(recording: Recording) -> None:
    entries = turn_of(BODY)
    identity = fill(begin(recording), entries[:4]).id
    again = fill(recording.journal(identity), entries[4:])
    assert len(again) == len(entries)
    assert {row.turn_seq for row in again.page(1, 1000)} == {1}
    again.append(entries[2])
    assert again.page(len(again), 1)[0].turn_seq == len(entries) + 1


KILLED = """
import asyncio, sys
from pathlib import Path
from vftui.recording import Recording
from vftui.session.log import Closed, Received, Sent
from vftui.wire.frames import parse_frame

async def main():
    journal = Recording.open(Path(sys.argv[1])).begin(title="t", api="v4", started=0.0)
    frame = Received(1.0, parse_frame(b'data: {"type":"text"}\\n\\n'))
    for _ in range(100):
        journal.append(frame)
    await asyncio.sleep(0.05)
    for _ in range(7):
        journal.append(frame)
    if sys.argv[2] == "closed":
        journal.append(Closed(1.0, "complete"))
    print("ready", flush=True)
    sys.stdin.read()  # the loop gets no turn until the end

asyncio.run(main())
"""


@pytest.mark.parametrize(("end", "kept"), [("open", 100), ("closed", 108)])
def test_a_kill_loses_the_last_moment_only(tmp_path: Path, end: str, kept: int) -> None:
    path = tmp_path / "killed.db"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path), end],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(signal.SIGKILL)
    with Recording.open(path) as recording:
        journal = recording.journal(recording.find("last").id)
        assert len(journal) == len(list(journal.entries())) == kept
        journal.append(Closed(2.0, "truncated"))
        assert len(journal) == kept + 1


# What goes wrong


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """Files of this process cannot grow beyond `room` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_told_and_nothing_is_lost(recording: Recording) -> None:
    journal = fill(begin(recording), turn_of(BODY))
    before = list(journal.entries())
    big: Entry = Received(1.0, parse_frame(b"data: " + b"x" * 500_000 + b"\n\n"))
    with full_disk(300_000):
        with pytest.raises(VftuiError, match=r"Cannot write to .*recordings.db: ") as caught:
            journal.append(big)
        assert "\n" not in caught.value.message
        assert list(journal.entries()) == [*before, big]
        assert journal.page(1, 3) == journal.page(1, 3) != []
        with pytest.raises(VftuiError):
            journal.append(big)
    assert on_disk(recording.path) == len(before)
    journal.append(Closed(2.0, "failed"))
    assert list(journal.entries()) == [*before, big, big, Closed(2.0, "failed")]
    assert on_disk(recording.path) == len(journal)


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The disk is full: every attempt to write fails, and is noted with its number of rows."""
    noted: list[int] = []

    def refuse(self: Journal, piece: Sequence[Any]) -> None:
        noted.append(len(piece))
        raise VftuiError("Cannot write to it: the disk is full.", "Free some space.")

    monkeypatch.setattr(Journal, "_write", refuse)
    return noted


def append_all(journal: Journal, entries: Sequence[Entry]) -> None:
    """Append like `run_turn` does: whoever cannot write is given the next entry all the same."""
    for entry in entries:
        with suppress(VftuiError):
            journal.append(entry)


@pytest.mark.parametrize("written", [0, 1, 3, 20])
def test_what_waits_is_read_like_what_is_written(
    recording: Recording, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [*turn_of(BODY), *turn_of(BODIES["streams/13-v4-error-mid-stream"], at=2000.0)]
    entries[5] = Opened(None, 200)
    whole = fill(begin(recording), entries)
    journal = fill(begin(recording), entries[:written])
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "_write", Mock(side_effect=VftuiError("The disk is full.")))
        append_all(journal, entries[written:])
        assert on_disk(recording.path) == len(entries) + written
        assert list(journal.entries()) == entries
        assert journal.page(1, 9999) == whole.page(1, 9999)
        assert journal.types() == whole.types() and [*journal.types()] == [*whole.types()]
        for start in range(-1, len(entries) + 2):
            assert journal.page(start, 4) == whole.page(start, 4)
            assert journal.row(start) == whole.row(start)
            assert passing(journal, "hire", after=start, until=start + 4) == passing(
                whole, "hire", after=start, until=start + 4
            )
        for text in QUERIES:
            assert passing(journal, text) == passing(whole, text)
            assert passing(journal, text, merged=True) == passing(whole, text, merged=True)
            for seq in range(len(entries) + 2):
                query = parse(text)
                assert journal.nearest(query, seq, 1) == whole.nearest(query, seq, 1)
                assert journal.nearest(query, seq, -1) == whole.nearest(query, seq, -1)
        for seq in range(len(entries) + 2):
            assert journal.span(seq) == whole.span(seq)
            assert journal.turn_span(seq) == whole.turn_span(seq)
    journal.commit()
    assert on_disk(recording.path) == 2 * len(entries)
    assert journal.page(1, 9999) == whole.page(1, 9999)
    assert passing(journal, "") == passing(whole, "")
    assert journal.span(whole.page(1, 9999)[4].seq) == whole.span(5)


def test_a_full_disk_is_tried_once_a_second_and_when_a_turn_ends(
    recording: Recording, attempts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(journal_module, "monotonic", lambda: now[0])
    journal = begin(recording)
    frame = turn_of(BODY)[3]
    for _ in range(2000):
        with pytest.raises(VftuiError, match="disk is full"):
            journal.append(frame)
        assert journal.row(len(journal)) is not None
    assert len(attempts) == 1
    now[0] += journal_module.RETRY_AFTER
    append_all(journal, [frame] * 100)
    assert len(attempts) == 2
    append_all(journal, [Closed(1.0, "complete")])
    assert len(attempts) == 3 and max(attempts) <= journal_module.COMMIT_ROWS
    assert len(list(journal.entries())) == len(journal) == 2101


def test_a_failure_is_not_raised_again_by_closing(tmp_path: Path, attempts: list[int]) -> None:
    recording = Recording.open(tmp_path / "full.db")
    append_all(begin(recording), turn_of(BODY))
    before = len(attempts)
    recording.close()
    assert len(attempts) == before + 1


async def test_a_first_failure_is_raised_by_closing(tmp_path: Path, attempts: list[int]) -> None:
    recording = Recording.open(tmp_path / "full.db")
    begin(recording).append(turn_of(BODY)[0])
    assert not attempts
    with pytest.raises(VftuiError, match="disk is full"):
        recording.close()


async def test_an_impatient_attempt_does_not_wait_for_another_program(tmp_path: Path) -> None:
    path = tmp_path / "busy.db"
    with Recording.open(path) as recording:
        journal = begin(recording)
        connection = recording._connection
        timeouts: list[str] = []
        connection.set_trace_callback(
            lambda statement: timeouts.append(statement) if "busy" in statement else None
        )
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        entries = turn_of(BODY)[:2]
        append_all(journal, [*entries, Closed(1.0, "complete"), *entries, Closed(2.0, "complete")])
        blocker.execute("ROLLBACK")
        blocker.close()
        assert [one.split()[-1] for one in timeouts] == ["2000", "0"]
    assert on_disk(path) == 6


async def test_a_failure_of_the_timer_is_told_to_the_next_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    monkeypatch.setattr(journal_module, "RETRY_AFTER", 0.0)
    path = tmp_path / "busy.db"
    frame, other, last = turn_of(BODY)[2:5]
    with Recording.open(path) as recording:
        journal = begin(recording)
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        journal.append(frame)
        await asyncio.sleep(0.06)  # asked for after the timer, so it comes after the timer
        with pytest.raises(VftuiError, match="another program"):
            journal.append(other)
        blocker.execute("ROLLBACK")
        blocker.close()
        journal.append(last)
        assert list(journal.entries()) == [frame, other, last]
        assert on_disk(path) == 3


def test_two_windows_record_at_once(tmp_path: Path) -> None:
    path = tmp_path / "both.db"
    code = """
import asyncio, sys
from pathlib import Path
from vftui.recording import Recording
from vftui.session.log import Received
from vftui.wire.frames import parse_frame

async def main():
    with Recording.open(Path(sys.argv[1])) as recording:
        journal = recording.begin(title=sys.argv[2], api="v4", started=0.0)
        for number in range(300):
            journal.append(Received(1.0, parse_frame(f"data: {number}\\n\\n".encode())))
            if number % 10 == 0:
                journal.commit()
                await asyncio.sleep(0)

asyncio.run(main())
"""
    children = [
        subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("a", "b", "c")
    ]
    assert [child.wait() for child in children] == [0, 0, 0]
    with Recording.open(path) as recording:
        sessions = recording.sessions()
        assert sorted(session.title for session in sessions) == ["a", "b", "c"]
        for session in sessions:
            data = [
                entry.frame.data
                for entry in recording.journal(session.id).entries()
                if isinstance(entry, Received)
            ]
            assert data == [str(number) for number in range(300)]


def test_reading_while_another_writes(recording: Recording) -> None:
    journal = fill(begin(recording), turn_of(BODY))
    writer = sqlite3.connect(recording.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO sessions VALUES (99, 0, '', '', '', '', '', '', 0)")
    with Recording.open(recording.path, create=False) as reader:
        assert list(reader.journal(journal.id).entries()) == list(journal.entries())
        assert [session.id for session in reader.sessions()] == [journal.id]
    writer.execute("COMMIT")
    writer.close()


# The file


def test_only_the_owner_can_read_it(recording: Recording) -> None:
    fill(begin(recording), turn_of(BODY))
    folder = recording.path.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [
        "recordings.db", "recordings.db-shm", "recordings.db-wal"
    ]  # fmt: skip
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_temporary_recording_leaves_nothing() -> None:
    recording = Recording.temporary()
    folder = recording.path.parent
    fill(begin(recording), turn_of(BODY))
    assert recording.path.exists() and stat.S_IMODE(folder.stat().st_mode) == 0o700
    recording.close()
    assert not folder.exists()


def test_sessions_are_listed_newest_first_and_found(recording: Recording) -> None:
    assert recording.sessions() == []
    with pytest.raises(ConfigurationError, match="Nothing is recorded"):
        recording.find("last")
    first = fill(begin(recording, "one"), turn_of(BODY))
    second = fill(begin(recording, "two"), [*turn_of(BODY), *turn_of(BODY)])
    begin(recording, "empty")
    sessions = recording.sessions()
    assert [(row.id, row.title, row.turns, row.entries) for row in sessions] == [
        (second.id, "two", 2, len(second)),
        (first.id, "one", 1, len(first)),
    ]
    assert sessions[1].started == 999.5 and sessions[1].environment == "main"
    assert recording.find("last") == sessions[0]
    assert recording.find(str(first.id)) == sessions[1]
    for name in ("0", "99", "-1", "1.5", "first", "", "²", "9" * 40):
        with pytest.raises(ConfigurationError, match="No session"):
            recording.find(name)


def test_a_custom_action_called_sent_is_no_turn(recording: Recording) -> None:
    frame = parse_frame(b'data: {"type":"sent","payload":1}\n\n')
    fill(begin(recording), [*turn_of(BODY), Received(1.0, frame)])
    assert recording.find("last").turns == 1


def test_a_session_has_a_title_and_tags_of_the_persons_own(recording: Recording) -> None:
    first = fill(begin(recording, "one"), turn_of(BODY))
    second = fill(begin(recording, "two"), turn_of(BODY))
    recording.rename(first.id, "slow \ud800")
    recording.tag(first.id, ["order", " a  b ", "", "order", "x\ny"])
    told = {row.id: (row.title, row.tags) for row in recording.sessions()}
    assert told == {first.id: ("slow \ufffd", ("order", "a b", "x y")), second.id: ("two", ())}
    recording.tag(first.id, [])
    assert recording.find(str(first.id)).tags == ()


def test_a_session_has_a_size(recording: Recording) -> None:
    entries = turn_of(BODY)
    journal = fill(begin(recording), entries[:9])
    fill(recording.journal(journal.id), entries[9:])
    assert recording.find("last").size == sum(row.size for row in journal.rows()) > len(BODY)


def test_a_deleted_session_is_gone_and_the_others_stay(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_module, "_PIECE", 20)
    monkeypatch.setattr(recording_module, "_PAGES", 3)
    kept = fill(begin(recording, "kept"), turn_of(BODY))
    gone = fill(begin(recording, "gone"), turn_of(BODY) * 50)
    for journal in (kept, gone):
        journal.mark([2], True)
    before = pages(recording.path)
    recording.delete(gone.id)
    assert [row.title for row in recording.sessions()] == ["kept"]
    assert (kept.marked(), list(kept.entries())) == ([2], turn_of(BODY))
    with sqlite3.connect(recording.path) as connection:
        for table in ("entries", "facts", "remarks"):
            question = f"SELECT DISTINCT session FROM {table}"
            assert connection.execute(question).fetchall() == [(kept.id,)]
        assert "gone" not in "\n".join(connection.iterdump())
    connection.close()
    assert pages(recording.path) < before / 4
    assert begin(recording).id > gone.id  # whoever still has it open meets nobody else's entries
    with pytest.raises(ConfigurationError, match="No session"):
        recording.find(str(gone.id))


def pages(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        (number,) = connection.execute("PRAGMA page_count").fetchone()
    connection.close()
    return int(number)


def test_a_file_that_is_no_recording_is_refused_and_left_alone(tmp_path: Path) -> None:
    text, other = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_bytes(b"data: not a database at all\n\n" * 100)
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE places (id)")
    connection.commit()
    connection.close()
    for path in (text, other):
        before = path.read_bytes()
        with pytest.raises(VftuiError, match=f"Cannot open .*{path.name}: .*") as caught:
            Recording.open(path)
        assert caught.value.hint and path.read_bytes() == before
        assert sorted(file.name for file in tmp_path.iterdir()) == ["notes.txt", "other.db"]


def test_paths_that_cannot_be_opened_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        Recording.open(tmp_path / "none.db", create=False)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ConfigurationError, match="directory"):
        Recording.open(tmp_path)


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    with Recording.open(path) as recording:
        fill(begin(recording), turn_of(BODY) * 20)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(VftuiError, match="damaged"), Recording.open(path) as recording:
        list(recording.journal(1).entries())


def test_a_newer_file_is_refused_with_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    Recording.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ConfigurationError, match="newer vftui") as caught:
        Recording.open(path)
    assert "Update" in caught.value.hint


def test_a_failing_migration_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.db"
    Recording.open(path).close()
    released = database.MIGRATIONS
    broken: Any = ("CREATE TABLE notes (id)", "CREATE TABLE sessions (again)")
    monkeypatch.setattr(database, "MIGRATIONS", (*released, broken))
    with pytest.raises(VftuiError, match="already exists"):
        Recording.open(path)
    monkeypatch.setattr(database, "MIGRATIONS", (*released, broken[:1]))
    Recording.open(path).close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(released) + 1,)
    connection.close()


WINDOW = """
import os, subprocess, sys
from pathlib import Path
from vftui.database import is_database
from vftui.recording import Recording
from vftui.session.log import Sent

def said(words):
    return Sent(1.0, {"type": "text", "payload": words}, "v4")

path = Path(sys.argv[1])
first = Recording.open(path)
first.begin(title="first", api="v4", started=1.0).append(said("one"))
second = Recording.open(path)  # as when a person switches to another agent
assert is_database(path)  # or opens the file that is being recorded into
first.close()
kept = second.begin(title="second", api="v4", started=2.0)
kept.append(said("two"))
kept.commit()
read = "from vftui.recording import Recording; Recording.open(__import__('pathlib').Path({!r}))"
read = read.format(str(path)) + ".close()"
subprocess.run([sys.executable, "-c", read], check=True)
kept.append(said("three"))
kept.commit()
os._exit(9)
"""


def test_a_second_window_and_a_reader_beside_it_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "recordings.db"
    ended = subprocess.run([sys.executable, "-c", WINDOW, str(path)], timeout=50)
    assert ended.returncode == 9
    with Recording.open(path) as recording:
        entries = list(recording.journal(recording.find("last").id).entries())
    assert [entry.action["payload"] for entry in entries if isinstance(entry, Sent)] == [
        "two", "three",
    ]  # fmt: skip


def test_a_file_is_taken_for_a_recording_only_while_it_is_one(tmp_path: Path) -> None:
    path = tmp_path / "recording.db"
    recording = Recording.open(path)
    status = path.stat()
    assert database.is_database(path)
    recording.close()
    assert not database._OPEN[status.st_dev, status.st_ino]
    path.write_text("another file, perhaps with the same number")
    assert not database.is_database(path)
