"""The trace list: a row for every entry, the cursor that follows, what a row says."""

from __future__ import annotations

import pytest
from textual.content import Content

from tests.stage import NARROW, SIZES, all_lines, shown, stage, text, trace, turn

LOG = [
    *turn("hello", text("Hi there"), trace("debug", message="a step", level="error")),
    *turn("bikes", text("Four"), trace("my-own-action", seats=4)),
]


async def test_a_row_for_every_entry() -> None:
    async with stage(log=LOG) as on:
        rows = all_lines(on.chat.side.traces).splitlines()
        assert len(rows) == len(LOG) == len(on.journal) == on.session.entries
        assert [row.split()[0] for row in rows] == [str(n) for n in range(1, 11)]
        assert "sent" in rows[0] and "hello" in rows[0]
        assert "opened" in rows[1] and "200" in rows[1]
        assert "¶ text" in rows[2] and "Hi there" in rows[2]
        assert "E · debug" in rows[3] and "a step" in rows[3]
        assert "closed" in rows[4] and "complete" in rows[4]
        assert "my-own-act" in rows[8] and "seats" in rows[8]


async def test_times_are_since_the_action_and_since_the_entry_before() -> None:
    async with stage(log=LOG) as on:
        rows = [row.split() for row in all_lines(on.chat.side.traces).splitlines()]
        assert [row[1:3] for row in rows[:5]] == [
            ["0", "0"], ["100", "100"], ["500", "400"], ["500", "0"], ["2000", "1500▴"],
        ]  # fmt: skip


async def test_the_columns_stand_below_their_names() -> None:
    async with stage(log=LOG) as on:
        header, first = shown(on.chat.side.trace_pane).splitlines()[1:3]
        for name, value in (("#", "1"), ("+ms", "0"), ("gap", "0")):
            assert header.index(name) + len(name) == first.index(value, header.index(name)) + 1
        assert header.index("type") == first.index("▸")
        assert header.index("summary") == first.index("text")


async def test_the_cursor_follows_what_arrives_until_a_person_moves_it() -> None:
    async with stage() as on:
        traces = on.chat.side.traces
        await on.say("go")
        await on.play(*(text(f"{n}") for n in range(50)))
        assert (traces.seq, traces.follow) == (len(on.journal), True)
        traces.focus()
        await on.press("up")
        chosen = traces.seq
        assert not traces.follow
        top = traces.scroll_offset.y
        await on.play(*(text(f"{n}") for n in range(30)))
        assert (traces.seq, traces.scroll_offset.y) == (chosen, top)
        assert "30 new below" in str(on.chat.side.trace_pane.border_subtitle)
        await on.press("end")
        assert (traces.seq, traces.follow) == (len(on.journal), True)
        assert "following" in str(on.chat.side.trace_pane.border_subtitle)
        await on.play(text("more"))
        assert traces.seq == len(on.journal)


async def test_moving_to_the_last_row_follows_again() -> None:
    async with stage(log=LOG) as on:
        traces = on.chat.side.traces
        traces.focus()
        await on.press("home")
        assert (traces.seq, traces.follow) == (1, False)
        await on.press(*["down"] * 9)
        assert (traces.seq, traces.follow) == (10, True)
        await on.press("pageup")
        assert not traces.follow


async def test_a_click_selects_a_row_and_the_detail_shows_it() -> None:
    async with stage(log=LOG) as on:
        traces = on.chat.side.traces
        await on.pilot.click(traces, offset=(10, 2))
        await on.pilot.pause()
        assert traces.seq == 3
        assert str(on.chat.side.detail.border_title).startswith("#3 text")


async def test_the_thousandth_row_moves_the_numbers_of_all_rows() -> None:
    log = turn("go", *(text(f"{n}") for n in range(995)))
    assert len(log) == 998
    async with stage(log=log) as on:
        traces = on.chat.side.traces
        for entry in turn("again"):
            on.session.apply(entry)
            on.journal.append(entry)
        on.chat._paint()
        await on.painted()
        rows = shown(traces).splitlines()
        assert len({row.index("¶") for row in rows if "¶" in row}) == 1
        assert len({len(row) - len(row.lstrip()) for row in rows[-2:]}) == 1
        assert rows[-1].startswith(" 1001 ")
        assert rows[-4].startswith("  998 ")


async def test_rows_are_paged_in_any_order() -> None:
    log = turn("go", *(text(f"message {n}") for n in range(2_000)))
    async with stage(log=log) as on:
        traces = on.chat.side.traces
        for seq in (1500, 3, 2003, 700, 1499):
            traces.show(seq)
            await on.pilot.pause()
            assert f"{seq} " in shown(traces)
            row = traces.row(seq)
            assert row is not None and row.seq == seq
        assert traces.row(2004) is None


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_hostile_types_and_texts_stay_in_their_row(size: tuple[int, int]) -> None:
    hostile = "[/]\x1b[2J\x9b31m\u202e\n\r\t\x00[@click=app.quit]x[/]" + "w" * 500
    log = turn("go", trace(hostile, **{hostile: hostile}), text(hostile))
    async with stage(log=log, size=size) as on:
        on.chat.show_side("traces")
        await on.pilot.pause()
        rows = all_lines(on.chat.side.traces).splitlines()
        assert len(rows) == len(log)
        assert not {"\x1b", "\x9b", "\u202e", "\x00", "\t", "\r"} & set(on.screen_text)


async def test_an_empty_list_says_what_will_appear() -> None:
    async with stage(log=[]) as on:
        assert "Every trace appears here" in shown(on.chat.side.traces)
        assert on.chat.side.trace_pane.border_title == Content("Traces")
        on.chat.side.traces.focus()
        await on.press("enter", "up", "down", "home", "end", "pageup")
        assert on.chat.side.traces.seq is None


async def test_a_row_that_passes_no_filter_of_a_narrow_pane() -> None:
    async with stage(log=LOG, size=NARROW) as on:
        header = shown(on.chat.side.trace_pane).splitlines()[1]
        assert "gap" not in header and "type" in header


async def test_rows_fit_the_list_when_something_comes_beside_it() -> None:
    async with stage(log=turn("go", *(text(f"number {n} of many words") for n in range(60)))) as on:
        await on.press("f1")
        rows = on.chat.side.traces
        await on.until(lambda: rows.laid_out == rows.line_width < 70)
        await on.pilot.pause()
        painted = shown(rows).splitlines()
        rows.lay_out(rows.line_width)
        top = rows.scroll_offset.y
        fresh = [rows._strip(y).text.rstrip() for y in range(top, top + rows.size.height)]
        assert [line[: rows.line_width].rstrip() for line in painted] == fresh
