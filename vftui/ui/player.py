"""The bar that plays a recording: where it is, how fast, and keys to go elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from vftui.render.figures import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.events import Click

    from vftui.player import Player

LEAST_TRACK = 8
"""Cells of the way, below which it is not drawn."""

SECONDS = 5
"""How far left and right go."""


def _key(
    keys: str, action: str, name: str, id: str, tooltip: str, *, show: bool = False
) -> Binding:
    return Binding(keys, action, name, id=f"player.{id}", show=show, tooltip=tooltip)


class PlayerBar(Widget, can_focus=True):
    """One line; not there while nothing can be played."""

    BINDING_GROUP_TITLE = "Player"
    HELP = """\
## Player

**space** plays the recording as it was, and pauses. Until an action it waits three seconds at
most, however long the person thought. **0** shows all of it again; a click goes there.
"""
    BINDINGS = [
        _key("space", "play", "play", "play", "Play the recording, or pause", show=True),
        _key("comma", "step(-1)", "step", "back", "Pause, one entry back"),
        Binding(
            "full_stop", "step(1)", "step", id="player.step", key_display=",.",
            tooltip="Pause, one entry on",
        ),
        _key("left_square_bracket", "turn(-1)", "turn", "turn_back", "Pause, a turn back"),
        Binding(
            "right_square_bracket", "turn(1)", "turn", id="player.turn", key_display="[]",
            tooltip="Pause at the end of the turn, or of the next",
        ),
        _key("less_than_sign,minus", "speed(-1)", "slower", "slower", "Play slower"),
        Binding(
            "greater_than_sign,plus", "speed(1)", "speed", id="player.faster", key_display="<>",
            tooltip="Play faster",
        ),
        _key("left", f"skip(-{SECONDS})", "back", "left", f"{SECONDS} seconds back"),
        _key("right", f"skip({SECONDS})", "on", "right", f"{SECONDS} seconds on"),
        _key("home", "go(0)", "start", "start", "To the beginning"),
        _key("0,end", "go(10)", "all", "all", "All of it at once", show=True),
        *(
            _key(str(tenth), f"go({tenth})", "go", f"go_{tenth}", f"To {tenth} tenths of the way")
            for tenth in range(1, 10)
        ),
    ]  # fmt: skip
    DEFAULT_CSS = """
    PlayerBar {
        height: 1; padding: 0 1; display: none; color: $told;
        text-wrap: nowrap; text-overflow: ellipsis;
        &:focus { background: $panel; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._player: Player | None = None
        self._shown: object = None

    def sync(self, player: Player | None) -> None:
        """Catch up with the player."""
        self._player = player
        if player is None:
            return
        shown = (
            player.playing, player.speed, player.shown, player.turn,
            _clock(player.time), len(player.schedule),
        )  # fmt: skip
        if shown != self._shown:
            self._shown = shown
            self.display = True
            self.refresh()

    def render(self) -> Content:
        """Where it is, then the way in the room that is left."""
        told = self._told
        room = self.size.width - told.cell_length - 2
        return told + "  " + self._track(room) if room >= LEAST_TRACK else told

    @property
    def _told(self) -> Content:
        player = self._player
        if player is None:
            return Content()
        schedule = player.schedule
        whole = player.complete
        sign = ("▶", "bold $accent") if player.playing else ("⏸", "$quiet")
        turns = f" of {count(schedule.turns)}" if whole else ""
        return Content.assemble(
            sign,
            (f" {_clock(player.time)}", "bold $said"),
            f" / {_clock(schedule.duration) if whole else '…'}",
            f"  {player.speed:g}×",
            f"  turn {count(player.turn)}{turns}",
        )

    def _track(self, room: int) -> Content:
        """The way as a line, as far as it is gone in another colour."""
        way = 0.0 if self._player is None else self._player.way
        done = round(way * (room - 1))
        return Content.assemble(
            ("━" * done, "$accent"), ("╸", "bold $accent"), ("─" * (room - 1 - done), "$quiet")
        )

    # What a person asks for

    def action_play(self) -> None:
        """Play or pause."""
        self._do(lambda player: player.toggle())

    def action_step(self, entries: int) -> None:
        """One entry on or back."""
        self._do(lambda player: player.step(entries))

    def action_turn(self, direction: int) -> None:
        """One turn on or back."""
        self._do(lambda player: player.step_turn(direction))

    def action_speed(self, steps: int) -> None:
        """Faster or slower."""
        self._do(lambda player: player.faster(steps))

    def action_skip(self, seconds: int) -> None:
        """Some seconds on or back."""
        self._do(lambda player: player.skip(seconds))

    def action_go(self, tenths: int) -> None:
        """To this part of the way."""
        self._do(lambda player: player.go(tenths / 10))

    def _do(self, what: Callable[[Player], None]) -> None:
        if self._player is not None:
            what(self._player)
            self.sync(self._player)

    def on_click(self, event: Click) -> None:
        """Go where the click was; on the figures it plays or pauses."""
        offset = event.get_content_offset(self)
        if self._player is None or offset is None:
            return
        start = self._told.cell_length + 2
        room = self.size.width - start
        if offset.x < start or room < LEAST_TRACK:
            self.action_play()
        else:
            way = (offset.x - start) / max(1, room - 1)
            self._do(lambda player: player.go(way))


def _clock(seconds: float) -> str:
    """A time in a recording: `0:12.3`, `1:02:03`."""
    minutes, rest = divmod(int(seconds * 10) / 10, 60)
    if minutes < 60:
        return f"{minutes:.0f}:{rest:04.1f}"
    return f"{minutes // 60:.0f}:{minutes % 60:02.0f}:{rest:02.0f}"
