"""The HTTP client against a real server on loopback: every ending, and what must never happen."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.bodies import BODIES
from tests.logs import notices
from tests.scripted import CHUNKED, EVENT_STREAM, ScriptedServer, Step, answer
from vftui.answers import TurnOver
from vftui.client import HttpAgent
from vftui.errors import ConfigurationError
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.wire.actions import launch, text
from vftui.wire.dialects import Api, Target

KEY = "VF.DM.0123456789abcdef01234567.cAnArY0123456789"
SESSION_KEY = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.s1gNaTuRe"
TRACE = b'event: trace\nid: 1\ndata: {"type":"text","payload":{"message":"hi"}}\n\n'
END = b"event: end\nid: 2\n\n"
SESSION = answer("200 OK", json.dumps({"sessionKey": SESSION_KEY}).encode())
HI = text("hi")


class Naps:
    """A sleep that only takes notes."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def agent_for(url: str, api: Api = "v2", key: str = KEY, **options: Any) -> HttpAgent:
    options.setdefault("sleep", Naps())
    return HttpAgent(Target(url, "p1", "main", "ada", "s1"), api, key, **options)


@asynccontextmanager
async def serving(
    *scripts: Sequence[Step], api: Api = "v2", **options: Any
) -> AsyncIterator[tuple[HttpAgent, ScriptedServer]]:
    async with ScriptedServer(*scripts) as server:
        agent = agent_for(server.url, api, **options)
        try:
            yield agent, server
        finally:
            await agent.aclose()


async def turn(agent: HttpAgent, action: dict[str, Any] = HI) -> list[Entry]:
    """A whole turn; its entries have passed what holds for every turn."""
    entries = [entry async for entry in agent.interact(action)]
    assert isinstance(entries[0], Sent) and isinstance(entries[-1], Closed)
    assert [type(entry) for entry in entries].count(Closed) == 1
    times = [entry.at for entry in entries if entry.at is not None]
    assert times == sorted(times) and len(times) == len(entries)
    for credential in (KEY, KEY.rpartition(".")[2], SESSION_KEY, SESSION_KEY.rpartition(".")[2]):
        assert credential not in repr(entries)
    return entries


async def closed_by(*script: Step, **options: Any) -> Closed:
    async with serving(script, **options) as (agent, _):
        closed = (await turn(agent))[-1]
        assert isinstance(closed, Closed)
        return closed


def body_of(entries: Sequence[Entry]) -> bytes:
    return b"".join(entry.frame.raw for entry in entries if isinstance(entry, Received))


def opened(entries: Sequence[Entry]) -> list[Opened]:
    return [entry for entry in entries if isinstance(entry, Opened)]


# -- turns that go well ---------------------------------------------------------------------------


@pytest.mark.parametrize("api", ["v2", "v2beta1"])
async def test_a_complete_turn(api: Api) -> None:
    async with serving([EVENT_STREAM, TRACE + END], api=api) as (agent, server):
        sent, head, trace, end, closed = await turn(agent)
    (asked,) = server.asked
    assert asked.headers["authorization"] == KEY
    assert asked.headers["accept"] == "text/event-stream"
    assert asked.headers["accept-encoding"] == "identity"
    assert isinstance(sent, Sent) and sent.body == asked.body and sent.action == HI
    assert isinstance(head, Opened) and head.status == 200
    assert ("content-type", "text/event-stream") in head.headers
    assert isinstance(trace, Received) and trace.frame.raw == TRACE
    assert isinstance(end, Received) and end.frame.raw == END
    assert isinstance(closed, Closed) and (closed.ending, closed.message) == ("complete", "")


@pytest.mark.parametrize("name", sorted(BODIES))
async def test_every_body_arrives_to_the_byte(name: str) -> None:
    body = BODIES[name]
    async with serving([EVENT_STREAM, body[:7], body[7:100], body[100:]]) as (agent, _):
        entries = await turn(agent)
    assert body_of(entries) == body
    closed = entries[-1]
    assert isinstance(closed, Closed)
    assert closed.ending == ("complete" if b"event:end" in body.replace(b" ", b"") else "truncated")


