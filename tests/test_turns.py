"""Turns: one at a time, the line behind it, stopping, leaving, and a recording that fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.stage import START, Puppet, end, head, stage, text, turn
from vftui.errors import VftuiError
from vftui.session.log import Closed, Ending, Entry


def endings(entries: list[Entry]) -> list[str]:
    return [entry.ending for entry in entries if isinstance(entry, Closed)]


async def test_the_agent_is_launched_first() -> None:
    async with stage(Puppet([text("Welcome")])) as on:
        assert on.puppet.actions == [{"type": "launch"}]
        assert "Welcome" in on.conversation_text


async def test_one_turn_runs_and_the_others_wait_in_line() -> None:
    async with stage() as on:
        for words in ("one", "two", "three"):
            await on.say(words)
        await on.until(lambda: "2 queued" in on.screen_text)
        assert [a["payload"] for a in on.puppet.actions[1:]] == ["one"]
        for ran in (2, 3):
            on.puppet.play(end())
            await on.until(lambda: len(on.puppet.actions) == ran + 1)  # noqa: B023
        on.puppet.play(end())
        await on.until(lambda: "queued" not in on.screen_text)
        assert [a["payload"] for a in on.puppet.actions[1:]] == ["one", "two", "three"]


async def test_escape_stops_the_turn_and_what_waits_behind_it() -> None:
    async with stage() as on:
        await on.say("one")
        await on.say("two")
        await on.play(head(), text("Half an ans"))
        await on.press("escape")
        await on.until(lambda: not on.busy)
        await on.painted()
        assert [a["payload"] for a in on.puppet.actions[1:]] == ["one"]
        assert on.puppet.left == 1
        assert endings(list(on.journal.entries())) == ["complete", "cancelled"]
        assert on.session.turns[-1].ending == "cancelled"
        assert "Half an ans" in on.conversation_text
        assert on.chat.prompt.text == "two"  # to think again about
        on.chat.prompt.clear()
        await on.say("three")
        await on.until(lambda: on.puppet.actions[-1]["payload"] == "three")


async def test_what_waited_does_not_replace_what_is_being_written() -> None:
    async with stage() as on:
        await on.say("one")
        await on.say("two")
        await on.press(*"draft", "escape")
        assert on.chat.prompt.text == "draft"
        assert any("not sent" in note for note in on.toasts)


@pytest.mark.parametrize("ending", ["refused", "unreachable", "truncated", "failed"])
async def test_behind_a_turn_that_went_wrong_nothing_is_sent(ending: Ending) -> None:
    async with stage() as on:
        await on.say("one")
        await on.say("two")
        on.puppet.play(head(), Closed(START + 1, ending, "No."))
        await on.until(lambda: on.chat.prompt.text == "two", "it is handed back")
        assert not on.busy
        assert [action["payload"] for action in on.puppet.actions[1:]] == ["one"]
        await on.press("enter")
        await on.until(lambda: len(on.puppet.actions) == 3, "it can be sent all the same")


async def test_of_several_that_waited_a_person_is_told_where_they_are() -> None:
    async with stage() as on:
        for words in ("one", "two", "three"):
            await on.say(words)
        on.puppet.play(head(), Closed(START + 1, "refused", "No."))
        await on.until(lambda: any("2 that waited were not sent" in note for note in on.toasts))
        await on.press("up")
        assert on.chat.prompt.text == "three"
        assert len(on.puppet.actions) == 2


async def test_stopping_a_turn_that_is_just_over_does_not_stop_the_next() -> None:
    async with stage() as on:
        for _ in range(20):
            on.chat.outgoing.send({"type": "text", "payload": "one"})
            await on.until(lambda: on.session.turns[-1].ending is None)
            on.puppet.play(end())
            on.chat.outgoing.stop()
            on.chat.outgoing.send({"type": "text", "payload": "two"})
            await on.until(lambda: on.puppet.actions[-1]["payload"] == "two", "the next one runs")
            on.puppet.play(end())
            await on.until(lambda: not on.busy)
            assert on.session.turns[-1].ending == "complete"


async def test_a_turn_that_has_not_begun_can_be_stopped() -> None:
    async with stage() as on:
        on.chat.outgoing.send({"type": "text", "payload": "never"})
        on.chat.action_stop()
        await on.until(lambda: not on.busy, "the turn is over")
        await on.say("later")
        await on.until(lambda: on.puppet.actions[-1].get("payload") == "later")


async def test_what_is_sent_before_there_is_an_agent_waits_for_the_launch() -> None:
    gate = asyncio.Event()
    async with stage(Puppet([text("hello")]), gate=gate) as on:
        await on.say("early")
        assert on.puppet.actions == []
        gate.set()
        await on.until(lambda: len(on.puppet.actions) == 2)
        assert [a["type"] for a in on.puppet.actions] == ["launch", "text"]


async def test_leaving_in_mid_stream_records_how_the_turn_ended() -> None:
    async with stage() as on:
        await on.say("long")
        await on.say("never sent")
        await on.play(head(), text("and so"))
        await on.press("ctrl+q")
    assert endings(on.recorded) == ["complete", "cancelled"]
    assert on.puppet.actions[-1]["payload"] == "long"
    assert on.app.return_code == 0


async def test_leaving_before_there_is_an_agent() -> None:
    async with stage(gate=asyncio.Event()) as on:
        await on.press("ctrl+q")
    assert on.puppet.actions == []


async def test_leaving_at_the_moment_of_the_launch() -> None:
    gate = asyncio.Event()
    async with stage(gate=gate) as on:
        gate.set()
        on.app.exit()


async def test_a_recording_that_fails_is_told_of_once_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(entry: Entry) -> None:
        raise VftuiError("The disk is full.")

    gate = asyncio.Event()
    async with stage(Puppet([head(), text("I go on")]), gate=gate) as on:
        monkeypatch.setattr(on.journal, "append", refuse)
        gate.set()
        await on.until(lambda: "I go on" in on.conversation_text)
        await on.say("again")
        await on.until(lambda: on.conversation_text.count("I go on") == 2)
        told = [note for note in on.toasts if "disk is full" in note]
        assert len(told) == 1
        assert on.session.turns[-1].ending == "complete"


async def arriving(*entries: Entry) -> AsyncIterator[Entry]:
    for entry in entries:
        await asyncio.sleep(0)
        yield entry


async def test_a_stream_that_arrives_by_itself_is_shown_and_nothing_can_be_sent() -> None:
    entries = turn("hi", text("from a file"))[1:]
    async with stage(log=[], replay=arriving(*entries)) as on:
        await on.until(lambda: on.session.turns and on.session.turns[-1].ending == "complete")
        await on.painted()
        assert "from a file" in on.conversation_text
        assert list(on.journal.entries()) == entries
        assert not on.chat.prompt.display
        on.chat.outgoing.send({"type": "text", "payload": "hello?"})
        await on.until(lambda: any("saved" in note for note in on.toasts))


async def test_a_stream_that_arrives_by_itself_can_be_stopped() -> None:
    forever = asyncio.Event()

    async def stuck() -> AsyncIterator[Entry]:
        yield text("and then")
        await forever.wait()

    async with stage(log=[], replay=stuck()) as on:
        await on.until(lambda: on.session.entries == 1)
        await on.press("escape")
        await on.until(lambda: on.session.turns[-1].ending == "cancelled")
