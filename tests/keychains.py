"""A keychain in memory. It is no subclass of the library's, which would offer it to everybody."""

from __future__ import annotations

import keyring
import pytest


class FakeKeychain:
    """Keeps keys as long as it lives."""

    priority: float = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


def use(ring: object, patch: pytest.MonkeyPatch) -> None:
    """Make it the platform's keychain."""
    patch.setattr(keyring, "get_keyring", lambda: ring)
