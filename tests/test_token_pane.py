"""The token pane: the ledger's figures, each with where it comes from."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stage import SIZES, Stage, shown, stage, talked, text, trace, turn
from vftui.session.log import Entry
from vftui.ui.tokens import EMPTY, LEGEND


def charge(model: str, query: int, answer: int) -> Entry:
    """A model call as the server reports it."""
    counts = {"total": query + answer, "query": query, "answer": answer}
    metadata = {
        "model": model, "tokensMultiplier": 1,
        "tokensConsumption": counts, "postMultiplierTokensConsumption": counts,
    }  # fmt: skip
    return trace("debug", message="resources consumption", context="Agent", metadata=metadata)


def lines(on: Stage) -> list[str]:
    return shown(on.chat.side.tokens).splitlines()


async def figures(on: Stage) -> dict[str, Any]:
    """Name of a line to its figures."""
    return {line.strip("│ ").split()[0]: line.strip("│ ").split()[1:] for line in lines(on)[1:-1]}


@pytest.mark.parametrize("api", ["v4", "v2", "v2beta1"])
async def test_the_figures_are_those_of_the_session(api: Any) -> None:
    async with stage(log=await talked(api, "hire a bike", "prices")) as on:
        told = await figures(on)
        tokens = on.session.tokens
        assert told["session"][:8] == [
            f"{tokens.total:,}", "+?", f"{on.session.unreported_turns}", "turns",
            "in", f"{tokens.query:,}", "out", f"{tokens.answer:,}",
        ]  # fmt: skip
        assert tokens.models
        for model, counts in tokens.models.items():
            (line,) = (line for line in lines(on) if model in line)
            assert f"{counts.total:,} {model}" in line
            assert f"{counts.query:,} + {counts.answer:,}" in line


async def test_unknown_is_not_zero() -> None:
    async with stage(log=turn("go", text("no report"))) as on:
        told = await figures(on)
        assert told["turn"][:6] == ["1", "?", "in", "?", "out", "?"]
        assert told["session"][:7] == ["?", "1", "turn", "in", "?", "out", "?"]
        assert LEGEND["unknown"] in lines(on)[-1]


async def test_an_estimate_is_marked_until_the_report_comes() -> None:
    async with stage() as on:
        await on.say("go")
        await on.play(
            trace("completion", state="start"),
            trace("completion", state="content", content="twelve words or so, " * 9),
        )
        told = "\n".join(lines(on))
        assert "~" in told
        assert LEGEND["estimated"] in told


async def test_nothing_yet() -> None:
    async with stage(log=[]) as on:
        assert EMPTY in "\n".join(lines(on))


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_hostile_model_name_stays_in_its_line(size: tuple[int, int]) -> None:
    name = "[/]\x1b[2J\n\u202emodel\x07" + "w" * 200
    log = turn("go", charge(name, 30, 20), charge("plain", 3, 2), text("hi"))
    async with stage(log=log, size=size) as on:
        on.chat.show_side("traces")
        await on.pilot.pause()
        assert not {"\x1b", "\x07", "\u202e"} & set(on.screen_text)
        told = lines(on)
        assert "session" in told[2]
        if len(told) > 4:
            assert "50 [/]" in told[3] and "5 plain" in told[4]


async def test_the_costliest_model_comes_first() -> None:
    log = turn("go", charge("small", 3, 2), charge("large", 30, 20), charge("small", 4, 1))
    async with stage(log=log) as on:
        told = lines(on)
        assert "50 large  30 + 20" in told[3]
        assert "10 small  7 + 3" in told[4]


async def test_a_short_screen_keeps_the_first_lines() -> None:
    log = turn("go", charge("small", 3, 2), charge("large", 30, 20), text("Hi"))
    async with stage(log=log, size=(120, 15)) as on:
        assert "turn" in lines(on)[1] and len(lines(on)) <= 4


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_total_that_lacks_turns_says_so_at_every_width(size: tuple[int, int]) -> None:
    log = [*turn("go", charge("large", 3000, 2000), text("hi")), *turn("on", text("unreported"))]
    async with stage(log=log, size=size) as on:
        on.chat.show_side("traces")
        await on.pilot.pause()
        assert any("session" in line and "5,000 +? 1 turn" in line for line in lines(on))
