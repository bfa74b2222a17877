"""A turn's requests as a command for a shell, to be run, mailed or put into a bug report.

Three rules:

1. The project's key is `$VF_API_KEY` and never more, and v4's session key is fetched into `$KEY`:
   nobody copies a credential. What looks like one inside a message is starred out.
2. Whatever was typed is one word for any POSIX shell, and nothing in it is invisible: a control
   character is written as the JSON escape that means the same.
3. It needs `sh`, `curl` and `sed`.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from vftui.render.text import escaped
from vftui.secrets import mask
from vftui.wire.dialects import Request

_SESSION_KEY = r"""sed -n 's/.*"sessionKey" *: *"\([^"]*\)".*/\1/p'"""
"""Takes the key out of the answer to a session's request."""


def curl(requests: Sequence[Request]) -> str:
    """A shell command that sends the requests one after the other and prints the last answer."""
    *before, turn = requests
    opened = [f"KEY=$({_command(request, '-fsS')} |\n  {_SESSION_KEY})" for request in before]
    return mask("\n".join([*opened, _command(turn, "-sSN")]))


def _command(request: Request, flags: str) -> str:
    variable = "$KEY" if request.credential == "session" else "$VF_API_KEY"
    body = escaped(request.body.decode("utf-8", "replace"))
    words = [
        f"curl {flags} -X {shlex.quote(request.method)} {shlex.quote(request.url)}",
        f'-H "Authorization: {variable}"',
        *(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.headers),
        f"--data-raw {shlex.quote(body)}",
    ]
    return " \\\n  ".join(words)
