"""The form to connect: it is tried out, kept and left, and shows its key to nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual import events
from textual.binding import Binding
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widgets import Button, Input

from tests.doors import CANARY, FINDINGS, PROFILES, Around, PaperDoors, around, screen_text, told
from tests.stage import SIZES, until
from vftui.errors import ConfigurationError, Unreachable, VftuiError
from vftui.opening import Finding, Form, Keep
from vftui.ui.agents import AgentsScreen
from vftui.ui.connect import ConnectScreen
from vftui.ui.field import Pick
from vftui.ui.findings import GLYPHS
from vftui.ui.ways import Rows
from vftui.ui.welcome import WelcomeScreen

GOOD = (Finding("key", "ok", "It is a key."), Finding("session", "ok", "It opens."))
TALL = (80, 40)


def form(doors: PaperDoors) -> Callable[[Around], ConnectScreen]:
    return lambda app: ConnectScreen(doors, app.enter)


def field(pilot: Pilot[Any], name: str) -> Input:
    return pilot.app.screen.query_one(f"#{name}", Input)


def button(pilot: Pilot[Any]) -> str:
    """What the button to connect says."""
    return str(pilot.app.screen.query_one("#connect", Button).label)


def fill(pilot: Pilot[Any], key: str = CANARY, project: str = "pier") -> None:
    field(pilot, "key").value = key
    field(pilot, "project").value = project


def seen(pilot: Pilot[Any]) -> str:
    """Everything that leaves the app: the screen, its picture, its toasts, the clipboard."""
    app = pilot.app
    return "\n".join((screen_text(app), app.export_screenshot(), *told(app), app.clipboard))


# The form


async def test_what_is_typed_is_the_form() -> None:
    async with around(form(PaperDoors()), TALL) as (app, pilot):
        await pilot.press(*"k3y", "tab", *"pier", "tab", *"live", "tab", "right", "right", "f6")
        await pilot.press(*"http://x", "tab", *"ada")
        assert isinstance(app.screen, ConnectScreen)
        assert app.screen.form == Form("k3y", "", "pier", "live", "v2", "http://x", "ada")


async def test_what_is_not_typed_is_left_to_the_settings() -> None:
    async with around(form(PaperDoors())) as (app, _):
        assert isinstance(app.screen, ConnectScreen)
        assert app.screen.form == Form()


@pytest.mark.parametrize(
    ("typed", "key", "variable"),
    [
        ("$STAGING_KEY", "", "STAGING_KEY"),
        (" $k2 ", "", "k2"),
        (CANARY, CANARY, ""),
        ("$VF.DM.x", "$VF.DM.x", ""),
        ("$1", "$1", ""),
        ("$", "$", ""),
    ],
)
async def test_a_key_or_the_variable_that_holds_it(typed: str, key: str, variable: str) -> None:
    async with around(form(PaperDoors())) as (app, pilot):
        field(pilot, "key").value = typed
        await pilot.pause()
        assert isinstance(app.screen, ConnectScreen)
        assert (app.screen.form.key, app.screen.form.key_from) == (key, variable)
        assert (typed.strip() in screen_text(app)) == bool(variable or typed == "$")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_everything_can_be_reached_by_keys(size: tuple[int, int]) -> None:
    async with around(form(PaperDoors()), size) as (app, pilot):
        await pilot.press("f6")
        field(pilot, "name").value = "mine"
        await pilot.press("shift+tab", "shift+tab", "shift+tab", "shift+tab", "shift+tab")
        went = []
        for _ in range(11):
            assert app.focused is not None and app.focused.region.area
            went.append(app.focused.id)
            await pilot.press("down")
        assert went == [
            "key", "project", "environment", "api", "more", "address", "user", "name", "keep",
            "connect", "check",
        ]  # fmt: skip


async def test_a_word_is_picked_by_keys_and_by_mouse() -> None:
    async with around(form(PaperDoors()), TALL) as (app, pilot):
        api = app.screen.query_one("#api", Pick)
        await pilot.click(api, offset=(12, 0))
        assert (api.value, "● v4" in screen_text(app)) == ("v4", True)
        api.focus()
        await pilot.press("left", "left")
        assert (api.value, "● v2beta1" in screen_text(app)) == ("v2beta1", True)
        await pilot.press("space")
        assert api.value == ""


async def test_what_few_need_is_hidden_but_kept() -> None:
    async with around(form(PaperDoors())) as (app, pilot):
        assert not field(pilot, "address").region.area
        await pilot.click("#more")
        assert field(pilot, "address").has_focus
        await pilot.press(*"http://x", "f6")
        assert not field(pilot, "address").region.area
        assert isinstance(app.screen, ConnectScreen) and app.screen.form.base_url == "http://x"


# The key


async def test_the_key_cannot_be_copied() -> None:
    async with around(form(PaperDoors())) as (app, pilot):
        fill(pilot)
        for keys in (["ctrl+a", "ctrl+c"], ["ctrl+a", "ctrl+x"], ["home", "shift+end", "ctrl+c"]):
            await pilot.press(*keys)
            assert app.clipboard == ""
        assert field(pilot, "key").value == CANARY
        assert "CANARY" not in seen(pilot)


async def test_a_variables_name_can_be_copied() -> None:
    async with around(form(PaperDoors())) as (app, pilot):
        await pilot.press(*"$KEY", "home", "shift+end", "ctrl+c")
        assert app.clipboard == "$KEY"


async def test_a_pasted_key_loses_its_line_break() -> None:
    async with around(form(PaperDoors())) as (_, pilot):
        field(pilot, "key").post_message(events.Paste(f" {CANARY}\r\n"))
        await pilot.pause()
        assert field(pilot, "key").value == CANARY


@pytest.mark.parametrize("name", ["project", "environment", "address", "user", "name"])
async def test_a_key_in_another_field_is_hidden(name: str) -> None:
    async with around(form(PaperDoors()), TALL) as (_, pilot):
        await pilot.press("f6")
        field(pilot, name).focus()
        field(pilot, name).value = f"x {CANARY}"
        await pilot.press("home", "shift+end", "ctrl+c")
        assert "CANARY" not in seen(pilot)


@pytest.mark.parametrize("key", [CANARY, "CANARY-of-another-shape"])
async def test_nothing_that_comes_back_shows_the_key(key: str) -> None:
    class Echo(PaperDoors):
        def keep(self, form: Form, name: str, where: Keep, *, replace: bool = False) -> str:
            return f"Kept {key} as {name}."

    doors = Echo((Finding(f"key {key}", "ok", f"It is {key}.", f"Keep {key} for yourself."),))
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot, key)
        field(pilot, "name").value = "mine"
        doors.check_error = Unreachable(f"Nobody knows {key}.", f"Try {key}.")
        await pilot.press("f5")
        await until(pilot, lambda: "Nobody knows" in screen_text(app))
        assert "CANARY" not in seen(pilot)
        doors.error = ConfigurationError(f"{key} is wrong.", f"Not {key}.")
        await pilot.press("enter")
        await until(pilot, lambda: "is wrong" in screen_text(app))
        await until(pilot, lambda: told(app))
        assert "CANARY" not in seen(pilot)
        assert field(pilot, "key").value == key


# The check


@pytest.mark.parametrize("how", ["f5", "button"])
async def test_a_check_tells_what_it_finds(how: str) -> None:
    doors = PaperDoors(FINDINGS)
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot)
        await (pilot.click("#check") if how == "button" else pilot.press(how))
        await until(pilot, lambda: "1 of 4 failed" in screen_text(app))
        lines = [line.strip(" │") for line in screen_text(app).splitlines()]
        assert "ok key         It is a project API key (VF.DM.…)." in lines
        assert "×  environment There is no environment named staging." in lines
        assert any(line.startswith("Use its alias") for line in lines)
        assert "-  streaming   Not tried, because there is no session." in lines
        assert [one.project for one in doors.checked] == ["pier"]
        assert not app.entered


async def test_findings_come_as_they_are_made_and_the_check_can_be_stopped() -> None:
    doors = PaperDoors(FINDINGS)
    doors.gate.clear()
    async with around(form(doors), TALL) as (app, pilot):
        await pilot.press("f5")
        await until(pilot, lambda: "no environment" in screen_text(app))
        assert "Checking… esc stops it." in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: doors.given_up)
        assert "The check was stopped." in screen_text(app)
        assert isinstance(app.screen, ConnectScreen)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ConnectScreen))


async def test_a_change_begins_a_running_check_anew_and_never_connects() -> None:
    doors = PaperDoors(GOOD)
    doors.gate.clear()
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot)
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: "It is a key" in screen_text(app))
        field(pilot, "project").focus()
        await pilot.press("end", "2")
        await until(pilot, lambda: len(doors.checked) == 2)
        doors.gate.set()
        await until(pilot, lambda: "Nothing speaks against it." in screen_text(app))
        assert [one.project for one in doors.checked] == ["pier", "pier2"]
        assert doors.given_up == 1
        assert not app.entered


async def test_a_change_after_a_check_forgets_what_was_found() -> None:
    doors = PaperDoors(FINDINGS)
    async with around(form(doors), TALL) as (app, pilot):
        await pilot.press("f5")
        await until(pilot, lambda: "failed" in screen_text(app))
        assert button(pilot) == "Connect all the same"
        app.screen.query_one("#api", Pick).focus()
        await pilot.press("right")
        await until(pilot, lambda: "failed" not in screen_text(app))
        assert button(pilot) == "Connect"
        assert len(doors.checked) == 1


async def test_a_check_that_fails_itself_says_so() -> None:
    doors = PaperDoors(GOOD)
    doors.check_error = Unreachable("Nobody answers.", "Look at the address.")
    async with around(form(doors), TALL) as (app, pilot):
        await pilot.press("f5")
        await until(pilot, lambda: "Nobody answers." in screen_text(app))
        assert "Look at the address." in screen_text(app)
        assert "1 of 3 failed" in screen_text(app)


async def test_hostile_findings_are_harmless() -> None:
    hostile = "[/x]\x1b]0;pwned\x07\u202e"
    doors = PaperDoors((Finding(hostile, "note", hostile, hostile),))
    async with around(form(doors), TALL) as (app, pilot):
        await pilot.press("f5")
        await until(pilot, lambda: "Nothing speaks" in screen_text(app))
        assert "[/x]␛]0;pwned␇" in screen_text(app)
        assert "\x1b" not in screen_text(app) and "\u202e" not in screen_text(app)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_findings_are_brought_into_view(size: tuple[int, int]) -> None:
    async with around(form(PaperDoors(FINDINGS)), size) as (app, pilot):
        await pilot.press("f5")
        await until(pilot, lambda: "1 of 4 failed" in screen_text(app))


# Connecting


@pytest.mark.parametrize("how", ["enter", "button"])
async def test_connecting_checks_first(how: str) -> None:
    doors = PaperDoors(GOOD)
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot)
        await (pilot.click("#connect") if how == "button" else pilot.press("enter"))
        await until(pilot, lambda: app.entered)
        assert len(doors.checked) == 1
        assert doors.went == [("connect", Form(CANARY, project="pier"))]


async def test_connecting_after_a_check_does_not_check_again() -> None:
    doors = PaperDoors(GOOD)
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: "Nothing speaks" in screen_text(app))
        assert not app.entered
        await pilot.press("enter")
        await until(pilot, lambda: app.entered)
        assert len(doors.checked) == 1


async def test_connecting_all_the_same() -> None:
    doors = PaperDoors(FINDINGS)
    async with around(form(doors), TALL) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: "or connect all the same" in screen_text(app))
        assert not app.entered
        await pilot.click("#connect")
        await until(pilot, lambda: app.entered)
        assert len(doors.checked) == 1


async def test_connecting_without_waiting_for_the_check() -> None:
    doors = PaperDoors(GOOD)
    doors.gate.clear()
    async with around(form(doors), TALL) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: button(pilot) == "Connect all the same")
        await pilot.press("enter")
        await until(pilot, lambda: app.entered)
        await until(pilot, lambda: doors.given_up)
        assert len(app.entered) == 1


async def test_what_cannot_be_connected_is_said_and_nothing_typed_is_lost() -> None:
    doors = PaperDoors(GOOD)
    doors.error = ConfigurationError("The project looks like a key.", "Swap them.")
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "× The project looks like a key. Swap them." in screen_text(app))
        assert (field(pilot, "key").value, field(pilot, "project").value) == (CANARY, "pier")
        await pilot.press("2")
        await until(pilot, lambda: "looks like a key" not in screen_text(app))


async def test_a_conversation_that_does_not_open_comes_back_here() -> None:
    async with around(form(PaperDoors(GOOD)), TALL) as (app, pilot):
        fill(pilot)
        await pilot.pause()
        assert isinstance(app.screen, ConnectScreen)
        app.screen.complain(VftuiError(f"No {CANARY}.", "Wait."))
        await until(pilot, lambda: "Wait." in screen_text(app))
        assert "CANARY" not in seen(pilot)


# Keeping


async def test_keeping_comes_before_connecting() -> None:
    doors = PaperDoors(GOOD)
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot)
        field(pilot, "name").focus()
        await pilot.press(*"shop")
        assert "● keychain  ○ settings file, readable by you alone" in screen_text(app)
        assert "variable's name" not in screen_text(app)
        await pilot.press("tab", "right", "enter")
        await until(pilot, lambda: app.entered)
        typed = Form(CANARY, project="pier")
        assert doors.went == [("keep", typed, "shop", "file"), ("connect", typed)]
        assert told(app) == ["Kept as shop: vftui --profile shop."]


async def test_of_a_variable_only_its_name_is_kept_unless_asked_otherwise() -> None:
    doors = PaperDoors(GOOD)
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot, "$STAGING_KEY")
        field(pilot, "name").value = "staging"
        await until(pilot, lambda: "● only the variable's name" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.entered)
        typed = Form(key_from="STAGING_KEY", project="pier")
        assert doors.went[0] == ("keep", typed, "staging", "variable")


async def test_without_a_name_nothing_is_kept_or_asked() -> None:
    async with around(form(PaperDoors(GOOD)), TALL) as (app, pilot):
        await pilot.pause()
        assert "keep it in" not in screen_text(app)


async def test_without_a_keychain_none_is_offered() -> None:
    async with around(form(PaperDoors(keeps=("file", "variable"))), TALL) as (app, pilot):
        field(pilot, "name").value = "shop"
        await until(pilot, lambda: "● settings file" in screen_text(app))
        assert "keychain" not in screen_text(app)


async def test_what_cannot_be_kept_is_not_connected() -> None:
    class Full(PaperDoors):
        def keep(self, form: Form, name: str, where: Keep, *, replace: bool = False) -> str:
            raise VftuiError("The keychain is locked.", "Unlock it.")

    doors = Full(GOOD)
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot)
        field(pilot, "name").value = "shop"
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: "The keychain is locked. Unlock it." in screen_text(app))
        assert not app.entered and not doors.went


async def test_another_try_does_not_store_it_again() -> None:
    doors = PaperDoors(GOOD)
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot)
        field(pilot, "name").value = "shop"
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: len(app.entered) == 1)
        await pilot.press("enter")
        await until(pilot, lambda: len(app.entered) == 2)
        assert [one[0] for one in doors.went] == ["keep", "connect", "connect"]


async def test_a_name_that_is_taken_is_replaced_by_its_button_alone() -> None:
    doors = PaperDoors(GOOD, PROFILES)
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot)
        field(pilot, "name").value = "shop"
        await pilot.pause()
        for _ in range(2):
            await pilot.press("enter")
            await until(pilot, lambda: "There is a profile shop already." in screen_text(app))
        assert button(pilot) == "Replace shop" and not app.entered and not doors.went
        await pilot.click("#connect")
        await until(pilot, lambda: app.entered)
        assert [one[0] for one in doors.went] == ["keep", "connect"]
        assert button(pilot) == "Connect"


@pytest.mark.parametrize("changed", ["name", "project"])
async def test_another_name_or_agent_is_no_replacement(changed: str) -> None:
    doors = PaperDoors(GOOD, PROFILES)
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot)
        field(pilot, "name").value = "shop"
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: button(pilot) == "Replace shop")
        field(pilot, changed).value = "shop2"
        await until(pilot, lambda: button(pilot) == "Connect")
        assert "already" not in screen_text(app)


async def test_what_was_kept_here_is_corrected_without_asking() -> None:
    doors = PaperDoors(GOOD)
    async with around(form(doors), TALL) as (app, pilot):
        fill(pilot)
        field(pilot, "name").value = "shop"
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: len(app.entered) == 1)
        doors.known = PROFILES
        field(pilot, "project").value = "quay"
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: len(app.entered) == 2)


# Coming again


async def test_the_form_is_as_it_was_when_one_connected() -> None:
    doors = PaperDoors(GOOD)
    doors.form = Form(CANARY, "", "pier", "live", "v2", "http://x", "ada")
    async with around(form(doors), TALL) as (app, pilot):
        assert isinstance(app.screen, ConnectScreen)
        assert app.screen.form == doors.form
        assert field(pilot, "address").region.area and "▾ address, user" in screen_text(app)
        assert "CANARY" not in seen(pilot) and "•" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.entered)


async def test_a_variable_is_there_again_by_its_name() -> None:
    doors = PaperDoors(GOOD)
    doors.form = Form(key_from="STAGING_KEY", project="pier")
    async with around(form(doors), TALL) as (app, _):
        assert isinstance(app.screen, ConnectScreen)
        assert "$STAGING_KEY" in screen_text(app) and "▸ address, user" in screen_text(app)
        assert app.screen.form == doors.form


@pytest.mark.parametrize("kind", [WelcomeScreen, ConnectScreen, AgentsScreen, Rows, Pick])
def test_every_key_has_an_id_a_word_and_a_sentence(kind: type[DOMNode]) -> None:
    own = kind.__dict__["BINDINGS"]
    assert own
    for binding in own:
        assert isinstance(binding, Binding)
        assert binding.id and binding.description and binding.tooltip


def test_every_finding_has_a_mark_of_its_own() -> None:
    assert len({glyph for glyph, _ in GLYPHS.values()}) == len(GLYPHS)
