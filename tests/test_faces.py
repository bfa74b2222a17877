"""Every type of trace has a face in both panes: whatever it brings, whoever sends it.

The tables say what the conversation shows and what the inspector says of it. An item is written
`level kind: title | text | image | [1] choice`, without the level if it is `info`; a step of the
turn is written `step: …`. White space counts as one space.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bodies import TRACES
from tests.decoding import JSON, NEARLY
from tests.logs import event, saved_turn, session_of
from vftui.render.conversation import transcript
from vftui.render.lines import kind_of, summary
from vftui.session.fold import Session
from vftui.session.items import Card, Choice, Item
from vftui.session.log import Entry, Received
from vftui.wire.payloads import MODELS

Face = tuple[list[str], list[str]]
"""What the conversation shows, and what the inspector says of each trace of the type."""

Q, GUIDE = "https://example.com/", "https://example.com/battery"
HOURS = f"sources: 1. Opening times {Q}hours"

WELL_FORMED: dict[str, Face] = {
    "text": (["message: Docks close at **20:00**.", HOURS], ['"Docks close at **20:00**."']),
    "speak": (["message: Docks close at eight."], ['"Docks close at eight."']),
    "audio": (
        ["notice: ♪ audio, 2 chunks, 0.6 s"],
        ["start", "+9 B audio/mp3 240 ms", "+9 B audio/mp3 360 ms", "end"],
    ),
    "completion": (
        ["message: Pier 3 has **two** bikes.", HOURS],
        ["start", '"Pier 3 has **tw" · +15 chars', '"o** bikes." · +10 chars', "end"],
    ),
    "completion-start": (
        ["message: Pier 3 is open."],
        ['start · "Pier 3 is open." · +15 chars · 576 tokens'],
    ),
    "completion-continue": (
        ["message: Pier 3 is open."],
        ['" is open." · +9 chars · 36 tokens'],
    ),
    "completion-end": (
        ["message: Pier 3 is open."],
        ['end · " is open." · +9 chars · 1 token'],
    ),
    "visual": (
        [f"notice: image {Q}img/pier3.png (1280 × 720) | {Q}img/pier3.png"],
        [f"image {Q}img/pier3.png (1280 × 720)"],
    ),
    "cardV2": (
        [f"card: City bike | Three gears. | {Q}img/city.jpg | [1] Hire this"],
        ['"City bike" · Hire this, city-bike-2'],
    ),
    "card": (
        [f"card: Cargo bike | Carries two children. | {Q}img/cargo.jpg"],
        ['"Cargo bike"'],
    ),
    "carousel": (
        [
            f"carousel: City bike | Three gears. | {Q}img/city.jpg | [1] Hire this"
            f" / E-bike | Range about 60 km. | [2] Battery guide ({GUIDE})"
        ],
        ["2 cards: City bike, E-bike"],
    ),
    "choice": (
        [f"choices: [1] Prices | [2] Yes | [3] Battery guide ({GUIDE})"],
        ["Prices, Yes, Battery guide"],
    ),
    "stream": (["notice: ♪ stream PLAY Harbour radio"], ["♪ stream PLAY Harbour radio"]),
    "knowledgeBase": (
        ["message: Docks close at 20:00.", f"{HOURS} 2. Price list"],
        ["3 chunks, best 0.83 · Opening times, Price list"],
    ),
    "reasoning": (
        ["reasoning: Checking the dock service first."],
        [
            "start", '"Checking the dock "', '"service first."', "end",
            'final "Checking the dock service first."',
        ],
    ),
    "tool-call": (
        [
            "quiet notice: tool call dock_lookup · done · 187 ms",
            "step: Agent: calling tools",
            "step: API tool: succeeded",
        ],
        ["start toolu_01Kd9", "end toolu_01Kd9"],
    ),
    "end": (
        ["notice: The conversation is over."],
        ["the conversation is over", "the turn is over"],
    ),
    "no-reply": (["quiet notice: no-reply after 20 s"], ["no-reply after 20 s"]),
    "entity-filling": (
        ["quiet notice: waiting for a value: dock"],
        ["waiting for a value: dock"],
    ),
    "goto": (["quiet notice: goto: the agent follows a request by itself"], ['intent "hours"']),
    "call-forward": (
        ["notice: call forwarded to +15550100, extension 7"],
        ["call forwarded to +15550100, extension 7"],
    ),
    "dtmf": (
        ["quiet notice: phone keys on, at most 4 digits, 5 s, end with #"],
        ["phone keys on, at most 4 digits, 5 s, end with #"],
    ),
    "realtime-agent": (["quiet notice: realtime agent: START"], ["realtime agent: START"]),
    "live-agent-handoff": (
        ["notice: live agent: chat_started, Bo, Connecting you to Bo"],
        ["live agent: chat_started, Bo, Connecting you to Bo"],
    ),
    "channel-action": (
        ['action: set_theme | { "theme": "dark" } | [1] done (default)'],
        ['set_theme {"theme": "dark"} · paths: done'],
    ),
    "flow": (["step: flow ROOT"], ["ROOT"]),
    "block": (["step: block e347c1"], ["e347c1"]),
    "path": (["step: path choice:1"], ["choice:1"]),
    "log": (
        ["step: log step.text: Hi"],
        ['info step.text {"stepID": "a1", "componentName": "text", "plainContent": "Hi"}'],
    ),
    "debug": (
        ["step: Agent: starting execution"],
        ["Agent: starting execution"],
    ),
}  # fmt: skip
"""The bodies of `tests/data/traces`."""

NO_TYPE: dict[str, tuple[str, Face]] = {
    "custom-action": (
        "take_payment",
        (
            [
                'action: take_payment | { "amount": 6.5, "currency": "GBP" }'
                " | [1] paid | [2] declined (default) | [3] later"
            ],
            ['{"amount": 6.5, "currency": "GBP"} · paths: paid, no event, declined, later'],
        ),
    ),
    "function-made": (
        "__vf_internal__function_guided_navigati…",
        (
            [
                "message: Two bikes are held for you.",
                "choices: [1] Let go",
                "step: __vf_internal__function_guided_navigation__buttons__",
            ],
            ['{"buttons": ["Hold", "Let go"]}'],
        ),
    ),
    "unknown": (
        "tide-table-v2",
        (
            ['quiet action: tide-table-v2 | { "high": [ "04:12", "16:40" ], "low": [ "10:25" ] }'],
            ['{"high": ["04:12", "16:40"], "low": ["10:25"]}'],
        ),
    ),
}
"""The other bodies there: the kind of the trace that is looked at, and its face."""

MINIMAL: dict[str, tuple[Any, list[str], str]] = {
    "text": ({"message": "Hi"}, ["message: Hi"], '"Hi"'),
    "speak": ({"src": f"{Q}a.mp3"}, ["notice: ♪ audio, example.com"], "♪ example.com"),
    "audio": ({"state": "start"}, [], "start"),
    "completion": ({"state": "content", "content": "Hi"}, ["message: Hi"], '"Hi" · +2 chars'),
    "completion-start": ({"completion": "Hi"}, ["message: Hi"], 'start · "Hi" · +2 chars'),
    "completion-continue": ({"completion": "Hi"}, ["message: Hi"], '"Hi" · +2 chars'),
    "completion-end": ({}, [], "end"),
    "visual": ({"image": f"{Q}a.png"}, [f"notice: image {Q}a.png | {Q}a.png"], f"image {Q}a.png"),
    "cardV2": ({"title": "Bike"}, ["card: Bike"], '"Bike"'),
    "card": ({"text": "A bike."}, ["card: A bike."], '"A bike."'),
    "carousel": ({"cards": [{"title": "Bike"}]}, ["carousel: Bike"], "1 card: Bike"),
    "choice": ({"choices": [{"name": "Yes"}]}, ["choices: [1] Yes"], "Yes"),
    "stream": ({"action": "PAUSE"}, ["notice: ♪ stream PAUSE"], "♪ stream PAUSE"),
    "knowledgeBase": ({"faqAnswer": "At eight."}, ["sources: 1. FAQ"], '"At eight."'),
    "reasoning": ({"state": "content", "content": "Hm."}, ["reasoning: Hm."], '"Hm."'),
    "tool-call": (
        {"state": "start"},
        ["quiet notice: tool call · end not reported"],
        "start",
    ),
    "end": ({}, ["notice: The conversation is over."], "the conversation is over"),
    "no-reply": ({"timeout": 0.5}, ["quiet notice: no-reply after 0.5 s"], "no-reply after 0.5 s"),
    "entity-filling": (
        {"entityToFill": "dock"},
        ["quiet notice: waiting for a value: dock"],
        "waiting for a value: dock",
    ),
    "goto": (
        {"request": {}},
        ["quiet notice: goto: the agent follows a request by itself"],
        "action without a type",
    ),
    "call-forward": (
        {"address": "sip:bo@example.com"},
        ["notice: call forwarded to sip:bo@example.com"],
        "call forwarded to sip:bo@example.com",
    ),
    "dtmf": ({"enabled": False}, ["quiet notice: phone keys off"], "phone keys off"),
    "realtime-agent": (
        {"action": "END"},
        ["quiet notice: realtime agent: END"],
        "realtime agent: END",
    ),
    "live-agent-handoff": (
        {"event": "chat_ended"},
        ["notice: live agent: chat_ended"],
        "live agent: chat_ended",
    ),
    "channel-action": ({"name": "ring"}, ["action: ring"], "ring"),
    "flow": ({"diagramID": "63a9"}, ["step: flow 63a9"], "63a9"),
    "block": ({"blockID": ""}, ["step: block"], '{"blockID": ""}'),
    "path": ({"path": "jump"}, ["step: path jump"], "jump"),
    "log": ({"kind": "step.exit"}, ["step: log step.exit"], "step.exit"),
    "debug": ({"message": "beginning flow"}, ["step: beginning flow"], "beginning flow"),
}
"""The least that fits each type."""

ALSO: list[tuple[str, Any, list[str], str]] = [
    ("text", {"slate": {"content": [{"children": [{"text": "Hi"}]}]}}, ["message: Hi"], '"Hi"'),
    ("text", {"message": ""}, [], '""'),
    (
        "speak",
        {"message": f"<speak>Listen: <audio src='{Q}a.mp3'/></speak>"},
        ["notice: ♪ audio, example.com", "message: Listen:"],
        '"Listen:" ♪ example.com',
    ),
    ("completion", {"state": "paused"}, [], "paused"),
    ("completion-end", {"completion": "Hi"}, ["message: Hi"], 'end · "Hi" · +2 chars'),
    (
        "visual",
        {"visualType": "apl", "aplType": "SPLASH", "imageURL": f"{Q}a.png", "document": "{}"},
        [f"notice: image {Q}a.png | {Q}a.png"],
        f"image {Q}a.png",
    ),
    (
        "visual",
        {"visualType": "image", "image": None},
        ["step: visual without an image to show"],
        '{"visualType": "image", "image": null}',
    ),
    (
        "visual",
        {"image": "a.png", "canvasVisibility": "hidden"},
        ["step: visual hidden without an image to show"],
        '{"image": "a.png", "canvasVisibility": "hidden"}',
    ),
    ("cardV2", {"title": "", "buttons": [{"name": "", "request": {"type": "x"}}]}, [], "x"),
    ("cardV2", {}, [], "an empty card"),
    ("carousel", {"layout": "Carousel", "cards": []}, [], "no cards"),
    ("carousel", {"cards": [{}]}, [], "1 card: ?"),
    (
        "carousel",
        {"layout": "list", "cards": [{"title": "A"}, {"title": "B"}]},
        ["card: A", "card: B"],
        "2 cards: A, B",
    ),
    (
        "carousel",
        {"cards": [{"price": 6}]},
        ['warning action: carousel | { "cards": [ { "price": 6 } ] }'],
        "the carousel payload does not fit: cards.0 has nothing of a card"
        ' · {"cards": [{"price": 6}]}',
    ),
    (
        "choice",
        {
            "buttons": [
                {"name": "", "request": {"type": "path-a", "payload": {"label": "Go"}}},
                {"request": {"type": "intent", "payload": {"intent": {"name": "yes"}}}},
                {"name": None},
                {"name": "Go"},
                {"name": "Go"},
            ]
        },
        ['choices: [1] Go | [2] intent "yes" | [3] Go | [4] Go'],
        'Go, intent "yes", Go, Go',
    ),
    ("choice", {"buttons": []}, [], "no buttons"),
    (
        "knowledgeBase",
        {"faqQuestion": "When?", "faqAnswer": "At eight."},
        ["sources: 1. FAQ: When?"],
        '"When?" · "At eight."',
    ),
    ("knowledgeBase", {"chunks": []}, [], "0 chunks"),
    ("knowledgeBase", {"chunks": [{"documentID": "66d0"}]}, ["sources: 1. 66d0"], "1 chunk"),
    ("log", {"message": "plain"}, ["step: log: plain"], "plain"),
    (
        "debug",
        {"message": "a<br />\nb", "level": "fatal"},
        ["error notice: a b"],
        "a b",
    ),
    (
        "debug",
        {"message": "slow", "level": "warn", "context": "API tool"},
        ["warning notice: API tool: slow"],
        "API tool: slow",
    ),
    *[
        ("debug", {"message": said}, [f"warning notice: {said}"], said)
        for said in (
            "token quota exceeded",
            "moderation failed",
            "API call failed - Error: ETIMEDOUT",
            "API call error - {404}",
            "unable to resolve code `x`",
            "could not handle step - redirecting to the next step",
            "[ERROR]: Encountered an error in a Function step. boom",
        )
    ],
    *[
        (
            "debug",
            {"message": "'a, b' on the fallback chain suffered an outage, falling back to 'c'",
             "level": level},
            ["warning notice: 'a, b' on the fallback chain suffered an outage,"
             " falling back to 'c'"],
            "'a, b' on the fallback chain suffered an outage, falling back to 'c'",
        )
        for level in (None, "debug", "info", "warn", "error")
    ],
]  # fmt: skip
"""Other shapes that a type can have."""

FOREIGN = {"seat": "12A"}
"""A payload that has nothing of any type's."""

