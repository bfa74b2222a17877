"""`vftui send`: one turn without a screen, or a script of them.

Three rules:

1. stdout gets the agent's words, as they come, one message a line or more; nothing else. All
   other things the agent shows, and how the turn ended, are said on stderr.
2. `--json` prints every entry instead, as it happens, and at the end what all of it took.
3. The exit code is that of the turn's ending, also when stdout's reader has left; of several turns,
   the first that went wrong counts.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import click

from vftui.client import HttpAgent
from vftui.commands.budgets import BudgetTeller, others_today
from vftui.commands.flags import Flags, agent_flags, agent_settings
from vftui.commands.pricing import list_prices
from vftui.commands.script import Said, read_script
from vftui.commands.sinks import failure_teller, journals
from vftui.commands.speech import close_stdout, put, say
from vftui.commands.words import Words
from vftui.connect import agent_of
from vftui.errors import CheckFailed, ConfigurationError, ExitCode
from vftui.render.objects import entry_line, usage_line
from vftui.render.text import printable
from vftui.run import Sink, exit_code, run_turn
from vftui.secrets import mask
from vftui.session.fold import Session
from vftui.session.log import Entry, Received, Sent
from vftui.wire import actions
from vftui.wire.line import variable

_LONGEST_STDIN = 1024 * 1024


@click.command()
@click.argument("text", required=False)
@click.option("--action", "action_json", metavar="JSON", help="Send this action.")
@click.option("--script", metavar="PATH", help="Send the lines of a file, one after the other.")
@click.option("--launch", "launches", is_flag=True, help="Start the conversation (first).")
@click.option(
    "--var",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a variable before the first action; JSON, or else text. Repeatable.",
)
@click.option(
    "--keep-going", is_flag=True, help="Go on with the script behind a turn that went wrong."
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the entries and what they took, one JSON object a line.",
)
@click.option("--demo", is_flag=True, help="Talk to the embedded demo agent.")
@agent_flags()
def send(
    text: str | None,
    action_json: str | None,
    script: str | None,
    launches: bool,
    pairs: tuple[str, ...],
    keep_going: bool,
    as_json: bool,
    demo: bool,
    flags: Flags,
) -> None:
    """Run one turn without a screen, or a script of several.

    The agent's words go to stdout as they come, everything else to stderr. TEXT may be - for
    stdin. With --launch and a TEXT (or --action), the conversation is started first, and only the
    answer to the TEXT is printed. A conversation goes on where the same --user left it (v2,
    v2beta1); v4 opens a new one each time.

    The last line of --json is of the kind "usage": tokens, model calls and cost, of each turn and
    of all together, also behind a turn that failed.

    A script (- for stdin) has one action a line, as in the chat: words, the label of a button, or
    a command such as /event NAME. Lines with # and blank ones are skipped. It ends at the first
    turn that goes wrong, unless --keep-going; the exit code is that turn's.

    \b
    Examples:
      vftui send --demo --launch
      vftui send --launch "hire a bike" --json | jq -r .trace.type
      vftui send "hire a bike" --json | jq 'select(.kind == "usage").tokens.total'
      vftui send --launch "hello" --var tier=gold --var 'cart={"bikes": 2}'
      printf '%s\\n' /launch 'Hire a bike' '/press 2' | vftui send --demo --script -
    """
    if keep_going and script is None:
        raise click.UsageError("--keep-going is for a --script.")
    todo = _todo(text, action_json, script, launches)
    todo[0] = replace(todo[0], variables=dict(map(variable, pairs)) | todo[0].variables)
    plan = _Plan(todo, keep_going, scripted=script is not None)
    code = asyncio.run(_send(plan, as_json=as_json, demo=demo, flags=flags))
    click.get_current_context().exit(code)


@dataclass(frozen=True)
class _Plan:
    """What to send, in order, and when to give up."""

    todo: list[Said]
    keep_going: bool
    scripted: bool

    @property
    def title(self) -> str:
        """What the recording is called."""
        last = self.todo[-1]
        return mask(actions.describe(last.action) if last.action else f"press {last.press}")


def _todo(
    text: str | None, action_json: str | None, script: str | None, launches: bool
) -> list[Said]:
    """What to send, in order."""
    if sum(source is not None for source in (text, action_json, script)) > 1:
        raise click.UsageError("TEXT, --action and --script cannot be sent together.")
    todo = [Said(actions.launch())] if launches else []
    if action_json is not None:
        todo.append(Said(actions.parse_action(action_json)))
    if script is not None:
        todo += read_script(_contents(script))
    if text == "-":
        text = _stdin("text").decode("utf-8", "replace").rstrip("\r\n")
    if text is not None:
        todo.append(Said(actions.text(text)))
    if not todo:
        raise click.UsageError("Nothing to send: give a TEXT, --action, --script or --launch.")
    return todo


def _contents(path: str) -> str:
    """The text of a script; `-` is on stdin."""
    try:
        raw = _stdin("script") if path == "-" else Path(path).read_bytes()
        return raw.decode("utf-8")
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
    except UnicodeDecodeError:
        message = f"{path} is not UTF-8 text."
    raise ConfigurationError(message, "A script is a text file with one action a line.")


def _stdin(what: str) -> bytes:
    raw = sys.stdin.buffer.read(_LONGEST_STDIN + 1)
    if len(raw) > _LONGEST_STDIN:
        raise ConfigurationError(f"The {what} on stdin is longer than 1 MiB.", "Send less.")
    return raw


async def _send(plan: _Plan, *, as_json: bool, demo: bool, flags: Flags) -> ExitCode:
    async with AsyncExitStack() as stack:
        settings = await stack.enter_async_context(agent_settings(flags, demo=demo))
        agent = agent_of(settings)
        stack.push_async_callback(agent.aclose)
        fold = _Fold()
        if as_json:
            stack.callback(_put_usage, fold.session)
        turns = 1 if plan.scripted else len(plan.todo)
        sinks: list[Sink] = [fold, _JsonLines() if as_json else Words(fold.session, turns)]
        kept = journals(stack, settings, plan.title)
        sinks[:0] = kept
        if settings.budget:
            others = others_today(settings, kept[0].id if kept else None)
            sinks.append(BudgetTeller(settings.budget, fold.session, others))
        return await _converse(plan, agent, sinks, fold.session)


async def _converse(plan: _Plan, agent: HttpAgent, sinks: list[Sink], session: Session) -> ExitCode:
    """Run the turns; the exit code of the first one that went wrong."""
    code = ExitCode.OK
    tell = failure_teller()
    for said in plan.todo:
        if said.source:
            say(mask(printable(f"> {said.source}")))
        try:
            action = said.action_for(session.choices)
        except CheckFailed as error:
            if not plan.keep_going:
                raise
            say(printable(f"vftui: {error.message}\n  {error.hint}"))
            code = code or error.exit_code
            continue
        if warning := actions.check(action, agent.api):
            say(printable(f"vftui: {warning}"))
        await run_turn(agent.interact(action, said.variables), sinks, on_sink_failure=tell)
        turn = session.turns[-1]
        code = code or exit_code(turn.ending or "truncated", turn.status)
        if code and not plan.keep_going:
            break
    return code


def _put_usage(session: Session) -> None:
    """The last line of `--json`, however the turns ended."""
    try:
        put(usage_line(session, list_prices()))
    except BrokenPipeError:  # whoever read it has what they wanted
        close_stdout()


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
