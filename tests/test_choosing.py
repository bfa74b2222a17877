"""Choosing by the arrows: the mark moves through choices and cards, and enter presses it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.pilot import Pilot

from tests.test_conversation import Pane, pane_with, session_of, shown, text, trace, turn
from tests.test_showing import Scene, offers
from vftui.session.items import Choice, Item
from vftui.ui.choosing import Stop, stops, turned
from vftui.ui.conversation import Conversation


def marked(pane: Conversation) -> str:
    """The text that is seen to be marked, without colours."""
    segments = [one for y in range(pane.size.height) for one in pane.render_line(y)]
    return "".join(one.text for one in segments if is_reversed(one))


def is_reversed(segment: Segment) -> bool:
    return segment.style is not None and bool(segment.style.reverse)


def chosen(app: Pane) -> list[str]:
    return [one.choice.name for one in app.posted if isinstance(one, Conversation.Chosen)]


async def arrows(pilot: Pilot[None], keys: str) -> None:
    await pilot.press(*({">": "right", "<": "left", "!": "enter"}[key] for key in keys))


# The way of the mark


@given(st.lists(st.integers(0, 3), max_size=5), st.integers(0, 20), st.data())
def test_the_way_right_is_the_way_left_backwards(
    sizes: list[int], steps: int, data: st.DataObject
) -> None:
    scene = Scene()
    item = scene.carousel(*((f"card {n}", ("x",) * size) for n, size in enumerate(sizes)))
    live = {choice for choice in scene.turn.choices if data.draw(st.booleans())}
    way = stops(item, live)
    assert {stop.choice for stop in way} - {None} == live
    assert {stop.card for stop in way} == set(range(len(sizes)))
    at = Stop(0, None)
    been = []
    for _ in range(steps):
        at = turned(item, live, at, 1)
        been.append(at)
    start = int(way[:1] == [Stop(0, None)])  # where it already stood
    assert been == [way[min(start + n, len(way) - 1)] if way else at for n in range(steps)]
    for _ in range(len(way) + 1):
        at = turned(item, live, at, -1)
    assert at == Stop(0, None)


def test_from_a_card_that_was_turned_to_the_mark_goes_on() -> None:
    scene = Scene()
    item = scene.carousel(("a", ("1", "2")), ("b", ("3",)), ("c", ()))
    one, two, three = scene.turn.choices
    live = {one, two, three}
    assert turned(item, live, Stop(1, None), 1) == Stop(1, three)
    assert turned(item, live, Stop(1, None), -1) == Stop(0, two)
    assert turned(item, live, Stop(2, None), -1) == Stop(1, three)
    assert turned(item, live, Stop(2, None), 1) == Stop(2, None)


def test_nothing_to_mark() -> None:
    scene = Scene()
    item = scene.add("choices", choices=scene.offer("Go"))
    assert turned(item, set[Choice](), Stop(0, None), 1) == Stop(0, None)


# In the pane


def offered(*names: str) -> tuple[Scene, Item]:
    scene = Scene()
    scene.add("reply")
    scene.add("message", "Which one?")
    return scene, scene.add("choices", choices=scene.offer(*names))


async def test_the_arrows_mark_a_choice_and_enter_presses_it() -> None:
    scene, _ = offered(*(f"way {number}" for number in range(1, 13)))
    app = Pane()
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, scene.session)
        assert marked(pane) == ""
        assert not offers(pane, "press")
        await arrows(pilot, ">" * 12)
        assert marked(pane) == "[12] way 12"
        assert offers(pane, "press")
        await arrows(pilot, ">!<!")
        assert chosen(app) == ["way 12", "way 11"]


async def test_enter_shows_the_traces_while_nothing_is_marked() -> None:
    scene, _ = offered("Go")
    app = Pane()
    async with app.run_test(size=(60, 20)) as pilot:
        await pane_with(pilot, scene.session)
        await arrows(pilot, ">")
        await arrows(pilot, "<!")
        (message,) = app.posted
        assert isinstance(message, Conversation.ShowTraces)
        await pilot.press("right", "t")
        assert isinstance(app.posted[-1], Conversation.ShowTraces)
        assert len(app.posted) == 2


async def test_the_mark_goes_when_the_selection_moves_or_the_choice_is_history() -> None:
    scene, _ = offered("Go", "Stay")
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, scene.session)
        await arrows(pilot, ">")
        await pilot.press("up")
        assert marked(pane) == ""
        assert not offers(pane, "turn", 1)
        await pilot.press("down", "right")
        assert marked(pane) == "[1] Go"
        scene.turn.choices = []
        scene.session.revision += 1
        pane.sync(scene.session)
        assert marked(pane) == ""
        assert not offers(pane, "press")
        assert not offers(pane, "turn", 1)


async def test_up_leads_to_the_choices_that_can_be_made() -> None:
    scene, _ = offered("Go")
    scene.add("notice", "no-reply after 5 s", level="quiet")
    app = Pane()
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, scene.session)
        await pilot.press("up")
        assert pane.selected == 2
        await arrows(pilot, ">!")
        assert chosen(app) == ["Go"]
        await pilot.press("up")
        assert pane.selected == 1


async def test_a_new_turn_takes_the_cursor_from_an_old_one() -> None:
    choice = trace("choice", {"buttons": [{"name": "Go", "request": {"type": "path-1"}}]})
    session = session_of(*turn("x", text("Which?"), choice))
    async with Pane().run_test(size=(60, 30)) as pilot:
        pane = await pane_with(pilot, session)
        await pilot.press("up", "right")
        assert pane.selected is not None
        for entry in turn("Go", text("And now?"), choice):
            session.apply(entry)
            pane.sync(session)
        assert pane.selected is None
        await pilot.press("up", "right")
        assert pane.selected == len(session.items) - 1
        assert marked(pane) == "[1] Go"


# Carousels


def stand(size: int = 3) -> Scene:
    scene = Scene()
    scene.add("reply")
    scene.carousel(*((f"Bike {n}", ("Hire", "Ask")) for n in range(1, size + 1)))
    scene.add("message", "Take your time.")
    return scene


async def test_past_the_last_choice_of_a_card_comes_the_next_card() -> None:
    scene = stand()
    app = Pane()
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, scene.session)
        await arrows(pilot, ">>")
        assert marked(pane) == "[2] Ask"
        await arrows(pilot, ">")
        assert marked(pane) == "[3] Hire"
        assert any("Bike 2" in line for line in shown(pane))
        assert any("◂ 2 of 3 ▸" in line for line in shown(pane))
        await arrows(pilot, "<")
        assert marked(pane) == "[2] Ask"
        await pilot.press("6")
        assert [
            one.choice.number for one in app.posted if isinstance(one, Conversation.Chosen)
        ] == [6]


async def test_a_card_is_turned_with_the_mouse_and_stays_through_growth_and_resize() -> None:
    scene = stand()
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, scene.session)
        for sign, number in (("▸", 2), ("▸", 3), ("▸", 3), ("◂", 2)):
            y = next(y for y, line in enumerate(shown(pane)) if " of 3 " in line)
            await pilot.click(Conversation, offset=(shown(pane)[y].index(sign) + 1, y + 1))
            assert any(f"◂ {number} of 3 ▸" in line for line in shown(pane))
            assert marked(pane) == ""
            assert pane.selected == 1
        scene.add("message", "More")
        pane.sync(scene.session)
        await pilot.resize_terminal(44, 22)
        await pilot.pause()
        assert any("◂ 2 of 3 ▸" in line for line in shown(pane))
        await arrows(pilot, ">")
        assert marked(pane) == "[3] Hire"


async def test_a_card_that_is_taller_grows_upwards_at_the_tail() -> None:
    scene = Scene()
    scene.add("message", "Bikes:\n\n" * 9)
    scene.carousel(("Bike 1", ()), ("Bike 2", ("Hire", "Ask")))
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, scene.session)
        await arrows(pilot, ">>")
        assert marked(pane) == "[2] Ask"
        assert "◂ 2 of 2 ▸" in shown(pane)[-1]
        assert pane.follow


async def test_the_cards_of_a_carousel_that_is_history_are_still_turned() -> None:
    scene = stand()
    scene.turn.choices = []
    async with Pane().run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, scene.session)
        pane.select(1)
        await arrows(pilot, ">>>>")
        assert any("◂ 3 of 3 ▸" in line for line in shown(pane))
        assert offers(pane, "turn", 1)
        assert not offers(pane, "press")
