"""The conversation pane: catches up, keeps the person's place, offers choices, stays harmless."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.app import App, ComposeResult
from textual.events import Click
from textual.geometry import Offset
from textual.message import Message
from textual.pilot import Pilot

from tests.bodies import BODIES
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.ui.blocks import Block, Piece
from vftui.ui.column import Column
from vftui.ui.conversation import EMPTY, Conversation
from vftui.ui.theme import THEMES
from vftui.wire.frames import FrameReader

HOSTILE = "\x1b\x9b\x07\x00\u202e\u2028\ud800&#;x20e[]()<>*_`|-:! \nab1"
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

START = 1_700_000_000.0


class Pane(App[None]):
    """A conversation and nothing else, which keeps what it posts."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: list[Message] = []
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def compose(self) -> ComposeResult:
        yield Conversation()

    @property
    def pane(self) -> Conversation:
        return self.query_one(Conversation)

    def on_conversation_chosen(self, message: Conversation.Chosen) -> None:
        self.posted.append(message)

    def on_conversation_show_traces(self, message: Conversation.ShowTraces) -> None:
        self.posted.append(message)

    def on_conversation_copy(self, message: Conversation.Copy) -> None:
        self.posted.append(message)

    def on_conversation_edit(self, message: Conversation.Edit) -> None:
        self.posted.append(message)


def sent(text: str, at: float = START) -> Sent:
    return Sent(at, {"type": "text", "payload": text}, "v2beta1")


def trace(kind: str, payload: object, at: float = START + 1, **more: object) -> Received:
    value = {"type": kind, "payload": payload, **more}
    data = json.dumps(value)
    (frame,) = FrameReader().feed(f"event: trace\ndata: {data}\n\n".encode())
    return Received(at, frame)


def completion(*parts: str, end: bool = False) -> Iterator[Received]:
    """A message that streams, in the parts given."""
    yield trace("completion", {"state": "start"})
    for part in parts:
        yield trace("completion", {"state": "content", "content": part})
    if end:
        yield trace("completion", {"state": "end"})


def turn(words: str, *answer: Entry, closed: bool = True) -> Iterator[Entry]:
    yield sent(words)
    yield Opened(START + 0.5, 200)
    yield from answer
    if closed:
        yield Closed(START + 3, "complete")


def text(message: str) -> Received:
    return trace("text", {"message": message})


def choice(*names: str) -> Received:
    buttons = [{"name": name, "request": {"type": f"path-{name}"}} for name in names]
    return trace("choice", {"buttons": buttons})


def long_session(turns: int) -> Session:
    session = Session()
    for number in range(turns):
        words = f"Message **{number}**: there are bikes at the pier. " * (1 + number % 7)
        for entry in turn(f"question {number}", text(f"{words}\n\n- one\n- two")):
            session.apply(entry)
    return session


def session_of(*entries: Entry) -> Session:
    return Session.of(entries)


def saved(body: bytes) -> list[Entry]:
    """A body as the entries of a turn."""
    reader = FrameReader()
    frames = reader.feed(body) + reader.close()
    return [*turn("x", *(Received(START + 1, frame) for frame in frames))]


def column_of(session: Session, width: int = 60) -> Column:
    column = Column(lambda _name: Style.null(), width)
    column.sync(session)
    return column


def drawn(column: Column) -> list[str]:
    """Every line of a column, drawn."""
    column.look(0, 10_000, tail=False)
    return [column.row(y).text.plain.rstrip() for y in range(column.height)]


def shown(pane: Conversation) -> list[str]:
    """The lines in the window."""
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


# Catching up

ENTRIES = [entry for body in BODIES.values() for entry in saved(body)]


@pytest.mark.parametrize("name", BODIES)
def test_sync_at_any_moment_ends_the_same(name: str) -> None:
    entries = saved(BODIES[name])
    whole = drawn(column_of(session_of(*entries)))
    for step in (1, 2, 5):
        session = Session()
        column = Column(lambda _name: Style.null(), 60)
        for number, entry in enumerate(entries):
            session.apply(entry)
            if number % step == 0:
                column.sync(session)
                column.sync(session)
                column.look(0, 20, tail=True)
        column.sync(session)
        assert drawn(column) == whole


