"""Scenes that show what a conversation can hold: cards, pictures, sound, difficult text."""

from __future__ import annotations

from vftui.demo import texts
from vftui.demo.model import Answer, Spend
from vftui.demo.parts import (
    SOUND,
    card,
    card_button,
    debug,
    dock_button,
    text_button,
    trace,
    url_button,
)
from vftui.demo.steps import Buttons, Only, Say, Scene, Send, Steps

BIKES = (
    ("City bike", "Three gears and a basket. https://example.com/city", "city"),
    ("Cargo bike", "Carries two children.", "cargo"),
    ("E-bike", "Range about 60 km.", None),
    ("Tandem", "For two who agree on where to go.", "tandem"),
)
"""Title, text and picture of each bike."""


_CARDS: Steps = (
    Say("Here is what is free right now:", delay=500),
    trace(
        "cardV2",
        **card(
            *BIKES[0],
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
            for bike in BIKES
        ],
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

SHOWS: tuple[Scene, ...] = (
    Scene("cards", "a card with buttons", _CARDS),
    Scene("carousel", "a carousel of cards", _CAROUSEL),
    Scene(
        "list",
        "`carousel` with the layout `List`",
        (
            trace(
                "carousel",
                layout="List",
                cards=[
                    {"id": name.lower(), **card(name, text, None, card_button(name, "Reserve"))}
                    for name, text in (("Helmet", "Free."), ("Child seat", "£2 a day."))
                ],
            ),
        ),
        same=("reserve",),
    ),
    Scene(
        "buttons",
        "`choice` with every kind of button",
        (
            Say("Each of these sends something else:"),
            Buttons(
                (
                    text_button("A text", "hours"),
                    dock_button("Pier 3"),
                    ("An event", {"type": "event", "payload": {"event": {"name": "checkout"}}}),
                    ("A path", {"type": "paid"}),
                    ("help", None),
                )
            ),
        ),
    ),
    Scene("map", "an image, and a button that opens an address", _MAP),
    Scene("code", "a streamed answer with a code block", (Answer(texts.CODE, every=0.05),)),
    Scene(
        "long",
        "a long streamed Markdown answer",
        (Answer(texts.LONG, model="claude-3.5-haiku", every=0.02),),
    ),
    Scene(
        "rich text",
        "`text` with its rich form only: links, weights, colours",
        (
            trace(
                "text",
                slate={
                    "id": "q1w2e",
                    "content": [
                        {
                            "children": [
                                {"text": "Docks close at "},
                                {"text": "20:00", "fontWeight": "700"},
                                {"text": ", on Sundays "},
                                {"text": "earlier", "italic": True, "underline": True},
                                {"text": "."},
                            ]
                        },
                        {
                            "children": [
                                {"text": "See "},
                                {
                                    "type": "link",
                                    "url": "https://example.com/hours",
                                    "children": [{"text": "the times"}],
                                },
                                {"text": " in ", "color": {"r": 0, "g": 90, "b": 160, "a": 1}},
                                {"text": "full", "strikeThrough": True},
                            ]
                        },
                    ],
                },
            ),
        ),
    ),
    Scene("unicode", "emoji, wide and right-to-left text, markup", (Say(texts.UNICODE),)),
    Scene(
        "control",
        "control characters, in v4 as raw bytes inside the JSON",
        (Say(texts.CONTROLS, bare=True),),
    ),
    Scene("voice", "speech with SSML, audio, phone keys", _VOICE),
    Scene(
        "wait",
        "asks for a no-reply action after 5 seconds",
        (Say(texts.WAIT), trace("no-reply", timeout=5)),
    ),
    Scene("set", "a charge without text", _SET),
)  # fmt: skip
"""In the order in which `help` lists them."""
