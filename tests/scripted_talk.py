"""One conversation with the demo agent that has everything in it, written down once.

`vftui send --script` has it, and so can the app: `SCRIPT` is what a person types, line by line,
and each `Beat` tells what must go out for its line and what must come back.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from vftui.demo.parts import card_button, dock_button, path_button


@dataclass(frozen=True)
class Beat:
    """One turn."""

    line: str
    """What is typed; a `/vars` line stands before it when there are `variables`."""
    sends: dict[str, Any] | None
    """The action that goes out."""
    says: tuple[str, ...]
    """Parts of the agent's words."""
    offers: tuple[str, ...] = ()
    """The names of the buttons that are there afterwards."""
    variables: dict[str, Any] = field(default_factory=dict)
    over: bool = False
    """Whether it ends the conversation."""


def _text(words: str) -> dict[str, Any]:
    return {"type": "text", "payload": words}


_MENU = ("Hire a bike", "Opening hours", "Prices", "Talk to a person", "Help")
_WELCOME = ("Welcome to **Harbour Bikes**",)

TALK = (
    Beat("/launch", {"type": "launch"}, _WELCOME, _MENU),
    Beat("tell me of the tide", _text("tell me of the tide"), ("“tell me of the tide”",)),
    Beat(
        "hire a bike", _text("hire a bike"), ("**Pier 3** has the bikes", "Reply **hold**"),
        ("City bike", "E-bike", "Cargo bike"),
    ),
    Beat(" e-BIKE ", path_button("E-bike")[1], ("Done: a bike waits for you",)),
    Beat("dock", _text("dock"), ("Which dock do you mean?",), ("Pier 3", "North mole")),
    Beat("/press North mole", dock_button("North mole")[1], ("**North mole** has four bikes",)),
    Beat(
        "cards", _text("cards"), ("Here is what is free",), ("Hire this", "Size guide")
    ),
    Beat("/press 1", card_button("City bike", "Hire this")["request"], ("Done: a bike waits",)),
    Beat(
        "payment", _text("payment"), ("Choose how it ends",), ("paid", "declined", "cancelled")
    ),
    Beat("Declined", {"type": "declined"}, ("Your card was declined.",), _MENU),
    Beat("wait", _text("wait"), ("I will ask again after 5 seconds",)),
    Beat("/noreply", {"type": "no-reply"}, ("Still there?",), _MENU),
    Beat(
        "variables", _text("variables"), ('| `tier` | `"gold"` |', '| `bikes` | `["e", 2]` |'),
        variables={"tier": "gold", "bikes": ["e", 2]},
    ),
    Beat("bye", _text("bye"), ("Goodbye!",), over=True),
    Beat("/launch", {"type": "launch"}, _WELCOME, _MENU),
    Beat(
        "variables", _text("variables"), ('| `tier` | `"gold"` |', "| `sessions` | `2` |")
    ),
)  # fmt: skip
"""Launch, streamed answer, buttons of every kind, a custom action, no-reply, variables, end, again.
"""


def _lines(beat: Beat) -> list[str]:
    """The beat's line, behind the one that sets its variables."""
    values = [f"{name}={json.dumps(value)}" for name, value in beat.variables.items()]
    return [*([f"/vars {' '.join(values)}"] if values else []), beat.line]


SCRIPT = "\n".join(
    ["# All that a talk can have.", "", *(line for beat in TALK for line in _lines(beat))]
)
"""The same as a script."""
