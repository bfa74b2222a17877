"""The demo agent over real loopback HTTP: framing to the byte, keys, refusals, ways to fail."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from httpx_sse import aconnect_sse

from tests.bodies import BODIES
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.demo.failures import FAILURES
from vftui.demo.port import bound
from vftui.demo.stream import Rest
from vftui.errors import ConfigurationError
from vftui.wire.dialects import Api
from vftui.wire.frames import Frame, FrameReader

APIS: tuple[Api, ...] = ("v4", "v2", "v2beta1")
NOW = 1_786_620_000.123
V2 = f"/v2/project/{PROJECT}/user/ada/interact/stream"
BETA = f"/v2beta1/interact/{PROJECT}/development/stream"
SESSION = f"/v4/project/{PROJECT}/environment/main/session"
V4 = "/v4/interact/stream"
WHO = {"session": {"userID": "ada", "sessionID": "s1"}}


@dataclass
class Body:
    """What came of one turn."""

    response: httpx.Response
    raw: bytes
    error: httpx.HTTPError | None = None

    @property
    def frames(self) -> list[Frame]:
        reader = FrameReader()
        return reader.feed(self.raw) + reader.close()

    @property
    def traces(self) -> list[dict[str, Any]]:
        frames = [frame for frame in self.frames if frame.event == "trace" and frame.dispatched]
        found = [json.loads(frame.data, strict=False) for frame in frames]
        return [trace.get("trace", trace) for trace in found]

    def payloads(self, kind: str) -> list[dict[str, Any]]:
        return [trace["payload"] for trace in self.traces if trace["type"] == kind]

    @property
    def text(self) -> str:
        """What a completion says, in any dialect."""
        return "".join(
            payload.get("content", "") + payload.get("completion", "")
            for trace in self.traces
            if trace["type"].startswith("completion")
            for payload in [trace["payload"]]
        )


class Client:
    """Talks to a demo agent in all dialects."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.key = ""

    async def session(self, user: str = "ada") -> str:
        answer = await self.http.post(
            SESSION, json={"userID": user}, headers={"authorization": KEY}
        )
        self.key = answer.json()["sessionKey"]
        return self.key

    async def request(self, api: Api, action: Any, **body: Any) -> dict[str, Any]:
        if api == "v4":
            key = self.key or await self.session()
            body = {"config": {"completionEvents": True}, **body}
            return _post(V4, {"action": action, **body}, key)
        if api == "v2":
            return _post(f"{V2}?completion_events=true&state=true", {"action": action, **body}, KEY)
        return _post(BETA, {"action": action, **WHO, **body}, KEY)

    async def send(self, **request: Any) -> Body:
        raw = b""
        async with self.http.stream(**request) as response:
            try:
                async for chunk in response.aiter_raw():
                    raw += chunk
            except httpx.HTTPError as error:
                return Body(response, raw, error)
        return Body(response, raw)

    async def turn(self, api: Api, action: Any, **body: Any) -> Body:
        return await self.send(**await self.request(api, action, **body))

    async def say(self, api: Api, text: str, **body: Any) -> Body:
        return await self.turn(api, {"type": "text", "payload": text}, **body)

    async def refused(self, **request: Any) -> tuple[int, Any]:
        answer = await self.http.request(**request)
        return answer.status_code, answer.json()


def _post(url: str, body: Any, key: str | None) -> dict[str, Any]:
    headers = {} if key is None else {"authorization": key}
    return {"method": "POST", "url": url, "json": body, "headers": headers}


@contextlib.asynccontextmanager
async def talking(**options: Any) -> AsyncIterator[Client]:
    options = {"pace": 0, "seed": 1, "clock": lambda: NOW, **options}
    async with (
        demo_agent(**options) as url,
        httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as http,
    ):
        yield Client(http)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with talking() as client:
        yield client