MISFIT: dict[str, str] = {
    "text": "it has none of message, slate",
    "speak": "it has none of message, src",
    "audio": "state is missing",
    "completion": "state is not text",
    "visual": "it has none of image, visual_type",
    "carousel": "cards is missing",
    "choice": "buttons is missing",
    "stream": "action is missing",
    "knowledgeBase": "it has none of chunks, output, faq_answer",
    "reasoning": "state is missing",
    "tool-call": "state is missing",
    "no-reply": "timeout is missing",
    "entity-filling": "entityToFill is missing",
    "goto": "request is missing",
    "call-forward": "address is missing",
    "dtmf": "enabled is missing",
    "realtime-agent": "action is missing",
    "live-agent-handoff": "it has none of message, event",
    "channel-action": "name is missing",
    "flow": "it has none of diagram_id, name",
    "block": "blockID is missing",
    "path": "path is missing",
    "log": "it has none of kind, message",
    "debug": "message is missing",
}
"""What the inspector says of a payload that is missing, or that is `FOREIGN`."""

LENIENT: dict[str, tuple[tuple[list[str], str], tuple[list[str], str]]] = {
    "end": (
        (["notice: The conversation is over."], "the conversation is over"),
        (["notice: The conversation is over."], "the conversation is over"),
    ),
    "completion-start": (([], "start"), ([], "start")),
    "completion-continue": (([], '"" · +0 chars'), ([], '"" · +0 chars')),
    "completion-end": (([], "end"), ([], "end")),
    "cardV2": (
        ([], "an empty card"),
        (
            ['warning action: cardV2 | { "seat": "12A" }'],
            'the cardV2 payload does not fit: it has nothing of a card · {"seat": "12A"}',
        ),
    ),
    "card": (
        ([], "an empty card"),
        (
            ['warning action: card | { "seat": "12A" }'],
            'the card payload does not fit: it has nothing of a card · {"seat": "12A"}',
        ),
    ),
}
"""The types whose payload may be missing: what is shown then, and of one that is `FOREIGN`."""

