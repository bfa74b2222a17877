"""Refusals: the server's words in every shape of body, waits, and advice."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.wire.refusals import LONGEST_WAIT, advice, retry_after, server_words, status_text


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
        ("9" * 400, LONGEST_WAIT),
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
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT


def test_status_text() -> None:
    assert status_text(404) == "404 Not Found"
    assert status_text(404, "Nobody Here") == "404 Nobody Here"
    assert status_text(799) == "799"


@pytest.mark.parametrize(
    ("status", "sent", "words", "expected"),
    [
        (401, "a project API key (VF.DM.…)", "", "belongs to this project"),
        (401, "a personal access token (vfp_…)", "", "needs a project API key"),
        (401, "the session key", "", "A new session was refused as well"),
        (403, "the session key", "", "may not do this"),
        (403, "a project API key (VF.DM.…)", "", "may not do this"),
        (403, "a personal access token (vfp_…)", "", "needs a project API key"),
        (400, "", "invalid environment tag", "`staging`"),
        (400, "", "", "VF_ENVIRONMENT"),
        (404, "", "", "creator"),
        (413, "", "", "too large"),
        (429, "", "", "wait"),
        (500, "", "", "cannot read"),
        (599, "", "", "cannot read"),
        (504, "", "", "may have run"),
        (302, "", "", "never followed"),
        (418, "", "", "Check"),
    ],
)
def test_advice(status: int, sent: str, words: str, expected: str) -> None:
    said = advice(status, api="v2", environment="staging", sent=sent, words=words)
    assert expected in said and said.endswith(".") and said[0].isupper()


def test_main_is_not_suggested_to_who_has_it() -> None:
    assert "Most" in advice(404, api="v4", environment="development", sent="")
    assert "Most" not in advice(404, api="v4", environment="main", sent="")


def test_v2beta1_has_other_environments() -> None:
    words = "Invalid project version tag"
    assert "`production`" in advice(400, api="v2beta1", environment="main", sent="", words=words)


def test_an_old_api_may_be_gone() -> None:
    assert "--api v4" in advice(404, api="v2beta1", environment="main", sent="")
    assert "--api" not in advice(404, api="v4", environment="main", sent="")