async def test_a_frame_is_there_before_the_next_one_is_written() -> None:
    go_on = asyncio.Event()
    async with serving([EVENT_STREAM, TRACE, go_on, END]) as (agent, _):
        kinds = []
        async for entry in agent.interact(HI):
            kinds.append(type(entry))
            if isinstance(entry, Received):
                go_on.set()
    assert kinds == [Sent, Opened, Received, Received, Closed]


async def test_the_end_event_is_enough_when_the_connection_stays_open() -> None:
    script: list[Step] = [EVENT_STREAM, TRACE + END + b": bye\n\n", b"data: l", "wait"]
    async with serving(script, grace=0.05) as (agent, server):
        entries = await turn(agent)
        await server.asked[0].left.wait()
    assert body_of(entries) == TRACE + END + b": bye\n\ndata: l"
    closed = entries[-1]
    assert isinstance(closed, Closed) and closed.ending == "complete"


async def test_a_reset_behind_the_end_event_does_no_harm() -> None:
    async with serving([CHUNKED, b"%x\r\n" % len(END) + END + b"\r\n", "reset"]) as (agent, _):
        closed = (await turn(agent))[-1]
    assert isinstance(closed, Closed) and closed.ending == "complete"


async def test_media_type_is_compared_without_case_and_parameters() -> None:
    head = EVENT_STREAM.replace(b"text/event-stream", b"Text/Event-Stream; charset=utf-16")
    assert (await closed_by(head, END)).ending == "complete"


async def test_gzip_that_nobody_asked_for_is_read() -> None:
    body = gzip.compress(TRACE + END)
    head = EVENT_STREAM.replace(b"Connection", b"Content-Encoding: gzip\r\nConnection")
    async with serving([head, body]) as (agent, _):
        assert body_of(await turn(agent)) == TRACE + END


async def test_v2beta1_agents_do_not_share_a_session() -> None:
    agents = [HttpAgent(Target("http://[::1]", "p", "e", "u"), "v2beta1", KEY) for _ in range(2)]
    assert agents[0].target.session_id != agents[1].target.session_id


@pytest.mark.parametrize("api", ["v4", "v2", "v2beta1"])
async def test_what_is_sent_is_what_requests_tells(api: Api) -> None:
    scripts: list[list[Step]] = [[SESSION]] if api == "v4" else []
    variables = {"tier": "gold", "seats": [1, "é 🚲"]}
    async with serving(*scripts, [EVENT_STREAM, END], api=api) as (agent, server):
        told = agent.requests(HI, variables)
        entries = [entry async for entry in agent.interact(HI, variables)]
    assert [request.body for request in told] == [asked.body for asked in server.asked]
    assert [urlsplit(request.url).path for request in told] == [
        asked.path.split("?")[0] for asked in server.asked
    ]
    for request, asked in zip(told, server.asked, strict=True):
        sent = {name.lower(): value for name, value in request.headers}
        assert sent.items() <= asked.headers.items()
        assert (
            asked.headers["authorization"]
            == {"key": KEY, "session": SESSION_KEY}[request.credential]
        )
    assert KEY not in repr(told)
    sent_entry = entries[0]
    assert isinstance(sent_entry, Sent) and sent_entry.body == told[-1].body
    assert sent_entry.action == HI
    body = server.asked[-1].json
    assert body.get("state", body)["variables"] == variables


async def test_a_key_among_the_variables_is_sent_and_not_kept() -> None:
    async with serving([EVENT_STREAM, END]) as (agent, server):
        entries = [entry async for entry in agent.interact(HI, {"key": KEY})]
    assert server.asked[0].json["variables"] == {"key": KEY}
    assert KEY not in repr(entries)
    sent = entries[0]
    assert isinstance(sent, Sent) and sent.action == HI
    assert json.loads(sent.body)["variables"] == {"key": "*" * len(KEY)}


