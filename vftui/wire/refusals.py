"""An answer that is not an event stream, said to a person: the server's own words, and advice.

Bodies come in many shapes (two JSON shapes of the runtime, a framework's default, a proxy's HTML,
nothing at all), so none is assumed. Nothing here hides keys: who calls does, before cutting.
"""

from __future__ import annotations

import html
import json
import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from vftui.errors import sentence

LONGEST_WAIT = 60.0
"""Seconds that a server may ask us to wait; it is not waited longer."""

_INVISIBLE = re.compile(r"<(script|style|head)\b.*?(</\1\s*>|$)|<!--.*?(-->|$)", re.S | re.I)
_TAG = re.compile(r"<[^>]*>")
_TELLING_KEYS = ("message", "data", "error")


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
        return value
    if isinstance(value, dict):
        for key in _TELLING_KEYS:
            if value.get(key):
                return _from_json(value[key])
        if isinstance(value.get("status"), str):
            return str(value["status"])
    return json.dumps(value, ensure_ascii=False)


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
    """What happened and what the server said about it, unless that says the same again."""
    repeated = words.casefold().strip(" .") in head.casefold()
    return sentence(head if repeated else f"{head}: {words}")


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
    return min(max(seconds, 0.0), LONGEST_WAIT)


def advice(status: int, *, api: str, environment: str, sent: str, words: str = "") -> str:
    """What to do about a status. `sent` says which kind of credential went out."""
    if "environment" in words.lower() or "version tag" in words.lower():
        return _environment_advice(api, environment)
    if status in (401, 403):
        return _key_advice(status, sent)
    if status == 404:
        return _not_found_advice(api, environment)
    if 300 <= status < 400:
        return "Redirects are never followed, because the key would travel along. Check --base-url."
    if status in _ADVICE:
        return _ADVICE[status]
    if status >= 500:
        return "The server failed. It also answers so to an action it cannot read: check its shape."
    return "Check the project, the environment and the action."


def _key_advice(status: int, sent: str) -> str:
    in_session = sent.startswith("the session key")
    project_key = "project API key" in sent
    if status == 403 and (in_session or project_key):
        return "The key may not do this: check its rights and that it belongs to this project."
    if in_session:
        return "A new session was refused as well: check the key, the project and the environment."
    needed = "this API needs a project API key, VF.DM.…, from the agent's settings (VF_API_KEY)"
    if project_key:
        needed = "check that it is whole, still valid, and belongs to this project (VF_PROJECT_ID)"
    return f"{sent[:1].upper()}{sent[1:]} was sent; {needed}."


def _environment_advice(api: str, environment: str) -> str:
    alias = "" if environment == "main" else " Most agents have `main` now."
    if api == "v2beta1":
        alias = " This API knows `development`, `production` and IDs of versions."
    return f"Check the environment `{environment}` (--environment, VF_ENVIRONMENT).{alias}"


def _not_found_advice(api: str, environment: str) -> str:
    project = "Check the project ID: it is in the agent's settings, not in the creator's URL."
    removed = "" if api == "v4" else f" This server may no longer have {api}: try --api v4."
    return f"{project} {_environment_advice(api, environment)}{removed}"


_ADVICE = {
    400: "Check the environment (VF_ENVIRONMENT; most agents have `main` now) and the action.",
    408: "The turn took longer than the server allows: look at the agent's slow steps.",
    413: "The action is too large for the server: send less.",
    429: "Too many requests: wait a minute, then send it again.",
    502: "A proxy in front of the server failed: try again in a moment.",
    503: "The server is overloaded or under maintenance: try again in a moment.",
    504: "A proxy gave up waiting for the server. The action may have run all the same.",
}
