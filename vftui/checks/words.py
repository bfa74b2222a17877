"""The advice of others, in the words of where it is read.

What goes wrong is put into sentences far from here, for somebody at a command line. `vftui doctor`
need not be told to run itself, and a form has fields in place of flags, variables and settings.
"""

from __future__ import annotations

import re

_DOCTOR = (
    (re.compile(r",? with `vftui doctor`,?"), ""),
    (re.compile(r": `vftui doctor` tries [^.]*"), ""),
)

_FORM = (
    *_DOCTOR,
    (re.compile(r"the base URL( \(--base-url, VF_RUNTIME_URL\))?", re.IGNORECASE), "the address"),
    (re.compile(r"pass it as --base-url URL"), "type it as the address"),
    (re.compile(r", or --insecure-http if that is what you want"), ""),
    (re.compile(r" \((--[\w-]+, )?VF_[A-Z_]+\)"), ""),
    (re.compile(r"\((--[\w-]+, )?VF_[A-Z_]+; "), "("),
    (re.compile(r"(use|needs) --api (v\w+)"), r"\1 generation \2"),
    (re.compile(r",? with a longer --timeout"), ""),
    (re.compile(r"Set VF_(API_KEY|PROJECT_ID), or try: vftui demo"), "Fill it in"),
    (re.compile(r",? (in)?to VF_(API_KEY|PROJECT_ID)"), ""),
    (re.compile(r", or set VF_API_KEY"), ""),
    (re.compile(r"^base_url(?= is | \(from )"), "the address"),
    (re.compile(r"^api_key(_from)?(?= \(from )"), "the key"),
    (re.compile(r"^api(?= \(from )"), "the generation"),
    (re.compile(r" \(from what was typed\)"), ""),
)


def in_doctor(text: str) -> str:
    """The text without the advice to run `vftui doctor`."""
    return _told(text, _DOCTOR)


def in_the_form(text: str) -> str:
    """The text in the words of the form."""
    return _told(text, _FORM)


def _told(text: str, changes: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    told = text
    for pattern, words in changes:
        told = pattern.sub(words, told)
    return text if told == text else told[:1].upper() + told[1:]
