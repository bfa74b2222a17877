"""What the demo agent says, as data: `SCENES`, one row a thing that a person may type.

Two rules:

1. A scene is found by one of its words, typed alone, or by one of its phrases anywhere in a
   sentence, in any case. The first match wins; `vftui.demo.listen` does the matching.
2. A scene is its steps and nothing else: it never looks at the dialect, its steps do.
"""

from __future__ import annotations

from dataclasses import dataclass

from vftui.demo import texts
from vftui.demo.model import Answer, Spend, Think, Tool
from vftui.demo.parts import (
    SOUND,
    card,
    card_button,
    debug,
    knowledge,
    path_button,
    paths,
    text_button,
    trace,
    url_button,
)
from vftui.demo.steps import Buttons, End, Only, Say, Send, Step
from vftui.demo.tokens import REFS

Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that the agent can do."""

    word: str
    """What to type for it."""
    what: str
    """What it shows, for people."""
    steps: Steps
    phrases: tuple[str, ...] = ()
    """Words that lead here from anywhere in a sentence."""
    same: tuple[str, ...] = ()
    """Other words for it, typed alone."""


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

_BIKES = (
    ("City bike", "Three gears and a basket. https://example.com/city", "city"),
    ("Cargo bike", "Carries two children.", "cargo"),
    ("E-bike", "Range about 60 km.", None),
    ("Tandem", "For two who agree on where to go.", "tandem"),
)

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

_CARDS: Steps = (
    Say("Here is what is free right now:", delay=500),
    trace(
        "cardV2",
        **card(
            *_BIKES[0],
            card_button("City bike", "Hire this"),
            {
                "name": "Size guide",
                "request": url_button("Size guide", "https://example.com/sizes")[1],
            },
        ),
    ),
)

_CAROUSEL: Steps = (
    Say("Swipe through our bikes:"),
    trace(
        "carousel",
        layout="Carousel",
        cards=[
            {"id": bike[0].lower(), **card(*bike, card_button(bike[0], f"Hire {bike[0]}"))}
            for bike in _BIKES
        ],
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

_MAP: Steps = (
    Say("This is the harbour, with all our racks."),
    trace(
        "visual",
        visualType="image",
        image="https://example.com/img/pier3-map.png",
        device=None,
        dimensions={"width": 1280, "height": 720},
        canvasVisibility="full",
    ),
    Buttons((url_button("Open the map", "https://example.com/docks?from=bot&zoom=14"),)),
)

_HOURS: Steps = (
    knowledge("opening hours", "All docks open at 06:00.", "Dock opening times"),
    Say("All docks open at **06:00** and close at **20:00**, on Sundays at **18:00**."),
)

_SET: Steps = (
    Send(0.3),
    Spend("gpt-4o-mini", 61, 5),
    Only(("v4",), (debug("1 variable(s) changed", level="info", context="Set",
                         metadata={"diff": {"dock": {"before": 0, "after": "pier-3"}}}),)),
    Only(("v2", "v2beta1"), (debug('setting `{dock}`  \nevaluating `"pier-3"` to `pier-3`',
                                   type="set"),)),
    Say("I noted your dock. A model did that: it cost tokens, but it wrote no text."),
)  # fmt: skip

_SOUND = trace("audio", state="content", content=SOUND, encoding="audio/mp3", duration=240)
_VOICE: Steps = (
    trace(
        "speak",
        type="message",
        message='<speak><voice name="Amy">Your code is <say-as interpret-as="digits">4821</say-as>.'
        '</voice><break time="300ms"/> Ride safely!</speak>',
        voice="Amy",
    ),
    Only(
        ("v4",),
        (
            trace("audio", state="start", messageID="5bbb291cc1e38a051365ee9e"),
            *3 * (_SOUND,),
            trace("audio", state="end"),
            trace("dtmf", enabled=True, timeoutInSeconds=5, delimiter=["#"], maxDigits=4),
        ),
    ),
    trace(
        "speak",
        type="audio",
        message='<audio src="data:audio/mp3;base64,…"/>',
        src=f"data:audio/mp3;base64,{SOUND}",
    ),
)  # fmt: skip

_BO = {"conversationID": "c-9", "agent": {"name": "Bo"}}
_PERSON: Steps = (
    Say("I am handing you over to a person."),
    Only(
        ("v4",),
        (
            trace(
                "live-agent-handoff", event="chat_started", message="Connecting you to Bo", **_BO
            ),
            Send(0.6),
            trace("live-agent-handoff", event="participant_joined", message="Bo joined", **_BO),
            trace("live-agent-handoff", event="message_received", message="Hi, Bo here!", **_BO),
            trace("call-forward", addressType="phone", address="+15550100"),
        ),
    ),
    Only(
        ("v2", "v2beta1"),
        (trace("channel-action", name="call", payload={"phone": "+15550100"}),),
    ),
)

_NAMES = tuple(name.lower() for name, _, _ in _BIKES)

SCENES: tuple[Scene, ...] = (
    Scene("hire a bike", "an agent's turn: reasoning, a tool, two models", _HIRE, ("hire a bike",)),
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
    Scene("cards", "a card with buttons", _CARDS),
    Scene("carousel", "a carousel of cards", _CAROUSEL),
    Scene("payment", "a custom action with three return paths", _PAYMENT),
    Scene("hours", "a plain text and the knowledge base", _HOURS, ("opening hours",)),
    Scene("set", "a charge without text", _SET),
    Scene("map", "an image, and a button that opens an address", _MAP),
    Scene("code", "a streamed answer with a code block", (Answer(texts.CODE, every=0.05),)),
    Scene(
        "long",
        "a long streamed Markdown answer",
        (Answer(texts.LONG, model="claude-3.5-haiku", every=0.02),),
    ),
    Scene("voice", "speech with SSML, audio, phone keys", _VOICE),
    Scene(
        "wait",
        "asks for a no-reply action after 5 seconds",
        (Say(texts.WAIT), trace("no-reply", timeout=5)),
    ),
    Scene(
        "person", "a handoff to a person", _PERSON, ("talk to a person", "speak to a person")
    ),
    Scene("unicode", "emoji, wide and right-to-left text, markup", (Say(texts.UNICODE),)),
    Scene(
        "control",
        "control characters, in v4 as raw bytes inside the JSON",
        (Say(texts.CONTROLS, bare=True),),
    ),
    Scene(
        "bye",
        "the end of the conversation",
        (Say("Thanks for riding. Goodbye!"), End()),
        same=("goodbye",),
    ),
)  # fmt: skip

OTHER_WORDS = (
    ("my name is …", "keeps the name in a variable"),
    ("variables", "shows what the agent knows"),
    ("bench N", "N pieces of an answer as fast as possible"),
    ("help", "this list"),
)
"""What is answered with something that depends on the conversation."""

RETURNS: dict[str, Steps] = {
    "paid": (Say("Paid, thank you. Bike **cargo-7** is yours until six."),),
    "declined": (Say("Your card was declined. Nothing was booked."), MENU),
    "cancelled": (Say("Cancelled. Nothing was booked."), MENU),
    "action": (Say("What that button does is up to your client; I only offered it."),),
    "no-reply": (Say("Still there? I can wait."), MENU),
    "end": (End(),),
}
"""What is answered to an action of a type that is not text."""
