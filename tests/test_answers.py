"""Answers: heads, words and masked frames (whole turns are in test_client.py)."""

from __future__ import annotations

import httpx
import pytest

from vftui.answers import AnswerReader
from vftui.secrets import Secrets

KEY = "VF.DM.0123456789abcdef01234567.cAnArY0123456789"
READER = AnswerReader(Secrets(KEY), clock=lambda: 5.0, idle=1.0, grace=0.0)


def test_a_head_keeps_repeated_headers_and_hides_credentials() -> None:
    headers = [("Via", "a"), ("Via", "b"), ("X", f"k={KEY}"), ("Set-Cookie", "s=1")]
    entry = READER.opened(httpx.Response(200, headers=headers), "turn", "note", 2.0)
    assert entry.headers == (
        ("via", "a"),
        ("via", "b"),
        ("x", "k=" + "*" * len(KEY)),
        ("set-cookie", "****"),
    )
    assert (entry.at, entry.status, entry.stage, entry.note, entry.retry_in) == (
        5.0, 200, "turn", "note", 2.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "obstacle"),
    [
        ({"content-type": "TEXT/event-stream;charset=x"}, None),
        ({"content-type": "text/event-stream", "content-encoding": "GZIP"}, None),
        ({"content-type": "text/event-stream", "content-encoding": "zstd"}, "compressed as zstd"),
        ({"content-type": "application/json, text/event-stream"}, "not an event stream"),
        ({}, "of no stated type"),
    ],
)
def test_what_keeps_an_answer_from_being_read(
    headers: dict[str, str], obstacle: str | None
) -> None:
    found = READER.obstacle(httpx.Response(200, headers=headers))
    assert (found is None) if obstacle is None else obstacle in (found or "")


def test_words_are_short_and_hide_keys_that_markup_disguised() -> None:
    assert READER.words("<p>" + KEY.replace(".", "&#46;") + "</p>") == "*" * len(KEY)
    assert len(READER.words("x" * 999)) == 300


def test_a_key_of_someone_else_is_hidden_in_words() -> None:
    assert READER.hidden("not VF.DM.aaaa.bbbb") == "not VF.DM.****"
