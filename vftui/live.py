"""Openers of a conversation with somebody: the embedded demo agent, or the agent of the settings.

An opener runs when the first frame is on the screen: it loads what it needs in a thread, then joins
an agent, a session and a recording to an `Opening`. Those of what was saved are in
`vftui.playback`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vftui.errors import ConfigurationError, VftuiError
from vftui.late import load_modules

if TYPE_CHECKING:
    from vftui.opening import Opening
    from vftui.session.tokens import Tokens
    from vftui.settings import Settings

DEMO_TITLE = "Harbour Bikes (demo)"

_NOTHING: Mapping[str, Any] = {}


@asynccontextmanager
async def demo(flags: Mapping[str, Any]) -> AsyncIterator[Opening]:
    """The embedded demo agent, alive as long as the conversation is."""
    await load_modules("vftui.connect", "vftui.prices", "vftui.session.fold", "vftui.demo")
    from vftui.demo import demo_agent

    async with demo_agent() as url, conversation(demo_settings(flags, url), DEMO_TITLE) as opening:
        yield opening


def demo_settings(flags: Mapping[str, Any], url: str) -> Settings:
    """Whom to talk to is the demo agent's; the rest may come from the person's own settings."""
    from vftui.demo import KEY, PROJECT
    from vftui.settings import default_environment, load

    api = flags.get("api") or "v4"
    alias = flags.get("environment") or default_environment(api)
    way = {"base_url": url, "project": PROJECT, "api_key": KEY, "api": api, "environment": alias}
    try:
        settings = settings_of(flags, way)
    except ConfigurationError:  # the demo needs none of them
        nowhere = Path(os.devnull)
        settings = load(flags, {}, nowhere, nowhere, typed=way)
    return settings.model_copy(update={"notes": ()})


@asynccontextmanager
async def configured(
    flags: Mapping[str, Any], typed: Mapping[str, Any] = _NOTHING, *, picked: bool = False
) -> AsyncIterator[Opening]:
    """The agent of the settings; `typed` is stronger than the flags."""
    await load_modules("vftui.connect", "vftui.prices", "vftui.session.fold")
    # In a thread, because the keychain may ask the person.
    settings = await asyncio.to_thread(settings_of, flags, typed, picked=picked)
    async with conversation(settings, flags.get("profile") or settings.project or "") as opening:
        yield opening


@asynccontextmanager
async def conversation(
    settings: Settings, title: str, number: int | None = None
) -> AsyncIterator[Opening]:
    """An agent over HTTP, recorded; with a number, on in the recording of that number."""
    from vftui.connect import agent_of, begin
    from vftui.fetching import fetcher
    from vftui.filters import kept as kept_filters
    from vftui.history import History
    from vftui.opening import About, Opening, Options
    from vftui.prices import kept as kept_prices
    from vftui.recording import Recording
    from vftui.run import now
    from vftui.session.fold import Session
    from vftui.settings import history_path, recordings_path

    agent = agent_of(settings)
    notes = list(settings.notes)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(agent.aclose)
        journal = None
        if settings.record:
            try:
                kept = stack.enter_context(Recording.open(recordings_path()))
                journal = kept.journal(number) if number else begin(kept, settings, title)
            except VftuiError as error:  # the conversation does not depend on it
                notes.append(f"Not recorded: {error.message} {error.hint}")
        recorded = journal is not None
        if journal is None:
            journal = begin(stack.enter_context(Recording.temporary()), settings, title)
        about = About(
            title,
            (settings.api, settings.environment, f"user {settings.user}"),
            f"rec {journal.id}" if recorded else "not recorded",
            settings.theme,
            tuple(notes),
            f"Recorded as session {journal.id}: vftui open {journal.id}" if recorded else "",
        )
        session = Session()
        session.estimator.prepare()
        opening = Opening(about, session, journal, clock=now, agent=agent)
        if recorded:
            opening.number, opening.today = journal.id, _today(settings, journal.id)
        opening.filters = kept_filters
        opening.prices = kept_prices
        opening.options = Options(
            settings.pace, settings.images, settings.send_no_reply,
            settings.budget, settings.budget_ask,
        )  # fmt: skip
        if settings.images:
            opening.fetch = fetcher(settings.base_url)
        if settings.record:
            opening.history = await asyncio.to_thread(History.load, history_path())
        yield opening


def _today(settings: Settings, number: int) -> Callable[[], Tokens]:
    """What asks for the tokens of today, of all sessions with the same agent but this one."""
    from vftui.settings import recordings_path
    from vftui.usage import Usage

    usage = Usage(
        recordings_path(), project=settings.project or "", environment=settings.environment
    )
    return partial(usage.today, without=number)


def settings_of(
    flags: Mapping[str, Any],
    typed: Mapping[str, Any],
    *,
    picked: bool = False,
    ask: bool = True,
) -> Settings:
    """The settings from this process's surroundings; without `ask`, a key in the keychain is taken
    to be there, so that this does not take long."""
    from vftui import keychain
    from vftui.settings import config_path, load

    held = keychain.get if ask else lambda _: "unread"
    places = (os.environ, Path.cwd(), config_path())
    return load(flags, *places, typed=typed, keychain=held, picked=picked)
