"""Another agent: a profile, the demo, one that is not known yet, or the one of now elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Literal, get_args

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Static

from vftui.errors import VftuiError
from vftui.ui.field import Field, Pick, Problem, row_of
from vftui.ui.ways import NOW, Frame, Row, Rows, environment_words, profile_row, word_of
from vftui.wire.dialects import Api

if TYPE_CHECKING:
    from vftui.opening import About, Doors, Opener, Profile

HANDFUL = 5
"""With more profiles than this, they can be filtered."""


class AgentsScreen(ModalScreen["Opener | None"]):
    """Switch agent: a profile, the demo, another one, or this one elsewhere."""

    BINDING_GROUP_TITLE = "Switch agent"
    HELP = """\
## Switch agent

**Enter** goes to the selected agent, in a new conversation. Type to find one among many.
Above, the agent of now: type another environment or pick another generation, then **enter**.
"""
    AUTO_FOCUS = "#agents"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]
    BINDINGS = [
        Binding("escape", "leave", "back", id="agents.leave", tooltip="Stay with this agent"),
        Binding(
            "up", "move(-1)", "up", id="form.up", show=False, tooltip="The row or field before"
        ),
        Binding(
            "down", "move(1)", "down", id="form.down", show=False, tooltip="The row or field after"
        ),
        Binding(
            "enter", "change", "switch", id="agents.change", key_display="enter",
            tooltip="The agent of now, in the environment and by the generation that are typed",
        ),
    ]  # fmt: skip
    DEFAULT_CSS = """
    AgentsScreen {
        align: center middle;
        background: $background 70%;
        & Frame { width: 84; border: round $border; padding: 0 1; }
        & #now { color: $told; padding: 0 0 0 2; text-wrap: nowrap; text-overflow: ellipsis; }
        & .row { height: auto; padding: 0 0 0 2; }
        & .label { width: 13; color: $quiet; }
        & Field { background: $panel; width: 1fr; }
        & Pick { width: 1fr; }
        & #filter { margin: 1 0 0 2; }
        & Rows { margin: 1 0 0 0; }
        & Footer { background: $background; }
        &.-short { & #filter, & Rows, & Problem { margin-top: 0; } }
    }
    """

    def __init__(
        self,
        doors: Doors,
        enter: Callable[[Opener], None],
        about: About | None = None,
        *,
        changeable: bool = True,
    ) -> None:
        """`about` is the conversation of now, `changeable` whether there is an agent in it.

        It dismisses with an opener. `enter` is for what another screen finds: the form to connect.
        """
        super().__init__()
        self._doors = doors
        self._enter = enter
        self._about = about
        self._changeable = changeable and about is not None
        facts = about.facts if about is not None else ()
        self._api = next((fact for fact in facts if fact in get_args(Api)), get_args(Api)[0])
        self._here = doors.here() if about is not None else ""
        self._rows: list[Row] = []

    def compose(self) -> ComposeResult:
        """The agent of now, then the others."""
        with Frame() as frame:
            frame.border_title = "Switch agent"
            if self._about is not None:
                yield Static(self._now(self._about), id="now", markup=False)
            if self._changeable:
                yield row_of("environment", Field("another alias or id", id="environment"))
                words: dict[str, str] = {api: api for api in get_args(Api)}
                yield row_of("generation", Pick(words, self._api, id="api"))
            yield Problem()
            yield Field("type to find one", id="filter")
            yield Rows("agents")
        yield Footer(compact=True, show_command_palette=False)

    def on_resize(self) -> None:
        """The list takes the room there is."""
        self.query_one(Frame).fit()

    def on_mount(self) -> None:
        """List what there is."""
        try:
            profiles = self._doors.profiles()
        except VftuiError as error:
            self.complain(error)
            profiles = ()
        self._rows = [*self._profile_rows(profiles), *self._other_rows()]
        search = self.query_one("#filter", Field)
        search.select_on_focus = False  # what was typed in the list is already there
        search.display = len(profiles) > HANDFUL
        self._list()

    @staticmethod
    def _now(about: About) -> Content:
        title = Content.styled(word_of(about.title), "bold $said")
        facts = [
            Content(word_of(fact)) if fact.startswith("user ") else environment_words(fact)
            for fact in about.facts
        ]
        return Content.assemble(("● ", "$accent"), Content(" · ").join([title, *facts]))

    def _profile_rows(self, profiles: tuple[Profile, ...]) -> Iterable[Row]:
        if profiles:
            yield Row("Profiles")
        for profile in profiles:
            go = partial(self._try, partial(self._doors.profile, profile.name))
            yield profile_row(profile, go, here=self._is_here(profile))

    def _is_here(self, profile: Profile) -> bool:
        """Whether it was gone to, and nothing of it was changed on the way."""
        facts = self._about.facts if self._about is not None else ()
        return self._here == profile.name and {profile.environment, profile.api} <= set(facts)

    def _other_rows(self) -> Iterable[Row]:
        yield Row("Demo agent")
        for api in get_args(Api):
            name = f"demo {api}"
            here = self._here == name
            told = f"{NOW if here else ''}needs no account, runs here"
            go = partial(self._try, partial(self._doors.demo, api))
            yield Row(name, Content.styled(told, "$told"), go, here)
        yield Row("Another")
        words = Content.styled("an API key and a project id", "$told")
        yield Row("connect…", words, self._connect)

    @on(Input.Changed, "#filter")
    def _list(self) -> None:
        """List what has every word that is typed."""
        words = self.query_one("#filter", Input).value.casefold().split()
        found = [row for row in self._rows if all(word in row.text for word in words)]
        self.query_one(Rows).show(row for row in found if row.go or not words)

    def on_key(self, event: events.Key) -> None:
        """Type anywhere in the list to find one."""
        search = self.query_one("#filter", Field)
        if search.display and event.is_printable and isinstance(self.focused, Rows):
            event.stop()
            search.focus()
            search.insert_text_at_cursor(event.character or "")

    @work(exclusive=True)
    async def _try(self, door: Callable[[], Opener]) -> None:
        """Go there, or say why that cannot be."""
        try:
            opener = await asyncio.to_thread(door)  # it may ask the keychain
        except VftuiError as error:
            self.complain(error)
        else:
            self.dismiss(opener)

    def complain(self, error: VftuiError) -> None:
        """Say why it led nowhere."""
        self.query_one(Problem).say(error)

    def _connect(self) -> None:
        from vftui.ui.connect import ConnectScreen

        self.app.push_screen(ConnectScreen(self._doors, self._enter))

    # Actions

    @on(Input.Submitted, "#environment")
    def action_change(self) -> None:
        """Go to the agent of now in another environment, by another generation."""
        environment = self.query_one("#environment", Input).value.strip()
        picked = self.query_one(Pick).value
        api: Api | Literal[""] = ""
        if picked != self._api:
            api = next(api for api in get_args(Api) if api == picked)
        if not environment and not api:
            hint = "Type another environment, or pick another generation."
            self.complain(VftuiError("This is the agent of now.", hint))
            return
        self._try(partial(self._doors.change, environment=environment, api=api))

    @on(Input.Submitted, "#filter")
    def _choose(self) -> None:
        self.query_one(Rows).action_select()

    def action_move(self, step: int) -> None:
        """Move in the list while it is filtered, otherwise between the fields."""
        if self.focused is not None and self.focused.id == "filter":
            rows = self.query_one(Rows)
            (rows.action_cursor_down if step > 0 else rows.action_cursor_up)()
        elif step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_leave(self) -> None:
        """Stay with this agent."""
        self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What would do nothing is not offered."""
        return action != "change" or self._changeable
