"""How the demo agent fails when it is told to: `FAILURES`, one row a word.

Nothing here happens unless a person types the word. Every way in which a turn can end badly has
one, so that clients can be tried against all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from vftui.demo import wreckage
from vftui.demo.steps import Event, HangUp, Say, Stall, Steps
from vftui.demo.wreckage import breaking_off, complaining, in_sessions

if TYPE_CHECKING:
    from vftui.demo.gate import Shape

Aftermath = Literal["", "session ended", "key revoked", "nobody listens"]
"""What a turn leaves behind: a v4 session that is over, one that no other can follow, or a port
where nobody listens."""

AWAY = 5.0
"""Seconds for which nobody listens."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One way to fail: instead of a stream, inside one (`steps`), or after it (`aftermath`)."""

    what: str
    """What happens, for people."""
    steps: Steps = ()
    """What the stream says, when there is one."""
    status: int = 200
    """0: the connection is closed without an answer."""
    media_type: str = ""
    """The media type of a whole answer in place of a stream."""
    body: str = ""
    """That answer, or the message of a refusal."""
    shape: Shape = "runtime"
    """How the JSON of a refusal looks."""
    retry_after: int | None = None
    """The seconds in the header of a refusal; None: there is no such header."""
    once: bool = False
    """Whether it is refused once and let through the next time."""
    aftermath: Aftermath = ""
    """What the next message meets."""


FAILURES: dict[str, Failure] = {
    "fail cut": Failure(
        "the connection closes in the middle of a frame", breaking_off(HangUp(wreckage.HALF))
    ),
    "fail reset": Failure(
        "the connection is reset in the middle of a frame",
        breaking_off(HangUp(wreckage.HALF, reset=True)),
    ),
    "fail end": Failure("the body ends properly, but without `end`", breaking_off(HangUp())),
    "fail stall": Failure("nothing is sent any more, for up to an hour", breaking_off(Stall())),
    "fail slow": Failure(
        "nothing but keep-alive comments for 40 seconds, then the answer", wreckage.SLOW
    ),
    "fail error": Failure(
        "an `error` event in the stream",
        breaking_off(Event("error", {"message": "the runtime gave up on this turn"})),
    ),
    "fail credits": Failure(
        "the agent is out of credits, in a stream with status 200",
        complaining("unable to generate a response: credit_limit_reached"),
    ),
    "fail internal": Failure(
        "an internal error, in a stream with status 200",
        complaining("An internal error occurred."),
    ),
    "fail loop": Failure(
        "the agent runs in a circle until its time is over",
        complaining("ERROR: turn timeout - check for infinite loops"),
    ),
    "fail moderation": Failure("what was said does not pass the moderation", wreckage.MODERATED),
    "fail tool": Failure("an API tool fails, and the answer comes all the same", wreckage.TOOL),
    "fail fallback": Failure("a model is out, and another one answers", wreckage.FALLBACK),
    "fail environment": Failure(
        "HTTP 400: the environment is unknown",
        status=400,
        body="invalid environment tag",
        shape="named",
    ),
    "fail 401": Failure("HTTP 401: the key is refused", status=401, body="Invalid Auth Key"),
    "fail stale": Failure(
        "the session ends unseen: HTTP 401 for the next message, until there is a new one (v4)",
        in_sessions("I have just ended this session. Say something, and it has to begin anew."),
        aftermath="session ended",
    ),
    "fail revoked": Failure(
        "the session ends, and the key opens no other one: HTTP 401 for both (v4)",
        in_sessions("This session is over, and your key is not worth a new one. Try me."),
        aftermath="key revoked",
    ),
    "fail 403": Failure(
        "HTTP 403: the key may not do this", status=403, body="Insufficient permissions"
    ),
    "fail 404": Failure(
        "HTTP 404: nothing is published", status=404, body="No published version found"
    ),
    "fail gone": Failure(
        "HTTP 404 and a web page: the server does not have this API",
        status=404,
        media_type="text/html",
        body=wreckage.NO_ROUTE,
    ),
    "fail 408": Failure(
        "HTTP 408: the turn took too long", status=408, body="The turn exceeded its time budget"
    ),
    "fail 413": Failure(
        "HTTP 413: the action is too large",
        status=413,
        body="request entity too large",
        shape="named",
    ),
    "fail 429": Failure(
        "HTTP 429 with Retry-After: 1; the next try succeeds",
        wreckage.LATER,
        status=429,
        body="Too Many Requests",
        retry_after=1,
        once=True,
    ),
    "fail busy": Failure(
        "the same with Retry-After: 4",
        wreckage.LATER,
        status=429,
        body="Slow down",
        retry_after=4,
        once=True,
    ),
    "fail limit": Failure(
        "HTTP 429 that does not say for how long", status=429, body="Rate limit exceeded"
    ),
    "fail quota": Failure(
        "HTTP 429 with Retry-After: 3600, longer than anyone waits",
        status=429,
        body="Hourly quota exceeded",
        retry_after=3600,
    ),
    "fail 500": Failure("HTTP 500: the server broke", status=500, body="Internal Server Error"),
    "fail shape": Failure(
        "HTTP 500 with a list of issues, as for an action of the wrong shape in v2beta1",
        status=500,
        body=wreckage.ISSUES,
    ),
    "fail proxy": Failure(
        "HTTP 502 and a web page, from a proxy",
        status=502,
        media_type="text/html",
        body=wreckage.PROXY,
    ),
    "fail 503": Failure(
        "HTTP 503 with Retry-After: 1; the next try succeeds",
        wreckage.LATER,
        status=503,
        body="Service Unavailable",
        retry_after=1,
        once=True,
    ),
    "fail down": Failure(
        "the same, but no try succeeds", status=503, body="Down for maintenance", retry_after=1
    ),
    "fail html": Failure(
        "status 200, but a web page, as from a captive portal",
        media_type="text/html",
        body=wreckage.HTML,
    ),
    "fail json": Failure(
        "status 200, but JSON instead of a stream",
        media_type="application/json",
        body=wreckage.JSON,
    ),
    "fail drop": Failure("the connection closes without an answer", status=0),
    "fail away": Failure(
        f"nobody listens for {AWAY:g} seconds: the next message finds no connection",
        (Say("Back in a moment, the shop is closed. Knock, and nobody opens."),),
        aftermath="nobody listens",
    ),
    "fail garbage": Failure(
        "broken JSON and UTF-8, unknown events and traces, then a proper end", wreckage.GARBAGE
    ),
    "fail escape": Failure(
        "hostile text: escape sequences, bidi controls, markup, in every place", wreckage.HOSTILE
    ),
}
"""Word → how it fails. Typed alone, in any case."""