async def raw_chunks(url: str, request: dict[str, Any]) -> tuple[bytes, list[bytes]]:
    """The head and the chunks of an answer, read from a bare socket."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rsplit(":", 1)[1]))
    body = json.dumps(request["json"]).encode()
    head = (
        f"POST {request['url']} HTTP/1.1\r\nhost: demo\r\nconnection: close\r\n"
        f"authorization: {request['headers']['authorization']}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    chunks = []
    while size := int(await reader.readline(), 16):
        chunks.append(await reader.readexactly(size))
        assert await reader.readexactly(2) == b"\r\n"
    writer.close()
    await writer.wait_closed()
    return answer, chunks


UUID4 = rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


async def test_v2beta1_framing_to_the_byte(client: Client) -> None:
    body = await client.turn("v2beta1", {"type": "launch"})
    assert body.raw.startswith(b"retry:2000\n\nevent:trace\nid:")
    frame = rb"event:(trace|state|end)\nid:" + UUID4 + rb"\ndata:(\{[^\n]*\})\n\n"
    assert re.fullmatch(rb"retry:2000\n\n(" + frame + rb")+", body.raw)
    names = [name.decode() for name, _ in re.findall(frame, body.raw)]
    assert names == ["trace"] * (len(names) - 2) + ["state", "end"]
    datas = [json.loads(data) for _, data in re.findall(frame, body.raw)]
    assert all(list(data) == ["type", "trace"] for data in datas[:-2])
    assert list(datas[0]["trace"]) == ["time", "type", "payload"]
    assert list(datas[-2]) == ["type", "state"]
    assert body.raw.endswith(b'\ndata:{"type":"end"}\n\n')
    assert len(set(re.findall(UUID4, body.raw))) == len(names)


async def test_v2_framing_to_the_byte(client: Client) -> None:
    body = await client.turn("v2", {"type": "launch"})
    assert body.raw.startswith(b'event: trace\nid: 1\ndata: {"type":"debug","payload":')
    frame = rb"event: (?:trace|state)\nid: (\d+)\ndata: \{[^\n]*\}\n\n"
    end = re.search(rb"event: end\nid: (\d+)\n\n\Z", body.raw)
    assert end
    assert re.fullmatch(rb"(?:" + frame + rb")+", body.raw[: end.start()])
    numbers = [*re.findall(frame, body.raw), end[1]]
    assert numbers == [str(n).encode() for n in range(1, len(numbers) + 1)]
    assert list(body.traces[0]) == ["type", "payload", "time"]
    assert body.frames[-2].event == "state"
    assert set(json.loads(body.frames[-2].data)) == {"stack", "storage", "variables"}


async def test_v2_sends_the_state_only_when_asked(client: Client) -> None:
    body = await client.send(**_post(V2, {"action": {"type": "launch"}}, KEY))
    assert "state" not in [frame.event for frame in body.frames]


async def test_v4_framing_to_the_byte(client: Client) -> None:
    body = await client.turn("v4", {"type": "launch"})
    assert body.raw.startswith(b'\nevent: trace\nid: 1\ndata: {"type":"debug","payload":')
    frame = rb"event: (trace|end)\nid: (\d+)\ndata: (\{[^\n]*\})\n\n"
    assert re.fullmatch(rb"\n(?:" + frame + rb")+", body.raw)
    found = re.findall(frame, body.raw)
    assert [int(number) for _, number, _ in found] == list(range(1, len(found) + 1))
    assert found[-1][0] == b"end" and found[-1][2] == b"{}"
    assert {trace["turnID"] for trace in body.traces} == {body.traces[0]["turnID"]}
    assert {trace["time"] for trace in body.traces} == {1786620000123}


@pytest.mark.parametrize("api", APIS)
async def test_one_whole_frame_per_chunk_and_honest_headers(api: Api) -> None:
    async with talking() as client:
        request = await client.request(api, {"type": "text", "payload": "hire a bike"})
        head, chunks = await raw_chunks(str(client.http.base_url).rstrip("/"), request)
    lines = head.decode().lower().split("\r\n")
    assert lines[0] == "http/1.1 200 ok"
    assert "content-type: text/event-stream" in lines
    assert "x-accel-buffering: no" in lines
    cache = "private, no-cache, no-store, no-transform, must-revalidate, max-age=0"
    assert f"cache-control: {cache}" in lines
    opening = {"v4": [b"\n"], "v2": [], "v2beta1": [b"retry:2000\n\n"]}[api]
    assert chunks[: len(opening)] == opening
    for chunk in chunks[len(opening) :]:
        assert chunk.endswith(b"\n\n") and chunk.count(b"\n\n") == 1
        assert chunk.decode("utf-8")


@pytest.mark.parametrize("api", APIS)
async def test_a_third_party_client_understands_it(api: Api, client: Client) -> None:
    request = await client.request(api, {"type": "text", "payload": "hello 🚲 there"})
    async with aconnect_sse(client.http, **request) as source:
        source.response.raise_for_status()
        events = [event async for event in source.aiter_sse()]
    assert events[-1].event == "end"
    assert "hello 🚲 there" in "".join(event.data for event in events)


async def test_clients_that_cut_by_hand_understand_it(client: Client) -> None:
    body = await client.say("v2beta1", "anything")
    blocks = body.raw.decode().split("\n\n")
    lines = [line for block in blocks for line in block.split("\n") if line.startswith("data:")]
    assert json.loads(lines[-1][5:]) == {"type": "end"}
    for api in ("v2", "v4"):
        raw = (await client.say(api, "anything")).raw.decode()
        datas = re.findall(r"^data: (.*)$", raw, re.MULTILINE)
        assert all(json.loads(data) is not None for data in datas)


@pytest.mark.parametrize("api", APIS)
async def test_traces_have_the_keys_of_recorded_ones(api: Api, client: Client) -> None:
    """What is sent has, type by type, at least the required keys of the sample streams."""
    sample = {
        "v4": "streams/11-v4-agent-turn",
        "v2": "streams/06-v2-completion",
        "v2beta1": "streams/02-v2beta1-completion",
    }[api]
    recorded = Body(httpx.Response(200), BODIES[sample])
    sent = (await client.say(api, "hire a bike")).traces + (await client.say(api, "wait")).traces
    for trace in recorded.traces:
        like = [other for other in sent if other["type"] == trace["type"]]
        assert like or trace["type"] in ("log", "path"), trace["type"]
        assert all(set(trace) - {"handleID"} <= set(other) for other in like)


async def test_v2beta1_counts_tokens_in_deltas(client: Client) -> None:
    body = await client.say("v2beta1", "anything else")
    (start,) = body.payloads("completion-start")
    more = body.payloads("completion-continue")
    assert start["completion"] and list(start["tokens"]) == ["model", "answer", "query", "total"]
    assert len(more) >= 10
    assert all(part["tokens"]["query"] == 0 and "model" not in part["tokens"] for part in more)
    assert body.payloads("completion-end") == [{}]
    counts = [part["tokens"] for part in (start, *more)]
    sums = {key: sum(count[key] for count in counts) for key in ("total", "query", "answer")}
    report = body.payloads("debug")[-1]["message"]
    text = f"total: {sums['total']}, query: {sums['query']}, answer: {sums['answer']}"
    assert report.startswith("__AI Response__\n    <br /> Model: `gpt-4o-mini`\n    <br /> ")
    assert f"    <br /> Post-Multiplier Token Consumption: `{{{text}}}`" in report
    assert "type" not in body.payloads("debug")[-1]


async def test_v2_streams_when_asked_and_reports_in_the_layout_of_2025(client: Client) -> None:
    body = await client.say("v2", "anything else")
    states = [payload["state"] for payload in body.payloads("completion")]
    assert states[0] == "start" and states[-1] == "end" and set(states[1:-1]) == {"content"}
    assert body.payloads("completion")[0] == {"state": "start"}
    assert not body.payloads("text")
    assert re.fullmatch(
        r"__AI Response__<br />\nModel: `gpt-4o-mini`<br />\nToken Multiplier: `0.6x`<br />\n"
        r"Token Consumption: `\{total: \d+, query: \d+, answer: \d+\}`<br />\n"
        r"Post-Multiplier Token Consumption: `\{total: \d+, query: \d+, answer: \d+\}`<br />",
        body.payloads("debug")[-1]["message"],
    )
    action = {"type": "text", "payload": "anything else"}
    whole = await client.send(**_post(V2, {"action": action}, KEY))
    assert not whole.payloads("completion")
    assert whole.payloads("text")[0]["message"] == body.text


async def test_v4_streams_only_when_the_body_says_so(client: Client) -> None:
    body = await client.say("v4", "anything else")
    start = body.payloads("completion")[0]
    assert start["state"] == "start" and start["ai"] is True and start["messageID"]
    action = {"type": "text", "payload": "anything else"}
    request = _post(f"{V4}?completion_events=true", {"action": action}, client.key)
    whole = await client.send(**request)
    assert not whole.payloads("completion")
    (text,) = whole.payloads("text")
    assert text["message"] == body.text and text["ai"] is True
    assert text["messageID"] and text["slate"]["content"]


async def test_v4_reports_charges_twice_in_the_order_of_its_kind(client: Client) -> None:
    body = await client.say("v4", "hire a bike")
    seen = [
        (payload["context"], payload["message"])
        for payload in body.payloads("debug")
        if payload["message"] in ("ai result", "resources consumption", "first chunk received")
    ]
    assert seen == [
        ("Agent", "resources consumption"),  # the tool round has no text
        ("Agent", "first chunk received"),
        ("Agent", "ai result"),
        ("Agent", "resources consumption"),
        ("Prompt", "first chunk received"),
        ("Prompt", "resources consumption"),
        ("Prompt", "ai result"),
    ]
    metadata = [p["metadata"] for p in body.payloads("debug") if p["message"] == seen[0][1]]
    models = {data["model"] for data in metadata}
    assert models == {"claude-3.5-haiku", "gpt-4o-mini"}
    results = [p["metadata"] for p in body.payloads("debug") if p["message"] == "ai result"]
    for data, result in zip(metadata[1:], results, strict=True):
        assert data["postMultiplierTokensConsumption"]["total"] == result["tokens"]
    buttons = body.payloads("choice")[0]
    assert (
        buttons["messageID"]
        == [payload for payload in body.payloads("completion") if payload["state"] == "start"][-1][
            "messageID"
        ]
    )


@pytest.mark.parametrize("key", ["VF.DM.x.y", "ApiKey VF.DM.x.y", KEY])
async def test_well_formed_project_keys_pass(key: str, client: Client) -> None:
    launch = {"action": {"type": "launch"}, **WHO}
    for url in (V2, BETA):
        assert (await client.send(**_post(url, launch, key))).response.status_code == 200
    answer = await client.http.post(SESSION, json={"userID": "a"}, headers={"authorization": key})
    assert re.fullmatch(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]+", answer.json()["sessionKey"])


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (None, "Auth Key Required"),
        ("", "Auth Key Required"),
        ("VF.DM..y", "Invalid Auth Key"),
        ("VF.DM.x", "Invalid Auth Key"),
        ("nonsense", "Invalid Auth Key"),
        ("Bearer VF.DM.x.y", "without Bearer"),
        ("session", "Project key required"),
    ],
)
async def test_other_keys_get_the_right_401(key: str | None, says: str, client: Client) -> None:
    session = await client.session()
    launch = {"action": {"type": "launch"}, "userID": "a", **WHO}
    for url in (V2, BETA, SESSION):
        sent = session if key == "session" else key
        status, body = await client.refused(**_post(url, launch, sent))
        assert (status, body["code"], body["status"]) == (401, 401, "Unauthorized")
        assert says in body["data"] and (not sent or sent not in body["data"])
        assert (body["dateTime"], body["timestamp"]) == ("2026-08-13T11:20:00.123Z", 1786620000123)


async def test_a_v4_turn_takes_its_live_session_key_only(client: Client) -> None:
    old = await client.session()
    launch = {"action": {"type": "launch"}}
    assert (await client.send(**_post(V4, launch, old))).response.status_code == 200
    new = await client.session()
    other = await client.session("bob")
    for key, says in [
        (KEY, "Session key required: the project key"),
        (f"ApiKey {KEY}", "Session key required"),
        (None, "Auth Key Required"),
        (f"Bearer {new}", "without Bearer"),
        ("eyJx.y.z", "Unknown session key"),
        (old, "This session ended"),
    ]:
        status, body = await client.refused(**_post(V4, launch, key))
        assert status == 401 and says in body["data"]
    for key in (new, other):
        assert (await client.send(**_post(V4, launch, key))).response.status_code == 200


async def test_environments(client: Client) -> None:
    launch = {"action": {"type": "launch"}, "userID": "a", **WHO}
    object_id = "65f000000000000000000001"
    for environment, beta in [
        ("main", 400), ("development", 200), ("production", 200), (object_id, 200), ("nope", 400),
    ]:  # fmt: skip
        fine = environment != "nope"
        url = BETA.replace("development", environment)
        assert (await client.send(**_post(url, launch, KEY))).response.status_code == beta
        request = _post(f"{V2}?environment={environment}", launch, KEY)
        assert (await client.send(**request)).response.status_code == (200 if fine else 400)
        request = _post(SESSION.replace("main", environment), launch, KEY)
        assert (await client.send(**request)).response.status_code == (200 if fine else 404)
    _, body = await client.refused(**_post(BETA.replace("development", "x"), launch, KEY))
    assert body["code"] == 400 and body["data"] == "Invalid project version tag"
    _, body = await client.refused(**_post(f"{V2}?environment=x", launch, KEY))
    assert body["name"] == "verror" and body["message"] == "invalid environment tag"
    assert body["requestID"]
    split = f"/v4/project/{PROJECT}/session"
    assert (await client.send(**_post(split, launch, KEY))).response.status_code == 200


@pytest.mark.parametrize(
    "action",
    [
        {"type": "launch", "payload": None},
        {"type": "text", "payload": None},
        {"type": "text"},
        {"type": "text", "payload": {"message": "x"}},
        {"type": "paid", "payload": "x"},
        {"type": "path-x", "payload": {}},
        {"type": "intent", "payload": {"intent": {"name": "x"}}},
        {"type": "event", "payload": {"event": "x"}},
        {"type": 7},
        {},
        "launch",
    ],
)
async def test_malformed_actions(action: Any, client: Client) -> None:
    status, body = await client.refused(**await client.request("v2beta1", action))
    issues = json.loads(body["data"])
    assert status == body["code"] == 500
    assert {"code", "expected", "received", "path", "message"} == set(issues[0])
    assert issues[0]["path"][0] == "action"
    status, body = await client.refused(**await client.request("v2", action))
    assert status == 400 and body["name"] == "verror" and "action" in body["message"]
    lenient = isinstance(action, dict) and action.get("type") in ("launch", "paid", "intent")
    answer = await client.send(**await client.request("v4", action))
    assert answer.response.status_code == (200 if lenient else 400)
    if not lenient:
        assert set(json.loads(answer.raw)) == {"statusCode", "message", "error"}


async def test_sound_actions_of_every_type(client: Client) -> None:
    everywhere: list[dict[str, Any]] = [
        {"type": "launch", "payload": {"persona": "p"}, "metadata": {}},
        {"type": "intent", "payload": {"intent": {"name": "opening_hours"}, "entities": []}},
        {"type": "event", "payload": {"event": {"name": "checkout"}}},
        {"type": "path-x", "payload": {"label": "Hire a bike", "actions": []}},
        {"type": "paid"},
        {"type": "something", "payload": {"ref": "A1"}},
        {"type": "action", "payload": {"label": "See the map", "actions": []}},
        {"type": "no-reply"},
        {"type": "no-reply", "payload": None},
        {"type": "end"},
    ]
    v4: list[dict[str, Any]] = [
        {"type": "message", "payload": {"message": "hours"}},
        {"type": "dtmf", "payload": "4821"},
        {"type": "file", "payload": {"text": "photo", "files": []}},
        {"type": "live-agent-handoff", "payload": {"type": "message", "message": "hi"}},
        {"type": "odd", "payload": [1, None, {"query": 5, "label": {}}]},
        {"type": "odd", "payload": {"query": 5, "label": {}, "intent": {"name": 3}}},
    ]
    for api in APIS:
        for action in everywhere + (v4 if api == "v4" else []):
            body = await client.turn(api, action)
            assert body.frames[-1].event == "end", (api, action, body.raw)


async def test_v2beta1_needs_both_ids_and_joins_them(client: Client) -> None:
    status, body = await client.refused(**_post(BETA, {"action": {"type": "launch"}}, KEY))
    assert status == 500
    assert [issue["path"] for issue in json.loads(body["data"])] == [["session"]] * 2
    await client.say("v2beta1", "my name is Ada", session={"userID": "ab", "sessionID": "c"})
    body = await client.say("v2beta1", "hours", session={"userID": "a", "sessionID": "bc"})
    state = json.loads(body.frames[-2].data)["state"]
    assert state["variables"]["user_id"] == "abc" and state["variables"]["name"] == "Ada"


@pytest.mark.parametrize("content", [b"{", b"[1]", b"7", b"{'a':1}", b'{"a":NaN}', b"[" * 50_000])
async def test_bad_json_is_a_syntax_error_even_without_a_key(
    content: bytes, client: Client
) -> None:
    for url in (V2, V4, BETA, SESSION):
        answer = await client.http.post(url, content=content)
        assert answer.status_code == 400
        assert set(answer.json()) == {"name", "message", "requestID"}
        assert answer.json()["name"] == "SyntaxError" and answer.json()["message"]


async def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    answer = await client.http.post(V2, content=b" " * (2**20 + 1))
    assert (answer.status_code, answer.json()["name"]) == (413, "PayloadTooLargeError")
    action = {"type": "text", "payload": "x" * (2**20 - 100)}
    assert (await client.send(**_post(V2, {"action": action}, KEY))).response.status_code == 200


@pytest.mark.parametrize(
    ("method", "url"),
    [("POST", "/v9/x"), ("GET", V4), ("GET", "/"), ("POST", f"{V2}/"), ("POST", "/<b>")],
)
async def test_unknown_routes_are_a_web_page(method: str, url: str, client: Client) -> None:
    answer = await client.http.request(method, url)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert f"<pre>Cannot {method} " in answer.text and "<b>" not in answer.text


async def test_user_ids_are_percent_decoded(client: Client) -> None:
    url = V2.replace("ada", "a%2Fb%20c%23%3F%40é%F0%9F%9A%B2") + "?state=true"
    body = await client.send(**_post(url, {"action": {"type": "launch"}}, KEY))
    state = json.loads(body.frames[-2].data)
    assert state["variables"]["user_id"] == "a/b c#?@é🚲"
    launch = {"action": {"type": "launch"}}
    for bare, status in [("a/b", 404), ("x" * 129, 400), ("", 400)]:
        answer = await client.send(**_post(V2.replace("ada", bare), launch, KEY))
        assert answer.response.status_code == status
    for user, status in [("x" * 256, 200), ("x" * 257, 400), ("", 400), (7, 400), (None, 400)]:
        answer = await client.send(**_post(SESSION, {"userID": user}, KEY))
        assert answer.response.status_code == status


async def test_variables_are_merged_and_outlive_a_session(client: Client) -> None:
    body = await client.say("v2", "variables", variables={"tier": "gold", "seats": [1]})
    assert '| `tier` | `"gold"` |' in body.payloads("text")[0]["message"]
    body = await client.say("v2beta1", "hours", state={"variables": {"tier": "silver"}})
    assert json.loads(body.frames[-2].data)["state"]["variables"]["tier"] == "silver"
    await client.say("v4", "my name is Ada.", variables={"tier": "tin"})
    await client.session()
    table = (await client.say("v4", "variables")).payloads("text")[0]["message"]
    assert '| `tier` | `"tin"` |' in table and '| `name` | `"Ada"` |' in table


@pytest.mark.parametrize("api", APIS)
async def test_after_the_end_the_next_message_begins_anew(api: Api, client: Client) -> None:
    await client.turn(api, {"type": "launch"})
    body = await client.say(api, "bye")
    kinds = [trace["type"] for trace in body.traces]
    assert kinds[-2:] == ["end", "debug"] and body.frames[-1].event == "end"
    assert body.traces[-2].get("payload", "absent") == ("absent" if api == "v2" else None)
    again = await client.say(api, "hours")
    assert "Welcome" in again.payloads("text")[0]["message"] and again.payloads("choice")
    assert "20:00" in (await client.say(api, "hours")).payloads("text")[0]["message"]


async def test_control_characters_are_raw_in_v4_only(client: Client) -> None:
    bodies = {api: (await client.say(api, "control")).raw for api in APIS}
    for control in b"\t\x07\x0b\x0c\x1c\x1d\x1e":
        assert bytes([control]) in bodies["v4"]
        assert bytes([control]) not in bodies["v2"] + bodies["v2beta1"]
    (text,) = Body(httpx.Response(200), bodies["v4"]).payloads("text")
    assert "tab\there, bell\x07here" in text["message"]


async def test_a_lone_surrogate_comes_back_as_the_escape_it_was(client: Client) -> None:
    request = await client.request("v4", {"type": "text", "payload": "broken"})
    content = json.dumps(request.pop("json")).replace("broken", "\\ud83d!").encode()
    body = await client.send(**request, content=content)
    assert "“\ud83d!”" in body.text and b"\\ud83d" in body.raw


@pytest.mark.parametrize("api", APIS)
async def test_waits_make_a_believable_pace(api: Api) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async with talking(pace=1, sleep=sleep) as client:
        body = await client.say(api, "hm")
    deltas = [t for t in body.traces if t["type"] in ("completion", "completion-continue")]
    assert len(deltas) >= 10 and "“hm”" in body.text
    assert sum(waits) >= 1.0 and waits[0] == pytest.approx(0.4)
    assert all(0.05 <= wait <= 0.1 for wait in waits[1:])


@pytest.mark.parametrize("late", [0.0, 0.003, 0.2, -1.0])
async def test_many_short_waits_are_as_long_as_the_script(late: float) -> None:
    """Each lasts longer than it should, or not at all, and the next ones make up for it."""
    clock = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal clock
        clock += max(0.0, seconds + late)

    rest = Rest(sleep, lambda: clock)
    for _ in range(100):
        clock += 0.001  # somebody has work to do between two waits
        await rest.wait(0.05)
    if late >= 0:
        assert -1e-9 <= clock - max(5.0, 100 * (late + 0.001)) <= late + 0.05
    else:
        assert clock == pytest.approx(0.1)


async def test_v2beta1_keeps_long_waits_alive() -> None:
    async def sleep(seconds: float) -> None:
        assert seconds <= 30

    async with talking(pace=100, sleep=sleep) as client:
        body = await client.say("v2beta1", "hm")
    assert body.raw.startswith(b"retry:2000\n\n") and b"\n\n:\n\nevent:trace\n" in body.raw


async def test_the_same_seed_and_clock_give_the_same_bytes() -> None:
    bodies = []
    for _ in range(2):
        async with talking() as client:
            bodies.append([(await client.say(api, "hire a bike")).raw for api in APIS])
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("api", APIS)
async def test_every_failing_word_fails_as_its_row_says(api: Api, client: Client) -> None:
    for word, failure in FAILURES.items():
        if word == "fail stall" or failure.aftermath or not failure.status:
            continue  # see test_endings.py
        body = await client.say(api, word.upper())
        response, frames = body.response, body.frames
        assert response.status_code == failure.status, word
        if failure.status != 200 or failure.media_type:
            media = failure.media_type or "application/json"
            assert response.headers["content-type"].split(";")[0] == media
        elif word in ("fail cut", "fail reset", "fail end"):
            kind = {"fail cut": httpx.RemoteProtocolError, "fail reset": httpx.ReadError}.get(word)
            assert type(body.error) is (kind or type(None)), word
            assert "end" not in [frame.event for frame in frames], word
            assert body.raw.endswith(b"\n\n") == (word == "fail end")
            assert body.text.endswith("say when it"), word
            last = body.traces[-1]
            assert last["type"] == "completion-continue" or last["payload"]["state"] == "content"
        else:
            assert frames[-1].event == "end", word
        wait = response.headers.get("retry-after")
        assert wait == (failure.retry_after and str(failure.retry_after))
        if failure.once:
            assert (await client.say(api, word)).frames[-1].event == "end"
            assert (await client.say(api, word)).response.status_code == failure.status


async def test_failures_inside_a_stream(client: Client) -> None:
    assert "error" in [f.event for f in (await client.say("v4", "fail error")).frames]
    credits = await client.say("v4", "fail credits")
    assert "credit_limit_reached" in credits.payloads("debug")[-1]["message"]
    internal = await client.say("v4", "fail internal")
    assert internal.payloads("debug")[-1]["message"] == "An internal error occurred."
    slow = await client.say("v2", "fail slow")
    assert slow.raw.count(b"\n\n: still thinking\n\n") >= 1 and slow.text
    garbage = (await client.say("v4", "fail garbage")).frames
    assert len([frame for frame in garbage if frame.problem]) >= 2
    hostile = await client.say("v4", "fail escape")
    assert "\x1b]0;owned\x07" in hostile.text
    assert "\x1b" in hostile.payloads("choice")[0]["buttons"][0]["name"]


async def test_bursts_have_so_many_pieces(client: Client) -> None:
    for api in APIS:
        body = await client.say(api, "bench 1000")
        pieces = [
            payload
            for trace in body.traces
            for payload in [trace["payload"]]
            if trace["type"] == "completion-continue" or payload.get("state") == "content"
        ]
        assert len(pieces) == 1000 and body.frames[-1].event == "end"
    action = {"type": "text", "payload": "burst 7"}
    whole = await client.send(**_post(V2, {"action": action}, KEY))
    assert len(whole.payloads("text")) == 7


@pytest.mark.parametrize("api", APIS)
async def test_it_leaves_at_once_with_a_stalled_stream_open(api: Api) -> None:
    async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
        async with demo_agent(pace=0) as url:
            idle, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
            http.base_url = httpx.URL(url)
            request = await Client(http).request(api, {"type": "text", "payload": "fail stall"})
            response = await http.send(http.build_request(**request), stream=True)
            chunks = response.aiter_raw()
            while b" when" not in await anext(chunks):
                pass
        with pytest.raises(httpx.HTTPError):
            async for _ in chunks:
                pass
        with contextlib.suppress(ConnectionResetError):
            assert await idle.read() == b""
        writer.close()
        with pytest.raises(httpx.ConnectError):
            await http.get("/")
    leftover = asyncio.all_tasks() - {asyncio.current_task()}
    assert not [task for task in leftover if "run_asgi" in str(task.get_coro())]


async def test_a_client_that_leaves_finds_the_turn_done(client: Client) -> None:
    request = await client.request("v4", {"type": "text", "payload": "fail stall"})
    async with client.http.stream(**request) as response:
        await anext(response.aiter_raw())
    body = await client.say("v4", "variables")
    assert "fail stall" in body.payloads("text")[0]["message"]


async def test_it_touches_no_signal_and_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with caplog.at_level(logging.DEBUG):
        async with talking() as client:
            inside = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
            await client.say("v2", "fail cut")
            await client.http.get("/nowhere")
    assert inside == before
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


async def test_a_taken_or_impossible_port_is_said_in_a_sentence() -> None:
    async with demo_agent() as url:
        port = int(url.rsplit(":", 1)[1])
        for wrong in (port, 70_000):
            with pytest.raises(ConfigurationError, match=f"cannot listen on port {wrong}"):
                async with demo_agent(wrong):
                    pass
    async with demo_agent(port) as again:
        assert again == url


def test_frames_do_not_wait_for_more() -> None:
    """asyncio turns Nagle's delay off only for sockets that name TCP: 40 ms a frame."""
    with bound(0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


async def test_web_pages_of_any_origin_may_call_it(client: Client) -> None:
    headers = {
        "origin": "http://localhost:5173",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    preflight = await client.http.options(V4, headers=headers)
    assert preflight.status_code == 200
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    answer = await client.http.post(V4, headers={"origin": "http://localhost:5173"})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "*"
