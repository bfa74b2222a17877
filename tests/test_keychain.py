"""The keychain: which backends count, what is asked of them, and what becomes of their failures."""

from __future__ import annotations

from collections.abc import Callable

import keyring
import pytest
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as Absent
from keyring.backends.null import Keyring as Null
from keyring.errors import KeyringLocked, PasswordSetError

from tests.keychains import FakeKeychain, use
from vftui import keychain
from vftui.errors import VftuiError

KEY = "VF.DM.0123456789abcdef01234567.CanarySecretCanary"


class PlainText(FakeKeychain):
    priority = 0.5


class Broken(FakeKeychain):
    """A keychain that quotes what it should have kept."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(f"{KEY} is locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise PasswordSetError(f"cannot keep {password}")

    def delete_password(self, service: str, username: str) -> None:
        raise OSError(KEY)


def test_a_key_is_kept_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = FakeKeychain()
    use(ring, monkeypatch)
    assert keychain.available() and keychain.get("staging") is None
    keychain.put("staging", KEY)
    keychain.put("other", "x")
    assert keychain.get("staging") == KEY
    assert ring.kept == {("vftui", "staging"): KEY, ("vftui", "other"): "x"}
    assert keychain.get("other") == "x"


@pytest.mark.parametrize("kind", [Absent, Null, PlainText])
def test_what_keeps_nothing_or_keeps_it_readable_is_no_keychain(
    monkeypatch: pytest.MonkeyPatch, kind: Callable[[], object]
) -> None:
    use(kind(), monkeypatch)
    assert not keychain.available()
    asks: list[Callable[[], object]] = [lambda: keychain.get("a"), lambda: keychain.put("a", KEY)]
    for ask in asks:
        with pytest.raises(VftuiError) as caught:
            ask()
        assert "no keychain" in caught.value.message and "VF_API_KEY" in caught.value.hint


@pytest.mark.parametrize("safe", [True, False])
def test_of_several_the_safe_one_is_asked(monkeypatch: pytest.MonkeyPatch, safe: bool) -> None:
    good, plain = FakeKeychain(), PlainText()
    rings = [plain, good] if safe else [plain]
    monkeypatch.setattr(ChainerBackend, "backends", rings)
    several: Callable[[], object] = ChainerBackend
    use(several(), monkeypatch)
    assert keychain.available() is safe
    if safe:
        keychain.put("a", KEY)
        assert good.kept and not plain.kept


@pytest.mark.parametrize(
    "ask",
    [lambda: keychain.get("a"), lambda: keychain.put("a", KEY)],
    ids=["get", "put"],
)
def test_a_failure_is_one_sentence_without_the_key(
    monkeypatch: pytest.MonkeyPatch, ask: Callable[[], object]
) -> None:
    use(Broken(), monkeypatch)
    with pytest.raises(VftuiError) as caught:
        ask()
    error = caught.value
    assert error.exit_code == 2
    assert "Canary" not in f"{error.message} {error.hint} {error!r} {error.__cause__!r}"
    assert error.message.startswith("The keychain could not ") and error.hint
    assert error.__suppress_context__


def test_a_library_that_fails_to_start_is_no_keychain(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode() -> None:
        raise RuntimeError("no bus")

    monkeypatch.setattr(keyring, "get_keyring", explode)
    assert not keychain.available()
    with pytest.raises(VftuiError, match="be opened"):
        keychain.get("a")
