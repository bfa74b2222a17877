"""This machine: where is recorded, what the terminal can show, which setting is from where."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import quote

from vftui.checks.verdict import Verdict, failed, note, ok
from vftui.errors import VftuiError
from vftui.recording import Recording
from vftui.settings import FIELDS, Settings

LEAST_SPACE = 50 * 1024**2
"""Bytes on the disk below which recording will soon fail."""

_GIGABYTE = 1e9
_MEND = "Mend it or move it away, or use --no-record."


def check_machine(
    settings: Settings, recordings: Path, environ: Mapping[str, str]
) -> Iterator[Verdict]:
    """Recording, terminal, settings, in this order."""
    yield check_recording(recordings, wanted=settings.record)
    yield check_terminal(environ)
    yield _settings(settings)


def check_recording(path: Path, *, wanted: bool) -> Verdict:
    """Whether the file of recordings can be opened and written, and is its owner's alone.

    It is really opened, so it is there afterwards.
    """
    if not wanted:
        return note("recording", "Recording is off.")
    try:
        Recording.open(path).close()
        free = shutil.disk_usage(path).free
        mode = path.stat().st_mode
        writable = os.access(path, os.W_OK)
    except VftuiError as error:
        return failed("recording", error.message, _MEND)
    except OSError as error:
        return failed("recording", f"{path} cannot be looked at: {error.strerror}.", _MEND)
    if not writable:
        return failed("recording", f"{path} may not be written.", _MEND)
    if free < LEAST_SPACE:
        return failed("recording", f"The disk of {path} is nearly full.", "Free some space.")
    if mode & 0o077 and not path.drive:  # Windows has no such mode bits
        return failed("recording", f"Others can read {path}.", f"Run: chmod 600 {quote(str(path))}")
    return ok("recording", f"{path}, with {free / _GIGABYTE:.1f} GB free.")


def check_terminal(environ: Mapping[str, str]) -> Verdict:
    """What the terminal says of itself."""
    columns, lines = shutil.get_terminal_size()
    term = environ.get("TERM", "")
    told = f"{columns} columns, {lines} lines, TERM is {term or 'not set'}, {_colours(environ)}."
    if term == "dumb":
        return note("terminal", told, "The screen needs another terminal; the commands do not.")
    return note("terminal", told)


def _colours(environ: Mapping[str, str]) -> str:
    if environ.get("NO_COLOR"):
        return "no colours because of NO_COLOR"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "16 million colours"
    return "256 colours" if "256" in environ.get("TERM", "") else "16 colours"


def _settings(settings: Settings) -> Verdict:
    """Which came from where; never a value."""
    places: dict[str, list[str]] = {}
    for field in FIELDS:
        if field in settings.origins:
            places.setdefault(settings.origins[field], []).append(field)
    told = "; ".join(f"{', '.join(fields)} from {place}" for place, fields in places.items())
    return note("settings", f"{told}; else default." if told else "All are default.")
