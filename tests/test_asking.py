"""A button that names an address: nothing is opened but by a person's key, and nothing hidden."""

from __future__ import annotations

import pytest

from tests.stage import SIZES, Stage, buttons, end, head, stage
from vftui.ui.asking import AddressScreen, host_of


def to(url: str) -> dict[str, object]:
    """The request of a button that wants an address opened."""
    actions = [{"type": "open_url", "payload": {"url": url}}]
    return {"type": "action", "payload": {"label": "Map", "actions": actions}}


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person sits in front of this machine."""
    monkeypatch.setattr("vftui.ui.asking.is_here", lambda: True)


async def offered(on: Stage, url: str) -> list[str]:
    """Press a button with this address; what the app will have opened."""
    opened: list[str] = []
    on.chat.browse = opened.append  # type: ignore[method-assign,assignment]
    await on.say("go")
    await on.play(head(), buttons(Map=to(url)), end())
    await on.press("alt+1")
    await on.until(lambda: isinstance(on.app.screen, AddressScreen))
    return opened


@pytest.mark.parametrize(
    ("key", "opened", "copied", "sent"),
    [
        ("enter", True, False, True),
        ("o", True, False, True),
        ("c", False, True, True),
        ("s", False, False, True),
        ("escape", False, False, False),
    ],
)
async def test_what_each_key_does(key: str, opened: bool, copied: bool, sent: bool) -> None:
    url = "https://example.com/docks?from=bot"
    async with stage() as on:
        browser = await offered(on, url)
        assert len(on.puppet.actions) == 2
        await on.press(key)
        await on.until(lambda: len(on.puppet.actions) == 2 + sent)
        if copied:
            await on.until(lambda: on.app.clipboard == url)
        assert browser == [url] * opened
        assert (on.app.clipboard == url) is copied
        if sent:
            assert on.puppet.actions[-1] == to(url)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "https://[", "x"])
async def test_only_the_web_is_opened(url: str) -> None:
    async with stage() as on:
        browser = await offered(on, url)
        await on.press("enter", "o")
        assert browser == []
        assert isinstance(on.app.screen, AddressScreen)


async def test_over_ssh_nothing_is_opened_where_nobody_sees_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vftui.ui.asking.is_here", lambda: False)
    async with stage() as on:
        browser = await offered(on, "https://example.com/")
        assert "copy it" in on.screen_text
        await on.press("enter", "o")
        assert browser == [] and isinstance(on.app.screen, AddressScreen)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_address_is_shown_whole_and_harmless(size: tuple[int, int]) -> None:
    url = "https://bank.example@evil.example/\x1b[31m\u202e" + "a" * 30
    async with stage(size=size) as on:
        await offered(on, url)
        text = on.screen_text
        assert not {"\x1b", "\u202e"} & set(text)
        assert "bank.example@evil.example" in "".join(text.split())


def test_the_host_is_the_one_that_is_asked() -> None:
    assert host_of("https://bank.example@evil.example/x") == "evil.example"
    assert host_of("HTTP://example.com") == "example.com"
    assert host_of("https://exa\u202emple.com") is None


async def test_a_typed_label_comes_back_when_its_button_is_not_pressed_after_all() -> None:
    async with stage() as on:
        await on.say("go")
        await on.play(head(), buttons(Map=to("https://example.com/docks")), end())
        await on.say("Map")
        await on.until(lambda: isinstance(on.app.screen, AddressScreen))
        await on.press("escape")
        await on.until(lambda: on.chat.prompt.text == "Map", "nothing typed is lost")
        assert len(on.puppet.actions) == 2
