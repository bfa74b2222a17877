"""The page of tokens: what the pane tells in short, in full and as large as the screen.

Two rules:

1. Nothing of it is made before it is opened, and nothing is worked out while nobody sees it.
2. From every figure one key leads to the traces that it comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.message import Message

if TYPE_CHECKING:
    from vftui.prices import Prices
    from vftui.session.budget import Standing
    from vftui.session.fold import Session
    from vftui.session.tokens import Tokens


class TokenPage(Vertical):
    """Figures, a table of charges and plots; it is seen while it is maximised."""

    ALLOW_MAXIMIZE = True
    BORDER_TITLE = "Tokens"
    DEFAULT_CSS = """
    TokenPage {
        display: none;
        border: round $border;
        border-title-color: $told;
        border-subtitle-color: $quiet;
    }
    """

    @dataclass
    class Show(Message):
        """The traces behind a figure are wanted."""

        seqs: tuple[int, ...]

    def __init__(self) -> None:
        super().__init__(id="token-page")

    def sync(
        self,
        session: Session,
        prices: Prices | None = None,
        today: Tokens | None = None,
        standings: Sequence[Standing] = (),
    ) -> None:
        """Catch up with the session; `today` is what all sessions of the day came to."""
