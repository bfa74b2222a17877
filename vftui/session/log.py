"""The log of a session: four kinds of entry, in the order in which they happened.

Three rules:

1. A turn is one `Sent` and everything until its `Closed`. A saved event stream has no `Sent`.
2. The `raw` bytes of a turn's `Received` frames, joined, are the response body, byte for byte.
3. An entry never holds a key: whoever makes one masks it first.

Times are seconds since the epoch from one monotonic clock. None means unknown (a saved stream
kept no arrival times), which is not zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from vftui.wire.dialects import Api
from vftui.wire.frames import Frame
from vftui.wire.traces import Decoded, decode

Ending = Literal[
    "complete",  # the `end` event came
    "cancelled",  # the person stopped it
    "truncated",  # the body ended without the `end` event
    "stalled",  # nothing arrived for the idle timeout
    "refused",  # an HTTP status that is not success
    "unreachable",  # DNS, connect or TLS failed
    "failed",  # the agent said so
    "protocol",  # the answer is not an event stream
]
"""How a turn ends, in exactly one way."""

ENDINGS: tuple[Ending, ...] = get_args(Ending)

ADVICE: dict[Ending, str] = {
    "complete": "",
    "cancelled": "The server may have gone on: it does not watch for a client that leaves.",
    "truncated": "What came is kept: send it again only if it may run twice.",
    "stalled": "Check the agent's slow steps, or raise --timeout.",
    "refused": "Check the key, the project and the environment.",
    "unreachable": "Check the network and the base URL.",
    "failed": "The agent gave up on this turn: look at the last error in the traces.",
    "protocol": "Check the base URL: a proxy or another service may have answered.",
}
"""One line of advice for each ending, where its entry brings none that fits better."""


@dataclass(frozen=True)
class Sent:
    """An action went out."""

    at: float | None
    action: dict[str, Any]
    """The action, verbatim."""
    api: Api
    method: str = "POST"
    url: str = ""
    body: bytes = b""
    """The request body, as sent. Headers are not kept: they hold the key."""


@dataclass(frozen=True)
class Opened:
    """A response's head arrived, or an attempt to get one failed and will be repeated.

    A turn may have several: the session that v4 opens first, a 429 that is waited out, a refused
    connection that is tried again.
    """

    at: float | None
    status: int | None
    """None when no response came: the attempt failed before one."""
    headers: tuple[tuple[str, str], ...] = ()
    stage: Literal["session", "turn"] = "turn"
    """What was asked for: a v4 session, or the turn itself."""
    note: str = ""
    """What a person should know: why it is tried again, what that does to the conversation."""
    retry_in: float | None = None
    """Seconds until the next attempt; None when this one was not a failure."""


@dataclass(frozen=True)
class Received:
    """A frame of the response arrived."""

    at: float | None
    frame: Frame

    @cached_property
    def decoded(self) -> Decoded:
        """The trace (or why there is none) inside the frame; worked out once, when asked."""
        return decode(self.frame)


@dataclass(frozen=True)
class Closed:
    """The turn is over. Everything before it is kept."""

    at: float | None
    ending: Ending
    message: str = ""
    """What happened, in one sentence; empty when `complete`."""
    advice: str = ""
    """What to do, in one sentence; empty: `ADVICE[ending]` serves."""
    status: int | None = None
    """The HTTP status, when the server refused."""
    body: str = ""
    """The server's own words, when it answered with something else than an event stream."""


Entry = Sent | Opened | Received | Closed
"""One line of the session log."""


LOST = Closed(None, "truncated", "The recording of this turn ends before the turn does.")
"""The ending of a turn whose program did not live to see it: no log has it, so it has no number."""


def with_endings(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries of a recording, with `LOST` for each turn that has no ending."""
    last: Entry | None = None
    for entry in entries:
        if isinstance(entry, Sent) and last is not None and not isinstance(last, Closed):
            yield LOST
        yield entry
        last = entry
    if last is not None and not isinstance(last, Closed):
        yield LOST
