"""Profiles: what is listed, what is written, and that everything else stays as it was."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.keychains import FakeKeychain, use
from vftui.errors import ConfigurationError, NotConfigured, VftuiError
from vftui.keeping import keep
from vftui.opening import Keep, NameTaken, Profile
from vftui.profiles import profiles, write
from vftui.settings import Settings, load

KEY = "VF.DM.0123456789abcdef01234567.CanarySecretCanary"

HANDMADE = f"""\
# mine
project = "p1"   # the shop

[profile.staging]
# ask Ada
timeout = 5
project = 'p2'
api_key = "{KEY}"

[profile.live]  # careful
api = "v2beta1"
api_key_from = "$LIVE_KEY"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vftui" / "config.toml"


def handmade(path: Path, text: str = HANDMADE, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    path.chmod(mode)
    return path


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_profiles_are_listed_with_what_holds_for_them(path: Path) -> None:
    assert profiles(path) == ()
    assert profiles(handmade(path)) == (
        Profile("staging", "p2", "main", "v4", "the settings file"),
        Profile("live", "p1", "development", "v2beta1", "$LIVE_KEY"),
    )
    text = 'api_key_from = "keychain"\n[profile.a]\n[profile.b]\napi_key_from = "$B"\n'
    assert [one.key for one in profiles(handmade(path, text))] == ["the keychain", "$B"]
    (one,) = profiles(handmade(path, "[profile.a]"))
    assert one.key == "$VF_API_KEY"


def test_a_listed_profile_shows_no_key(path: Path) -> None:
    text = f'[profile.a]\nproject = "{KEY}"\nenvironment = "{KEY}"\n'
    assert "Canary" not in repr(profiles(handmade(path, text)))


def test_a_new_file_is_its_owners_alone(path: Path) -> None:
    before = os.umask(0)
    try:
        assert not write(path, "staging", {"project": "p1", "api_key": KEY})
    finally:
        os.umask(before)
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert [one.name for one in path.parent.iterdir()] == ["config.toml"]
    assert tomllib.loads(path.read_text()) == {
        "profile": {"staging": {"project": "p1", "api_key": KEY}}
    }


def test_only_the_profile_changes(path: Path) -> None:
    handmade(path)
    values = {"project": "p3", "api_key": "k", "environment": "beta"}
    write(path, "staging", values, replace=True)
    assert path.read_text() == HANDMADE.replace("'p2'", '"p3"').replace(
        f'"{KEY}"\n', '"k"\nenvironment = "beta"\n'
    )


@pytest.mark.parametrize("name", ["staging", " live "])
def test_a_name_that_is_taken_is_refused_until_it_is_to_be_replaced(path: Path, name: str) -> None:
    handmade(path)
    with pytest.raises(NameTaken, match=rf"^There is a profile {name.strip()} already\.$"):
        write(path, name, {"project": "p3"})
    assert path.read_text() == HANDMADE


def test_no_key_gets_the_address_or_the_user_of_the_agent_before(path: Path) -> None:
    text = '[profile.a]\nbase_url = "https://x"\nuser = "ada"\napi = "v2"\ntimeout = 5 # slow\n'
    handmade(path, text)
    write(path, "a", {"project": "p3", "api_key": KEY}, replace=True)
    assert tomllib.loads(path.read_text()) == {
        "profile": {"a": {"timeout": 5, "project": "p3", "api_key": KEY}}
    }
    assert "# slow" in path.read_text()


def test_a_new_profile_goes_to_the_end(path: Path) -> None:
    handmade(path)
    write(path, "third", {"project": "p3"})
    text = path.read_text()
    assert text.startswith(HANDMADE)
    assert text[len(HANDMADE) :].strip() == '[profile.third]\nproject = "p3"'


def test_a_key_that_gets_a_new_place_leaves_the_old_one(path: Path) -> None:
    handmade(path)
    write(path, "staging", {"api_key_from": "keychain"}, replace=True)
    assert "Canary" not in path.read_text() and "# ask Ada" in path.read_text()
    write(path, "live", {"api_key": KEY}, replace=True)
    assert "LIVE_KEY" not in path.read_text()


def test_a_file_that_others_can_read_is_theirs_no_longer_when_it_gets_a_key(path: Path) -> None:
    handmade(path, 'project = "p"\n', 0o644)
    assert not write(path, "a", {"project": "p1"})
    assert mode(path) == 0o644
    assert write(path, "a", {"api_key": KEY}, replace=True)
    assert mode(path) == 0o600
    assert not write(path, "a", {"api_key": KEY}, replace=True)


def test_a_link_to_the_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("# mine\n")
    path.parent.mkdir()
    path.symlink_to(real)
    write(path, "a", {"project": "p"})
    assert path.is_symlink() and "# mine" in real.read_text() and "[profile.a]" in real.read_text()


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a.b", "ä", "a\nb", "-a", "x" * 41, "default", "vfp_Canary", KEY, '"']
)
def test_a_name_is_one_word(path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        write(path, name, {"project": "p"})
    assert "Canary" not in str(caught.value) and not path.exists()


ODD = [
    'profile = {a = {project = "x"}}\n', 'profile.a.project = "x"\n',
    '[profile]\na = {project = "x"}\n', '[profile.a]\nproject = "x"\n[profile]\n',
    '[profile."a b"]\nproject = "x"\n', 'project = "x"\r\n[profile.a]\r\nuser = "y"\r\n',
    '\ufeffproject = "x"\n', "[profile]\n", '[profile.a]\nproject = """\nx"""\n[profile.b]\n',
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("name", ["a", "new"])
def test_however_it_is_written_it_is_changed_rightly_or_not_at_all(
    path: Path, text: str, name: str
) -> None:
    handmade(path, text)
    before: dict[str, Any] = tomllib.loads(text.removeprefix("\ufeff"))
    try:
        write(path, name, {"project": "p"}, replace=True)
    except VftuiError as error:
        assert path.read_bytes() == text.encode() and "by hand" in error.hint
    else:
        own = before.setdefault("profile", {}).setdefault(name, {})
        own.pop("user", None)
        own["project"] = "p"
        assert tomllib.loads(path.read_text()) == before


words = st.text(max_size=20)


@given(st.dictionaries(st.sampled_from(["project", "environment", "user"]), words), words)
def test_what_is_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str], theme: str
) -> None:
    path = handmade(tmp_path_factory.mktemp("profiles") / "config.toml")
    write(path, "new", values)
    write(path, "staging", {"theme": theme}, replace=True)
    content = tomllib.loads(path.read_text("utf-8"))
    assert content["profile"]["new"] == values
    assert content["profile"]["staging"]["theme"] == theme
    assert "# ask Ada" in path.read_text("utf-8")


