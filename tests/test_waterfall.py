"""The waterfall: bars to scale on both clocks, of the turn that is wanted, read in slices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.logs import event, saved_turn, sent, trace
from tests.stage import all_lines, talked, until
from vftui.recording import Journal, Recording
from vftui.render.waterfall import NO_TIMES, Line, drawn
from vftui.session.bars import Bar
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry
from vftui.ui import waterfall
from vftui.ui.theme import DARK, LIGHT
from vftui.ui.waterfall import EMPTY, WaterfallPane

VERDICT = "57 % model, 25 % unexplained, 17 % dock_lookup, 1 % connecting"


class Shown(App[None]):
    """The pane, and the news that it posts."""

    CSS = "WaterfallPane { height: 1fr; }"

    def __init__(self, session: Session, journal: Journal) -> None:
        super().__init__()
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = DARK.name
        self.session, self.journal = session, journal
        self.news: list[WaterfallPane.Show | WaterfallPane.Highlighted] = []

    @property
    def pane(self) -> WaterfallPane:
        return self.query_one(WaterfallPane)

    def compose(self) -> ComposeResult:
        yield WaterfallPane()

    def on_waterfall_pane_show(self, message: WaterfallPane.Show) -> None:
        self.news.append(message)

    def on_waterfall_pane_highlighted(self, message: WaterfallPane.Highlighted) -> None:
        self.news.append(message)

    def take(self, *entries: Entry) -> None:
        for entry in entries:
            self.session.apply(entry)
            self.journal.append(entry)
        self.pane.sync(self.session, self.journal)


@asynccontextmanager
async def shown(
    log: Iterable[Entry], width: int = 80
) -> AsyncIterator[tuple[Shown, WaterfallPane, Pilot[None]]]:
    with Recording.temporary() as recording:
        app = Shown(Session(), recording.begin(title="Pier", api="v4", started=1.0))
        async with app.run_test(size=(width, 24)) as pilot:
            app.take(*log)
            await read(app, pilot)
            yield app, app.pane, pilot


async def read(app: Shown, pilot: Pilot[None]) -> None:
    """Wait until the pane has read its turn."""
    await until(pilot, lambda: "reading" not in str(app.pane.border_subtitle), "it is read")
    await pilot.pause()


def rows(pane: WaterfallPane) -> list[str]:
    return all_lines(pane).splitlines()


async def test_a_slow_turn_is_told_at_a_glance() -> None:
    async with shown(await talked("v4", "slow dock")) as (_, pane, _pilot):
        told = rows(pane)
        assert told[0] == VERDICT
        assert [row.split()[:2] for row in told[1:]] == [
            ["server", "clock"], ["≈", "claude-3.5-haiku"], ["λ", "dock_lookup"],
            ["?", "unexplained"], ["≈", "claude-3.5-haiku"],
            ["our", "clock"], ["▸", "connect"], ["◂", "first"], ["¶", "first"], ["≈", "stream"],
            ["■", "end"],
        ]  # fmt: skip
        assert told[1].endswith("4.8 s") and told[3].endswith(" 800 ms")
        assert told[2].endswith("~600 ms") and "╍" in told[2]
        assert "┄" in told[4] and "━" in told[5]
        assert str(pane.border_title) == "Time · turn 2"
        assert str(pane.border_subtitle) == "~ at most"


@pytest.mark.parametrize("width", [30, 40, 60, 100])
async def test_bars_are_to_scale_at_every_width(width: int) -> None:
    async with shown(await talked("v4", "slow dock"), width) as (_, pane, _pilot):
        told = rows(pane)
        assert " ".join(told[: len(told) - 11]) == VERDICT
        assert all(len(row) <= pane.line_width for row in told)
        told = told[len(told) - 10 :][:4]  # of the server's clock
        _, tool, delay, answer = told
        starts = [min(row.find(mark) for mark in "━╍┄" if mark in row) for row in told]
        assert starts == sorted(starts)
        assert tool.count("━") <= delay.count("┄") <= answer.count("━")
        assert answer.endswith(("2.1 s", "2.2 s"))


async def test_hours_have_room() -> None:
    entries: list[Entry] = [sent(1.0), event({}, at=2.0), Closed(7_502.0, "stalled")]
    async with shown(entries, 30) as (_, pane, _pilot):
        assert any(row.endswith(" 2 h 05 min") for row in rows(pane))


async def test_a_sliver_of_a_pane_still_stands() -> None:
    async with shown(await talked("v4", "slow dock")) as (_, pane, pilot):
        for size in ((5, 3), (1, 1), (12, 4), (30, 9)):
            await pilot.resize_terminal(*size)
            assert all(len(row) <= max(1, pane.line_width) for row in rows(pane))


async def test_bars_have_traces() -> None:
    async with shown(await talked("v4", "slow dock")) as (app, pane, pilot):
        pane.focus()
        await pilot.press("home")
        app.news.clear()
        await pilot.press("enter")
        assert app.news == []
        tool = next(y for y, row in enumerate(rows(pane)) if "dock_lookup" in row and y)
        pane.go_to(tool)
        await pilot.press("enter")
        kinds = [type(news).__name__ for news in app.news]
        assert kinds == ["Highlighted", "Show"]
        entries = list(app.journal.entries())
        for news in app.news:
            found = [entries[seq - 1] for seq in news.seqs]
            assert ["tool" in str(getattr(one, "frame", "")) for one in found] == [True] * 3


async def test_the_turn_before_and_after() -> None:
    async with shown(await talked("v4", "slow dock", "hours")) as (app, pane, pilot):
        pane.focus()
        assert str(pane.border_title) == "Time · turn 3"
        await pilot.press("[")
        await read(app, pilot)
        assert str(pane.border_title) == "Time · turn 2 of 3"
        assert rows(pane)[0] == VERDICT
        await pilot.press("[", "[", "[")
        assert str(pane.border_title) == "Time · turn 1 of 3"
        await pilot.press("]", "]", "]")
        assert str(pane.border_title) == "Time · turn 3"
        app.take(*(await talked("v4", "slow dock"))[-50:])
        assert str(pane.border_title) == "Time · turn 4"
        pane.show_turn(1)
        app.take(sent(5e8))
        assert str(pane.border_title) == "Time · turn 2 of 5"


async def test_a_live_turn_grows_and_keeps_the_cursor_on_its_bar() -> None:
    log = list(await talked("v4", "slow dock"))
    async with shown(log[:20]) as (app, pane, pilot):
        pane.go_to(next(y for y, row in enumerate(rows(pane)) if "connect" in row))
        for entry in log[20:]:
            app.take(entry)
        await read(app, pilot)
        assert rows(pane)[0] == VERDICT
        assert pane.cursor is not None and "connect" in rows(pane)[pane.cursor]
        assert len(app.news) == 1


async def test_a_long_turn_is_read_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waterfall, "SLICE", 7)
    async with shown(await talked("v4", "slow dock")) as (_, pane, _pilot):
        assert rows(pane)[0] == VERDICT


async def test_a_hidden_pane_reads_nothing_until_it_is_seen() -> None:
    async with shown([]) as (app, pane, pilot):
        assert EMPTY in all_lines(pane) or pane.line_count == 0
        pane.display = False
        await pilot.pause()
        app.take(*await talked("v4", "slow dock"))
        assert pane.line_count == 0
        pane.display = True
        await until(pilot, lambda: pane.line_count, "it is seen")
        await read(app, pilot)
        assert rows(pane)[0] == VERDICT


async def test_another_recording_is_another_waterfall() -> None:
    async with shown(await talked("v4", "slow dock")) as (app, pane, pilot):
        with Recording.temporary() as recording:
            app.session, app.journal = Session(), recording.begin(title="", api="v4", started=1.0)
            app.take()
            assert pane.line_count == 0 and str(pane.border_title) == "Time"
            app.take(sent(1.0), Closed(3.0, "unreachable"))
            await read(app, pilot)
            assert rows(pane)[0] == "100 % connecting"


async def test_what_has_no_times_says_so() -> None:
    body = b'event: trace\ndata: {"type":"text","payload":{"message":"Hi"}}\n\n'
    async with shown(saved_turn(body)) as (_, pane, _pilot):
        assert rows(pane) == [NO_TIMES, "server clock: not told", "our clock: not told"]


async def test_hostile_names_stay_in_their_line() -> None:
    name = "[/]\x1b[2J\n\u202etool\x07" + "w" * 200
    done: dict[str, Any] = {
        "message": "succeeded", "context": "API tool", "ref": {"apiToolName": name},
        "metadata": {"latency": 2000},
    }  # fmt: skip
    entry = event({"type": "debug", "payload": done, "time": 1.7e12}, at=2.0)
    async with shown([sent(1.0), entry, trace("text", 3.0, message="Hi")], 40) as (_, pane, _pilot):
        told = all_lines(pane)
        assert not {"\x1b", "\x07", "\u202e"} & set(told)
        assert "λ [/]" in told


def test_the_shortest_bar_is_seen() -> None:
    def line(*spans: tuple[float, float]) -> Line:
        bars = tuple(Bar("model", "m", *span) for span in spans)
        return Line("bars", "m", 0.0, bars, 10.0)

    assert drawn(line((0, 0)), 4) == "━   "
    assert drawn(line((10, 10)), 4) == "   ━"
    assert drawn(line((0, 10)), 4) == "━━━━"
    assert drawn(line((0, 2.5), (5, 7.5)), 4) == "━ ━ "
    assert drawn(Line("bars", "m", 0.0, (Bar("model", "m", 0, 0),), 0.0), 3) == "━  "
