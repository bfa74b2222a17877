"""The list of what was recorded: found, opened, renamed, tagged, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.doors import CANARY, Around, PaperDoors, around, screen_text
from tests.stage import START, shown, stage, text, turn, until
from vftui.errors import VftuiError
from vftui.recording import Recording
from vftui.ui.sessions import SessionsScreen

TITLES = ("Harbour", "Pier", "Dock \x1b[31m[red]seven")


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[PaperDoors]:
    doors = PaperDoors()
    doors.file = tmp_path / "recordings.db"
    with Recording.open(doors.file) as recording:
        for number, title in enumerate(TITLES, 1):
            journal = recording.begin(title=title, api="v4", started=START, environment="main")
            for _ in range(number):
                for entry in turn(f"question {number}", text(f"answer {number}, café")):
                    journal.append(entry)
    yield doors


class On:
    """The list on a screen."""

    def __init__(self, app: Around, pilot: Pilot[None], doors: PaperDoors) -> None:
        self.app, self.pilot, self.doors = app, pilot, doors

    @property
    def screen(self) -> SessionsScreen:
        assert isinstance(self.app.screen, SessionsScreen)
        return self.app.screen

    @property
    def titles(self) -> list[str]:
        return [row.title for row in self.screen.rows._rows]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def lists(self, *titles: str) -> None:
        await until(self.pilot, lambda: self.titles == list(titles), f"{titles} are listed")

    def recorded(self) -> list[str]:
        with self.doors.recordings() as recording:
            return [row.title for row in recording.sessions()]


@asynccontextmanager
async def listed(
    doors: PaperDoors, now: int | None = None, size: tuple[int, int] = (120, 30)
) -> AsyncIterator[On]:
    async with around(lambda app: SessionsScreen(doors, now), size) as (app, pilot):
        on = On(app, pilot, doors)
        if doors.error is None:
            await on.lists(*reversed(TITLES))
        yield on


async def test_the_newest_comes_first_with_its_figures(doors: PaperDoors) -> None:
    async with listed(doors, now=2) as on:
        lines = shown(on.screen.rows).splitlines()
        assert "3 2023-11-1" in lines[0] and "\x1b" not in lines[0] and "[red]" in lines[0]
        assert "●    2" in lines[1] and "●" not in lines[0]
        assert lines[2].split()[-4] == "1" and lines[2].split()[-3] == "4"
        assert "3 · " in str(on.screen.query_one("#sessions").border_subtitle)


@pytest.mark.parametrize("size", [(120, 30), (80, 24), (50, 15), (40, 12)])
async def test_the_title_has_room(doors: PaperDoors, size: tuple[int, int]) -> None:
    async with listed(doors, size=size) as on:
        assert "Harbour" in shown(on.screen.rows)


async def test_enter_opens_the_session(doors: PaperDoors) -> None:
    async with listed(doors) as on:
        await on.press("down", "enter")
        assert doors.went == [("open", "2")]
        assert len(on.app.answers) == 1 and on.app.answers[0] is not None


@pytest.mark.parametrize(("key", "door"), [("R", "again"), ("c", "resume")])
async def test_a_session_is_run_again_or_gone_on_with(
    doors: PaperDoors, key: str, door: str
) -> None:
    async with listed(doors) as on:
        await on.press("down", key)
        assert doors.went == [(door, 2)]
        assert len(on.app.answers) == 1 and on.app.answers[0] is not None


async def test_what_cannot_be_gone_on_with_is_said_in_the_list(doors: PaperDoors) -> None:
    async with listed(doors) as on:
        doors.error = VftuiError("The demo agent forgets.", "Run it again instead.")
        await on.press("c")
        assert "The demo agent forgets." in screen_text(on.app)
        assert not on.app.answers


async def test_words_are_looked_for_in_titles_and_in_what_was_said(doors: PaperDoors) -> None:
    async with listed(doors) as on:
        await on.press("slash", *"CAFÉ")
        await until(on.pilot, lambda: "hits" in screen_text(on.app))
        await on.lists(*reversed(TITLES))
        assert shown(on.screen.rows).splitlines()[0].split()[-1] == "3"
        await on.press("escape", "slash", *"answer 2")
        await on.lists("Pier")
        await on.press("escape", "slash", *"harb")
        await on.lists("Harbour")
        await on.press("escape")
        await on.lists(*reversed(TITLES))
        await on.press("slash", *"zebra")
        await on.lists()
        await until(on.pilot, lambda: "No session has these words" in screen_text(on.app))
        await on.press("escape", "escape")
        assert on.app.answers == [None]


async def test_of_two_searches_the_newer_counts(
    doors: PaperDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listed(doors) as on:
        search, late, begun = Recording.search, asyncio.Event(), list[str]()
        loop = asyncio.get_running_loop()

        def slow(recording: Recording, words: str) -> dict[int, int]:
            begun.append(words)
            if words == "a":
                asyncio.run_coroutine_threadsafe(late.wait(), loop).result()
            return search(recording, words)

        monkeypatch.setattr(Recording, "search", slow)
        await on.press("slash", "a")
        await until(on.pilot, lambda: begun == ["a"])
        assert "searching…" in screen_text(on.app)
        await on.press(*"nswer 3")
        await on.lists(TITLES[2])
        late.set()
        await on.pilot.pause(0.05)
        assert on.titles == [TITLES[2]]


async def test_a_session_gets_another_title(doors: PaperDoors) -> None:
    async with listed(doors) as on:
        await on.press("down", "r")
        assert on.screen.change.value == "Pier"
        await on.press(*" seven", "enter")
        await until(on.pilot, lambda: "Pier seven" in on.recorded())
        await until(on.pilot, lambda: "Pier seven" in screen_text(on.app))
        await on.press("r", *"never", "escape")
        assert not on.screen.change.display and "Pier seven" in on.recorded()


async def test_a_session_is_tagged(doors: PaperDoors) -> None:
    async with listed(doors) as on:
        await on.press("t", *"slow, bad answer", "enter")
        await until(on.pilot, lambda: "#slow #bad answer" in screen_text(on.app))
        await on.press("slash", *"bad")
        await on.lists(TITLES[2])


async def test_nothing_is_deleted_by_one_key(doors: PaperDoors) -> None:
    async with listed(doors) as on:
        await on.press("down", "d")
        assert "Delete session 2, “Pier”, 8 entries" in screen_text(on.app)
        await on.press("enter")
        assert "Delete session" not in screen_text(on.app)
        assert len(on.recorded()) == 3 and on.app.answers == []
        await on.press("d", "y")
        await on.lists(TITLES[2], TITLES[0])
        assert on.recorded() == [TITLES[2], TITLES[0]]
        assert on.screen.rows.cursor == 1


async def test_what_is_on_the_screen_is_not_deleted(doors: PaperDoors) -> None:
    async with listed(doors, now=3) as on:
        await on.press("d", "y")
        assert "session on the screen" in screen_text(on.app)
        assert len(on.recorded()) == 3


async def test_an_error_of_the_file_is_told(doors: PaperDoors) -> None:
    doors.error = VftuiError("The disk is gone.", "Plug it in.")
    async with listed(doors) as on:
        await until(on.pilot, lambda: "The disk is gone." in screen_text(on.app))
        await on.press("d", "r", "enter")
        await on.press("escape")
        assert on.app.answers == [None]


async def test_a_key_in_a_title_is_not_shown(doors: PaperDoors) -> None:
    with doors.recordings() as recording:
        recording.rename(3, f"my {CANARY}")
    async with around(lambda app: SessionsScreen(doors, None)) as (app, pilot):
        await until(pilot, lambda: "Pier" in screen_text(app))
        await pilot.press("d")
        assert "CANARY" not in screen_text(app)


@pytest.mark.parametrize("key", ["ctrl+s", "f9"])
async def test_the_list_opens_from_a_conversation(doors: PaperDoors, key: str) -> None:
    async with stage(doors=doors, number=1) as on:
        await on.press(key)
        await on.until(lambda: "Harbour" in on.screen_text)
        assert "●    1" in on.screen_text
        await on.press("escape")
        await on.say("still here")
