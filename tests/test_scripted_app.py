"""The conversation that has everything in it, through the app by its keys, in each generation."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from tests.scripted_talk import TALK, Beat
from tests.stage import Stage, stage
from vftui.client import HttpAgent
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.session.log import Opened, Sent
from vftui.wire.dialects import Api, Target


async def type_line(on: Stage, line: str) -> None:
    """Type it, key by key in v4 (it takes long), and press enter."""
    if on.opening.agent is not None and on.opening.agent.api == "v4":
        on.chat.prompt.focus()
        await on.press(*line, "enter")
    else:
        await on.say(line)


async def do(on: Stage, beat: Beat) -> None:
    """What a person does for a beat: a number is pressed as such, everything else is typed."""
    turns = len(on.session.turns)
    if beat.variables:
        values = " ".join(f"{name}={json.dumps(value)}" for name, value in beat.variables.items())
        await type_line(on, f"/vars {values}")
    if beat.line.removeprefix("/press ").isdigit():
        await on.press(f"alt+{beat.line.removeprefix('/press ')}")
    elif beat.line == "/noreply":
        await on.press("f8")
    else:
        await type_line(on, beat.line)
    await on.until(lambda: len(on.session.turns) > turns and not on.busy, beat.line)
    await on.painted()


@pytest.mark.parametrize("api", get_args(Api))
async def test_a_conversation_with_everything_in_it(api: Api) -> None:
    async with demo_agent(pace=0) as url:
        alias = "development" if api == "v2beta1" else "main"
        agent = HttpAgent(Target(url, PROJECT, alias, "ada", "vftui"), api, KEY)
        async with stage(agent=agent) as on:
            for beat in TALK[1:]:  # the app launches by itself
                await do(on, beat)
                check(on, beat)
            turns = on.session.turns
            assert [turn.action for turn in turns] == [beat.sends for beat in TALK]
            assert on.toasts and not on.chat.prompt.text
        await agent.aclose()
    check_bodies(on, api)


def check(on: Stage, beat: Beat) -> None:
    """What the session means, and what the conversation shows of it."""
    turn = on.session.turns[-1]
    said = "\n\n".join(turn.messages)
    assert [part for part in beat.says if part not in said] == [], (beat.line, said)
    assert [choice.name for choice in turn.choices] == list(beat.offers), beat.line
    assert (turn.ending, turn.conversation_over) == ("complete", beat.over)
    assert on.chat.prompt.over is beat.over
    shown = on.conversation_text
    assert [name for name in beat.offers if name not in shown] == [], beat.line


def check_bodies(on: Stage, api: Api) -> None:
    """What went over the wire: actions verbatim, variables in place, one v4 session a launch."""
    sent = [entry for entry in on.recorded if isinstance(entry, Sent)]
    for entry, beat in zip(sent, TALK, strict=True):
        body = json.loads(entry.body)
        holder = body.get("state", {}) if api == "v2beta1" else body
        assert body["action"] == beat.sends
        assert holder.get("variables", {}) == beat.variables
    opened = [one for one in on.recorded if isinstance(one, Opened) and one.stage == "session"]
    assert len(opened) == (2 if api == "v4" else 0)
