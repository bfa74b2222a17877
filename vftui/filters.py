"""The saved filters: queries that a person gave a name, in a file beside the settings.

Three rules:

1. The file is a person's to edit: comments and order stay, and it is replaced whole or not at all.
2. What is saved can be read as a query, and asks for no filter that asks for it.
3. Nothing that looks like a key gets into the file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from vftui.errors import ConfigurationError
from vftui.query import parse
from vftui.replacing import replace
from vftui.secrets import mask

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


class Filters(Mapping[str, str]):
    """The texts of queries by their names, in the order of the file."""

    def __init__(self, path: Path | None = None, texts: Mapping[str, str] | None = None) -> None:
        self._path = path
        self._texts = dict(texts or {})

    @classmethod
    def load(cls, path: Path) -> Filters:
        """The filters of a file; none without one. Raises when it cannot be read."""
        return cls(path, _read(path)[1])

    def __getitem__(self, name: str) -> str:
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def save(self, name: str, text: str) -> None:
        """Keep a query under a name, in place of the one that had it."""
        name, text = name.strip().removeprefix("@"), text.strip()
        if not _NAME.fullmatch(name):
            raise ConfigurationError(
                "A filter's name has letters, figures, - and _ only, at most 40.",
                "Choose one such as slow-tools.",
            )
        if not text:
            raise ConfigurationError("This filter is empty.", "Type what it is to keep first.")
        if mask(text) != text:
            raise ConfigurationError(
                "This filter has something in it that looks like a key.", "Leave the key out."
            )
        parse(text, {**self, name: text})
        self._change(name, text)

    def delete(self, name: str) -> None:
        """Forget a filter; nothing happens when there is none of this name."""
        if name in self:
            self._change(name, None)

    def _change(self, name: str, text: str | None) -> None:
        """Change one filter here and in the file, whose others may have changed meanwhile."""
        if self._path is None:
            texts = dict(self._texts)
        else:
            content, texts = _read(self._path)
            replace(self._path, _changed(content, name, text), "The filter")
        texts.pop(name, None)
        self._texts = texts if text is None else {**texts, name: text}


def kept() -> Filters:
    """The filters of the person who runs the app."""
    from vftui.settings import filters_path

    return Filters.load(filters_path())


def _read(path: Path) -> tuple[str, dict[str, str]]:
    """What is in the file, and the filters that it tells."""
    try:
        content = path.read_text("utf-8-sig") if path.exists() else ""
        texts = tomllib.loads(content)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:  # not UTF-8, or not TOML
        raise ConfigurationError(f"{path} is not valid TOML.", "Mend it there.") from None
    wrong = [name for name, text in texts.items() if not isinstance(text, str)]
    if wrong:
        raise ConfigurationError(
            f"{path} has something else than a text in it.",
            'Each line is a name and a text, such as slow = "gap>2s".',
        )
    return content, texts


def _changed(content: str, name: str, text: str | None) -> str:
    """The file's content with this filter in it, or without it."""
    import tomlkit

    document = tomlkit.parse(content)
    if text is not None:
        document[name] = text
    elif name in document:
        del document[name]
    return tomlkit.dumps(document)
