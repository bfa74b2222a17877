"""The filter: what the words mean, and what typing them does to the trace list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.widgets import Input

from tests.stage import Stage, shown, stage, text, trace, turn
from vftui.ui.filter import Filter, parse_filter

KNOWN = ("sent", "closed", "text", "debug", "choice", "my action")


@pytest.mark.parametrize(
    ("words", "kinds", "looked_for"),
    [
        ("", None, None),
        ("   ", None, None),
        ("debug", {"debug"}, None),
        ("debug choice", {"debug", "choice"}, None),
        ("pier 3", None, "pier 3"),
        ("debug pier", {"debug"}, "pier"),
        ('"pier 3"', None, "pier 3"),
        ('"debug"', None, "debug"),
        ("'debug'", None, "debug"),
        ('debug "choice"', {"debug"}, "choice"),
        ("type:debug", {"debug"}, None),
        ("type:debug,choice", {"debug", "choice"}, None),
        ("type:later pier", {"later"}, "pier"),
        ("type:", None, None),
        ('type:"my action"', {"my action"}, None),
        ("don't", None, "don't"),
        ('"open', None, '"open'),
        (r"C:\temp", None, r"C:\temp"),
        ("# no comment", None, "# no comment"),
    ],
)
def test_what_the_words_mean(words: str, kinds: set[str] | None, looked_for: str | None) -> None:
    found = parse_filter(words, KNOWN)
    assert found.kinds == kinds
    assert found.text == looked_for
    assert bool(found) == bool(kinds or looked_for)
    assert found.words == words.strip()


@given(st.text())
def test_any_words_are_a_filter(words: str) -> None:
    assert isinstance(parse_filter(words, KNOWN), Filter)


LOG = [
    *turn("hello", text("Hi there"), trace("debug", message="a step at pier 3")),
    *turn("bikes", text("Four at pier 3"), trace("choice", buttons=[])),
]
"""Rows: sent, opened, text, debug, closed, sent, opened, text, choice, closed."""


async def filtered(on: Stage, words: str) -> list[int]:
    """Type a filter; the numbers of the rows that are left."""
    on.chat.side.traces.focus()
    await on.press("slash")
    on.chat.side.trace_pane.query_one(Input).value = words
    await on.press("enter")
    rows = shown(on.chat.side.traces).splitlines()
    return [int(row.split()[0]) for row in rows if row.split() and row.split()[0].isdecimal()]


async def test_the_list_shows_what_passes_and_an_empty_filter_shows_all() -> None:
    async with stage(log=LOG) as on:
        assert await filtered(on, "debug") == [4]
        assert await filtered(on, "type:text,choice") == [3, 8, 9]
        assert await filtered(on, "pier") == [4, 8]
        assert await filtered(on, "text pier") == [8]
        assert await filtered(on, "PIER") == [4, 8]
        assert await filtered(on, "nothing like it") == []
        assert await filtered(on, "") == list(range(1, 11))


async def test_the_title_says_how_much_is_shown_of_what() -> None:
    async with stage(log=LOG) as on:
        assert "─ Traces · 10 ─" in on.screen_text
        await filtered(on, "pier")
        assert "─ Traces · 2 of 10 · /pier ─" in on.screen_text
        await filtered(on, "")
        assert "─ Traces · 10 ─" in on.screen_text


async def test_typing_a_filter_by_hand() -> None:
    async with stage(log=LOG) as on:
        on.chat.side.traces.focus()
        await on.press("slash", *"debug", "enter")
        assert on.focused is on.chat.side.traces
        assert on.chat.side.traces.line_count == 1
        await on.press("slash", *"choice", "enter")
        assert on.chat.side.traces.seq == 9
        await on.press("slash", "backspace", "enter")
        assert on.chat.side.traces.line_count == 10


async def test_a_filter_works_while_it_is_typed_and_escape_clears_it() -> None:
    async with stage(log=LOG) as on:
        traces, pane = on.chat.side.traces, on.chat.side.trace_pane
        everything = traces.line_count
        traces.focus()
        await on.press("slash", *"debug")
        assert traces.line_count == 1 and pane.filtering
        await on.press("enter")
        assert traces.line_count == 1 and not pane.filtering
        assert on.focused is traces
        await on.press("slash")
        assert pane.query_one(Input).value == "debug"
        await on.press("escape")
        assert traces.line_count == everything and not pane.filtering
        assert on.focused is traces


async def test_a_selected_entry_stays_selected_when_it_passes() -> None:
    async with stage(log=LOG) as on:
        traces = on.chat.side.traces
        traces.show(4)
        await filtered(on, "pier")
        assert traces.seq == 4
        await filtered(on, "")
        assert traces.seq == 4
        await filtered(on, "text")
        assert traces.seq == 8


async def test_what_arrives_is_filtered_too() -> None:
    async with stage() as on:
        await filtered(on, "debug")
        await on.say("go")
        await on.play(*(trace("debug", message=f"{n}") for n in range(3)), text("no"))
        traces = on.chat.side.traces
        assert traces.line_count == 3
        assert traces.seq == len(on.journal) - 1


async def test_a_hostile_filter_is_harmless() -> None:
    async with stage(log=LOG) as on:
        on.chat.side.traces.focus()
        await on.press("slash")
        hostile = "[/] \x1b]0;owned\x07\u202e[@click=app.quit]x[/]"
        on.chat.side.trace_pane.query_one(Input).post_message(events.Paste(hostile))
        await on.pilot.pause()
        assert not {"\x1b", "\x07", "\u202e"} & set(on.screen_text)
        await on.press("enter")
        assert not {"\x1b", "\x07", "\u202e"} & set(on.screen_text)
        assert on.chat.side.traces.line_count == 0
