"""The agent, tried without running a turn: key, project, address, and whether they go together.

Only v4 can tell the last one: it opens a session, for a user that nobody else is, because a new
session ends the one that its user had before.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncGenerator

import httpx

from vftui.answers import TurnOver
from vftui.checks.verdict import Verdict, failed, note, ok, skipped
from vftui.client import HttpAgent
from vftui.connect import agent_of
from vftui.errors import ExitCode, VftuiError
from vftui.places import TYPED
from vftui.secrets import kind_of
from vftui.settings import Settings
from vftui.wire.dialects import is_loopback

PATIENCE = 15.0
"""Seconds that an answer to a check may take to begin."""

_WHOLE = re.compile(r"VF\.DM\.[A-Za-z0-9]+\.[A-Za-z0-9_-]+")
_ID = re.compile(r"[0-9a-f]{24}")
_NO_PROJECT_KEY = re.compile(r"VF\.WS\.|vfp_|eyJ")
_KEY_FIX = "Copy the project API key (VF.DM.…) from the agent's settings into VF_API_KEY."
_PROJECT_FIX = (
    "Copy the ID from the agent's settings, not from the creator's URL, to VF_PROJECT_ID."
)
_ADDRESS_FIX = "Check the base URL (--base-url, VF_RUNTIME_URL), the network and its proxies."


async def check_agent(settings: Settings) -> AsyncGenerator[Verdict, None]:
    """Key, project, address, session, in this order."""
    sound = True
    for verdict in (_key(settings), _project(settings)):
        sound = sound and verdict.state != "failed"
        yield verdict
    if not settings.configured:
        yield skipped("address", "Not tried: there is no key or no project to try it with.")
        yield skipped("session", "Not tried: something before it failed.")
        return
    try:
        agent = agent_of(_impatient(throwaway(settings)))
    except VftuiError as error:
        yield failed("settings", error.message, error.hint, error.exit_code)
        return
    try:
        address = await _address(agent)
        yield address
        if not sound or address.state == "failed":
            yield skipped("session", "Not tried: something before it failed.")
        else:
            yield await _session(agent)
    finally:
        await agent.aclose()


def throwaway(settings: Settings) -> Settings:
    """The settings with a user whom nobody else is, so that a check disturbs no conversation."""
    return settings.model_copy(update={"user": f"vftui-check-{secrets.token_hex(4)}"})


def _impatient(settings: Settings) -> Settings:
    return settings.model_copy(update={"timeout": min(settings.timeout, PATIENCE)})


def _key(settings: Settings) -> Verdict:
    if settings.api_key is None:
        return failed("key", "There is no API key.", _KEY_FIX, ExitCode.CONFIGURATION)
    key = settings.api_key.get_secret_value()
    kind = kind_of(key)
    whence = _whence(settings, "api_key")
    if _NO_PROJECT_KEY.match(key):
        return failed("key", f"This is {kind}, {whence}, and no project API key.", _KEY_FIX)
    if _WHOLE.fullmatch(key):
        return ok("key", f"It is {kind}, {whence}.")
    if key.startswith("VF."):
        return failed("key", f"It begins as {kind}, {whence}, and is not whole.", _KEY_FIX)
    return note("key", f"It is {kind}, {whence}.", "Voiceflow's own keys begin with VF.DM.")


def _project(settings: Settings) -> Verdict:
    project = settings.project
    if project is None:
        return failed("project", "There is no project.", _PROJECT_FIX, ExitCode.CONFIGURATION)
    whence = _whence(settings, "project")
    if settings.api_key is not None and project == settings.api_key.get_secret_value():
        return failed("project", f"It is the key, {whence}.", _PROJECT_FIX)
    if "/" in project:
        return failed("project", f"It is an address, {whence}, and no ID.", _PROJECT_FIX)
    if _ID.fullmatch(project):
        return ok("project", f"It is {project}, {whence}.")
    return note("project", f"It is {project}, {whence}: not 24 figures, as IDs are.", _PROJECT_FIX)


async def _address(agent: HttpAgent) -> Verdict:
    url = agent.target.base_url
    try:
        tls = await agent.reach()
    except TurnOver as over:
        fix = over.failure.advice or _ADDRESS_FIX
        return failed("address", over.failure.message, fix, ExitCode.UNREACHABLE)
    if agent.api != "v4" and await _is_page(url):  # v4's session tells more
        text = f"{url} answers with a web page: it may not be Voiceflow's runtime."
        return note("address", text, _ADDRESS_FIX)
    if tls:
        return ok("address", f"{url} answers, over {tls}.")
    where = "on this machine" if is_loopback(url) else "unencrypted"
    return ok("address", f"{url} answers, {where}.")


async def _is_page(url: str) -> bool:
    """Whether a web page is there, for whoever asks without a key."""
    try:
        async with (
            httpx.AsyncClient(timeout=PATIENCE, trust_env=not is_loopback(url)) as http,
            http.stream("GET", url) as response,
        ):
            media = response.headers.get("content-type", "")
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return response.is_success and media.startswith("text/html")


async def _session(agent: HttpAgent) -> Verdict:
    if agent.api != "v4":
        text = f"Only a turn can tell whether these go together: {agent.api} opens no session."
        return skipped("session", text)
    try:
        await agent.open_session()
    except TurnOver as over:
        url, words = agent.target.base_url, over.failure.message
        if _is_elsewhere(over):
            words = (
                f"{url} does not answer as Voiceflow's runtime does: {words[:1].lower()}{words[1:]}"
            )
            return failed("address", words, _ADDRESS_FIX)
        what, code = _blame(over)
        return failed(what, words, over.failure.advice or _ADDRESS_FIX, code)
    environment = agent.target.environment
    return ok("session", f"Key, project and environment {environment} go together.")


def _is_elsewhere(over: TurnOver) -> bool:
    """Whether this is no runtime's answer: success without a session, or a page in place of it."""
    page = over.body.lstrip().startswith("<")
    return over.failure.ending == "protocol" or (over.status in (400, 404, 405) and page)


def _blame(over: TurnOver) -> tuple[str, ExitCode]:
    """Which of the three a refusal is about."""
    words = over.failure.message.lower()
    if over.failure.ending in ("unreachable", "stalled"):
        return "address", ExitCode.UNREACHABLE
    if over.status in (401, 403):
        return "key", ExitCode.NOT_AUTHORISED
    if "environment" in words or "version tag" in words:
        return "environment", ExitCode.CHECK_FAILED
    if over.status == 404:
        return "project", ExitCode.CHECK_FAILED
    broken = over.status is not None and over.status >= 500
    return "session", ExitCode.AGENT_FAILED if broken else ExitCode.CHECK_FAILED


def _whence(settings: Settings, field: str) -> str:
    origin = settings.origins.get(field, "elsewhere")
    return "as it was typed" if origin == TYPED else f"from {origin}"
