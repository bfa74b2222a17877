"""Settings: the order of the places, what is refused, and that no message shows a value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from vftui.errors import ConfigurationError
from vftui.places import SAMPLE_VARIABLES, VARIABLES
from vftui.session.budget import Budget
from vftui.settings import FIELDS, Settings, load
from vftui.wire.dialects import DEFAULT_BASE_URL as BASE_URL

KEY = "VF.DM.0123456789abcdef01234567.CanarySecretCanary"
ELSEWHERE = "https://runtime.example.com"


class Places:
    """An empty working folder and settings file, and what `load` makes of them."""

    def __init__(self, root: Path) -> None:
        self.cwd = root / "work"
        self.cwd.mkdir()
        self.dotenv = self.cwd / ".env"
        self.config = root / "config.toml"
        self.environ: dict[str, str] = {}
        self.keychain: dict[str, str] = {}

    def load(
        self, *, typed: dict[str, str] | None = None, picked: bool = False, **flags: Any
    ) -> Settings:
        return load(
            flags, self.environ, self.cwd, self.config,
            typed=typed or {}, keychain=self.keychain.get, picked=picked,
        )  # fmt: skip

    def write(self, path: Path, text: str) -> None:
        path.write_text(text, "utf-8")
        path.chmod(0o600)

    def refusal(self, **flags: Any) -> ConfigurationError:
        """The error that loading ends with; it must not show the key."""
        with pytest.raises(ConfigurationError) as caught:
            self.load(**flags)
        error = caught.value
        told = f"{error.message} {error.hint} {error!r} {error.__cause__!r}"
        assert "Canary" not in told
        return error


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def test_defaults_are_a_fresh_user_on_the_current_api(places: Places) -> None:
    one, other = places.load(), places.load()
    assert (one.api, one.environment, one.base_url) == ("v4", "main", BASE_URL)
    assert (one.timeout, one.record, one.theme, one.api_key) == (60.0, True, None, None)
    assert one.user.startswith("vftui-") and len(one.user) == len("vftui-") + 8
    assert one.user != other.user
    assert not one.configured and one.notes == () and one.origins == {}


@pytest.mark.parametrize(
    ("api", "alias"), [("v4", "main"), ("v2", "main"), ("v2beta1", "development")]
)
def test_the_default_environment_goes_with_the_api(places: Places, api: str, alias: str) -> None:
    assert places.load(api=api).environment == alias
    assert places.load(api=api, environment="staging").environment == "staging"


@given(st.sets(st.sampled_from(["flag", "environment", "dotenv", "file"])))
def test_the_strongest_place_that_says_something_wins(
    tmp_path_factory: pytest.TempPathFactory, says: set[str]
) -> None:
    places = Places(tmp_path_factory.mktemp("places"))
    if "file" in says:
        places.write(places.config, 'project = "file"')
    if "dotenv" in says:
        places.write(places.dotenv, "VF_PROJECT_ID=dotenv\nPROJECT_ID=sample")
    if "environment" in says:
        places.environ["VF_PROJECT_ID"] = "environment"
    settings = places.load(project="flag" if "flag" in says else None)
    order = ["flag", "environment", "dotenv", "file"]
    assert settings.project == next((place for place in order if place in says), None)


def test_every_variable_reaches_its_field(places: Places) -> None:
    values = {
        "api_key": KEY, "project": "p1", "environment": "e1", "user": "u1",
        "base_url": ELSEWHERE, "api": "v2",
    }  # fmt: skip
    assert set(values) == set(VARIABLES)
    places.environ = {VARIABLES[field]: value for field, value in values.items()}
    settings = places.load()
    assert settings.api_key == SecretStr(KEY)
    assert {field: getattr(settings, field) for field in values} == values | {
        "api_key": SecretStr(KEY)
    }
    assert settings.origins == {field: f"${name}" for field, name in VARIABLES.items()}


def test_the_sample_clients_names_count_in_dotenv_only(places: Places) -> None:
    values = {"api_key": KEY, "project": "p", "environment": "e", "base_url": ELSEWHERE}
    lines = {SAMPLE_VARIABLES[field]: value for field, value in values.items()}
    places.environ = dict(lines)
    assert places.load().origins == {}
    places.write(places.dotenv, "\n".join(f"{name}={value}" for name, value in lines.items()))
    settings = places.load()
    assert (settings.project, settings.environment, settings.base_url) == ("p", "e", ELSEWHERE)
    assert settings.configured


def test_dotenv_is_said_aloud_with_what_it_gives_and_never_with_values(places: Places) -> None:
    places.write(places.dotenv, f"VF_API_KEY={KEY}\nVF_PROJECT_ID=p1\n")
    places.environ["VF_PROJECT_ID"] = "p2"
    assert places.load().notes == ("api_key from ./.env",)


def test_empty_values_are_no_values(places: Places) -> None:
    places.environ = {"VF_API_KEY": "", "VF_PROJECT_ID": "  "}
    places.write(places.dotenv, "VF_PROJECT_ID=p1\nVF_API_KEY\nVF_USER_ID=\n")
    settings = places.load()
    assert (settings.project, settings.api_key) == ("p1", None)


def test_dotenv_does_not_interpolate(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VF_API_KEY", KEY)
    places.write(places.dotenv, "VF_PROJECT_ID=${VF_API_KEY}")
    assert places.load().project == "${VF_API_KEY}"


def test_profiles_stand_on_the_top_level(places: Places) -> None:
    places.write(
        places.config,
        'project = "p1"\nuser = "ada"\n[profile.staging]\nproject = "p2"\ntimeout = 5\n',
    )
    assert places.load().project == "p1"
    staging = places.load(profile="staging")
    assert (staging.project, staging.user, staging.timeout) == ("p2", "ada", 5.0)


def test_a_profile_that_is_overruled_is_said(places: Places) -> None:
    places.write(places.config, '[profile.staging]\nproject = "p2"\n')
    places.environ["VF_PROJECT_ID"] = "p1"
    (note,) = places.load(profile="staging").notes
    assert note == "profile staging does not decide everything: project is from $VF_PROJECT_ID"


def test_an_unknown_profile_names_the_nearest(places: Places) -> None:
    assert places.refusal(profile="staging").hint == "There are none."
    places.write(places.config, '[profile.staging]\nproject = "p2"\n')
    error = places.refusal(profile="stagin")
    assert "'stagin'" in error.message and error.hint == "Did you mean 'staging'?"


@pytest.mark.parametrize("head", ["", "[profile.staging]\n"])
def test_an_unknown_key_names_file_key_and_the_nearest(places: Places, head: str) -> None:
    places.write(places.config, f'{head}projct = "p1"\n')
    error = places.refusal()
    assert str(places.config) in error.message and "'projct'" in error.message
    assert error.hint == "Did you mean 'project'?"


def test_a_table_that_is_nearly_profile_is_told_its_name(places: Places) -> None:
    places.write(places.config, '[profil.a]\nproject = "p1"\n')
    assert places.refusal().hint == "Did you mean 'profile'?"
    places.write(places.config, "[profile.a]\nzzz = 1\n")
    assert "profile" not in places.refusal().hint


def test_what_is_said_ends_with_one_stop(places: Places) -> None:
    places.write(places.config, f'api_key = "{KEY} {KEY}"\n')
    assert places.refusal().message.endswith("something invisible?")


@pytest.mark.parametrize("place", ["$ABSENT", "keychain"])
def test_a_variable_is_only_advised_where_it_decides(places: Places, place: str) -> None:
    places.write(places.config, f'[profile.a]\napi_key_from = "{place}"\n')
    assert places.refusal(profile="a").hint.endswith(", or set VF_API_KEY.")
    for weaker in ({"profile": "a", "picked": True}, {"typed": {"api_key_from": "$ABSENT"}}):
        hint = places.refusal(**weaker).hint
        assert "VF_API_KEY" not in hint and hint.endswith(".")


def test_an_unknown_key_unlike_any_lists_all(places: Places) -> None:
    places.write(places.config, "zzz = 1\n")
    assert all(field in places.refusal().hint for field in FIELDS)


@pytest.mark.parametrize(
    "text",
    [
        f'api_key = "{KEY}',
        f"api_key = {KEY}",
        f'api_key = "{KEY}" "{KEY}"',
        f'api_key = "{KEY}\\q"',
        f'"{KEY}" = 1',
        f'[profile."{KEY}"]\nx = 1',
        f'profile = "{KEY}"',
        f'profile = ["{KEY}"]',
        f'api_key = ["{KEY}"]',
        f'api_key = "{KEY} {KEY}"',
        f'api_key = "{KEY}"\ntimeout = "soon"',
        f'project = "{KEY}"',
        f'user = "{KEY}"',
        f'environment = "{KEY}"',
        f'theme = ["{KEY}"]',
        f'api_key_from = "{KEY}"',
        f'api_key_from = "${KEY}"',
        f'api_key_from = ["{KEY}"]',
        f'api_key = "{KEY}"\napi_key_from = "keychain"',
        f'pace = "{KEY}"',
        f'timeout = "{KEY}"',
        f'api = "{KEY}"',
        f'record = "{KEY}"',
        f'base_url = "https://{KEY}@x.example"',
        f'base_url = "https://x.example/?key={KEY}"',
        f'base_url = "https://x.example/{KEY}"',
        f'base_url = "{KEY}"',
        f'base_url = "http://[{KEY}"',
    ],
)
def test_no_message_shows_what_stands_in_the_file(places: Places, text: str) -> None:
    places.write(places.config, text)
    assert places.refusal().message


def test_a_syntax_error_names_the_line(places: Places) -> None:
    places.write(places.config, f'project = "p"\napi_key = "{KEY}\n')
    assert "line 2" in places.refusal().message


def test_a_wrong_value_names_field_and_place(places: Places) -> None:
    places.environ["VF_API"] = "v5"
    error = places.refusal()
    assert error.message.startswith("api (from $VF_API): ") and "'v2beta1'" in error.message


@pytest.mark.parametrize(
    "around", ["{}\n", "{}\r\n", " {} ", "\ufeff{}", "{}\u200b", "\t{}\u2060\n"]
)
def test_what_a_paste_brings_along_is_trimmed_from_the_key(places: Places, around: str) -> None:
    places.environ["VF_API_KEY"] = around.format(KEY)
    assert places.load().api_key == SecretStr(KEY)


@pytest.mark.parametrize("bad", ['"{}"', "'{}'", "Bearer {}", "{}\0", "{}\n{}", "{}\u00e9"])
def test_a_key_that_cannot_be_one_is_refused_unseen(places: Places, bad: str) -> None:
    places.environ["VF_API_KEY"] = bad.format(KEY, KEY)
    assert "api_key (from $VF_API_KEY)" in places.refusal().message


def test_the_key_is_in_no_representation(places: Places) -> None:
    places.environ["VF_API_KEY"] = KEY
    settings = places.load()
    assert "Canary" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_settings_are_frozen_and_closed(places: Places) -> None:
    settings = places.load()
    with pytest.raises(ValidationError, match="frozen"):
        settings.api = "v2"  # type: ignore[misc]  # what the test is about
    with pytest.raises(ValidationError, match="Extra"):
        Settings.model_validate({"colour": "red"})


def test_nothing_is_read_behind_the_back_of_load(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VF_PROJECT_ID", "elsewhere")
    monkeypatch.setenv("PROJECT", "elsewhere")
    monkeypatch.chdir(places.cwd)
    assert places.load().project is None
    places.write(places.dotenv, "PROJECT_ID=elsewhere")
    assert Settings().project is None


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:1/x", "http://[::1]:9"])
def test_plain_http_stays_on_this_machine(places: Places, url: str) -> None:
    assert places.load(base_url=url + "/").base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "HTTP://example.org",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
    ],
)
def test_plain_http_to_another_machine_must_be_asked_for(places: Places, url: str) -> None:
    error = places.refusal(base_url=url)
    assert "plain http" in error.message and "--insecure-http" in error.hint
    assert places.load(base_url=url, insecure_http=True).base_url == url.lower()


@pytest.mark.parametrize(
    "url",
    [
        "example.com",
        "ftp://x",
        "https://",
        "https://u:p@x",
        "https://x?a",
        "https://x#a",
        "https://x:99999",
    ],
)
def test_odd_endpoints_are_refused(places: Places, url: str) -> None:
    assert places.refusal(base_url=url).message.startswith("base_url (from --base-url): ")


def test_the_folders_endpoint_does_not_get_a_key_from_elsewhere(places: Places) -> None:
    places.write(places.dotenv, f"RUNTIME_ENDPOINT={ELSEWHERE}")
    assert places.load().base_url == ELSEWHERE  # there is no key to lose
    places.environ["VF_API_KEY"] = KEY
    error = places.refusal()
    assert "$VF_API_KEY" in error.message and "--base-url" in error.hint
    assert places.load(base_url=ELSEWHERE).base_url == ELSEWHERE
    places.environ["VF_RUNTIME_URL"] = ELSEWHERE
    assert places.load().base_url == ELSEWHERE


def test_the_folders_endpoint_does_not_get_the_settings_files_key(places: Places) -> None:
    places.write(places.dotenv, f"VF_RUNTIME_URL={ELSEWHERE}")
    places.write(places.config, f'api_key = "{KEY}"')
    assert str(places.config) in places.refusal().message


def test_the_folders_endpoint_goes_with_the_folders_key_and_the_default_with_all(
    places: Places,
) -> None:
    places.write(places.dotenv, f"VF_RUNTIME_URL={ELSEWHERE}\nAPI_KEY={KEY}")
    assert places.load().base_url == ELSEWHERE
    places.write(places.dotenv, f"VF_RUNTIME_URL={BASE_URL}/")
    places.environ["VF_API_KEY"] = KEY
    assert places.load().base_url == BASE_URL


@pytest.mark.parametrize("name", ["dotenv", "config"])
def test_a_key_that_others_can_read_is_said(places: Places, name: str) -> None:
    path: Path = getattr(places, name)
    places.write(path, f'VF_API_KEY="{KEY}"' if name == "dotenv" else f'api_key = "{KEY}"')
    assert not any("chmod" in note for note in places.load().notes)
    path.chmod(0o640)
    assert any(str(path) in note and "chmod 600" in note for note in places.load().notes)


def test_a_file_that_is_not_text_is_said(places: Places) -> None:
    places.config.write_bytes(b'project = "\xff"')
    assert "UTF-8" in places.refusal().message
    places.config.unlink()
    places.config.mkdir()  # a folder there is no settings file
    assert places.load().project is None


# -- a key that is named and not held -----------------------------------------------------------


def test_a_variable_that_the_file_names_holds_the_key(places: Places) -> None:
    places.write(places.config, 'api_key_from = "$STAGING_KEY"\nproject = "p"')
    places.environ["STAGING_KEY"] = f" {KEY}\n"
    settings = places.load()
    assert settings.api_key == SecretStr(KEY) and settings.configured
    assert settings.origins["api_key"] == "$STAGING_KEY"
    assert settings.notes == () and "Canary" not in repr(settings)


def test_the_keychain_holds_a_key_for_each_profile(places: Places) -> None:
    places.write(
        places.config,
        'api_key_from = "keychain"\n[profile.a]\napi_key_from = "keychain"\n[profile.b]\n',
    )
    places.keychain = {"default": "top", "a": "own"}
    for profile, key in ((None, "top"), ("a", "own"), ("b", "top")):
        settings = places.load(profile=profile)
        assert settings.api_key == SecretStr(key)
        assert settings.origins["api_key"] == "the keychain"


@pytest.mark.parametrize("value", ["", "  "])
def test_a_variable_that_is_missing_is_said_with_where_it_was_expected(
    places: Places, value: str
) -> None:
    places.write(places.config, '[profile.staging]\napi_key_from = "$STAGING_KEY"')
    places.environ["STAGING_KEY"] = value
    error = places.refusal(profile="staging")
    assert "$STAGING_KEY" in error.message and str(places.config) in error.message
    assert "STAGING_KEY" in error.hint


def test_an_entry_that_is_missing_is_said_with_its_name(places: Places) -> None:
    places.write(places.config, '[profile.staging]\napi_key_from = "keychain"')
    error = places.refusal(profile="staging")
    assert "'staging'" in error.message and "keychain" in error.message and error.hint


@pytest.mark.parametrize("reference", ["STAGING_KEY", "$", "$1A", "$A-B", "Keychain", "$A $B", ""])
def test_only_a_place_can_be_named(places: Places, reference: str) -> None:
    places.write(places.config, f'api_key_from = "{reference}"')
    error = places.refusal()
    assert error.message.startswith(f"api_key_from (from {places.config}): must be")
    assert "$STAGING_KEY" in error.message and "keychain" in error.message


def test_a_stronger_key_wins_and_nothing_is_looked_up(places: Places) -> None:
    places.write(places.config, '[profile.staging]\napi_key_from = "$NOT_THERE"')
    places.environ["VF_API_KEY"] = KEY
    settings = places.load(profile="staging")
    assert settings.origins["api_key"] == "$VF_API_KEY"
    (note,) = settings.notes
    assert note.endswith("everything: api_key is from $VF_API_KEY")


@pytest.mark.parametrize("profile", [None, "a"])
def test_a_profiles_place_is_stronger_than_the_top_levels_key(
    places: Places, profile: str | None
) -> None:
    places.write(places.config, f'api_key = "{KEY}"\n[profile.a]\napi_key_from = "$OWN"')
    places.environ["OWN"] = "other"
    assert places.load(profile=profile).api_key == SecretStr("other" if profile else KEY)


def test_a_typed_place_is_stronger_than_a_key_of_the_environment(places: Places) -> None:
    places.environ = {"VF_API_KEY": KEY, "OTHER": "other"}
    settings = places.load(typed={"api_key_from": "$OTHER"})
    assert (settings.api_key, settings.origins["api_key"]) == (SecretStr("other"), "$OTHER")
    both = {"api_key_from": "$OTHER", "api_key": KEY}
    assert places.load(typed=both).api_key == SecretStr(KEY)


def test_what_is_typed_is_stronger_than_a_flag(places: Places) -> None:
    settings = places.load(project="flag", typed={"project": "typed"})
    assert (settings.project, settings.origins["project"]) == ("typed", "what was typed")


def test_the_folders_endpoint_does_not_get_the_keychains_key(places: Places) -> None:
    places.write(places.dotenv, f"VF_RUNTIME_URL={ELSEWHERE}")
    places.write(places.config, 'api_key_from = "keychain"')
    places.keychain["default"] = KEY
    assert "the keychain" in places.refusal().message


# -- a profile that was picked ------------------------------------------------------------------


def test_a_picked_profile_decides_more_than_the_environment(places: Places) -> None:
    places.write(
        places.config,
        'project = "top"\nuser = "top"\n[profile.a]\nproject = "a"\napi_key_from = "$OWN"',
    )
    places.environ = {"VF_PROJECT_ID": "env", "VF_USER_ID": "env", "VF_API_KEY": KEY, "OWN": "own"}
    settings = places.load(profile="a", picked=True)
    assert (settings.project, settings.user, settings.api_key) == ("a", "env", SecretStr("own"))
    assert settings.notes == ()
    assert places.load(profile="a", picked=True, project="typed").project == "typed"
    assert places.load(profile="a").project == "env"


def test_how_the_conversation_behaves_is_said_in_the_file_only(places: Places) -> None:
    switches = ("pace", "images", "send_no_reply")
    assert not any(getattr(places.load(), name) for name in switches)
    places.write(places.config, "\n".join(f"{name} = true" for name in switches))
    settings = places.load()
    assert all(getattr(settings, name) for name in switches)
    assert not {*switches, "api_key_from"} & set(VARIABLES)


def test_budgets_are_whole_numbers_of_tokens(places: Places) -> None:
    assert not places.load().budget and not places.load().budget_ask
    places.write(places.config, "budget_day = 1_000_000\nbudget_ask = true\nbudget_turn = 500\n")
    places.config.write_text(
        places.config.read_text() + "[profile.staging]\nbudget_turn = 20_000\n", "utf-8"
    )
    assert places.load().budget == Budget(turn=500, day=1_000_000)
    staging = places.load(profile="staging")
    assert staging.budget == Budget(turn=20_000, day=1_000_000) and staging.budget_ask


@pytest.mark.parametrize("limit", ["0", "-5", "1.5", "true", '"500"', "inf"])
def test_a_budget_that_is_none_is_refused(places: Places, limit: str) -> None:
    places.write(places.config, f"budget_session = {limit}\n")
    assert places.refusal().message.startswith(f"budget_session (from {places.config})")