@given(st.lists(st.tuples(st.sampled_from(ENTRIES), st.booleans()), max_size=40))
def test_sync_follows_any_order_of_entries(entries: list[tuple[Entry, bool]]) -> None:
    session = Session()
    column = Column(lambda _name: Style.null(), 40)
    for entry, catches_up in entries:
        session.apply(entry)
        if catches_up:
            column.sync(session)
            column.look(0, 15, tail=True)
    column.sync(session)
    assert drawn(column) == drawn(column_of(session, 40))


@given(
    st.lists(st.text("ab \n-*`|#>1.[]:", max_size=30), max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_a_message_streams_to_what_it_is_at_once(parts: list[str], catches_up: list[bool]) -> None:
    session = session_of(sent("x"))
    column = column_of(session, 30)
    for entry, now in zip(
        [*completion(*parts, end=True)], [*catches_up, *catches_up], strict=False
    ):
        session.apply(entry)
        if now:
            column.sync(session)
            column.look(0, 10, tail=True)
    column.sync(session)
    at_once = session_of(sent("x"), *completion("".join(parts), end=True))
    assert drawn(column) == drawn(column_of(at_once, 30))


@given(
    st.lists(
        st.text(
            st.sampled_from("\x1b\x9b\x07\x00\u202e\u2028\ud800&#;x20e[]()<>*_`|-:! \nab1"),
            max_size=30,
        ),
        min_size=8,
        max_size=8,
    ),
    st.integers(3, 50),
)
def test_nothing_that_a_terminal_obeys_is_drawn(texts: list[str], width: int) -> None:
    said, words, button, title, url, notice, thought, custom = texts
    card = {
        "title": title,
        "description": {"text": words},
        "imageUrl": url,
        "buttons": [{"name": button}],
    }
    session = session_of(
        sent(said),
        text(words),
        choice(button),
        trace("cardV2", {**card, "buttons": [{"name": button}]}),
        trace("reasoning", {"reasoning": thought, "message": thought}),
        trace("debug", {"message": notice, "level": "error"}),
        trace(custom, {"name": custom}),
        trace("visual", {"image": url}),
        *completion(thought),
    )
    for line in drawn(column_of(session, width)):
        assert not FORBIDDEN.search(line)
        assert cell_len(line) <= max(width, 14)


def test_only_what_changed_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    session = long_session(5000)
    column = column_of(session)
    column.look(0, 40, tail=True)
    calls = {"draw": 0, "update": 0}
    for owner, name in ((Piece, "draw"), (Block, "update")):
        count_calls(monkeypatch, owner, name, calls)
    more: list[Entry] = [sent("more"), *completion("one", "two", "three")]
    for entry in more:
        session.apply(entry)
        column.sync(session)
        column.look(0, 40, tail=True)
    assert calls["update"] <= 20
    assert calls["draw"] <= 20


def test_resizing_draws_only_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    column = column_of(long_session(5000))
    column.look(0, 40, tail=True)
    calls = {"draw": 0}
    count_calls(monkeypatch, Piece, "draw", calls)
    top = column.lay_out(33, column.height // 2)
    column.look(top, 40, tail=False)
    assert 0 < calls["draw"] <= 60


def count_calls(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, calls: dict[str, int]
) -> None:
    method = getattr(owner, name)

    def counted(*arguments: object) -> object:
        calls[name] += 1
        return method(*arguments)

    monkeypatch.setattr(owner, name, counted)


# How it looks


def test_how_a_conversation_looks() -> None:
    words = text("Pier 3 has **four** bikes:\n- city\n- cargo")
    session = session_of(*turn("hire a bike", words, choice("City", "Cargo")))
    lines = drawn(column_of(session, 64))
    assert (
        re.sub(r"\d\d:\d\d:\d\d", "hh:mm:ss", "\n".join(lines))
        == """\
you   hh:mm:ss  hire a bike
agent hh:mm:ss                       3.0 s · first 1.0 s · ? tok
Pier 3 has four bikes:

• city
• cargo

[1] City   [2] Cargo"""
    )


def test_metadata_gives_way_when_the_pane_is_narrow() -> None:
    session = session_of(*turn("x", text("y")))
    columns = [drawn(column_of(session, width)) for width in (60, 32, 24, 15)]
    heads = [next(line for line in lines if "agent" in line) for lines in columns]
    assert ["first" in head for head in heads] == [True, False, False, False]
    assert ["3.0 s" in head for head in heads] == [True, True, False, False]
    assert ["? tok" in head for head in heads] == [True, True, True, False]


def test_a_growing_message_has_a_cursor_and_one_that_was_cut_says_so() -> None:
    entries: list[Entry] = [sent("x"), *completion("Two bikes")]
    assert drawn(column_of(session_of(*entries)))[-1] == "Two bikes▌"
    cut = session_of(*entries, Closed(START + 2, "cancelled"))
    assert "Two bikes (cut off)" in drawn(column_of(cut))
    assert drawn(column_of(cut, 14))[3:5] == ["Two bikes", "(cut off)"]


def test_a_choice_has_a_number_only_while_it_can_be_made() -> None:
    session = session_of(*turn("x", choice("City", "Cargo")))
    column = column_of(session)
    assert "[1] City   [2] Cargo" in drawn(column)
    session.apply(sent("City"))
    column.sync(session)
    assert "City   Cargo" in drawn(column)


def test_a_choice_that_is_wider_than_the_pane_is_all_there() -> None:
    session = session_of(*turn("x", choice("A city bike with two baskets", "Go", "Stop")))
    lines = drawn(column_of(session, 14))
    assert lines[3:] == ["[1] A city", "bike with two", "baskets", "[2] Go", "[3] Stop"]
    assert all(cell_len(line) <= 14 for line in lines[2:])


# The person's place


async def pane_with(pilot: Pilot[None], session: Session) -> Conversation:
    pane = pilot.app.query_one(Conversation)
    pane.focus()
    pane.sync(session)
    await pilot.pause()
    return pane


async def test_an_empty_pane_says_what_will_appear() -> None:
    async with Pane().run_test(size=(40, 10)) as pilot:
        pane = await pane_with(pilot, Session())
        assert " ".join(" ".join(shown(pane)).split()) == EMPTY


async def test_it_follows_until_a_person_scrolls_up_and_again_after_end() -> None:
    session = long_session(20)
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, session)
        assert pane.scroll_offset.y == pane.max_scroll_y
        await pilot.press("pageup")
        place, before = pane.scroll_offset.y, shown(pane)
        for entry in turn("more", text("words\n\n" * 9)):
            session.apply(entry)
            pane.sync(session)
            await pilot.pause()
        assert (pane.scroll_offset.y, shown(pane)) == (place, before)
        assert pane.below == 3
        assert str(pane.border_subtitle) == "3 new below (End)"
        await pilot.press("end")
        assert pane.follow
        assert pane.below == 0
        assert pane.border_subtitle == ""
        session.apply(sent("last"))
        pane.sync(session)
        assert "last" in shown(pane)[-1]


async def test_scrolling_into_what_was_never_drawn_does_not_jump() -> None:
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, long_session(200))
        for _ in range(60):
            before = shown(pane)
            pane.scroll_to(y=pane.scroll_offset.y - 3)
            assert shown(pane)[3:] == before[:-3]
        pane.scroll_to(y=pane.line_count // 3)
        for _ in range(20):
            before = shown(pane)
            pane.scroll_to(y=pane.scroll_offset.y + 2)
            assert shown(pane)[:-2] == before[2:]


async def test_a_resize_keeps_what_is_at_the_top() -> None:
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, long_session(200))
        pane.reveal(250)
        await pilot.pause()
        index = pane.selected
        pane.scroll_to(y=pane.scroll_offset.y + 9)
        for width in (40, 90, 30, 60):
            top = next(line for line in shown(pane) if "question" in line)
            await pilot.resize_terminal(width, 20)
            await pilot.pause()
            assert any(top.split()[-1] in line for line in shown(pane))
        assert pane.selected == index
        assert not pane.follow


async def test_a_resize_keeps_the_tail() -> None:
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, long_session(50))
        for size in ((40, 12), (100, 30), (30, 9)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert pane.scroll_offset.y == pane.max_scroll_y
            assert shown(pane)[-1] == "▌ • two"


async def test_another_session_takes_the_place_of_the_first() -> None:
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, long_session(50))
        await pilot.press("up", "up")
        await pane_with(pilot, session_of(sent("hello")))
        assert pane.line_count == 1
        assert pane.selected is None
        assert shown(pane)[0].endswith("hello")


