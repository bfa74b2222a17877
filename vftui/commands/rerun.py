"""`vftui rerun`: the actions of a recording once more, and what differs this time.

Four rules:

1. The same actions go out, verbatim and in the same order, in a new session of a new user.
2. A difference alone is no failure: models vary. `--fail-on` says which aspects are, and then the
   exit code is 3.
3. Keys are starred out in what is told, not in what is sent.
4. A turn that goes wrong is a difference in its ending; the run goes on with the next one, as the
   recording did.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import click

from vftui.again import recorded, title_of
from vftui.commands.flags import Flags, agent_flags, agent_settings
from vftui.commands.sinks import failure_teller, journals
from vftui.commands.speech import put, say, to_json
from vftui.connect import agent_of
from vftui.demo import PROJECT
from vftui.errors import ExitCode
from vftui.formats.masking import hidden
from vftui.recording import SessionRow
from vftui.render.objects import tokens_json
from vftui.render.runs import told
from vftui.render.text import printable
from vftui.run import Sink, run_turn
from vftui.secrets import mask
from vftui.session.compare import ASPECTS, Compared, Outline, Outlines, compare_all
from vftui.wire.actions import describe


def _aspects(context: click.Context, option: click.Parameter, value: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in value.split(",") if name.strip())
    if unknown := sorted(names - {*ASPECTS, "any"}):
        raise click.BadParameter(f"{unknown[0]} is none of: any, {', '.join(ASPECTS)}.")
    return frozenset(ASPECTS) if "any" in names else names


@click.command()
@click.argument("which", metavar="ID|last")
@click.option(
    "--fail-on",
    metavar="ASPECTS",
    default="",
    callback=_aspects,
    help=f"End with 3 if one of these differs: any, or of {', '.join(ASPECTS)}.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a turn, one a line.")
@click.option("--demo", is_flag=True, help="Talk to the embedded demo agent.")
@agent_flags()
def rerun(which: str, fail_on: frozenset[str], as_json: bool, demo: bool, flags: Flags) -> None:
    """Send the actions of a recorded session again, and show what differs.

    They go to the same project, environment and generation of the API, unless a flag names
    another; a recording of the demo agent is run with the demo agent. The new run is recorded, too.
    Latency differs by more than a quarter and 250 ms; tokens only where both runs were reported.

    \b
    Examples:
      vftui rerun last
      vftui rerun 12 --environment staging --fail-on text,path,tools
    """
    found = recorded(which)
    row, before = found.row, found.turns
    known = {"api": row.api}
    if flags.get("api", row.api) == row.api:  # each generation has its own names for them
        known["environment"] = row.environment
    demo = demo or (row.project == PROJECT and not flags.get("project"))
    if not demo:
        known["project"] = row.project
    flags = {name: value for name, value in known.items() if value} | flags
    after = asyncio.run(_run(row, before, demo=demo, flags=flags))
    turns = compare_all(before, after)
    lines = _json_lines(turns) if as_json else (f"{mask(line.text)}\n" for line in told(turns))
    put("".join(lines))
    differing = {difference.aspect for _, _, differences in turns for difference in differences}
    if failing := [aspect for aspect in ASPECTS if aspect in differing & fail_on]:
        say(f"vftui: the runs differ in {', '.join(failing)}.")
        click.get_current_context().exit(ExitCode.CHECK_FAILED)


async def _run(
    row: SessionRow, before: Sequence[Outline], *, demo: bool, flags: Flags
) -> list[Outline]:
    """Send the actions; the outlines of what came."""
    outlines = Outlines()
    async with AsyncExitStack() as stack:
        settings = await stack.enter_async_context(agent_settings(flags, demo=demo))
        agent = agent_of(settings)
        stack.push_async_callback(agent.aclose)
        sinks: list[Sink] = [outlines, *journals(stack, settings, title_of(row))]
        tell = failure_teller()
        for number, turn in enumerate(before, 1):
            assert turn.action is not None
            action = mask(printable(describe(turn.action)))
            say(f"vftui: turn {number} of {len(before)}: {action}")
            entries = agent.interact(turn.action, turn.variables)
            await run_turn(entries, sinks, on_sink_failure=tell)
    return outlines.turns


def _json_lines(turns: Compared) -> Iterator[str]:
    for number, (one, other, differences) in enumerate(turns, 1):
        line = {
            "turn": number,
            "action": (one or other).action,  # type: ignore[union-attr]
            "differs": {
                difference.aspect: {"before": difference.before, "after": difference.after}
                for difference in differences
            },
            "before": None if one is None else _facts(one),
            "after": None if other is None else _facts(other),
        }
        yield to_json(hidden(line)) + "\n"


def _facts(turn: Outline) -> dict[str, Any]:
    return {
        "ending": turn.ending,
        "messages": turn.text,
        "types": turn.types,
        "path": turn.path,
        "tools": turn.tools,
        "tokens": turn.tokens.total,
        "seconds": turn.latency,
        "usage": tokens_json(turn.tokens),
    }
