"""The profiles of the settings file: which there are, and how one gets in.

Four rules:

1. Nothing but the profile changes: comments, order and everything else stay as they are. What is
   about to be written is read again and compared before the file is replaced.
2. The file is replaced whole, or not at all.
3. A new file and its folder are their owner's alone; so is a file that gets a key.
4. A profile that is there is replaced only on demand. Then what says whom to talk to goes, so that
   no key gets the address of another; how to talk to them stays.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vftui.errors import ConfigurationError, VftuiError
from vftui.keys import is_reference, place_of
from vftui.opening import NameTaken, Profile
from vftui.places import TOP_ENTRY, tables
from vftui.replacing import replace as replace_file
from vftui.secrets import kind_of, mask
from vftui.settings import FIELDS, default_environment

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_KEY_PLACES = ("api_key", "api_key_from")
_WHO = (*_KEY_PLACES, "project", "environment", "api", "base_url", "user")


def profiles(path: Path) -> tuple[Profile, ...]:
    """The profiles of a settings file, in its order; a file that cannot be read is an error."""
    top, named = tables(path, FIELDS)
    return tuple(_profile(name, {**top, **own}, own) for name, own in named.items())


def _profile(name: str, values: Mapping[str, Any], own: Mapping[str, Any]) -> Profile:
    api = str(values.get("api", "v4"))
    environment = str(values.get("environment", default_environment(api)))
    key = own if any(place in own for place in _KEY_PLACES) else values
    project = mask(str(values.get("project", "")))
    return Profile(mask(name), project, mask(environment), mask(api), _key_place(key))


def _key_place(values: Mapping[str, Any]) -> str:
    reference = values.get("api_key_from")
    if "api_key" in values:
        return "the settings file"
    return place_of(reference) if is_reference(reference) else "$VF_API_KEY"


def check_name(name: str) -> str:
    """The name without the spaces around it; an error when no profile can be called that."""
    name = name.strip()
    if not _NAME.fullmatch(name) or kind_of(name) != kind_of(""):
        raise ConfigurationError(
            "A profile's name has letters, figures, - and _ only, at most 40.",
            "Choose one such as staging.",
        )
    if name == TOP_ENTRY:
        raise ConfigurationError(
            f"{TOP_ENTRY} means the settings that are in no profile.", "Choose another name."
        )
    return name


def free_name(path: Path, name: str) -> str:
    """The name as `check_name` gives it; `NameTaken` when there is a profile that is called so."""
    name = check_name(name)
    if name in tables(path, FIELDS)[1]:
        raise NameTaken(
            f"There is a profile {name} already.", "Choose another name, or replace it."
        )
    return name


def write(path: Path, name: str, values: Mapping[str, str], *, replace: bool = False) -> bool:
    """Write these settings as the profile of that name; `NameTaken` unless `replace` is demanded.

    True: others could read the file, and no longer can, because it holds a key now.
    """
    name = check_name(name) if replace else free_name(path, name)
    top, named = tables(path, FIELDS)  # what is wrong with the file is said before it is touched
    path = path.resolve()  # a link to a file elsewhere stays one
    gone = set(_WHO) - set(values)
    own = {key: value for key, value in named.get(name, {}).items() if key not in gone}
    wanted = {**top, "profile": {**named, name: {**own, **values}}}
    text = _changed(path, name, values, gone)
    try:
        as_wanted = tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        as_wanted = False
    if not as_wanted:
        raise VftuiError(
            f"{path} is written in a way that cannot be changed safely.",
            f"Add [profile.{name}] to it by hand.",
        )
    return replace_file(path, text, "The profile", private="api_key" in values)


def _changed(path: Path, name: str, values: Mapping[str, str], gone: set[str]) -> str:
    """The file's text with the profile in it."""
    import tomlkit

    try:
        document = tomlkit.parse(path.read_bytes().decode("utf-8-sig") if path.exists() else "")
        if "profile" not in document:
            document.add("profile", tomlkit.table(is_super_table=True))
        named: Any = document["profile"]
        if name not in named:
            named.add(name, tomlkit.table())
        for key in gone & set(named[name]):
            del named[name][key]
        for key, value in values.items():
            named[name][key] = value
        return tomlkit.dumps(document)
    except Exception:  # noqa: BLE001  each odd way to write a table fails in a way of its own
        return ""  # which is not what is wanted
