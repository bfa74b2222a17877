"""Identifiers that look like the platform's, reproducible when seeded.

One source of randomness makes them all, so that one seed reproduces a whole conversation.
"""

from __future__ import annotations

import base64
import json
import random
import uuid


class Ids:
    """Makes event ids, message ids and session keys."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)

    def uuid4(self) -> str:
        """A random UUID, version 4, as v2beta1 gives to every event."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def object_id(self) -> str:
        """24 hexadecimal digits, as turns, messages and nodes have."""
        return f"{self._random.getrandbits(96):024x}"

    def session_key(self, user: str) -> str:
        """A v4 session key: three parts like a JSON Web Token, opaque to clients."""
        head = {"alg": "HS256", "typ": "JWT"}
        claims = {"userID": user, "sessionID": self.object_id()}
        parts = [
            base64.urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).rstrip(b"=")
            for part in (head, claims)
        ]
        return f"{parts[0].decode()}.{parts[1].decode()}.{self._random.getrandbits(256):064x}"