async def test_variables_that_are_no_json_end_the_turn_before_it_is_sent() -> None:
    async with serving() as (agent, server):
        sent, closed = [entry async for entry in agent.interact(HI, {"x": object()})]
    assert isinstance(sent, Sent) and isinstance(closed, Closed)
    assert closed.ending == "protocol" and not server.asked


# -- v4 sessions ----------------------------------------------------------------------------------


async def test_v4_opens_a_session_and_keeps_it() -> None:
    stream = [EVENT_STREAM, END]
    async with serving([SESSION], stream, stream, api="v4") as (agent, server):
        first = await turn(agent, launch())
        second = await turn(agent)
    session, one, two = server.asked
    assert session.path == "/v4/project/p1/environment/main/session"
    assert session.headers["authorization"] == KEY and session.json == {"userID": "ada"}
    assert one.headers["authorization"] == two.headers["authorization"] == SESSION_KEY
    assert [entry.stage for entry in opened(first)] == ["session", "turn"]
    assert [entry.stage for entry in opened(second)] == ["turn"]


async def test_a_launch_and_a_restart_open_a_new_session() -> None:
    scripts: list[list[Step]] = [[SESSION], [EVENT_STREAM, END]] * 3
    async with serving(*scripts, api="v4") as (agent, server):
        await turn(agent, launch())
        await turn(agent, launch())
        agent.restart()
        await turn(agent)
    assert [asked.path.rpartition("/")[2] for asked in server.asked] == ["session", "stream"] * 3


async def test_a_session_that_is_gone_is_opened_again_once() -> None:
    gone = answer("401 Unauthorized", b'{"message":"session ended"}')
    async with serving([SESSION], [gone], [SESSION], [EVENT_STREAM, END], api="v4") as (agent, _):
        entries = await turn(agent)
    assert [(entry.stage, entry.status) for entry in opened(entries)] == [
        ("session", 200), ("turn", 401), ("session", 200), ("turn", 200),
    ]  # fmt: skip
    [(level, told)] = notices(Session.of(entries))
    assert level == "warning" and "a new one is opened" in told and "position is lost" in told
    closed = entries[-1]
    assert isinstance(closed, Closed) and closed.ending == "complete"


async def test_a_session_that_is_refused_twice_ends_the_turn() -> None:
    gone = answer("401 Unauthorized", b'{"message":"session ended"}')
    async with serving([SESSION], [gone], [SESSION], [gone], api="v4") as (agent, server):
        entries = await turn(agent)
    closed = entries[-1]
    assert isinstance(closed, Closed)
    assert (closed.ending, closed.status) == ("refused", 401)
    assert closed.advice.startswith("A new session did not help: check the key")
    assert len(server.asked) == 4
    renewal, ending = notices(Session.of(entries))
    assert renewal[0] == "warning" and ending[0] == "error"


async def test_a_key_that_may_not_do_this_is_no_question_of_sessions() -> None:
    no = answer("403 Forbidden", b'{"message":"Insufficient permissions"}')
    async with serving([SESSION], [no], api="v4") as (agent, server):
        entries = await turn(agent)
    closed = entries[-1]
    assert isinstance(closed, Closed)
    assert closed.message == "The server refused: 403 Forbidden: Insufficient permissions."
    assert closed.advice.startswith("The key may not do this") and "session" not in closed.advice
    assert len(notices(Session.of(entries))) == 1 and len(server.asked) == 2


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"{", b'{"sessionKey":3}', b'{"sessionKey":""}',
     b'{"sessionKey":"a\\nb: c"}', b'{"sessionKey":"\\u00e9"}',
     json.dumps({"sessionKey": "x" * 9000}).encode(), b"\xff", b"[" * 60_000],
)  # fmt: skip
async def test_a_session_answer_that_cannot_be_used(body: bytes) -> None:
    async with serving([answer("200 OK", body)], api="v4") as (agent, server):
        closed = (await turn(agent))[-1]
    assert isinstance(closed, Closed) and closed.ending == "protocol"
    assert len(server.asked) == 1


