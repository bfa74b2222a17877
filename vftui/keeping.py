"""Keeps an agent as a profile: the key where the person wants it, all else in the settings file."""

from __future__ import annotations

from pathlib import Path

from vftui import keychain
from vftui.errors import NotConfigured
from vftui.keys import KEYCHAIN
from vftui.opening import Keep
from vftui.places import TYPED
from vftui.profiles import check_name, free_name, write
from vftui.settings import Settings


def keep(
    path: Path,
    name: str,
    where: Keep,
    settings: Settings,
    variable: str,
    *,
    replace: bool = False,
) -> str:
    """Store these settings as a profile; a sentence that says what is where now.

    `variable` is the reference (`$NAME`) to write when the key is kept in none of our places. A
    profile that is there is only replaced on demand.
    """
    name = check_name(name) if replace else free_name(path, name)
    if settings.project is None or settings.api_key is None:
        missing = "project" if settings.project is None else "API key"
        raise NotConfigured(f"There is no {missing} to keep.", "Fill in the form first.")
    values = {
        "project": settings.project,
        "environment": settings.environment,
        "api": settings.api,
    }
    if "base_url" in settings.origins:
        values["base_url"] = settings.base_url
    if settings.origins.get("user") == TYPED:  # one for every start is no one's
        values["user"] = settings.user
    key = settings.api_key.get_secret_value()
    match where:
        case "keychain":
            keychain.put(name, key)
            place, values["api_key_from"] = "its key is in the keychain", KEYCHAIN
        case "file":
            place, values["api_key"] = "with its key", key
        case "variable":
            place, values["api_key_from"] = f"its key is expected in {variable}", variable
    narrowed = write(path, name, values, replace=replace)
    told = f"Profile {name} is in {path}, {place}: vftui --profile {name}"
    return f"{told}. Others could read that file and no longer can." if narrowed else told
