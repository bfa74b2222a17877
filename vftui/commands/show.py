"""`vftui show`: one conversation, as a transcript, as its traces, or as one JSON object.

Three rules:

1. The shape of the JSON is a contract with scripts.
2. Keys are starred out, as in exports.
3. A recorded turn without an ending is one in which the program was killed: it is shown as
   `truncated`.
"""

from __future__ import annotations

import click

from vftui.commands.asking import passing, query_of
from vftui.commands.pricing import list_prices
from vftui.commands.sources import session_log
from vftui.commands.speech import put, to_json
from vftui.formats import Log
from vftui.prices import Prices
from vftui.render.bill import whole_bill
from vftui.render.conversation import transcript
from vftui.render.objects import session_json
from vftui.render.tracelines import trace_line
from vftui.session.fold import Session
from vftui.session.log import with_endings


@click.command()
@click.argument("which", metavar="ID|PATH|last")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a transcript.")
@click.option("--traces", is_flag=True, help="One line for each trace instead of a transcript.")
@click.option("--filter", "words", help="Only the traces that pass, such as 'is:error'.")
def show(which: str, as_json: bool, traces: bool, words: str | None) -> None:
    """Show a recorded session, or what is in a file.

    A number is a session's ID (see `vftui sessions`), `last` the newest one; anything else is the
    PATH of a file: of a saved event stream, jsonl, HAR, Voiceflow's transcript, or of recordings.

    Above each reply stand its billed tokens (~ provisional or estimated, ? not reported), the base
    tokens behind them, the models, and what these cost at list prices. --json has each model call.

    A trace's line has its number, the milliseconds since the action and since the trace before,
    its size, level and type. A filter has the same language as in the app: type:debug,choice
    level>=warn text:"order" gap>500ms is:problem /regex/ -type:block OR ( ) @saved.

    \b
    Examples:
      vftui show last
      vftui show last --filter 'level>=warn OR gap>2s'
      vftui show turn.sse --json | jq .tokens.total
    """
    if as_json and (traces or words is not None):
        raise click.UsageError("--json shows the conversation: it goes with no traces.")
    query = query_of(words or "")
    with session_log(which) as (head, journal):
        log = Log(head, journal, chosen=passing(journal, query) if query else None)
        if traces or words is not None:
            for row in log.rows():
                put(trace_line(row) + "\n")
            return
        session = Session.of(with_endings(row.entry for row in log.rows()))
    prices = list_prices()
    if as_json:
        put(to_json(session_json(session, prices)) + "\n")
    elif session.turns:
        put(f"{transcript(session, prices)}\n{_whole(session, prices)}\n")


def _whole(session: Session, prices: Prices) -> str:
    """What stands below a transcript."""
    cost = prices.cost(session.calls)
    unreported = session.unreported_turns
    return " · ".join(whole_bill(len(session.turns), session.tokens, cost, unreported))