@pytest.mark.parametrize("last", ["reset", b""])
async def test_what_breaks_before_there_is_a_session_has_not_run(last: Step) -> None:
    async with serving([last], api="v4") as (agent, server):
        closed = (await turn(agent))[-1]
    assert isinstance(closed, Closed) and closed.ending == "unreachable"
    assert closed.advice.startswith("Nothing has run") and len(server.asked) == 1


async def test_a_session_can_be_tried_without_a_turn() -> None:
    async with serving([SESSION], [EVENT_STREAM, END], api="v4") as (agent, server):
        await agent.open_session()
        assert (await turn(agent))[-1] and len(server.asked) == 2
    async with serving([b""], api="v2") as (agent, server):
        await agent.open_session()
        assert not server.asked
    async with serving([answer("403 Forbidden", b"")], api="v4") as (agent, _):
        with pytest.raises(TurnOver, match="403"):
            await agent.open_session()


async def test_a_refused_session_says_which_key_was_sent() -> None:
    async with serving([answer("401 Unauthorized", b'{"data":"Auth Key Required"}')], api="v4") as (
        agent,
        _,
    ):
        entries = await turn(agent)
    closed = entries[-1]
    assert isinstance(closed, Closed)
    assert closed.message == "The server opened no session: 401 Unauthorized: Auth Key Required."
    assert "project API key (VF.DM.…) was sent" in closed.advice
    assert [(entry.stage, entry.status) for entry in opened(entries)] == [("session", 401)]


# -- bodies that end badly ------------------------------------------------------------------------


async def test_a_body_that_ends_early_is_truncated_and_keeps_its_last_bytes() -> None:
    async with serving([EVENT_STREAM, TRACE + b"event: end"]) as (agent, _):
        entries = await turn(agent)
    assert body_of(entries) == TRACE + b"event: end"
    closed = entries[-1]
    assert isinstance(closed, Closed) and closed.ending == "truncated"
    assert closed.message == "The answer ended without the end event."


@pytest.mark.parametrize("last", ["reset", b""])
async def test_a_connection_that_is_lost_is_truncated(last: Step) -> None:
    part = b"%x\r\n" % len(TRACE + b"data: x") + TRACE + b"data: x\r\n"
    seen = asyncio.Event()
    async with serving([CHUNKED, part, seen, last]) as (agent, _):
        entries = []
        async for entry in agent.interact(HI):
            entries.append(entry)
            if isinstance(entry, Received):
                seen.set()
    assert body_of(entries) == TRACE + b"data: x"
    closed = entries[-1]
    assert isinstance(closed, Closed) and closed.ending == "truncated"
    assert closed.message == "The connection was lost before the end event."


async def test_silence_is_a_stall_and_keeps_what_came() -> None:
    async with serving([EVENT_STREAM, TRACE, "wait"], idle_timeout=0.05) as (agent, server):
        entries = await turn(agent)
        await server.asked[0].left.wait()
    assert body_of(entries) == TRACE
    closed = entries[-1]
    assert isinstance(closed, Closed) and closed.ending == "stalled"
    assert closed.message == "Nothing arrived for 0.05 s."


async def test_an_answer_that_never_begins_is_a_stall() -> None:
    closed = await closed_by("wait", idle_timeout=0.05)
    assert closed.ending == "stalled" and "may have run" in closed.advice


async def test_a_body_that_is_not_compressed_as_promised() -> None:
    head = EVENT_STREAM.replace(b"Connection", b"Content-Encoding: gzip\r\nConnection")
    assert (await closed_by(head, TRACE + END)).ending == "protocol"
    head = EVENT_STREAM.replace(b"Connection", b"Content-Encoding: br\r\nConnection")
    closed = await closed_by(head, b"\x8b\x02")
    assert closed.ending == "protocol" and "compressed as br" in closed.message


