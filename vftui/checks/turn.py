"""One turn, run to see whether it streams: it launches the agent, for a user that nobody else is.

Whether something on the way holds the frames back shows in two clocks: the server writes a time
into each trace, and we know when each arrived. Frames that were written over a second and arrive
together were held back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing

from vftui.checks.agent import throwaway
from vftui.checks.verdict import Verdict, failed, note, ok, skipped
from vftui.connect import agent_of
from vftui.run import exit_code
from vftui.session.fold import Session
from vftui.session.log import ADVICE, Received
from vftui.session.turn import Turn
from vftui.settings import Settings
from vftui.wire.actions import launch, text

SHORTEST = 0.3
"""Seconds that the server must have written for, to tell whether something held the frames back."""

_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")


async def check_turn(
    settings: Settings, environ: Mapping[str, str], words: str = ""
) -> AsyncIterator[Verdict]:
    """Run a turn: how it ended, whether AI text came in pieces, whether the frames came in time.

    With `words`, it is their answer that is looked at: a launch may say too little to tell.
    """
    session = Session()
    frames: list[Received] = []
    agent = agent_of(throwaway(settings))
    try:
        for action in (launch(), text(words)) if words else (launch(),):
            frames.clear()
            async with aclosing(agent.interact(action)) as entries:
                async for entry in entries:
                    session.apply(entry)
                    if isinstance(entry, Received):
                        frames.append(entry)
            if session.turns[-1].ending != "complete":
                break
    finally:
        await agent.aclose()
    yield _ending(session.turns[-1], len(frames))
    if frames:
        yield _pieces(frames)
        yield _in_time(frames, environ)


def _ending(turn: Turn, frames: int) -> Verdict:
    ending = turn.ending or "truncated"
    if ending == "complete":
        took = f"{turn.elapsed or 0.0:.1f} s"
        return ok("turn", f"The agent answered with {frames} frames in {took}, to the end.")
    return failed(
        "turn",
        f"The turn ended {ending}: {turn.message}",
        turn.advice or ADVICE[ending],
        exit_code(ending, turn.status),
    )


def _pieces(frames: Sequence[Received]) -> Verdict:
    traces = [frame.decoded.trace for frame in frames]
    pieces = sum(trace is not None and trace.type.startswith("completion") for trace in traces)
    if pieces:
        return ok("completion", f"AI text arrives while it is written: {pieces} completion traces.")
    return note("completion", "No completion traces: no AI text was streamed in this turn.")


def _in_time(frames: Sequence[Received], environ: Mapping[str, str]) -> Verdict:
    written, arrived = [], []
    for frame in frames:
        trace = frame.decoded.trace
        if trace is not None and trace.time is not None and frame.at is not None:
            written.append(trace.time / 1000)
            arrived.append(frame.at)
    over = max(written, default=0.0) - min(written, default=0.0)
    if over < SHORTEST:
        told = "The answer was too short to tell whether frames come in time."
        return skipped("streaming", told, "Ask for more: vftui doctor --text WORDS")
    within = max(arrived) - min(arrived)
    told = f"{len(written)} frames, written over {over:.1f} s, arrived within {within:.1f} s"
    if within > over / 2:
        return ok("streaming", f"{told}.")
    return failed("streaming", f"{told}: something on the way holds them back.", _culprits(environ))


def _culprits(environ: Mapping[str, str]) -> str:
    named = [name for name in _PROXIES if environ.get(name) or environ.get(name.lower())]
    if named:
        return f"Try without the proxy of {' and '.join(named)}, or turn its buffering off."
    return "Look for a proxy, a VPN or a virus scanner between here and the server."
