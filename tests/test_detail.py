"""The detail: an entry as a tree that folds, its bytes, its times, what changed; at any width."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from textual.content import Content
from textual.geometry import Offset

from tests.stage import (
    SIZES,
    SMALL,
    WIDE,
    Stage,
    all_lines,
    received,
    shown,
    stage,
    text,
    trace,
    turn,
)
from vftui.reading import Row
from vftui.session.log import Entry, Received, Sent
from vftui.ui.detail import VIEWS, TraceDetail
from vftui.ui.views import times
from vftui.wire.frames import parse_frame

ODD = Received(
    1_700_000_000.25,
    parse_frame(b': note\nid: 7\nevent: trace\ndata: {"type":"x","payload":1}\n\n'),
)
LOG = turn("hello", text("Hi **there**"), ODD, trace("debug", message="long " * 400))


async def showing(on: Stage, seq: int) -> TraceDetail:
    """The detail, with this entry in it and the keys."""
    on.chat.show_side("detail")
    on.chat.side.traces.show(seq)
    await on.pilot.pause()
    return on.chat.side.detail


def title(detail: TraceDetail) -> str:
    """What the upper border says."""
    return Content.from_markup(str(detail.border_title)).plain


def lines(detail: TraceDetail) -> list[str]:
    """What it says, without the marks for folding and the blanks before."""
    return [line.strip(" ▸▾") for line in all_lines(detail).splitlines()]


# The four views


async def test_the_four_views_and_back() -> None:
    async with stage(log=LOG) as on:
        detail = await showing(on, 4)
        assert lines(detail) == ['type: "x"', "payload: 1"]
        await on.press("v")
        assert lines(detail)[:3] == [": note", "id: 7", "event: trace"]
        await on.press("v")
        assert "since the action" in all_lines(detail)
        await on.press("v")
        assert "first x here" in all_lines(detail)
        await on.press("v")
        assert "payload: 1" in lines(detail)
        await on.press("V")
        assert "first x here" in all_lines(detail)
        await on.press("3")
        assert "dispatched" in all_lines(detail)
        await on.press("1")
        assert "payload: 1" in lines(detail)
        assert "#4 x" in title(detail)


async def test_a_click_on_the_name_of_a_view_shows_it() -> None:
    async with stage(log=LOG) as on:
        detail = await showing(on, 4)
        bottom = detail.region.bottom - 1
        row = on.screen_text.split("\n")[bottom]
        for view in reversed(VIEWS):
            await on.pilot.click(offset=Offset(row.rindex(view) + 1, bottom))
            assert detail.view == view


async def test_the_view_stays_when_another_trace_is_selected() -> None:
    async with stage(log=LOG) as on:
        detail = await showing(on, 4)
        await on.press("2")
        on.chat.side.traces.show(3)
        await on.pilot.pause()
        assert all_lines(detail).startswith("event: trace\ndata: {")


async def test_nothing_selected_is_nothing_to_copy() -> None:
    async with stage(log=[]) as on:
        detail = on.chat.side.detail
        assert "Select a trace" in shown(detail)
        detail.focus()
        await on.press("y", "o", "v", "enter", "left", "right", "plus", "minus", "end", "up")
        assert on.app.screen is on.chat
        assert "Select a trace" in shown(detail)


async def test_another_trace_is_shown_from_its_top() -> None:
    async with stage(log=LOG) as on:
        detail = await showing(on, 5)
        await on.press("plus", "end")
        assert detail.scroll_offset.y > 0
        on.chat.side.traces.show(3)
        await on.pilot.pause()
        assert detail.scroll_offset.y == 0 and detail.cursor == 0


async def test_hostile_bytes_are_harmless_in_every_view() -> None:
    hostile = "[/]\x1b[2J\x9b31m\u202e\x00[@click=app.quit]x[/]\ud800"
    raw = b'event: \x1b[41mtrace\ndata: {"type": "\x1b[2J", "payload": "\xff\x9b"}\n\n'
    log = turn(
        "go",
        trace(hostile, **{hostile: "other"}),
        trace(hostile, **{hostile: hostile, "long": hostile * 100}),
        Received(1.0, parse_frame(raw)),
    )
    async with stage(log=log) as on:
        for seq in (3, 4, 5):
            await showing(on, seq)
            for _ in VIEWS:
                await on.press("plus", "down", "v")
                assert not {"\x1b", "\x9b", "\u202e", "\x00"} & set(on.screen_text)
            await on.press("down", "y")
            assert not {"\x1b", "\x9b", "\u202e", "\x00"} & set(on.screen_text)
            await on.press("escape")


# The tree


NESTED = trace("x", slate={"children": [{"text": "one"}, {"text": "two"}]}, last="words " * 100)


async def test_keys_fold_and_unfold_and_walk() -> None:
    async with stage(log=turn("hi", NESTED)) as on:
        detail = await showing(on, 3)
        await on.press("down", "down")
        assert title(detail) == "#3 x $.payload.slate"
        whole = lines(detail)
        await on.press("enter")
        assert len(lines(detail)) == len(whole) - 5 and detail.cursor == 2
        await on.press("right")
        assert lines(detail) == whole and detail.cursor == 2
        await on.press("right", "right")
        assert title(detail).endswith("$.payload.slate.children[0]")
        await on.press("left", "left")
        assert title(detail).endswith("$.payload.slate.children")
        await on.press("minus")
        assert lines(detail)[-1].startswith('payload: {2} {"slate"')
        assert title(detail).endswith("$.payload")
        await on.press("plus")
        assert "".join(lines(detail)).count("words") == 100
        assert title(detail).endswith("$.payload")


async def test_the_mouse_folds_by_the_mark_and_by_a_double_click() -> None:
    async with stage(log=turn("hi", NESTED)) as on:
        detail = await showing(on, 3)
        whole = lines(detail)
        left, top = detail.content_region.offset
        await on.pilot.click(offset=(left, top + 1))
        assert len(lines(detail)) == 2 and detail.cursor == 1
        await on.pilot.click(offset=(left + 6, top + 1))
        assert len(lines(detail)) == 2
        await on.pilot.click(offset=(left + 6, top + 1), times=2)
        assert lines(detail) == whole


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_long_texts_are_folded_and_nothing_is_lost(size: tuple[int, int]) -> None:
    async with stage(log=LOG, size=size) as on:
        detail = await showing(on, 5)
        assert "2.0 KiB" in all_lines(detail)
        assert len(all_lines(detail)) < 400
        await on.press("plus")
        for width in (size[0], size[0] + 7):
            await on.pilot.resize_terminal(width, size[1])
            await on.pilot.pause()
            rows = all_lines(detail).splitlines()
            assert all(len(row) <= detail.line_width for row in rows)
            assert "".join("".join(rows).split()).count("long") == 400


async def test_the_cursor_stays_on_its_value_at_another_width() -> None:
    async with stage(log=turn("hi", NESTED), size=SMALL) as on:
        detail = await showing(on, 3)
        await on.press("plus", "end")
        said = title(detail)
        assert said.endswith("$.payload.last")
        await on.pilot.resize_terminal(WIDE[0], WIDE[1])
        await on.pilot.pause()
        assert title(detail) == said


async def test_a_megabyte_is_shown_as_a_few_lines() -> None:
    state = {"variables": {f"v{n}": ["x" * 50] * 20 for n in range(1000)}, "memory": "m" * 10**6}
    async with stage(log=turn("hi", received(state, name="state"))) as on:
        detail = await showing(on, 3)
        assert detail.line_count < 1200
        await on.press("plus")
        assert 1200 < detail.line_count < 25_000
        await on.press("minus")
        assert detail.line_count == 2


# Times


def row(entry: Entry, since: float | None, gap: float | None) -> Row:
    return Row(
        1, entry, since, gap, 1,
        turn=1, span=None, level=None, flags=0, size=0, marked=False, remark="",
    )  # fmt: skip


def test_times_that_nobody_knows_are_not_zero() -> None:
    told = dict(times(row(replace(ODD, at=None), None, None)))
    assert list(told.values()).count("–") == 4
    assert "0 ms" not in told.values()


def test_the_times_of_an_action_have_no_frame() -> None:
    told = dict(times(row(Sent(1_700_000_000.0, {"type": "launch"}, "v4"), 0.0, 0.0)))
    assert "bytes" not in told and told["since the action"] == "0 ms"


def test_a_server_time_of_nonsense() -> None:
    frame = parse_frame(b'event: trace\ndata: {"type":"x","time":1e300}\n\n')
    assert dict(times(row(Received(1.0, frame), 0.5, 0.5)))["server's time"] == "–"


# What changed


def state(variables: dict[str, Any], **more: Any) -> Received:
    return received({"type": "state", "state": {"variables": variables, **more}}, name="state")


async def test_of_a_state_only_changed_variables_are_told() -> None:
    log = [
        *turn("hi", state({"count": 1, "same": 2, "old": "x"}, stack=[1])),
        *turn("hi", text("Hello"), state({"count": 4, "same": 2, "new": [1, 2]}, stack=[2])),
    ]
    async with stage(log=log) as on:
        detail = await showing(on, 8)
        await on.press("4")
        assert lines(detail) == [
            "3 changed variables since state #3:",
            "~ count: 1 → 4",
            "+ new: [1, 2]",
            '- old: "x"',
        ]
        await on.press("down")
        assert title(detail).endswith("$.state.variables.count")
        await on.press("y", "v")
        await on.until(lambda: on.app.clipboard == "4")


async def test_of_others_every_change_since_the_last_of_the_type_is_told() -> None:
    kept = "kept " * 100
    log = turn(
        "hi", trace("x", a={"b": kept + "old"}), text("Hi"), trace("x", a={"b": kept + "new"})
    )
    async with stage(log=log) as on:
        detail = await showing(on, 5)
        await on.press("4")
        first, *rest = all_lines(detail).splitlines()
        assert first == "1 changed since x #3:"
        told = "".join(rest)
        assert told.startswith('~ payload.a.b: "…') and told.endswith('kept new"') and "old" in told


async def test_no_change_is_said() -> None:
    async with stage(log=turn("hi", text("Hi"), text("Hi"))) as on:
        detail = await showing(on, 4)
        await on.press("4")
        assert all_lines(detail) == "Nothing changed since text #3."


async def test_a_type_with_a_strange_name_is_found() -> None:
    strange = 'a "b\\ *c\n'
    async with stage(log=turn("hi", trace(strange, n=1), trace(strange, n=2))) as on:
        detail = await showing(on, 4)
        await on.press("4")
        assert "~ payload.n: 1 → 2" in lines(detail)


async def test_many_changes_are_told_in_part() -> None:
    log = turn("hi", trace("x", n=[0] * 3000), trace("x", n=[1] * 3000), trace("x"))
    async with stage(log=log) as on:
        detail = await showing(on, 4)
        await on.press("4", "end")
        assert "2,000 more changes" in all_lines(detail).splitlines()[-1]
        await on.press("y")
        assert len(json.loads(on.app.clipboard or "[]")) == 0
