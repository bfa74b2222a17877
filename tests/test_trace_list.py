"""The trace list: a row for every entry, the cursor that follows, what a row says."""

from __future__ import annotations

import pytest
from textual.content import Content
from textual.message import Message

from tests.stage import NARROW, SIZES, Stage, all_lines, head, shown, stage, text, trace, turn
from vftui.errors import VftuiError
from vftui.session.log import Entry
from vftui.ui import sieve, sifting
from vftui.ui.copymenu import CopyWanted
from vftui.ui.external import OpenWanted
from vftui.ui.traces import TraceList
from vftui.window import Window

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


# Merging


def delta(state: str, content: str = "") -> Entry:
    """A piece of a completion."""
    return trace("completion", state=state, **({"content": content} if content else {}))


SPAN = [delta("start"), *(delta("content", f"word{n} ") for n in range(8)), delta("end")]
SPOKEN = [*turn("one", text("Hi"), *SPAN, text("so")), *turn("two", *SPAN)]


def rows_of(on: Stage) -> list[str]:
    """Every row of the list."""
    return all_lines(on.chat.side.traces).splitlines()


async def test_the_pieces_of_a_completion_are_one_row_or_each_its_own() -> None:
    async with stage(log=SPOKEN) as on:
        traces = on.chat.side.traces
        traces.focus()
        traces.show(8)
        await on.press("m")
        rows = rows_of(on)
        assert [int(row.split()[0]) for row in rows] == [1, 2, 3, 4, 14, 15, 16, 17, 18, 28]
        assert "10×" in rows[3] and "word0 word1" in rows[3]
        assert traces.seq == 4
        assert "merged" in on.screen_text and "10 of 28" in on.screen_text
        await on.press("m")
        assert traces.seq == 8
        assert traces.line_count == len(SPOKEN)


async def test_a_merged_row_grows_while_its_pieces_arrive() -> None:
    async with stage() as on:
        on.chat.side.traces.want(merged=True)
        await on.say("go")
        await on.play(head(), *SPAN[:3])
        assert "3×" in rows_of(on)[-1]
        count = len(rows_of(on))
        await on.play(*SPAN[3:6])
        assert "6×" in rows_of(on)[-1] and "word3" in rows_of(on)[-1]
        await on.play(*SPAN[6:], text("done"))
        assert len(rows_of(on)) == count + 1
        assert "10×" in rows_of(on)[-2]


async def test_a_merged_row_passes_when_any_of_its_pieces_does() -> None:
    async with stage() as on:
        traces = on.chat.side.traces
        traces.want(merged=True)
        traces.filter('word3 OR "aside"')
        await on.say("go")
        await on.play(head(), *SPAN[:4], trace("debug", message="aside"))
        assert [row.split()[3:5] for row in rows_of(on)] == [["·", "debug"]]
        await on.play(*SPAN[4:])
        assert [row.split()[3:5] for row in rows_of(on)] == [["≈", "completion"], ["·", "debug"]]


async def test_what_is_merged_is_found_by_any_of_its_pieces() -> None:
    async with stage(log=SPOKEN) as on:
        traces = on.chat.side.traces
        traces.want(merged=True)
        traces.show(26)
        assert traces.seq == 18
        traces.show(1)
        traces.search("word7")
        assert traces.seq == 4
        assert ["*" in row for row in rows_of(on)].count(True) == 2


# From row to row

TROUBLE = [
    *turn("one", trace("debug", message="a", level="warn"), text("x")),
    *turn("two", trace("debug", message="b", level="error"), trace("debug", message="c", level=7)),
    *turn("three", trace("debug", message="d", level="fatal"), text("y")),
]
"""Warning 3, error 8, problem 9, fatal 13."""


async def test_from_error_to_error_and_from_warning_to_warning() -> None:
    async with stage(log=TROUBLE) as on:
        traces = on.chat.side.traces
        traces.focus()
        await on.press("home")
        met: list[int] = []
        for key in ("e", "e", "e", "e", "E", "W", "W"):
            await on.press(key)
            met.append(traces.seq or 0)
        assert met[0] == 8 and met[-1] == 3
        assert met == sorted(met[:4]) + met[4:]
        assert met[2] == met[3] == 13
        assert "no warning above" in on.screen_text
        await on.press("up")
        assert "no warning" not in on.screen_text


