"""The routes of the demo agent: all three generations lead to the same conversations.

Three rules:

1. A turn is worked out, and its conversation changed, before its stream begins: whoever leaves
   early finds the turn done, as on the platform.
2. What is refused is refused as the platform refuses it (`vftui.demo.gate`).
3. Any page may call it, as with the platform: people point their own web clients at it. It holds
   nothing but what is said to it.
"""

from __future__ import annotations

import html
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from vftui.demo import gate
from vftui.demo.emit import V2Beta1Writer, V2Writer, V4Writer, Writer
from vftui.demo.failures import AWAY
from vftui.demo.faults import afterwards, in_place_of_a_stream
from vftui.demo.ids import Ids
from vftui.demo.listen import Part, part_for
from vftui.demo.port import Port
from vftui.demo.state import Conversation, Conversations
from vftui.demo.steps import Cue, Stage
from vftui.demo.stream import HungUp, Player
from vftui.demo.tokens import estimated

STREAM_HEADERS = {
    "content-type": "text/event-stream",
    "cache-control": "private, no-cache, no-store, no-transform, must-revalidate, max-age=0",
    "connection": "keep-alive",
    "pragma": "no-cache",
    "x-accel-buffering": "no",
}
"""The headers of every stream; the media type has no charset."""

_V2_SEGMENTS = 8  # of /v2/project/{projectID}/user/{userID}/interact/stream, as sent