def test_a_broken_file_is_left_alone(path: Path) -> None:
    handmade(path, f'api_key = "{KEY}\n')
    with pytest.raises(ConfigurationError) as caught:
        write(path, "a", {"project": "p"})
    assert "line 1" in caught.value.message and "Canary" not in caught.value.message


def test_a_folder_that_cannot_be_written_is_said(path: Path, tmp_path: Path) -> None:
    (tmp_path / "vftui").write_text("a file")
    with pytest.raises(VftuiError, match="cannot be"):
        write(path, "a", {"project": "p"})


def test_a_draft_that_fails_is_cleared_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handmade(path)

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(VftuiError, match="No space left"):
        write(path, "a", {"project": "p"})
    assert [one.name for one in path.parent.iterdir()] == ["config.toml"]
    assert path.read_text() == HANDMADE


# -- keeping ------------------------------------------------------------------------------------


def settings(path: Path, **typed: str) -> Settings:
    return load({}, {}, path.parent, path, typed=typed)


@pytest.mark.parametrize("where", ["keychain", "file", "variable"])
def test_a_kept_agent_is_found_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, where: Keep
) -> None:
    use(FakeKeychain(), monkeypatch)
    typed = {"api_key": KEY, "project": "p1", "environment": "beta", "user": "ada", "api": "v2"}
    said = keep(path, " staging ", where, settings(path, **typed), "$MY_KEY")
    assert str(path) in said and "vftui --profile staging" in said and "Canary" not in said
    assert (KEY in path.read_text()) is (where == "file")
    again = load({"profile": "staging"}, {"MY_KEY": KEY}, path.parent, path)
    assert again.api_key and again.api_key.get_secret_value() == KEY
    assert {name: getattr(again, name) for name in typed} | {"api_key": KEY} == typed
    place = {"keychain": "the keychain", "file": str(path), "variable": "$MY_KEY"}[where]
    assert again.origins["api_key"] == place


@pytest.mark.parametrize("where", ["keychain", "file", "variable"])
def test_what_is_not_replaced_keeps_its_key(
    path: Path, monkeypatch: pytest.MonkeyPatch, where: Keep
) -> None:
    ring = FakeKeychain()
    use(ring, monkeypatch)
    handmade(path)
    told = settings(path, api_key="another", project="p9")
    with pytest.raises(NameTaken):
        keep(path, " staging", where, told, "$MY_KEY")
    assert path.read_text() == HANDMADE and not ring.kept
    keep(path, "staging", where, told, "$MY_KEY", replace=True)
    assert "Canary" not in path.read_text() and "timeout = 5" in path.read_text()


def test_a_user_that_nobody_typed_is_not_kept(path: Path) -> None:
    keep(path, "a", "file", settings(path, api_key=KEY, project="p1"), "")
    assert "user" not in path.read_text() and "base_url" not in path.read_text()


def test_a_file_that_others_could_read_is_said(path: Path) -> None:
    handmade(path, "", 0o644)
    said = keep(path, "a", "file", settings(path, api_key=KEY, project="p1"), "")
    assert said.endswith("Others could read that file and no longer can.")


def test_nothing_is_kept_without_a_key_or_where_there_is_no_keychain(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotConfigured):
        keep(path, "a", "file", settings(path, project="p1"), "")
    ring = FakeKeychain()
    ring.priority = 0
    use(ring, monkeypatch)
    with pytest.raises(VftuiError, match="no keychain"):
        keep(path, "a", "keychain", settings(path, api_key=KEY, project="p1"), "")
    assert not path.exists()
