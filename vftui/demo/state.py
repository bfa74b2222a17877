"""What the demo agent remembers: conversations, their variables, the keys of v4 sessions.

Three rules, all the platform's:

1. Variables belong to the user and outlive sessions, restarts and the end of a conversation.
2. Opening a v4 session ends the older one of the same user.
3. A v2beta1 conversation is stored under user id and session id joined without a separator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from vftui.demo.ids import Ids

MEMORY = 20
"""Messages that the agent's model is shown again in each turn."""


@dataclass
class Conversation:
    """One user's conversation."""

    user: str
    variables: dict[str, Any] = field(default_factory=dict)
    memory: list[dict[str, str]] = field(default_factory=list)
    over: bool = False
    """Whether the `end` trace was sent: the next message begins anew."""
    key: str = ""
    """The v4 session key that is valid now."""
    revoked: bool = False
    """Whether the next session is refused, as if the project's key had been revoked."""
    refused: set[str] = field(default_factory=set)
    """The failures that were asked for and given once; the next try is let through."""

    def begin(self, now: float) -> None:
        """Start from the beginning; variables stay."""
        self.over = False
        self.memory.clear()
        self.variables["sessions"] = self._sessions() + 1
        self.variables["timestamp"] = int(now)

    def end_session(self, *, revoked: bool) -> None:
        """End the v4 session; with `revoked`, the next one is refused, too."""
        self.key, self.revoked = "", revoked

    @property
    def fresh(self) -> bool:
        """Whether it never began."""
        return self._sessions() == 0

    def heard(self, action: dict[str, Any], words: str) -> None:
        """Remember what the person did."""
        self.variables |= {"last_utterance": words, "last_event": action}
        self._remember("user", words)

    def said(self, words: str) -> None:
        """Remember what the agent said in this turn."""
        self.variables["last_response"] = words
        self._remember("assistant", words)

    def state(self) -> dict[str, Any]:
        """The state as a `state` event shows it."""
        frame = {
            "nodeID": "13f8515c8567c8a1e5a2f4ad",
            "diagramID": "63a9f0ea7bb98050796b649e",
            "storage": {},
            "variables": {},
            "commands": [],
        }
        builtin = {
            "sessions": self._sessions(),
            "user_id": self.user,
            "platform": "webchat",
            "locale": "en-GB",
            "intent_confidence": 0,
        }
        memory = {
            "vf_memory": "\n".join(f"{line['role']}: {line['content']}" for line in self.memory),
            "_memory_": list(self.memory),
        }
        return {
            "stack": [] if self.over else [frame],
            "storage": {"stopTypes": {}},
            "variables": {**builtin, **self.variables, **memory},
        }

    def _sessions(self) -> int:
        sessions = self.variables.get("sessions")
        return sessions if isinstance(sessions, int) else 0

    def _remember(self, role: str, content: str) -> None:
        if content:
            self.memory.append({"role": role, "content": content})
            del self.memory[:-MEMORY]


class Conversations:
    """All conversations of one demo agent."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._by_user: dict[tuple[str, str], Conversation] = {}
        self._by_key: dict[str, Conversation] = {}

    def of(self, project: str, user: str) -> Conversation:
        """The conversation of a user with a project, begun when there is none."""
        return self._by_user.setdefault((project, user), Conversation(user))

    def open_session(self, project: str, user: str) -> str:
        """A new v4 session key; the user's older one ends."""
        conversation = self.of(project, user)
        conversation.over = False
        conversation.memory.clear()
        conversation.key = self._ids.session_key(user)
        self._by_key[conversation.key] = conversation
        return conversation.key

    def with_key(self, key: str) -> Conversation | None:
        """The conversation that a key was made for; its own `key` differs when this one ended."""
        return self._by_key.get(key)
