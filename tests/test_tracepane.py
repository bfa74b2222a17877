"""The trace pane: what typing a filter, a search, a remark or a name does to the list."""

from __future__ import annotations

from pathlib import Path

from textual import events

from tests.stage import NARROW, Stage, shown, stage, text, trace, turn
from vftui.filters import Filters

LOG = [
    *turn("hello", text("Hi there"), trace("debug", message="a step at pier 3")),
    *turn("bikes", text("Four at pier 3"), trace("choice", buttons=[])),
]
"""Rows: sent, opened, text, debug, closed, sent, opened, text, choice, closed."""


async def typed(on: Stage, key: str, words: str, *more: str) -> None:
    """Type on the line that a key opens."""
    on.chat.side.traces.focus()
    await on.press(key)
    on.chat.side.trace_pane.line.field.value = words
    await on.press(*more)


async def filtered(on: Stage, words: str) -> list[int]:
    """Type a filter; the numbers of the rows that are left."""
    await typed(on, "f", words, "enter")
    return numbers(on)


def numbers(on: Stage) -> list[int]:
    """The numbers of the rows that are seen."""
    rows = (row.replace("●", " ").replace("*", " ").split() for row in lines(on))
    return [int(row[0]) for row in rows if row and row[0].isdecimal()]


def lines(on: Stage) -> list[str]:
    """The rows that are seen."""
    return shown(on.chat.side.traces).splitlines()


def hint(on: Stage) -> list[str]:
    """What stands below the line."""
    return [line.rstrip() for line in shown(on.chat.side.trace_pane.line).splitlines()[1:]]


# Filtering


async def test_the_list_shows_what_passes_and_an_empty_filter_shows_all() -> None:
    async with stage(log=LOG) as on:
        assert await filtered(on, "type:debug") == [4]
        assert await filtered(on, "type:text,choice") == [3, 8, 9]
        assert await filtered(on, "pier") == [4, 8]
        assert await filtered(on, "type:text pier") == [8]
        assert await filtered(on, "type:debug OR (turn:2 -pier)") == [4, 6, 7, 9, 10]
        assert await filtered(on, "nothing-like-it") == []
        assert "No trace passes the filter" in on.screen_text
        assert await filtered(on, "") == list(range(1, 11))


async def test_the_title_says_how_much_is_shown_of_what() -> None:
    async with stage(log=LOG) as on:
        assert "─ Traces · 10 ─" in on.screen_text
        await filtered(on, "pier")
        assert "─ Traces · 2 of 10 · f: pier ─" in on.screen_text
        await filtered(on, "")
        assert "─ Traces · 10 ─" in on.screen_text


async def test_a_filter_works_while_it_is_typed_and_escape_clears_it() -> None:
    async with stage(log=LOG) as on:
        traces, pane = on.chat.side.traces, on.chat.side.trace_pane
        traces.focus()
        await on.press("f", *"type:debug")
        assert traces.line_count == 1 and pane.typing == "filter"
        await on.press("enter")
        assert traces.line_count == 1 and pane.typing is None
        assert on.keys_go_to(traces)
        await on.press("f")
        assert pane.line.field.value == "type:debug"
        await on.press("escape")
        assert traces.line_count == 10 and pane.typing is None
        assert on.keys_go_to(traces)


async def test_what_cannot_be_read_is_pointed_at_and_the_list_stays_as_it_was() -> None:
    async with stage(log=LOG) as on:
        await filtered(on, "pier")
        await typed(on, "f", "pier levl:warn", "enter")
        carets, *message = hint(on)
        line = shown(on.chat.side.trace_pane.line).splitlines()[0]
        assert carets.index("^") == line.index("levl") and carets.strip() == "^" * len("levl")
        assert "level" in " ".join(message)
        assert numbers(on) == [4, 8]
        assert on.chat.side.trace_pane.typing == "filter"
        assert on.chat.side.traces.filter_words == "pier"
        await on.press("end", *["backspace"] * len(" levl:warn"), "enter")
        assert on.chat.side.trace_pane.typing is None


