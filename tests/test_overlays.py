"""What lies over the panes: what the app tells, and its help. Neither hides what is typed."""

from __future__ import annotations

import pytest
from textual.widgets import Footer, HelpPanel
from textual.widgets._toast import Toast, ToastRack

from tests.stage import Stage, stage

LONG = (
    "The editor none-such cannot be started: No such file or directory. "
    "Set VISUAL or EDITOR to one that is installed."
)
SIZES = [(120, 40), (80, 24), (50, 15), (40, 12)]


async def told(on: Stage, *texts: str) -> list[Toast]:
    """The toasts, once they are where they belong."""
    if on.app._disable_notifications:  # as in every test, where no screen has a rack for them
        on.app._disable_notifications = False
        await on.chat.mount(ToastRack())
    for text in texts:
        on.chat.say(text)
    await on.until(lambda: len(on.app.screen.query(Toast)) == len(texts), "the toasts")
    await on.pilot.pause()
    return list(on.app.screen.query(Toast))


@pytest.mark.parametrize("size", SIZES)
async def test_a_toast_stands_at_the_top_right_and_is_no_higher_than_needed(
    size: tuple[int, int],
) -> None:
    async with stage(size=size) as on:
        toast, short = await told(on, LONG, "Copied.")
        assert (toast.region.y, toast.region.right) == (on.chat.status.region.bottom, size[0])
        assert toast.region.height <= (4 if size[0] == 40 else 3)
        assert toast.region.width <= 62
        assert (short.region.height, short.region.right) == (1, size[0])
        assert short.region.width < 15


@pytest.mark.parametrize("size", SIZES)
async def test_many_toasts_leave_what_is_typed_and_its_hints_alone(size: tuple[int, int]) -> None:
    async with stage(size=size) as on:
        await on.press(*"/vars a")
        toasts = await told(on, *(f"{LONG} {number}" for number in range(9)))
        seen = [on.chat.find_widget(toast).visible_region for toast in toasts]
        for widget in (on.chat.status, on.chat.composer, on.chat.prompt, on.chat.query_one(Footer)):
            assert not any(region.overlaps(widget.region) for region in seen)
        assert seen[-1] == toasts[-1].region  # the newest is not scrolled away


@pytest.mark.parametrize("size", [(80, 24), (50, 15), (40, 12)])
async def test_help_takes_all_of_a_small_screen(size: tuple[int, int]) -> None:
    async with stage(size=size) as on:
        before = on.chat.conversation.size
        await on.press("f1")
        help_panel = on.chat.query_one(HelpPanel)
        assert help_panel.region == on.chat.region
        assert on.chat.conversation.size == before  # which is not made anew for it
        assert "Type to the agent" in on.screen_text
        await on.press("f1")
        assert not on.chat.query(HelpPanel)


async def test_help_stands_beside_the_conversation_on_a_wide_screen() -> None:
    async with stage() as on:
        await on.press("f1")
        assert on.chat.query_one(HelpPanel).region.width <= 60
        assert "Conversation" in on.screen_text


async def test_help_about_the_prompt_tells_our_keys_only() -> None:
    async with stage(size=(200, 100)) as on:
        await on.press("f1")
        await on.until(lambda: "Send the message" in on.screen_text)
        assert "Cursor left" not in on.screen_text
        assert "Page Left" not in on.screen_text


async def test_escape_closes_help_before_what_lies_under_it() -> None:
    async with stage(size=(40, 12)) as on:
        await on.press("/", "f1", "escape")
        assert on.chat.composer.open
        await on.chat.query("HelpPanel").remove()
        await on.press("escape")
        assert not on.chat.composer.open
