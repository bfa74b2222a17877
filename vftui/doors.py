"""The ways from one conversation to another, with what was told on the command line and in the app.

Two rules:

1. What can be said against a way is said before it is gone, in the words of the place where it was
   asked for: a form has fields, no flags.
2. What was typed is kept in memory only, to be changed and tried again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from vftui.again import again, resumed
from vftui.errors import ConfigurationError, VftuiError
from vftui.late import load_modules
from vftui.live import configured, demo, demo_settings, settings_of
from vftui.playback import recordings, saved_at

if TYPE_CHECKING:
    from vftui.opening import Finding, Form, Keep, Opener, Opening, Profile
    from vftui.recording import Recording, SessionRow
    from vftui.wire.dialects import Api

_WHICH_AGENT = ("profile", "api_key", "api_key_from", "project", "environment", "api", "base_url")


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
            partial(demo, {**self.flags, **self.typed})
            if self.demo
            else partial(configured, self.flags, self.typed, picked=self.picked)
        )

    def checked(self) -> Way:
        """This way, if nothing can be said against it beforehand: the keychain is not asked."""
        from vftui.connect import agent_of

        if self.demo:
            demo_settings({**self.flags, **self.typed}, "http://127.0.0.1")
        else:
            agent_of(settings_of(self.flags, self.typed, picked=self.picked, ask=False))
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
            settings = await asyncio.to_thread(settings_of, self._flags, _typed(form))
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
            settings = settings_of(self._flags, typed)
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

    def again(self, row: SessionRow) -> Opener:
        """To the agent of a recorded session, where what was done in it is done once more."""
        way = self._way_of(row)
        return partial(self._through, partial(again, way.checked().opener(), row.id), way)

    def resume(self, row: SessionRow) -> Opener:
        """To the agent of a recorded session that still holds it, to go on with it."""
        way = self._way_of(row)
        if way.demo:
            raise ConfigurationError(
                "The demo agent forgets when its program ends.", "Run it again instead."
            )
        typed = {**way.typed, "user": row.user}
        return partial(self._through, partial(resumed, way.flags, typed, row.id), way)

    def _way_of(self, row: SessionRow) -> Way:
        """The way to whoever a recorded session was with."""
        from vftui.demo import PROJECT

        typed = {"api": row.api, "environment": row.environment}
        if row.project == PROJECT:
            return Way({"record": self._flags.get("record")}, typed, demo=True)
        return Way(self._flags, {**typed, "project": row.project})

    def recordings(self) -> Recording:
        """The file of recordings, for the thread that asks, which closes it."""
        return recordings()

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
