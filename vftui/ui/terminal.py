"""Keys that Textual reads otherwise than the terminal meant them.

Most terminals, and tmux, send escape and the digit for alt and a digit. Textual takes these for
what a keyboard on macOS types with its option key (`¡` for alt+1), and escape with a return for
enter alone, which would send a half-written message. It offers no way to say otherwise, so its
table of sequences is corrected here, in the one place where we reach into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from textual import _ansi_sequences


@dataclass(frozen=True)
class _Key:
    value: str


def read_alt_keys() -> None:
    """Read alt with a digit, and alt with enter, as just that."""
    table = cast("dict[str, Any]", _ansi_sequences.ANSI_SEQUENCES_KEYS)
    table["\x1b\r"] = (_Key("alt+enter"),)
    for digit in "123456789":
        table[f"\x1b{digit}"] = (_Key(f"alt+{digit}"),)
