"""Secrets: what is hidden, in which disguises, and what is left alone."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.secrets import Secrets, kind_of, mask, remember, without_keys

KEY = "VF.DM.0123456789abcdef01234567.cAnArY0123456789"
SECRET = KEY.rpartition(".")[2]


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(one):04X}" for one in text)


@pytest.mark.parametrize(
    "said",
    [
        KEY,
        SECRET,
        f'{{"message":"wrong key {KEY}"}}',
        escaped(KEY),
        "".join(f"%{ord(one):02x}" for one in KEY),
        "\u200b".join(KEY),
        f"%20{KEY}%20",
        f"\\u00e9 {SECRET[:5]}{escaped(SECRET[5:])}",
    ],
)
def test_disguises_are_seen_through(said: str) -> None:
    hidden = Secrets(KEY).mask(f"a{said}z")
    assert len(hidden) == len(said) + 2 and hidden[0] == "a" and hidden[-1] == "z"
    plain = hidden.replace("\u200b", "")
    assert SECRET not in plain and "*" in plain
    assert "cAnArY" not in plain.encode().decode("unicode-escape")


@given(st.binary(), st.binary(), st.sampled_from([KEY, SECRET, escaped(KEY), quote(KEY + "/")]))
def test_bytes_keep_their_length_and_everything_around(a: bytes, b: bytes, said: str) -> None:
    raw = a + said.encode() + b
    hidden = Secrets(KEY).mask_bytes(raw)
    assert len(hidden) == len(raw)
    assert hidden.startswith(a) and hidden.endswith(b)
    assert SECRET.encode() not in hidden


@given(st.binary())
def test_bytes_without_a_credential_are_the_same_object(raw: bytes) -> None:
    assert Secrets(KEY).mask_bytes(raw) is raw


def test_masked_json_is_still_json() -> None:
    body = json.dumps({"key": KEY, "é": [SECRET]}).encode()
    assert json.loads(Secrets(KEY).mask_bytes(body)) == {"key": "*" * len(KEY), "é": ["*" * 16]}


def test_a_credential_can_come_later() -> None:
    secrets = Secrets(KEY)
    assert secrets.mask("session-1") == "session-1"
    secrets.add("session-1")
    assert secrets.mask(f"session-1 {SECRET}") == f"********* {'*' * len(SECRET)}"


def test_a_key_behind_a_scheme_is_hidden_alone_as_well() -> None:
    assert "0123" not in Secrets(f"ApiKey {KEY}").mask(KEY)


def test_short_parts_are_not_hidden_because_they_are_words() -> None:
    assert Secrets("VF.DM.x.bike").mask("hire a bike, VF.DM.x.bike") == "hire a bike, " + "*" * 12


def test_repr_shows_nothing() -> None:
    assert "cAnArY" not in repr(Secrets(KEY))


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"key={KEY}", "key=VF.DM.****"),
        ("VF.WS.abc.def-g_h!", "VF.WS.****!"),
        ("Bearer vfp_abc-DEF", "Bearer vfp_****"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln", "eyJ****"),
        ("VF. is a prefix, eyJ too", "VF. is a prefix, eyJ too"),
    ],
)
def test_shapes(text: str, hidden: str) -> None:
    assert mask(text) == hidden


@pytest.mark.parametrize(
    ("credential", "kind"),
    [
        (KEY, "project API key"),
        (f"ApiKey {KEY}", "project API key"),
        ("VF.WS.a.b", "workspace API key"),
        ("vfp_x", "personal access token"),
        ("eyJx", "session key"),
        ("hunter2", "without the shape"),
    ],
)
def test_kinds(credential: str, kind: str) -> None:
    assert kind in kind_of(credential)
    assert "cAnArY" not in kind_of(credential)


def test_only_keys_are_left_out_of_the_surroundings_of_other_programs() -> None:
    variables = {"HOME": "/h", "API_KEY": "x", "TOKEN": f"ApiKey {KEY}", "VF_PROJECT_ID": "p"}
    assert without_keys(variables) == {"HOME": "/h", "VF_PROJECT_ID": "p"}


def test_a_key_of_any_shape_that_was_remembered_is_hidden_everywhere() -> None:
    remember("private-cloud-Canary-2")
    remember("unread")
    assert "Canary" not in mask("with private-cloud-Canary-2") and mask("unread") == "unread"
    assert without_keys({"MINE": "private-cloud-Canary-2", "HOME": "/h"}) == {"HOME": "/h"}
    assert mask(KEY) == "VF.DM.****"
