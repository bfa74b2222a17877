"""Every ending, on a word to the demo agent, over real HTTP: what a person is told, what is kept,
and that the next message is answered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

import httpx
import pytest

from tests.logs import notices
from vftui.client import HttpAgent
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.demo.failures import AWAY, FAILURES
from vftui.run import run_turn
from vftui.secrets import kind_of
from vftui.session.fold import Session
from vftui.session.log import ENDINGS, Closed, Ending, Entry, Opened, Received
from vftui.session.turn import Turn
from vftui.wire.dialects import Api, Target
from vftui.wire.refusals import advice, server_words

APIS: tuple[Api, ...] = ("v4", "v2", "v2beta1")
HI = {"type": "text", "payload": "hours"}
"""A message that is answered at once, with one text."""

BEGUN = "Your hire started at the old pier, and I was about to say when it"
CHECK = "Let me check that hire for you."
Tries = tuple[tuple[int | None, float | None], ...]
"""The status of each attempt at the turn, and after how many seconds it was tried again."""


class Row(NamedTuple):
    """What a word leads to."""

    ending: Ending
    status: int | None = 200
    message: str = ""
    advice: str = ""
    kept: str = ""
    """What the agent said all the same."""
    notice: str = ""
    """What else a person is told."""


class Naps:
    """A sleep that only takes notes."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def refused(status: int, message: str, advice: str) -> Row:
    return Row("refused", status, f"The server refused: {status} {message}", advice)


LATER = "Here I am again: the second try"
IN_A_SECOND = "the server asked to wait. Trying again in 1 s."
ROWS: dict[str, Row] = {
    "fail cut": Row("truncated", 200, "The connection was lost before", kept=BEGUN),
    "fail reset": Row("truncated", 200, "The connection was lost before", kept=BEGUN),
    "fail end": Row("truncated", 200, "The answer ended without the end event.", kept=BEGUN),
    "fail stall": Row("stalled", 200, "Nothing arrived for 1 s.", "--timeout", BEGUN),
    "fail slow": Row("complete", kept="That took a while, but the line was never dead."),
    "fail error": Row("failed", 200, "the runtime gave up on this turn", "last error", BEGUN),
    "fail credits": Row("failed", 200, "credit_limit_reached", "top it up", CHECK),
    "fail internal": Row("failed", 200, "An internal error occurred.", "latest traces", CHECK),
    "fail loop": Row("failed", 200, "turn timeout - check for infinite loops", "a loop", CHECK),
    "fail moderation": Row("complete", kept="I would rather", notice="moderation failed"),
    "fail tool": Row("complete", kept="**Pier 3** has four bikes left.", notice="API"),
    "fail fallback": Row("complete", kept="My usual model is out", notice="suffered an outage"),
    "fail environment": refused(400, "Bad Request: invalid environment tag.", "VF_ENVIRONMENT"),
    "fail 401": refused(401, "Unauthorized: Invalid Auth Key.", "vftui doctor"),
    "fail stale": Row("complete", kept="session"),
    "fail revoked": Row("complete", kept="session"),
    "fail 403": refused(403, "Forbidden: Insufficient permissions.", "may not do this"),
    "fail 404": refused(404, "Not Found: No published version found.", "vftui doctor"),
    "fail gone": refused(404, "Not Found: Cannot POST", "This server"),
    "fail 408": refused(408, "Request Timeout: The turn exceeded", "slow steps"),
    "fail 413": refused(413, "Request Entity Too Large.", "send less"),
    "fail 429": Row("complete", kept=LATER, notice=f"429 Too Many Requests: {IN_A_SECOND}"),
    "fail busy": Row("complete", kept=LATER, notice="Trying again in 4 s."),
    "fail limit": refused(429, "Too Many Requests: Rate limit exceeded.", "wait a minute"),
    "fail quota": refused(429, "Too Many Requests: Hourly quota exceeded.", "for 60 min"),
    "fail 500": refused(500, "Internal Server Error.", "cannot read"),
    "fail shape": refused(
        500, "Internal Server Error: action.payload.event: Required (and 1 more).", "shape is wrong"
    ),
    "fail proxy": Row("refused", 502, "The server refused: 502 Bad Gateway nginx.", "A proxy in"),
    "fail 503": Row("complete", kept=LATER, notice=f"503 Service Unavailable: {IN_A_SECOND}"),
    "fail down": refused(503, "Service Unavailable: Down for maintenance.", "for 1 s"),
    "fail html": Row("protocol", 200, "text/html, not an event stream: Please sign in", "base URL"),
    "fail json": Row("protocol", 200, "application/json, not an event stream.", "base URL"),
    "fail drop": Row(
        "unreachable", None, "closed the connection without an answer.", "may have run"
    ),
    "fail away": Row("complete", kept="the shop is closed"),
    "fail garbage": Row("complete", kept="That was all of it."),
    "fail escape": Row("complete", kept="And now in pieces"),
}

