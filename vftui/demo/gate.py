"""What a request must bring: a body, a key of the right kind, an environment, a sound action.

Two rules:

1. What is refused is refused before the stream, with a status and a body in one of the shapes
   that the platform uses; `Refusal` carries it.
2. A key is never repeated in an answer.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Literal

from starlette.requests import Request

from vftui.wire.dialects import Api
from vftui.wire.shapes import Field, misfit, needs

MAX_BODY = 2**20
"""Bytes that a request body may have."""

Shape = Literal["runtime", "named", "framework"]
"""How an error body looks: the runtime's own, an error by name, or a web framework's default."""

_PROJECT_KEY = re.compile(r"VF\.DM\.[^.\s]+\.[^.\s]+")
_OBJECT_ID = re.compile(r"[0-9a-f]{24}")


class Refusal(Exception):
    """A request that gets no stream."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        shape: Shape = "runtime",
        name: str = "verror",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.shape = shape
        self.name = name
        self.headers = headers

    def body(self, now: float, request_id: str) -> dict[str, Any]:
        """The JSON of the answer."""
        phrase = HTTPStatus(self.status).phrase
        if self.shape == "named":
            return {"name": self.name, "message": self.message, "requestID": request_id}
        if self.shape == "framework":
            return {"statusCode": self.status, "message": self.message, "error": phrase}
        return {
            "code": self.status,
            "status": phrase,
            "dateTime": iso_time(now),
            "timestamp": round(now * 1000),
            "data": self.message,
        }


def iso_time(now: float) -> str:
    """A time as the platform writes it, in UTC with milliseconds."""
    stamp = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
    return stamp.removesuffix("+00:00") + "Z"


async def read_body(request: Request) -> dict[str, Any]:
    """The JSON object that the request brings; an empty body is an empty object.

    A body that is too large is read to its end all the same (and not kept), because a client
    that is still sending does not listen.
    """
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MAX_BODY:
            body += chunk
    if size > MAX_BODY:
        message = "request entity too large"
        raise Refusal(413, message, shape="named", name="PayloadTooLargeError")
    try:
        text = body.decode("utf-8", "replace") or "{}"
        value = json.loads(text, parse_float=_finite, parse_constant=_no_constant)
        if not isinstance(value, dict):
            raise ValueError("a JSON object is expected")
    except (ValueError, RecursionError) as error:
        raise Refusal(400, _syntax(error), shape="named", name="SyntaxError") from None
    return value


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _no_constant(name: str) -> None:
    raise ValueError(f"Unexpected token {name[0]} in JSON")


def _syntax(error: Exception) -> str:
    """The message as the platform's JavaScript engine would put it."""
    if not isinstance(error, json.JSONDecodeError):
        return str(error)
    if error.pos >= len(error.doc.rstrip()):
        return "Unexpected end of JSON input"
    return f"Unexpected token {error.doc[error.pos]} in JSON at position {error.pos}"


def credential(request: Request) -> str:
    """What the `Authorization` header says."""
    value = request.headers.get("authorization", "").strip()
    if not value:
        raise Refusal(401, "Auth Key Required")
    return value


def check_project_key(request: Request) -> None:
    """Accept any well-formed project key, bare or after `ApiKey`."""
    value = credential(request)
    if _PROJECT_KEY.fullmatch(value.removeprefix("ApiKey ").strip()):
        return
    if value.startswith("eyJ"):
        raise Refusal(
            401, "Project key required: a session key was sent, which opens turns but no session"
        )
    raise Refusal(401, f"Invalid Auth Key{_bearer(value)}")


def session_key(request: Request) -> str:
    """The key of a v4 session, whether it is known or not."""
    value = credential(request)
    if _PROJECT_KEY.fullmatch(value.removeprefix("ApiKey ").strip()):
        raise Refusal(
            401, "Session key required: the project key was sent, which only opens a session"
        )
    if not value.startswith("eyJ"):
        raise Refusal(401, f"Invalid session key{_bearer(value)}")
    return value


def _bearer(value: str) -> str:
    bearer = value.lower().startswith("bearer ")
    return ": send the key alone, without Bearer" if bearer else ""


def check_environment(api: Api, environment: str) -> None:
    """Accept the usual names and any object id."""
    names = {"development", "production"} | ({"main"} if api != "v2beta1" else set())
    if environment in names or _OBJECT_ID.fullmatch(environment):
        return
    if api == "v2beta1":
        raise Refusal(400, "Invalid project version tag")
    raise Refusal(404 if api == "v4" else 400, "invalid environment tag", shape="named")


def check_user(user: Any, limit: int) -> str:
    """A user id of 1 to `limit` characters."""
    if not isinstance(user, str) or not 1 <= len(user) <= limit:
        message = f"userID must be a string of 1 to {limit} characters"
        raise Refusal(400, message, shape="named")
    return user


def check_action(api: Api, body: dict[str, Any]) -> dict[str, Any]:
    """The request's action, when it is sound."""
    issues = _issues(body, ("action", "type"), "string")
    if api == "v2beta1":
        for name in ("userID", "sessionID"):
            issues += _issues(body, ("session", name), "string")
    if not issues:
        for field, expected in needs(body["action"], api).items():
            issues += _issues(body, ("action", *field), expected)
    if not issues:
        action: dict[str, Any] = body["action"]
        return action
    if api == "v2beta1":  # its validation errors are not caught as such
        raise Refusal(500, json.dumps(issues, indent=2))
    text = "; ".join(f"{'.'.join(issue['path'])}: {issue['message']}" for issue in issues)
    raise Refusal(400, text, shape="framework" if api == "v4" else "named")


def _issues(body: dict[str, Any], field: Field, expected: str) -> list[dict[str, Any]]:
    """What is wrong with a field, as zod tells it."""
    wrong = misfit(body, field, expected)
    if wrong is None:
        return []
    told = f"Expected {wrong.expected}, received {wrong.received}"
    return [
        {
            "code": "invalid_type",
            "expected": wrong.expected,
            "received": wrong.received,
            "path": list(wrong.field),
            "message": "Required" if wrong.received == "undefined" else told,
        }
    ]
