"""Opens the app: which screen, which agent behind it, where it is recorded.

The screen comes first and everything heavy after its first frame: an opener loads what it needs
in a thread, then joins an agent, a session and a recording to an `Opening`.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from vftui.errors import ConfigurationError, ExitCode, VftuiError

if TYPE_CHECKING:
    from vftui.opening import Opener, Opening
    from vftui.session.log import Entry
    from vftui.settings import Settings
    from vftui.wire.dialects import Api

DEMO_TITLE = "Harbour Bikes (demo)"


def chat(flags: dict[str, Any]) -> None:
    """Talk to the agent of the settings; without one, the welcome screen."""
    _run(partial(_configured, flags), Doors(flags))


def demo(api: Api, record: bool) -> None:
    """Talk to the embedded demo agent."""
    _run(partial(_demo, api, record))


def open_path(path: str) -> None:
    """Look at a recorded session or a saved event stream; `-` is one that is piped in."""
    if path == "-":
        _run(partial(_piped, _take_stdin()))
    else:
        _run(_saved_at(path))


class Doors:
    """Where the welcome screen leads, with the flags of the command line."""

    def __init__(self, flags: dict[str, Any] | None = None) -> None:
        self._flags = flags or {}

    def demo(self) -> Opener:
        """To the embedded demo agent."""
        return partial(
            _demo, self._flags.get("api") or "v4", self._flags.get("record") is not False
        )

    def connect(self, key: str, project: str, environment: str) -> Opener:
        """To the person's own agent."""
        typed = {"api_key": key, "project": project, "environment": environment}
        flags = self._flags | {name: value for name, value in typed.items() if value.strip()}
        from vftui.connect import agent_of

        agent_of(_settings(flags))  # what is wrong is said while the form is still there
        return partial(_configured, flags)

    def open(self, path: str) -> Opener:
        """To a recording or a saved event stream."""
        return _saved_at(os.path.expanduser(path))  # noqa: PTH111  pathlib's raises


def _run(opener: Opener, doors: Doors | None = None) -> None:
    from vftui.ui.app import VftuiApp

    if not (
        sys.__stdin__ and sys.__stdin__.isatty() and sys.__stderr__ and sys.__stderr__.isatty()
    ):
        raise ConfigurationError(
            "There is no terminal to show it on.", "Without one, try: vftui send, or vftui show."
        )
    app = VftuiApp(opener, doors or Doors())
    failure = app.run()
    if app.crash is not None:
        raise app.crash
    if failure is not None:
        raise failure
    if app.farewell:
        sys.stderr.write(f"{app.farewell}\n")
    sys.exit(app.return_code or ExitCode.OK)


async def _load(*modules: str) -> None:
    """Import modules beside the event loop, so that the screen answers meanwhile."""
    for module in modules:
        await asyncio.to_thread(importlib.import_module, module)


@asynccontextmanager
async def _demo(api: Api, record: bool) -> AsyncIterator[Opening]:
    await _load("vftui.connect", "vftui.session.fold", "vftui.demo")
    from vftui.demo import KEY, PROJECT, demo_agent
    from vftui.settings import Settings

    async with demo_agent() as url:
        way = {"base_url": url, "api": api, "project": PROJECT, "api_key": KEY}
        settings = Settings.model_validate(way | {"record": record})
        async with _live(settings, DEMO_TITLE) as opening:
            yield opening


@asynccontextmanager
async def _configured(flags: dict[str, Any]) -> AsyncIterator[Opening]:
    await _load("vftui.connect", "vftui.session.fold")
    settings = _settings(flags)
    async with _live(settings, settings.project or "") as opening:
        yield opening


def _settings(flags: dict[str, Any]) -> Settings:
    from vftui.settings import config_path, load

    return load(flags, os.environ, Path.cwd(), config_path())


@asynccontextmanager
async def _live(settings: Settings, title: str) -> AsyncIterator[Opening]:
    """An agent over HTTP, recorded."""
    from vftui.connect import agent_of, begin
    from vftui.opening import About, Opening
    from vftui.recording import Recording
    from vftui.run import now
    from vftui.session.fold import Session
    from vftui.settings import recordings_path

    agent = agent_of(settings)
    notes = list(settings.notes)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(agent.aclose)
        journal = None
        if settings.record:
            try:
                kept = stack.enter_context(Recording.open(recordings_path()))
                journal = begin(kept, settings, title)
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
        yield Opening(about, Session(), journal, clock=now, agent=agent)


def _saved_at(path: str) -> Opener:
    """What shows a recorded session (`last`, or its number) or a file."""
    if path == "last" or path.isdecimal():
        return partial(_recorded, None, path)
    try:
        with Path(path).open("rb") as file:
            recorded = file.read(16) == b"SQLite format 3\0"
    except OSError as error:
        message = f"{path or 'Nothing'} cannot be read: {error.strerror}."
        hint = "Give a saved event stream, a recording, or a number that `vftui sessions` lists."
        raise ConfigurationError(message, hint) from None
    return partial(_recorded, Path(path), "last") if recorded else partial(_saved, Path(path))


@asynccontextmanager
async def _recorded(path: Path | None, name: str) -> AsyncIterator[Opening]:
    await _load("vftui.session.fold", "vftui.recording", "vftui.settings")
    from vftui.opening import About, Opening
    from vftui.recording import Recording
    from vftui.run import now
    from vftui.session.fold import Session
    from vftui.session.log import with_endings
    from vftui.settings import recordings_path

    with Recording.open(path or recordings_path(), create=False) as recording:
        row = recording.find(name)
        journal = recording.journal(row.id)
        facts = (row.api, row.environment, f"user {row.user}")
        session = Session()
        for number, entry in enumerate(with_endings(journal.entries())):
            session.apply(entry)
            if number % 1000 == 0:
                await asyncio.sleep(0)
        yield Opening(About(row.title, facts, f"session {row.id}"), session, journal, clock=now)


@asynccontextmanager
async def _saved(path: Path) -> AsyncIterator[Opening]:
    await _load("vftui.session.fold", "vftui.recording", "vftui.saved")
    from vftui.saved import file_entries

    async with _stream(path.name, file_entries(path)) as opening:
        yield opening


@asynccontextmanager
async def _piped(file: BinaryIO) -> AsyncIterator[Opening]:
    await _load("vftui.session.fold", "vftui.recording", "vftui.saved")
    from vftui.run import now
    from vftui.saved import arriving, saved_entries

    async with _stream("standard input", saved_entries(arriving(file), clock=now)) as opening:
        yield opening


@asynccontextmanager
async def _stream(title: str, entries: AsyncIterator[Entry]) -> AsyncIterator[Opening]:
    """A saved stream: nothing is kept of it but what the trace list pages from meanwhile."""
    from vftui.opening import About, Opening
    from vftui.recording import Recording
    from vftui.run import now
    from vftui.session.fold import Session

    with Recording.temporary() as recording:
        journal = recording.begin(title=title, api="", started=now())
        about = About(title, ("saved stream",), "file")
        yield Opening(about, Session(), journal, clock=now, replay=entries)


def _take_stdin() -> BinaryIO:
    """The stream that is piped in; the terminal becomes standard input, for the keys."""
    if sys.stdin.isatty():
        raise ConfigurationError("Nothing is piped in.", "Try: curl -sSN … | vftui open -")
    stream = os.fdopen(os.dup(0), "rb", buffering=0)
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise ConfigurationError("There is no terminal to show it on.", "") from None
    os.dup2(terminal, 0)
    return stream
