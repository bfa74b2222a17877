"""What recordings used: the numbers of the fold, kept beside the log, quick to ask again."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bodies import BODIES
from tests.logs import saved_turn, trace
from tests.test_fold import ENTRIES
from vftui import database, usage
from vftui.database import MIGRATIONS
from vftui.demo import PROJECT
from vftui.errors import VftuiError
from vftui.live import demo
from vftui.recording import Recording
from vftui.records import Record, entry_of
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Received, Sent
from vftui.session.tokens import Tokens
from vftui.settings import recordings_path
from vftui.tallies import TurnUsage, tally
from vftui.usage import Usage, midnight

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0).timestamp()
"""Of today: the local time of tests is UTC."""
PROFILE = {"project": "pier", "environment": "main"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    with Recording.open(tmp_path_factory.mktemp("shared") / "shared.db") as opened:
        yield opened


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Recording]:
    with Recording.open(tmp_path / "recordings.db") as opened:
        yield opened


def record(recording: Recording, entries: Sequence[Entry], **about: str) -> int:
    """A session with these entries; its number."""
    journal = recording.begin(title="talk", api="v4", started=NOON, **{**PROFILE, **about})
    for entry in entries:
        journal.append(entry)
    journal.commit()
    return journal.id


def charge(billed: int, at: float | None = None, **more: Any) -> Received:
    """A report of one call."""
    counts = {"total": billed, "query": billed - 1, "answer": 1}
    metadata = {"model": "gpt-4o", "postMultiplierTokensConsumption": counts, **more}
    return trace("debug", at, message="resources consumption", context="Agent", metadata=metadata)


def turn(at: float | None, *entries: Entry, ended: bool = True) -> list[Entry]:
    """A turn with these entries in it."""
    action = {"type": "text", "payload": "hi"}
    ending = [Closed(at, "complete")] if ended else []
    return [Sent(at, action, "v4"), trace("text", at, message="Hello"), *entries, *ending]


def folded(session: int, entries: Sequence[Entry]) -> list[TurnUsage]:
    """What the fold says of each turn."""
    return [tally(session, turn) for turn in Session.of(entries).turns]


def rows(recording: Recording) -> list[tuple[int, int]]:
    """The sessions and the turns of what is kept."""
    with closing(sqlite3.connect(recording.path)) as connection:
        return connection.execute("SELECT session, turn FROM usage ORDER BY 1, 2").fetchall()


def change(recording: Recording, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(recording.path, isolation_level=None)) as connection:
        connection.execute(statement, values)


def totals(found: Sequence[TurnUsage]) -> list[int | None]:
    return [one.tokens.total for one in found]


# The numbers are those of the fold

LOGS = st.lists(
    st.sampled_from([saved_turn(body) for body in BODIES.values()]), max_size=3
).map(lambda bodies: [entry for body in bodies for entry in body]) | ENTRIES  # fmt: skip


@given(LOGS, st.data())
@settings(deadline=None)
def test_what_is_told_is_what_the_fold_says(
    shared: Recording, log: list[Entry], data: st.DataObject
) -> None:
    journal = shared.begin(title="any", api="v4", started=0.0)
    asked = data.draw(st.lists(st.integers(0, len(log)), max_size=3).map(sorted))
    done, always = 0, Usage(shared.path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(usage, "_PIECE", data.draw(st.integers(1, 9)))
        for until in (*asked, len(log), len(log)):
            for entry in log[done:until]:
                journal.append(entry)
            journal.commit()
            done = until
            lost = data.draw(st.sets(st.integers(0, 4)))
            for number in lost:
                change(
                    shared, "DELETE FROM usage WHERE session = ? AND turn = ?", journal.id, number
                )
            ask = always if data.draw(st.booleans()) else Usage(shared.path)
            found = ask.of(journal.id)
            assert repr(found) == repr(folded(journal.id, log[:until]))
    assert sum(one.unreported for one in found) == Session.of(log).unreported_turns


@pytest.mark.parametrize("name", BODIES)
def test_each_body_comes_to_what_the_fold_says(recording: Recording, name: str) -> None:
    log = saved_turn(BODIES[name])
    session = record(recording, log)
    for _ in range(2):
        assert Usage(recording.path).of(session) == folded(session, log)


def test_a_turn_says_when_it_was_how_long_it_took_and_whether_it_is_reported(
    recording: Recording,
) -> None:
    log = [
        *turn(NOON, charge(5, NOON + 1)),
        *turn(NOON + 9),
        Sent(NOON + 20, {"type": "launch"}, "v4"),
    ]
    told, silent, open_ = Usage(recording.path).of(record(recording, log))
    assert (told.turn, told.first_seq, told.last_seq, told.at) == (0, 1, 4, NOON)
    assert (told.ending, told.spoke, told.first_text, told.elapsed) == ("complete", True, 0, 0)
    assert (told.unreported, silent.unreported, open_.unreported) == (False, True, False)
    assert (silent.tokens, open_.ending) == (Tokens(), None)
    [call] = told.calls
    assert (call.turn, call.model, call.seqs) == (0, "gpt-4o", (3,))


# Kept


def unread(*_: object) -> Entry:
    raise AssertionError("an entry is decoded again")


def test_what_is_kept_is_not_decoded_again(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = record(recording, [*turn(NOON, charge(5)), *turn(NOON, charge(7))])
    cut = record(recording, turn(NOON, charge(9), ended=False))  # its program was killed
    first = [Usage(recording.path).of(one) for one in (over, cut)]
    assert [totals(found) for found in first] == [[5, 7], [9]]
    monkeypatch.setattr(usage, "entry_of", unread)
    assert [Usage(recording.path).of(one) for one in (over, cut)] == first


def test_a_session_that_goes_on_is_read_on(recording: Recording) -> None:
    journal = recording.begin(title="talk", api="v4", started=NOON)
    seen: list[list[int | None]] = []
    ending = [Closed(NOON, "complete"), Closed(NOON, "complete")]
    for entry in (*turn(NOON, charge(5), charge(6), ended=False), *ending, *turn(NOON, charge(8))):
        journal.append(entry)
        journal.commit()
        found = Usage(recording.path).of(journal.id)
        if totals(found) not in seen:
            seen.append(totals(found))
    assert seen == [[None], [5], [11], [11, None], [11, 8]]
    assert [one.ending for one in found] == ["complete", "complete"]


def test_who_asks_again_decodes_only_what_is_new(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = recording.begin(title="talk", api="v4", started=NOON)
    ask, decoded = Usage(recording.path), []

    def read(row: Record) -> Entry:
        decoded.append(row.kind)
        return entry_of(row)

    monkeypatch.setattr(usage, "entry_of", read)
    for number in range(1, 4):
        for entry in turn(NOON, charge(5)):
            journal.append(entry)
        assert totals(ask.of(journal.id)) == [5] * number
        assert decoded == ["sent", "received", "received", "closed"]
        decoded.clear()


def test_what_was_counted_otherwise_is_made_again(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = record(recording, turn(NOON, charge(5)))
    found = Usage(recording.path).of(session)
    change(recording, "UPDATE usage SET told = replace(told, '5', '6')")
    assert Usage(recording.path).of(session) != found  # that it is kept can be seen
    monkeypatch.setattr(usage, "COUNTING", usage.COUNTING + 1)
    assert Usage(recording.path).of(session) == found


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '[1, 2, 3, 4, {"x": 1}, []]', "[" * 9999])
def test_what_cannot_be_read_is_made_again(recording: Recording, text: str) -> None:
    session = record(recording, turn(NOON, charge(5)))
    found = Usage(recording.path).of(session)
    change(recording, "UPDATE usage SET told = ?", text)
    assert Usage(recording.path).of(session) == found


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_what_is_too_deep_to_be_kept_is_told(recording: Recording) -> None:
    log = turn(NOON, charge(5, oddity=nested(900)))
    session = record(recording, log)
    for _ in range(2):
        assert totals(Usage(recording.path).of(session)) == [5]


def test_another_program_that_writes_is_not_in_the_way(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    session = record(recording, turn(NOON, charge(5)))
    with closing(sqlite3.connect(recording.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert totals(Usage(recording.path).of(session)) == [5]
    assert rows(recording) == []
    assert totals(Usage(recording.path).of(session)) == [5]
    assert rows(recording) == [(session, 0)]


def test_nothing_is_kept_of_a_session_that_is_deleted(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, kept = (record(recording, turn(NOON, charge(5))) for _ in range(2))
    ask = Usage(recording.path)
    assert ask.of(gone) and ask.of(kept)
    recording.delete(gone)
    assert rows(recording) == [(kept, 0)]
    assert ask.of(gone) == []
    # Somebody deletes it while another thread has folded it.
    keep = usage._keep

    def late(connection: sqlite3.Connection, turns: Sequence[TurnUsage]) -> None:
        recording.delete(kept)
        keep(connection, turns)

    change(recording, "DELETE FROM usage")
    monkeypatch.setattr(usage, "_keep", late)
    assert totals(ask.of(kept)) == [5]
    assert rows(recording) == []


def test_a_file_of_an_earlier_version_is_asked_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with Recording.open(path) as recording:
        session = record(recording, turn(NOON, charge(5)))
        change(recording, "DROP TABLE usage")
        change(recording, "PRAGMA user_version = 2")
    with Recording.open(path) as recording:
        assert totals(Usage(path).of(session)) == [5]
        assert rows(recording) == [(session, 0)]
    assert len(MIGRATIONS) >= 3


def test_a_file_that_is_gone_is_a_sentence_and_stays_gone(tmp_path: Path) -> None:
    with pytest.raises(VftuiError, match="it cannot be opened"):
        Usage(tmp_path / "gone.db").of(1)
    assert [*tmp_path.iterdir()] == []


# Today


def test_today_is_what_began_since_midnight_with_the_same_agent(recording: Recording) -> None:
    yesterday = midnight() - 60
    record(recording, turn(yesterday, charge(1)))
    late = record(recording, [*turn(yesterday, charge(2)), *turn(NOON, charge(4))])
    record(recording, turn(NOON, charge(8)), environment="development")
    record(recording, turn(NOON, charge(16)), project="quay")
    record(recording, turn(None, charge(32)))  # nobody knows when
    mine = record(recording, turn(NOON, charge(64)))
    of_this_agent = Usage(recording.path, **PROFILE)
    assert of_this_agent.today().total == 68
    assert of_this_agent.today(without=mine).total == 4
    assert of_this_agent.today(without=late).total == 64
    assert Usage(recording.path).today(without=mine).total == 28
    assert Usage(recording.path, project="quay").today().total == 16
    assert Usage(recording.path, project="nobody's").today() == Tokens()


def test_since_a_moment_the_newest_session_comes_first(recording: Recording) -> None:
    first = record(recording, [*turn(NOON, charge(1)), *turn(NOON + 5, charge(2))])
    second = record(recording, turn(NOON + 4, charge(3)))
    found = [
        [(one.session, one.turn) for one in turns]
        for turns in Usage(recording.path).since(NOON + 2)
    ]
    assert found == [[(second, 0)], [(first, 1)]]


async def test_any_thread_may_ask(recording: Recording) -> None:
    for _ in range(3):
        record(recording, [*turn(NOON, charge(5)), *turn(NOON, charge(6))])
    ask = Usage(recording.path, **PROFILE)
    found = await asyncio.gather(*(asyncio.to_thread(ask.today) for _ in range(4)))
    assert [tokens.total for tokens in found] == [33] * 4


async def test_a_conversation_asks_what_else_was_used_today() -> None:
    with Recording.open(recordings_path()) as recording:
        record(recording, turn(NOON, charge(5)), project=PROJECT)
        record(recording, turn(NOON, charge(6)), project=PROJECT, environment="development")
        async with demo({}) as opening:
            for entry in turn(NOON, charge(7)):
                opening.journal.append(entry)
            opening.journal.commit()
            assert opening.today is not None
            assert (await asyncio.to_thread(opening.today)).total == 5
    async with demo({"record": False}) as opening:
        assert opening.today is None


def test_a_clock_that_goes_back_behind_midnight_loses_no_turn_of_today(
    recording: Recording,
) -> None:
    entries = [*turn(midnight() + 1, charge(7)), *turn(midnight() - 9, charge(100))]
    journal = recording.begin(title="talk", api="v4", started=midnight() + 1, **PROFILE)
    for entry in entries:
        journal.append(entry)
    journal.commit()
    assert Usage(recording.path).today().total == 7


def test_a_session_that_is_deleted_while_it_is_counted_is_counted_whole(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [*turn(NOON, charge(5)), *turn(NOON, charge(7))]
    session = record(recording, entries)
    monkeypatch.setattr(usage, "_PIECE", 2)
    apply = Session.apply

    def deleting(fold: Session, entry: Entry) -> None:
        if not fold.entries:
            change(recording, "DELETE FROM entries WHERE session = ?", session)
        apply(fold, entry)

    monkeypatch.setattr(Session, "apply", deleting)
    counted = Usage(recording.path).of(session)
    monkeypatch.undo()
    assert counted == folded(session, entries)
    assert rows(recording) == [] and Usage(recording.path).of(session) == []


def test_midnight_is_that_of_the_person() -> None:
    began = datetime.fromtimestamp(midnight())
    assert (began.hour, began.minute, began.second) == (0, 0, 0)
    assert timedelta() <= datetime.now() - began < timedelta(days=1, hours=2)


def test_who_counts_otherwise_says_so() -> None:
    """Raise `vftui.usage.COUNTING` when this fails, or old sessions keep their old numbers."""
    told = [
        [
            (turn.tokens, [(call.label, call.model, call.source) for call in turn.calls])
            for turn in Session.of(saved_turn(body)).turns
        ]
        for body in BODIES.values()
    ]
    digest = hashlib.sha256(repr(told).encode()).hexdigest()[:12]
    assert (usage.COUNTING, digest) == (1, "8785d587f9f5")