PATHS = {
    "paths": [{"label": "taken", "event": {"type": "seat_taken"}}, {"event": {"name": "free"}}],
    "defaultPath": 1,
}
"""What only a custom action has."""

KINDS = sorted(MODELS)


def looks(session: Session) -> list[str]:
    """What the conversation shows of the agent, in the words of the tables."""
    items = [
        item
        for item in session.items
        if item.kind not in ("said", "reply") and "answered without words" not in item.text
    ]
    return [_look(item) for item in items] + [
        f"step: {step.text}" for turn in session.turns for step in turn.steps
    ]


def _look(item: Item) -> str:
    level = "" if item.level == "info" else f"{item.level} "
    parts = " / ".join(" | ".join(_parts(card)) for card in item.cards or (item,))
    return f"{level}{item.kind}: {parts}"


def _parts(shown: Item | Card) -> Iterator[str]:
    for part in (shown.title, shown.text, shown.image, *map(_chip, shown.choices)):
        if part:
            yield " ".join(part.split())


def _chip(choice: Choice) -> str:
    address = f" ({choice.url})" if choice.url else ""
    return f"[{choice.number}] {choice.name}{address}{' (default)' * choice.default}"


def said_of(entries: list[Entry], kind: str) -> list[str]:
    """What the inspector says of the entries of a kind."""
    return [summary(entry) for entry in entries if kind_of(entry) == kind]


