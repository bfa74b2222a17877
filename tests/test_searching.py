"""A text in all sessions of a file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.logs import trace
from tests.test_recording import BODY, begin, fill, turn_of
from vftui.recording import Recording
from vftui.session.log import Entry, Received
from vftui.wire.frames import parse_frame


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    with Recording.open(tmp_path_factory.mktemp("found") / "recordings.db") as opened:
        yield opened


def said(text: str, *, ascii: bool = False) -> Entry:
    """A message in pieces of two characters."""
    if ascii:
        return trace("completion", state="content", content=text)
    data = f'{{"type":"completion","payload":{{"state":"content","content":"{text}"}}}}'
    return Received(None, parse_frame(f"data: {data}\n\n".encode()))


def streamed(text: str, *, ascii: bool = False) -> list[Entry]:
    """A message in pieces of two characters."""
    pieces = [said(text[at : at + 2], ascii=ascii) for at in range(0, len(text), 2)]
    return [trace("completion", state="start"), *pieces, trace("completion", state="end")]


def test_entries_and_messages_are_found(recording: Recording) -> None:
    talk = fill(begin(recording), [*turn_of(BODY), *turn_of(BODY)])
    words = fill(begin(recording), [*streamed("Zwölf Räder"), *streamed("am Zwölften")])
    escaped = fill(begin(recording), streamed("Zwölf Räder", ascii=True))
    found = recording.search("dock_lookup")
    assert found[talk.id] == sum(b"dock_lookup" in row_bytes(row) for row in talk.entries())
    assert words.id not in found
    assert recording.search("ZWÖLF RÄDER") == {words.id: 1, escaped.id: 1}
    assert recording.search("zwölf") == {words.id: 2, escaped.id: 1}
    assert recording.search("äd") == {words.id: 1, escaped.id: 1}
    assert recording.search("Räderam") == {}
    assert recording.search("nothing like it") == {}


def row_bytes(entry: Entry) -> bytes:
    return entry.frame.raw if isinstance(entry, Received) else repr(entry).encode()


async def test_any_thread_may_search_and_an_old_file_gets_its_facts(tmp_path: Path) -> None:
    with Recording.open(tmp_path / "recordings.db") as recording:
        journal = fill(begin(recording), streamed("Zwölf Räder"))
        journal.commit()
        connection = sqlite3.connect(recording.path, isolation_level=None)
        connection.execute("DELETE FROM facts")
        connection.close()
        assert await asyncio.to_thread(recording.search, "zwölf räder") == {journal.id: 1}


TEXTS = st.text(st.sampled_from('abäß"\\\n🚲 '), min_size=1, max_size=12)


@given(TEXTS, st.data())
def test_what_was_said_is_found_however_it_was_cut(
    recording: Recording, text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    journal = fill(begin(recording), streamed(text, ascii=True))
    assert recording.search(part).get(journal.id, 0) > 0
    recording.delete(journal.id)
