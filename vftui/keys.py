"""Where a key is, when the settings name its place in place of the key itself.

`api_key_from = "$STAGING_KEY"` is an environment variable. `api_key_from = "keychain"` is the entry
of the platform's keychain that has the profile's name (`default`, outside of profiles).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from vftui.errors import ConfigurationError

Keychain = Callable[[str], str | None]
"""Gives the key of that name, None when there is none; raises `VftuiError`, and may take long."""

KEYCHAIN = "keychain"
"""What the settings say for the platform's keychain."""

_REFERENCE = re.compile(rf"\$[A-Za-z_][A-Za-z0-9_]*|{KEYCHAIN}")


def is_reference(value: object) -> TypeGuard[str]:
    """Whether this names a place for a key."""
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


def place_of(reference: str) -> str:
    """The place, for a person."""
    return "the keychain" if reference == KEYCHAIN else reference


def key_origin(values: Mapping[str, Any]) -> dict[str, str]:
    """Where the key of these settings is, if they name its place and do not hold it."""
    reference = values.get("api_key_from")
    if "api_key" in values or not is_reference(reference):
        return {}
    return {"api_key": place_of(reference)}


def look_up(
    reference: str,
    entry: str,
    said_by: str,
    environ: Mapping[str, str],
    keychain: Keychain,
    *,
    otherwise: str = "",
) -> str:
    """The key at that place; an error names the place, and who (`said_by`) sent us there.

    `otherwise` is what else would help, as the end of a sentence.
    """
    if reference == KEYCHAIN:
        key = keychain(entry)
        missing = f"the keychain has no entry {entry!r} for vftui"
        mend = f"Connect once more and keep the key in the keychain{otherwise}."
    else:
        key = environ.get(reference[1:])
        missing = f"there is no variable {reference}"
        mend = f"Set {reference[1:]} before you start vftui{otherwise}."
    if not (key or "").strip():
        raise ConfigurationError(f"The key is missing: {missing} (from {said_by}).", mend)
    return key or ""
