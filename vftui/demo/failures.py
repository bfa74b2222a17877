"""How the demo agent fails when it is told to: `FAILURES`, one row a word.

Nothing here happens unless a person types the word. Every way in which a turn can end badly has
one, so that clients can be tried against all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from vftui.demo.model import Answer
from vftui.demo.steps import Buttons, Event, HangUp, Say, Send, Stall, Step


@dataclass(frozen=True, slots=True)
class Failure:
    """One way to fail: instead of a stream (`status`, `media_type`) or inside one (`steps`)."""

    what: str
    """What happens, for people."""
    steps: tuple[Step, ...] = ()
    """What the stream says, when there is one."""
    status: int = 200
    media_type: str = ""
    """The media type of a whole answer in place of a stream."""
    body: str = ""
    """That answer, or the message of a refusal."""
    once: bool = False
    """Whether it is refused once, with `Retry-After: 1`, and let through the next time."""


def _completion(state: str, **more: str) -> dict[str, object]:
    return {"type": "completion", "payload": {"state": state, **more}}


def _problem(message: str) -> Send:
    return Send({"type": "debug", "payload": {"message": message, "level": "error"}})


_BEFORE = Answer(
    "Your hire started at the old pier, and I was about to say when it", finished=False
)
_LATER = (Answer("Here I am again: the second try was let through, and nothing was said twice."),)
_HALF = {"type": "text", "payload": {"message": "This sentence never reaches its end."}}
_COMMENTS = tuple(Send(cue) for _ in range(8) for cue in (5.0, b": still thinking\n\n"))
_HTML = (
    "<!doctype html><html><head><title>Harbour Wi-Fi</title></head>"
    "<body><h1>Please sign in</h1><p>Accept the terms to use this network.</p></body></html>"
)
_JSON = '[{"type":"text","payload":{"message":"A whole answer, and not a stream."}}]'

_GARBAGE = (
    Say("What follows is garbage, and then I go on."),
    Send(b": a comment\n\n"),
    Send(b"event: trace\nid: x\ndata: {not json\n\n"),
    Send(b'event: trace\ndata: {"type":"text","payload":{"message":"\xff\xfe\x80"}}\n\n'),
    Send(b"this line has no field name at all\n\n"),
    Send(b"event: trace\ndata: 42\n\n"),
    Send(b'event: trace\ndata: {"type":\ndata: "split","payload":[1,2]}\n\n'),
    Send(b'data: {"type":"nameless","payload":"an event without a name"}\n\n'),
    Send(b"retry: soon\n\n"),
    Send(Event("metrics", {"turn": {"ms": 412}})),
    Send({"type": "seat-map-v7", "payload": {"rows": 4, "free": ["1A", "3C"]}}),
    Send({"type": "haptic", "payload": None}),
    Send({"type": "confetti", "payload": [1, 2, 3]}),
    Send({"type": "toggle", "payload": True}),
    Send({"type": "text", "payload": "not an object"}),
    Send({"type": "choice", "payload": {"buttons": "none"}}),
    Send(_completion("paused", reason="a state that nobody knows")),
    Send({"payload": {"message": "a trace without a type"}}),
    Say("That was all of it."),
)

_ESCAPES = (
    "\x1b[31mred\x1b[0m \x1b]0;owned\x07 \x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\ "
    "\x1b[2J\x1b[H \x9b31m \x9d0;owned\x9c \x00 \x08\x08\x08 \x7f "
    "bidi \u202egnp.exe\u202c \u2066isolated\u2069 zero\u200bwidth \ufeff "
    "[bold red]markup[/] [@click=app.quit]click me[/] [link=file:///etc/passwd]file[/link] "
    "<b>bold</b> &#27;[31m [a](javascript:alert(1)) ![x](file:///etc/passwd)"
)
_HOSTILE = (
    Say(_ESCAPES),
    Answer(f"And now in pieces: {_ESCAPES}"),
    Buttons(
        (
            ("\x1b[7mHarmless\x1b[0m", {"type": "text", "payload": "\x1b[31mhello"}),
            ("[@click=app.quit]Quit[/]", {"type": "text", "payload": "help"}),
            ("\u202eesrever", {"type": "path-\x1b[2J", "payload": {"label": "\u202eesrever"}}),
            ("", {"type": "text", "payload": "a button without a name"}),
        )
    ),
    Send({"type": "\x1b[41mtype\x1b[0m [red]name[/]", "payload": {"\x1b[5mkey": "\x1b[5mvalue"}}),
    Send(Event("\x1b[41mevent", {"\x9b31m": "\u202e"})),
)

FAILURES: dict[str, Failure] = {
    "fail cut": Failure(
        "the connection closes in the middle of a frame", (_BEFORE, Send(HangUp(_HALF)))
    ),
    "fail reset": Failure(
        "the connection is reset in the middle of a frame",
        (_BEFORE, Send(HangUp(_HALF, reset=True))),
    ),
    "fail end": Failure("the body ends properly, but without `end`", (_BEFORE, Send(HangUp()))),
    "fail stall": Failure("nothing is sent any more, for up to an hour", (_BEFORE, Send(Stall()))),
    "fail slow": Failure(
        "nothing but keep-alive comments for 40 seconds, then the answer",
        (*_COMMENTS, Answer("That took a while, but the line was never dead.")),
    ),
    "fail error": Failure(
        "an `error` event in the stream",
        (_BEFORE, Send(Event("error", {"message": "the runtime gave up on this turn"}))),
    ),
    "fail credits": Failure(
        "the agent is out of credits, in a stream with status 200",
        (
            Say("Let me check that hire for you."),
            _problem("unable to generate a response: credit_limit_reached"),
        ),
    ),
    "fail internal": Failure(
        "an internal error, in a stream with status 200",
        (Say("Let me check that hire for you."), _problem("An internal error occurred.")),
    ),
    "fail 401": Failure("HTTP 401: the key is refused", status=401, body="Invalid Auth Key"),
    "fail 403": Failure(
        "HTTP 403: the key may not do this", status=403, body="Insufficient permissions"
    ),
    "fail 404": Failure(
        "HTTP 404: nothing is published", status=404, body="No published version found"
    ),
    "fail 429": Failure(
        "HTTP 429 with Retry-After: 1; the next try succeeds",
        _LATER,
        status=429,
        body="Too Many Requests",
        once=True,
    ),
    "fail 500": Failure("HTTP 500: the server broke", status=500, body="Internal Server Error"),
    "fail 503": Failure(
        "HTTP 503 with Retry-After: 1; the next try succeeds",
        _LATER,
        status=503,
        body="Service Unavailable",
        once=True,
    ),
    "fail html": Failure(
        "status 200, but a web page, as from a captive portal", media_type="text/html", body=_HTML
    ),
    "fail json": Failure(
        "status 200, but JSON instead of a stream", media_type="application/json", body=_JSON
    ),
    "fail garbage": Failure(
        "broken JSON and UTF-8, unknown events and traces, then a proper end", _GARBAGE
    ),
    "fail escape": Failure(
        "hostile text: escape sequences, bidi controls, markup, in every place", _HOSTILE
    ),
}
"""Word → how it fails. Typed alone, in any case."""
