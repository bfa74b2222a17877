"""One command a turn, to be run in a shell: the key is `$VF_API_KEY`.

The session key of v4 is fetched once, at the top: each of them ends the session before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from vftui.formats.log import Head, Log
from vftui.render.curl import curl
from vftui.render.text import one_line
from vftui.session.log import Sent
from vftui.wire.actions import describe
from vftui.wire.dialects import DIALECTS, Request, Target

_WIDTH = 80


def write(log: Log) -> Iterator[bytes]:
    """A shell script; a turn whose request nobody kept is a comment."""
    session = True
    for part in log.parts():
        sent = part.entries[0]
        if not isinstance(sent, Sent) or not _is_safe(sent):
            yield f"# turn {part.number}: its request is not known\n\n".encode()
            continue
        words = one_line(describe(sent.action), _WIDTH)
        requests = [turn_request(sent)]
        if session and (opens := session_request(log.head, sent)):
            requests.insert(0, opens)
        session = False
        yield f"# turn {part.number}: {words}\n{curl(requests)}\n\n".encode()


def _is_safe(sent: Sent) -> bool:
    """Whether an action has an address that curl takes for nothing else, such as an option."""
    try:
        usable = urlsplit(sent.url).scheme in ("http", "https")
    except ValueError:
        return False
    method = sent.method
    return usable and sent.url.isprintable() and method.isascii() and method.isalpha()


def turn_request(sent: Sent) -> Request:
    """The request that a recorded action went out with, without its credential."""
    like = DIALECTS[sent.api].turn_request(Target("", "", "", ""), sent.action)
    return replace(like, url=sent.url, body=sent.body, method=sent.method)


def session_request(head: Head, sent: Sent) -> Request | None:
    """The request that opens a session like the recorded one, where the generation has them."""
    address = urlsplit(sent.url)
    base = f"{address.scheme}://{address.netloc}"
    target = Target(base, head.project, head.environment, head.user)
    return DIALECTS[sent.api].session_request(target)
