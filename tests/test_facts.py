"""The facts of entries: what they say, and that made again they are the same."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bodies import BODIES
from tests.logs import event, sent, trace
from tests.test_recording import ENTRIES, QUERIES, begin, fill, passing, turn_of
from tests.test_spans import LOGS
from vftui import reckoning
from vftui.database import APPLICATION_ID, MIGRATIONS
from vftui.facts import PROBLEM, UNKNOWN, facts_of
from vftui.query import parse
from vftui.recording import Journal, Recording
from vftui.records import record
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.session.standing import Standings
from vftui.wire.frames import parse_frame
from vftui.wire.levels import LEVELS, level_name

TALK = [
    *turn_of(BODIES["streams/11-v4-agent-turn"]),
    *turn_of(BODIES["streams/13-v4-error-mid-stream"], at=2000.0),
    *turn_of(BODIES["streams/11-v4-agent-turn"], at=3000.0)[:20],
]


def raw(text: str, *, cut: bool = False) -> Received:
    return Received(None, parse_frame(text.encode(), cut=cut))


def debug(level: str | None = None, **more: Any) -> Received:
    return trace("debug", message=more.pop("message", "m"), level=level, **more)


# What an entry says


@pytest.mark.parametrize(
    ("entry", "level"),
    [
        (debug("debug"), "debug"), (debug("info"), "info"), (debug("warn"), "warn"),
        (debug("WARNING"), "warn"), (debug("error"), "error"), (debug("fatal"), "fatal"),
        (debug("loud"), None), (debug(), None),
        (trace("log", kind="k", level="verbose"), "debug"),
        (trace("text", message="m"), None), (sent(), None),
        (raw("data: {\n\n"), "warn"), (raw('data: {"type":"x"}\n\n'), None),
        (raw('data: {"type":"text","payload":3}\n\n'), "warn"),
        (raw("event: error\ndata: {\"message\":\"m\"}\n\n"), "error"),
        (raw("event: error\ndata: gone", cut=True), "warn"),
        (event({"type": "error", "payload": {}}), None),
        (Opened(None, 200), None), (Opened(None, 404), "error"),
        (Opened(None, 429, retry_in=1.0), "error"), (Opened(None, None, retry_in=1.0), "warn"),
        (Closed(None, "complete"), None), (Closed(None, "cancelled"), "warn"),
        (Closed(None, "stalled"), "warn"), (Closed(None, "truncated"), "warn"),
        (Closed(None, "refused"), "error"), (Closed(None, "failed"), "error"),
    ],
)  # fmt: skip
def test_how_loud_an_entry_is(entry: Entry, level: str | None) -> None:
    told = facts_of(entry).level
    assert told == (None if level is None else LEVELS[level])
    assert told is None or level_name(told) == level


@pytest.mark.parametrize(
    ("entry", "flags"),
    [
        (debug(), 0), (sent(), 0), (raw(": ping\n\n"), 0),
        (event({"type": "new_thing", "payload": {}}), UNKNOWN),
        (raw('data: {"type":"text","payload":3}\n\n'), UNKNOWN | PROBLEM),
        (raw("data: {\n\n"), PROBLEM), (raw("data: {}", cut=True), PROBLEM),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_entry(entry: Entry, flags: int) -> None:
    assert facts_of(entry).flags == flags


@pytest.mark.parametrize(
    ("entry", "tool", "model"),
    [
        (debug(ref={"type": "api-tool", "apiToolName": "dock_lookup"}), "dock_lookup", None),
        (debug(ref={"functionName": "f"}, metadata={"model": "gpt-4o"}), "f", "gpt-4o"),
        (debug(ref={"agentName": "Desk"}), None, None),
        (debug(ref={"mcpToolName": 3}), None, None),
        (debug(message="calling tools", metadata={"tools": [{"name": "a"}, {"name": "b"}]}),
         "a, b", None),
        (debug(message="calling tools", metadata={"tools": 3}), None, None),
        (debug(message="__AI Set__ <br /> Model: `gpt-4-turbo`"), None, "gpt-4-turbo"),
        (debug(message="Model: ``"), None, None),
        (debug(metadata={"model": ["x"]}), None, None),
        (event({"type": "debug", "payload": {"message": "m"},
                "paths": [{"event": {"payload": {"model": "claude"}}}]}), None, "claude"),
        (trace("completion", state="start", tokens={"total": 3}, model="x"), None, None),
        (trace("completion", state="start", tokens={"total": 3, "model": "y"}), None, "y"),
        (trace("text", message="m", model="z"), None, None),
        (debug(ref={"apiToolName": "x" * 999}), "x" * 200, None),
    ],
)  # fmt: skip
def test_the_tool_and_the_model_that_are_named(
    entry: Entry, tool: str | None, model: str | None
) -> None:
    facts = facts_of(entry)
    assert (facts.tool, facts.model) == (tool, model)


@given(ENTRIES)
def test_facts_agree_with_the_record(entries: list[Entry]) -> None:
    for entry in entries:
        facts, row = facts_of(entry), record(entry)
        assert (facts.kind, facts.type, facts.size) == (row.kind, row.type, len(row.raw))
        is_frame = isinstance(entry, Received)
        assert is_frame or facts.event == ""


# Made again


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    with Recording.open(tmp_path_factory.mktemp("shared") / "shared.db") as opened:
        yield opened


def facts_in(path: Path, session: int) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        question = "SELECT * FROM facts WHERE session = ? ORDER BY seq"
        return connection.execute(question, (session,)).fetchall()


def lose(path: Path, session: int, seqs: set[int]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executemany(
            "DELETE FROM facts WHERE session = ? AND seq = ?", [(session, seq) for seq in seqs]
        )


LOG = LOGS | ENTRIES | st.just(TALK)


@given(LOG, st.data())
@settings(deadline=None)
def test_facts_made_again_are_those_that_were_written(
    shared: Recording, log: list[Entry], data: st.DataObject
) -> None:
    identity = fill(begin(shared), log).id
    written = facts_in(shared.path, identity)
    lost = data.draw(st.sets(st.integers(1, max(1, len(log)))))
    after = data.draw(st.integers(-1, len(log) + 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reckoning, "_PIECE", data.draw(st.integers(1, 9)))
        lose(shared.path, identity, lost)
        journal = shared.journal(identity)
        # First some of them, then all.
        assert [row.seq for row in journal.page(after + 1, 5)] == [
            seq for seq in range(after + 1, after + 6) if 1 <= seq <= len(log)
        ]
        passing(journal, "is:received", after=after)
        assert {row[1] for row in facts_in(shared.path, identity)} >= {
            seq for seq in range(1, len(log) + 1) if seq > after or seq not in lost
        }
        passing(journal, "is:received")
    assert facts_in(shared.path, identity) == written


@given(LOG, st.data())
def test_a_session_that_is_gone_on_with_has_the_facts_of_one_that_was_not_left(
    shared: Recording, log: list[Entry], data: st.DataObject
) -> None:
    left = data.draw(st.integers(0, len(log)))
    whole, first = fill(begin(shared), log), fill(begin(shared), log[:left])
    if data.draw(st.booleans()):  # an older program wrote the beginning
        lose(shared.path, first.id, {*range(left + 1)})
    second = fill(shared.journal(first.id), log[left:])
    passing(second, "is:received")
    assert [row[1:] for row in facts_in(shared.path, second.id)] == [
        row[1:] for row in facts_in(shared.path, whole.id)
    ]


# A file of the first version


def old_file(path: Path, entries: list[Entry]) -> Path:
    """A recording as the first version wrote it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        connection.execute("INSERT INTO sessions VALUES (1, 5.0, 'old', 'v4', 'p', 'main', 'u')")
        standings = Standings()
        for seq, entry in enumerate(entries, 1):
            new, turn = record(entry), standings.next(entry).turn_seq
            connection.execute(
                f"INSERT INTO entries VALUES ({', '.join('?' * 10)})",
                (1, seq, new.kind, new.type, new.at, turn, len(new.raw), *new[3:]),
            )
    return path


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Recording]:
    with Recording.open(old_file(tmp_path / "old.db", TALK)) as opened:
        yield opened


