"""The detail: an entry's JSON, its bytes and its times, at any width, to be copied."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.stage import SIZES, Stage, all_lines, shown, stage, text, trace, turn
from vftui.recording import Row
from vftui.session.log import Received, Sent
from vftui.ui.detail import TraceDetail, timing_text
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


async def test_the_three_views_and_back() -> None:
    async with stage(log=LOG) as on:
        detail = await showing(on, 4)
        assert json.loads(all_lines(detail)) == {"type": "x", "payload": 1}
        await on.press("right")
        assert all_lines(detail).splitlines()[:3] == [": note", "id: 7", "event: trace"]
        await on.press("right")
        assert "since the action" in all_lines(detail)
        await on.press("right")
        assert '"payload": 1' in all_lines(detail)
        await on.press("left")
        assert "dispatched" in all_lines(detail)
        assert "#4 x" in str(detail.border_title)


async def test_the_view_stays_when_another_trace_is_selected() -> None:
    async with stage(log=LOG) as on:
        detail = await showing(on, 4)
        await on.press("r")
        on.chat.side.traces.show(3)
        await on.pilot.pause()
        assert all_lines(detail).startswith("event: trace\ndata: {")


@pytest.mark.parametrize(("presses", "start"), [(0, "{"), (1, ": note"), (2, "arrived")])
async def test_y_copies_what_the_view_shows(presses: int, start: str) -> None:
    async with stage(log=LOG) as on:
        await showing(on, 4)
        await on.press(*["right"] * presses, "y")
        await on.until(lambda: on.app.clipboard.startswith(start))
        await on.until(lambda: any(note.startswith("Copied ") for note in on.toasts))


async def test_nothing_selected_is_nothing_to_copy() -> None:
    async with stage(log=[]) as on:
        assert "Select a trace" in shown(on.chat.side.detail)
        on.chat.side.detail.focus()
        await on.press("y", "right", "left")
        assert on.app.clipboard == ""
        assert "Select a trace" in shown(on.chat.side.detail)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_long_lines_are_wrapped_and_nothing_is_lost(size: tuple[int, int]) -> None:
    async with stage(log=LOG, size=size) as on:
        detail = await showing(on, 5)
        lines = all_lines(detail).splitlines()
        assert all(len(line) <= detail.line_width for line in lines)
        assert "".join("".join(lines).split()).count("long") == 400
        await on.pilot.resize_terminal(size[0] + 7, size[1])
        await on.pilot.pause()
        assert all(len(line) <= detail.line_width for line in all_lines(detail).splitlines())


async def test_another_trace_is_shown_from_its_top() -> None:
    async with stage(log=LOG) as on:
        detail = await showing(on, 5)
        await on.press("end")
        assert detail.scroll_offset.y > 0
        on.chat.side.traces.show(3)
        await on.pilot.pause()
        assert detail.scroll_offset.y == 0


async def test_hostile_bytes_are_harmless_in_every_view() -> None:
    hostile = "[/]\x1b[2J\x9b31m\u202e\x00[@click=app.quit]x[/]\ud800"
    raw = b'event: \x1b[41mtrace\ndata: {"type": "\x1b[2J", "payload": "\xff\x9b"}\n\n'
    log = turn("go", trace(hostile, **{hostile: hostile}), Received(1.0, parse_frame(raw)))
    async with stage(log=log) as on:
        for seq in (3, 4):
            await showing(on, seq)
            for _ in range(3):
                assert not {"\x1b", "\x9b", "\u202e", "\x00"} & set(on.screen_text)
                await on.press("y", "right")


def test_times_that_nobody_knows_are_not_zero() -> None:
    entry = replace(ODD, at=None)
    told = timing_text(Row(1, entry, None, None, 1))
    assert told.count("–") == 4
    assert " 0" not in told


def test_the_times_of_an_action_have_no_frame() -> None:
    told = timing_text(Row(1, Sent(1_700_000_000.0, {"type": "launch"}, "v4"), 0.0, 0.0, 1))
    assert "bytes" not in told and "0 ms" in told


def test_a_server_time_of_nonsense() -> None:
    frame = parse_frame(b'event: trace\ndata: {"type":"x","time":1e300}\n\n')
    assert "server's time" in timing_text(Row(1, Received(1.0, frame), 0.5, 0.5, 1))
