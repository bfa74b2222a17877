"""An agent behind HTTP: an action goes out, log entries come back.

Five rules:

1. `Sent` comes first, exactly one `Closed` last, and nothing is ever raised: every failure of the
   network is an ending. (Cancellation goes through.)
2. An action is sent again only when it cannot have run: the connection was refused, the server
   asked to wait (429, 503), or it did not know the session any more (401).
3. Redirects are not followed: the key, the session key and the action stay with one server.
4. A connection is given up after silence, never for its age. Comments that keep it alive count.
5. No credential is in an entry, also when the server echoes it.

A turn is over with its `end` event. What comes in the second behind it is still kept.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from httpx_sse import aconnect_sse

from vftui.answers import AnswerReader, Stage, TurnOver
from vftui.errors import ConfigurationError
from vftui.failures import Failure, before_answer, is_refused_connection
from vftui.run import Clock, now
from vftui.secrets import Secrets, kind_of
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.wire.actions import Action
from vftui.wire.dialects import DIALECTS, Api, Request, Target, Variables, check_target, is_loopback
from vftui.wire.refusals import LONGEST_WAIT, advice, retry_after, status_text, with_words

PAUSES = (0.5, 1.0)
"""Seconds before a refused connection is tried again; there is one attempt more than pauses."""

GRACE = 1.0
"""Seconds that a body may go on after its `end` event."""

_RENEWAL = (
    "The server does not know this session any more: a new one is opened and the conversation "
    "restarts. Variables persist, the position is lost."
)


class HttpAgent:
    """A Voiceflow agent, in one of the three dialects."""

    def __init__(
        self,
        target: Target,
        api: Api,
        key: str,
        *,
        idle_timeout: float = 60.0,
        connect_timeout: float = 10.0,
        grace: float = GRACE,
        allow_insecure: bool = False,
        clock: Clock = now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        check_target(target, allow_insecure=allow_insecure)
        self.target = target if target.session_id else replace(target, session_id=str(uuid4()))
        self.api = api
        self._dialect = DIALECTS[api]
        self._key = _checked_key(key)
        self._session_key: str | None = None
        self._secrets = Secrets(self._key)
        self._answers = AnswerReader(self._secrets, clock, idle_timeout, grace)
        self._idle = idle_timeout
        self._connect = connect_timeout
        self._clock = clock
        self._sleep = sleep
        self._origin = urlsplit(target.base_url)
        self._client: httpx.AsyncClient | None = None

    async def aclose(self) -> None:
        """Close the connections. Another `interact` opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def reach(self) -> str:
        """Ask the address, without a key: the version of TLS that it answers with; empty: none.

        Raises `TurnOver`, and nothing else.
        """
        try:
            async with self._http().stream("HEAD", self.target.base_url) as response:
                tls = response.extensions["network_stream"].get_extra_info("ssl_object")
        except Exception as error:  # noqa: BLE001  whatever broke, the address does not answer
            raise TurnOver(self._before_answer(error, acting=False)) from None
        return str(tls.version()) if isinstance(tls, ssl.SSLObject) else ""

    async def open_session(self) -> None:
        """Open a session where the dialect has any. Raises `TurnOver`, and nothing else."""
        if self._dialect.session_request(self.target) is not None:
            async with aclosing(self._session_attempts()) as entries:
                async for _ in entries:
                    pass

    def restart(self) -> None:
        """Forget the conversation, so that the next action begins a new one."""
        self._session_key = None

    def requests(self, action: Action, variables: Variables | None = None) -> tuple[Request, ...]:
        """What a turn sends, without its credentials: the session's request, if any, comes first.

        The same requests, in the same order, as `interact` sends in a new conversation.
        """
        session = self._dialect.session_request(self.target)
        turn = self._dialect.turn_request(self.target, action, variables)
        return (turn,) if session is None else (session, turn)

    async def interact(
        self, action: Action, variables: Variables | None = None
    ) -> AsyncGenerator[Entry, None]:
        """Run one turn, which begins by setting the variables."""
        if action.get("type") == "launch":
            self.restart()
        try:
            request = self._dialect.turn_request(self.target, action, variables)
        except (TypeError, ValueError, RecursionError):
            yield Sent(self._clock(), action, self.api)
            yield Closed(self._clock(), "protocol", "The action cannot be written as JSON.")
            return
        yield self._sent(action, request)
        status, body, failure = None, "", Failure("complete", "")
        try:
            async with aclosing(self._turn(request)) as entries:
                async for entry in entries:
                    yield entry
        except TurnOver as over:
            status, body, failure = over.status, over.body, over.failure
        except Exception as error:  # noqa: BLE001  a turn never raises, whatever broke
            failure = self._before_answer(error)
        ending, message, hint = failure
        message = self._answers.hidden(message)
        yield Closed(self._clock(), ending, message, advice=hint, status=status, body=body)

    def _sent(self, action: Action, request: Request) -> Sent:
        body = self._secrets.mask_bytes(request.body)
        if body is not request.body:  # a key was typed as a message
            action = json.loads(body)["action"]
        return Sent(self._clock(), action, self.api, request.method, request.url, body)

    async def _turn(self, request: Request) -> AsyncGenerator[Opened | Received, None]:
        """Everything between `Sent` and `Closed`."""
        async with aclosing(self._attempts(request, "turn")) as attempts:
            async for answer in attempts:
                if isinstance(answer, Opened):
                    yield answer
                    continue
                yield self._answers.opened(answer, "turn")
                if not answer.is_success:
                    raise await self._refusal(answer, "turn")
                if obstacle := self._answers.obstacle(answer):
                    body = await self._answers.text(answer)
                    said = with_words(obstacle, self._answers.excerpt(body))
                    raise TurnOver(Failure("protocol", said), body=body)
                async with aclosing(self._answers.frames(answer)) as frames:
                    async for entry in frames:
                        yield entry

    async def _attempts(
        self, request: Request, stage: Stage
    ) -> AsyncGenerator[Opened | httpx.Response, None]:
        """An `Opened` for each attempt that will be repeated, then the answer, still open."""
        pauses, renewed = list(PAUSES), False
        while True:
            if request.credential == "session" and self._session_key is None:
                async with aclosing(self._session_attempts()) as entries:
                    async for entry in entries:
                        yield entry
            try:
                async with self._send(request) as response:
                    again = self._repetition(response, request, stage, bool(pauses), renewed)
                    if again is None:
                        yield response
                        return
            except httpx.ConnectError as error:
                if not (pauses and is_refused_connection(error)):
                    raise
                note = f"{self._origin.netloc} refused the connection."
                again = Opened(self._clock(), None, stage=stage, note=note, retry_in=pauses[0])
            yield again
            if again.status == 401:
                self._session_key, renewed = None, True
            else:
                pauses.pop(0)
                await self._sleep(again.retry_in or 0.0)

    def _repetition(
        self, response: httpx.Response, request: Request, stage: Stage, patient: bool, renewed: bool
    ) -> Opened | None:
        """The entry for an answer that says: not run, try again. None for any other."""
        status = response.status_code
        if status == 401 and request.credential == "session" and not renewed:
            return self._answers.opened(response, stage, _RENEWAL, retry_in=0.0)
        wait = retry_after(response.headers.get("retry-after"), self._clock())
        if status not in (429, 503) or wait is None or wait > LONGEST_WAIT or not patient:
            return None
        note = f"{status_text(status)}: the server asked to wait."
        return self._answers.opened(response, stage, note, retry_in=wait)

    async def _session_attempts(self) -> AsyncGenerator[Opened, None]:
        """Ask for a session key and keep it, in memory only. Raises nothing but `TurnOver`."""
        request = self._dialect.session_request(self.target)
        assert request is not None, "only dialects with sessions make requests that need one"
        try:
            async with aclosing(self._attempts(request, "session")) as attempts:
                async for answer in attempts:
                    if isinstance(answer, Opened):
                        yield answer
                        continue
                    if not answer.is_success:
                        yield self._answers.opened(answer, "session")
                        raise await self._refusal(answer, "session")
                    key = await self._answers.session_key(answer)
                    self._secrets.add(key)
                    yield self._answers.opened(answer, "session")
                    self._session_key = key
        except TurnOver:
            raise
        except Exception as error:  # noqa: BLE001  the action was not sent yet, whatever broke
            raise TurnOver(self._before_answer(error, acting=False)) from None

    def _before_answer(self, error: Exception, *, acting: bool = True) -> Failure:
        host = self._origin.netloc
        return before_answer(error, host, self._idle, self._connect, acting=acting)

    async def _refusal(self, response: httpx.Response, stage: Stage) -> TurnOver:
        """How a turn ends whose answer has a status that is not success."""
        status = response.status_code
        body = await self._answers.text(response)
        words = self._answers.words(body)
        head = status_text(status, response.reason_phrase)
        said = with_words(head, words)
        if response.has_redirect_location:
            said = f"{head}, pointing to {self._answers.words(response.headers['location'])}."
        who = "The server opened no session" if stage == "session" else "The server refused"
        hint = advice(
            status,
            api=self.api,
            environment=self.target.environment,
            sent=self._what_was_sent(stage),
            words=words,
            wait=retry_after(response.headers.get("retry-after"), self._clock()),
        )
        return TurnOver(Failure("refused", f"{who}: {said}", hint), status, body)

    def _what_was_sent(self, stage: Stage) -> str:
        if stage == "turn" and self._session_key is not None:
            return "the session key"
        return kind_of(self._key)

    @asynccontextmanager
    async def _send(self, request: Request) -> AsyncIterator[httpx.Response]:
        client = self._http()
        credential = self._session_key if request.credential == "session" else self._key
        headers = {**dict(request.headers), "Authorization": credential or ""}
        if headers["Accept"] == "text/event-stream":
            async with aconnect_sse(
                client, request.method, request.url, headers=headers, content=request.body
            ) as source:
                yield source.response
        else:
            async with client.stream(
                request.method, request.url, headers=headers, content=request.body
            ) as response:
                yield response

    def _http(self) -> httpx.AsyncClient:
        """The HTTP client, made when it is first needed: it loads the certificates."""
        if self._client is None:
            base_url = self.target.base_url
            # A proxy from the environment must not get the key of a request to this machine.
            direct = {f"{self._origin.scheme}://{self._origin.netloc}": None}
            self._client = httpx.AsyncClient(
                headers={"User-Agent": "vftui"},
                timeout=httpx.Timeout(self._idle, connect=self._connect),
                follow_redirects=False,
                mounts=direct if is_loopback(base_url) else None,
            )
        return self._client


def _checked_key(key: str) -> str:
    """The key without the white space around it; an error never shows it."""
    key = key.strip()
    hint = "Copy it again from the agent's settings into VF_API_KEY."
    if not key:
        raise ConfigurationError("There is no API key.", hint)
    if not (key.isascii() and key.isprintable()):
        raise ConfigurationError("The API key holds characters that no key has.", hint)
    return key
