"""What the screen is handed: an agent to talk to, or a log to show, and where it is recorded.

The screen knows nothing of the network, the demo or the files behind it: `vftui.live` and
`vftui.playback` make an `Opening` for each, and replay and live share every line after the source
of entries. `Doors` are the ways to another one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from vftui.errors import ConfigurationError
from vftui.recording import Journal
from vftui.session.budget import Budget
from vftui.session.fold import Session
from vftui.session.log import Entry
from vftui.wire.dialects import Api, Request

if TYPE_CHECKING:
    from vftui.filters import Filters
    from vftui.history import History
    from vftui.prices import Prices
    from vftui.reading import Reading
    from vftui.recording import Recording, SessionRow
    from vftui.session.compare import Repeats
    from vftui.session.tokens import Tokens
    from vftui.window import Window


class Agent(Protocol):
    """Whoever answers an action with the entries of one turn: `Sent` first, `Closed` last."""

    @property
    def api(self) -> Api:
        """The generation of the API that it speaks."""
        ...

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
    budget: Budget = field(default_factory=Budget)
    """How many tokens a turn, the session and a day may take until a person is warned."""
    budget_ask: bool = False
    """Whether a person is asked before each action that goes beyond the budget."""


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
    history: History | None = None
    """What was typed in earlier conversations; None: it is not kept."""
    fetch: Callable[[str], Awaitable[bytes]] | None = None
    """Fetches the picture at an address; None: pictures are not fetched."""
    begins: Sequence[tuple[dict[str, Any], dict[str, Any] | None]] = (({"type": "launch"}, None),)
    """What is sent to the agent by itself once it is there, with the variables that are set."""
    repeats: Repeats | None = None
    """The recorded run that this one repeats; None: it is no repetition."""
    filters: Callable[[], Filters] | None = None
    """Reads the filters that a person saved; None: none are."""
    prices: Callable[[], Prices] | None = None
    """Reads the prices of the models; None: nothing is priced."""
    today: Callable[[], Tokens] | None = None
    """Asks the recordings, in any thread, what the other sessions of this project and environment
    used since midnight; None: it is not recorded among them."""
    number: int | None = None
    """Its number among the recordings; None: it is none of them."""
    window: Window | None = None
    """The part of the journal that is shown while it plays; None: all of it."""

    @property
    def log(self) -> Reading:
        """What is shown of the journal; with the session it is replaced when somebody goes back."""
        return self.journal if self.window is None else self.window


Opener = Callable[[], AbstractAsyncContextManager[Opening]]
"""Opens a conversation and cleans up behind it."""


@dataclass(frozen=True)
class Form:
    """What a person tells about their agent; empty: as the settings say."""

    key: str = field(default="", repr=False)
    key_from: str = ""
    """The environment variable that holds the key, in place of the key itself."""
    project: str = ""
    environment: str = ""
    api: Api | Literal[""] = ""
    base_url: str = ""
    user: str = ""


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    what: str
    """What was looked at, in a word or two."""
    state: Literal["ok", "failed", "skipped", "note"]
    text: str
    """What was found, in one sentence."""
    fix: str = ""
    """What to do about it, in one sentence."""


@dataclass(frozen=True)
class Profile:
    """An agent that the settings file knows by a name."""

    name: str
    project: str
    environment: str
    api: str
    key: str
    """Where its key comes from, in words; never the key."""


Keep = Literal["keychain", "file", "variable"]
"""Where a key is kept: the platform's keychain, the settings file, or nowhere but a variable."""


class NameTaken(ConfigurationError):
    """There is a profile of that name, which nobody has said to replace."""


class Doors(Protocol):
    """The ways to a conversation. Those that cannot be gone raise `VftuiError`."""

    def demo(self, api: Api | None = None) -> Opener:
        """To the embedded demo agent; None: by the generation that the command line names."""
        ...

    def connect(self, form: Form) -> Opener:
        """To the agent of a form."""
        ...

    def typed(self) -> Form:
        """The form that was connected with last, its key included; empty: none was."""
        ...

    def check(self, form: Form) -> AsyncIterator[Finding]:
        """Try the agent of a form, without running a turn; findings come as they are made."""
        ...

    def keeps(self) -> tuple[Keep, ...]:
        """Where a key can be kept on this machine."""
        ...

    def keep(self, form: Form, name: str, where: Keep, *, replace: bool = False) -> str:
        """Store a form as a profile; a sentence that says what is where now.

        `NameTaken` when there is one of that name, unless it is to be replaced.
        """
        ...

    def profiles(self) -> tuple[Profile, ...]:
        """The profiles of the settings file."""
        ...

    def profile(self, name: str) -> Opener:
        """To the agent of a profile."""
        ...

    def here(self) -> str:
        """The profile that was gone to or that the command line names, or `demo` and the
        generation of the API; empty: neither."""
        ...

    def change(self, *, environment: str = "", api: Api | Literal[""] = "") -> Opener:
        """To the agent of now, in another environment or by another generation of the API."""
        ...

    def open(self, path: str) -> Opener:
        """To a recording or a saved event stream."""
        ...

    def again(self, row: SessionRow) -> Opener:
        """To the agent of a recorded session, where what was done in it is done once more."""
        ...

    def resume(self, row: SessionRow) -> Opener:
        """To the agent of a recorded session that still holds it, to go on with it."""
        ...

    def recordings(self) -> Recording:
        """The file of recordings, for the thread that asks, which closes it."""
        ...
