"""Opens the app: which screen, which agent behind it, where it is recorded.

The screen comes first and everything heavy after its first frame: an opener loads what it needs
in a thread, then joins an agent, a session and a recording to an `Opening`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from vftui.errors import ConfigurationError, ExitCode, VftuiError
from vftui.late import load_modules
from vftui.playback import piped, saved_at, take_stdin

if TYPE_CHECKING:
    from vftui.opening import Finding, Form, Keep, Opener, Opening, Profile
    from vftui.settings import Settings
    from vftui.wire.dialects import Api

DEMO_TITLE = "Harbour Bikes (demo)"

_NOTHING: Mapping[str, Any] = {}

_WHICH_AGENT = ("profile", "api_key", "api_key_from", "project", "environment", "api", "base_url")


def chat(flags: dict[str, Any]) -> None:
    """Talk to the agent of the settings; without one, the welcome screen."""
    doors = Doors(flags)
    _run(doors.own(), doors, flags.get("profile"))


def demo(api: Api, record: bool) -> None:
    """Talk to the embedded demo agent."""
    doors = Doors({"record": None if record else False})
    _run(doors.demo(api), doors)


def open_path(path: str) -> None:
    """Look at a recorded session or a saved event stream; `-` is one that is piped in."""
    _run(partial(piped, take_stdin()) if path == "-" else saved_at(path))


@dataclass(frozen=True)
class Way:
    """Which agent; enough to go there again."""

    flags: Mapping[str, Any]
    """Those of the command line."""
    typed: Mapping[str, Any] = field(default_factory=dict)
    """What was typed in the app, which is stronger."""
    demo: bool = False
    picked: bool = False
    """Whether its profile was picked in the app, and decides more than the environment does."""

    @property
    def name(self) -> str:
        """What a list of agents calls it; empty: it is in none."""
        if self.demo:
            return f"demo {self.typed.get('api') or self.flags.get('api') or 'v4'}"
        return "" if self.typed else self.flags.get("profile") or ""

    def opener(self) -> Opener:
        """What goes there."""
        return (
            partial(_demo, {**self.flags, **self.typed})
            if self.demo
            else partial(_configured, self.flags, self.typed, picked=self.picked)
        )

    def checked(self) -> Way:
        """This way, if nothing can be said against it beforehand: the keychain is not asked."""
        from vftui.connect import agent_of

        if self.demo:
            _demo_settings({**self.flags, **self.typed}, "http://127.0.0.1")
        else:
            agent_of(_settings(self.flags, self.typed, picked=self.picked, ask=False))
        return self


class Doors:
    """The ways to a conversation, with the flags of the command line; see `vftui.opening.Doors`.

    `check`, `keep` and `keeps` may ask the keychain, which may take long: `keep` and `keeps` are
    for a thread.
    """

    def __init__(self, flags: Mapping[str, Any] | None = None) -> None:
        self._flags = dict(flags or {})
        self._now: Way | None = None
        self._form: Form | None = None

    def own(self) -> Opener:
        """To the agent of the settings and the command line."""
        return self._to(Way(self._flags))

    def demo(self, api: Api | None = None) -> Opener:
        """To the embedded demo agent."""
        kept = {name: self._flags.get(name) for name in ("api", "record")}
        return self._to(Way(kept | ({"api": api} if api else {}), demo=True))

    def connect(self, form: Form) -> Opener:
        """To the agent of a form."""
        with _as_in_the_form():
            way = Way(self._flags, _typed(form)).checked()
        self._form = form
        return self._to(way)

    def typed(self) -> Form:
        """The form that was connected with last, its key included; empty: none was."""
        from vftui.opening import Form

        return self._form or Form()

    async def check(self, form: Form) -> AsyncGenerator[Finding, None]:
        """Try the agent of a form, without running a turn; findings come as they are made."""
        await load_modules("vftui.checks.agent")
        from vftui.checks.agent import check_agent
        from vftui.checks.words import in_the_form
        from vftui.opening import Finding

        try:
            settings = await asyncio.to_thread(_settings, self._flags, _typed(form))
        except VftuiError as error:
            told = in_the_form(error.message), in_the_form(error.hint)
            yield Finding("settings", "failed", *told)
            return
        async with aclosing(check_agent(settings)) as findings:
            async for one in findings:
                yield replace(one, text=in_the_form(one.text), fix=in_the_form(one.fix))

    def keeps(self) -> tuple[Keep, ...]:
        """Where a key can be kept on this machine."""
        from vftui import keychain

        return ("keychain", "file", "variable") if keychain.available() else ("file", "variable")

    def keep(self, form: Form, name: str, where: Keep, *, replace: bool = False) -> str:
        """Store a form as a profile; a sentence that says what is where now."""
        from vftui.keeping import keep
        from vftui.settings import config_path

        typed = _typed(form)
        reference = typed.get("api_key_from", "$VF_API_KEY")
        if where == "variable":  # it need not be there yet
            typed = {**typed, "api_key": "unread"}
        with _as_in_the_form():
            settings = _settings(self._flags, typed)
            return keep(config_path(), name, where, settings, reference, replace=replace)

    def profiles(self) -> tuple[Profile, ...]:
        """The profiles of the settings file."""
        from vftui.profiles import profiles
        from vftui.settings import config_path

        return profiles(config_path())

    def profile(self, name: str) -> Opener:
        """To the agent of a profile, whatever the command line and the environment say."""
        kept = {flag: value for flag, value in self._flags.items() if flag not in _WHICH_AGENT}
        return self._to(Way(kept | {"profile": name}, picked=True).checked())

    def here(self) -> str:
        """The profile that was gone to or that the command line names, or `demo` and the
        generation of the API; empty: neither."""
        return self._now.name if self._now is not None else ""

    def change(self, *, environment: str = "", api: Api | Literal[""] = "") -> Opener:
        """To the agent of now, in another environment or by another generation of the API."""
        if self._now is None:
            raise ConfigurationError(
                "There is no agent to change: this is a recording.", "Connect to an agent first."
            )
        new = {"environment": environment.strip(), "api": api}
        typed = {**self._now.typed, **{name: value for name, value in new.items() if value}}
        return self._to(replace(self._now, typed=typed).checked())

    def open(self, path: str) -> Opener:
        """To a recording or a saved event stream."""
        return partial(self._through, saved_at(path), None)

    def _to(self, way: Way) -> Opener:
        return partial(self._through, way.opener(), way)

    @asynccontextmanager
    async def _through(self, opener: Opener, way: Way | None) -> AsyncIterator[Opening]:
        """Go there, and remember where that is."""
        async with opener() as opening:
            self._now = way
            yield opening


@contextmanager
def _as_in_the_form() -> Iterator[None]:
    """Say what is wrong in the words of the form: it has no flags and no variables."""
    from vftui.checks.words import in_the_form

    try:
        yield
    except VftuiError as error:
        raise type(error)(in_the_form(error.message), in_the_form(error.hint)) from None


def _typed(form: Form) -> dict[str, str]:
    """What a form tells, by field; a key is stronger than a place where one is."""
    variable = form.key_from.strip().removeprefix("$")
    typed = {
        "api_key": form.key,
        "api_key_from": f"${variable}" if variable and not form.key.strip() else "",
        "project": form.project,
        "environment": form.environment,
        "api": form.api,
        "base_url": form.base_url,
        "user": form.user,
    }
    return {name: value for name, value in typed.items() if value.strip()}


def _settings(
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


def _theme(profile: str | None) -> str | None:
    """The theme that the settings file asks for. It is read before the first frame, so without all
    that reads settings; what is wrong with the file is said elsewhere."""
    import tomllib

    from platformdirs import user_config_path

    try:
        content = tomllib.loads((user_config_path("vftui") / "config.toml").read_text("utf-8-sig"))
        own = content.get("profile", {}).get(profile or "", {})
        theme = own.get("theme", content.get("theme"))
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    return theme if isinstance(theme, str) else None


def _run(opener: Opener, doors: Doors | None = None, profile: str | None = None) -> None:
    # Textual would log there whatever is typed, an API key in a form included.
    os.environ.pop("TEXTUAL_LOG", None)
    from vftui.ui.app import VftuiApp

    if not (
        sys.__stdin__ and sys.__stdin__.isatty() and sys.__stderr__ and sys.__stderr__.isatty()
    ):
        raise ConfigurationError(
            "There is no terminal to show it on.", "Without one, try: vftui send, or vftui show."
        )
    app = VftuiApp(opener, doors or Doors())
    theme = _theme(profile)
    if theme is not None and theme in app.available_themes:
        app.theme = theme
    failure = app.run()
    if app.crash is not None:
        raise app.crash
    if failure is not None:
        raise failure
    if app.farewell:
        sys.stderr.write(f"{app.farewell}\n")
    sys.exit(app.return_code or ExitCode.OK)


@asynccontextmanager
async def _demo(flags: Mapping[str, Any]) -> AsyncIterator[Opening]:
    await load_modules("vftui.connect", "vftui.session.fold", "vftui.demo")
    from vftui.demo import demo_agent

    async with demo_agent() as url, _live(_demo_settings(flags, url), DEMO_TITLE) as opening:
        yield opening


def _demo_settings(flags: Mapping[str, Any], url: str) -> Settings:
    """Whom to talk to is the demo agent's; the rest may come from the person's own settings."""
    from vftui.demo import KEY, PROJECT
    from vftui.settings import default_environment, load

    api = flags.get("api") or "v4"
    alias = flags.get("environment") or default_environment(api)
    way = {"base_url": url, "project": PROJECT, "api_key": KEY, "api": api, "environment": alias}
    try:
        settings = _settings(flags, way)
    except ConfigurationError:  # the demo needs none of them
        nowhere = Path(os.devnull)
        settings = load(flags, {}, nowhere, nowhere, typed=way)
    return settings.model_copy(update={"notes": ()})


@asynccontextmanager
async def _configured(
    flags: Mapping[str, Any], typed: Mapping[str, Any] = _NOTHING, *, picked: bool = False
) -> AsyncIterator[Opening]:
    await load_modules("vftui.connect", "vftui.session.fold")
    # In a thread, because the keychain may ask the person.
    settings = await asyncio.to_thread(_settings, flags, typed, picked=picked)
    async with _live(settings, flags.get("profile") or settings.project or "") as opening:
        yield opening


@asynccontextmanager
async def _live(settings: Settings, title: str) -> AsyncIterator[Opening]:
    """An agent over HTTP, recorded."""
    from vftui.connect import agent_of, begin
    from vftui.fetching import fetcher
    from vftui.history import History
    from vftui.opening import About, Opening, Options
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
        opening = Opening(about, Session(), journal, clock=now, agent=agent)
        opening.options = Options(settings.pace, settings.images, settings.send_no_reply)
        if settings.images:
            opening.fetch = fetcher(settings.base_url)
        if settings.record:
            opening.history = await asyncio.to_thread(History.load, history_path())
        yield opening
