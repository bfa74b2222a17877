"""Tokens: the charges in debug traces, their repetitions, the parts of a completion."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from tests.decoding import NEARLY, body, debug
from vftui.wire import payloads as p
from vftui.wire.charges import Charge, Counts, charge_of, counts_in, number, shadow_of
from vftui.wire.traces import Path

OLD = (
    "__AI Response__\n    <br /> Model: `gpt-4-turbo`\n    <br /> Token Multiplier: `12x`\n"
    "    <br /> Token Consumption: `{total: 74, query: 43, answer: 31}`\n"
    "    <br /> Post-Multiplier Token Consumption: `{total: 888, query: 516, answer: 372}`"
)
NEW = (
    "__AI Set KB__<br />\nModel: ``<br />\nToken Multiplier: `3.5x`<br />\n"
    "Token Consumption: `{total: 2, query: 1, answer: 1}`<br />\n"
    "Post-Multiplier Token Consumption: `{total: 7, query: 4, answer: 4}`<br />"
)
WHOLE = Charge(
    "AI Response", "gpt-4-turbo", 12.0, Counts(74, 43, 31), Counts(888, 516, 372), "text"
)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (OLD, WHOLE),
        (NEW, Charge("AI Set KB", None, 3.5, Counts(2, 1, 1), Counts(7, 4, 4), "text")),
        ("Token Consumption: `{total: 1, query: 1, answer: 0}`",
         Charge("", None, None, Counts(1, 1, 0), None, "text")),
        ("API call successfully triggered", None),
        ("Token Consumption: `{total: many}`", None),
        ("Token Consumption: `{total: " + "9" * 5000 + ", query: 1, answer: 1}`", None),
    ],
)  # fmt: skip
def test_charge_in_a_text(message: str, expected: Charge | None) -> None:
    assert charge_of(debug(message)) == expected


@pytest.mark.parametrize("length", range(len(OLD)))
def test_a_cut_text_keeps_what_matched_and_what_follows_from_it(length: int) -> None:
    """Never a part of a number; and no part of a total is 0 because it was cut off."""
    charge = charge_of(debug(OLD[:length] + "..."))
    if charge is None:
        assert length < OLD.index(", query: 43") + 1
        return
    assert charge.model == "gpt-4-turbo" and charge.multiplier == 12
    assert charge.base in (WHOLE.base, Counts(74, 0, 0))  # of 74 tokens nothing else is known
    assert charge.billed in (None, WHOLE.billed)


@pytest.mark.parametrize(
    ("base", "billed", "expected"),
    [
        ("{total: 74, query: 43, answer: 31}", "{total: 259,", Counts(259, 151, 108)),
        ("{total: 0, query: 0, answer: 0}", "{total: 7,", Counts(7, 0, 0)),
        ("{total: 2, query: 9, answer: 0}", "{total: 7,", Counts(7, 7, 0)),
        ("{total: 1, query: 1, answer: 0}", "{total: 7, query: 9,", Counts(7, 9, 0)),
    ],
)
def test_what_was_cut_off_is_the_rest_of_the_total(
    base: str, billed: str, expected: Counts
) -> None:
    text = f"Token Consumption: `{base}` Post-Multiplier Token Consumption: `{billed}"
    charge = charge_of(debug(text))
    assert charge is not None and charge.billed == expected


TOKENS = {"total": 10, "query": 7, "answer": 3}


@pytest.mark.parametrize(
    ("metadata", "base", "billed", "multiplier"),
    [
        (
            {"tokensConsumption": TOKENS, "postMultiplierTokensConsumption": {"total": 20},
             "tokensMultiplier": 2},
            Counts(10, 7, 3), Counts(20, 0, 0), 2,
        ),
        ({"tokenConsumption": TOKENS, "multiplier": 0.6}, Counts(10, 7, 3), None, 0.6),
        (
            {"postMultiplierTokenConsumption": {"query": 1.2, "answer": "9"},
             "tokenMultiplier": "2"},
            None, Counts(2, 2, 0), None,
        ),
        (
            {"tokensConsumption": {"total": float("nan"), "query": -1, "answer": True},
             "tokenConsumption": TOKENS, "tokensMultiplier": float("inf")},
            Counts(10, 7, 3), None, None,
        ),
    ],
)  # fmt: skip
def test_charge_in_metadata(
    metadata: dict[str, Any], base: Counts | None, billed: Counts | None, multiplier: float | None
) -> None:
    one = debug("resources consumption", context="Agent", metadata={"model": "m", **metadata})
    assert charge_of(one) == Charge("Agent", "m", multiplier, base, billed, "metadata")
    assert shadow_of(one) is None


@pytest.mark.parametrize("metadata", [None, {}, {"latency": 3}, {"tokensConsumption": [1]}])
def test_metadata_without_counts_is_no_charge(metadata: Any) -> None:
    assert charge_of(debug("resources consumption", metadata=metadata)) is None


RESULT = {"model": "m", "tokens": 1700, "queryTokens": 1624, "answerTokens": 76, "multiplier": 2}
SHADOW = Charge("", "m", 2, None, Counts(1700, 1624, 76), "parameters")


def test_a_shadow_repeats_a_charge() -> None:
    early = debug("x", type="ai-response-parameters-model")
    paths = [Path(None, {"payload": RESULT})]
    assert shadow_of(debug("ai result", metadata=RESULT)) == replace(SHADOW, source="result")
    for found in (
        shadow_of(debug("x", type="ai-response-parameters-model", metadata=RESULT)),
        shadow_of(early, paths),
    ):
        assert found == SHADOW
    assert shadow_of(early) is None
    assert shadow_of(early, [Path(None, None)]) is None
    assert shadow_of(debug("ai result", metadata={"latency": 5})) is None
    assert charge_of(debug("ai result", metadata={"tokensConsumption": TOKENS})) is None


def test_charges_of_an_agent_turn() -> None:
    payloads = [one.trace.payload for one in body("streams/11-v4-agent-turn") if one.trace]
    lines = [one for one in payloads if isinstance(one, p.Debug)]
    charges = [charge.billed for line in lines if (charge := charge_of(line))]
    shadows = [shadow.billed for line in lines if (shadow := shadow_of(line))]
    assert charges == [Counts(1280, 1242, 38), Counts(1700, 1624, 76), Counts(85, 71, 14)]
    assert shadows == charges[1:]


@given(NEARLY)
def test_counts_are_whole_and_never_negative(value: Any) -> None:
    counts = counts_in({"total": value, "query": value, "answerTokens": value})
    assert (counts is None) == (number(value) is None)
    if counts:
        assert all(type(n) is int and n >= 0 for n in (counts.total, counts.query, counts.answer))


@pytest.mark.parametrize(
    ("name", "unsent"),
    [
        ("genuine/ai-response", Counts(0, 0, 0)),
        # The server also bills parts without text, which it does not send.
        ("streams/02-v2beta1-completion", Counts(12, 0, 12)),
    ],
)
def test_the_tokens_of_the_parts_add_up_to_the_charge(name: str, unsent: Counts) -> None:
    told_tokens, charges = Counts(0, 0, 0), []
    for one in body(name):
        payload = one.trace and one.trace.payload
        if isinstance(payload, p.Completion) and payload.tokens:
            told_tokens += payload.tokens
        if isinstance(payload, p.Debug) and (charge := charge_of(payload)):
            charges.append(charge)
    assert [charge.billed for charge in charges] == [told_tokens + unsent]
    assert told_tokens.total > 0
