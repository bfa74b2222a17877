"""The command palette: what the keys do, found by name and run."""

from __future__ import annotations

from textual.command import CommandPalette, DiscoveryHit

from tests.stage import Stage, buttons, end, head, stage, text, turn
from vftui.ui.palette import BindingCommands

LOG = turn("hello", text("Hi there"))


async def offered(on: Stage) -> list[str]:
    """The names of all commands."""
    provider = BindingCommands(on.chat)
    hits = [hit async for hit in provider.discover()]
    assert all(isinstance(hit, DiscoveryHit) and hit.help for hit in hits)
    return [str(hit.display) for hit in hits if isinstance(hit, DiscoveryHit)]


async def test_a_command_is_offered_once_whatever_its_keys() -> None:
    async with stage() as on:
        names = await offered(on)
        assert len(names) == len(set(names))
        assert {"Begin a new conversation", "Keys and help, or hide them", "Leave"} <= set(names)
        assert "Change the current theme" in await helps(on)


async def helps(on: Stage) -> list[str | None]:
    """What stands below the names."""
    return [
        hit.help
        async for hit in BindingCommands(on.chat).discover()
        if isinstance(hit, DiscoveryHit)
    ]


async def test_every_pane_is_offered_whoever_has_the_keys() -> None:
    async with stage(log=LOG) as on:
        on.chat.conversation.focus()
        await on.pilot.pause()
        names = await offered(on)
        assert {"Filter the traces", "Mark this trace, or take the mark away"} <= set(names)
        assert not any(name.startswith("Send") for name in names)


async def test_only_what_works_is_offered() -> None:
    async with stage() as on:
        assert not any("Press the button" in name for name in await offered(on))
        await on.say("go")
        await on.play(head(), buttons(Hire=None, Talk=None), end())
        names = [name for name in await offered(on) if "Press the button" in name]
        assert len(names) == 2
        assert "Begin a new conversation" not in await saved_commands()


async def saved_commands() -> list[str]:
    """What is offered where nothing can be sent."""
    async with stage(log=LOG) as on:
        return await offered(on)


async def test_a_command_is_found_by_what_it_does_and_run() -> None:
    async with stage(log=LOG) as on:
        on.chat.side.traces.focus()
        await on.press("ctrl+p")
        assert isinstance(on.app.screen, CommandPalette)
        await on.press(*"filter the tr")
        await on.until(lambda: "Filter the traces" in on.screen_text)
        await on.press("enter")
        await on.until(lambda: on.app.screen is not None and not_palette(on))
        await on.until(lambda: on.chat.side.trace_pane.typing == "filter")


def not_palette(on: Stage) -> bool:
    return not isinstance(on.app.screen, CommandPalette)


async def test_escape_leaves_the_palette_and_nothing_else() -> None:
    async with stage() as on:
        await on.say("go")
        await on.press("ctrl+p", "escape")
        await on.until(lambda: not_palette(on))
        assert on.busy
        assert on.keys_go_to(on.chat.prompt)


async def test_a_turn_streams_on_below_the_palette() -> None:
    async with stage() as on:
        await on.say("go")
        await on.press("ctrl+p")
        on.puppet.play(head(), text("Hi there"), end())
        await on.until(lambda: on.session.turns[-1].ending)
        await on.press("escape")
        await on.until(lambda: not_palette(on))
        await on.painted()
        assert "Hi there" in on.conversation_text
