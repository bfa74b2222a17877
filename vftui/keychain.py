"""The platform's keychain: keys by name, under the service `vftui`.

Three rules:

1. The library is loaded when it is needed: it tries every keychain that there may be.
2. A keychain that keeps nothing, or keeps it readable in a file, does not count as one.
3. Whatever the library raises becomes one sentence, which never holds the key.

Every function may take long, because the platform may ask the person to unlock the keychain first:
call them in a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from vftui.errors import ConfigurationError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "vftui"
"""The name of the program in the keychain."""

_LEAST_PRIORITY = 1
"""What the library itself recommends; plain text in a file has less, no keychain at all 0."""

_Result = TypeVar("_Result")


def available() -> bool:
    """Whether there is a keychain that keeps keys safely."""
    try:
        return _backend() is not None
    except ConfigurationError:
        return False


def get(name: str) -> str | None:
    """The key of that name; None when there is none."""
    return _told("be read", lambda ring: ring.get_password(SERVICE, name))


def put(name: str, key: str) -> None:
    """Keep a key under that name, in place of the one that was there."""
    _told("store the key", lambda ring: ring.set_password(SERVICE, name, key))


def _told(what: str, ask: Callable[[KeyringBackend], _Result]) -> _Result:
    """Ask the keychain; say what cannot be done when it cannot."""
    ring = _backend()
    if ring is None:
        message = "There is no keychain on this machine that keeps keys safely."
        raise ConfigurationError(message, "Put the key into a variable, such as VF_API_KEY.")
    return _guarded(what, lambda: ask(ring))


def _backend() -> KeyringBackend | None:
    """The keychain in use, or the best of several; None when there is none worth the name."""
    return _guarded("be opened", _find)


def _find() -> KeyringBackend | None:
    import keyring
    from keyring.backends.chainer import ChainerBackend

    ring = keyring.get_keyring()
    rings = ring.backends if isinstance(ring, ChainerBackend) else [ring]
    return next((one for one in rings if one.priority >= _LEAST_PRIORITY), None)


def _guarded(what: str, ask: Callable[[], _Result]) -> _Result:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001  each platform's library has errors of its own
        # Only the type's name: a message may quote what was to be stored.
        raise ConfigurationError(
            f"The keychain could not {what} ({type(error).__name__}).",
            "Unlock it and try again, or put the key into a variable, such as VF_API_KEY.",
        ) from None
