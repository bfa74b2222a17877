"""Refusals: the server's words in every shape of body, waits, and advice."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.wire.refusals import advice, retry_after, server_words, status_text

DAY = 24 * 3600.0
REQUIRED = {"path": ["action", "payload", "event"], "message": "Required"}
UNION = {"code": "invalid_union", "unionErrors": [{}], "path": ["action", 0], "message": "Invalid"}


def issues(*listed: object) -> str:
    """The body of a v2beta1 server that could not read the action."""
    return json.dumps({"code": 500, "data": json.dumps(listed, indent=2)})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"code":401,"status":"Unauthorized","data":"Auth Key Required"}', "Auth Key Required"),
        ('{"name":"verror","message":"invalid environment tag"}', "invalid environment tag"),
        ('{"statusCode":404,"message":"gone","error":"Not Found"}', "gone"),
        ('{"message":"","data":null,"error":"Not Found"}', "Not Found"),
        ('{"error":{"message":"inner"}}', "inner"),
        ('{"code":400,"status":"Bad Request"}', "Bad Request"),
        ('{"errors":{"a":1}}', '{"errors": {"a": 1}}'),
        ('{"data":{"errors":{"userID":"é"}}}', '{"errors": {"userID": "é"}}'),
        ('"just text"', "just text"),
        ('{"message":"raw \x01 control"}', "raw \x01 control"),
        ("plain\n  text", "plain text"),
        ("", ""),
        ("null", "null"),
        ("<html><style>p{}</style><!-- x --><p>No&nbsp;&lt;way&gt;</p></html>", "No <way>"),
        ("\n<!DOCTYPE html><head><title>t</title></head><h1>Error</h1><script>x", "Error"),
        ("[" * 100_000, "[" * 100_000),
        (issues(REQUIRED), "action.payload.event: Required"),
        (issues(REQUIRED, UNION, {}), "action.payload.event: Required (and 2 more)"),
        (issues(UNION), "action.0: Invalid"),
        (issues({"path": [], "message": "Expected object"}), "Expected object"),
        (issues({"message": "no path"}), '[ { "message": "no path" } ]'),
        (issues(), "[]"),
        ('{"data":"[not JSON"}', "[not JSON"),
        (json.dumps({"data": "[" * 50_000}), "[" * 50_000),
    ],
)
def test_words(body: str, words: str) -> None:
    assert server_words(body) == words


@given(st.text() | st.text(alphabet='<>/!-script"{}[]:,'))
def test_any_body_has_words_on_one_line(body: str) -> None:
    assert "\n" not in server_words(body)


AT = 1_800_000_000.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("9" * 400, DAY),
        (format_datetime(datetime.fromtimestamp(AT + 9, UTC), usegmt=True), 9.0),
        (format_datetime(datetime.fromtimestamp(AT - 9, UTC), usegmt=True), 0.0),
        ("Fri, 15 Jan 2027 08:00:09 -0000", 9.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("٣", None),
    ],
)
def test_waits(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, AT) == seconds


@given(st.text(), st.floats(0, 1e10))
def test_any_wait_is_bounded(value: str, at: float) -> None:
    seconds = retry_after(value, at)
    assert seconds is None or 0 <= seconds <= DAY


def test_status_text() -> None:
    assert status_text(404) == "404 Not Found"
    assert status_text(404, "Nobody Here") == "404 Nobody Here"
    assert status_text(799) == "799"


PROJECT_KEY = "a project API key (VF.DM.…)"


@pytest.mark.parametrize(
    ("status", "sent", "words", "expected"),
    [
        (401, PROJECT_KEY, "", "belongs to this project (VF_PROJECT_ID)"),
        (401, PROJECT_KEY, "", "A project API key (VF.DM.…) was sent; check with `vftui doctor`"),
        (401, PROJECT_KEY, "Session key required: the project key was sent", "only opens sessions"),
        (401, "a personal access token (vfp_…)", "", "needs a project API key"),
        (401, "a session key (eyJ…)", "Project key required", "A session key (eyJ…) was sent;"),
        (401, "a workspace API key (VF.WS.…)", "", "VF.DM.…, from the agent's settings"),
        (401, "the session key", "", "A new session did not help"),
        (403, "the session key", "", "may not do this"),
        (403, PROJECT_KEY, "", "may not do this"),
        (403, "a personal access token (vfp_…)", "", "needs a project API key"),
        (400, "", "invalid environment tag", "`staging`"),
        (400, "", "Cannot resolve project version tag", "most agents have `main` now"),
        (400, "", "action.payload: Required", "shape is wrong"),
        (500, "", "action.type: Required (and 2 more)", "shape is wrong"),
        (500, "", "actions: are broken", "cannot read"),
        (400, "", "", "VF_ENVIRONMENT"),
        (404, "", "", "creator"),
        (404, "", "Error Cannot POST /v2/x", "creator"),
        (404, "", "Cannot POST /v2/x", "--api v4 (VF_API)"),
        (413, "", "", "too large"),
        (408, "", "", "slow steps"),
        (429, "", "", "wait"),
        (500, "", "", "cannot read"),
        (502, "", "", "proxy"),
        (503, "", "", "overloaded"),
        (599, "", "", "cannot read"),
        (504, "", "", "may have run"),
        (302, "", "", "never followed"),
        (418, "", "", "Check"),
    ],
)
def test_advice(status: int, sent: str, words: str, expected: str) -> None:
    said = advice(status, api="v2", environment="staging", sent=sent, words=words)
    assert expected in said and one_sentence(said)


def one_sentence(said: str) -> bool:
    """Whether it begins and ends as a sentence does, and holds no end of another one."""
    return (
        said[0].isupper()
        and [said.count(end) for end in (". ", "? ", "! ")] == [0, 0, 0]
        and (re.search(r"\w[.]$|[)`][.]$", said) is not None)
    )


@pytest.mark.parametrize(
    ("wait", "expected"),
    [(4.0, "for 4 s:"), (119.0, "for 119 s:"), (3600.0, "for 60 min:"), (3601.0, "for 61 min:")],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_wants_to_be_left_alone(status: int, wait: float, expected: str) -> None:
    said = advice(status, api="v4", environment="main", sent="", wait=wait)
    assert expected in said and one_sentence(said)


def test_main_is_not_suggested_to_who_has_it() -> None:
    said = advice(404, api="v4", environment="main", sent="")
    assert "most agents" not in said and "`main`" in said
    assert "most agents have `main`" in advice(404, api="v4", environment="live", sent="")
    words = "invalid environment tag"
    assert "`production`" in advice(400, api="v4", environment="main", sent="", words=words)


def test_v2beta1_has_other_environments() -> None:
    words = "Invalid project version tag"
    assert "`production`" in advice(400, api="v2beta1", environment="main", sent="", words=words)


def test_an_old_api_may_be_gone() -> None:
    assert "--api v4" in advice(404, api="v2beta1", environment="main", sent="")
    assert "--api" not in advice(404, api="v4", environment="main", sent="")
    elsewhere = advice(404, api="v4", environment="main", sent="", words="Cannot POST /v4/x")
    assert "--base-url" in elsewhere and "--api" not in elsewhere
