"""Saved filters: a file that a person may edit, and that never holds what cannot be asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.errors import ConfigurationError, VftuiError
from vftui.filters import Filters, kept
from vftui.query import QueryError, parse
from vftui.settings import config_path, filters_path


def test_a_filter_is_there_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "new" / "filters.toml"
    filters = Filters.load(path)
    assert dict(filters) == {} and not path.exists()
    filters.save(" @slow ", ' gap>2s "pier 3" ')
    filters.save("loud", "level>=warn")
    assert dict(filters) == dict(Filters.load(path))
    assert dict(filters) == {"slow": 'gap>2s "pier 3"', "loud": "level>=warn"}
    assert path.stat().st_mode & 0o777 == 0o600
    assert parse("@slow -@loud", filters).needles == ("pier 3",)
    filters.delete("slow")
    filters.delete("never was")
    assert dict(filters) == dict(Filters.load(path)) == {"loud": "level>=warn"}


def test_what_else_is_in_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "filters.toml"
    path.write_text('# mine\nslow = "gap>1s"  # seconds\nold = "type:log"\n')
    filters = Filters.load(path)
    path.write_text(path.read_text() + 'new = "is:error"\n')
    filters.save("slow", "gap>2s")
    filters.delete("old")
    assert path.read_text() == '# mine\nslow = "gap>2s"  # seconds\nnew = "is:error"\n'
    assert dict(filters) == {"slow": "gap>2s", "new": "is:error"}


@given(st.text(st.characters(exclude_categories=["Cs"])).map(str.strip).filter(bool))
def test_any_text_that_can_be_asked_is_kept_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("filters") / "filters.toml"
    words = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    filters = Filters.load(path)
    filters.save("any", words)
    assert Filters.load(path)["any"] == words


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("", "gap>1s", ConfigurationError),
        ("two words", "gap>1s", ConfigurationError),
        ("x" * 41, "gap>1s", ConfigurationError),
        ("empty", "  ", ConfigurationError),
        ("key", '"VF.DM.0123456789abcdef01234567.AbCdEfGhIjKlMnOp"', ConfigurationError),
        ("wrong", "gap>", QueryError),
        ("itself", "-@itself", QueryError),
        ("circle", "@around", QueryError),
    ],
)
def test_what_cannot_be_used_is_not_saved(
    tmp_path: Path, name: str, text: str, error: type[Exception]
) -> None:
    path = tmp_path / "filters.toml"
    path.write_text('around = "@circle"\n')
    filters = Filters.load(path)
    with pytest.raises(error):
        filters.save(name, text)
    assert dict(filters) == {"around": "@circle"}
    assert path.read_text() == 'around = "@circle"\n'


@pytest.mark.parametrize("content", [b"slow = ", b"slow = 3", b"[slow]\nx = 'y'", b"\xff"])
def test_a_file_that_is_none_is_said_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "filters.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"filters\.toml"):
        Filters.load(path)
    with pytest.raises(ConfigurationError):
        Filters(path).save("slow", "gap>1s")
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VftuiError) as error:
        Filters(tmp_path / "file" / "filters.toml").save("slow", "gap>1s")
    assert error.value.message.endswith(".") and error.value.hint == "The filter is not kept."


def test_without_a_file_they_last_as_long_as_the_program() -> None:
    filters = Filters()
    filters.save("slow", "gap>1s")
    assert dict(filters) == {"slow": "gap>1s"}


def test_they_are_beside_the_settings() -> None:
    assert filters_path().name == "filters.toml"


def test_a_persons_filters_stand_beside_the_settings() -> None:
    assert dict(kept()) == {}
    kept().save("slow", "gap>2s")
    assert dict(kept()) == {"slow": "gap>2s"}
    assert filters_path().parent == config_path().parent
