"""The page of tokens: all figures, a row for every model call, plots; and the keys in it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.stage import (
    NARROW,
    SIZES,
    SMALL,
    WIDE,
    Stage,
    all_lines,
    end,
    shown,
    stage,
    talked,
    text,
    trace,
    turn,
)
from vftui.opening import Options
from vftui.prices import Price, Prices
from vftui.render.spending import SLICE
from vftui.session.budget import Budget
from vftui.session.ledger import Call
from vftui.session.log import Entry, Sent
from vftui.session.tokens import Tokens
from vftui.ui.chargefields import GAP, Placed, fields, header, placed
from vftui.ui.chargetable import EMPTY, Charges, ChargeTable
from vftui.ui.plots import APART, Plots
from vftui.ui.ranks import Ranks
from vftui.ui.tokensheet import TokenSheet
from vftui.wire.charges import Counts

PRICES = Prices({"large": Price(3.0, 15.0, "2026-07-01")}, "USD", "2026-07-01")
HOSTILE = "VF.DM.0123456789abcdef01234567.SeCrEt [/]\x1b[2J\n\u202emodel\x07[bold]" + "w" * 200


def charge(model: str | None, query: int, answer: int, label: str = "Agent", **more: Any) -> Entry:
    """A model call as the server reports it."""
    counts = {"total": query + answer, "query": query, "answer": answer}
    metadata = {
        "model": model, "tokensMultiplier": 1, "tokensConsumption": counts,
        "postMultiplierTokensConsumption": counts, **more,
    }  # fmt: skip
    return trace("debug", message="resources consumption", context=label, metadata=metadata)


TALK = [
    *turn("one", charge("large", 3000, 200), charge("small", 40, 20), text("Hi.")),
    *turn("two", text("Nobody counted this.")),
    *turn("three", charge("small", 90, 10, label="Prompt"), text("Bye.")),
]


@asynccontextmanager
async def page(
    log: Iterable[Entry] = TALK, size: tuple[int, int] = WIDE, **more: Any
) -> AsyncIterator[tuple[Stage, TokenSheet]]:
    """The page over a recorded conversation."""
    async with stage(log=log, size=size, **more) as on:
        yield on, await opened(on)


async def opened(on: Stage) -> TokenSheet:
    """Open the page, and wait until it is filled."""
    await on.press("f10")
    await on.until(lambda: on.chat.query(ChargeTable), "the page is filled")
    sheet = on.chat.query_one(TokenSheet)
    await on.until(lambda: on.keys_go_to(sheet.table), "the keys are at the charges")
    await on.until(lambda: sheet.table.columns, "it is laid out")
    await on.pilot.pause()
    return sheet


def rows(sheet: TokenSheet) -> list[list[str]]:
    return [line.split() for line in all_lines(sheet.table).splitlines()]


def totals(sheet: TokenSheet) -> list[int | None]:
    return [call.billed.total if call.billed else None for call in calls(sheet)]


def calls(sheet: TokenSheet) -> list[Call]:
    return [sheet.table.ranks[y] for y in range(len(sheet.table.ranks))]


def told(sheet: TokenSheet) -> str:
    """All lines of the head."""
    return all_lines(sheet.figures)


# Opening and closing


async def test_nothing_of_it_is_made_before_it_is_opened() -> None:
    async with stage(log=TALK) as on:
        assert not on.chat.side.token_page.children
        sheet = await opened(on)
        assert sheet.is_on_screen
        assert shown(sheet).count("\n") >= 36


@pytest.mark.parametrize("key", ["escape", "f10"])
async def test_it_is_closed_and_opened_again(key: str) -> None:
    async with page() as (on, sheet):
        await on.press(key)
        assert on.chat.maximized is None
        assert not sheet.is_on_screen
        await on.until(lambda: on.focused in on.chat.focus_chain, "the keys are somewhere seen")
        assert await opened(on) is sheet


async def test_an_empty_conversation_says_what_will_be_here() -> None:
    async with page([]) as (on, sheet):
        assert " ".join(EMPTY.split()[:4]) in shown(sheet)
        await on.press("enter", "y", "s", "r", "tab", "left", "enter", "home", "end")
        await on.press("tab", "enter", "down")


# The figures


@pytest.mark.parametrize("api", ["v4", "v2", "v2beta1"])
async def test_the_figures_are_those_of_the_session(api: Any) -> None:
    async with page(await talked(api, "hire a bike", "prices")) as (on, sheet):
        tokens = on.session.tokens
        (line,) = (line for line in told(sheet).splitlines() if line.startswith(" session"))
        total, *parts = line.split()[1:]
        assert tokens.total and tokens.base
        assert total == f"{tokens.total:,}+?"
        counts = (
            tokens.query,
            tokens.answer,
            tokens.base.total,
            tokens.base.query,
            tokens.base.answer,
        )
        assert parts == [f"{count:,}" for count in counts]
        assert calls(sheet) == list(on.session.calls)


async def test_each_model_has_a_line_the_costliest_first() -> None:
    async with page() as (_, sheet):
        lines = [line.split() for line in told(sheet).splitlines()]
        assert [line[:4] for line in lines if line[0] in ("large", "small")] == [
            ["large", "3,200", "3,000", "200"],
            ["small", "160", "130", "30"],
        ]


async def test_money_is_told_with_what_it_is() -> None:
    async with page(prices=lambda: PRICES) as (on, sheet):
        await on.until(lambda: "listed" in told(sheet), "the prices are read")
        assert "on 2026-07-01, not what Voiceflow charges; 2 calls without a price" in told(sheet)
        assert "$0.012+?" in told(sheet)
        assert [row[-2] for row in rows(sheet)] == ["$0.012", "?", "?"]


async def test_the_day_and_the_budgets_are_told() -> None:
    options = Options(budget=Budget(turn=100, session=3400, day=20_000))
    today = Tokens(10_000, 9_000, 1_000, "reported")
    async with page(options=options, today=lambda: today) as (on, sheet):
        await on.until(lambda: "today" in told(sheet), "the day is asked for")
        assert "today" in told(sheet) and "13,360" in told(sheet)
        await on.until(lambda: "Budget: turn 100 % of 100." in told(sheet), "the budgets are known")
        assert "Budget: session 98 % of 3,400" in told(sheet)
        assert "Tokens · turn 100 % of 100 · session 98 % of 3,400" in on.screen_text


async def test_what_nobody_reported_is_said_and_leads_to_its_turns() -> None:
    async with page() as (on, sheet):
        assert "+? Not reported in full: 1 of 3 turns (33 %)." in told(sheet)
        sheet.figures.focus()
        place = told(sheet).splitlines().index(" +? Not reported in full: 1 of 3 turns (33 %).")
        sheet.figures.go_to(place)
        await on.press("enter")
        assert on.chat.side.traces.seq == on.session.turns[1].first_seq


async def test_credits_are_shown_as_they_came() -> None:
    log = turn("go", charge("m", 1, 1, creditsUsed={"n": 0.5}), text("hi"))
    async with page(log) as (_, sheet):
        assert 'Credits, as told of turn 1: creditsUsed {"n": 0.5}.' in told(sheet)
        assert 'creditsUsed {"n": 0.5}' in shown(sheet)


async def test_figures_lead_to_their_traces() -> None:
    async with page() as (on, sheet):
        sheet.figures.focus()
        await on.pilot.pause()
        sheet.figures.go_to(1)
        await on.press("enter")
        traces = on.chat.side.traces
        assert on.chat.maximized is None
        assert on.keys_go_to(traces)
        assert traces._lit == sorted({seq for call in on.session.calls for seq in call.seqs})


# The table


async def test_the_cursor_is_on_the_newest_call_and_goes_with_it() -> None:
    async with stage() as on:
        sheet = await opened(on)
        await on.press("escape")
        await on.say("go")
        await opened(on)
        for number in (1, 2):
            await on.play(charge("m", number, 1))
            await on.until(lambda: len(sheet.table.ranks) == number, "the charge is shown")  # noqa: B023
            assert sheet.table.chosen is not None
            assert sheet.table.chosen.number == number
        await on.press("up")
        await on.play(charge("m", 3, 1))
        await on.until(lambda: len(sheet.table.ranks) == 3, "the charge is shown")
        assert sheet.table.chosen is not None and sheet.table.chosen.number == 1


async def test_what_streams_is_marked_until_the_report_comes() -> None:
    async with stage() as on:
        await on.say("go")
        sheet = await opened(on)
        await on.play(
            trace("completion", state="start"),
            trace("completion", state="content", content="twelve words or so, " * 9),
        )
        await on.until(lambda: "estimated" in all_lines(sheet.table), "an estimate is shown")
        assert "~ Estimated from the text: characters / 5." in told(sheet)
        assert next(cell for cell in rows(sheet)[0] if cell[0] == "~")
        await on.play(trace("completion", state="end"), charge("small", 40, 30), end())
        await on.until(lambda: "reported" in all_lines(sheet.table), "the report is shown")
        assert "~" not in told(sheet)
        assert rows(sheet)[0][4:7] == ["40", "30", "70"]


async def test_sorted_by_key_the_cursor_stays_on_its_call() -> None:
    async with page() as (on, sheet):
        await on.press("home", "down")
        chosen = sheet.table.chosen
        assert chosen is not None
        seen = [column.field.name for column in sheet.table.columns]
        await on.press(*["s"] * seen.index("billed"))
        assert totals(sheet) == [3200, 100, 60]
        assert "billed▾" in shown(sheet)
        assert sheet.table.chosen is chosen and sheet.table.cursor == 2
        await on.press("r")
        assert totals(sheet) == [60, 100, 3200]
        assert "billed▴" in shown(sheet)
        assert sheet.table.chosen is chosen and sheet.table.cursor == 0
        await on.press("S")
        assert sheet.table.ranks.field.name == seen[seen.index("billed") - 1]


async def test_sorted_from_the_newest_call_the_top_is_shown() -> None:
    log = [entry for n in range(60) for entry in turn("go", charge("m", n, 1), text("hi"))]
    async with page(log) as (on, sheet):
        assert sheet.table.cursor == 59
        total = next(
            column.field for column in sheet.table.columns if column.field.name == "billed"
        )
        sheet.table.sort_by(total)
        await on.pilot.pause()
        assert sheet.table.cursor == 0 and sheet.table.scroll_offset.y == 0
        assert sheet.table.chosen is not None and sheet.table.chosen.turn == 59
        await on.press("down")
        on.session.apply(Sent(None, {"type": "text", "payload": "go"}, "v4"))
        on.session.apply(charge("m", 500, 1))
        await on.until(lambda: len(sheet.table.ranks) == 61, "the charge is shown")
        assert sheet.table.chosen.turn == 58 and sheet.table.cursor == 2
        await on.press("end")
        assert sheet.table.chosen.turn == 0
        on.session.apply(charge("m", 0, 0))
        await on.until(lambda: len(sheet.table.ranks) == 62, "the charge is shown")
        assert sheet.table.chosen.turn == 0 and sheet.table.cursor == 60


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL], ids=str)
async def test_a_click_on_the_name_of_a_column_sorts_by_it(size: tuple[int, int]) -> None:
    async with page(size=size) as (on, sheet):
        names = sheet.query_one(Charges).query_one(".columns")
        for column in sheet.table.columns[1:]:
            end_of = column.start + column.width - 1
            await on.pilot.click(names, offset=(end_of, 0))
            await on.pilot.pause()
            assert sheet.table.ranks.field is column.field
        await on.pilot.click(names, offset=(end_of, 0))
        await on.pilot.pause()
        assert sheet.table.ranks.field is column.field
        assert f"{column.field.name}▾" in shown(sheet) or f"{column.field.name}▴" in shown(sheet)


async def test_a_row_leads_to_its_traces() -> None:
    async with page() as (on, _):
        await on.press("home", "enter")
        call = next(on.session.calls)
        assert on.chat.maximized is None
        assert on.chat.side.traces.seq == call.seqs[0]


async def test_a_charge_is_copied_as_json() -> None:
    async with page() as (on, _):
        await on.press("home", "y")
        await on.until(lambda: on.app.clipboard, "something is copied")
        copied = json.loads(on.app.clipboard)
        assert (copied["model"], copied["billed"]["total"]) == ("large", 3200)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_hostile_names_stay_in_their_line(size: tuple[int, int]) -> None:
    log = turn("go", charge(HOSTILE, 30, 20, label=HOSTILE, creditX=HOSTILE), text("hi"))
    async with page(log, size) as (on, sheet):
        assert not {"\x1b", "\x07", "\u202e"} & set(on.screen_text)
        assert all(cell_len(line) <= size[0] for line in on.screen_text.splitlines())
        assert "50" in shown(sheet)
        assert "SeCrEt" not in on.screen_text + told(sheet)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_it_works_in_every_window(size: tuple[int, int]) -> None:
    async with page(await talked("v4", "hire a bike"), size) as (on, sheet):
        plots = sheet.query_one(Plots)
        assert sheet.table.is_on_screen and sheet.figures.is_on_screen
        assert sheet.table.size.height >= 4
        assert plots.is_on_screen == (size in (WIDE, NARROW))
        assert plots.many == (3 if size == WIDE else 1)
        await on.press("s", "r", "tab", "down", "tab", "left", "end")
        assert on.chat.maximized is not None


# The plots


async def test_the_turn_of_the_charge_is_chosen_in_the_plots_and_the_other_way() -> None:
    async with page() as (on, sheet):
        plots = sheet.query_one(Plots)
        assert plots.chosen == 2
        await on.press("home")
        assert plots.chosen == 0
        plots.focus()
        await on.press("end")
        assert plots.chosen == 2
        assert sheet.table.chosen is not None and sheet.table.chosen.turn == 2
        await on.press("left")
        assert plots.chosen == 1
        assert sheet.table.chosen.turn == 2  # the turn has no charge
        assert "Tokens of turn 2  ▄ in ?  ▀ out ?" in shown(plots)
        await on.press("enter")
        assert on.chat.side.traces.seq == on.session.turns[1].first_seq


async def test_a_click_on_a_column_chooses_its_turn() -> None:
    async with page() as (on, sheet):
        plots = sheet.query_one(Plots)
        for number, drawn in enumerate(plots._plots):
            for index in (1, 0):
                cell = next(x for x in range(plots.size.width) if drawn.turn_at(x) == index)
                await on.pilot.click(plots, offset=(1 + number * (plots._each + APART) + cell, 6))
                assert plots.chosen == index


async def test_where_there_is_room_for_one_plot_a_key_shows_the_next() -> None:
    async with page(size=NARROW) as (on, sheet):
        plots = sheet.query_one(Plots)
        seen = []
        for key in ("]", "]", "]", "["):
            seen.append(shown(plots).split()[0])
            await on.press("right_square_bracket" if key == "]" else "left_square_bracket")
        assert seen == ["Tokens", "Time", "Speed", "Tokens"]
        assert shown(plots).split()[0] == "Speed"
        assert on.chat.side.token_page.check_action("plot", (1,))
    async with page(size=WIDE) as (on, _):
        assert not on.chat.side.token_page.check_action("plot", (1,))


async def test_a_long_session_is_read_in_slices_and_as_a_whole() -> None:
    log = [entry for n in range(SLICE + 20) for entry in turn("go", charge("m", n, 1))]
    async with page(log) as (on, sheet):
        await on.until(lambda: len(sheet.table.ranks) == SLICE + 20, "all of it is read")
        assert f"{SLICE + 20:,} charges" in on.screen_text
        assert "each column the highest of" in on.screen_text


async def test_another_session_takes_the_place_of_the_first() -> None:
    async with page() as (on, sheet):
        other = replace(on.opening).session.of(turn("one", charge("other", 5, 5)))
        on.opening.session = other
        await on.until(lambda: calls(sheet) == list(other.calls), "the other is shown")
        assert sheet.table.chosen is not None and sheet.table.chosen.model == "other"
        await on.until(lambda: sheet.query_one(Plots).chosen == 0, "its turn is chosen")


# Orders and columns


def a_call(turn: int, number: int, total: int | None, model: str | None = "m") -> Call:
    billed = None if total is None else Counts(total, total, 0)
    return Call(
        turn, number, None, "", model, None, billed, None,
        "estimated" if billed is None else "reported", 3, None, None, False, (1,),
    )  # fmt: skip


CALLS = st.lists(
    st.tuples(st.none() | st.integers(0, 5), st.none() | st.sampled_from(["a", "B", "c"])),
    max_size=20,
).map(lambda found: [a_call(n, 1, total, model) for n, (total, model) in enumerate(found)])


@given(CALLS, CALLS, st.sampled_from([field.name for field in fields(PRICES)]), st.booleans())
def test_calls_are_in_order_and_what_is_unknown_comes_last(
    settled: list[Call], live: list[Call], name: str, backwards: bool
) -> None:
    (field,) = (field for field in fields(PRICES) if field.name == name)
    live = [replace(call, turn=call.turn + 100) for call in live]
    late, early = Ranks(field, backwards=backwards), Ranks(field, backwards=backwards)
    late.sync(settled, live)
    for count in range(len(settled) + 1):
        early.sync(settled[:count], live[: count % 3])
    early.sync(settled, live)
    found = [late[y] for y in range(len(late))]
    assert found == [early[y] for y in range(len(early))]
    assert sorted(map(id, found)) == sorted(map(id, [*settled, *live]))
    values = [field.value(call) for call in found]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=backwards)
    assert values[len(known) :] == [None] * (len(values) - len(known))
    assert all(late[late.place(call) or 0] is call for call in found)


@given(st.integers(0, 200), st.booleans())
def test_columns_fit_and_do_not_overlap(width: int, costs: bool) -> None:
    columns = placed(fields(PRICES if costs else None), width)
    at = 0
    for field, start, room in columns:
        assert start == at + GAP
        assert room >= field.width
        at = start + room
    assert at <= width
    assert len(header(columns, "billed", True)) == at
    order = [field.name for field in fields(PRICES)]
    assert [order.index(column.field.name) for column in columns] == sorted(
        order.index(column.field.name) for column in columns
    )


@given(st.integers(0, 10**15), st.integers(0, 10**15), st.floats(0, 1e9), st.text(max_size=40))
@example(1, 1, 1.0, "0" * 12 + "\xad" * 3)
def test_every_cell_fits(query: int, answer: int, seconds: float, name: str) -> None:
    counts = Counts(query + answer, query, answer)
    call = Call(
        9998, 3, 0.0, name, name, seconds, counts, counts, "provisional", None, seconds, seconds,
        True, (1,),
    )  # fmt: skip
    for field in fields(PRICES):
        assert cell_len(Placed(field, 0, field.width).cell(call)) == field.width
        if not field.is_text:
            assert len(field.told(call, field.width)) <= field.width
