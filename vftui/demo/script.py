"""What the demo agent says, as data: `SCENES`, one row a thing that a person may type.

What a bike desk says is here; `vftui.demo.shows` and `vftui.demo.samples` have the rest.

Two rules:

1. A scene is found by one of its words, typed alone, or by one of its phrases anywhere in a
   sentence, in any case. The first match wins; `vftui.demo.listen` does the matching.
2. A scene is its steps and nothing else: it never looks at the dialect, its steps do.
"""

from __future__ import annotations

from vftui.demo import texts
from vftui.demo.model import Answer, Spend, Think, Tool
from vftui.demo.parts import (
    debug,
    knowledge,
    path_button,
    paths,
    text_button,
    trace,
)
from vftui.demo.samples import SAMPLES
from vftui.demo.shows import BIKES, SHOWS
from vftui.demo.steps import Buttons, End, Only, Say, Scene, Send, Steps
from vftui.demo.tokens import REFS

MENU = Buttons(
    (
        path_button("Hire a bike"),
        path_button("Opening hours"),
        text_button("Prices", "What are your prices?"),
        path_button("Talk to a person"),
        text_button("Help", "help"),
    )
)

WELCOME: Steps = (Say(texts.WELCOME), MENU)

_START = debug(
    "starting execution",
    level="info",
    context="Agent",
    ref=REFS["Agent"],
    metadata={"tools": [{"id": "974e5cc07da6e4536bffd935", "name": "dock_lookup"}]},
)
_HIRE: Steps = (
    Only(("v4",), (_START,)),
    Think(("The rider wants a bike near the pier. ", "I should ask the dock service first.")),
    Only(("v4",), (Spend("claude-3.5-haiku", 621, 19, by="Agent"),)),
    Tool("dock_lookup", 0.35),
    knowledge("bikes at pier 3", None, "Dock opening times", "Bikes and prices"),
    Answer(
        texts.HIRE,
        model="claude-3.5-haiku",
        by="Agent",
        sources=(("Dock opening times", "https://example.com/dock-opening-times"),),
    ),
    Answer("Reply **hold** and I will keep one for you for 10 minutes.", first=0.25),
    Buttons((path_button("City bike"), path_button("E-bike"), path_button("Cargo bike"))),
)

SLOW_PARTS = {"round": 0.6, "dock_lookup": 0.8, "delay": 1.2, "first": 0.5, "every": 0.05}
"""Seconds of what `slow dock` does, so that a client's own figures can be held against them: a
model's round, the tool, a delay that no trace explains, the wait for the answer, its pieces."""

_SLOW: Steps = (
    Only(
        ("v4",),
        (_START, Send(SLOW_PARTS["round"]), Spend("claude-3.5-haiku", 640, 21, by="Agent")),
    ),
    Tool("dock_lookup", SLOW_PARTS["dock_lookup"]),
    Send(SLOW_PARTS["delay"]),
    Answer(
        texts.SLOW,
        model="claude-3.5-haiku",
        by="Agent",
        first=SLOW_PARTS["first"],
        every=SLOW_PARTS["every"],
    ),
)

_PAYMENT: Steps = (
    Say("Opening the payment sheet. Choose how it ends."),
    paths(
        {"type": "take_payment", "payload": {"amount": 6.5, "currency": "GBP", "bike": "cargo-7"}},
        ("paid", "paid"),
        ("declined", "declined"),
        (None, "cancelled"),
    ),
)

_HOURS: Steps = (
    knowledge("opening hours", "All docks open at 06:00.", "Dock opening times"),
    Say("All docks open at **06:00** and close at **20:00**, on Sundays at **18:00**."),
)

BO = {"conversationID": "c-9", "agent": {"name": "Bo"}}
"""Whom a conversation is handed over to, as its traces tell it."""

_PERSON: Steps = (
    Say("I am handing you over to a person."),
    Only(
        ("v4",),
        (
            trace("live-agent-handoff", event="chat_started", message="Connecting you to Bo", **BO),
            Send(0.6),
            trace("live-agent-handoff", event="participant_joined", message="Bo joined", **BO),
            trace("live-agent-handoff", event="message_received", message="Hi, Bo here!", **BO),
            trace("call-forward", addressType="phone", address="+15550100"),
        ),
    ),
    Only(
        ("v2", "v2beta1"),
        (trace("channel-action", name="call", payload={"phone": "+15550100"}),),
    ),
)

_NAMES = tuple(name.lower() for name, _, _ in BIKES)

DESK: tuple[Scene, ...] = (
    Scene("hire a bike", "an agent's turn: reasoning, a tool, two models", _HIRE, ("hire a bike",)),
    Scene("slow dock", "the same, and slow: find out where the time goes", _SLOW),
    Scene(
        "hold",
        "keeps a bike for ten minutes",
        (Answer(texts.HOLD),),
        same=(*_NAMES, *(f"hire {name}" for name in _NAMES), "hire this"),
    ),
    Scene(
        "prices",
        "a Markdown table",
        (Say(texts.PRICES), Say("Anything else?"), MENU),
        same=("what are your prices",),
    ),
    Scene("hours", "a plain text and the knowledge base", _HOURS, ("opening hours",)),
    Scene("payment", "a custom action with three return paths", _PAYMENT, same=("checkout",)),
    Scene(
        "person", "a handoff to a person", _PERSON, ("talk to a person", "speak to a person")
    ),
    Scene(
        "bye",
        "the end of the conversation",
        (Say("Thanks for riding. Goodbye!"), End()),
        same=("goodbye",),
    ),
)  # fmt: skip
"""What a bike desk has to say."""

OTHER_WORDS = (
    ("my name is …", "keeps the name in a variable"),
    ("variables", "shows what the agent knows"),
    ("bench N", "N pieces of an answer as fast as possible"),
    ("help", "this list"),
)
"""What is answered with something that depends on the conversation."""

GROUPS = (
    ("Ask me anything, or type one of these:", DESK),
    ("To see what a conversation can hold:", SHOWS),
    ("To see one type of trace each:", SAMPLES),
)
"""The scenes, as `help` tells them."""

SCENES = tuple(scene for _, scenes in GROUPS for scene in scenes)
"""All scenes."""
