"""`vftui send`: one turn without a screen.

Three rules:

1. stdout gets the agent's words, as they come, one message a line or more; nothing else. All
   other things the agent shows, and how the turn ended, are said on stderr.
2. `--json` prints every entry instead, as it happens.
3. The exit code is that of the turn's ending, also when stdout's reader has left.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import click

from vftui.commands.flags import Flags, agent_flags, load_settings
from vftui.commands.jsonlines import entry_line
from vftui.commands.speech import close_stdout, put, say
from vftui.commands.words import Words
from vftui.connect import agent_of, begin
from vftui.errors import ConfigurationError, ExitCode, VftuiError
from vftui.recording import Journal, Recording
from vftui.run import OnSinkFailure, Sink, exit_code, run_turn
from vftui.session.fold import Session
from vftui.session.log import Entry, Received, Sent
from vftui.settings import Settings, default_environment, recordings_path
from vftui.wire import actions
from vftui.wire.actions import Action

_LONGEST_STDIN = 1024 * 1024


@click.command()
@click.argument("text", required=False)
@click.option("--action", "action_json", metavar="JSON", help="Send this action.")
@click.option("--launch", "launches", is_flag=True, help="Start the conversation (first).")
@click.option("--json", "as_json", is_flag=True, help="Print the entries, one JSON object a line.")
@click.option("--demo", is_flag=True, help="Talk to the embedded demo agent.")
@agent_flags()
def send(
    text: str | None,
    action_json: str | None,
    launches: bool,
    as_json: bool,
    demo: bool,
    flags: Flags,
) -> None:
    """Run one turn without a screen.

    The agent's words go to stdout as they come, everything else to stderr. TEXT may be - for
    stdin. With --launch and a TEXT (or --action), the conversation is started first, and only the
    answer to the TEXT is printed. A conversation goes on where the same --user left it (v2,
    v2beta1); v4 opens a new one each time.

    \b
    Examples:
      vftui send --demo --launch
      vftui send --launch "hire a bike" --json | jq -r .trace.type
    """
    todo = _actions(text, action_json, launches)
    code = asyncio.run(_send(todo, as_json=as_json, demo=demo, flags=flags))
    click.get_current_context().exit(code)


def _actions(text: str | None, action_json: str | None, launches: bool) -> list[Action]:
    """What to send, in order."""
    if text is not None and action_json is not None:
        raise click.UsageError("TEXT and --action cannot both be sent: one turn has one action.")
    todo = [actions.launch()] if launches else []
    if action_json is not None:
        todo.append(actions.parse_action(action_json))
    if text == "-":
        typed = sys.stdin.buffer.read(_LONGEST_STDIN + 1)
        if len(typed) > _LONGEST_STDIN:
            raise ConfigurationError("The text on stdin is longer than 1 MiB.", "Send less.")
        text = typed.decode("utf-8", "replace").rstrip("\r\n")
    if text is not None:
        todo.append(actions.text(text))
    if not todo:
        raise click.UsageError("Nothing to send: give a TEXT, --action JSON or --launch.")
    return todo


async def _send(todo: list[Action], *, as_json: bool, demo: bool, flags: Flags) -> ExitCode:
    async with AsyncExitStack() as stack:
        settings = await stack.enter_async_context(_settings(flags, demo=demo))
        agent = agent_of(settings)
        stack.push_async_callback(agent.aclose)
        fold = _Fold()
        sinks: list[Sink] = [fold, _JsonLines() if as_json else Words(fold.session, len(todo))]
        if settings.record:
            sinks[:0] = _journals(stack, settings, actions.describe(todo[-1]))
        tell = _failure_teller()
        for action in todo:
            await run_turn(agent.interact(action), sinks, on_sink_failure=tell)
            turn = fold.session.turns[-1]
            if turn.ending != "complete":
                break
        return exit_code(turn.ending or "truncated", turn.status)


@asynccontextmanager
async def _settings(flags: Flags, *, demo: bool) -> AsyncIterator[Settings]:
    """The settings; with `demo`, those of a demo agent that is alive meanwhile."""
    if not demo:
        yield load_settings(flags)
        return
    from vftui.demo import KEY, PROJECT, demo_agent

    async with demo_agent() as url:
        way = {"base_url": url, "project": PROJECT, "api_key": KEY}
        settings = load_settings(flags | way)
        alias = flags.get("environment") or default_environment(settings.api)
        yield settings.model_copy(update={"environment": alias})


def _journals(stack: AsyncExitStack, settings: Settings, title: str) -> list[Journal]:
    """The session's log, closed with the stack; without one the turn goes on all the same."""
    try:
        recording = Recording.open(recordings_path())
        stack.callback(recording.close)
        return [begin(recording, settings, title)]
    except VftuiError as error:
        say(f"vftui: not recorded: {error.message}")
        return []


def _failure_teller() -> OnSinkFailure:
    """Tells that a sink failed; of the recording once, however many turns there are."""
    told = False

    def tell(sink: Sink, error: Exception) -> None:
        nonlocal told
        if isinstance(error, BrokenPipeError):
            close_stdout()  # whoever read it has what they wanted; the turn goes on
        elif not isinstance(sink, Journal):
            raise error
        elif not told:
            told = True
            say(f"vftui: not recorded any further: {error}")

    return tell


class _Fold:
    """The session that the entries make."""

    def __init__(self) -> None:
        self.session = Session()

    def append(self, entry: Entry) -> None:
        self.session.apply(entry)


class _JsonLines:
    """Each entry on stdout, as it happens."""

    def __init__(self) -> None:
        self._seq = 0

    def append(self, entry: Entry) -> None:
        if isinstance(entry, Received):
            self._seq += 1
        elif isinstance(entry, Sent):
            self._seq = 0
        put(entry_line(self._seq, entry))
