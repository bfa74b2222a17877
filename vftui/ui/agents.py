"""Another agent: the list of those there are, and the window that switches to one of them.

An environment that has the name of a live one is painted as a warning and says so in words.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal, get_args

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from vftui.errors import VftuiError
from vftui.render.text import one_line
from vftui.ui.field import Field, Pick, Problem, harmless, row_of
from vftui.wire.dialects import Api

if TYPE_CHECKING:
    from vftui.opening import About, Doors, Opener, Profile

HANDFUL = 5
"""With more profiles than this, they can be filtered."""

NAME_WIDTH = 16
"""Cells of a row's name at most; the other names are padded to the widest."""

LEAST_ROWS = 3
"""Rows of a list that are always shown."""

FOOTER = 1
"""Rows of the footer."""

_PRODUCTION = re.compile(r"(?<![a-z])(production|prod|live)(?![a-z])", re.IGNORECASE)


def environment_words(name: str) -> Content:
    """An environment's name; one that real people talk to has a mark, a colour and a word."""
    shown = _word(name)
    found = _PRODUCTION.search(name)
    if not found:
        return Content(shown)
    said = "" if found[0].lower() == "production" else " (production)"
    return Content.styled(f"! {shown}{said}", "$warning")


def _word(text: str) -> str:
    return harmless(text).replace("\n", "↵")


@dataclass(frozen=True)
class Row:
    """A row of the list."""

    name: str
    words: Content = field(default_factory=Content)
    """What stands beside the name."""
    go: Callable[[], object] | None = None
    """What it does; None: it is a heading."""
    here: bool = False
    """Whether it is what is on the screen now."""

    def label(self, width: int, *, first: bool) -> Content:
        """The row, its name padded to this many cells; above a heading, unless first, is room."""
        if self.go is None:
            return Content.styled(self.name if first else f"\n{self.name}", "$quiet")
        name = Content.styled(one_line(self.name, width), "bold $said")
        mark = Content.styled("● ", "$accent") if self.here else Content("  ")
        gap = Content(" " * (width - name.cell_length + 2))
        return Content.assemble(mark, name, gap, self.words)

    @property
    def text(self) -> str:
        """What a filter looks at."""
        return f"{self.name} {self.words.plain}".casefold()


def profile_row(profile: Profile, go: Callable[[], object], *, here: bool = False) -> Row:
    """A profile: what matters first, because a narrow window cuts the rest."""
    others = (profile.api, profile.project, f"key in {profile.key}")
    facts = [environment_words(profile.environment), *(Content(_word(one)) for one in others)]
    words = Content(" · ").join(fact for fact in facts if fact.plain)
    if here:
        words = Content("now · ") + words
    return Row(profile.name, words.stylize_before("$told"), go, here)


class Rows(OptionList):
    """A list to choose from: enter or a click does what the row says."""

    BINDINGS = [
        Binding(
            "enter", "select", "go", id="form.go", key_display="enter",
            tooltip="In a list to choose from: go where the cursor is",
        ),
    ]  # fmt: skip
    DEFAULT_CSS = """
    Rows {
        height: auto;
        background: $background;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        scrollbar-size-vertical: 1;
        &:focus { background-tint: $background 0%; }
        & > .option-list--option-disabled { color: $quiet; }
        & > .option-list--option-highlighted { text-style: none; }
        &:focus > .option-list--option-highlighted { text-style: none; }
    }
    """

    def __init__(self, id: str) -> None:
        super().__init__(id=id, compact=True, markup=False)
        self.rows: list[Row] = []

    def show(self, rows: Iterable[Row]) -> None:
        """Show these; the cursor stays with its row, or goes to the first that does something."""
        at = self.rows[self.highlighted].name if self.highlighted is not None else None
        self.rows = list(rows)
        names = [one_line(row.name, NAME_WIDTH) for row in self.rows if row.go]
        width = max((Content(name).cell_length for name in names), default=0)
        self.set_options(
            Option(row.label(width, first=place == 0), disabled=row.go is None)
            for place, row in enumerate(self.rows)
        )
        places = {row.name: place for place, row in reversed([*enumerate(self.rows)]) if row.go}
        self.highlighted = places.get(at or "", min(places.values(), default=None))

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        if (go := self.rows[message.option_index].go) is not None:
            go()


class Frame(Vertical):
    """What is around a list. Where there is no room for all, it is the list that scrolls."""

    DEFAULT_CSS = """
    Frame { max-width: 100%; height: auto; max-height: 100%; overflow: hidden;
        border-title-color: $accent; background: $background; scrollbar-size-vertical: 1; }
    """

    def watch_virtual_size(self) -> None:
        """Something came, went or grew."""
        self.fit()

    def fit(self) -> None:
        """Give the list what the others leave of the screen."""
        for rows in self.query(Rows):
            others = self.virtual_size.height - rows.outer_size.height
            room = self.screen.size.height - FOOTER - self.gutter.height - others
            rows.styles.max_height = max(LEAST_ROWS, room)
            # Not always: a scrollbar takes room, so that lines wrap, so that it is needed.
            self.styles.overflow_y = "hidden" if room >= LEAST_ROWS else "auto"


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
        title = Content.styled(_word(about.title), "bold $said")
        facts = [
            Content(_word(fact)) if fact.startswith("user ") else environment_words(fact)
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
        about = self._about
        return (
            about is not None
            and about.title in (profile.name, profile.project)
            and {profile.environment, profile.api} <= set(about.facts)
        )

    def _other_rows(self) -> Iterable[Row]:
        yield Row("Demo agent")
        for api in get_args(Api):
            words = Content.styled("needs no account, runs here", "$told")
            yield Row(f"demo {api}", words, partial(self._try, partial(self._doors.demo, api)))
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