async def test_errors_are_looked_for_in_what_the_filter_shows() -> None:
    async with stage(log=TROUBLE) as on:
        traces = on.chat.side.traces
        traces.filter("turn:3 OR type:sent")
        traces.show(1)
        traces.action_alarm("error", 1)
        assert traces.seq == 13
        traces.action_alarm("error", -1)
        assert traces.seq == 13


# Marks


async def test_rows_are_marked_and_only_those_are_shown() -> None:
    async with stage(log=LOG) as on:
        traces = on.chat.side.traces
        traces.focus()
        for seq in (3, 8):
            traces.show(seq)
            await on.press("space")
        assert [row.startswith("●") for row in rows_of(on)] == [n in (3, 8) for n in range(1, 11)]
        assert on.journal.marked() == [3, 8]
        await on.press("M")
        assert traces.line_count == 2 and traces.seq == 8
        assert "2 of 10 · ● marked" in on.screen_text
        await on.press("space")
        assert traces.line_count == 1 and traces.seq == 3
        await on.press("space")
        assert "No trace is marked" in on.screen_text
        await on.press("M")
        assert traces.line_count == 10 and traces.seq == 8


async def test_a_mark_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise VftuiError("The disk is full.", "Make room.")

    async with stage(log=LOG) as on:
        monkeypatch.setattr(on.journal, "mark", full)
        on.chat.side.traces.focus()
        await on.press("space")
        assert any("The disk is full. Make room." in note for note in on.toasts)
        assert not any(row.startswith("●") for row in rows_of(on))


# Other panes


async def test_only_a_person_who_moves_the_cursor_is_told_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[tuple[str, int]] = []
    post = TraceList.post_message

    def listening(self: TraceList, message: Message) -> bool:
        if isinstance(message, TraceList.Highlighted | TraceList.Selected):
            told.append((type(message).__name__, message.seq))
        return post(self, message)

    monkeypatch.setattr(TraceList, "post_message", listening)
    async with stage(log=LOG) as on:
        traces = on.chat.side.traces
        on.chat.prompt.focus()
        told.clear()
        traces.select_quietly(4)
        await on.pilot.pause()
        assert told == [("Highlighted", 4)]
        assert str(on.chat.side.detail.border_title).startswith("#4")
        assert traces.seq == 4 and not on.keys_go_to(traces)
        told.clear()
        traces.focus()
        await on.press("down")
        assert sorted(told) == [("Highlighted", 5), ("Selected", 5)]


async def test_what_the_list_cannot_do_it_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Message] = []
    async with stage(log=LOG) as on:
        traces = on.chat.side.traces
        traces.filter("type:text")
        traces.show(8)
        post = traces.post_message

        def listening(message: Message) -> bool:
            if isinstance(message, CopyWanted | OpenWanted | TraceList.ExportWanted):
                asked.append(message)
                return True
            return post(message)

        monkeypatch.setattr(traces, "post_message", listening)
        traces.action_copy()
        traces.action_open()
        traces.action_open(True)
        traces.action_export()
        row = traces.row(8)
        assert row is not None
        assert asked == [
            CopyWanted(row), OpenWanted(row), OpenWanted(row, editor=True),
            TraceList.ExportWanted("type:text", 8),
        ]  # fmt: skip


# Long logs


async def test_a_long_list_stays_as_it_was_until_the_new_one_is_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = [entry for n in range(40) for entry in turn(f"{n}", text("a"), text("b"))]
    monkeypatch.setattr(sifting, "AT_ONCE", 10)
    monkeypatch.setattr(sieve, "SLICE", 20)
    async with stage(log=log) as on:
        traces = on.chat.side.traces
        traces.filter("type:sent")
        assert traces.line_count == len(log)
        assert "filtering…" in str(traces.state[0])
        await on.until(lambda: traces.line_count == 40)
        await on.pilot.pause()
        assert "40 of 200" in on.screen_text
        traces.show(1)
        traces.search('"payload": "39"')
        traces.searched()
        await on.until(lambda: traces.seq == len(log) - 4)
        await on.pilot.pause()
        traces.show(6)
        traces.search('"payload": "30"')
        await on.until(lambda: traces.seq == 151)


async def test_the_chosen_entry_stays_chosen_when_less_of_the_log_is_shown() -> None:
    async with stage(log=LOG) as on:
        traces = on.chat.side.traces
        traces.show(4)
        for until in (7, 3):
            traces.sync(Window(on.journal, until))
            assert traces.line_count == until and traces.seq == min(4, until)
        traces.sync(on.journal)
        assert traces.seq == 4
