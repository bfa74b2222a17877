"""The pane of a run that repeats a recording: turn by turn, what differs from then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from vftui.ui.panel import SidePanel

if TYPE_CHECKING:
    from vftui.render.runs import Told
    from vftui.session.compare import Repeats

EMPTY = "Each turn is held against the recording as soon as it is over."


class RunsPane(SidePanel):
    """Two runs of the same actions, the recorded one and this one."""

    BINDING_GROUP_TITLE = "Run again"
    HELP = """\
## Run again

What was done in the recording is done once more, turn by turn. **=** is a turn that went as it did
then, **≠** one that differs: in its text, its path, its tools, its tokens or its time. **Enter**
shows the traces of the turn.
"""
    BINDINGS = [
        Binding(
            "enter", "show", "traces", id="runs.show", key_display="enter",
            tooltip="Show the traces of this turn",
        ),
    ]  # fmt: skip
    COMPONENT_CLASSES = {
        "runs--same", "runs--differs", "runs--aspect", "runs--before", "runs--after",
        "runs--figures", "runs--cursor",
    }  # fmt: skip
    DEFAULT_CSS = """
    RunsPane {
        & > .runs--same { color: $told; }
        & > .runs--differs { color: $warning; }
        & > .runs--aspect, & > .runs--figures { color: $quiet; }
        & > .runs--before { color: $kind-media; }
        & > .runs--after { color: $said; }
        & > .runs--cursor { background: $block-cursor-background; color: $said; }
    }
    """
    CURSOR = True

    @dataclass
    class ShowTurn(Message):
        """The traces of a turn are wanted; `first_seq` is its first entry."""

        first_seq: int

    def __init__(self) -> None:
        super().__init__(id="runs")
        self.empty = EMPTY
        self._compared = -1
        self._told: list[Told] = []
        self._firsts: list[int] = []  # the first entries of the turns of this run

    def sync(self, repeats: Repeats) -> None:
        """Hold the turns that are over against the recorded ones."""
        over = repeats.over
        if over == self._compared:
            return
        from vftui.render.runs import told  # needs pydantic: not at the start

        self._compared = over
        compared, self._firsts = repeats.compared(), repeats.firsts
        self._told = list(told(compared))
        differ = sum(bool(differences) for _, _, differences in compared)
        self.border_title = Content("Run again")
        self.border_subtitle = Content(
            f"{over} of {len(repeats.before)} turns · {differ or 'none'} differ"
        )
        self.set_line_count(len(self._told))
        self.invalidate_all()

    def line_at(self, y: int, width: int) -> Strip:
        """One line of the comparison."""
        line = self._told[y]
        name = "runs--cursor" if y == self.cursor else f"runs--{line.kind}"
        return Strip([Segment(line.text, self.style(name))])

    def action_show(self) -> None:
        """Ask for the traces of the turn under the cursor."""
        if self.cursor is not None and self.cursor < len(self._told):
            turn = self._told[self.cursor].turn
            self.post_message(self.ShowTurn(self._firsts[turn - 1]))
