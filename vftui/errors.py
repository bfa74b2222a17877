"""What can go wrong, said to a person.

Every error has a message (one sentence that says what happened), a hint (one that says what to
do) and an exit code, which is a contract with scripts:

    VftuiError            1  unexpected
    ├── ConfigurationError 2  usage or configuration
    │   └── NotConfigured     no agent is set up yet
    ├── CheckFailed        3  a check did not hold
    ├── NotAuthorised      4  the key was refused
    ├── Unreachable        5  no answer, or none in time
    ├── AgentFailed        6  the server or the agent reported failure
    └── StreamBroken       7  truncated, or not an event stream

A turn that ends badly is not an exception: it is a `Closed` entry (`vftui.session.log`), and
`ENDING_EXIT` says which code a command returns for it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """The process exit codes of every command."""

    OK = 0
    UNEXPECTED = 1
    CONFIGURATION = 2
    CHECK_FAILED = 3
    NOT_AUTHORISED = 4
    UNREACHABLE = 5
    AGENT_FAILED = 6
    STREAM_BROKEN = 7
    INTERRUPTED = 130


def sentence(text: str) -> str:
    """The text with punctuation at its end; what others say often has none."""
    text = text.rstrip(" ,;:")
    return f"{text}." if text and text[-1] not in ".!?…。！？" else text


class VftuiError(Exception):
    """An error with a sentence about what happened, one about what to do, and an exit code."""

    exit_code: ClassVar[ExitCode] = ExitCode.UNEXPECTED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigurationError(VftuiError):
    """A flag, a setting or an argument is missing, unknown or cannot be used."""

    exit_code = ExitCode.CONFIGURATION


class NotConfigured(ConfigurationError):
    """No agent is set up yet: the screen welcomes instead."""


class CheckFailed(VftuiError):
    """Something that was checked does not hold."""

    exit_code = ExitCode.CHECK_FAILED


class NotAuthorised(VftuiError):
    """The server refused the key."""

    exit_code = ExitCode.NOT_AUTHORISED


class Unreachable(VftuiError):
    """The server could not be reached, or did not answer in time."""

    exit_code = ExitCode.UNREACHABLE


class AgentFailed(VftuiError):
    """The server or the agent reported a failure."""

    exit_code = ExitCode.AGENT_FAILED


class StreamBroken(VftuiError):
    """The answer was cut off, or is not an event stream."""

    exit_code = ExitCode.STREAM_BROKEN
