"""From one conversation to another: the old one goes when the new one is open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from tests.doors import PROFILES, PaperDoors, screen_text, told
from tests.stage import START, Puppet, until
from vftui.opening import About, Opener, Opening
from vftui.recording import Recording
from vftui.session.fold import Session
from vftui.ui.agents import AgentsScreen
from vftui.ui.app import VftuiApp
from vftui.ui.chat import ChatScreen
from vftui.ui.connect import ConnectScreen


class Two(PaperDoors):
    """Doors to a conversation called `Quay`, and to nowhere for everything else."""

    def __init__(self) -> None:
        super().__init__(profiles=PROFILES)
        self.open_ones: list[str] = []

    def profile(self, name: str) -> Opener:
        return self.to("Quay") if name == "shop" else super().profile(name)

    def to(self, title: str) -> Opener:
        @asynccontextmanager
        async def opener() -> AsyncIterator[Opening]:
            with Recording.temporary() as recording:
                kept = recording.begin(title=title, api="v4", started=START)
                about = About(title, ("v4", "main"), farewell=f"Bye {title}")
                self.open_ones.append(title)
                opening = Opening(about, Session(), kept, clock=lambda: START, agent=Puppet(()))
                try:
                    yield opening
                finally:
                    self.open_ones.remove(title)

        return opener


def title(app: VftuiApp) -> str:
    screen = app.screen
    return screen.opening.about.title if isinstance(screen, ChatScreen) and screen.opening else ""


@asynccontextmanager
async def switching() -> AsyncIterator[tuple[Two, VftuiApp, Pilot[Any]]]:
    """In the conversation `Pier`, where the ways to others are offered."""
    doors = Two()
    app = VftuiApp(doors.to("Pier"), doors)
    async with app.run_test() as pilot:
        await until(pilot, lambda: title(app) == "Pier")
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, AgentsScreen))
        yield doors, app, pilot


async def test_switching_leaves_the_old_conversation() -> None:
    async with switching() as (doors, app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: title(app) == "Quay")
        await until(pilot, lambda: doors.open_ones == ["Quay"])
        assert app.farewell == "Bye Quay"
        assert len(app.screen_stack) == 1


async def test_what_leads_nowhere_comes_back_to_the_conversation() -> None:
    async with switching() as (doors, app, pilot):
        await pilot.press("down", "enter")
        await until(pilot, lambda: told(app))
        assert title(app) == "Pier" and doors.open_ones == ["Pier"]
        assert "nothing behind this door" in told(app)[0]


async def test_what_leads_nowhere_comes_back_to_the_form() -> None:
    async with switching() as (_, app, pilot):
        await pilot.press("end", "enter")
        await until(pilot, lambda: isinstance(app.screen, ConnectScreen))
        await pilot.press("tab", *"quay", "enter")
        await until(pilot, lambda: "nothing behind this door" in screen_text(app))
        assert "quay" in screen_text(app)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: title(app) == "Pier")