async def test_what_was_wrong_is_not_told_once_it_is_mended() -> None:
    async with stage(log=LOG) as on:
        on.chat.side.traces.focus()
        await on.press("f", *"type:")
        assert "^" in hint(on)[0]
        await on.press(*"debug")
        assert "^" not in " ".join(hint(on))
        field = on.chat.side.trace_pane.line.field
        for typed_so_far in ("type:debug OR", "type:debug OR t", "type:debug OR type:text"):
            field.value = typed_so_far
        await on.pilot.pause()
        assert "^" not in " ".join(hint(on))
        assert numbers(on) == [3, 4, 8]


async def test_a_selected_entry_stays_selected_whatever_is_shown() -> None:
    async with stage(log=LOG) as on:
        traces = on.chat.side.traces
        traces.show(4)
        await filtered(on, "pier")
        assert traces.seq == 4
        await filtered(on, "type:text")
        assert traces.seq == 8
        await filtered(on, "nothing-like-it")
        assert traces.seq is None
        await filtered(on, "")
        assert traces.seq == 4


async def test_what_arrives_is_filtered_too() -> None:
    async with stage() as on:
        await filtered(on, "type:debug")
        await on.say("go")
        await on.play(*(trace("debug", message=f"{n}") for n in range(3)), text("no"))
        traces = on.chat.side.traces
        assert traces.line_count == 3
        assert traces.seq == len(on.journal) - 1


async def test_a_pattern_that_takes_too_long_leaves_the_list_as_it_was() -> None:
    async with stage(log=turn("go", text("a" * 5000), text("b"))) as on:
        await filtered(on, "type:text")
        await typed(on, "f", "/(a|aa)+z/", "enter")
        await on.until(lambda: any("too long" in note for note in [*on.toasts, *hint(on)]))
        assert on.chat.side.traces.filter_words == "type:text"
        assert numbers(on) == [3, 4]
        await filtered(on, "type:sent")
        assert numbers(on) == [1]


async def test_a_hostile_filter_is_harmless() -> None:
    async with stage(log=LOG) as on:
        on.chat.side.traces.focus()
        await on.press("f")
        hostile = '[/] \x1b]0;owned\x07\u202e[@click=app.quit]x[/] "'
        on.chat.side.trace_pane.line.field.post_message(events.Paste(hostile))
        await on.pilot.pause()
        await on.press("enter")
        assert not {"\x1b", "\x07", "\u202e"} & set(on.screen_text)
        assert on.chat.side.traces.line_count == 10


async def test_tab_completes_fields_and_the_values_that_there_are() -> None:
    log = [*LOG, *turn("go", trace("debug", message="x", ref={"apiToolName": "dock_lookup"}))]
    async with stage(log=log) as on:
        field = on.chat.side.trace_pane.line.field
        on.chat.side.traces.focus()
        await on.press("f")
        await on.until(lambda: on.chat.side.trace_pane.line.known, "the values are known")
        await on.press(*"typ", "tab")
        assert field.value == "type:"
        await on.press(*"ch", "tab")
        assert field.value == "type:choice"
        assert on.chat.side.traces.line_count == 1
        await on.press(*" OR tool:d", "tab")
        assert field.value == "type:choice OR tool:dock_lookup"
        await on.press(*" OR is:", "tab")
        first = field.value
        await on.press("tab")
        second = field.value
        assert first.startswith("type:choice OR tool:dock_lookup OR is:") and first != second
        await on.press("shift+tab")
        assert field.value == first
        assert on.keys_go_to(field)


# Keeping filters


async def test_filters_are_kept_under_a_name_and_recalled(tmp_path: Path) -> None:
    path = tmp_path / "filters.toml"
    async with stage(log=LOG, filters=lambda: Filters.load(path)) as on:
        pane = on.chat.side.trace_pane
        await typed(on, "f", "pier", "ctrl+s", *"piers", "enter")
        assert pane.typing is None and numbers(on) == [4, 8]
        assert dict(Filters.load(path)) == {"piers": "pier"}
        await typed(on, "f", "type:choice", "up")
        assert pane.line.field.value == "@piers"
        assert hint(on) == ["pier"]
        assert numbers(on) == [4, 8]
        await on.press("down")
        assert pane.line.field.value == "type:choice"
        await on.press("enter")
        assert await filtered(on, "@piers type:text") == [8]
        await typed(on, "f", "", "ctrl+s", *"piers", "enter")
        assert dict(Filters.load(path)) == {}


