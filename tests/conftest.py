"""What holds for every test: a home of its own, no settings from outside, no network but this host.

The local time is UTC, and nothing on the screen moves by itself.
"""

from __future__ import annotations

import gc
import ipaddress
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ["TEXTUAL_ANIMATIONS"] = "none"  # Textual reads it when it is loaded

OURS = ("VF_", "XDG_")
"""Variables that begin like this come from the person's own surroundings."""

FOREIGN = ("NO_COLOR", "COLUMNS", "LINES", "UNICODE_VERSION")
"""Variables that change what is shown."""


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty home, UTC, and the garbage collector as it was."""
    for name in (*filter(lambda name: name.startswith(OURS), os.environ), *FOREIGN):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    for name, folder in (
        ("HOME", "."), ("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"), ("XDG_STATE_HOME", "state"),
    ):  # fmt: skip
        monkeypatch.setenv(name, str(home / folder))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()  # the app sets aside what exists, for the rest of its process
    gc.set_threshold(*thresholds)


@pytest.fixture(autouse=True, scope="session")
def this_machine_only() -> Iterator[None]:
    """Connecting to another machine fails the test, whoever would catch the error."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


def _guarded(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            pytest.fail(f"A test wants to connect to {address[0]}.")
        return connect(self, address)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
