"""What the screen is handed: an agent to talk to, or a log to show, and where it is recorded.

The screen knows nothing of the network, the demo or the files behind it: `vftui.launch` makes an
`Opening` for each, and replay and live share every line after the source of entries.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from vftui.recording import Journal
from vftui.session.fold import Session
from vftui.session.log import Entry
from vftui.wire.dialects import Request


class Agent(Protocol):
    """Whoever answers an action with the entries of one turn: `Sent` first, `Closed` last."""

    def interact(
        self, action: dict[str, Any], variables: dict[str, Any] | None = None
    ) -> AsyncIterator[Entry]:
        """Run one turn, which begins by setting the variables."""
        ...

    def requests(
        self, action: dict[str, Any], variables: dict[str, Any] | None = None
    ) -> tuple[Request, ...]:
        """What a turn would send, without credentials; the request for a session comes first."""
        ...

    def restart(self) -> None:
        """Forget the conversation, so that the next action begins a new one."""
        ...


@dataclass(frozen=True)
class About:
    """What the header says about a conversation."""

    title: str
    """The agent's or the file's name."""
    facts: tuple[str, ...] = ()
    """Dialect, environment, user: short words, most telling first."""
    recording: str = ""
    """The recording's state in a word or two: `rec 12`, `not recorded`, `file`."""
    theme: str | None = None
    """The theme that the settings ask for."""
    notes: tuple[str, ...] = ()
    """What a person should hear at the start, one sentence each."""
    farewell: str = ""
    """What a person should hear when they have left."""


@dataclass(frozen=True)
class Options:
    """How a person wants the conversation to behave; all of it is off by default."""

    pace: bool = False
    """Whether messages wait for the `delay` that the agent asks for."""
    images: bool = False
    """Whether pictures are fetched and drawn."""
    send_no_reply: bool = False
    """Whether the no-reply action is sent by itself when its time is over."""


@dataclass
class Opening:
    """One conversation, ready to be shown."""

    about: About
    session: Session
    journal: Journal
    clock: Callable[[], float]
    """The clock that the entries' times come from."""
    agent: Agent | None = None
    """None: nothing can be sent."""
    replay: AsyncIterator[Entry] | None = None
    """Entries that arrive by themselves: a saved stream, or one that is piped in."""
    options: Options = field(default_factory=Options)


Opener = Callable[[], AbstractAsyncContextManager[Opening]]
"""Opens a conversation and cleans up behind it."""