# -- answers that are not streams -----------------------------------------------------------------


async def test_a_refusal_in_json() -> None:
    body = b'{"name":"verror","message":"invalid environment tag","requestID":"5f0c"}'
    closed = await closed_by(answer("400 Bad Request", body))
    assert (closed.ending, closed.status) == ("refused", 400)
    assert closed.message == "The server refused: 400 Bad Request: invalid environment tag."
    assert "VF_ENVIRONMENT" in closed.advice
    assert closed.body == body.decode()


async def test_a_refusal_in_html() -> None:
    body = b"<html><head><title>x</title></head><body><h1>502</h1><p>Bad &amp; gone</body></html>"
    closed = await closed_by(answer("502 Bad Gateway", body, "text/html"))
    assert closed.message == "The server refused: 502 Bad Gateway: 502 Bad & gone."


async def test_an_endless_refusal_is_cut() -> None:
    head = b"HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\n"
    async with serving([head, b"word " * 400_000, "wait"]) as (agent, server):
        closed = (await turn(agent))[-1]
        await server.asked[0].left.wait()
    assert isinstance(closed, Closed)
    assert closed.status == 500 and len(closed.body) == 64 * 1024 and len(closed.message) < 400


async def test_a_refusal_that_stops_in_its_body_is_told_all_the_same() -> None:
    head = b"HTTP/1.1 404 Not Found\r\nContent-Length: 99\r\n\r\nnobody here"
    closed = await closed_by(head, "wait", idle_timeout=0.05)
    assert closed.message == "The server refused: 404 Not Found: nobody here."


async def test_success_that_is_not_a_stream() -> None:
    closed = await closed_by(answer("200 OK", b"<p>Log in to the hotel</p>", "text/html"))
    assert (closed.ending, closed.status) == ("protocol", None)
    assert closed.message == "The answer is text/html, not an event stream: Log in to the hotel."
    closed = await closed_by(answer("200 OK", media=""))
    assert closed.message == "The answer is of no stated type, not an event stream."
    closed = await closed_by(answer("200 OK", TRACE, "text/event-streamx"))
    assert closed.ending == "protocol"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'[{"type":"text","payload":{"message":"A whole answer"}}]', "."),
        (b'{"traces":[]}', "."),
        (b'{"message":"Use the stream!"}', ": Use the stream!"),
        (b'{"message":"' + b"word " * 99 + b'"}', ": " + "word " * 15 + "word…"),
    ],
)
async def test_json_that_is_not_a_stream_is_not_pasted(body: bytes, said: str) -> None:
    closed = await closed_by(answer("200 OK", body))
    assert closed.message == f"The answer is application/json, not an event stream{said}"
    assert closed.body == body.decode()


@pytest.mark.parametrize("words", ["Internal Server Error", "internal server error.", "500"])
async def test_words_that_only_repeat_the_status_are_said_once(words: str) -> None:
    body = json.dumps({"data": words}).encode()
    closed = await closed_by(answer("500 Internal Server Error", body))
    assert closed.message == "The server refused: 500 Internal Server Error."


@pytest.mark.parametrize("status", ["301 Moved Permanently", "307 Temporary Redirect"])
@pytest.mark.parametrize("api", ["v2", "v4"])
async def test_redirects_are_not_followed(status: str, api: Api) -> None:
    async with ScriptedServer([]) as other:
        moved = answer(status, location=f"{other.url}/elsewhere")
        async with serving([moved], api=api) as (agent, server):
            closed = (await turn(agent))[-1]
    assert isinstance(closed, Closed) and closed.ending == "refused"
    assert f"{other.url}/elsewhere" in closed.message
    assert other.connections == 0 and len(server.asked) == 1


