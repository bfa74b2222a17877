"""Scenes that show the types of trace which the bike desk has no use for, one or two a word.

Some belong to one generation of the API only. They come in all of them here: a function step lets
every trace through that its code returns, so a client may meet any of them anywhere.
"""

from __future__ import annotations

from vftui.demo.model import Answer, Think
from vftui.demo.parts import FIND_DOCK, debug, dock_button, knowledge, paths, trace
from vftui.demo.steps import Buttons, Only, Say, Scene, Send


def _log(kind: str, level: str, **message: object) -> Send:
    stamp = "2026-08-13T11:21:02.417Z"
    return trace("log", kind=kind, level=level, message=message, timestamp=stamp)


def _internal(count: int) -> Send:
    buttons = [{"name": f"Button {number}"} for number in range(1, count + 1)]
    kind = "__vf_internal__function_guided_navigation__buttons__"
    return Send({"type": kind, "payload": {"buttons": buttons}})


SAMPLES: tuple[Scene, ...] = (
    Scene(
        "dock",
        "`entity-filling`: the agent waits for a value, and buttons that are intents",
        (
            trace(
                "entity-filling",
                entityToFill="dock",
                intent={"type": "intent", "payload": FIND_DOCK},
            ),
            Say("Which dock do you mean?"),
            Buttons((dock_button("Pier 3"), dock_button("North mole"))),
        ),
        same=("find dock", "find a dock"),
    ),
    Scene(
        "sources",
        "`knowledgeBase` twice, and an answer with the pages it was made from",
        (
            knowledge("late bikes", None, "Bikes and prices", "Terms of hire", "Dock times"),
            Answer(
                "A late bike costs £1 for each ten minutes, and never more than the day.",
                sources=(
                    ("Bikes and prices", "https://example.com/bikes-and-prices"),
                    ("Terms of hire", "https://example.com/terms-of-hire"),
                ),
            ),
            trace(
                "knowledgeBase",
                contextType="faq",
                faqQuestion="What does a late bike cost?",
                faqAnswer="£1 for each ten minutes.",
                query="late bikes",
                message="What does a late bike cost?",
            ),
        ),
    ),
    Scene(
        "reasoning",
        "`reasoning` (v4): a model that thinks aloud, and its `final` word",
        (
            Think(
                ("The rider asks how I think. ", "I should show it, ", "and keep it short."),
                final=True,
            ),
            Only(("v2", "v2beta1"), (Say("This generation keeps its thoughts to itself."),)),
            Answer("I thought about it first, as you can see in v4."),
        ),
    ),
    Scene(
        "log",
        "`log` at every level",
        (
            _log("global.conversation_start", "info", userID="rider"),
            _log("step.text", "verbose", stepID="a1", componentName="text", plainContent="Hi"),
            _log("step.api", "warn", stepID="a2", componentName="api", status=503),
            _log("step.condition", "error", stepID="a3", componentName="condition"),
            Say("I wrote four lines into the log."),
        ),
    ),
    Scene(
        "debug",
        "`debug` at every level, none of which fails the turn",
        (
            debug("starting execution", level="debug", context="Code"),
            debug(
                "2 variable(s) changed",
                level="info",
                context="Code",
                metadata={"diff": {"hires": {"before": 1, "after": 2}}, "latency": 3},
            ),
            debug(
                "'open-ai, gpt-4o' on the fallback chain suffered an outage, "
                "falling back to 'anthropic, claude-3.5-haiku'",
                level="warn",
                context="Prompt",
            ),
            debug("unable to resolve code  \n`rack.free is not a function`", level="error"),
            Say("I wrote down four things. Two of them went wrong, and I am still here."),
        ),
    ),
    Scene(
        "route",
        "`flow`, `block` and `path`: the way through the agent",
        (
            trace("flow", diagramID="63a9f0ea7bb98050796b649e", name="ROOT"),
            trace("block", blockID="e34726b12c0d9f7a4b8851c3"),
            trace("path", path="choice:2"),
            trace("flow", diagramID="6601c2de9f3a4b5c6d7e8f90", name="Lost property"),
            *(trace("block", blockID=f"{number:x}" * 24) for number in (10, 11, 12)),
            trace("path", path="jump"),
            Say("I went by way of the lost property office."),
        ),
    ),
    Scene(
        "goto",
        "`goto`: the agent follows a request by itself",
        (
            trace("goto", request={"type": "intent", "payload": FIND_DOCK | {"query": ""}}),
            Say("You asked for one thing and I went to another: that is a goto."),
        ),
    ),
    Scene(
        "stream",
        "`stream`: long audio that plays, pauses and ends",
        (
            *(
                trace(
                    "stream",
                    src="https://example.com/radio.mp3",
                    token="t1",
                    action=action,
                    title="Harbour radio",
                    description="Weather, tides and shanties",
                )
                for action in ("PLAY", "PAUSE", "END")
            ),
            Say("That was Harbour radio, in silence."),
        ),
    ),
    Scene(
        "speak",
        "`speak`: words and a sound at an address",
        (
            trace("speak", type="message", message="<prosody rate='slow'>Mind the gap.</prosody>"),
            trace("speak", type="audio", message="", src="https://example.com/bell.mp3"),
        ),
    ),
    Scene(
        "realtime",
        "`realtime-agent`: a spoken conversation starts, is interrupted, ends",
        (
            trace("realtime-agent", action="START", input="audio", output="audio"),
            trace("realtime-agent", action="INTERRUPTED"),
            trace("realtime-agent", action="END"),
            Say("We spoke, you interrupted me, and we stopped."),
        ),
    ),
    Scene(
        "channel",
        "`channel-action`: something for the client to do",
        (
            debug("__set_theme__ - entered", type="channel-action"),
            trace("channel-action", name="set_theme", payload={"theme": "dark"}),
            Say("I asked your client to turn the lights down."),
        ),
    ),
    Scene(
        "call",
        "`call-forward` and `dtmf`: a phone call is passed on, with its keys",
        (
            trace("dtmf", enabled=True, timeoutInSeconds=5, delimiter=["#", "*"], maxDigits=4),
            trace("call-forward", addressType="phone", address="+15550100", extension="7"),
            trace("dtmf", enabled=False),
            Say("This call would go to the office now."),
        ),
    ),
    Scene(
        "old card",
        "`card`, the form before `cardV2`",
        (
            trace(
                "card",
                title="Penny-farthing",
                text="One careful owner, since 1884.",
                image={"largeImageUrl": "https://example.com/img/penny.jpg"},
            ),
            Say("It is not for hire."),
        ),
    ),
    Scene(
        "actions",
        "custom actions: a payload that is JSON as text, one that only looks like it, none at all",
        (
            paths({"type": "open_calendar", "payload": '{"rack": 12, "until": "18:00"}'},
                  ("Booked", "paid"), ("Not now", "cancelled")),
            paths({"type": "print_ticket", "payload": "{'copies': 2}"}, (None, "declined")),
            Send({"type": "ring_bell", "paths": [], "defaultPath": None}),
            Say("Three things that only your client can do."),
        ),
    ),
    Scene(
        "function",
        "traces that a function made: extra keys, a path without an event, an internal type",
        (
            Send({"type": "text", "payload": {"message": "A function wrote this."}, "cost": 0.2,
                  "origin": {"function": "greet"}}),
            Send({"type": "seat_map", "payload": {"rows": 4, "free": ["1A", "3C"]},
                  "paths": [{"label": "No way on", "event": None},
                            {"label": "Pay", "event": {"type": "paid"}}]}),
            _internal(2),
        ),
    ),
)  # fmt: skip
"""In the order in which `help` lists them."""