def test_every_type_is_in_the_tables() -> None:
    assert sorted(WELL_FORMED) == KINDS == sorted(MINIMAL) == sorted({*MISFIT, *LENIENT})
    assert sorted(TRACES) == sorted({*WELL_FORMED, *NO_TYPE})
    assert not MISFIT.keys() & LENIENT.keys()


BODIES = [(kind, kind, face) for kind, face in WELL_FORMED.items()] + [
    (name, kind, face) for name, (kind, face) in NO_TYPE.items()
]


@pytest.mark.parametrize(("name", "kind", "face"), BODIES, ids=[name for name, *_ in BODIES])
def test_well_formed(name: str, kind: str, face: Face) -> None:
    entries = saved_turn(TRACES[name])
    session = Session.of(entries)
    assert looks(session) == face[0]
    assert said_of(entries, kind) == face[1]
    assert not [e for e in entries if isinstance(e, Received) and e.decoded.problem]
    assert session.turns[0].ending == "complete"


@pytest.mark.parametrize(("name", "kind", "face"), BODIES, ids=[name for name, *_ in BODIES])
def test_extra_keys_change_nothing(name: str, kind: str, face: Face) -> None:
    entries: list[Entry] = []
    for entry in saved_turn(TRACES[name]):
        if isinstance(entry, Received) and entry.decoded.trace is not None:
            raw = dict(entry.decoded.trace.raw)
            if isinstance(raw.get("payload"), dict) and raw["type"] in MODELS:
                raw["payload"] = {**raw["payload"], "made_by": {"function": [None]}}
            entry = event({**raw, "extra": [True]})
        entries.append(entry)
    assert looks(Session.of(entries)) == face[0]
    assert said_of(entries, kind) == face[1]