async def test_something_that_is_not_http() -> None:
    closed = await closed_by(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    assert closed.ending == "protocol" and "does not speak HTTP" in closed.message


# -- no answer at all -----------------------------------------------------------------------------


@pytest.mark.parametrize("last", ["reset", b""])
async def test_a_connection_that_is_closed_without_an_answer(last: Step) -> None:
    async with serving([last]) as (agent, server):
        closed = (await turn(agent))[-1]
    assert isinstance(closed, Closed) and closed.ending == "unreachable"
    assert "may have run" in closed.advice and len(server.asked) == 1


async def test_a_refused_connection_is_tried_three_times() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets the port
        naps = Naps()
        agent = agent_for(f"http://127.0.0.1:{unused.getsockname()[1]}", sleep=naps)
        entries = await turn(agent)
        await agent.aclose()
    assert [(entry.status, entry.retry_in) for entry in opened(entries)] == [(None, 0.5), (None, 1)]
    assert naps.taken == [0.5, 1.0]
    closed = entries[-1]
    assert isinstance(closed, Closed)
    assert closed.ending == "unreachable" and "refused the connection" in closed.message


async def test_a_name_that_does_not_exist() -> None:
    agent = agent_for("https://nowhere.invalid")
    entries = await turn(agent)
    await agent.aclose()
    closed = entries[-1]
    assert isinstance(closed, Closed) and closed.ending == "unreachable" and len(entries) == 2


async def test_tls_with_a_server_that_has_none() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("400 Bad Request"))
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        agent = agent_for(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        closed = (await turn(agent))[-1]
        await agent.aclose()
    assert isinstance(closed, Closed) and closed.ending == "unreachable"
    assert closed.message.startswith("TLS with 127.0.0.1:")


async def test_a_proxy_from_the_environment_does_not_get_loopback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with ScriptedServer([]) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert (await closed_by(EVENT_STREAM, END)).ending == "complete"
    assert proxy.connections == 0


async def test_what_nobody_foresaw_is_an_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError(KEY)

    monkeypatch.setattr(httpx, "AsyncClient", broken)
    closed = (await turn(agent_for("http://127.0.0.1:1")))[-1]
    assert isinstance(closed, Closed) and "ZeroDivisionError" in closed.message


async def test_an_action_that_json_cannot_hold() -> None:
    closed = (await turn(agent_for("http://127.0.0.1:1"), {"type": "x", "payload": {1, 2}}))[-1]
    assert isinstance(closed, Closed) and closed.ending == "protocol"


# -- waiting --------------------------------------------------------------------------------------


async def test_retry_after_is_waited_for_and_visible() -> None:
    busy = answer("429 Too Many Requests", Retry_After="7")
    down = answer("503 Service Unavailable", Retry_After="60")
    naps = Naps()
    async with serving([busy], [down], [EVENT_STREAM, END], sleep=naps) as (agent, server):
        entries = await turn(agent)
    assert naps.taken == [7.0, 60.0]
    assert [(entry.status, entry.retry_in) for entry in opened(entries)] == [
        (429, 7.0), (503, 60.0), (200, None),
    ]  # fmt: skip
    assert len({asked.body for asked in server.asked}) == 1


async def test_a_longer_wait_is_left_to_the_person() -> None:
    closed = await closed_by(answer("429 Too Many Requests", Retry_After="61"))
    assert (closed.ending, closed.status) == ("refused", 429) and "61 s" in closed.advice


async def test_three_attempts_are_enough() -> None:
    busy = [answer("429 Too Many Requests", b'{"message":"slow down"}', Retry_After="1")]
    async with serving(busy, busy, busy) as (agent, server):
        closed = (await turn(agent))[-1]
    assert isinstance(closed, Closed) and (closed.ending, closed.status) == ("refused", 429)
    assert closed.message.endswith("slow down.") and len(server.asked) == 3


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_without_retry_after_nothing_is_repeated(status: str) -> None:
    async with serving([answer(status)]) as (agent, server):
        closed = (await turn(agent))[-1]
    assert isinstance(closed, Closed) and closed.ending == "refused" and len(server.asked) == 1


async def test_waiting_can_be_cancelled() -> None:
    waiting = asyncio.Event()

    async def forever(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    busy = answer("429 Too Many Requests", Retry_After="7")
    async with serving([busy], sleep=forever) as (agent, server):
        running = asyncio.ensure_future(turn(agent))
        await waiting.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert len(server.asked) == 1


# -- cancellation ---------------------------------------------------------------------------------


async def test_cancelling_keeps_what_came_and_closes_the_socket() -> None:
    came: list[Entry] = []
    there = asyncio.Event()

    async def listen(agent: HttpAgent) -> None:
        async with aclosing(agent.interact(HI)) as entries:
            async for entry in entries:
                came.append(entry)
                if isinstance(entry, Received):
                    there.set()

    async with serving([EVENT_STREAM, TRACE, "wait"]) as (agent, server):
        running = asyncio.ensure_future(listen(agent))
        await there.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await server.asked[0].left.wait()
    assert body_of(came) == TRACE


async def test_leaving_the_entries_closes_the_socket() -> None:
    async with serving([EVENT_STREAM, TRACE, "wait"]) as (agent, server):
        async with aclosing(agent.interact(HI)) as entries:
            async for entry in entries:
                if isinstance(entry, Received):
                    break
        await server.asked[0].left.wait()


# -- secrets --------------------------------------------------------------------------------------


async def test_an_echoed_key_is_in_no_entry() -> None:
    said = json.dumps({"type": "debug", "payload": {"message": f"{KEY} {SESSION_KEY}"}}).encode()
    frame = b"id: " + KEY.encode() + b"\n: " + KEY.encode() + b"\ndata: " + said + b"\n\n"
    head = EVENT_STREAM.replace(
        b"Connection", f"X-Echo: {KEY}\r\nSet-Cookie: sid=abc\r\nConnection".encode()
    )
    async with serving([SESSION], [head, frame[:30], frame[30:], END], api="v4") as (agent, _):
        entries = await turn(agent)
    (received, _) = (entry for entry in entries if isinstance(entry, Received))
    assert len(received.frame.raw) == len(frame)
    assert json.loads(received.frame.data)["payload"]["message"].strip("* ") == ""
    assert ("x-echo", "*" * len(KEY)) in opened(entries)[1].headers
    assert ("set-cookie", "****") in opened(entries)[1].headers


@pytest.mark.parametrize("pad", range(0, 60, 7))
async def test_an_echoed_key_at_the_edge_of_what_is_kept(pad: int) -> None:
    body = b"x" * (64 * 1024 - pad) + KEY.encode()
    closed = await closed_by(answer("401 Unauthorized", body, "text/plain"))
    assert "cAnArY" not in closed.body and "VF.DM" not in closed.body


async def test_a_key_that_was_typed_is_sent_and_not_kept() -> None:
    async with serving([EVENT_STREAM, END]) as (agent, server):
        sent = (await turn(agent, text(f"my key is {KEY}")))[0]
    assert server.asked[0].json["action"]["payload"] == f"my key is {KEY}"
    assert isinstance(sent, Sent) and sent.action["payload"] == "my key is " + "*" * len(KEY)


@pytest.mark.parametrize("key", ["", " \n", "VF.DM.x.\x00secret", "VF.DM.\nsecret", "VF.DM.sécret"])
def test_keys_that_cannot_be_sent_are_refused_without_showing_them(key: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        agent_for("http://127.0.0.1:1", key=key)
    assert "cret" not in caught.value.message + caught.value.hint


async def test_white_space_around_a_key_is_taken_off() -> None:
    async with serving([EVENT_STREAM, END], key=f" {KEY}\r\n") as (agent, server):
        await turn(agent)
        assert "cAnArY" not in repr(agent)
    assert server.asked[0].headers["authorization"] == KEY


def test_a_target_that_must_not_get_the_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="plain http"):
        agent_for("http://runtime.test")
    agent_for("http://runtime.test", allow_insecure=True)