ATTEMPTS: dict[str, Tries] = {
    "fail 429": ((429, 1.0), (200, None)),
    "fail busy": ((429, 4.0), (200, None)),
    "fail limit": ((429, None),),
    "fail quota": ((429, None),),
    "fail 503": ((503, 1.0), (200, None)),
    "fail down": ((503, 1.0), (503, 1.0), (503, None)),
    "fail 500": ((500, None),),
    "fail drop": (),
}

WAITED = {"fail 429": [1.0], "fail busy": [4.0], "fail 503": [1.0], "fail down": [1.0, 1.0]}


def environment_of(api: Api) -> str:
    return "development" if api == "v2beta1" else "main"


@asynccontextmanager
async def talking(
    api: Api,
    *,
    key: str = KEY,
    environment: str = "",
    nap: Callable[[float], Awaitable[None]] | None = None,
    idle_timeout: float = 5.0,
    **demo: Any,
) -> AsyncIterator[HttpAgent]:
    async with demo_agent(**{"pace": 0, "seed": 1, **demo}) as url:
        target = Target(url, PROJECT, environment or environment_of(api), "ada", "s1")
        agent = HttpAgent(
            target, api, key, sleep=nap or Naps(), idle_timeout=idle_timeout, grace=0.2
        )
        try:
            yield agent
        finally:
            await agent.aclose()


async def entries_of(agent: HttpAgent, words: str) -> list[Entry]:
    return [entry async for entry in agent.interact({"type": "text", "payload": words})]


def attempts(entries: list[Entry]) -> Tries:
    return tuple(
        (entry.status, entry.retry_in)
        for entry in entries
        if isinstance(entry, Opened) and entry.stage == "turn"
    )


def turn_of(entries: list[Entry]) -> Turn:
    """The turn; it has passed what holds for every one."""
    session = Session.of(entries)
    (turn,) = session.turns
    (closed,) = [entry for entry in entries if isinstance(entry, Closed)]
    told = [text for level, text in notices(session) if level in ("error", "warning")]
    if turn.ending == "complete":
        assert not turn.message and not turn.advice
        return turn
    assert closed.ending in (turn.ending, "complete")
    assert re.search(r"[.!?…]$", turn.message) and turn.advice.endswith(".")
    assert ". " not in closed.advice, "advice is one sentence"
    assert len([text for text in told if turn.advice in text]) == 1, "told once"
    return turn


async def said(agent: HttpAgent, words: str) -> Turn:
    return turn_of(await entries_of(agent, words))


async def assert_ready(agent: HttpAgent, words: str = "") -> None:
    """The next message is answered."""
    turn = await said(agent, "hours")
    assert (turn.ending, len(turn.messages)) == ("complete", 1), words


def test_every_word_has_its_row() -> None:
    assert set(ROWS) == set(FAILURES)
    assert {row.ending for row in ROWS.values()} == set(ENDINGS) - {"cancelled"}


@pytest.mark.parametrize("api", APIS)
async def test_every_word_ends_as_it_should_and_the_next_message_is_answered(api: Api) -> None:
    async with talking(api, idle_timeout=1.0, nap=(naps := Naps())) as agent:
        await assert_ready(agent)
        for word, row in ROWS.items():
            naps.taken.clear()
            entries = await entries_of(agent, word)
            turn = turn_of(entries)
            assert (turn.ending, turn.status) == (row.ending, row.status), word
            assert row.message in turn.message and row.advice in turn.advice, word
            assert row.kept in "\n".join(turn.messages), word
            assert row.notice in "\n".join(text for _, text in notices(Session.of(entries))), word
            assert attempts(entries) == ATTEMPTS.get(word, attempts(entries)), word
            assert naps.taken == WAITED.get(word, []), word
            if word == "fail revoked" and api == "v4":
                assert (await said(agent, "hours")).status == 401  # see below
            await assert_ready(agent, word)


async def test_whoever_stops_a_turn_keeps_what_came_and_goes_on() -> None:
    async with talking("v4") as agent:
        session, begun = Session(), asyncio.Event()

        class Sink:
            def append(self, entry: Entry) -> None:
                session.apply(entry)
                if session.turns[-1].messages and " when it" in session.turns[-1].messages[-1]:
                    begun.set()

        turn = run_turn(
            agent.interact({"type": "text", "payload": "fail stall"}),
            [Sink()],
            on_sink_failure=lambda *_: None,
        )
        running = asyncio.ensure_future(turn)
        await begun.wait()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        assert session.turns[0].ending == "cancelled"
        assert session.turns[0].messages == [BEGUN]
        await assert_ready(agent)


