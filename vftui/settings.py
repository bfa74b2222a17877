"""What vftui is told: one frozen model, put together from five places.

Four rules:

1. **One order**: flags, environment, `.env` in the working folder, settings file (a profile over
   its top level), default. Every value remembers where it came from (`origins`), and what a person
   should hear is in `notes`.
2. **No error shows a value.** The key may be on the very line that is wrong, so a message names
   the place and the field, never what stands there.
3. **A `.env` is only half trusted**: whoever made the folder wrote it. An endpoint from there is
   not joined with a key from elsewhere unless it is repeated as a flag.
4. **Nothing is read behind `load`'s back**: all inputs are its arguments.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from platformdirs import user_config_path, user_data_path, user_state_path
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from vftui import keychain as platform
from vftui.errors import ConfigurationError, sentence
from vftui.keys import Keychain, is_reference, look_up
from vftui.places import (
    TYPED,
    Layer,
    from_dotenv,
    from_environment,
    from_file,
    from_flags,
    from_typing,
)
from vftui.session.budget import Budget
from vftui.wire.dialects import DEFAULT_BASE_URL, Api, is_loopback

_LOOSE = "\ufeff\u200b\u200c\u200d\u2060"  # invisible characters that a paste brings along
_KEY = re.compile(r"[A-Za-z0-9._~+/=-]+")
_SECRET = re.compile(r"VF\.\w|vfp_|eyJ[\w-]{8,}\.")


def _clean_key(key: SecretStr) -> SecretStr:
    text = key.get_secret_value().strip().strip(_LOOSE).strip()
    if not _KEY.fullmatch(text):
        raise ValueError("has characters that no key has: a space, a quote, something invisible?")
    return SecretStr(text)


def _clean_reference(text: str) -> str:
    if not is_reference(text):
        raise ValueError('must be "keychain", or a variable\'s name such as "$STAGING_KEY"')
    return text


def _clean_name(text: str) -> str:
    text = text.strip().strip(_LOOSE).strip()
    if _SECRET.match(text):
        raise ValueError("looks like a key, which must not get into an address")
    if not text or not text.isprintable():
        raise ValueError("is empty or has characters that cannot be seen")
    return text


def _clean_url(text: str) -> str:
    try:
        url = urlsplit(text.strip())
        port = url.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if url.scheme not in ("http", "https") or not url.hostname or port == 0:
        raise ValueError("is not a URL that begins with https://")
    if "@" in url.netloc or url.query or url.fragment or _SECRET.search(text):
        raise ValueError("may hold a host and a path, but no user, key, ? or #")
    return url.geturl().rstrip("/")  # with the scheme in lower case


_NOTHING: Mapping[str, Any] = {}

Name = Annotated[str, AfterValidator(_clean_name)]
Limit = Annotated[int, Field(gt=0, strict=True)]


class Settings(BaseSettings):
    """Everything vftui can be told, checked."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    api_key: Annotated[SecretStr, AfterValidator(_clean_key)] | None = None
    """The project's API key. It has no flag, because command lines are public."""
    api_key_from: Annotated[str, AfterValidator(_clean_reference)] | None = None
    """The place that holds the key: `$NAME` is an environment variable, or `keychain`."""
    project: Name | None = None
    """The project's id."""
    environment: Name = ""
    """The environment: an alias or an id. Default: `main`, for v2beta1 `development`."""
    user: Annotated[Name, Field(max_length=256)] = Field(
        default_factory=lambda: f"vftui-{secrets.token_hex(4)}"
    )
    """Who talks. State on the server belongs to it, so the default is a new one per start."""
    base_url: Annotated[str, AfterValidator(_clean_url)] = DEFAULT_BASE_URL
    """The runtime's address. Plain http only on this machine, unless `insecure_http`."""
    api: Api = "v4"
    """The generation of the API."""
    timeout: Annotated[float, Field(gt=0, le=86_400)] = 60.0
    """Seconds without a byte after which a turn counts as stalled."""
    record: bool = True
    """Whether conversations are kept on disk."""
    theme: str | None = None
    """The theme's name."""
    insecure_http: bool = False
    """Whether the key may travel unencrypted to another machine."""
    pace: bool = False
    """Whether messages wait for the delay that the agent asks for."""
    images: bool = False
    """Whether pictures are fetched and drawn."""
    send_no_reply: bool = False
    """Whether the no-reply action is sent by itself when its time is over."""
    budget_turn: Limit | None = None
    """Billed tokens that one turn may take until there is a warning."""
    budget_session: Limit | None = None
    """Billed tokens that one session may take until there is a warning."""
    budget_day: Limit | None = None
    """Billed tokens that all sessions of an environment may take in a day until there is one."""
    budget_ask: bool = False
    """Whether a person is asked before each action once a budget is spent."""

    origins: dict[str, str] = {}
    """Field to the place its value came from; a field that has its default is not in it."""
    notes: tuple[str, ...] = ()
    """What a person should hear about these settings, one sentence each."""

    @property
    def configured(self) -> bool:
        """Whether there is enough to talk to an agent."""
        return self.api_key is not None and self.project is not None

    @property
    def budget(self) -> Budget:
        """How many tokens may be spent."""
        return Budget(self.budget_turn, self.budget_session, self.budget_day)

    @model_validator(mode="before")
    @classmethod
    def _default_environment(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {"environment": default_environment(values.get("api"))} | values

    @model_validator(mode="after")
    def _refuse_plain_http(self) -> Settings:
        plain = self.base_url.startswith("http:") and not is_loopback(self.base_url)
        if plain and not self.insecure_http:
            raise ValueError("base_url is plain http, which would send the key unencrypted")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The layers that `load` made, strongest first, instead of the process's own places."""
        assert isinstance(init_settings, InitSettingsSource)
        layers = init_settings.init_kwargs.pop("layers", ())
        return (init_settings, *(InitSettingsSource(settings_cls, dict(one)) for one in layers))


FIELDS = tuple(name for name in Settings.model_fields if name not in ("origins", "notes"))
"""The names that may stand in a settings file."""


def default_environment(api: object) -> str:
    """The alias that a new project has: since 2026 `main`, before that `development`."""
    return "development" if api == "v2beta1" else "main"


def config_path() -> Path:
    """Where the settings file is on this platform."""
    return user_config_path("vftui") / "config.toml"


def filters_path() -> Path:
    """Where saved filters are kept on this platform."""
    return config_path().with_name("filters.toml")


def prices_path() -> Path:
    """Where a person's own prices are read from on this platform."""
    return config_path().with_name("prices.toml")


def history_path() -> Path:
    """Where what was typed is kept on this platform."""
    return user_state_path("vftui") / "history.jsonl"


def recordings_path() -> Path:
    """Where conversations are kept on this platform."""
    return user_data_path("vftui") / "recordings.db"


def load(
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    cwd: Path,
    config: Path,
    *,
    typed: Mapping[str, Any] = _NOTHING,
    keychain: Keychain = platform.get,
    picked: bool = False,
) -> Settings:
    """Put the settings together, or say in a sentence why they cannot be used.

    `flags` are fields by name, None for those not given, and `profile` for the file's profile; what
    was `typed` in the app is stronger. A profile that was `picked` in the app is stronger than the
    environment. The keychain is asked only when the key is there, which may take long.
    """
    profile = flags.get("profile")
    told = [from_typing(typed), from_flags({**flags, "profile": None})]
    environment = from_environment(environ)
    dotenv = from_dotenv(cwd / ".env")
    own, top = from_file(config, profile, FIELDS)
    order = [own, environment, dotenv] if picked else [environment, dotenv, own]
    layers = _with_key([*told, *order, top], environment, environ, keychain)
    origins: dict[str, str] = {}
    for layer in reversed(layers):
        origins |= layer.origins
    _refuse_foreign_endpoint(layers, dotenv)
    values: dict[str, Any] = {
        "layers": [layer.values for layer in layers],
        "origins": origins,
        "notes": _notes(layers, origins, own, profile),
    }
    try:
        return Settings(**values)
    except ValidationError as error:
        raise ConfigurationError(*_complaint(error, origins)) from None


def _with_key(
    layers: list[Layer], environment: Layer, environ: Mapping[str, str], keychain: Keychain
) -> list[Layer]:
    """The layers, with the key itself in the one that names its place, if that one decides."""
    otherwise = ""
    for number, layer in enumerate(layers):
        if "api_key" in layer.values:
            break
        if layer is environment:  # what comes behind it is weaker
            otherwise = ", or set VF_API_KEY"
        reference = layer.values.get("api_key_from")
        if is_reference(reference):
            said_by = layer.origins["api_key_from"]
            key = look_up(reference, layer.entry, said_by, environ, keychain, otherwise=otherwise)
            holder = replace(layer, values={**layer.values, "api_key": key})
            return [*layers[:number], holder, *layers[number + 1 :]]
    return layers


def _notes(
    layers: list[Layer], origins: Mapping[str, str], own: Layer, profile: str | None
) -> tuple[str, ...]:
    notes = list(dict.fromkeys(warning for layer in layers for warning in layer.warnings))
    dotenv = [field for field, origin in origins.items() if origin == "./.env"]
    if dotenv:
        notes.insert(0, f"{', '.join(dotenv)} from ./.env")
    decided = [name for name in own.origins if origins[name] not in (own.origins[name], TYPED)]
    if decided:
        places = ", ".join(f"{name} is from {origins[name]}" for name in decided)
        notes.append(f"profile {profile} does not decide everything: {places}")
    return tuple(notes)


def _refuse_foreign_endpoint(layers: list[Layer], dotenv: Layer) -> None:
    """Rule 3: the folder's endpoint does not get the key of another place."""
    url_layer = next((layer for layer in layers if "base_url" in layer.values), None)
    key_layer = next((layer for layer in layers if "api_key" in layer.values), None)
    if url_layer is not dotenv or key_layer is None or key_layer is dotenv:
        return
    if str(dotenv.values["base_url"]).rstrip("/") != DEFAULT_BASE_URL:
        raise ConfigurationError(
            f"./.env names an endpoint, but the key is from {key_layer.origins['api_key']}:"
            " they are not joined, because whoever made this folder would get your key.",
            "If the endpoint is yours, pass it as --base-url URL.",
        )


def _complaint(error: ValidationError, origins: Mapping[str, str]) -> tuple[str, str]:
    """The first thing that is wrong, as a sentence about its place, and what to do."""
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return sentence(message), "Use https://, or --insecure-http if that is what you want."
    field = str(first["loc"][0])
    place = origins.get(field, "nowhere")
    return sentence(f"{field} (from {place}): {message}"), "Mend it there."
