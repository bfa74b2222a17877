"""What was sent before: kept in a file for the next time, whatever happens to the file."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.history import MAX_ENTRIES, MAX_LENGTH, History
from vftui.secrets import mask

KEY = "VF.DM.0123456789abcdef01234567.CANARYcanary99"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "vftui" / "history.jsonl"


def lines(path: Path) -> list[str]:
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def test_what_was_added_is_there_the_next_time(path: Path) -> None:
    history = History.load(path)
    for text in ("one", "two\nlines", "drei ü 日本 \ud800"):
        history.add(text)
    assert History.load(path).entries == ["one", "two\nlines", "drei ü 日本 \ud800"]


def test_nothing_is_made_before_there_is_something_to_keep(path: Path) -> None:
    assert History.load(path).entries == []
    assert not path.parent.exists()


def test_the_file_and_its_folder_are_the_owners_alone(path: Path) -> None:
    before = os.umask(0)
    try:
        History.load(path).add("one")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text('"old"\n')
    path.chmod(0o644)
    History.load(path).add("new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_equal_ones_in_a_row_are_one(path: Path) -> None:
    history = History.load(path)
    for text in ("a", "a", "b", "a"):
        history.add(text)
    assert history.entries == lines(path) == ["a", "b", "a"]
    path.write_text('"a"\n"a"\n"b"\n"b"\n')
    assert History.load(path).entries == ["a", "b"]


@pytest.mark.parametrize("text", [KEY, f"it is {KEY}, I think", "vfp_abcdefghijkl", ""])
def test_a_key_is_kept_nowhere(path: Path, text: str) -> None:
    history = History.load(path)
    history.add(text)
    assert history.entries == []
    assert not path.exists()


def test_a_key_that_stands_in_the_file_is_not_taken_out_of_it_again(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(f'"one"\n"{KEY}"\n"two"\n')
    assert History.load(path).entries == ["one", "two"]


@pytest.mark.parametrize(
    "broken", [b"{", b"3", b'{"a": 1}', b"\xff\xfe", b'"half', b"", b"[" * 99_999, b'""', b"\x00"]
)
def test_a_broken_line_is_passed_over(path: Path, broken: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b'"one"\n' + broken + b'\n"two"\n')
    assert History.load(path).entries == ["one", "two"]


def test_behind_a_line_that_was_never_finished_a_new_one_begins(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b'"one"\n"tw')
    History.load(path).add("three")
    assert History.load(path).entries == ["one", "three"]


def test_two_programs_add_to_one_file_and_nothing_is_lost(path: Path) -> None:
    def write(name: str) -> None:
        history = History.load(path)
        for number in range(200):
            history.add(f"{name} {number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = lines(path)
    assert sorted(found) == sorted(f"{name} {number}" for name in "ab" for number in range(200))
    assert [text for text in found if text[0] == "a"] == [f"a {number}" for number in range(200)]


def test_a_file_of_many_lines_keeps_the_newest(path: Path) -> None:
    path.parent.mkdir(parents=True)
    many = [f"text {number}" for number in range(2 * MAX_ENTRIES + 1)]
    path.write_text("".join(f'"{text}"\n' for text in many))
    assert History.load(path).entries == many[-MAX_ENTRIES:]
    assert lines(path) == many[-MAX_ENTRIES:]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_file_of_twice_as_many_lines_is_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("".join(f'"text {number}"\n' for number in range(2 * MAX_ENTRIES)))
    before = path.stat().st_ino
    assert len(History.load(path).entries) == MAX_ENTRIES
    assert path.stat().st_ino == before


def test_in_memory_too_there_is_an_end() -> None:
    history = History()
    for number in range(MAX_ENTRIES + 5):
        history.add(str(number))
    assert (len(history.entries), history.entries[0]) == (MAX_ENTRIES, "5")


def test_what_is_very_long_is_remembered_but_not_kept(path: Path) -> None:
    history = History.load(path)
    history.add("x" * (MAX_LENGTH + 1))
    history.add("short")
    assert len(history.entries) == 2
    assert History.load(path).entries == ["short"]


@pytest.mark.parametrize("obstacle", ["folder", "file where the folder should be"])
def test_what_cannot_be_kept_is_remembered_all_the_same(path: Path, obstacle: str) -> None:
    if obstacle == "folder":
        path.mkdir(parents=True)
    else:
        path.parent.parent.mkdir(parents=True)
        path.parent.write_text("in the way")
    history = History.load(path)
    history.add("one")
    trouble = history.trouble
    assert str(path) in trouble
    history.add("two")
    assert history.entries == ["one", "two"]
    assert history.trouble == trouble


def test_a_full_disk_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History.load(path)
    history.add("one")
    monkeypatch.setattr(os, "write", lambda file, line: len(line) // 2)
    history.add("two")
    assert "No space left" in history.trouble
    assert history.entries == ["one", "two"]


def test_the_last_can_be_dropped_while_it_is_the_last() -> None:
    history = History()
    history.add("one")
    history.add("two")
    history.drop("one")
    assert history.entries == ["one", "two"]
    history.drop("two")
    assert history.entries == ["one"]


@given(st.lists(st.text(max_size=30), max_size=20))
def test_memory_and_file_agree(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("law") / "history.jsonl"
    history = History.load(path)
    for text in texts:
        history.add(text)
    assert History.load(path).entries == history.entries
    assert all(mask(text) == text for text in history.entries)
    assert not history.trouble
