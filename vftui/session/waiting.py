"""What is waited for while nothing arrives, and until when.

Times are those of the entries, in seconds since the epoch; there is no clock here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vftui.session.fold import Session


_LONGEST = 24 * 3600.0  # seconds: what an agent asks beyond is nonsense


def retry_due(session: Session) -> float | None:
    """When the running turn tries again; None: it does not wait for that."""
    if not session.turns or session.turns[-1].ending is not None:
        return None
    return session.turns[-1].retry_at


def no_reply_due(session: Session) -> float | None:
    """When the person has been silent for as long as the agent asked; None: it did not ask.

    Silence begins when a turn is complete, and ends for good with whatever is sent.
    """
    if not session.turns or session.conversation_over:
        return None
    turn = session.turns[-1]
    if turn.ending != "complete" or turn.no_reply is None or turn.closed_at is None:
        return None
    return turn.closed_at + turn.no_reply if turn.no_reply <= _LONGEST else None
