"""What a file says is looked at before it is believed: a file may come from anybody."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from vftui.errors import ConfigurationError
from vftui.records import Record
from vftui.session.log import ENDINGS
from vftui.wire.dialects import Api

Check = Callable[[Any], bool]


def loaded(path: Path, hint: str = "") -> Any:
    """The JSON of a whole file."""
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise ConfigurationError(f"{path.name} is not JSON.", hint) from None


def words(value: Any) -> str:
    """A text; of anything else, none."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> float | None:
    """A number, also one that JSON has no word for; of anything else, None."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return None if math.isnan(found) else found


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _maybe(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _pairs(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(map(_text, pair)) for pair in value
    )


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


_FRAME: dict[str, Check] = {
    "event": _text,
    "id": _text,
    "data": _text,
    "dispatched": _flag,
    "comment": _maybe(_text),
    "retry": _maybe(_whole),
    "problem": _maybe(_text),
    "cut": _flag,
}

_MEMBERS: dict[str, dict[str, Check]] = {
    "sent": {
        "action": lambda value: isinstance(value, dict),
        "api": lambda value: value in get_args(Api),
        "method": _text,
        "url": _text,
    },
    "opened": {
        "status": _maybe(_whole),
        "headers": _pairs,
        "stage": lambda value: value in ("session", "turn"),
        "note": _text,
        "retry_in": _maybe(lambda value: number(value) is not None),
    },
    "received": {
        "cut": _flag,
        "first": _flag,
        "fields": lambda value: isinstance(value, dict) and _fits(value, _FRAME),
    },
    "closed": {
        "ending": lambda value: value in ENDINGS,
        "message": _text,
        "advice": _text,
        "status": _maybe(_whole),
        "body": _text,
    },
}
"""What each kind of entry has beside its bytes, and what it must look like."""

_NEEDED = {"sent": {"action", "api"}, "opened": {"status", "headers"}, "closed": {"ending"}}


def checked_record(told: dict[str, Any], raw: bytes) -> Record:
    """The record that a JSON object tells of; raises `ValueError` when it does not fit."""
    kind = words(told.get("kind"))
    checks = _MEMBERS.get(kind)
    at = told.get("at")
    if checks is None or (at is not None and number(at) is None):
        raise ValueError(kind)
    extra = _extra(told, checks)
    if not _fits(extra, checks) or not _NEEDED.get(kind, set()) <= set(extra):
        raise ValueError(kind)
    told_extra = json.dumps(extra) if extra else None
    return Record(kind, kind, number(at), raw, words(told.get("last_id")), told_extra)


def _extra(told: dict[str, Any], checks: dict[str, Check]) -> dict[str, Any]:
    """The members that only its kind has."""
    if isinstance(told.get("extra"), str):
        told = json.loads(told["extra"])
        if not isinstance(told, dict):
            raise ValueError("extra")
    return {name: told[name] for name in checks if name in told}


def _fits(told: dict[str, Any], checks: dict[str, Check]) -> bool:
    return all(name in checks and checks[name](value) for name, value in told.items())
