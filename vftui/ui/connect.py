"""Connect: a form about an agent, tried out while it is still there.

Three rules:

1. Nothing that was typed is lost: what goes wrong is a line below the form.
2. A check runs no turn, can be stopped, and is about the form as it is: a change begins it anew.
3. The key stays in its field: no error, finding or sentence shows it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Button, Footer, Input, Static
from textual.worker import Worker

from vftui.errors import VftuiError
from vftui.opening import Finding, Form, Keep, NameTaken
from vftui.ui.field import Field, KeyField, Pick, Problem, harmless, row_of
from vftui.ui.findings import Findings
from vftui.wire.dialects import Api

if TYPE_CHECKING:
    from vftui.opening import Doors, Opener

KEEPS: dict[Keep, str] = {
    "keychain": "keychain",
    "file": "settings file, readable by you alone",
    "variable": "only the variable's name",
}
"""Where a key is kept, in words."""

MORE = {False: "▸ address, user", True: "▾ address, user"}
"""What stands for the fields that few need, by whether they are shown."""


class ConnectScreen(Screen[None]):
    """A form about an agent: check it, keep it, connect."""

    BINDING_GROUP_TITLE = "Connect"
    HELP = """\
## Connect

The key and the project's id stand in Voiceflow in the agent's settings, under API keys. In place
of the key, `$NAME` is the environment variable that holds it. What is left empty is as the
settings say. **Enter** checks the form and connects; **f5** only checks.
"""
    AUTO_FOCUS = "#key"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]
    BINDINGS = [
        Binding(
            "enter", "connect", "connect", id="connect.go", key_display="enter",
            tooltip="Check what is typed, and connect",
        ),
        Binding(
            "f5", "check", "check", id="connect.check",
            tooltip="Check what is typed, without a turn",
        ),
        Binding(
            "f6", "more", "more", id="connect.more", tooltip="Show or hide address and user"
        ),
        Binding(
            "escape", "leave", "back", id="connect.leave",
            tooltip="Stop the check; without one, back",
        ),
        Binding(
            "up", "app.focus_previous", "field before", id="form.up", show=False,
            tooltip="The field before",
        ),
        Binding(
            "down", "app.focus_next", "next field", id="form.down", show=False,
            tooltip="The next field",
        ),
    ]  # fmt: skip
    DEFAULT_CSS = """
    ConnectScreen {
        align: center middle;
        background: $background;
        & #form { width: 76; max-width: 100%; height: auto; max-height: 100%; overflow-y: auto;
            border: round $border-blurred; border-title-color: $accent; padding: 0 2;
            scrollbar-size-vertical: 1; }
        & .quiet { color: $quiet; margin: 0 0 1 0; }
        & .row { height: auto; }
        & .label { width: 15; color: $quiet; }
        & Field { background: $panel; width: 1fr; }
        & Pick { width: 1fr; }
        & .more, & #keep-row { display: none; }
        &.-more .more, &.-named #keep-row { display: block; }
        & #name-row { margin: 1 0 0 0; }
        & #more-row .label { width: 14; }
        & #buttons { height: auto; margin: 1 0 0 15; }
        & #buttons Button, & #more { color: $told; background: $panel; margin: 0 2 0 0;
            width: auto; min-width: 0; text-style: none; }
        & #more { background: $background; }
        & #buttons Button:hover, & #more:hover { color: $said; }
        & #buttons Button:focus, & #more:focus { color: $background; background: $accent;
            text-style: bold; }
        & Problem { margin: 1 0 0 0; }
        &.-narrow {
            & #form { padding: 0 1; }
            & .label { width: 13; }
            & #more-row .label { width: 12; }
            & #buttons { margin: 1 0 0 0; }
        }
        &.-short .quiet { display: none; }
        &.-short #name-row { margin: 0; }
    }
    """

    def __init__(self, doors: Doors, enter: Callable[[Opener], None]) -> None:
        """`enter` leaves this screen for what an opener opens."""
        super().__init__()
        self._doors = doors
        self._enter = enter
        self._checking: Worker[None] | None = None
        """The check that runs."""
        self._connecting = False
        """Whether it is the one before connecting."""
        self._checked: Form | None = None
        """The form that a check has been through."""
        self._keeps: tuple[Keep, ...] = ()
        self._kept: tuple[Form, str, Keep] | None = None
        """What was stored last: another try does not store it again."""
        self._taken: tuple[Form, str] | None = None
        """What was not stored, because another profile has that name: the button replaces it."""

    def compose(self) -> ComposeResult:
        """The fields as they were when this led somewhere last, what can be done with them, what
        was found."""
        apis = {"": "default", **{api: api for api in get_args(Api)}}
        typed = self._doors.typed()
        key = typed.key or (f"${typed.key_from}" if typed.key_from else "")
        self.set_class(bool(typed.base_url or typed.user), "-more")
        with Vertical(id="form") as box:
            box.border_title = "Connect to your agent"
            yield Static("In Voiceflow: the agent's settings, API keys.", classes="quiet")
            yield row_of("key", KeyField("VF.DM.…, or $NAME of a variable", key, id="key"))
            yield row_of("project", Field("the project's id", typed.project, id="project"))
            hint = "main, or another alias or id"
            yield row_of("environment", Field(hint, typed.environment, id="environment"))
            yield row_of("generation", Pick(apis, typed.api, id="api"))
            more = Button(MORE[self.has_class("-more")], id="more", compact=True)
            yield row_of("", more, id="more-row")
            for label, hint, value in (
                ("address", "the runtime's URL, in a private cloud", typed.base_url),
                ("user", "a new one each time", typed.user),
            ):
                row = row_of(label, Field(hint, value, id=label))
                row.add_class("more")
                yield row
            yield row_of("keep as", Field("a name, to find it again", id="name"), id="name-row")
            yield row_of("keep it in", Pick({}, id="keep"), id="keep-row")
            with Horizontal(id="buttons"):
                yield Button("Connect", id="connect", compact=True)
                yield Button("Check", id="check", compact=True)
            yield Problem()
            yield Findings()
        yield Footer(compact=True, show_command_palette=False)

    @work
    async def on_mount(self) -> None:
        """Learn where a key can be kept; a keychain may take its time."""
        self._keeps = await asyncio.to_thread(self._doors.keeps)
        self._offer()

    @property
    def form(self) -> Form:
        """What is typed."""
        key = self.query_one(KeyField)
        typed = {field.id: field.value.strip() for field in self.query(Field)}
        picked = self.query_one("#api", Pick).value
        return Form(
            key="" if key.variable else key.value.strip(),
            key_from=key.variable,
            project=typed["project"],
            environment=typed["environment"],
            api=next((api for api in get_args(Api) if api == picked), ""),
            base_url=typed["address"],
            user=typed["user"],
        )

    # Checking

    @on(Button.Pressed, "#check")
    def action_check(self) -> None:
        """Check what is typed."""
        self._start(connecting=False)

    def _start(self, *, connecting: bool) -> None:
        self.query_one(Problem).clear()
        self._connecting = connecting
        self._checked = None
        self._checking = self._find(self.form)
        self._name_button()

    @work(exclusive=True, group="check")
    async def _find(self, form: Form) -> None:
        findings = self.query_one(Findings)
        findings.begin()
        try:
            async for finding in self._doors.check(form):
                findings.add(finding, form.key)
        except VftuiError as error:
            findings.add(Finding("check", "failed", error.message, error.hint), form.key)
        self._checking = None
        self._checked = form
        if findings.failed:
            total = len(findings.found)
            findings.tell(f"{findings.failed} of {total} failed. Mend it, or connect all the same.")
        else:
            findings.tell("Nothing speaks against it.")
            if self._connecting:
                self._go(form)
        self._name_button()

    def _stop(self) -> bool:
        """Stop the check; whether there was one."""
        running, self._checking = self._checking, None
        if running is not None:
            running.cancel()
        return running is not None

    @on(Input.Changed, "#key,#project,#environment,#address,#user")
    @on(Pick.Picked, "#api")
    def _changed(self) -> None:
        """What was found is not about this form any more."""
        self._offer()
        if self._stop():
            self._start(connecting=False)
        elif self.form != self._checked:
            self._checked = None
            self.query_one(Problem).clear()
            self.query_one(Findings).tell("")
            self._name_button()

    def _name_button(self) -> None:
        insists = self._checking is not None and self._connecting
        insists = insists or (self._checked is not None and self.query_one(Findings).failed > 0)
        label = "Connect all the same" if insists else "Connect"
        label = f"Replace {self._taken[1]}" if self._taken else label
        button = self.query_one("#connect", Button)
        button.label = label
        button.refresh(layout=True)

    # Keeping

    @on(Input.Changed, "#name")
    def _offer(self) -> None:
        """Offer the places where this key can be kept."""
        key = self.query_one(KeyField)
        keeps = [one for one in self._keeps if one != "variable" or key.variable]
        keeps.sort(key=lambda one: one != "variable")
        self.query_one("#keep", Pick).offer({one: KEEPS[one] for one in keeps})
        name = self.query_one("#name", Input).value.strip()
        self.set_class(bool(name and keeps), "-named")
        if self._taken and self._taken != (self.form, name):
            self._taken = None
            self.query_one(Problem).clear()
            self._name_button()

    async def _keep(self, form: Form, *, replace: bool) -> None:
        name = self.query_one("#name", Input).value.strip()
        picked = self.query_one("#keep", Pick).value
        where = next((one for one in self._keeps if one == picked), None)
        if not name or where is None or self._kept == (form, name, where):
            return
        replace = replace or (self._kept is not None and self._kept[1] == name)  # it is our own
        try:
            told = await asyncio.to_thread(self._doors.keep, form, name, where, replace=replace)
        except NameTaken:
            self._taken = (form, name)
            self._name_button()
            raise
        self._kept, self._taken = (form, name, where), None
        self._name_button()
        self.notify(harmless(told, form.key), markup=False)

    # Connecting

    @on(Button.Pressed, "#connect")
    def _pressed(self) -> None:
        """The button alone replaces a profile: it says so, enter does not."""
        if self._taken:
            self._go(self.form, replace=True)
        else:
            self.action_connect()

    @on(Input.Submitted)
    def action_connect(self) -> None:
        """Check what is typed, unless that was done, and connect."""
        form = self.form
        if form == self._checked or (self._checking is not None and self._connecting):
            self._stop()
            self._go(form)
        else:
            self._start(connecting=True)

    @work(exclusive=True, group="connect")
    async def _go(self, form: Form, *, replace: bool = False) -> None:
        self.query_one(Problem).clear()
        try:
            await self._keep(form, replace=replace)
            opener = await asyncio.to_thread(self._doors.connect, form)
        except VftuiError as error:
            self.complain(error)
        else:
            self._enter(opener)

    def complain(self, error: VftuiError) -> None:
        """Say why it led nowhere."""
        self.query_one(Problem).say(error, self.form.key)

    # Other actions

    @on(Button.Pressed, "#more")
    def action_more(self) -> None:
        """Show or hide what few need."""
        shown = not self.has_class("-more")
        self.set_class(shown, "-more")
        self.query_one("#more", Button).label = MORE[shown]
        if shown:
            self.query_one("#address").focus()

    def action_leave(self) -> None:
        """Stop the check; without one, back to where this came from."""
        if self._stop():
            self.query_one(Findings).tell("The check was stopped.")
            self._name_button()
        else:
            self.dismiss()
