"""What the demo agent sends when it fails: half answers, wrong answers, garbage.

The words that lead here are in `vftui.demo.failures`.
"""

from __future__ import annotations

import json

from vftui.demo.model import Answer
from vftui.demo.parts import debug
from vftui.demo.steps import Buttons, Cue, Event, Only, Say, Send, Steps


def _completion(state: str, **more: str) -> dict[str, object]:
    return {"type": "completion", "payload": {"state": state, **more}}


def breaking_off(*cues: Cue) -> Steps:
    """The beginning of an answer, and what happens in the middle of it."""
    text = "Your hire started at the old pier, and I was about to say when it"
    return (Answer(text, finished=False), *map(Send, cues))


def complaining(message: str) -> Steps:
    """A text, and the debug line of a turn that fails in a stream which ends as usual."""
    return (Say("Let me check that hire for you."), debug(message, level="error"))


HALF = {"type": "text", "payload": {"message": "This sentence never reaches its end."}}
SLOW: Steps = (
    *(Send(cue) for _ in range(8) for cue in (5.0, b": still thinking\n\n")),
    Answer("That took a while, but the line was never dead."),
)
LATER = (Answer("Here I am again: the second try was let through, and nothing was said twice."),)
MODERATED = (debug("moderation failed", level="error"), Say("I would rather talk about bikes."))
HTML = (
    "<!doctype html><html><head><title>Harbour Wi-Fi</title></head>"
    "<body><h1>Please sign in</h1><p>Accept the terms to use this network.</p></body></html>"
)
JSON = '[{"type":"text","payload":{"message":"A whole answer, and not a stream."}}]'
PROXY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>"
)
NO_ROUTE = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>Error</title>\n</head>\n'
    "<body>\n<pre>Cannot POST /interact/stream</pre>\n</body>\n</html>\n"
)
ISSUES = json.dumps(
    [
        {
            "code": "invalid_type", "expected": "object", "received": "undefined",
            "path": ["action", "payload", "event"], "message": "Required",
        },
        {
            "code": "invalid_type", "expected": "string", "received": "number",
            "path": ["action", "type"], "message": "Expected string, received number",
        },
    ],
    indent=2,
)  # fmt: skip

TOOL = (
    Send(0.64),
    Only(("v4",), (debug(
        "failed", level="error", context="API tool", metadata={"status": 503, "latency": 640},
        ref={"type": "api-tool", "apiToolID": "974e5cc07da6e4536bffd935",
             "apiToolName": "dock_lookup"},
    ),)),
    Only(("v2", "v2beta1"), (debug(
        'API call error - \n{"status":503,"data":"Service Unavailable"}', type="api", level="error"
    ),)),
    Answer("The dock service does not answer, but from memory: **Pier 3** has four bikes left."),
)  # fmt: skip
FALLBACK = (
    debug(
        "'open-ai, gpt-4o' on the fallback chain suffered an outage, "
        "falling back to 'claude-3.5-haiku'",
        level="warn",
    ),
    Answer("My usual model is out, so another one tells you: yes.", model="claude-3.5-haiku"),
)


def in_sessions(words: str) -> Steps:
    """The words in v4, whose sessions can end; elsewhere that there are none."""
    none = "This API has no sessions that could end: the next message is answered as usual."
    return (Only(("v4",), (Say(words),)), Only(("v2", "v2beta1"), (Say(none),)))


GARBAGE = (
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
HOSTILE = (
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