@pytest.mark.parametrize(
    ("kind", "payload", "shows", "line"),
    [(kind, *row) for kind, row in MINIMAL.items()] + ALSO,
)
def test_minimal_and_odd(kind: str, payload: Any, shows: list[str], line: str) -> None:
    check({"type": kind, "payload": payload}, shows, line)


@pytest.mark.parametrize("kind", KINDS)
def test_no_payload(kind: str) -> None:
    if kind in LENIENT:
        shows, line = LENIENT[kind][0]
    else:
        shows = [f"warning action: {kind}"]
        line = f"the {kind} payload does not fit: {MISFIT[kind]} · no payload"
    check({"type": kind, "payload": None}, shows, line)
    check({"type": kind}, shows, line)


@pytest.mark.parametrize("kind", KINDS)
def test_a_string_for_a_payload(kind: str) -> None:
    shows = [f"warning action: {kind} | ring the bell"]
    line = f"the {kind} payload is not an object · ring the bell"
    if kind == "end":
        shows, line = LENIENT[kind][0]
    check({"type": kind, "payload": "ring the bell"}, shows, line)


@pytest.mark.parametrize("kind", KINDS)
def test_a_foreign_payload(kind: str) -> None:
    if kind in LENIENT:
        shows, line = LENIENT[kind][1]
    else:
        shows = [f'warning action: {kind} | {{ "seat": "12A" }}']
        line = f'the {kind} payload does not fit: {MISFIT[kind]} · {{"seat": "12A"}}'
    check({"type": kind, "payload": FOREIGN}, shows, line)


