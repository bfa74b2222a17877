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
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

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

_WHOSE = ("project", "base_url")
"""Flags that say which agent: the demo agent is one already."""

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
    if demo and (own := [name for name in _WHOSE if flags.get(name) is not None]):
        flag = f"--{own[0].replace('_', '-')}"
        raise click.UsageError(f"{flag} says which agent, and --demo another one.")
    report = _Report(as_json)
    asked = _Asked(runs or demo or bool(words), words or ("hire a bike" if demo else ""))
    _doctor(report, asked, demo=demo, flags=flags)
    click.get_current_context().exit(report.end())


@dataclass(frozen=True)
class _Asked:
    """Whether to run a turn without asking, and what to say in it."""

    runs: bool
    words: str


@dataclass
class _Report:
    """Tells each verdict as it is found, and what they come to."""

    as_json: bool
    found: list[Verdict] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing failed so far."""
        return all(one.state != "failed" for one in self.found)

    def add(self, verdict: Verdict) -> None:
        """Tell one."""
        self.found.append(verdict)
        put(_line(verdict) if self.as_json else _lines(verdict))

    async def follow(self, verdicts: AsyncIterator[Verdict]) -> None:
        """Tell those that a check finds."""
        async for verdict in verdicts:
            self.add(verdict)

    def end(self) -> ExitCode:
        """Tell the sum; the exit code."""
        if not self.as_json:
            put(_summary(self.found))
        return next((one.code for one in self.found if one.state == "failed"), ExitCode.OK)


def _doctor(report: _Report, asked: _Asked, *, demo: bool, flags: Flags) -> None:
    try:
        settings = asyncio.run(_agent(report, asked, demo=demo, flags=flags))
    except ConfigurationError as error:
        for verdict in _without_settings(error):
            report.add(verdict)
        return
    if not asked.runs:
        # Between two runs: while a loop runs, ctrl+c would wait for the answer.
        if report.sound and _agreed():
            asyncio.run(report.follow(check_turn(settings, os.environ, asked.words)))
        else:
            report.add(_no_turn(report.sound))
    for verdict in check_machine(settings, recordings_path(), os.environ):
        report.add(verdict)


async def _agent(report: _Report, asked: _Asked, *, demo: bool, flags: Flags) -> Settings:
    """The agent, and a turn unless a person is to be asked first."""
    async with agent_settings(flags, demo=demo) as settings:
        await report.follow(check_agent(settings))
        if asked.runs and report.sound:
            await report.follow(check_turn(settings, os.environ, asked.words))
        elif asked.runs:
            report.add(_no_turn(report.sound))
        return settings


def _without_settings(error: ConfigurationError) -> Iterator[Verdict]:
    yield failed("settings", error.message, error.hint, ExitCode.CONFIGURATION)
    yield skipped("agent", "Not tried: it needs the settings.")
    yield check_recording(recordings_path(), wanted=True)
    yield check_terminal(os.environ)


def _no_turn(sound: bool) -> Verdict:
    if not sound:
        return skipped("turn", "Not run: something before it failed.")
    text = "Not run: it launches the agent and may cost tokens."
    return skipped("turn", text, "To run it: vftui doctor --turn")


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
