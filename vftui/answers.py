"""An HTTP answer, read: its head, its frames, or what it says when it is not an event stream.

What leaves here holds no credential, also when the server echoes one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import replace
from typing import Literal

import httpx

from vftui.failures import Failure, amid_answer
from vftui.run import Clock
from vftui.secrets import Secrets, mask
from vftui.session.log import Opened, Received
from vftui.wire.frames import Frame, FrameReader
from vftui.wire.refusals import server_words

Stage = Literal["session", "turn"]
"""What an answer is to: the request for a session, or the turn."""

_LONGEST_BODY = 64 * 1024
_LONGEST_SESSION_KEY = 8 * 1024
_LONGEST_WORDS = 300
_LONGEST_EXCERPT = 80
_DECODABLE = ("", "identity", "gzip", "deflate")
_NO_VALUES = ("set-cookie", "set-cookie2")


class TurnOver(Exception):
    """The turn ended badly: carries what its `Closed` will say."""

    def __init__(self, failure: Failure, status: int | None = None, body: str = "") -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.status = status
        self.body = body


class AnswerReader:
    """Reads the answers to one agent's requests."""

    def __init__(self, secrets: Secrets, clock: Clock, idle: float, grace: float) -> None:
        self._secrets = secrets
        self._clock = clock
        self._idle = idle
        self._grace = grace

    def opened(
        self,
        response: httpx.Response,
        stage: Stage,
        note: str = "",
        retry_in: float | None = None,
    ) -> Opened:
        """The entry for an answer's head. Cookies lose their values: they can be credentials."""
        headers = tuple(
            (name, "****" if name.lower() in _NO_VALUES else self.hidden(value))
            for name, value in response.headers.multi_items()
        )
        return Opened(self._clock(), response.status_code, headers, stage, note, retry_in)

    def obstacle(self, response: httpx.Response) -> str | None:
        """What keeps a successful answer from being read as an event stream, or None."""
        media = response.headers.get("content-type", "").partition(";")[0].strip()
        if media.lower() != "text/event-stream":
            return f"The answer is {media or 'of no stated type'}, not an event stream"
        coding = response.headers.get("content-encoding", "").strip()
        if coding.lower() not in _DECODABLE:
            return f"The answer is compressed as {coding}, which was not asked for"
        return None

    async def frames(self, response: httpx.Response) -> AsyncGenerator[Received, None]:
        """The body's frames as they arrive; raises `TurnOver` unless the `end` event was there."""
        reader = FrameReader()
        chunks = response.aiter_bytes()
        deadline: float | None = None
        failure = Failure("truncated", "The answer ended without the end event.")
        try:
            while True:
                async with asyncio.timeout_at(deadline):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    break
                at = self._clock()
                for frame in reader.feed(chunk):
                    if frame.ends_turn and deadline is None:
                        deadline = asyncio.get_running_loop().time() + self._grace
                    yield Received(at, self._masked(frame))
        except Exception as error:  # noqa: BLE001  whatever broke, what came is kept
            failure = amid_answer(error, self._idle)
        ended = deadline is not None
        for frame in reader.close():
            ended = ended or frame.ends_turn
            yield Received(self._clock(), self._masked(frame))
        if not ended:
            raise TurnOver(failure)

    async def session_key(self, response: httpx.Response) -> str:
        """The session key in the answer to the request for a session.

        Raises `TurnOver` when it holds none that can be sent.
        """
        body = await self._short_body(response)
        try:
            key = json.loads(body)["sessionKey"]
        except (ValueError, TypeError, KeyError, RecursionError):
            key = None
        sendable = isinstance(key, str) and 0 < len(key) <= _LONGEST_SESSION_KEY
        if not (sendable and key.isascii() and key.isprintable()):
            message = "The answer to the session request holds no session key that can be used."
            raise TurnOver(Failure("protocol", message))
        return str(key)

    async def text(self, response: httpx.Response) -> str:
        """The body of an answer that is not an event stream, as far as it came and is of use."""
        body = await self._short_body(response)
        # Hidden before it is cut, so that no part of a key survives at the edge.
        return self.hidden(body.decode("utf-8", "replace"))[:_LONGEST_BODY]

    def words(self, text: str, longest: int = _LONGEST_WORDS) -> str:
        """The server's own words in a body, short enough for a sentence."""
        words = self.hidden(server_words(text))
        return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"

    def excerpt(self, text: str) -> str:
        """A few words of a body that should have been a stream; none of JSON that is no message."""
        words = self.words(text, _LONGEST_EXCERPT)
        return "" if words.startswith(("[", "{")) else words

    def hidden(self, text: str) -> str:
        """The text without credentials: ours, and whatever has the shape of one."""
        return mask(self._secrets.mask(text))

    async def _short_body(self, response: httpx.Response) -> bytes:
        """A body as far as it comes, bounded in bytes and in time."""
        body = bytearray()
        with suppress(httpx.HTTPError, httpx.StreamError, TimeoutError):
            async with asyncio.timeout(self._idle):
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > 2 * _LONGEST_BODY:
                        break
        return bytes(body)

    def _masked(self, frame: Frame) -> Frame:
        """The frame without our credentials; stars of the same length keep its framing."""
        raw, last_id = self._secrets.mask_bytes(frame.raw), self._secrets.mask(frame.id)
        if raw is frame.raw and last_id == frame.id:
            return frame
        hide = self._secrets.mask
        comment = None if frame.comment is None else hide(frame.comment)
        return replace(
            frame,
            raw=raw,
            id=last_id,
            event=hide(frame.event),
            data=hide(frame.data),
            comment=comment,
        )
