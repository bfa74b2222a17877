"""The token pane: the ledger's figures in so much room, each with where it comes from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stage import (
    NARROW,
    SIZES,
    SMALL,
    START,
    TINY,
    WIDE,
    Puppet,
    Stage,
    end,
    head,
    shown,
    stage,
    talked,
    text,
    trace,
    turn,
)  # fmt: skip
from vftui.errors import VftuiError
from vftui.opening import Options
from vftui.prices import kept
from vftui.render.figures import money
from vftui.session.budget import Budget
from vftui.session.log import Closed, Entry, Opened, Sent
from vftui.session.tokens import Tokens
from vftui.ui.tokenpage import TokenPage
from vftui.ui.tokenrows import LEGEND, Seen
from vftui.ui.tokens import EMPTY
from vftui.wire.charges import Counts

LARGE = [WIDE, NARROW, (100, 24)]


def charge(model: str, query: int, answer: int) -> Entry:
    """A model call as the server reports it."""
    counts = {"total": query + answer, "query": query, "answer": answer}
    metadata = {
        "model": model, "tokensMultiplier": 1,
        "tokensConsumption": counts, "postMultiplierTokensConsumption": counts,
    }  # fmt: skip
    return trace("debug", message="resources consumption", context="Agent", metadata=metadata)


def lines(on: Stage) -> list[str]:
    return shown(on.chat.side.tokens).splitlines()


def line(on: Stage, name: str) -> str:
    """The line of this name."""
    return next(one.strip("│ ") for one in lines(on) if one.strip("│ ").startswith(name))


def told(on: Stage, name: str) -> list[str]:
    """The figures of a line."""
    return line(on, name).removeprefix(name).split()


@asynccontextmanager
async def pane(
    log: Iterable[Entry], size: tuple[int, int] = WIDE, **more: Any
) -> AsyncIterator[Stage]:
    """The side column with a recorded conversation."""
    async with stage(log=log, size=size, **more) as on:
        on.chat.show_side("traces")
        await on.pilot.pause()
        yield on


# What it tells


@pytest.mark.parametrize("api", ["v4", "v2", "v2beta1"])
async def test_the_figures_are_those_of_the_session(api: Any) -> None:
    async with pane(await talked(api, "hire a bike", "prices")) as on:
        tokens = on.session.tokens
        figures = [f"{tokens.total:,}+?", f"{tokens.query:,}", f"{tokens.answer:,}"]
        assert told(on, "session")[:3] == figures
        assert f"+? not reported: {on.session.unreported_turns} of 3 turns" in lines(on)[-1]
        assert tokens.base is not None
        assert told(on, "session")[3] == f"{tokens.base.total:,}"
        assert tokens.models
        for model, counts in tokens.models.items():
            assert told(on, model)[:3] == [
                f"{counts.total:,}", f"{counts.query:,}", f"{counts.answer:,}",
            ]  # fmt: skip


async def test_unknown_is_not_zero() -> None:
    async with pane(turn("go", text("no report"))) as on:
        assert told(on, "turn 1")[:3] == ["?", "?", "?"]
        assert told(on, "session")[:3] == ["?", "?", "?"]
        assert LEGEND["unknown"] in lines(on)[-1]


async def test_what_streams_is_marked_until_the_report_comes() -> None:
    async with stage() as on:
        await on.say("go")
        await on.play(
            trace("completion", state="start"),
            trace("completion", state="content", content="twelve words or so, " * 9),
        )
        assert told(on, "turn 2")[0].startswith("~")
        assert LEGEND["estimated"] in lines(on)[-1]
        await on.play(trace("completion", state="end"), charge("small", 40, 30), end())
        assert told(on, "turn 2")[:3] == ["70", "40", "30"]
        assert LEGEND["reported"] in lines(on)[-1]


async def test_the_rate_is_that_of_the_last_two_seconds_and_then_the_mean() -> None:
    now = [START + 1.0]
    async with stage(clock=lambda: now[0]) as on:
        await on.say("go")
        pieces = [
            trace("completion", START + 1 + second / 2, state="content", content="word " * 40)
            for second in range(5)
        ]
        now[0] = START + 3
        await on.play(head(), trace("completion", START + 1, state="start"), *pieces)
        fast = told(on, "tok/s")[0]
        assert fast.startswith("~") and fast != "~0"
        now[0] = START + 9
        await on.until(lambda: told(on, "tok/s")[0] == "~0", "nothing came for long")
        assert set(line(on, "tok/s")) & set("▁▂▃▄▅▆▇█")
        await on.play(trace("completion", START + 9, state="end"), end(START + 9))
        mean = on.session.turns[-1].rate
        assert mean is not None and told(on, "tok/s")[0] == f"~{mean:,.0f}"


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_nothing_yet(size: tuple[int, int]) -> None:
    async with pane([], size) as on:
        assert EMPTY[:20] in "\n".join(lines(on))


def took(first_text: float, whole: float, at: float) -> list[Entry]:
    """A turn that took so many seconds."""
    return [
        Sent(at, {"type": "text", "payload": "go"}, "v4"), Opened(at + 0.01, 200),
        replace(text("Hi"), at=at + first_text), Closed(at + whole, "complete"),
    ]  # fmt: skip


async def test_what_is_usual_stands_beside_the_last() -> None:
    log = [one for n in range(1, 21) for one in took(n / 10, n, START + 100 * n)]
    async with pane(log) as on:
        assert line(on, "first text").split("  ")[0] == "first text"
        assert [cell.strip() for cell in line(on, "first text")[10:].split(" s")[:3]] == [
            "2.0", "1.0", "1.9",
        ]  # fmt: skip
        assert [cell.strip() for cell in line(on, "whole turn")[10:].split(" s")[:3]] == [
            "20.0", "10.0", "19.0",
        ]  # fmt: skip


async def test_the_costliest_model_comes_first() -> None:
    log = turn("go", charge("small", 3, 2), charge("large", 30, 20), charge("small", 4, 1))
    async with pane(log) as on:
        rows = [one for one in lines(on) if "large" in one or "small" in one]
        assert rows[0].strip("│ ").split()[:4] == ["large", "50", "30", "20"]
        assert rows[1].strip("│ ").split()[:4] == ["small", "10", "7", "3"]


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_total_that_lacks_turns_says_so_at_every_size(size: tuple[int, int]) -> None:
    log = [*turn("go", charge("large", 3000, 2000), text("hi")), *turn("on", text("unreported"))]
    async with pane(log, size) as on:
        assert "5,000+?" in "\n".join(one for one in lines(on) if "session" in one)


# Room


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_hostile_model_name_stays_in_its_line(size: tuple[int, int]) -> None:
    name = "[/]\x1b[2J\n\u202emodel\x07" + "w" * 200
    log = turn("go", charge(name, 30, 20), charge("plain", 3, 2), text("hi"))
    async with pane(log, size) as on:
        assert not {"\x1b", "\x07", "\u202e"} & set(on.screen_text)
        assert any("session" in one for one in lines(on))
        if size == WIDE:
            assert told(on, "[/]")[1:4] == ["50", "30", "20"]


@pytest.mark.parametrize("size", [*SIZES, (100, 24), (100, 32), (120, 15)], ids=str)
@pytest.mark.parametrize("panel", ["traces", "detail", "time"])
async def test_no_other_panel_is_cramped(size: tuple[int, int], panel: Any) -> None:
    log = [one for n in range(9) for one in turn("go", charge(f"model {n}", 3, 2), text("hi"))]
    async with pane(log, size) as on:
        side = on.chat.side
        on.chat.show_side(panel)
        await on.pilot.pause()
        below = [side.trace_pane, side.detail, side.time]
        assert all(one.outer_size.height >= 6 for one in below if one.is_on_screen)
        assert side.tokens.outer_size.height <= size[1] // 3


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_it_is_as_high_whatever_it_shows(size: tuple[int, int]) -> None:
    async with stage(log=[], size=size) as empty:
        empty.chat.show_side("traces")
        await empty.pilot.pause()
        height = empty.chat.side.tokens.outer_size.height
    log = [one for n in range(30) for one in turn("go", charge(f"model {n}", 3, 2), text("hi"))]
    async with pane(log, size) as on:
        assert on.chat.side.tokens.outer_size.height == height


@pytest.mark.parametrize("size", LARGE, ids=str)
async def test_the_names_of_the_columns_stand_over_their_ends(size: tuple[int, int]) -> None:
    async with pane(turn("go", charge("large", 1_234, 567), text("hi")), size) as on:
        top, row = lines(on)[0], lines(on)[1]
        for name, figure in (("billed", "1,801"), ("in", "1,234"), ("out", "567")):
            assert top.index(f"{name} ") + len(name) == row.index(figure) + len(figure)


@pytest.mark.parametrize("size", LARGE, ids=str)
async def test_figures_stay_in_their_columns_while_they_grow(size: tuple[int, int]) -> None:
    async with stage(size=size) as on:
        await on.say("go")
        ends = set()
        for query in (1, 20, 300, 4_000, 50_000, 600_000, 7_000_000, 80_000_000):
            await on.play(charge("large", query, query))
            row = next(one for one in lines(on) if "session" in one)
            figures = row.strip("│ ").replace("+?", "").split()[1:4]
            place, found = 0, []
            for figure in figures:
                place = row.index(figure, place) + len(figure)
                found.append(place)
            ends.add(tuple(found))
            assert len(row) == len(lines(on)[0])
        assert len(ends) == 1


# Today, money, budgets


def of(total: int) -> Tokens:
    return Tokens(total, total - 1, 1, "reported", Counts(total, total - 1, 1))


async def test_today_is_all_sessions_and_is_asked_again_after_each_turn() -> None:
    asked: list[int] = []

    def today() -> Tokens:
        asked.append(1)
        return of(1000 * len(asked))

    async with stage(Puppet([charge("large", 30, 20), text("hi")]), today=today) as on:
        await on.until(lambda: told(on, "today")[:1] == [f"{1000 * len(asked) + 50:,}"])
        before = len(asked)
        await on.say("go")
        await on.until(lambda: len(asked) > before and len(on.session.turns) == 2)
        await on.until(lambda: told(on, "today")[:1] == [f"{1000 * len(asked) + 100:,}"])


async def test_a_day_that_cannot_be_read_is_unknown() -> None:
    def today() -> Tokens:
        raise VftuiError("The recordings cannot be read.", "")

    async with stage(today=today) as on:
        await on.until(lambda: told(on, "today") == ["?"])


async def test_money_is_the_list_price_of_the_calls() -> None:
    prices = kept()
    priced = [charge("gpt-4o-mini", 30_000, 2_000), charge("claude-3.5-haiku", 4_000, 300)]
    log = [*turn("go", *priced, text("hi")), *turn("on", charge("nobody's", 3, 2), priced[0])]
    async with pane(log, prices=kept) as on:
        turns = [prices.cost(one.calls) for one in on.session.turns]
        whole = prices.cost(on.session.calls)
        assert whole is not None and whole.unpriced == 1
        await on.until(lambda: told(on, "session")[-1] == money(whole).replace(" ", ""))
        assert told(on, "turn 2")[-1] == money(turns[1]).replace(" ", "")
        calls = [one for one in on.session.calls if one.model == "gpt-4o-mini"]
        assert told(on, "gpt-4o-mini")[-1] == money(prices.cost(calls))
        assert told(on, "nobody's")[-1] == "?"


async def test_the_money_of_a_turn_that_runs_is_in_that_of_the_session() -> None:
    async with stage(prices=kept) as on:
        await on.say("go")
        await on.play(charge("gpt-4o-mini", 30_000, 2_000))
        cost = money(kept().cost(on.session.calls))
        await on.until(lambda: told(on, "session")[-1] == cost)
        assert told(on, "turn 2")[-1] == told(on, "gpt-4o-mini")[-1] == cost
        await on.play(end())
        assert told(on, "session")[-1] == told(on, "gpt-4o-mini")[-1] == cost


async def test_without_a_recording_today_says_so() -> None:
    async with stage() as on:
        assert line(on, "today").endswith("not recorded")


async def test_a_recording_has_no_today() -> None:
    async with pane(turn("go", charge("large", 3, 2))) as on:
        assert not any("today" in one for one in lines(on))


@pytest.mark.parametrize(("limit", "words"), [(100, "session 50 % of 100"), (1000, "")])
@pytest.mark.parametrize("size", LARGE, ids=str)
async def test_a_budget_is_told_in_words(limit: int, words: str, size: tuple[int, int]) -> None:
    options = Options(budget=Budget(session=limit))
    async with pane(turn("go", charge("large", 30, 20)), size, options=options) as on:
        assert words in lines(on)[-1] and ("%" in lines(on)[-1]) == bool(words)


# The cursor and the keys


TURNS = [
    *turn("one", charge("large", 30, 20), text("first")),
    *turn("two", charge("small", 300, 200), charge("large", 3, 2), text("second")),
]


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL, TINY], ids=str)
async def test_a_figure_leads_to_its_traces(size: tuple[int, int]) -> None:
    async with pane(TURNS, size) as on:
        on.chat.side.tokens.focus()
        await on.press("enter")
        traces = on.chat.side.traces
        calls = on.session.turns[1].calls
        assert on.keys_go_to(traces) and traces.seq == min(calls[0].seqs)
        lit = [row for row in shown(traces).splitlines() if "›" in row]
        assert lit and len(lit) <= len({seq for call in calls for seq in call.seqs})


async def test_each_model_leads_to_its_own_calls() -> None:
    async with pane(TURNS) as on:
        tokens = on.chat.side.tokens
        tokens.focus()
        await on.press("down")
        while tokens._lines[tokens.cursor or 0].what != "model large":
            await on.press("down")
        await on.press("enter")
        wanted = {s for call in on.session.calls if call.model == "large" for s in call.seqs}
        assert on.chat.side.traces._lit == sorted(wanted)


async def test_the_cursor_stays_on_its_figure_when_that_moves() -> None:
    async with stage() as on:
        tokens = on.chat.side.tokens
        await on.say("go")
        await on.play(charge("small", 3, 2))
        tokens.focus()
        await on.press("down", "down", "down")
        assert tokens._lines[tokens.cursor or 0].what == "model small"
        await on.play(charge("large", 30, 20))
        assert tokens._lines[tokens.cursor or 0].what == "model small"
        assert "50" in told(on, "large")[0] and tokens.cursor == 4


async def test_the_cursor_passes_by_what_is_no_figure() -> None:
    async with pane(TURNS) as on:
        tokens = on.chat.side.tokens
        tokens.focus()
        went = []
        for _ in range(12):
            await on.press("down")
            went.append(tokens._lines[tokens.cursor or 0].what)
        assert "" not in went and went[-1] == "whole turn"
        await on.press(*["up"] * 12)
        assert tokens.cursor == 0


async def test_a_turn_without_model_calls_leads_to_its_entries() -> None:
    async with pane(turn("go", text("hi"))) as on:
        on.chat.side.tokens.focus()
        await on.press("enter")
        assert on.keys_go_to(on.chat.side.traces) and on.chat.side.traces.seq == 1


async def test_left_and_right_go_from_turn_to_turn() -> None:
    async with pane(TURNS) as on:
        on.chat.side.tokens.focus()
        await on.press("left")
        assert told(on, "turn 1")[:1] == ["50"]
        selected = on.chat.conversation.selected
        assert selected is not None and on.session.items[selected].turn.index == 0
        await on.press("left", "right", "right")
        assert told(on, "turn 2")[:1] == ["505"]
        assert on.keys_go_to(on.chat.side.tokens)


async def test_a_click_on_a_bar_shows_its_turn() -> None:
    async with pane(TURNS) as on:
        tokens = on.chat.side.tokens
        y = next(y for y, one in enumerate(tokens._lines) if one.bars is not None)
        bars = tokens._lines[y].bars
        assert bars is not None
        await on.pilot.click(tokens, offset=(2 + bars[0], 1 + y))
        await on.pilot.pause()
        assert told(on, "turn 1")[:1] == ["50"]


async def test_a_double_click_leads_to_the_traces() -> None:
    async with pane(TURNS) as on:
        tokens = on.chat.side.tokens
        await on.pilot.click(tokens, offset=(4, 2), times=2)
        await on.pilot.pause()
        seqs = sorted({seq for call in on.session.calls for seq in call.seqs})
        assert on.chat.side.traces._lit == seqs and on.keys_go_to(on.chat.side.traces)


async def test_the_bars_go_with_the_conversation() -> None:
    log = [one for n in range(120) for one in turn("go", charge("large", n, 1), text("hi"))]
    async with pane(log) as on:
        tokens, talk = on.chat.side.tokens, on.chat.conversation
        assert "turns 103–120" in "\n".join(lines(on))
        assert tokens._seen.last == 119
        talk.focus()
        talk.follow = False
        talk.scroll_to(y=0)
        await on.pilot.pause()
        assert tokens._seen.first == 0
        assert "turns 1–18" in "\n".join(lines(on))
        talk.follow = True
        await on.pilot.pause()
        assert "turns 103–120" in "\n".join(lines(on))


# The page


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_page_opens_from_anywhere_and_closes_again(size: tuple[int, int]) -> None:
    async with stage(size=size) as on:
        page = on.chat.side.token_page
        await on.press("f10")
        await on.pilot.pause()
        assert on.chat.maximized is page and page.is_on_screen
        await on.press("escape")
        assert on.chat.maximized is None and not page.display
        assert on.keys_go_to(on.chat.prompt)
        await on.press("f10", "f10")
        assert on.chat.maximized is None


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=str)
async def test_whoever_closes_the_page_is_back_where_they_were(size: tuple[int, int]) -> None:
    async with pane(TURNS, size) as on:
        for place in (on.chat.side.tokens, on.chat.side.traces, on.chat.conversation):
            place.focus()
            await on.press("f10")
            await on.pilot.pause()
            assert not on.keys_go_to(place)
            await on.press("escape")
            assert on.keys_go_to(place)


async def test_the_page_leads_to_the_traces() -> None:
    async with pane(TURNS) as on:
        await on.press("f10")
        await on.until(
            lambda: on.focused is not None and "TokenPage" in str(on.focused.css_path_nodes)
        )
        on.chat.side.token_page.post_message(TokenPage.Show((2, 3)))
        await on.until(lambda: on.keys_go_to(on.chat.side.traces))
        assert on.chat.maximized is None and on.chat.side.traces.seq == 2


@pytest.mark.parametrize("key", ["z", "f11"])
async def test_the_zoomed_pane_is_the_page(key: str) -> None:
    async with pane(TURNS) as on:
        on.chat.side.tokens.focus()
        await on.press(key)
        assert on.chat.maximized is on.chat.side.token_page


@given(st.integers(1, 99), st.integers(1, 40), st.data())
def test_the_turns_that_are_seen_have_bars(turns: int, room: int, data: st.DataObject) -> None:
    seen = Seen()
    seen.last = data.draw(st.integers(-1, turns - 1))
    seen.first = data.draw(st.integers(0, max(0, seen.last)))
    window = seen.window(turns, room)
    assert len(window) == min(turns, room) and window.start >= 0 and window.stop <= turns
    wanted = range(seen.first, seen.last + 1)[-room:]
    assert set(wanted) <= set(window)
    if not wanted or wanted[0] >= turns - room:
        assert window.stop == turns


async def test_a_day_lacks_what_its_session_lacks() -> None:
    log = [*turn("go", charge("large", 30, 20), text("hi")), *turn("on", text("unreported"))]
    async with pane(log, today=lambda: Tokens(1000, 900, 100, "reported")) as on:
        await on.until(lambda: "1,050+?" in told(on, "today"), "the day is asked for")
