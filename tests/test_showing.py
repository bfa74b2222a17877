"""How every kind of item is drawn, what of it folds, and which text is selected with the mouse."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection

from tests.test_conversation import (
    FORBIDDEN,
    HOSTILE,
    START,
    Pane,
    column_of,
    count_calls,
    drawn,
    long_session,
    pane_with,
    session_of,
    shown,
    text,
    trace,
    turn,
)
from vftui.session.fold import Session
from vftui.session.items import Card, Choice, Item
from vftui.session.turn import Step, Turn
from vftui.ui.blocks import Piece
from vftui.ui.column import Column
from vftui.ui.conversation import Conversation
from vftui.ui.folds import LINES


class Scene:
    """A session made by hand: one turn, and what is put into it."""

    def __init__(self) -> None:
        self.session = Session()
        self.turn = Turn(0, 1, {"type": "launch"})
        self.session.turns.append(self.turn)

    def add(self, kind: str, text: str = "", *, settled: bool = True, **more: object) -> Item:
        self.session.entries += 1
        self.session.revision += 1
        item = Item(kind, self.turn, self.session.entries, text, **more)  # type: ignore[arg-type]
        if settled:
            item.settle()
        self.session.items.append(item)
        return item

    def offer(self, *names: str, default: str = "") -> tuple[Choice, ...]:
        first = len(self.turn.choices) + 1
        made = tuple(
            Choice(0, number, name, {"type": name}, default=name == default)
            for number, name in enumerate(names, first)
        )
        self.turn.choices += made
        return made

    def carousel(self, *cards: tuple[str, tuple[str, ...]]) -> Item:
        """Cards by their titles, each with the names of its choices."""
        made = tuple(
            Card(title, f"about {title}", f"https://example.com/{title}", self.offer(*names))
            for title, names in cards
        )
        every = tuple(choice for card in made for choice in card.choices)
        return self.add("carousel", cards=made, choices=every)


PAYLOAD = json.dumps({f"field {number}": number for number in range(9)}, indent=2)


# How it looks


def test_a_carousel_shows_one_card_and_which_it_is() -> None:
    scene = Scene()
    scene.carousel(("City", ("Hire",)), ("Cargo", ("Hire", "Ask")))
    column = column_of(scene.session, 40)
    assert drawn(column) == [
        "╭──────────────────────────────────────╮",
        "│ City                                 │",
        "│ about City                           │",
        "│ ▦ https://example.com/City           │",
        "│ [1] Hire                             │",
        "╰───────────── ◂ 1 of 2 ▸ ─────────────╯",
    ]
    column.blocks[0].card = 1
    column.look_again(column.blocks)
    lines = drawn(column)
    assert lines[-2:] == [
        "│ [2] Hire   [3] Ask                   │",
        "╰───────────── ◂ 2 of 2 ▸ ─────────────╯",
    ]
    assert "City" not in "".join(lines)


def test_a_single_card_has_nothing_to_turn() -> None:
    scene = Scene()
    scene.carousel(("City", ()))
    assert drawn(column_of(scene.session, 12))[-1] == "╰──────────╯"


def test_the_place_of_a_card_stands_below_a_box_that_is_too_narrow() -> None:
    scene = Scene()
    scene.carousel(("A", ()), ("B", ()))
    assert drawn(column_of(scene.session, 12))[-2:] == ["╰──────────╯", " ◂ 1 of 2 ▸"]


def test_an_action_shows_its_payload_folded_and_its_default_in_words() -> None:
    scene = Scene()
    choices = scene.offer("paid", "failed", default="paid")
    scene.add("action", PAYLOAD, title="checkout", choices=choices)
    column = column_of(scene.session, 40)
    lines = drawn(column)
    assert lines[:3] == ["◆ checkout", " {", '   "field 0": 0,']
    assert lines[7:] == ["▸ 5 more lines", "[1] paid (default)   [2] failed"]
    column.blocks[0].unfolded = True
    column.look_again(column.blocks)
    lines = drawn(column)
    assert lines[1:-2] == [f" {line}" for line in PAYLOAD.split("\n")]
    assert lines[-2] == "▴ fold"


def test_a_payload_with_a_long_line_is_folded_and_says_so() -> None:
    scene = Scene()
    scene.add("action", f'{{"a": "{"x" * 700}"}}', title="pay")
    column = column_of(scene.session, 40)
    lines = drawn(column)
    assert lines[-2].endswith("x…")
    assert lines[-1] == "▸ more"
    column.blocks[0].unfolded = True
    column.look_again(column.blocks)
    assert "".join(drawn(column)).count("x") == 700


def test_a_short_payload_and_none_are_not_folded() -> None:
    scene = Scene()
    scene.add("action", '{"a": 1}', title="pay")
    scene.add("action", title="ring")
    assert drawn(column_of(scene.session, 40)) == ["◆ pay", ' {"a": 1}', "", "◆ ring"]


@pytest.mark.parametrize(("more", "folds"), [(0, False), (1, False), (2, False), (3, True)])
def test_a_fold_hides_more_than_its_mark_takes(more: int, folds: bool) -> None:
    scene = Scene()
    scene.add("action", "\n".join("x" * (LINES + more)), title="pay")
    lines = drawn(column_of(scene.session, 40))
    assert (lines[-1] == "▸ 3 more lines") == folds
    assert lines.count(" x") == (LINES if folds else LINES + more)


def test_an_action_that_is_odd_is_marked_in_its_name() -> None:
    scene = Scene()
    for level in ("info", "quiet", "warning"):
        scene.add("action", title="pay", level=level)
    assert drawn(column_of(scene.session, 20)) == ["◆ pay", "", "◆ pay", "", "! pay"]


def test_sources_are_a_footnote_below_the_answer() -> None:
    scene = Scene()
    scene.add("message", "Open till nine.")
    scene.add("sources", "1. Opening hours https://example.com/hours\n2. Prices")
    assert drawn(column_of(scene.session, 24)) == [
        "Open till nine.",
        "",
        "sources",
        "  1. Opening hours",
        "     https://example.com",
        "     /hours",
        "  2. Prices",
    ]
    assert drawn(column_of(scene.session, 60))[2:] == [
        "sources  1. Opening hours https://example.com/hours",
        "         2. Prices",
    ]


def test_sources_in_several_pieces_have_one_heading() -> None:
    scene = Scene()
    scene.add("sources", "\n".join(f"{n}. {'page ' * 30}" for n in range(1, 51)))
    lines = drawn(column_of(scene.session, 200))
    assert [line for line in lines if line.startswith("sources")] == lines[:1]
    assert all(line.startswith(" " * 9) for line in lines[1:])


def inks(row: Text) -> set[str]:
    """The names of the styles that a row is drawn in, of a column of `named_column`."""
    return {span.style.meta["ink"] for span in row.spans if isinstance(span.style, Style)}


def named_column(session: Session, width: int) -> Column:
    """A column whose styles tell their names."""
    column = Column(lambda name: Style(meta={"ink": name}), width)
    column.sync(session)
    column.look(0, 100, tail=False)
    return column


@pytest.mark.parametrize("between", [" ", "\n"])
def test_the_advice_of_a_notice_stands_below_its_sentence(between: str) -> None:
    scene = Scene()
    scene.turn.advice = "Check the key: `vftui doctor` tries it."
    scene.add("notice", f"401 Bad Key.{between}{scene.turn.advice}", level="error")
    column = named_column(scene.session, 30)
    rows = [column.row(y).text for y in range(column.height)]
    assert [row.plain.rstrip() for row in rows] == [
        "× 401 Bad Key.",
        "  Check the key: vftui doctor",
        "  tries it.",
    ]
    assert [inks(row) for row in rows] == [{"notice-error"}, {"told", "code"}, {"told"}]


def test_a_failure_that_was_told_before_its_advice_has_one_mark() -> None:
    scene = Scene()
    scene.turn.advice = "Look at the last error."
    scene.add("notice", "error: boom", level="error")
    scene.add("notice", scene.turn.advice, level="error")
    assert drawn(column_of(scene.session, 40)) == ["× error: boom", "  Look at the last error."]


@given(st.integers(12, 40))
def test_a_number_keeps_its_unit_beside_it(width: int) -> None:
    scene = Scene()
    scene.add("notice", "No answer. Trying again in 0.5 s. It may take 4 min, or 12 KiB a s.")
    lines = drawn(column_of(scene.session, width))
    for words in ("0.5 s.", "4 min,", "12 KiB"):
        assert len([line for line in lines if words in line]) == 1
    text = " ".join(line[2:] for line in lines)
    assert text == "No answer. Trying again in 0.5 s. It may take 4 min, or 12 KiB a s."


def test_a_notice_shows_the_address_of_its_picture() -> None:
    scene = Scene()
    scene.add("notice", "image", image="https://example.com/map.png")
    assert drawn(column_of(scene.session, 40)) == ["· image", "  ▦ https://example.com/map.png"]


def test_a_header_counts_steps_and_shows_them_when_it_is_unfolded() -> None:
    scene = Scene()
    scene.turn.opened_at, scene.turn.closed_at = START, START + 2
    header = scene.add("reply", settled=False)
    column = column_of(scene.session, 50)
    assert "step" not in drawn(column)[0]
    scene.turn.steps += [Step(1, "flow Main"), Step(2, "block\nbooking")]
    scene.turn.step_count = 1202
    header.touch(2)
    column.sync(scene.session)
    assert "  ▸ 1,202 steps" in drawn(column)[0]
    assert len(drawn(column)) == 1
    column.blocks[0].unfolded = True
    column.look_again(column.blocks)
    assert "  ▾ 1,202 steps" in drawn(column)[0]
    assert drawn(column)[1:] == [
        "  ↳ flow Main",
        "  ↳ block↵booking",
        "  … and 1,200 more in the traces",
    ]


def test_the_mark_of_the_steps_is_the_last_to_give_way() -> None:
    session = session_of(*turn("x", trace("block", {"blockID": "a"}), text("y")))
    columns = [drawn(column_of(session, width)) for width in (60, 48, 35, 26, 20)]
    heads = [re.split(r"(?<=▸) |  +", lines[-2].strip())[1:] for lines in columns]
    assert heads == [
        ["▸", "1 step", "3.0 s · first 1.0 s · ? tok"],
        ["▸", "1 step", "3.0 s · ? tok"],
        ["▸", "1 step", "? tok"],
        ["▸", "1 step"],
        ["▸", "1"],
    ]


async def test_steps_are_unfolded_with_the_mouse_in_a_narrow_pane() -> None:
    session = session_of(*turn("x", trace("block", {"blockID": "a"}), text("y")))
    async with Pane().run_test(size=(24, 20)) as pilot:
        pane = await pane_with(pilot, session)
        y = next(y for y, line in enumerate(shown(pane)) if "▸" in line)
        await pilot.click(Conversation, offset=(shown(pane)[y].index("▸") + 1, y + 1))
        assert any("↳ block a" in line for line in shown(pane))


THOUGHT = "The person wants a bike near the pier. " * 20


def test_reasoning_folds_when_it_is_complete() -> None:
    scene = Scene()
    item = scene.add("reasoning", THOUGHT, settled=False)
    column = column_of(scene.session, 60)
    assert len(drawn(column)) > LINES
    item.settle()
    scene.session.revision += 1
    column.sync(scene.session)
    (line,) = drawn(column)
    assert line.startswith("∴ The person wants a bike")
    assert line.endswith("…  ▸ 160 words")
    assert cell_len(line) <= 60
    column.blocks[0].unfolded = True
    column.look_again(column.blocks)
    lines = drawn(column)
    assert " ".join("".join(f"{line[2:]} " for line in lines).split()) == f"{THOUGHT}▴ fold"


def test_short_reasoning_is_all_there() -> None:
    scene = Scene()
    scene.add("reasoning", "A short thought.")
    assert drawn(column_of(scene.session, 60)) == ["∴ A short thought."]


def test_reasoning_that_was_unfolded_grows_and_folds_as_one_that_was_not() -> None:
    """Its sections are cut while it streams; folding and unfolding must not lose any."""
    scene = Scene()
    text = "".join(f"Thought number {number}.\n\n" for number in range(40))
    item = scene.add("reasoning", text[:300], settled=False)
    column = column_of(scene.session, 60)
    drawn(column)
    item.append(text[300:], 1)
    item.settle()
    scene.session.revision += 1
    column.sync(scene.session)
    block = column.blocks[0]
    for unfolded in (True, False, True):
        block.unfolded = unfolded
        column.look_again([block])
        lines = drawn(column)
        assert len(lines) == (80 if unfolded else 1)
    assert [line for line in lines if "number" in line][-1].strip() == "Thought number 39."


@given(
    st.lists(st.text(st.sampled_from(HOSTILE), max_size=40), min_size=7, max_size=7),
    st.integers(3, 50),
    st.booleans(),
)
def test_nothing_that_a_terminal_obeys_is_drawn(
    texts: list[str], width: int, unfolded: bool
) -> None:
    title, words, image, name, payload, step, pages = texts
    scene = Scene()
    scene.turn.steps.append(Step(1, step))
    scene.turn.step_count = 3
    scene.add("reply")
    scene.add("reasoning", words * 30)
    scene.add("action", f"{payload}\n" * 9, title=title, choices=scene.offer(name, default=name))
    card = Card(title, words, image, scene.offer(name))
    scene.add("carousel", cards=(card, card), choices=card.choices)
    scene.add("sources", f"1. {pages}\n{pages}")
    scene.add("notice", words, image=image)
    column = column_of(scene.session, width)
    for block in column.blocks:
        block.unfolded = unfolded
    column.look_again(column.blocks)
    for line in drawn(column):
        assert not FORBIDDEN.search(line)
        assert cell_len(line) <= max(width, 14)


# Folding with key and mouse


async def test_space_folds_and_unfolds_what_is_selected() -> None:
    scene = Scene()
    scene.add("reply")
    scene.turn.steps += [Step(1, "flow Main")]
    scene.turn.step_count = 1
    scene.add("message", "Hello")
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, scene.session)
        assert not offers(pane, "fold")
        pane.select(0)
        assert offers(pane, "fold")
        await pilot.press("space")
        assert "↳ flow Main" in shown(pane)[1]
        assert shown(pane)[0].startswith("█ agent")
        await pilot.press("space")
        assert "Hello" in shown(pane)[1]


async def test_a_click_on_the_mark_folds() -> None:
    scene = Scene()
    scene.add("message", "First")
    scene.add("action", PAYLOAD, title="checkout")
    scene.add("message", "Last")
    async with Pane().run_test(size=(60, 30)) as pilot:
        pane = await pane_with(pilot, scene.session)
        for words, there in (("more lines", True), ("▴ fold", False)):
            y = next(y for y, line in enumerate(shown(pane)) if words in line)
            await pilot.click(Conversation, offset=(shown(pane)[y].index(words[0]) + 1, y + 1))
            assert any('"field 8"' in line for line in shown(pane)) == there
            assert pane.selected == 1


async def test_unfolding_at_the_tail_follows_it_while_there_is_room() -> None:
    scene = Scene()
    scene.add("message", "Bikes:\n\n" * 20)
    scene.add("action", PAYLOAD, title="checkout")
    scene.add("message", "Last")
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, scene.session)
        pane.selected = 1
        await pilot.press("space")
        assert pane.follow
        assert shown(pane)[-1] == "▌ Last"
        await pilot.resize_terminal(60, 9)
        await pilot.press("space", "space")
        assert not pane.follow
        assert "checkout" in shown(pane)[1]  # below the blank line before it
        assert pane.below == 0


async def test_what_was_unfolded_stays_so_through_growth_and_resize() -> None:
    scene = Scene()
    scene.add("action", PAYLOAD, title="checkout")
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, scene.session)
        await pilot.press("space")
        scene.add("message", "More")
        pane.sync(scene.session)
        await pilot.resize_terminal(40, 30)
        await pilot.pause()
        assert any('"field 8"' in line for line in shown(pane))


@pytest.mark.parametrize("reading", [False, True])
async def test_what_a_person_reads_does_not_fold_by_itself(reading: bool) -> None:
    scene = Scene()
    for number in range(30):
        scene.add("message", f"Message {number}")
    item = scene.add("reasoning", THOUGHT, settled=False)
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, scene.session)
        if reading:
            await pilot.press("pageup")
            pane.scroll_to(y=pane.max_scroll_y - 2)
        before = shown(pane)
        item.settle()
        scene.session.revision += 1
        pane.sync(scene.session)
        assert any("▸ 160 words" in line for line in shown(pane)) == (not reading)
        assert (shown(pane) == before) == reading


def offers(pane: Conversation, action: str, *parameters: object) -> bool:
    return bool(pane.check_action(action, parameters))


# Selecting text


def whole(session: Session, width: int) -> list[str]:
    """Every line of the conversation in a pane of `width` cells."""
    return drawn(column_of(session, width - 5))  # without borders, scrollbar and bars


async def test_all_text_can_be_selected_though_nobody_looked_at_it() -> None:
    session = long_session(300)
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, session)
        await pilot.press("pageup")
        before = shown(pane)
        selected = pane.get_selection(SELECT_ALL)
        assert selected is not None
        assert selected[0].split("\n") == whole(session, 60)
        assert shown(pane) == before


@pytest.mark.parametrize("upwards", [False, True])
async def test_a_selection_over_what_nobody_looked_at_has_all_its_rows(upwards: bool) -> None:
    session = long_session(300)
    app = Pane()
    async with app.run_test(size=(60, 20)) as pilot:
        await pane_with(pilot, session)
        keys = ("end", "home") if upwards else ("home", "end")
        await pilot.press(keys[0])
        await pilot.mouse_down(Conversation, offset=(3, 5))
        await pilot.hover(Conversation, offset=(4, 5))
        await pilot.press(keys[1])
        await pilot.hover(Conversation, offset=(3, 7))
        await pilot.mouse_up(Conversation, offset=(3, 7))
        await pilot.press("pageup", "pagedown")  # draws more, above and below the selection
        lines = whole(session, 60)
        tail = len(lines) - 18  # the first line in the window at the end
        first, last = (6, tail + 4) if upwards else (4, tail + 6)
        text = app.screen.get_selected_text()
        assert text is not None
        assert text == "\n".join([*lines[first:last], lines[last][:1]]).rstrip("\n")


async def test_a_small_selection_draws_no_more_than_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, long_session(1000))
        calls = {"draw": 0}
        count_calls(monkeypatch, Piece, "draw", calls)
        top = pane.scroll_offset.y
        assert pane.get_selection(Selection(Offset(2, 2), Offset(9, 6))) is not None
        assert calls["draw"] == 0
        assert pane.scroll_offset.y == top


async def test_a_drag_that_ends_on_the_border_selects_up_to_it() -> None:
    app = Pane()
    session = long_session(100)
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, session)
        lines = shown(pane)
        await pilot.mouse_down(Conversation, offset=(8, 5))
        await pilot.hover(Conversation, offset=(0, 7))
        await pilot.mouse_up(Conversation, offset=(0, 7))
        text = app.screen.get_selected_text()
        assert text is not None
        assert text.split("\n")[:2] == [lines[4][7:].strip(), lines[5][2:]]
        assert len(text) < 200


async def test_the_highlight_stays_on_its_text_when_heights_above_are_corrected() -> None:
    app = Pane()
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, long_session(300))
        await pilot.mouse_down(Conversation, offset=(3, 5))
        await pilot.hover(Conversation, offset=(30, 8))
        await pilot.mouse_up(Conversation, offset=(30, 8))
        words, marked = app.screen.get_selected_text(), highlighted(pane)
        await pilot.press("home", *["pagedown"] * 9, "end")
        assert app.screen.get_selected_text() == words
        assert highlighted(pane) == marked


def highlighted(pane: Conversation) -> list[int]:
    """The rows of the window on which something is selected."""
    ground = pane.screen.get_component_rich_style("screen--selection").bgcolor
    return [
        y
        for y in range(pane.size.height)
        if any(one.style and one.style.bgcolor == ground for one in pane.render_line(y))
    ]


def test_bookmarks_grow_with_the_lines_and_lead_back() -> None:
    column = column_of(long_session(40))
    for look in (0, column.height // 2):
        column.look(look, 20, tail=False)
        marks = [column.bookmark(y) for y in range(column.height + 3)]
        assert all(one < other for one, other in pairwise(marks[: column.height]))
        assert [column.line_of(mark) for mark in marks[:-3]] == [*range(column.height)]
        assert column.line_of(marks[-1]) == column.height - 1
    assert column_of(Session()).line_of(5) == 0


def test_a_choice_that_is_told_again_is_the_same() -> None:
    """What is live is looked up by what a choice says, not by which object it is."""
    scene = Scene()
    scene.turn.choices += [replace(choice) for choice in scene.offer("Go")]
    scene.add("choices", choices=(replace(scene.turn.choices[0]),))
    assert drawn(column_of(scene.session)) == ["[1] Go"]