async def test_whoever_stops_waiting_for_a_busy_server_goes_on() -> None:
    waits = asyncio.Event()

    async def forever(seconds: float) -> None:
        waits.set()
        await asyncio.Event().wait()

    async with talking("v2", nap=forever) as agent:
        running = asyncio.ensure_future(entries_of(agent, "fail busy"))
        await waits.wait()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await assert_ready(agent)


async def test_comments_keep_a_slow_answer_alive() -> None:
    """Twice as long in all as a silence may last."""
    async with talking("v4", pace=0.05, idle_timeout=1.0) as agent:
        turn = await said(agent, "fail slow")
        assert turn.ending == "complete" and "never dead" in turn.messages[0]


# -- keys, sessions, environments -----------------------------------------------------------------


async def test_a_session_that_ended_is_opened_again_once_and_its_variables_stay() -> None:
    async with talking("v4") as agent:
        await said(agent, "my name is Ada")
        await said(agent, "fail stale")
        entries = await entries_of(agent, "variables")
        turn = turn_of(entries)
        assert turn.ending == "complete" and '| `name` | `"Ada"` |' in turn.messages[0]
        assert [(one.stage, one.status) for one in entries if isinstance(one, Opened)] == [
            ("turn", 401), ("session", 200), ("turn", 200),
        ]  # fmt: skip
        [(level, told)] = notices(Session.of(entries))
        assert level == "warning"
        assert "the conversation restarts" in told and "Variables persist" in told
        await assert_ready(agent)


async def test_a_session_that_cannot_be_opened_again_is_refused() -> None:
    async with talking("v4") as agent:
        await said(agent, "fail revoked")
        entries = await entries_of(agent, "hours")
        turn = turn_of(entries)
        assert (turn.ending, turn.status) == ("refused", 401)
        assert turn.message == ("The server opened no session: 401 Unauthorized: Invalid Auth Key.")
        assert turn.advice.startswith("A project API key (VF.DM.…) was sent; check with `vftui do")
        await assert_ready(agent)


async def test_a_new_session_that_is_refused_as_well_ends_the_turn() -> None:
    async with talking("v4") as agent:
        entries = await entries_of(agent, "fail 401")
        turn = turn_of(entries)
        assert [(one.stage, one.status) for one in entries if isinstance(one, Opened)] == [
            ("session", 200), ("turn", 401), ("session", 200), ("turn", 401),
        ]  # fmt: skip
        assert turn.advice.startswith("A new session did not help: check the key")
        await assert_ready(agent)


@pytest.mark.parametrize("api", ["v2", "v2beta1"])
@pytest.mark.parametrize("word", ["fail stale", "fail revoked"])
async def test_where_there_are_no_sessions_none_ends(api: Api, word: str) -> None:
    async with talking(api) as agent:
        assert "no sessions" in (await said(agent, word)).messages[0]
        assert attempts(await entries_of(agent, "hours")) == ((200, None),)


async def test_a_v4_turn_with_the_project_key_is_refused_and_the_advice_fits() -> None:
    """vftui never sends that by itself."""
    async with talking("v4") as agent, httpx.AsyncClient(trust_env=False) as http:
        url = f"{agent.target.base_url}/v4/interact/stream"
        answer = await http.post(url, json={"action": HI}, headers={"authorization": KEY})
        assert answer.status_code == 401
        words = server_words(answer.text)
        assert words.startswith("Session key required: the project key was sent")
        told = advice(401, api="v4", environment="main", sent=kind_of(KEY), words=words)
        assert told.startswith("A project API key (VF.DM.…) was sent; it only opens sessions")


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("key", "kind", "words"),
    [
        ("eyJhbGciOiJub25lIn0.eyJzdWIi.c2lnbg", "A session key (eyJ…)", "Project key required"),
        ("vfp_0123456789abcdef", "A personal access token (vfp_…)", "Invalid Auth Key"),
        ("VF.WS.0123456789abcdef.secret", "A workspace API key (VF.WS.…)", "Invalid Auth Key"),
        ("hunter2", "Something without the shape of a key", "Invalid Auth Key"),
    ],
)
async def test_a_key_of_the_wrong_kind_is_named_and_so_is_the_right_one(
    api: Api, key: str, kind: str, words: str
) -> None:
    async with talking(api, key=key) as agent:
        turn = await said(agent, "hours")
    assert (turn.ending, turn.status) == ("refused", 401)
    assert words in turn.message and key not in turn.message + turn.advice
    assert turn.advice.startswith(f"{kind} was sent; this API needs a project API key, VF.DM.…")
    assert "VF_API_KEY" in turn.advice


