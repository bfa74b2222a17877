"""Keys, kept out of sight.

Two tools for two situations:

- `mask` hides whatever has the shape of a key, and the keys of this process, which `remember` was
  told. For tracebacks, settings, history, clipboard, and the surroundings of other programs.
- `Secrets` knows the credentials in use and hides exactly those, also when they arrive escaped
  (`\\u0056`, `%56`) or with zero-width spaces between. Its replacement has the same length, so
  bytes that are masked keep their framing, their JSON and their offsets.

Neither can find the credentials of other services inside an agent's variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_SHAPES = re.compile(
    r"(VF\.(?:DM\.|WS\.)?)[A-Za-z0-9]+\.[A-Za-z0-9_-]+"
    r"|(vfp_)[A-Za-z0-9_-]+"
    r"|(eyJ)[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"
)
_ESCAPED = re.compile("\\\\u00([0-9a-fA-F]{2})|%([0-9a-fA-F]{2})|\u200b")
_SIGNS_OF_ESCAPES = (b"%", b"\\u", "\u200b".encode())
_SIGNS_OF_KEYS = (b"VF.", b"vfp_", b"eyJ", *_SIGNS_OF_ESCAPES)
_SHORTEST_WHOLE = 4
_SHORTEST_PART = 8

KEY_VARIABLES = ("VF_API_KEY", "API_KEY")
"""Variables that no other program has any business with, whatever is in them."""

_KINDS = {
    "VF.DM.": "a project API key (VF.DM.…)",
    "VF.WS.": "a workspace API key (VF.WS.…)",
    "VF.": "an API key (VF.…)",
    "vfp_": "a personal access token (vfp_…)",
    "eyJ": "a session key (eyJ…)",
}


def mask(text: str) -> str:
    """Hide all Voiceflow keys, tokens and session keys by their shape, and this process's keys."""
    shapeless = _SHAPES.sub(lambda found: f"{found[1] or found[2] or found[3]}****", text)
    return _REMEMBERED.mask(shapeless)


def mask_written(text: str) -> str:
    """`mask` for what was written by a program: also finds keys that are written with escapes."""
    if _ESCAPED.search(text):
        plain = _ESCAPED.sub(_unescaped, text)
        text = Secrets(*(found[0] for found in _SHAPES.finditer(plain))).mask(text)
    return mask(text)


def mask_bytes(raw: bytes) -> bytes:
    """The same for bytes: what is not a key stays as it is, to the byte."""
    if not any(sign in raw for sign in _SIGNS_OF_KEYS):
        return _REMEMBERED.mask_bytes(raw)  # nearly all frames: they need not even be decoded
    text = raw.decode("utf-8", "surrogateescape")
    masked = mask_written(text)
    return raw if masked == text else masked.encode("utf-8", "surrogateescape")


def starred(text: str) -> str:
    """`mask_written` with as many stars as a key has characters, so that all else stays in place.

    Of a key in plain writing only what follows `VF.DM.` and the like becomes stars.
    """
    for found in reversed([*_SHAPES.finditer(text)]):
        start = next(found.end(group) for group in (1, 2, 3) if found[group])
        text = text[:start] + "*" * (found.end() - start) + text[found.end() :]
    if _ESCAPED.search(text):
        plain = _ESCAPED.sub(_unescaped, text)
        text = Secrets(*(found[0] for found in _SHAPES.finditer(plain))).mask(text)
    return _REMEMBERED.mask(text)


def remember(key: str) -> None:
    """Let `mask` hide this key, too, whatever its shape; a short one may be a word, and is not."""
    if len(key) >= _SHORTEST_PART:
        _REMEMBERED.add(key)


def kind_of(credential: str) -> str:
    """What kind of credential this is, said without showing it."""
    bare = credential.rpartition(" ")[2]  # "ApiKey VF.DM.…" is sent, too
    for prefix, kind in _KINDS.items():
        if bare.startswith(prefix):
            return kind
    return "something without the shape of a key"


def without_keys(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables for a program that is not to learn a key."""
    return {
        name: value
        for name, value in environment.items()
        if name not in KEY_VARIABLES and mask(value) == value
    }


class Secrets:
    """The credentials in use, and a way to hide them in whatever arrives."""

    def __init__(self, *credentials: str) -> None:
        self._needles: list[str] = []
        self._signs: list[bytes] = []
        for credential in credentials:
            self.add(credential)

    def add(self, credential: str) -> None:
        """Hide this one, too: the whole of it, and its last part, which is the secret one."""
        parts = (credential.rpartition(" ")[2], credential.rpartition(".")[2])
        needles = {*self._needles, *(part for part in parts if len(part) >= _SHORTEST_PART)}
        if len(credential) >= _SHORTEST_WHOLE:
            needles.add(credential)
        self._needles = sorted(needles, key=len, reverse=True)
        # A credential that holds another one is found by it.
        least = [one for one in needles if not any(part in one for part in needles - {one})]
        self._signs = [*(one.encode() for one in least), *_SIGNS_OF_ESCAPES]

    def mask(self, text: str) -> str:
        """The text with every credential replaced by as many stars."""
        for needle in self._needles:
            if needle in text:
                text = text.replace(needle, "*" * len(needle))
        if _ESCAPED.search(text):
            plain = _ESCAPED.sub(_unescaped, text)
            if any(needle in plain for needle in self._needles):
                return self._mask_escaped(text, plain)
        return text

    def mask_bytes(self, raw: bytes) -> bytes:
        """The bytes with every credential replaced by as many stars; nothing else changes."""
        for sign in self._signs:
            if sign in raw:
                break
        else:
            return raw  # nearly all frames: they need not even be decoded
        text = raw.decode("utf-8", "surrogateescape")
        masked = self.mask(text)
        return raw if masked == text else masked.encode("utf-8", "surrogateescape")

    def _mask_escaped(self, text: str, plain: str) -> str:
        # Where each character of `plain` stands in `text`: escapes are wider, spaces are gone.
        spans: list[tuple[int, int]] = []
        end = 0
        for found in _ESCAPED.finditer(text):
            spans.extend((at, at + 1) for at in range(end, found.start()))
            if found.group() != "\u200b":
                spans.append(found.span())
            end = found.end()
        spans.extend((at, at + 1) for at in range(end, len(text)))
        out = list(text)
        for needle in self._needles:
            for match in re.finditer(re.escape(needle), plain):
                for start, stop in spans[match.start() : match.end()]:
                    out[start:stop] = "*" * (stop - start)
        return "".join(out)


def _unescaped(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    return chr(int(digits, 16)) if digits else ""


_REMEMBERED = Secrets()
"""The keys that this process was told, of whatever agent."""
