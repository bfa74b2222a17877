"""The two voices of a command: data on stdout, talk on stderr.

Three rules:

1. Each flushes before the other speaks, so that a pipe and a terminal show the same order.
2. JSON goes out as ASCII: it holds no escape sequence, and no terminal's encoding can refuse it.
3. Text that came from outside passes `printable()` before it gets here.
"""

from __future__ import annotations

import os
import sys

from vftui.errors import VftuiError
from vftui.render.text import to_json

__all__ = ["close_stdout", "put", "say", "to_json"]


def put(data: str | bytes) -> None:
    """Write a piece of data to stdout, at once; a reader that has left is a `BrokenPipeError`."""
    try:
        if isinstance(data, bytes):
            sys.stdout.buffer.write(data)
        else:
            sys.stdout.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        close_stdout()  # what could not be written would be tried again at every flush
        reason = (error.strerror or str(error)).lower()
        raise VftuiError(f"Cannot write the output: {reason}.") from error


def close_stdout() -> None:
    """Send what is still written to stdout nowhere, because its reader has left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """Write a line of talk to stderr."""
    sys.stdout.flush()
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
