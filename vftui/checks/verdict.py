"""What a check comes to: a finding, and the exit code of a command that found it."""

from __future__ import annotations

from dataclasses import dataclass

from vftui.checks.words import in_doctor
from vftui.errors import ExitCode
from vftui.opening import Finding
from vftui.secrets import mask


@dataclass(frozen=True)
class Verdict(Finding):
    """A finding that a command can end with."""

    code: ExitCode = ExitCode.OK
    """`OK` unless the check failed."""


def ok(what: str, text: str) -> Verdict:
    """It is as it should be."""
    return Verdict(what, "ok", mask(text))


def note(what: str, text: str, fix: str = "") -> Verdict:
    """It may be as it should be: good to know."""
    return Verdict(what, "note", mask(text), mask(fix))


def skipped(what: str, text: str, fix: str = "") -> Verdict:
    """It was not tried, and why."""
    return Verdict(what, "skipped", mask(text), mask(fix))


def failed(what: str, text: str, fix: str, code: ExitCode = ExitCode.CHECK_FAILED) -> Verdict:
    """It is not as it should be, and what to do: all but to run the checks."""
    return Verdict(what, "failed", mask(text), mask(in_doctor(fix)), code)
