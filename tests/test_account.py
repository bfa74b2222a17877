"""What a conversation is reckoned with: asked after each turn, added up a piece a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from tests.logs import sent, turn
from tests.test_spending import PRICES, charge
from vftui.opening import About, Opening
from vftui.prices import Prices
from vftui.render.spending import SLICE, Spent
from vftui.session.fold import Session
from vftui.session.tokens import Tokens
from vftui.ui.account import Account

TODAY = Tokens(100, 90, 10, "reported")


class Owner:
    """Keeps what it is asked to run."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.next: list[Callable[[], None]] = []

    def run_worker(self, work: Any, **_: Any) -> None:
        self.asked.append(work)

    def call_next(self, work: Callable[[], None]) -> None:
        self.next.append(work)

    async def answer(self) -> None:
        """All that is asked by now is answered."""
        while self.asked:
            await self.asked.pop(0)()


def account() -> tuple[Account, Owner, list[str]]:
    owner, news = Owner(), list[str]()
    return Account(cast(Any, owner), lambda: news.append("news")), owner, news


def opening(session: Session, today: Tokens | None = None, prices: Prices | None = None) -> Opening:
    return Opening(
        About(""), session, cast(Any, None), clock=lambda: 0.0,
        today=None if today is None else lambda: today,
        prices=None if prices is None else lambda: prices,
    )  # fmt: skip


async def test_it_is_asked_at_the_start_and_after_each_turn() -> None:
    one, owner, news = account()
    session = Session.of(turn(charge(1, 1)))
    there = opening(session, TODAY)
    one.sync(there)
    one.sync(there)
    assert len(owner.asked) == 1 and one.today is None
    await owner.answer()
    assert one.today == TODAY + session.tokens and news == ["news"]
    session.apply(sent())
    one.sync(there)
    assert not owner.asked
    session.apply(turn()[-1])
    one.sync(there)
    assert len(owner.asked) == 1


async def test_another_conversation_has_another_day() -> None:
    one, owner, _ = account()
    one.sync(opening(Session(), TODAY))
    await owner.answer()
    assert one.today == TODAY
    one.sync(opening(Session()))
    assert one.today is None
    await owner.answer()
    assert one.today is None


async def test_a_long_session_is_read_a_piece_a_frame_and_again_when_it_has_prices() -> None:
    one, owner, _ = account()
    session = Session.of(entry for n in range(SLICE + 3) for entry in turn(charge(n, 1)))
    there = opening(session, prices=PRICES)
    for prices in (None, PRICES):
        one.sync(there)
        assert one.course is not None and not one.course.complete
        assert len(owner.next) == 1  # another frame is asked for
        one.sync(there)
        assert one.course.complete and len(owner.next) == 1
        assert one.course.whole == Spent.on(session.calls, prices)
        owner.next.clear()
        await owner.answer()