# Keys and mouse


async def test_a_choice_is_made_by_its_number() -> None:
    app = Pane()
    session = session_of(*turn("x", choice("City", "Cargo")))
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, session)
        await pilot.press("2", "7")
        (message,) = app.posted
        assert isinstance(message, Conversation.Chosen)
        assert message.choice.request == {"type": "path-Cargo"}
        session.apply(sent("Cargo"))
        pane.sync(session)
        await pilot.press("2")
        assert app.posted == [message]


async def test_a_choice_is_made_with_the_mouse() -> None:
    app = Pane()
    session = session_of(*turn("x", text("Which?"), choice("City", "Cargo")))
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, session)
        y = next(y for y, line in enumerate(shown(pane)) if "Cargo" in line)
        await pilot.click(Conversation, offset=(shown(pane)[y].index("Cargo") + 2, y + 1))
        (message,) = app.posted
        assert isinstance(message, Conversation.Chosen)
        assert message.choice.name == "Cargo"


async def test_selecting_text_over_a_choice_does_not_make_it() -> None:
    app = Pane()
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, session_of(*turn("x", choice("City", "Cargo"))))
        y = next(y for y, line in enumerate(shown(pane)) if "Cargo" in line) + 1
        await pilot.mouse_down(Conversation, offset=(4, y))
        await pilot.hover(Conversation, offset=(9, y))
        await pilot.mouse_up(Conversation, offset=(9, y))
        for made in (False, True):
            # A terminal sends a click after the drag, which the pilot does not.
            style = app.screen.get_style_at(9, y)
            pane.post_message(Click(pane, 9, y, 0, 0, 1, False, False, False, 9, y, style))
            await pilot.pause()
            assert bool(app.posted) == made
            app.screen.clear_selection()


