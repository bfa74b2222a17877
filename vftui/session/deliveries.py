"""Events that come twice, because a server or a proxy on the way sends again what it has sent."""

from __future__ import annotations

from vftui.wire.frames import Frame

REMEMBERED = 4096
"""Events that are remembered at least."""


class Deliveries:
    """The events that were delivered in a turn, as far as they say which ones they are."""

    def __init__(self) -> None:
        self._last = ""
        self._seen: set[int] = set()
        self._before: set[int] = set()

    def repeat(self, frame: Frame) -> bool:
        """Whether the very same event came before: the same id, its own, and the same data."""
        identity = frame.id
        if not identity or (identity == self._last and not has_id(frame.raw)):
            return False
        self._last = identity
        event = hash((identity, frame.data))
        if event in self._seen or event in self._before:
            return True
        if len(self._seen) >= REMEMBERED:
            self._seen, self._before = set(), self._seen
        self._seen.add(event)
        return False


def has_id(raw: bytes) -> bool:
    """Whether a frame has an id of its own; it would inherit one."""
    return raw.startswith(b"id:") or b"\nid:" in raw or b"\rid:" in raw