async def test_a_name_that_is_none_is_told_and_escape_goes_back(tmp_path: Path) -> None:
    path = tmp_path / "filters.toml"
    async with stage(log=LOG, filters=lambda: Filters.load(path)) as on:
        pane = on.chat.side.trace_pane
        await typed(on, "f", "pier", "ctrl+s", *"a b", "enter")
        assert pane.typing == "name" and "letters" in " ".join(hint(on))
        await on.press("escape")
        assert (pane.typing, pane.line.field.value) == ("filter", "pier")


async def test_filters_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "filters.toml"
    path.write_text("= nonsense")
    async with stage(log=LOG, filters=lambda: Filters.load(path)) as on:
        on.chat.side.traces.focus()
        await on.press("f")
        assert "not valid TOML" in " ".join(hint(on))
        await on.press(*"pier", "enter")
        assert numbers(on) == [4, 8]


# Searching


async def test_a_search_goes_from_hit_to_hit() -> None:
    async with stage(log=LOG) as on:
        traces = on.chat.side.traces
        traces.show(1)
        await on.pilot.pause()
        await typed(on, "slash", "pier 3")
        assert traces.seq == 4 and traces.line_count == 10
        await on.press("enter")
        assert on.keys_go_to(traces)
        assert [number for number, row in enumerate(lines(on), 1) if "*" in row] == [4, 8]
        assert "* 1 of 2" in on.screen_text
        await on.press("n")
        assert traces.seq == 8
        await on.press("n")
        assert traces.seq == 8 and "no hit below" in on.screen_text
        await on.press("N", "N")
        assert traces.seq == 4 and "no hit above" in on.screen_text
        await on.press("down")
        assert "no hit" not in on.screen_text


async def test_escape_ends_a_search_where_it_began() -> None:
    async with stage(log=LOG) as on:
        traces = on.chat.side.traces
        traces.show(2)
        await typed(on, "slash", "pier 3", "escape")
        assert traces.seq == 2
        assert "*" not in shown(traces)


async def test_a_search_is_a_text_as_it_is_or_a_regular_expression() -> None:
    log = turn("go", text('say "a b" (c)'), text("b a"), text("level:9"))
    async with stage(log=log) as on:
        traces = on.chat.side.traces
        for words, hits in (
            ('"a b" (c)', [3]), ("b a", [4]), ("level:9", [5]), ("/b.*c|l:9/", [3, 5]), ("#", []),
        ):  # fmt: skip
            traces.show(1)
            await typed(on, "slash", words, "enter")
            found = [number for number, row in enumerate(lines(on), 1) if "*" in row]
            assert found == hits, words


async def test_a_search_stays_within_the_filter() -> None:
    async with stage(log=LOG) as on:
        traces = on.chat.side.traces
        await filtered(on, "type:debug")
        await typed(on, "slash", "pier 3", "enter")
        assert "* 1 of 1" in on.screen_text
        await filtered(on, "")
        assert "of 2" in on.screen_text
        assert traces.line_count == 10


async def test_a_pattern_that_cannot_be_read_is_pointed_at() -> None:
    async with stage(log=LOG) as on:
        await typed(on, "slash", "/a(/", "enter")
        assert "^" in hint(on)[0] and on.chat.side.trace_pane.typing == "search"


# Remarks


async def test_a_remark_is_written_on_a_row_and_taken_away() -> None:
    async with stage(log=LOG) as on:
        on.chat.side.traces.show(4)
        await typed(on, "r", " ask [b]Ana[/b] ", "enter")
        assert "“ask [b]Ana[/b]”" in lines(on)[3]
        assert on.journal.remarks() == {4: "ask [b]Ana[/b]"}
        on.chat.side.traces.focus()
        await on.press("r")
        assert on.chat.side.trace_pane.line.field.value == "ask [b]Ana[/b]"
        await on.press("backspace", "enter")
        assert on.journal.remarks() == {}
        assert "Ana" not in lines(on)[3]


async def test_the_line_fits_a_narrow_pane() -> None:
    async with stage(log=LOG, size=NARROW) as on:
        on.chat.show_side("traces")
        await typed(on, "f", "x" * 60 + " levl:1", "enter")
        assert on.chat.side.trace_pane.typing == "filter"
        assert "levl" in shown(on.chat.side.trace_pane.line)
