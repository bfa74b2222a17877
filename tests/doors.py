"""Doors for tests and pictures: they lead where a test says, and remember who went through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from vftui.errors import ConfigurationError, VftuiError
from vftui.opening import Finding, Form, Keep, NameTaken, Opener, Opening, Profile
from vftui.recording import Recording, SessionRow
from vftui.ui.theme import THEMES
from vftui.wire.dialects import Api

CANARY = "VF.DM.0123456789abcdef01234567.CANARYcanary99"
"""A key that nobody may see."""

FINDINGS = (
    Finding("key", "ok", "It is a project API key (VF.DM.…)."),
    Finding("address", "ok", "general-runtime.voiceflow.com answers in 84 ms."),
    Finding(
        "environment", "failed", "There is no environment named staging.",
        "Use its alias, such as main, or its id, from the agent's settings.",
    ),
    Finding("streaming", "skipped", "Not tried, because there is no session."),
)  # fmt: skip
"""What a check finds that fails."""

PROFILES = (
    Profile("shop", "65f0c2a19b7e", "production", "v4", "the keychain"),
    Profile("shop-staging", "65f0c2a19b7e", "staging", "v4", "$STAGING_KEY"),
    Profile("harbour", "71aa04de5530", "main", "v2", "the settings file"),
)
"""Agents that the settings file knows."""


class PaperDoors:
    """Doors that are only painted: `went` tells which was gone through, nothing is opened."""

    def __init__(
        self,
        findings: tuple[Finding, ...] = (),
        profiles: tuple[Profile, ...] = (),
        keeps: tuple[Keep, ...] = ("keychain", "file", "variable"),
        now: str = PROFILES[0].name,
    ) -> None:
        self.findings = findings
        self.known = profiles
        self.places = keeps
        self.form = Form()
        """What was connected with last."""
        self.now = now
        """What the list calls the agent of now."""
        self.went: list[tuple[object, ...]] = []
        """What was asked for, in order."""
        self.checked: list[Form] = []
        """The forms whose check began."""
        self.given_up = 0
        """How many checks were left before their end."""
        self.gate = asyncio.Event()
        """A check waits for it before its last finding."""
        self.gate.set()
        self.error: VftuiError | None = None
        """What every door raises."""
        self.file = Path("recordings.db")
        """The file of recordings."""
        self.check_error: VftuiError | None = None
        """What a check ends with."""

    def _through(self, *what: object) -> Opener:
        if self.error is not None:
            raise self.error
        self.went.append(what)
        return nowhere

    def demo(self, api: Api | None = None) -> Opener:
        return self._through("demo", api or "v4")

    def connect(self, form: Form) -> Opener:
        opener = self._through("connect", form)
        self.form = form
        return opener

    def typed(self) -> Form:
        return self.form

    async def check(self, form: Form) -> AsyncIterator[Finding]:
        self.checked.append(form)
        over = False
        try:
            for finding in self.findings[:-1]:
                yield finding
            await self.gate.wait()
            for finding in self.findings[-1:]:
                yield finding
            if self.check_error is not None:
                raise self.check_error
            over = True
        finally:
            self.given_up += not over

    def keeps(self) -> tuple[Keep, ...]:
        return self.places

    def keep(self, form: Form, name: str, where: Keep, *, replace: bool = False) -> str:
        if name in [one.name for one in self.known] and not replace:
            raise NameTaken(f"There is a profile {name} already.", "Choose another name.")
        self._through("keep", form, name, where)
        return f"Kept as {name}: vftui --profile {name}."

    def profiles(self) -> tuple[Profile, ...]:
        return self.known

    def profile(self, name: str) -> Opener:
        return self._through("profile", name)

    def here(self) -> str:
        return self.now

    def change(self, *, environment: str = "", api: Api | Literal[""] = "") -> Opener:
        return self._through("change", environment, api)

    def open(self, path: str) -> Opener:
        return self._through("open", path)

    def recordings(self) -> Recording:
        if self.error is not None:
            raise self.error
        return Recording.open(self.file)

    def again(self, row: SessionRow) -> Opener:
        return self._through("again", row.id)

    def resume(self, row: SessionRow) -> Opener:
        return self._through("resume", row.id)


@asynccontextmanager
async def nowhere() -> AsyncIterator[Opening]:
    """What is behind a painted door."""
    raise ConfigurationError("There is nothing behind this door.", "Try another one.")
    yield  # a generator all the same


class Around(App[None]):
    """An app around one screen, which keeps the openers it is handed."""

    def __init__(self) -> None:
        super().__init__()
        self.entered: list[Opener] = []
        self.answers: list[object] = []
        """What the screen was dismissed with."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def enter(self, opener: Opener) -> None:
        self.entered.append(opener)


@asynccontextmanager
async def around(
    make: Callable[[Around], Screen[Any]], size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Around, Pilot[None]]]:
    """The screen in an app of its own."""
    app = Around()
    async with app.run_test(size=size) as pilot:
        await app.push_screen(make(app), app.answers.append)
        await pilot.pause()
        yield app, pilot


def screen_text(app: App[Any]) -> str:
    """What is on the screen."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def told(app: App[Any]) -> list[str]:
    """What the app told in a toast."""
    return [note.message for note in app._notifications]
