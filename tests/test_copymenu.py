"""The copy menu: each letter puts the right text on the clipboard, and nothing of it is lost."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stage import (
    SIZES,
    START,
    Puppet,
    Stage,
    end,
    head,
    received,
    stage,
    text,
    trace,
    turn,
)
from vftui.errors import VftuiError
from vftui.render.copies import copies, text_of
from vftui.render.jsonpath import jsonpath, pretty
from vftui.render.text import escaped
from vftui.session.log import Closed, Received, Sent
from vftui.ui.copymenu import CopyMenu, CopyWanted
from vftui.wire.frames import parse_frame

RAW = b'event: trace\r\nid: 7\ndata: {"type":"x","payload":{"n":1,"who":"A\\u202eda"}}\n\n'
LOG = turn("hello", Received(START, parse_frame(RAW)), text("Hi"))


async def menu(on: Stage, seq: int, *keys: str) -> CopyMenu:
    """The menu of an entry, opened in the detail after these keys."""
    on.chat.show_side("detail")
    on.chat.side.traces.show(seq)
    await on.press(*keys, "y")
    screen = on.app.screen
    assert isinstance(screen, CopyMenu)
    return screen


@pytest.mark.parametrize(
    ("letter", "copied"),
    [
        ("v", '{\n  "n": 1,\n  "who": "A\\u202eda"\n}'),
        ("p", "$.payload"),
        ("e", pretty({"type": "x", "payload": {"n": 1, "who": "A\u202eda"}})),
        ("f", RAW.decode()),
    ],
)
async def test_a_letter_copies_what_it_stands_for(letter: str, copied: str) -> None:
    async with stage(log=LOG) as on:
        await menu(on, 3, "down")
        await on.press(letter)
        await on.until(lambda: on.app.clipboard == copied)
        await on.until(lambda: any(note.startswith("Copied the ") for note in on.toasts))
        assert on.keys_go_to(on.chat.side.detail)


async def test_a_text_is_copied_as_it_is() -> None:
    async with stage(log=LOG) as on:
        await menu(on, 3, "down", "down", "down")
        await on.press("v")
        await on.until(lambda: on.app.clipboard == "A\u202eda")


async def test_a_line_of_the_bytes_is_a_value_without_a_path() -> None:
    async with stage(log=LOG) as on:
        await menu(on, 3, "v", "down")
        assert " p  path" not in on.screen_text
        await on.press("v")
        await on.until(lambda: on.app.clipboard == "id: 7")


async def test_escape_copies_nothing_and_so_do_other_letters() -> None:
    async with stage(log=LOG) as on:
        await menu(on, 3)
        await on.press("c", "x", "escape")
        assert on.app.screen is on.chat
        assert on.app.clipboard == ""


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_arrows_and_the_mouse_pick_a_line(size: tuple[int, int]) -> None:
    async with stage(log=LOG, size=size) as on:
        await menu(on, 3, "down")
        await on.press("down", "enter")
        await on.until(lambda: on.app.clipboard == "$.payload")
        screen = await menu(on, 3)
        rows = on.screen_text.split("\n")
        y = next(y for y, row in enumerate(rows) if " f  frame" in row)
        await on.pilot.click(offset=(screen.query_one("OptionList").region.x + 3, y))
        await on.until(lambda: on.app.clipboard == RAW.decode())


async def test_the_list_asks_without_a_value() -> None:
    async with stage(log=LOG) as on:
        row = on.chat.side.traces.row(3)
        assert row is not None
        on.chat.post_message(CopyWanted(row))
        await menu_of(on)
        told = on.screen_text
        assert " e  event" in told and " v  value" not in told and " p  path" not in told
        await on.press("e")
        await on.until(lambda: '"payload"' in on.app.clipboard)


async def test_the_remark_is_offered_where_there_is_one() -> None:
    async with stage(log=LOG) as on:
        on.journal.remark(3, "why\x1b?")
        row = on.journal.row(3)
        assert row is not None
        on.chat.post_message(CopyWanted(row))
        await menu_of(on)
        assert "why␛?" in on.screen_text
        await on.press("r")
        await on.until(lambda: on.app.clipboard == "why\x1b?")


async def menu_of(on: Stage) -> None:
    """Wait until the menu can be read."""
    await on.until(lambda: isinstance(on.app.screen, CopyMenu) and "event" in on.screen_text)


# curl


def posted(body: dict[str, Any]) -> Sent:
    url = "https://a.example/v4/interact/stream"
    return Sent(
        START, {"type": "text", "payload": "hi"}, "v4", "POST", url, json.dumps(body).encode()
    )


async def test_curl_is_the_request_of_the_turn_without_a_key() -> None:
    log = [*LOG, posted({"action": "it's"}), head(), text("Hi"), end()]
    async with stage(log=log) as on:
        await menu(on, 8)
        await on.press("c")
        await on.until(lambda: "curl" in on.app.clipboard)
        words = shlex.split(on.app.clipboard)
        assert json.loads(words[-1]) == {"action": "it's"}
        assert "https://a.example/v4/interact/stream" in words
        assert "Authorization: $KEY" in words and "Accept: text/event-stream" in words


async def test_curl_of_a_live_agent_opens_the_session_first() -> None:
    async with stage(Puppet(answer=[head(), text("Hi")])) as on:
        sent = posted({"action": 1})
        on.session.apply(sent)
        on.journal.append(sent)
        row = on.journal.row(len(on.journal))
        assert row is not None
        on.chat.post_message(CopyWanted(row))
        await menu_of(on)
        await on.press("c")
        await on.until(lambda: "curl" in on.app.clipboard)
        assert on.app.clipboard.startswith("KEY=$(curl ") and "$VF_API_KEY" in on.app.clipboard


# Texts


ANY = st.text(st.characters(codec=None))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(ANY, inside, max_size=3),
)


@given(VALUES)
def test_a_copied_value_reads_back_as_the_same(value: Any) -> None:
    copied = text_of(value)
    copied.encode()
    assert copied == value if copied == value else json.loads(copied) == value


@given(st.binary(max_size=60))
def test_bytes_that_are_text_are_copied_as_they_are(raw: bytes) -> None:
    entry = Received(1.0, parse_frame(raw))
    (copied,) = (one.text() for one in copies(entry) if one.key == "f")
    assert copied.encode() == raw or "\\x" in copied


def test_what_is_no_frame_can_be_copied_too() -> None:
    closed = Closed(1.0, "refused", "No.", status=401, body="<html>")
    texts = {one.key: one.text() for one in copies(closed)}
    assert texts["f"] == "<html>" and json.loads(texts["e"])["status"] == 401


def test_what_is_nested_too_deeply_is_said() -> None:
    value: Any = 1
    for _ in range(5_000):
        value = [value]
    with pytest.raises(VftuiError, match="nested too deeply"):
        pretty(value)


async def test_what_cannot_be_written_is_said_and_not_copied() -> None:
    deep = received({"type": "x", "payload": 1})
    nested: Any = 1
    for _ in range(5_000):
        nested = [nested]
    deep.decoded.value["payload"] = nested
    async with stage(log=[]) as on:
        row = replace(await _row(on), entry=deep)
        on.chat.post_message(CopyWanted(row))
        await menu_of(on)
        await on.press("e")
        await on.until(lambda: any("too deeply" in note for note in on.toasts))
        assert on.app.clipboard == ""


async def _row(on: Stage) -> Any:
    on.journal.append(trace("x"))
    return on.journal.row(1)


# Paths

PATHS = st.lists(st.text(st.characters(codec=None)) | st.integers(0, 10**6)).map(tuple)


@given(PATHS)
def test_a_path_reads_back_as_its_steps(path: tuple[Any, ...]) -> None:
    written = jsonpath(path)
    assert written.startswith("$") and escaped(written) == written
    steps = []
    rest = written[1:]
    while rest:
        if rest[0] == ".":
            name = rest[1:].split(".")[0].split("[")[0]
            steps.append(name)
            rest = rest[1 + len(name) :]
        else:
            value, stop = json.JSONDecoder().raw_decode(rest[1:])
            steps.append(value)
            rest = rest[stop + 2 :]
    assert tuple(steps) == path
