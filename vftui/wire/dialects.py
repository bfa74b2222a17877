"""The three generations of the API: what a turn looks like as an HTTP request.

| api     | requests                       | who is the user     | AI text while it is written  |
|---------|--------------------------------|---------------------|------------------------------|
| v4      | one for a session, one a turn  | told to the session | `config.completionEvents`    |
| v2      | one a turn                     | in the path         | `completion_events` in query |
| v2beta1 | one a turn                     | in the body         | always                       |

A `Request` says which credential it needs and never holds one. Variables that a turn sets go
into its body: `variables` in v4 and v2, `state.variables` in v2beta1.

Sources: <https://docs.voiceflow.com/api-reference/conversation/interact-stream>,
<https://docs.voiceflow.com/api-reference/conversation/interact--legacy-stream>.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import quote, urlencode, urlsplit

from vftui.errors import ConfigurationError
from vftui.wire.actions import Action, encode

Variables = dict[str, Any]
"""The agent's variables by name, as JSON."""

Api = Literal["v4", "v2", "v2beta1"]
"""One generation of the API."""

DEFAULT_BASE_URL = "https://general-runtime.voiceflow.com"
"""Voiceflow's own cloud; private clouds have another."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an action is for: the agent, its environment, and who speaks to it."""

    base_url: str
    project: str
    environment: str
    user: str
    session_id: str = ""
    """For v2beta1 only, whose server joins it to the user without a separator. Empty: random."""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request without its credential."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    credential: Literal["key", "session"]
    """What the `Authorization` header takes: the project's key, or the session's."""
    method: str = "POST"


class Dialect(Protocol):
    """One generation's way to ask."""

    def session_request(self, target: Target) -> Request | None:
        """The request that opens a session, where the generation has sessions."""

    def turn_request(
        self, target: Target, action: Action, variables: Variables | None = None
    ) -> Request:
        """The request that sets the variables, if any, and runs a turn."""


class V4:
    """The current generation: a session key stands for project, environment and user."""

    def session_request(self, target: Target) -> Request:
        """Opening one ends the session that the same user had before."""
        path = (
            f"/v4/project/{_part(target.project)}/environment/{_part(target.environment)}/session"
        )
        return _request(target, path, {"userID": target.user}, accept="application/json")

    def turn_request(
        self, target: Target, action: Action, variables: Variables | None = None
    ) -> Request:
        """The session key says the rest."""
        body = {"action": action, **_set(variables), "config": {"completionEvents": True}}
        return _request(target, "/v4/interact/stream", body, credential="session")


class V2:
    """The deprecated generation: everything but the action is in the URL."""

    def session_request(self, target: Target) -> None:
        """The state belongs to the user; nothing is opened."""

    def turn_request(
        self, target: Target, action: Action, variables: Variables | None = None
    ) -> Request:
        """Traces arrive bare, AI text as `completion` traces because the query asks for it."""
        path = f"/v2/project/{_part(target.project)}/user/{_part(target.user)}/interact/stream"
        query = urlencode(
            {"environment": target.environment, "completion_events": "true"}, errors="replace"
        )
        return _request(target, f"{path}?{query}", {"action": action, **_set(variables)})


class V2Beta1:
    """The first generation: user and session are in the body."""

    def session_request(self, target: Target) -> None:
        """The first action of an unknown user and session starts one."""

    def turn_request(
        self, target: Target, action: Action, variables: Variables | None = None
    ) -> Request:
        """Traces arrive in an envelope."""
        path = f"/v2beta1/interact/{_part(target.project)}/{_part(target.environment)}/stream"
        session = {"userID": target.user, "sessionID": target.session_id}
        state = {"state": _set(variables)} if variables else {}
        return _request(target, path, {"action": action, "session": session, **state})


DIALECTS: dict[Api, Dialect] = {"v4": V4(), "v2": V2(), "v2beta1": V2Beta1()}
"""The dialect of each generation."""


def is_loopback(base_url: str) -> bool:
    """Whether the URL's host is this very machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_target(target: Target, *, allow_insecure: bool = False) -> None:
    """Raise `ConfigurationError` for a target that cannot be asked, or must not be sent a key."""
    _check_base_url(target.base_url, allow_insecure)
    if target.project.startswith("VF."):
        raise ConfigurationError(
            "The project ID begins with VF., as an API key does.",
            "Put the key into VF_API_KEY, and the ID from the agent's settings into VF_PROJECT_ID.",
        )
    for name, value in (
        ("project ID", target.project),
        ("environment", target.environment),
        ("user ID", target.user),
    ):
        if not value:
            raise ConfigurationError(f"The {name} is empty.", "vftui --help names its setting.")


def _check_base_url(base_url: str, allow_insecure: bool) -> None:
    hint = f"It looks like {DEFAULT_BASE_URL}, without a path behind it in most cases."
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not base_url.isprintable() or " " in base_url:
        raise ConfigurationError("The base URL is not an http or https URL.", hint)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigurationError(
            "The base URL holds a user name, a password, a query or a fragment.", hint
        )
    if parts.scheme == "http" and not (allow_insecure or is_loopback(base_url)):
        raise ConfigurationError(
            "The base URL is plain http: the key would cross the network unprotected.",
            "Use https.",
        )


def _set(variables: Variables | None) -> dict[str, Variables]:
    """The field that sets variables; none without."""
    return {"variables": variables} if variables else {}


def _part(value: str) -> str:
    """One part of a path: everything is escaped, also what would climb out of its place."""
    escaped = quote(value, safe="", errors="replace")
    return escaped.replace(".", "%2E") if value in (".", "..") else escaped


def _request(
    target: Target,
    path: str,
    body: object,
    *,
    credential: Literal["key", "session"] = "key",
    accept: str = "text/event-stream",
) -> Request:
    headers = (
        ("Accept", accept),
        ("Accept-Encoding", "identity"),  # compression holds frames back until a block is full
        ("Content-Type", "application/json"),
    )
    return Request(target.base_url.rstrip("/") + path, headers, encode(body), credential)
