"""The places that settings come from, each read into a layer of values.

Three rules:

1. A layer knows of each value where exactly it was found.
2. No error shows a value: the key may be on the very line that is wrong.
3. A word from a file is shown only if it looks like a name.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from vftui.errors import ConfigurationError
from vftui.keys import key_origin

VARIABLES = {
    "api_key": "VF_API_KEY",
    "project": "VF_PROJECT_ID",
    "environment": "VF_ENVIRONMENT",
    "user": "VF_USER_ID",
    "base_url": "VF_RUNTIME_URL",
    "api": "VF_API",
}
"""Field to its environment variable."""

SAMPLE_VARIABLES = {
    "api_key": "API_KEY",
    "project": "PROJECT_ID",
    "environment": "ENVIRONMENT",
    "base_url": "RUNTIME_ENDPOINT",
}
"""Field to its name in the `.env` of Voiceflow's own sample client; too general for elsewhere."""


TYPED = "what was typed"
"""Where a value comes from that a person has typed in the app."""

TOP_ENTRY = "default"
"""The name of the keychain's entry for the top level of the settings file."""


@dataclass(frozen=True)
class Layer:
    """The values of one place, and where exactly each was found."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    entry: str = TOP_ENTRY
    """Which entry of the keychain is meant, when the keychain holds this place's key."""


def from_flags(flags: Mapping[str, Any]) -> Layer:
    """The command line, whose flags are named like the fields."""
    given = _given(flags)
    return Layer(given, {name: f"--{name.replace('_', '-')}" for name in given})


def from_typing(typed: Mapping[str, Any]) -> Layer:
    """What a person has typed in the app just now."""
    given = _given(typed)
    return Layer(given, dict.fromkeys(given, TYPED) | key_origin(given))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def from_environment(environ: Mapping[str, str]) -> Layer:
    """The process's environment; an empty variable is none."""
    found = {field: name for field, name in VARIABLES.items() if environ.get(name, "").strip()}
    return Layer(
        {field: environ[name] for field, name in found.items()},
        {field: f"${name}" for field, name in found.items()},
    )


def from_dotenv(path: Path) -> Layer:
    """A `.env`, which may spell the names as Voiceflow's sample client does."""
    # Without interpolation: `https://elsewhere/${VF_API_KEY}` must stay what it is.
    content = dotenv_values(stream=StringIO(_text(path)), interpolate=False)
    values = {
        field: value
        for names in (SAMPLE_VARIABLES, VARIABLES)
        for field, name in names.items()
        if (value := (content.get(name) or "").strip())
    }
    return Layer(values, dict.fromkeys(values, "./.env"), _wide(path, values))


def from_file(path: Path, profile: str | None, fields: Sequence[str]) -> tuple[Layer, Layer]:
    """The settings file: what the profile says (nothing without one), and what the top level."""
    content, profiles = tables(path, fields)
    if profile is not None and profile not in profiles:
        raise ConfigurationError(
            f"{path} has no profile {_shown(profile)}.", _nearest(profile, tuple(profiles))
        )
    own = profiles[profile] if profile else {}
    return (_table(path, own, profile or TOP_ENTRY), _table(path, content, TOP_ENTRY))


def tables(
    path: Path, fields: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Mapping[str, Any]]]:
    """The settings file's top level and its profiles by name; both are empty without a file."""
    try:
        content = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line \d+, column \d+|end of document", str(error))
        where = f" at {place.group()}" if place else ""
        raise ConfigurationError(f"{path} is not valid TOML{where}.", "Mend it there.") from None
    profiles = content.pop("profile", {})
    if not isinstance(profiles, dict) or not all(isinstance(p, dict) for p in profiles.values()):
        raise ConfigurationError(f"{path}: profile must be tables, such as [profile.staging].")
    for table in (content, *profiles.values()):
        for key in table:
            if key not in fields:
                known = (*fields, "profile") if table is content else fields
                raise ConfigurationError(
                    f"{path}: unknown key {_shown(key)}.", _nearest(key, known)
                )
        if {"api_key", "api_key_from"} <= table.keys():
            raise ConfigurationError(
                f"{path} has api_key and api_key_from in one table.", "Keep one of them."
            )
    return content, profiles


def _table(path: Path, values: Mapping[str, Any], entry: str) -> Layer:
    origins = dict.fromkeys(values, str(path)) | key_origin(values)
    return Layer(values, origins, _wide(path, values), entry)


def _text(path: Path) -> str:
    """What is in a file; nothing, when there is none."""
    try:
        return path.read_text("utf-8-sig") if path.is_file() else ""
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not UTF-8 text.") from None


def _wide(path: Path, values: Mapping[str, Any]) -> tuple[str, ...]:
    """A warning when others may read the file's key; Windows has no such mode bits."""
    if "api_key" not in values or path.drive or not path.stat().st_mode & 0o077:
        return ()
    return (f"{path} holds a key that other users can read: chmod 600 it.",)


def _shown(word: str) -> str:
    """A word of a person's, unless it may be a key or hold escape sequences."""
    return repr(word) if re.fullmatch(r"[\w-]{1,40}", word, re.ASCII) else "with an odd name"


def _nearest(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if close:
        return f"Did you mean {_shown(close[0])}?"
    return f"There are: {', '.join(map(_shown, known))}." if known else "There are none."
