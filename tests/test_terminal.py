"""What a terminal sends, as Textual's parser reads it once it is corrected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import _parser, events
from textual._xterm_parser import XTermParser
from textual.message import Message

from vftui.render.text import printable
from vftui.ui.terminal import read_as_meant

START, END = "\x1b[200~", "\x1b[201~"
PASTED = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(["\x1b", "\x1b[31m", "\x1b[A", "\x07", "\r", START, "\x1b[201", "[201~"]),
    ),
    max_size=8,
).map("".join)
"""What may stand between the brackets, and a bit more: see `pasted`."""


@pytest.fixture(autouse=True, scope="module")
def late() -> Iterator[None]:
    """A parser whose every look at the clock finds that it waited long enough."""
    clock = count(0, 60)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_parser, "get_time", lambda: float(next(clock)))
        read_as_meant()
        yield


def read(chunks: Iterable[str], *, ticks: bool = False) -> list[Message]:
    """What the parser makes of what comes; with `ticks`, slowly."""
    parser = XTermParser()
    told: list[Message] = []
    for chunk in chunks:
        told += parser.feed(chunk)
        if ticks:
            told += parser.tick()
    return told


def keys(told: list[Message]) -> list[str]:
    return [event.key for event in told if isinstance(event, events.Key)]


@given(PASTED, st.lists(st.integers(0, 80)), st.booleans())
def test_a_paste_is_one_paste_and_never_a_key(text: str, cuts: list[int], ticks: bool) -> None:
    text = text.split(END)[0]
    if (text + END).index(END) < len(text):  # a part of the end, which the end completes
        return
    body = text + END
    places = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    chunks = [body[a:b] for a, b in pairwise(places)]
    told = read([START, *chunks, "x"], ticks=ticks)
    assert [type(event) for event in told] == [events.Paste, events.Key]
    assert isinstance(told[0], events.Paste)
    assert told[0].text == printable(text.replace("\0", ""))
    assert keys(told) == ["x"]


@given(st.integers(1, len(START + "a\x1bb" + END) - 1))
def test_the_brackets_may_come_in_pieces(cut: int) -> None:
    sent = START + "a\x1bb" + END
    (paste,) = read([sent[:cut], sent[cut:]])
    assert isinstance(paste, events.Paste)
    assert paste.text == "a␛b"


def test_one_paste_after_the_other_and_keys_between() -> None:
    told = read([f"q{START}one{END}\x1b[A{START}{END}{START}two{END}\x01"])
    assert [event.text for event in told if isinstance(event, events.Paste)] == ["one", "", "two"]
    assert keys(told) == ["q", "up", "ctrl+a"]


def test_an_escape_alone_is_a_key_when_nothing_follows_and_begins_no_paste() -> None:
    assert keys(read(["\x1b", "[200~a"], ticks=True)) == [
        "escape", "left_square_bracket", "2", "0", "0", "tilde", "a",
    ]  # fmt: skip


@pytest.mark.parametrize("sent", ["ab", START, START + "some", "\x1b"])
def test_a_terminal_that_is_gone(sent: str) -> None:
    told = read([sent, ""])
    assert not any(isinstance(event, events.Paste) for event in told)


@pytest.mark.parametrize(("sent", "key"), [("\x1b1", "alt+1"), ("\x1b\r", "alt+enter")])
def test_alt_keys(sent: str, key: str) -> None:
    assert keys(read([sent])) == [key]
