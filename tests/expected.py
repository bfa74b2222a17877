"""What each body of `tests/data` comes to, for the fold and for the commands that print it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Three = tuple[int, int, int]


def _counts(three: Three | None) -> dict[str, int] | None:
    return None if three is None else dict(zip(("total", "query", "answer"), three, strict=True))


def _tokens(
    billed: Three | None = None,
    base: Three | None = None,
    source: str = "reported",
    models: dict[str, Three] | None = None,
) -> dict[str, Any]:
    """Tokens as `vftui show --json` prints them."""
    total, query, answer = billed or (None, None, None)
    return {
        "total": total,
        "query": query,
        "answer": answer,
        "source": source if billed else "unknown",
        "base": _counts(base),
        "models": {model: _counts(three) for model, three in (models or {}).items()},
    }


@dataclass(frozen=True)
class Expected:
    """What one turn comes to."""

    messages: tuple[str, ...]
    tokens: dict[str, Any]
    choices: tuple[str, ...] = ()
    """The names that are live at the end."""
    ending: str = "complete"
    conversation_over: bool = False
    interrupted: bool = False
    """Whether the last message is marked as cut off."""


NONE = _tokens()
MENU = (
    "Cards", "Carousel", "Visual", "AI", "AI set", "KB", "Code", "Set & If", "API", "Capture",
    "Custom", "Flow", "Random", "Goto", "Speak", "Stream", "Bad code", "Function", "Function err",
    "Car block", "API blocked", "API 404", "End", "Book a flight",
)  # fmt: skip
STARS = (
    "The stars shine bright upon you, traveller. "
    "A journey awaits — courage will be your compass. ✨"
)
CANNED = _tokens((76, 42, 34), (76, 42, 34), models={"gpt-3.5-turbo": (76, 42, 34)})

EXPECTED = {
    "streams/01-v2beta1-launch": Expected(
        ("Welcome aboard Harbour Bikes.", "You can hire a bike, extend a hire, or report a fault."),
        NONE,
        ("Hire a bike", "Report a fault"),
    ),
    "streams/02-v2beta1-completion": Expected(
        (
            "A cargo bike costs £6 for the first hour and £3 for each hour after that — "
            "helmets are free. 🚲\n\nShall I hold one?",
        ),
        _tokens((888, 516, 372), (74, 43, 31), models={"gpt-4-turbo": (888, 516, 372)}),
    ),
    "streams/03-v2beta1-seed-shape": Expected(
        ("Your hire ends at 17:30. Bring it back to any green rack on the quay.",),
        _tokens((6, 3, 3), source="provisional", models={"gpt-3.5-turbo": (6, 3, 3)}),
    ),
    "streams/04-v2beta1-multi-completion": Expected(
        ("Two e-bikes are free at Pier 3.", "Dock Pier 3 closes at 20:00 today."),
        _tokens((345, 319, 26), (345, 319, 26), models={"gpt-3.5-turbo": (345, 319, 26)}),
    ),
    "streams/05-v2beta1-truncated": Expected(
        ("To unlock the frame, hold the phone",),
        _tokens((209, 201, 8), source="provisional", models={"gpt-3.5-turbo": (209, 201, 8)}),
        ending="truncated",
        interrupted=True,
    ),
    "streams/06-v2-completion": Expected(
        (
            "One moment, checking the docks…",
            "There are **four** bikes left at Pier 3:\n\n- 2 city\n- 1 cargo\n- 1 e-bike\n\n"
            "Which one would you like?",
        ),
        _tokens((412, 371, 41), (412, 371, 41), models={"gpt-4o-mini": (412, 371, 41)}),
    ),
    "streams/07-v2-buttons-no-reply": Expected(
        ("What would you like to do?",),
        NONE,
        ("Hire a bike", "Opening hours", "Say hello", "See the map", "Just a label"),
    ),
    "streams/08-v2-cards-carousel": Expected(
        ("Here is what is free right now:",),
        NONE,
        ("Hire this", "Hire cargo", "Battery guide"),
        conversation_over=True,
    ),
    "streams/09-v2-custom-action": Expected(
        ("Opening the payment sheet.",), NONE, ("paid", "declined", "cancelled")
    ),
    "streams/10-v4-launch": Expected(
        ("Hi, this is **Harbour Bikes**.\n\nAsk me about docks, prices or a current hire.",),
        NONE,
        ("Find a dock", "Prices"),
    ),
    "streams/11-v4-agent-turn": Expected(
        (
            "Pier 3 has two e-bikes and one cargo bike. It shuts at 20:00.",
            "Reply **hold** and I will reserve one for 10 minutes.",
        ),
        _tokens(
            (3065, 2937, 128),
            (1632, 1552, 81),
            models={"claude-3.5-haiku": (2980, 2866, 114), "gpt-4o-mini": (85, 71, 14)},
        ),
    ),
    "streams/12-v4-end-of-conversation": Expected(
        ("Thanks for riding. Goodbye!",), NONE, conversation_over=True
    ),
    "streams/13-v4-error-mid-stream": Expected(
        ("Let me check that hire for you.", "Your hire started at"),
        NONE,
        ending="failed",
        interrupted=True,
    ),
    "streams/14-v4-unknown-and-odd": Expected(
        (
            "Unicode line separators \u2028 and \x85 stay inside one line; emoji 🚲 and ق too.",
            "raw\x0b\x1c\ttab controls inside",
        ),
        NONE,
        ("done",),
    ),
    "streams/15-v4-voice-audio": Expected(("Your code is 4821.",), NONE),
    "streams/16-v2-transitional-flat-completion": Expected(
        ("Helmets are in the locker by the ramp.",),
        _tokens((99, 88, 11), (99, 88, 11), models={"gpt-4o-mini": (99, 88, 11)}),
    ),
    "genuine/ai-response": Expected((STARS,), CANNED, MENU),
    "genuine/api-call": Expected(("api said Lisbon",), NONE, MENU),
    "genuine/cards": Expected((), NONE, ("Buy", "Menu", *MENU)),
    "genuine/carousel": Expected((), NONE, ("Choose 1", "Choose 2", "Choose 3", *MENU)),
    "genuine/custom-action": Expected((), NONE, ("picked", "ok")),
    "genuine/end-of-conversation": Expected(("Goodbye!",), NONE, conversation_over=True),
    "genuine/function-made-traces": Expected(
        ("from function", "spoken"), NONE, ("Open", "Go", *MENU)
    ),
    "genuine/javascript": Expected(
        ("counter=1 greeting=hi alicesess1 list=1,2,[object Object]",), NONE, MENU
    ),
    "genuine/knowledge-base": Expected((STARS,), CANNED, MENU),
    "genuine/launch": Expected(
        (
            "Welcome to the **Kitchen Sink**, alicesess1! 👋\nSecond paragraph — naïve façade.",
            "Bold and italic and a link var={{[sessions].sessions}} 2",
        ),
        NONE,
        MENU,
    ),
    "genuine/no-reply": Expected(("Are you still there?",), NONE, MENU),
    "genuine/set-variables": Expected(("condition was true: 42, Paris",), NONE, MENU),
}