@pytest.mark.parametrize(
    ("api", "status", "others"),
    [("v4", 404, "`main`"), ("v2", 400, "`main`"), ("v2beta1", 400, "`production`")],
)
async def test_a_wrong_environment_is_named_with_those_there_may_be(
    api: Api, status: int, others: str
) -> None:
    async with talking(api, environment="staging") as agent:
        turn = await said(agent, "hours")
    assert (turn.ending, turn.status) == ("refused", status)
    assert "`staging` (--environment, VF_ENVIRONMENT)" in turn.advice and others in turn.advice


@pytest.mark.parametrize(("api", "status"), [("v4", 400), ("v2", 400), ("v2beta1", 500)])
async def test_an_action_of_the_wrong_shape_is_told_by_its_first_issue(
    api: Api, status: int
) -> None:
    async with talking(api) as agent:
        turn = turn_of([entry async for entry in agent.interact({"type": "text", "payload": 7})])
        assert (turn.ending, turn.status) == ("refused", status)
        assert "action.payload: Expected string, received number." in turn.message
        assert "{" not in turn.message and "shape is wrong" in turn.advice
        await assert_ready(agent)


async def test_an_action_that_is_really_too_large_is_refused() -> None:
    async with talking("v2") as agent:
        turn = await said(agent, "x" * 2**20)
        assert (turn.ending, turn.status) == ("refused", 413) and "send less" in turn.advice
        await assert_ready(agent)


# -- nobody listens -------------------------------------------------------------------------------


class Absence:
    """A demo agent's sleep that lasts until it is called back."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        if seconds == AWAY:
            self.begun.set()
            await self.over.wait()


def address(agent: HttpAgent) -> tuple[str, int]:
    url = httpx.URL(agent.target.base_url)
    assert url.port is not None
    return url.host, url.port


async def listens(agent: HttpAgent) -> bool:
    try:
        _, writer = await asyncio.open_connection(*address(agent))
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


async def back(agent: HttpAgent) -> None:
    """Wait until somebody listens again."""
    while not await listens(agent):
        pass  # each attempt gives way to the server


@pytest.mark.parametrize("api", APIS)
async def test_a_connection_that_is_refused_to_the_last_is_unreachable(api: Api) -> None:
    absence, naps = Absence(), Naps()
    async with talking(api, nap=naps, sleep=absence, pace=1) as agent:
        assert (await said(agent, "fail away")).ending == "complete"
        entries = await entries_of(agent, "hours")
        turn = turn_of(entries)
        assert turn.ending == "unreachable" and "refused the connection" in turn.message
        assert "--base-url" in turn.advice
        assert attempts(entries) == ((None, 0.5), (None, 1.0)) and naps.taken == [0.5, 1.0]
        absence.over.set()
        await back(agent)
        await assert_ready(agent)


async def test_a_connection_that_is_refused_once_is_tried_again() -> None:
    absence = Absence()

    async def nap(seconds: float) -> None:
        absence.over.set()
        await back(agent)

    async with talking("v4", nap=nap, sleep=absence, pace=1) as agent:
        await said(agent, "fail away")
        entries = await entries_of(agent, "hours")
        assert turn_of(entries).ending == "complete"
        assert attempts(entries) == ((None, 0.5), (200, None))
        [(level, told)] = notices(Session.of(entries))
        assert level == "warning" and "refused the connection. Trying again in 0.5 s." in told


async def test_somebody_listens_again_even_when_the_client_has_left() -> None:
    absence = Absence()
    async with talking("v2", sleep=absence, pace=1) as agent:
        async for entry in agent.interact({"type": "text", "payload": "fail away"}):
            if isinstance(entry, Received):
                break
        await agent.aclose()
        await absence.begun.wait()
        assert not await listens(agent)
        absence.over.set()
        await back(agent)


async def test_the_demo_agent_can_be_left_while_nobody_listens() -> None:
    async with talking("v2", sleep=Absence(), pace=1) as agent:
        await said(agent, "fail away")
    number = address(agent)[1]
    async with demo_agent(number) as again:  # the port is free
        assert again.endswith(f":{number}")


@pytest.mark.parametrize("api", APIS)
async def test_a_server_that_was_stopped_is_unreachable(api: Api) -> None:
    async with talking(api) as agent:
        await assert_ready(agent)
    turn = await said(agent, "hours")
    await agent.aclose()
    assert turn.ending == "unreachable" and "nothing listens there" in turn.message