def test_an_old_file_is_read_like_a_new_one(old: Recording, shared: Recording) -> None:
    (row,) = old.sessions()
    new = fill(begin(shared), TALK)
    assert (row.title, row.tags, row.entries) == ("old", (), len(TALK))
    assert row.size == next(one.size for one in shared.sessions() if one.id == new.id) > 0
    assert old.journal(1).page(30, 5) == new.page(30, 5)
    assert old.journal(1).turn_span(2) == new.turn_span(2)
    assert old.journal(1).span(5) == new.span(5)
    query = parse("type:debug")
    assert old.journal(1).nearest(query, 40, -1) == new.nearest(query, 40, -1) is not None
    for text in QUERIES:
        assert passing(old.journal(1), text) == passing(new, text)
    assert old.journal(1).page(1, 999) == new.page(1, 999)


async def test_another_thread_makes_the_facts_of_an_old_file(old: Recording) -> None:
    found = await asyncio.to_thread(passing, old.journal(1), "type:sent")
    assert found == [seq for seq, entry in enumerate(TALK, 1) if isinstance(entry, Sent)]
    assert len(facts_in(old.path, 1)) == len(TALK)


def test_an_old_program_may_still_record_into_it(old: Recording) -> None:
    """Its entries have no facts, until somebody asks."""
    journal = old.journal(1)
    assert passing(journal, "type:sent")
    with closing(sqlite3.connect(old.path, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO entries SELECT session, seq + ?, kind, type, at, turn + ?, size, raw,"
            " last_id, extra FROM entries WHERE seq <= 34",
            (len(TALK), len(TALK)),
        )
    again = old.journal(1)
    assert len(again) == len(TALK) + 34
    (row,) = again.page(len(TALK) + 1, 1)
    assert isinstance(row.entry, Sent) and row.turn == 4
    assert row.turn == 1 + len(passing(journal, "type:sent"))


def test_nothing_is_left_of_a_session_that_is_deleted(tmp_path: Path) -> None:
    path = old_file(tmp_path / "old.db", TALK)
    with Recording.open(path) as recording:
        assert recording.search("dock_lookup") and b"dock_lookup" in path.read_bytes()
        recording.delete(1)
        assert recording.sessions() == [] == facts_in(path, 1)
    assert b"dock_lookup" not in path.read_bytes()


def test_two_windows_make_the_same_facts(old: Recording) -> None:
    with Recording.open(old.path) as other:
        first, second = old.journal(1), other.journal(1)
        assert first.page(10, 5) == second.page(10, 5)
        lose(old.path, 1, {12})
        assert second.page(8, 9)[4] == first.page(12, 1)[0]


RECORDING = """
import asyncio, sys
from pathlib import Path
from vftui.recording import Recording
from vftui.session.log import Closed, Received
from vftui.wire.frames import parse_frame

async def main():
    with Recording.open(Path(sys.argv[1])) as recording:
        journal = recording.begin(title="live", api="v4", started=0.0)
        for _ in sys.stdin:  # a line for each round
            for _ in range(5):
                journal.append(Received(1.0, parse_frame(b"data: {}\\n\\n")))
            journal.commit()
            print(flush=True)
        journal.append(Closed(1.0, "complete"))

asyncio.run(main())
"""


def test_facts_are_made_while_another_program_records(old: Recording) -> None:
    written = passing(old.journal(1), "type:debug")
    command = [sys.executable, "-c", RECORDING, str(old.path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, bufsize=1) as child:
        assert child.stdin is not None and child.stdout is not None
        for _ in range(80):  # each round both write at the same time, and both get to it
            child.stdin.write("\n")
            lose(old.path, 1, {*range(10, 60)})
            assert passing(old.journal(1), "type:debug") == written
            assert child.stdout.readline() == "\n"
    assert child.returncode == 0
    live = old.journal(old.find("last").id)
    assert passing(live, "event:message") == [*range(1, 401)]
    assert len(facts_in(old.path, live.id)) == 401


def test_the_tables_of_facts_and_what_is_made_of_them_fit(old: Recording) -> None:
    journal: Journal = old.journal(1)
    journal.page(1, 3)
    with closing(sqlite3.connect(old.path)) as connection:
        columns = connection.execute("SELECT name FROM pragma_table_info('facts')").fetchall()
    assert len(columns) == reckoning.COLUMNS
    assert {name for (name,) in columns} >= {*facts_of(sent())._fields}
