"""`vftui doctor`: what a conversation needs, checked one after the other.

Three rules:

1. stdout gets a line for each finding and, below it, what to do; no key is ever in it.
2. A turn is run only when asked for: by `--turn`, by a person at the terminal, or of the demo
   agent, which costs nothing.
3. The exit code is that of the first check that failed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass

import click

from vftui.checks.agent import check_agent
from vftui.checks.machine import check_machine, check_recording, check_terminal
from vftui.checks.turn import check_turn
from vftui.checks.verdict import Verdict, failed, skipped
from vftui.commands.flags import Flags, agent_flags, agent_settings
from vftui.commands.speech import put, to_json
from vftui.errors import ConfigurationError, ExitCode
from vftui.render.text import printable
from vftui.secrets import mask
from vftui.settings import Settings, recordings_path

_QUESTION = "Run a turn, too? It launches the agent and may cost tokens."


@click.command()
@click.option("--turn", "runs", is_flag=True, help="Run a turn, too; it may cost tokens.")
@click.option("--text", "words", metavar="WORDS", default="", help="What to say in that turn.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--demo", is_flag=True, help="Check the embedded demo agent.")
@agent_flags()
def doctor(runs: bool, words: str, as_json: bool, demo: bool, flags: Flags) -> None:
    """Check the key, the project, the environment, streaming, recording and the terminal.

    Each finding is one line on stdout; what to do about it is below. To see whether answers stream,
    a turn must be run: that launches the agent and may cost tokens, so you are asked first (without
    a terminal: give --turn).

    \b
    Examples:
      vftui doctor
      vftui doctor --turn --json | jq -r 'select(.state == "failed").fix'
    """
    asked = _Asked(runs or demo or bool(words), words or ("hire a bike" if demo else ""))
    code = asyncio.run(_doctor(asked, as_json=as_json, demo=demo, flags=flags))
    click.get_current_context().exit(code)


@dataclass(frozen=True)
class _Asked:
    """Whether to run a turn without asking, and what to say in it."""

    runs: bool
    words: str


async def _doctor(asked: _Asked, *, as_json: bool, demo: bool, flags: Flags) -> ExitCode:
    found: list[Verdict] = []
    async with aclosing(_verdicts(asked, demo, flags)) as verdicts:
        async for verdict in verdicts:
            found.append(verdict)
            put(_line(verdict) if as_json else _lines(verdict))
    if not as_json:
        put(_summary(found))
    return next((one.code for one in found if one.state == "failed"), ExitCode.OK)


async def _verdicts(asked: _Asked, demo: bool, flags: Flags) -> AsyncGenerator[Verdict, None]:
    async with AsyncExitStack() as stack:
        try:
            settings = await stack.enter_async_context(agent_settings(flags, demo=demo))
        except ConfigurationError as error:
            for verdict in _without_settings(error):
                yield verdict
            return
        sound = True
        async for verdict in check_agent(settings):
            sound = sound and verdict.state != "failed"
            yield verdict
        async for verdict in _turn(settings, sound, asked):
            yield verdict
        for verdict in check_machine(settings, recordings_path(), os.environ):
            yield verdict


def _without_settings(error: ConfigurationError) -> Iterator[Verdict]:
    yield failed("settings", error.message, error.hint, ExitCode.CONFIGURATION)
    yield skipped("agent", "Not tried: it needs the settings.")
    yield check_recording(recordings_path(), wanted=True)
    yield check_terminal(os.environ)


async def _turn(settings: Settings, sound: bool, asked: _Asked) -> AsyncIterator[Verdict]:
    """A turn, if the agent can be reached and if a person wants it."""
    if not sound:
        yield skipped("turn", "Not run: something before it failed.")
    elif not (asked.runs or _agreed()):
        text = "Not run: it launches the agent and may cost tokens."
        yield skipped("turn", text, "To run it: vftui doctor --turn")
    else:
        async for verdict in check_turn(settings, os.environ, asked.words):
            yield verdict


def _agreed() -> bool:
    """Whether somebody is there, and says yes."""
    present = sys.stdin.isatty() and sys.stderr.isatty()
    return present and click.confirm(_QUESTION, err=True)


def _lines(verdict: Verdict) -> str:
    fix = f"{'':20}{_shown(verdict.fix)}\n" if verdict.fix else ""
    return f"{verdict.state:8}{verdict.what:12}{_shown(verdict.text)}\n{fix}"


def _shown(text: str) -> str:
    return mask(printable(text).replace("\n", " "))


def _line(verdict: Verdict) -> str:
    told = {"what": verdict.what, "state": verdict.state, "text": verdict.text, "fix": verdict.fix}
    return to_json(told) + "\n"


def _summary(found: list[Verdict]) -> str:
    bad = sum(one.state == "failed" for one in found)
    left = sum(one.state == "skipped" for one in found)
    head = f"{bad} of {len(found)} checks failed" if bad else "Nothing failed"
    return f"{head}, {left} skipped.\n" if left else f"{head}.\n"
