"""An answer that is not an event stream, said to a person: the server's own words, and advice.

Bodies come in many shapes (two JSON shapes of the runtime, a framework's default, a list of issues
as text inside JSON, a proxy's HTML, nothing at all), so none is assumed. Nothing here hides keys:
who calls does, before cutting. Advice is one sentence, and names what to set or to run.
"""

from __future__ import annotations

import html
import json
import math
import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from vftui.errors import sentence

LONGEST_WAIT = 60.0
"""Seconds that are waited when a server asks for it; a longer wait is left to the person."""

_LONGEST_TOLD = 24 * 3600.0

_INVISIBLE = re.compile(r"<(script|style|head)\b.*?(</\1\s*>|$)|<!--.*?(-->|$)", re.S | re.I)
_TAG = re.compile(r"<[^<>]*>")  # without <, so that a body of nothing else takes no time
_TELLING_KEYS = ("message", "data", "error")
_ACTION_ISSUE = re.compile(r"action\b[\w.-]*: ")
_MOSTLY = "most agents have `main` now"
_NO_ROUTE = re.compile(r"Cannot [A-Z]+ /")


def server_words(body: str) -> str:
    """What the server said: from its JSON, from its HTML, or as it stands; on one line."""
    try:
        said = _from_json(json.loads(body, strict=False))
    except (ValueError, RecursionError):
        said = _from_html(body) if body.lstrip().startswith("<") else body
    return " ".join(said.split())


def _from_json(value: Any) -> str:
    """The first of the telling fields; an object inside one is asked the same way."""
    if isinstance(value, str):
        return _from_issues(value) or value
    if isinstance(value, dict):
        for key in _TELLING_KEYS:
            if value.get(key):
                return _from_json(value[key])
        if isinstance(value.get("status"), str):
            return str(value["status"])
    return json.dumps(value, ensure_ascii=False)


def _from_issues(text: str) -> str:
    """Where and what the first of a validator's issues is, which v2beta1 lists as JSON text."""
    if not text.lstrip().startswith("["):
        return ""
    try:
        first, *others = json.loads(text, strict=False)
        where, what = ".".join(map(str, first["path"])), str(first["message"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    more = f" (and {len(others)} more)" if others else ""
    return f"{where}: {what}{more}" if where else f"{what}{more}"


def _from_html(body: str) -> str:
    return html.unescape(_TAG.sub(" ", _INVISIBLE.sub(" ", body)))


def status_text(status: int, reason: str = "") -> str:
    """`401 Unauthorized`; the standard's phrase where the server sent none."""
    try:
        phrase = reason or HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"{status} {phrase}".strip()


def with_words(head: str, words: str) -> str:
    """What happened and what the server said about it, neither of them twice."""
    told, said = head.casefold(), words.casefold().strip(" .")
    if said in told:
        return sentence(head)
    return sentence(words if said.startswith(told) else f"{head}: {words}")


def retry_after(value: str | None, at: float) -> float | None:
    """Seconds to wait from a `Retry-After` header, seconds or date; None when it says nothing."""
    if not value:
        return None
    try:
        if value.isascii() and value.isdigit():
            seconds = float(value)
        else:
            date = parsedate_to_datetime(value)
            seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - at
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_TOLD)


def advice(
    status: int,
    *,
    api: str,
    environment: str,
    sent: str,
    words: str = "",
    wait: float | None = None,
) -> str:
    """What to do about a status, in one sentence.

    `sent` says which kind of credential went out, `words` what the server said, `wait` for how many
    seconds it asked to be left alone.
    """
    if "environment" in words.lower() or "version tag" in words.lower():
        return f"Check {_environment(api, environment)}."
    if _ACTION_ISSUE.match(words):
        return "The action's shape is wrong: correct the field that the sentence names."
    if status in (401, 403):
        return _key_advice(status, sent, words)
    if status == 404:
        return _not_found_advice(api, environment, words)
    if 300 <= status < 400:
        return (
            "Redirects are never followed, because the key would travel along: check the base URL "
            "(--base-url, VF_RUNTIME_URL)."
        )
    if status in (429, 503) and wait:
        return f"The server wants to be left alone for {_span(wait)}: send it again then."
    if status in _ADVICE:
        return _ADVICE[status]
    if status >= 500:
        return (
            "The server failed, as it also does at an action it cannot read: try again, and check "
            "the action's shape."
        )
    return "Check the project, the environment and the action: `vftui doctor` tries the first two."


def _key_advice(status: int, sent: str, words: str) -> str:
    in_session = sent.startswith("the session key")
    project_key = "project API key" in sent
    if status == 403 and (in_session or project_key):
        return (
            "The key may not do this: check its rights, and with `vftui doctor` that it belongs to "
            "this project (VF_PROJECT_ID)."
        )
    if in_session:
        return (
            "A new session did not help: check the key, the project and the environment "
            "with `vftui doctor`."
        )
    needed = "this API needs a project API key, VF.DM.…, from the agent's settings (VF_API_KEY)"
    if project_key and words.lower().startswith("session key"):
        needed = "it only opens sessions, and a turn needs the key of one: begin anew with a launch"
    elif project_key:
        needed = (
            "check with `vftui doctor` that it is whole, still valid, and belongs to this project "
            "(VF_PROJECT_ID)"
        )
    return f"{sent[:1].upper()}{sent[1:]} was sent; {needed}."


def _environment(api: str, environment: str) -> str:
    """The environment that was asked for, how to change it, and which others there are."""
    others = _MOSTLY
    if api == "v2beta1":
        others = "this API knows `development`, `production` and IDs of versions"
    elif environment == "main":
        others = "an agent from before 2026 may have `development` or `production`"
    return f"the environment `{environment}` (--environment, VF_ENVIRONMENT): {others}"


def _not_found_advice(api: str, environment: str, words: str) -> str:
    if _NO_ROUTE.match(words) and api != "v4":
        return f"This server has no {api}, or no longer: use --api v4 (VF_API)."
    if _NO_ROUTE.match(words):
        return "This server does not have the API: check the base URL (--base-url, VF_RUNTIME_URL)."
    setting = "VF_ENVIRONMENT"
    if environment != "main" and api != "v2beta1":
        setting += f"; {_MOSTLY}"
    removed = "" if api == "v4" else f"; a server without {api} needs --api v4"
    return (
        "Check with `vftui doctor` the project ID (VF_PROJECT_ID; not the one in the creator's "
        f"address) and whether the environment `{environment}` is published ({setting}){removed}."
    )


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{math.ceil(seconds / 60)} min"


_ADVICE = {
    400: f"Check the action's shape and the environment (VF_ENVIRONMENT; {_MOSTLY}).",
    408: "The turn took longer than the server allows: look at the agent's slow steps.",
    413: "The action is too large for the server: send less.",
    429: "Too many requests: wait a minute, then send it again.",
    502: "A proxy in front of the server failed: try again in a moment.",
    503: "The server is overloaded or under maintenance: try again in a moment.",
    504: "A proxy gave up waiting for the server: the action may have run all the same.",
}