class Agent:
    """The demo agent behind its routes."""

    port: Port
    """Where it listens: set when there is a server around it."""

    def __init__(self, player: Player, clock: Callable[[], float], ids: Ids) -> None:
        self._player = player
        self._clock = clock
        self._ids = ids
        self._conversations = Conversations(ids)

    def app(self) -> Starlette:
        """The routes of all three generations."""
        v4 = "/v4/project/{project}"
        routes = [
            Route(v4 + "/environment/{environment}/session", self.open_session, methods=["POST"]),
            Route(v4 + "/session", self.open_session, methods=["POST"]),
            Route("/v4/interact/stream", self.turn_v4, methods=["POST"]),
            Route(
                "/v2/project/{project}/user/{user:path}/interact/stream",
                self.turn_v2,
                methods=["POST"],
            ),
            Route("/v2beta1/interact/{project}/{tag}/stream", self.turn_v2beta1, methods=["POST"]),
        ]
        anyone = Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Retry-After"],
        )
        app = Starlette(
            routes=routes,
            middleware=[anyone],
            exception_handlers={HTTPException: _no_route, gate.Refusal: self._refuse},
        )
        app.router.redirect_slashes = False
        return app

    async def open_session(self, request: Request) -> Response:
        """POST /v4/project/{project}[/environment/{environment}]/session."""
        body = await gate.read_body(request)
        gate.check_project_key(request)
        gate.check_environment("v4", request.path_params.get("environment", "main"))
        user = gate.check_user(body.get("userID"), 256)
        conversation = self._conversations.of(request.path_params["project"], user)
        if conversation.revoked:
            conversation.revoked = False
            raise gate.Refusal(401, "Invalid Auth Key")
        key = self._conversations.open_session(request.path_params["project"], user)
        return JSONResponse({"sessionKey": key})

    async def turn_v4(self, request: Request) -> Response:
        """POST /v4/interact/stream."""
        body = await gate.read_body(request)
        key = gate.session_key(request)
        conversation = self._conversations.with_key(key)
        if conversation is None:
            raise gate.Refusal(401, "Unknown session key: open a session first")
        if conversation.key != key:
            newer = ": the user opened a newer one" if conversation.key else ""
            raise gate.Refusal(401, f"This session ended{newer}")
        action = gate.check_action("v4", body)
        _merge(conversation, body.get("variables"))
        config = body.get("config")
        streams = isinstance(config, dict) and config.get("completionEvents") is True
        writer = V4Writer(self._ids, self._clock)
        return self._turn(request, conversation, action, Stage("v4", self._ids, streams), writer)

    async def turn_v2(self, request: Request) -> Response:
        """POST /v2/project/{project}/user/{user}/interact/stream."""
        if request.scope["raw_path"].count(b"/") != _V2_SEGMENTS - 1:
            raise HTTPException(404)  # a slash in a user id must come percent-encoded
        body = await gate.read_body(request)
        gate.check_project_key(request)
        query = request.query_params
        gate.check_environment("v2", query.get("environment", "development"))
        user = gate.check_user(request.path_params["user"], 128)
        action = {"type": "launch"}
        if body.get("action", ...) is not None:  # null is allowed, and begins anew
            action = gate.check_action("v2", body)
        conversation = self._conversations.of(request.path_params["project"], user)
        _merge(conversation, body.get("variables"))
        writer = V2Writer(self._clock, state=query.get("state") == "true")
        stage = Stage("v2", self._ids, streams=query.get("completion_events") == "true")
        return self._turn(request, conversation, action, stage, writer)

    async def turn_v2beta1(self, request: Request) -> Response:
        """POST /v2beta1/interact/{project}/{tag}/stream."""
        body = await gate.read_body(request)
        gate.check_project_key(request)
        gate.check_environment("v2beta1", request.path_params["tag"])
        action = gate.check_action("v2beta1", body)
        user = body["session"]["userID"] + body["session"]["sessionID"]
        conversation = self._conversations.of(request.path_params["project"], user)
        state = body.get("state")
        _merge(conversation, state.get("variables") if isinstance(state, dict) else None)
        writer = V2Beta1Writer(self._ids, self._clock)
        stage = Stage("v2beta1", self._ids, streams=True)
        return self._turn(request, conversation, action, stage, writer)

    def _turn(
        self,
        request: Request,
        conversation: Conversation,
        action: dict[str, Any],
        stage: Stage,
        writer: Writer,
    ) -> Response:
        """Answer an action, or fail in the way that it asks for."""
        part = part_for(action, conversation)
        failure, task = part.failure, None
        if failure is not None:
            answer = in_place_of_a_stream(failure, conversation, self.port, request)
            if answer is not None:
                return answer
            task = afterwards(failure, conversation, self.port, self._absence)
        cues = self._perform(part, conversation, action, stage)
        chunks = self._breakable(self._player.play(cues, writer, conversation.state()), request)
        return StreamingResponse(chunks, headers=STREAM_HEADERS, background=task)

    async def _absence(self) -> None:
        await self._player.sleep(AWAY * self._player.pace)

    def _perform(
        self, part: Part, conversation: Conversation, action: dict[str, Any], stage: Stage
    ) -> list[Cue]:
        """Work out the turn and remember it, before its first byte is sent."""
        if part.begins or conversation.fresh:
            conversation.begin(self._clock())
        conversation.heard(action, part.words)
        stage.prompt += sum(estimated(line["content"]) for line in conversation.memory)
        cues = [cue for step in part.steps for cue in step.cues(stage)]
        conversation.said("\n\n".join(stage.spoken))
        conversation.over = stage.over
        return cues

    async def _breakable(
        self, chunks: AsyncIterator[bytes], request: Request
    ) -> AsyncIterator[bytes]:
        """The chunks; a connection that is to be reset is.

        An exception that leaves a stream makes the server close the connection.
        """
        try:
            async for chunk in chunks:
                yield chunk
        except HungUp as hung_up:
            if hung_up.reset:
                self.port.reset(request)
            raise

    def _refuse(self, request: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, gate.Refusal)
        body = refusal.body(self._clock(), self._ids.uuid4())
        return JSONResponse(body, refusal.status, refusal.headers)


def _merge(conversation: Conversation, variables: Any) -> None:
    if isinstance(variables, dict):
        conversation.variables.update(variables)


def _no_route(request: Request, error: Exception) -> Response:
    """The page of the platform's web framework: the same for a wrong path and a wrong method."""
    line = html.escape(f"Cannot {request.method} {request.url.path}")
    return HTMLResponse(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Error</title>\n</head>\n<body>\n<pre>{line}</pre>\n</body>\n</html>\n",
        404,
    )
