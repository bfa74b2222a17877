"""A log into a file: whole or not at all, and never over a file that nobody said to replace."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from errno import ELOOP
from pathlib import Path
from tempfile import NamedTemporaryFile

from vftui.errors import ConfigurationError

SUFFIXES = {
    "jsonl": ".jsonl",
    "json": ".json",
    "md": ".md",
    "html": ".html",
    "sse": ".sse",
    "curl": ".sh",
    "har": ".har",
    "csv": ".csv",
}
"""How the file of each format is named at its end."""


class FileThere(ConfigurationError):
    """There is a file of that name, which nobody has said to replace."""


def format_of(path: Path) -> str | None:
    """The format that a file's name asks for."""
    return next((name for name, end in SUFFIXES.items() if end == path.suffix.lower()), None)


def suggested(title: str, session: int, name: str) -> str:
    """A file name for a session in a format: letters and figures only, whatever its title."""
    words = "".join(one if one.isalnum() and one.isascii() else " " for one in title).lower()
    return "-".join([*words.split()[:6], str(session)]) + SUFFIXES[name]


def save(pieces: Iterable[bytes], path: Path, *, replace: bool = False) -> int:
    """Write the pieces; how many bytes they were. `FileThere` if they are not to replace a file.

    A link stays a link: what it leads to is written. So does a device or a pipe stay what it is.
    """
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder.", "Name a file in it.")
    if not replace and path.exists():
        raise FileThere(f"{path} is there already.", "Choose another name, or replace it.")
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as device:
                return sum(device.write(piece) for piece in pieces)
        return _replaced(pieces, Path(os.path.realpath(path)))
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error.strerror or error}.", "Choose another place."
        ) from error


def _replaced(pieces: Iterable[bytes], path: Path) -> int:
    """Put a file with the pieces in the file's place when all of them are written."""
    if path.is_symlink():
        raise OSError(ELOOP, os.strerror(ELOOP))
    size = 0
    part: Path | None = None
    try:
        with NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
        ) as file:
            part = Path(file.name)
            for piece in pieces:
                size += file.write(piece)
        part.replace(path)
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return size
