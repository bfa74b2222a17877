"""The curl command: it really runs, says the same, and holds no key."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scripted import EVENT_STREAM, ScriptedServer, Step, answer
from vftui.client import HttpAgent
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.render.curl import curl
from vftui.render.text import printable
from vftui.wire.actions import text
from vftui.wire.dialects import DIALECTS, Api, Request, Target
from vftui.wire.frames import FrameReader
from vftui.wire.traces import decode

NEEDS_CURL = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("sed") and shutil.which("sh")),
    reason="no curl, sed or sh here",
)
HOSTILE = """it's "quoted" $HOME `id` $(id) \\ \n\r\t\x1b[31m 🚲 \u202e ’ ; & | > # ! %s * ~ é"""
VARIABLES = {"who": HOSTILE, "cart": {"a": [1, None]}}


def requests(url: str, api: Api, words: str, variables: Any = None) -> tuple[Request, ...]:
    environment = "development" if api == "v2beta1" else "main"
    target = Target(url, PROJECT, environment, "o'brien @home", "s'1")
    return HttpAgent(target, api, KEY).requests(text(words), variables)


async def run(command: str, key: str = KEY) -> tuple[bytes, bytes]:
    """What the command prints in a shell, on stdout and stderr."""
    environ = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", command,
        env=environ | {"VF_API_KEY": key},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    return await process.communicate()


@NEEDS_CURL
@pytest.mark.parametrize("api", DIALECTS)
async def test_it_runs_against_a_live_agent(api: Api) -> None:
    async with demo_agent(pace=0) as url:
        out, err = await run(curl(requests(url, api, "variables", VARIABLES)))
    reader = FrameReader()
    decoded = [decode(frame) for frame in reader.feed(out) + reader.close()]
    said = [one.trace.raw["payload"]["message"] for one in decoded if one.trace
            and one.trace.type == "text"]  # fmt: skip
    assert decoded[-1].kind == "end", (out, err)
    assert f"| `who` | `{json.dumps(HOSTILE, ensure_ascii=False)[:60]}` |" in said[-1]


@NEEDS_CURL
@pytest.mark.parametrize("api", DIALECTS)
async def test_it_sends_the_same_requests_as_the_client(api: Api) -> None:
    end: list[Step] = [EVENT_STREAM, b"event: end\n\n"]
    session: list[Step] = [
        answer("200 OK", b'{"a": 1,\n "sessionKey" : "eyJhbGciOi.x.y", "b": 2\n}')
    ]
    scripts = [session, end] if api == "v4" else [end]
    async with ScriptedServer(*scripts) as server:
        told = requests(server.url, api, HOSTILE, VARIABLES)
        await run(curl(told))
    assert len(server.asked) == len(told)
    for request, asked in zip(told, server.asked, strict=True):
        assert request.url == server.url + asked.path and asked.line.startswith("POST ")
        assert asked.json == json.loads(request.body)
        sent = {name.lower(): value for name, value in request.headers}
        assert sent.items() <= asked.headers.items()
    keys = [asked.headers["authorization"] for asked in server.asked]
    assert keys == ([KEY, "eyJhbGciOi.x.y"] if api == "v4" else [KEY])


@NEEDS_CURL
async def test_a_refused_session_is_told_and_its_answer_is_no_key() -> None:
    async with ScriptedServer(
        [answer("401 Unauthorized", b'{"data":"no"}')], [answer("401 Unauthorized", b"no key")]
    ) as server:
        out, err = await run(curl(requests(server.url, "v4", "hi")))
    assert b"401" in err and out == b"no key"
    assert server.asked[1].headers.get("authorization", "") == ""


@given(st.text(alphabet=st.characters()), st.sampled_from(list(DIALECTS)))
def test_nothing_in_it_is_invisible(words: str, api: Api) -> None:
    command = curl(requests("http://127.0.0.1:1", api, words))
    assert printable(command) == command
    assert command.count("Authorization") == (2 if api == "v4" else 1)


@pytest.mark.parametrize("api", DIALECTS)
def test_it_holds_no_key(api: Api) -> None:
    secret = "VF.DM.0123456789abcdef01234567.CanarySecretCanary"
    command = curl(requests("http://127.0.0.1:1", api, f"my key is {secret}", {"k": secret}))
    assert "Canary" not in command and '"Authorization: $VF_API_KEY"' in command
    assert KEY not in command
