"""A turn: one action and everything the agent answered to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from vftui.session.estimate import Estimator
from vftui.session.items import Choice, Item
from vftui.session.ledger import Call, Ledger
from vftui.session.log import Ending
from vftui.session.timing import Timed
from vftui.session.tokens import Tokens

MAX_STEPS = 200


class Step(NamedTuple):
    """One step on the agent's way, such as a block that was entered."""

    seq: int
    """The entry that told of it."""
    text: str


class Turn(Timed):
    """One `Sent` and everything until its `Closed`; without a `Sent`, a saved stream."""

    def __init__(
        self,
        index: int,
        seq: int,
        action: dict[str, Any] | None = None,
        estimator: Estimator | None = None,
    ) -> None:
        super().__init__()
        self.index = index
        """Its place in `Session.turns`, from 0."""
        self.first_seq = seq
        """The number of its first entry in the session, from 1."""
        self.last_seq = seq
        self.action = action
        """What the person did; None in a saved stream."""
        self.items: list[Item] = []
        self.choices: list[Choice] = []
        """What it offers: of several choice traces the last one, cards and custom actions."""
        self.conversation_over = False
        """Whether the agent ended the conversation in it."""
        self.ending: Ending | None = None
        """How it ended, None while it is open; a `complete` turn that the agent says failed is
        `failed`."""
        self.message = ""
        """What went wrong, in one sentence; empty when nothing did."""
        self.advice = ""
        self.told = False
        """Whether a notice before the ending's says what went wrong, where the agent said it."""
        self.status: int | None = None
        """The latest HTTP status."""
        self.ledger = Ledger(index, estimator or Estimator())
        self.steps: list[Step] = []
        """The way that the agent took, as far as it is kept: `MAX_STEPS` of them."""
        self.step_count = 0
        """How many steps there were."""
        self.no_reply: float | None = None
        """Seconds of silence after which the agent wants to be told of it; None: it does not."""
        self.retry_at: float | None = None
        """When the next attempt begins, while one is waited for."""

    @property
    def tokens(self) -> Tokens:
        """What it cost."""
        return self.ledger.tokens

    @property
    def calls(self) -> Sequence[Call]:
        """The model calls that are known of, in order; they add up to `tokens`."""
        return self.ledger.calls

    @property
    def unreported(self) -> bool:
        """Whether it is over, with words of the agent whose tokens nobody reported in full."""
        return self.ending is not None and self.tokens.is_partial and any(self.messages)

    @property
    def messages(self) -> list[str]:
        """The agent's texts, in order."""
        return [item.text for item in self.items if item.kind == "message"]

    def __repr__(self) -> str:
        return f"<turn {self.index} entries {self.first_seq}-{self.last_seq} {self.ending}>"