async def test_an_item_is_selected_copied_and_led_to_its_traces() -> None:
    app = Pane()
    session = session_of(*turn("hello", text("**First**"), text("Second")))
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, session)
        await pilot.press("up", "up", "y", "enter")
        copied, traces = app.posted
        assert isinstance(copied, Conversation.Copy)
        assert (copied.text, copied.what) == ("**First**", "the message")
        assert isinstance(traces, Conversation.ShowTraces)
        assert (traces.first_seq, traces.last_seq) == (3, 3)
        assert [line[0] for line in shown(pane)[:5]] == ["▌", "▌", "█", "▌", "▌"]
        await pilot.click(Conversation, offset=(5, 1))
        assert pane.selected == 0


async def test_reveal_selects_what_an_entry_made() -> None:
    session = long_session(100)
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, session)
        for seq, words in ((3, "Message 0"), (203, "Message 50"), (1, "question 0")):
            pane.reveal(seq)
            await pilot.pause()
            assert any(words in line and line[0] == "█" for line in shown(pane))
            assert not pane.follow
        pane.reveal(10_000)
        assert pane.selected == len(session.items) - 1


async def test_a_long_item_is_read_before_the_next_is_selected() -> None:
    session = session_of(*turn("x", text("line\n" * 30)), *turn("y"))
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, session)
        pane.select(2)
        top = pane.scroll_offset.y
        await pilot.press("down")
        assert (pane.selected, pane.scroll_offset.y) == (2, top + 1)
        await pilot.press(*["down"] * 30)
        assert pane.selected is not None
        assert pane.selected > 2


async def test_selected_text_is_copied_without_the_bars() -> None:
    app = Pane()
    session = session_of(*turn("x", text("Pier 3 has\nfour bikes")))
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, session)
        y = next(y for y, line in enumerate(shown(pane)) if "Pier" in line) + 1
        await pilot.mouse_down(Conversation, offset=(8, y))
        await pilot.hover(Conversation, offset=(6, y + 1))
        await pilot.mouse_up(Conversation, offset=(6, y + 1))
        assert app.screen.get_selected_text() == "3 has\nfour"
        strip = pane.render_lines(pane.size.region.translate(Offset(1, y)))[0]
        assert app.screen.get_component_rich_style("screen--selection").bgcolor in {
            segment.style.bgcolor for segment in strip if segment.style
        }


async def test_a_theme_changes_the_colours() -> None:
    app = Pane()
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, session_of(sent("x")))
        colours = []
        for theme in THEMES:
            app.theme = theme.name
            await pilot.pause()
            pane.render_lines(pane.size.region)
            colours.append(
                {segment.style.color for segment in pane.render_line(0) if segment.style}
            )
        assert not colours[0] & colours[1]
