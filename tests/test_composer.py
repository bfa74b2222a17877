"""What stands above the prompt while a slash command is typed, and what can be done with it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk import BUTTONS, URL, Asked, Desk, write
from vftui.errors import ConfigurationError
from vftui.ui.preview import Whom
from vftui.ui.prompt import Prompt
from vftui.ui.rows import window
from vftui.wire.compose import COMMANDS

KEY = "VF.DM.0123456789abcdef01234567.CANARYcanary99"
WIDE, NARROW, SMALL, TINY = (140, 40), (80, 24), (50, 15), (40, 12)


@pytest.mark.parametrize("text", ["", "hello", "a/b", "1/2", "\\/x"])
async def test_it_is_not_there_for_what_is_no_command(text: str) -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await write(pilot, text)
        assert not app.composer.display
        assert app.hint == ""


async def test_a_slash_lists_every_command_and_moving_shows_the_rest() -> None:
    app = Desk()
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("/")
        seen = app.above
        assert "› /launch" in seen
        for place, command in enumerate(COMMANDS):
            assert f"› /{command.word}" in app.above
            assert command.what[:20] in app.above
            assert f"{place + 1} of {len(COMMANDS)}" in app.hint
            await pilot.press("down")
        await pilot.press("up")
        assert f"› /{COMMANDS[-2].word}" in app.above


async def test_typing_narrows_and_tab_completes() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press("/", "e")
        assert app.above.count("\n") == 1
        await pilot.press("down", "tab")
        assert app.prompt.text == "/end "
        assert app.focused is app.prompt
        assert '{"type":"end"}' in app.above


async def test_right_completes_at_the_end_and_moves_elsewhere() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press("/", "n", "left", "right")
        assert (app.prompt.text, app.prompt.cursor_location) == ("/n", (0, 2))
        await pilot.press("right")
        assert app.prompt.text == "/noreply"


async def test_a_burst_of_a_word_and_tab_and_enter_completes_and_sends() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.burst(*"/nor", "tab", "enter", *"hello", "enter")
        await pilot.pause()
        assert app.sent == ["/noreply", "hello"]


async def test_enter_takes_what_is_chosen_first_and_sends_then() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press("/", "l", "a", "enter")
        assert (app.prompt.text, app.sent) == ("/launch ", [])
        await pilot.press("enter")
        assert (app.prompt.text, app.sent) == ("", ["/launch"])
        assert not app.composer.display


async def test_a_click_takes_a_command() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press("/")
        await pilot.click("Composer", offset=(8, 2))
        assert app.prompt.text == f"/{COMMANDS[2].word} "


async def test_tab_leaves_the_prompt_when_there_is_nothing_to_complete() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await write(pilot, "/launch")
        assert app.prompt.check_action("complete", ()) is False
        await write(pilot, " and more")
        assert app.prompt.check_action("complete", ()) is False


async def test_escape_puts_it_away_until_another_command_is_begun() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press("/", "escape")
        assert not app.composer.display
        await pilot.press("e")
        assert not app.composer.display
        await pilot.press("backspace", "backspace", "/")
        assert app.composer.display


async def test_without_the_list_up_walks_through_the_history() -> None:
    app = Desk("before")
    async with app.run_test() as pilot:
        await pilot.press("/", "escape", "up")
        assert app.prompt.text == "before"


async def test_a_command_that_was_called_back_does_not_hold_the_walk_up() -> None:
    app = Desk("one", "/launch", "three")
    async with app.run_test() as pilot:
        await pilot.press("up", "up", "up")
        assert app.prompt.text == "one"


async def test_what_is_missing_is_said_quietly_and_on_enter_loudly() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await write(pilot, "/event ")
        assert "NAME is missing" in app.above
        assert "! " not in app.above
        quiet = styles(app)
        await pilot.press("enter")
        assert app.above.startswith("! Column")
        assert styles(app) != quiet
        assert (app.sent, app.prompt.text) == ([], "/event ")
        await pilot.press("x")
        assert "! " not in app.above
        await pilot.press("enter")
        assert app.sent == ["/event x"]


def styles(app: Desk) -> set[str]:
    """The colours of the first row above the prompt."""
    region = app.composer.content_region
    strip = app.screen._compositor.render_strips()[region.y].crop(region.x, region.right)
    return {str(part.style) for part in strip if part.text.strip()}


@pytest.mark.parametrize("line", ["/zork", "/", "/usr/bin/env", "/event", "/press 9", "/dtmf x"])
async def test_what_cannot_be_sent_stays(line: str) -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await write(pilot, line)
        await pilot.press("escape", "enter")  # without the list, whose choice enter would take
        assert (app.sent, app.prompt.text) == ([], line)
        assert app.above.startswith("! ")
        await pilot.press("up")
        assert app.prompt.text == line  # and it is not in the history


@pytest.mark.parametrize("api", ["v4", "v2", "v2beta1"])
async def test_a_whole_command_shows_the_very_request(api: str) -> None:
    app = Desk(api=api)  # type: ignore[arg-type]
    async with app.run_test(size=WIDE) as pilot:
        await write(pilot, "/event checkout")
        event = {"type": "event", "payload": {"event": {"name": "checkout"}}}
        request = Asked(api).requests(event)[-1]  # type: ignore[arg-type]
        assert f"POST {request.url}" in app.above
        assert request.body.decode() in app.above.replace("\n", "")
        assert ("only" in app.above or "!" in app.above) == (api == "v2beta1")


async def test_what_waits_to_be_set_is_part_of_the_request() -> None:
    app = Desk(variables={"tier": "gold"})
    async with app.run_test(size=WIDE) as pilot:
        await write(pilot, "/launch")
        assert '"variables":{"tier":"gold"}' in app.above


async def test_variables_are_shown_as_they_will_be_set() -> None:
    app = Desk()
    async with app.run_test(size=WIDE) as pilot:
        await write(pilot, "/vars tier=gold seats=2")
        assert app.above == 'set with the next action\n{"tier":"gold","seats":2}'
        assert "ctrl+t" not in app.hint


async def test_a_press_shows_what_the_button_sends() -> None:
    app = Desk()
    async with app.run_test(size=WIDE) as pilot:
        await write(pilot, "/press talk")
        assert "presses [2] Talk" in app.above
        assert json.dumps(BUTTONS[1].request, separators=(",", ":")) in app.above


async def test_two_slashes_say_one() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await write(pilot, "//usr/bin")
        assert app.above.splitlines()[-1] == "/usr/bin"
        await pilot.press("enter")
        assert app.sent == ["//usr/bin"]


async def test_a_refusal_that_is_known_is_told() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await write(pilot, '/action {"type": "text", "payload": 5}')
        assert "! v4 refuses" in app.above
        await pilot.press("enter")
        assert len(app.sent) == 1


async def test_a_key_shows_curl_and_another_copies_what_is_shown() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await write(pilot, "/launch")
        await pilot.press("ctrl+o", "ctrl+t")
        assert "--data-raw" in app.above
        assert '"launch"' in app.above
        await pilot.press("ctrl+o", "ctrl+t")
        assert "--data-raw" not in app.above
        request, curl = app.copied
        body = '{"action":{"type":"launch"},"config":{"completionEvents":true}}'
        assert (request.what, request.text) == ("the request", f"POST {URL}\n{body}")
        assert curl.what == "the curl command"
        assert curl.text.startswith("KEY=$(curl")
        assert body in curl.text


async def test_without_a_request_the_keys_do_what_they_do_elsewhere() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await write(pilot, "/event ")
        await pilot.press("ctrl+o", "ctrl+t")
        await write(pilot, "x")
        assert (app.copied, app.prompt.text) == ([], "/event x")


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL, TINY])
@pytest.mark.parametrize(
    "line", ["/", "/zork", "/event ", f"/event {'x' * 5000}", "//" + "word " * 900]
)
async def test_it_takes_a_quarter_of_the_screen_at_most(size: tuple[int, int], line: str) -> None:
    app = Desk()
    async with app.run_test(size=size) as pilot:
        await write(pilot, line)
        for key in ("ctrl+t", "enter"):
            assert 1 <= app.composer.size.height <= max(2, size[1] // 4)
            await pilot.press(key)


async def test_nothing_that_was_pasted_is_markup_or_an_escape() -> None:
    app = Desk()
    async with app.run_test(size=WIDE) as pilot:
        await write(pilot, "/event [b]x[/nope] \x1b[31m")
        assert "[b]x[/nope]" in app.above
        assert "\x1b" not in app.above
        await pilot.press("enter")
        assert len(app.sent) == 1


async def test_a_key_is_not_shown_and_not_copied() -> None:
    app = Desk()
    async with app.run_test(size=WIDE) as pilot:
        await write(pilot, f"/event {KEY}")
        assert "VF.DM.****" in app.above
        await pilot.press("ctrl+o", "ctrl+t", "ctrl+o")
        assert "CANARY" not in app.above + "".join(copy.text for copy in app.copied)


async def test_ten_kilobytes_that_begin_with_a_slash_and_no_command_are_a_message() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await write(pilot, text := "/etc/passwd\n" + "root:x:0:0\n" * 1000)
        assert app.above.startswith("says\n/etc/passwd")
        await pilot.press("enter")
        assert app.sent == [text.strip()]


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_a_command_that_there_is_not_shows_the_way_out(size: tuple[int, int]) -> None:
    app = Desk()
    async with app.run_test(size=size) as pilot:
        await write(pilot, "/hello there")
        for keys in ([], ["enter"]):
            await pilot.press(*keys)
            assert "// says it as text" in app.above.replace("\n", " ")
        assert app.sent == []


async def test_before_there_is_an_agent_the_action_is_shown() -> None:
    app = Desk()
    app.composer.whom = Whom
    async with app.run_test() as pilot:
        await write(pilot, "/noreply")
        assert app.above == 'sends\n{"type":"no-reply"}'


async def test_blanks_before_a_command_change_nothing() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await write(pilot, "  /noreply")
        assert '"no-reply"' in app.above
        await pilot.press("enter")
        assert app.sent == ["/noreply"]


@given(st.text(max_size=60).map(lambda text: f"/{text}"))
def test_a_preview_is_there_or_says_what_is_wrong(line: str) -> None:
    whom = Whom(Asked(), "v4", BUTTONS)
    try:
        preview = whom.preview(line)
    except ConfigurationError as error:
        assert error.message
    else:
        assert preview.text
        assert bool(preview.curl) == bool(preview.requests)


@given(st.integers(1, 60), st.data(), st.integers(1, 10))
def test_the_chosen_row_of_a_list_is_in_its_window(
    count: int, data: st.DataObject, rows: int
) -> None:
    chosen = data.draw(st.integers(0, count - 1))
    shown = window(count, chosen, rows)
    assert chosen in shown
    assert len(shown) == min(rows, count)
    assert 0 <= shown[0] <= shown[-1] < count


async def test_it_is_asked_by_the_prompt_alone() -> None:
    app = Desk()
    async with app.run_test():
        assert not app.composer.can_focus
        assert not app.recall.can_focus
        assert isinstance(app.focused, Prompt)
