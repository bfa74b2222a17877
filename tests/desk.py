"""A prompt with what stands above it, alone in an app that keeps what it is told."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from vftui.history import History
from vftui.session.items import Choice
from vftui.ui.composer import Composer
from vftui.ui.preview import Whom
from vftui.ui.prompt import Prompt
from vftui.ui.recall import Recall
from vftui.ui.theme import THEMES
from vftui.wire.dialects import DIALECTS, Api, Request, Target

URL = "https://example.com/v4/interact/stream"


class Asked:
    """An agent that only tells what it would send."""

    def __init__(self, api: Api = "v4") -> None:
        self.api = api

    def requests(
        self, action: dict[str, Any], variables: dict[str, Any] | None = None
    ) -> tuple[Request, ...]:
        target = Target("https://example.com", "pier", "main", "ada")
        session = DIALECTS[self.api].session_request(target)
        turn = DIALECTS[self.api].turn_request(target, action, variables)
        return (turn,) if session is None else (session, turn)

    def interact(self, action: dict[str, Any], variables: dict[str, Any] | None = None) -> Any:
        raise AssertionError("nothing is sent from here")

    def restart(self) -> None:
        raise AssertionError("nothing is begun from here")


BUTTONS = (
    Choice(0, 1, "Hire a bike", {"type": "path-1", "payload": {"label": "Hire a bike"}}),
    Choice(0, 2, "Talk", {"type": "text", "payload": "Talk"}),
)


class Desk(App[None]):
    """Composer, search and prompt, as on the screen."""

    def __init__(self, *entries: str, api: Api = "v4", variables: Any = None) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.asked: list[str] = []
        """What the prompt asked of the screen, but for sending."""
        self.copied: list[Composer.Copy] = []
        self.composer, self.recall = Composer(), Recall()
        self.composer.whom = lambda: Whom(Asked(api), api, BUTTONS, variables)
        self.prompt = Prompt(self.composer, self.recall)
        self.prompt.keep_in(History(earlier=entries))
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def compose(self) -> ComposeResult:
        yield self.composer
        yield self.recall
        yield self.prompt

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        self.sent.append(message.text)

    def on_prompt_take_back(self) -> None:
        self.asked.append("take back")

    def on_prompt_restart(self) -> None:
        self.asked.append("restart")

    def on_composer_copy(self, message: Composer.Copy) -> None:
        self.copied.append(message)

    @property
    def above(self) -> str:
        """What stands above the prompt."""
        widget = self.recall if self.recall.open else self.composer
        region = widget.content_region
        strips = self.screen._compositor.render_strips()[region.y : region.bottom]
        return "\n".join(strip.crop(region.x, region.right).text.rstrip() for strip in strips)

    @property
    def hint(self) -> str:
        """What stands in the prompt's border."""
        return str(self.prompt.border_subtitle)

    @property
    def toasts(self) -> list[str]:
        """What the app told."""
        return [note.message for note in self._notifications]

    def burst(self, *keys: str) -> None:
        """Keys that a terminal delivers all at once."""
        for key in keys:
            self.post_message(events.Key(key, key if len(key) == 1 else None))


async def write(pilot: Pilot[None], text: str) -> None:
    """Write a text into the prompt, and wait until everything follows."""
    pilot.app.query_one(Prompt).insert(text)
    await pilot.pause()
