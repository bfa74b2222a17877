"""What a slash command comes to, before it is sent: a request, or what is wrong with it.

Two rules:

1. A preview is made the way the real thing is: what it shows is what would go out.
2. What cannot go out is a `ConfigurationError`, whose sentences are for the person who types.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vftui.opening import Agent
    from vftui.session.items import Choice
    from vftui.wire.actions import Action
    from vftui.wire.dialects import Api, Request, Variables


@dataclass(frozen=True)
class Preview:
    """What would go out, if enter were pressed now."""

    words: str = ""
    """What happens, where no request says it."""
    requests: tuple[Request, ...] = ()
    """The turn's request last."""
    body: str = ""
    """What is sent, as JSON, or the text that is said."""
    warning: str = ""
    """What the server is known to have against it."""

    @property
    def head(self) -> str:
        """The first line: what is asked of which address."""
        if not self.requests:
            return self.words
        turn = self.requests[-1]
        address = f"{turn.method} {turn.url}"
        return f"{self.words}: {address}" if self.words else address

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.head}\n{self.body}"

    @property
    def curl(self) -> str:
        """A shell command that does the same; nothing where there is no request."""
        from vftui.render.curl import curl

        return curl(self.requests) if self.requests else ""


@dataclass(frozen=True)
class Whom:
    """Whom a command goes to, and what it would meet there."""

    agent: Agent | None = None
    api: Api | None = None
    choices: Sequence[Choice] = ()
    """What can be pressed."""
    variables: Variables | None = None
    """What waits to be set with the next action."""

    def preview(self, line: str) -> Preview:
        """What a command comes to. Raises `ConfigurationError` for what cannot go out."""
        from vftui.wire.compose import compose, is_command, pressed  # not before the first frame

        composed = compose(line)
        if composed.action is not None and not is_command(line):
            return Preview("says", body=composed.action["payload"])
        if composed.variables is not None:
            return Preview("set with the next action", body=_json(composed.variables))
        if composed.press is not None:
            choice = pressed(self.choices, composed.press)
            return self._of(choice.request, f"presses [{choice.number}] {choice.name}")
        return self._of(composed.action or {})

    def _of(self, action: Action, words: str = "") -> Preview:
        from vftui.wire.actions import check

        warning = check(action, self.api) if self.api else None
        if self.agent is None:
            return Preview(words or "sends", body=_json(action), warning=warning or "")
        requests = self.agent.requests(action, self.variables)
        body = requests[-1].body.decode("utf-8", "replace")
        return Preview(words, requests, body, warning or "")


def _json(value: object) -> str:
    from vftui.wire.actions import encode

    return encode(value).decode()
