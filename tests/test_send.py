"""`vftui send --json` ends with what all of it took, and budgets are told on stderr."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.logs import trace, turn
from tests.test_cli import KEY, Shell, line_within
from vftui.commands.budgets import BudgetTeller
from vftui.session.budget import Budget
from vftui.session.fold import Session
from vftui.session.tokens import Tokens
from vftui.wire.dialects import DIALECTS, Api

ASKED = "explain hire"
"""What the demo agent answers with a model."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo agent that answers at once."""
    process = Shell(tmp_path_factory.mktemp("agent")).start("agent", "--pace", "0")
    assert process.stdout is not None
    yield process.stdout.readline().decode().strip()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)


@pytest.fixture
def shell(tmp_path: Path, url: str) -> Shell:
    shell = Shell(tmp_path)
    shell.environ |= {"VF_API_KEY": KEY, "VF_PROJECT_ID": "p1", "VF_RUNTIME_URL": url}
    shell.environ |= {"XDG_CONFIG_HOME": str(tmp_path)}
    (tmp_path / "vftui").mkdir()
    return shell


def ending(out: str) -> tuple[list[Any], dict[str, Any]]:
    """The entries, and the line behind them."""
    *entries, usage = map(json.loads, out.splitlines())
    assert usage["kind"] == "usage"
    assert "usage" not in [entry["kind"] for entry in entries]
    return entries, usage


# -- the usage line ---------------------------------------------------------------------------


@pytest.mark.parametrize("api", DIALECTS)
def test_the_last_line_tells_what_all_of_it_took(shell: Shell, api: Api) -> None:
    code, out, _ = shell.run("send", "--json", "--api", api, ASKED)
    entries, usage = ending(out)
    assert code == 0
    shown = json.loads(shell.run("show", "last", "--json")[1])
    (told,), (turn,) = usage["turns"], shown["turns"]
    for name in ("ending", "tokens", "first_text_ms", "elapsed_ms", "cost"):
        assert told[name] == turn[name], name
    assert told["turn"] == 1 and usage["calls"] == turn["calls"]
    for name in ("tokens", "cost", "unreported_turns"):
        assert usage[name] == shown[name], name
    assert usage["tokens"]["source"] == "reported" and usage["cost"]["amount"] > 0
    behind = [entries[seq - 1] for call in usage["calls"] for seq in call["seqs"]]
    kinds = {entry["trace"]["type"].partition("-")[0] for entry in behind}
    assert kinds == {"completion", "debug"}


def test_what_nobody_reported_is_null(shell: Shell) -> None:
    _, out, _ = shell.run("send", "--json", "--launch")
    _, usage = ending(out)
    assert usage["tokens"]["source"] == "unknown" and usage["tokens"]["total"] is None
    assert usage["calls"] == [] and usage["cost"] is None and usage["unreported_turns"] == 1


def test_it_comes_after_a_turn_that_failed_too(shell: Shell) -> None:
    code, out, _ = shell.run("send", "--json", "fail credits")
    entries, usage = ending(out)
    assert code == 6 and entries[-1]["kind"] == "closed"
    assert [turn["ending"] for turn in usage["turns"]] == ["failed"]
    code, out, _ = shell.run("send", "--json", "--script", "-", stdin=b"/press 1\n")
    assert code == 3 and ending(out)[1]["turns"] == []


def test_it_comes_after_a_turn_that_was_stopped(shell: Shell) -> None:
    with shell.start("send", "--demo", "--json", ASKED) as process:
        while b'"content"' not in line_within(process):
            pass
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    *_, closed, usage = map(json.loads, out.decode().splitlines())
    assert process.returncode == 130 and closed["ending"] == "cancelled"
    assert [turn["ending"] for turn in usage["turns"]] == ["cancelled"]
    assert usage["tokens"]["source"] == "estimated"


def test_prices_that_cannot_be_read_end_nothing(shell: Shell) -> None:
    (shell.home / "vftui" / "prices.toml").write_text("date = ")
    code, out, err = shell.run("send", "--json", ASKED)
    assert code == 0 and ending(out)[1]["cost"] is not None
    assert err.count("prices.toml") == 1
    for command in (["show", "last"], ["export", "last", "--format", "md"]):
        code, out, err = shell.run(*command)
        assert code == 0 and "$" in out and "prices.toml" in err


# -- budgets ----------------------------------------------------------------------------------


def test_a_budget_that_runs_out_is_said(shell: Shell) -> None:
    (shell.home / "vftui" / "config.toml").write_text("budget_session = 250\nbudget_day = 300\n")
    lines = f"{ASKED}\n{ASKED}\n".encode()
    code, out, err = shell.run("send", "--script", "-", stdin=lines)
    assert code == 0 and out
    said = [line.split() for line in err.splitlines() if line.startswith("vftui: budget: ")]
    assert [words[2] for words in said] == ["session", "day", "session", "day"]
    assert [int(words[3]) >= 100 for words in said] == [False, False, True, True]
    _, _, err = shell.run("send", "--launch", "hours")
    assert f"vftui: budget: day {said[3][3]} % of 300" in err


def heard(
    capsys: pytest.CaptureFixture[str], budget: Budget, others: Tokens | None = None
) -> list[list[str]]:
    """What is said behind each of three turns: of 600 tokens, an unknown number, and 300."""
    session = Session()
    teller = BudgetTeller(budget, session, others or Tokens())
    said = []
    for answer in (600, None, 300):
        counts = {"total": answer, "query": 0, "answer": answer}
        metadata = {"model": "m", "postMultiplierTokensConsumption": counts}
        report = trace("debug", message="resources consumption", metadata=metadata)
        for entry in turn(*([report] if answer else []), trace("text", message="hi")):
            session.apply(entry)
            teller.append(entry)
        said.append(capsys.readouterr().err.splitlines())
    return said


def test_each_level_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert heard(capsys, Budget(session=1000)) == [
        ["vftui: budget: session 60 % of 1,000"],
        [],
        ["vftui: budget: session 90 % of 1,000 +?"],
    ]
    assert heard(capsys, Budget(session=10_000)) == [[], [], []]


def test_a_turn_begins_anew_and_the_unknown_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert heard(capsys, Budget(turn=600)) == [
        ["vftui: budget: turn 100 % of 600"],
        ["vftui: budget: turn ? of 600"],
        ["vftui: budget: turn 50 % of 600"],
    ]


def test_what_others_spent_today_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert heard(capsys, Budget(day=10_000), Tokens(9000, 9000, 0, "reported"))[0] == [
        "vftui: budget: day 96 % of 10,000"
    ]