@pytest.mark.parametrize("kind", KINDS)
def test_a_custom_action_that_only_has_the_name_of_a_type(kind: str) -> None:
    ways = "[1] taken | [2] free (default)"
    misfit = {**MISFIT, **dict.fromkeys(("card", "cardV2"), "it has nothing of a card")}.get(kind)
    problem = f"the {kind} payload does not fit: {misfit} · " if misfit else ""
    check(
        {"type": kind, "payload": FOREIGN, **PATHS},
        [f'action: {kind} | {{ "seat": "12A" }} | {ways}'],
        f'{problem}{{"seat": "12A"}} · paths: taken, free',
    )
    problem = f"the {kind} payload does not fit: {MISFIT[kind]} · " if kind in MISFIT else ""
    check(
        {"type": kind, "payload": None, **PATHS},
        [f"action: {kind} | {ways}"],
        f"{problem}no payload · paths: taken, free",
    )


def test_a_custom_action_called_end_does_not_end_the_conversation() -> None:
    session = session_of(event({"type": "end", "payload": FOREIGN, **PATHS}))
    assert not session.conversation_over
    assert [choice.request for choice in session.choices] == [
        {"type": "seat_taken"},
        {"type": "free"},
    ]


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (None, ""),
        ("ring the bell", "ring the bell"),
        ("{ 'accent': 'teal' }", "{ 'accent': 'teal' }"),
        ('{"accent": "teal"}', '{ "accent": "teal" }'),
        ("true", "true"),
        ([], "[]"),
        (False, "false"),
    ],
)
def test_a_type_that_nobody_knows(payload: Any, text: str) -> None:
    told = f" | {text}" if text else ""
    raw = {"type": "confetti", "payload": payload}
    for more, level in (({}, "quiet "), ({"paths": []}, "quiet "), ({"paths": [{}]}, "")):
        assert looks(session_of(event(raw | more))) == [f"{level}action: confetti{told}"]


def check(raw: dict[str, Any], shows: list[str], line: str) -> None:
    """A trace in a turn of its own: what the conversation shows, what the inspector says."""
    entry = event(raw)
    assert looks(session_of(entry)) == shows
    assert (kind_of(entry), summary(entry)) == (raw["type"], line)


@given(
    st.sampled_from([*KINDS, "confetti", "__vf_internal__x"]),
    NEARLY | JSON,
    st.none() | st.just(PATHS["paths"]) | NEARLY,
    NEARLY,
)
def test_whatever_comes_is_in_the_inspector_and_breaks_nothing(
    kind: str, payload: Any, paths: Any, default: Any
) -> None:
    raw = {"type": kind, "payload": payload, "paths": paths, "defaultPath": default}
    entry = event(raw)
    assert (kind_of(entry), bool(summary(entry))) == (kind, True)
    session = session_of(entry)
    assert session.items[-1].settled and transcript(session)
    trace = entry.decoded.trace
    assert trace is not None
    if trace.type not in MODELS and not kind.startswith("__"):
        assert looks(session)[0].removeprefix("quiet ").startswith(f"action: {kind}")
    if entry.decoded.problem:
        assert f"action: {kind}" in looks(session)[0]
    offered = [path.event_type for path in trace.paths if path.event_type]
    if any(item.kind == "action" for item in session.items):
        assert [choice.request["type"] for choice in session.choices] == offered
