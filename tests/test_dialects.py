"""Dialects: the exact requests of each generation, and the targets that are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.errors import ConfigurationError
from vftui.wire.actions import text
from vftui.wire.dialects import DIALECTS, Api, Target, check_target, is_loopback

TARGET = Target("https://runtime.test/", "p1", "main", "ada", "s1")
ODD = Target("https://runtime.test", "a/b", "x?y#z", "../ö @%2F", "s")


def test_v4_opens_a_session_with_the_key() -> None:
    request = DIALECTS["v4"].session_request(TARGET)
    assert request is not None
    assert (request.method, request.credential) == ("POST", "key")
    assert request.url == "https://runtime.test/v4/project/p1/environment/main/session"
    assert request.body == b'{"userID":"ada"}'


def test_v4_runs_a_turn_with_the_session() -> None:
    request = DIALECTS["v4"].turn_request(TARGET, text("hi"))
    assert request.credential == "session"
    assert request.url == "https://runtime.test/v4/interact/stream"
    assert json.loads(request.body) == {
        "action": {"type": "text", "payload": "hi"},
        "config": {"completionEvents": True},
    }


def test_v2() -> None:
    dialect = DIALECTS["v2"]
    request = dialect.turn_request(TARGET, text("hi"))
    assert dialect.session_request(TARGET) is None
    assert request.credential == "key"
    assert request.url == (
        "https://runtime.test/v2/project/p1/user/ada/interact/stream"
        "?environment=main&completion_events=true"
    )
    assert request.body == b'{"action":{"type":"text","payload":"hi"}}'


def test_v2beta1() -> None:
    dialect = DIALECTS["v2beta1"]
    request = dialect.turn_request(TARGET, text("hi"))
    assert dialect.session_request(TARGET) is None
    assert request.url == "https://runtime.test/v2beta1/interact/p1/main/stream"
    assert json.loads(request.body)["session"] == {"userID": "ada", "sessionID": "s1"}


@pytest.mark.parametrize(
    ("api", "field"),
    [
        ("v4", {"variables": {"tier": "gold", "seats": [1]}}),
        ("v2", {"variables": {"tier": "gold", "seats": [1]}}),
        ("v2beta1", {"state": {"variables": {"tier": "gold", "seats": [1]}}}),
    ],
)
def test_variables_are_where_each_generation_looks(api: Api, field: dict[str, Any]) -> None:
    dialect = DIALECTS[api]
    without = json.loads(dialect.turn_request(TARGET, text("hi")).body)
    body = json.loads(dialect.turn_request(TARGET, text("hi"), {"tier": "gold", "seats": [1]}).body)
    assert body == without | field
    assert json.loads(dialect.turn_request(TARGET, text("hi"), {}).body) == without


@pytest.mark.parametrize("api", DIALECTS)
def test_streams_are_asked_for_uncompressed(api: Api) -> None:
    headers = dict(DIALECTS[api].turn_request(TARGET, text("hi")).headers)
    assert headers == {
        "Accept": "text/event-stream",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
    }


def test_what_is_odd_is_escaped_in_the_url() -> None:
    v2 = DIALECTS["v2"].turn_request(ODD, text("hi")).url
    assert "/project/a%2Fb/user/..%2F%C3%B6%20%40%252F/interact" in v2
    assert parse_qs(urlsplit(v2).query)["environment"] == ["x?y#z"]
    v4 = DIALECTS["v4"].session_request(ODD)
    assert v4 is not None and "/environment/x%3Fy%23z/session" in v4.url


@given(st.text(min_size=1))
def test_no_user_leaves_its_place_in_the_path(user: str) -> None:
    url = DIALECTS["v2"].turn_request(replace(TARGET, user=user), text("hi")).url
    parts = httpx.URL(url).raw_path.split(b"?")[0].split(b"/")
    assert parts[1:4] == [b"v2", b"project", b"p1"]
    assert parts[4] == b"user" and parts[6:] == [b"interact", b"stream"]
    if user.isprintable():
        assert unquote(parts[5].decode()) == user


def test_a_lone_surrogate_in_the_user_does_not_crash() -> None:
    target = replace(TARGET, user="a\udc80", environment="\ud800")
    for dialect in DIALECTS.values():
        assert dialect.turn_request(target, text("hi")).body


@pytest.mark.parametrize(
    "base_url",
    ["", "runtime.test", "ftp://runtime.test", "https://", "https://a:b@runtime.test",
     "https://runtime.test?key=1", "https://runtime.test#x", "http://runtime.test",
     "https://runtime.test:99999", "https://run time.test", "https://runtime.test\n",
     "http://10.0.0.1", "http://127.0.0.1.evil.test", "https://[::1", "http://0.0.0.0:80"],
)  # fmt: skip
def test_base_urls_that_are_refused(base_url: str) -> None:
    with pytest.raises(ConfigurationError):
        check_target(replace(TARGET, base_url=base_url))


@pytest.mark.parametrize(
    "base_url",
    [
        "https://runtime.test/voiceflow/",
        "http://127.0.0.1:8080",
        "http://localhost",
        "http://[::1]:9",
    ],
)
def test_base_urls_that_are_fine(base_url: str) -> None:
    check_target(replace(TARGET, base_url=base_url))


def test_plain_http_can_be_allowed() -> None:
    check_target(replace(TARGET, base_url="http://10.0.0.1"), allow_insecure=True)


def test_a_key_in_the_wrong_place_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_target(replace(TARGET, project="VF.DM.aaaa.secretsecret"))
    assert "secret" not in caught.value.message + caught.value.hint
    with pytest.raises(ConfigurationError) as caught:
        check_target(replace(TARGET, base_url="https://VF.DM.aaaa.secretsecret@runtime.test"))
    assert "secret" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("field", ["project", "environment", "user"])
def test_an_empty_part_is_refused(field: str) -> None:
    with pytest.raises(ConfigurationError, match="empty"):
        check_target(replace(TARGET, **{field: ""}))


def test_loopback() -> None:
    assert is_loopback("http://127.8.9.1:1") and is_loopback("https://LOCALHOST/")
    assert not is_loopback("http://localhost.test")
