"""What a failing word does beside what its stream says: in place of one, and after it.

Two rules:

1. What is different after a turn is so before its last byte is sent: whoever has read it to the
   end finds it.
2. Everything mends itself: the next message but one is answered as ever.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from vftui.demo import gate
from vftui.demo.failures import Failure
from vftui.demo.port import Port
from vftui.demo.state import Conversation


class Unanswered(Response):
    """No answer at all: the connection of the request is closed."""

    def __init__(self, port: Port, request: Request) -> None:
        super().__init__()
        self._port = port
        self._request = request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close it, and be gone when it is."""
        self._port.hang_up(self._request)
        while (await receive())["type"] != "http.disconnect":
            pass


def in_place_of_a_stream(
    failure: Failure, conversation: Conversation, port: Port, request: Request
) -> Response | None:
    """The answer of a failure that sends no stream; None when it sends one."""
    if not failure.status:
        return Unanswered(port, request)
    if failure.media_type:
        return Response(failure.body, failure.status, media_type=failure.media_type)
    if failure.status == 200 or (failure.once and failure.what in conversation.refused):
        conversation.refused.discard(failure.what)
        return None
    conversation.refused.add(failure.what)
    wait = failure.retry_after
    headers = {} if wait is None else {"Retry-After": str(wait)}
    raise gate.Refusal(failure.status, failure.body, shape=failure.shape, headers=headers)


def afterwards(
    failure: Failure, conversation: Conversation, port: Port, wait: Callable[[], Awaitable[None]]
) -> BackgroundTask | None:
    """Bring about what a failure leaves behind; what is to be done when its answer is sent."""
    if failure.aftermath == "nobody listens":
        port.close()
        return BackgroundTask(_absence, port, wait)
    if failure.aftermath and conversation.key:
        conversation.end_session(revoked=failure.aftermath == "key revoked")
    return None


async def _absence(port: Port, wait: Callable[[], Awaitable[None]]) -> None:
    await wait()
    await port.open()
