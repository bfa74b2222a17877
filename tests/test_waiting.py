"""What is waited for: the next attempt, and a person who is silent."""

from __future__ import annotations

import pytest

from tests.logs import sent, trace
from vftui.session.fold import Session
from vftui.session.log import Closed, Ending, Entry, Opened
from vftui.session.waiting import no_reply_due, retry_due

BUSY = Opened(3.0, 429, note="Too Many Requests", retry_in=4.0)
ASKED = trace("no-reply", 5.0, timeout=8)


def closed(ending: Ending = "complete", at: float | None = 6.0) -> Closed:
    return Closed(at, ending, "" if ending == "complete" else "It broke.")


@pytest.mark.parametrize(
    ("entries", "due"),
    [
        ([], None),
        ([sent(2.0)], None),
        ([sent(2.0), BUSY], 7.0),
        ([sent(2.0), Opened(3.0, None, note="Refused.", retry_in=0.5)], 3.5),
        ([sent(2.0), BUSY, Opened(7.0, 200)], None),
        ([sent(2.0), BUSY, closed("cancelled")], None),
        ([sent(2.0), BUSY, closed("cancelled"), sent(9.0)], None),
    ],
)
def test_the_next_attempt(entries: list[Entry], due: float | None) -> None:
    assert retry_due(Session.of(entries)) == due


@pytest.mark.parametrize(
    ("entries", "due"),
    [
        ([], None),
        ([sent(2.0), closed()], None),
        ([sent(2.0), ASKED], None),
        ([sent(2.0), ASKED, closed()], 14.0),
        ([sent(2.0), ASKED, trace("no-reply", 5.5, timeout=20), closed()], 26.0),
        ([sent(2.0), trace("no-reply", 5.5, timeout=1e300), closed()], None),
        ([sent(2.0), ASKED, closed(at=None)], None),
        ([sent(2.0), ASKED, closed("truncated")], None),
        ([sent(2.0), ASKED, trace("debug", 5.5, message="credit_limit_reached"), closed()], None),
        ([sent(2.0), ASKED, trace("end", 5.5), closed()], None),
        ([sent(2.0), ASKED, closed(), sent(7.0)], None),
        ([sent(2.0), ASKED, closed(), sent(7.0), closed(at=8.0)], None),
    ],
)
def test_silence(entries: list[Entry], due: float | None) -> None:
    assert no_reply_due(Session.of(entries)) == due
