"""`vftui tokens`: a table for people, an object and rows for programs; what is unknown is said."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.bodies import BODIES, DATA
from tests.logs import saved_turn, trace
from tests.test_usage import NOON, charge, record, turn
from vftui.cli import main
from vftui.commands.tokens import tokens
from vftui.errors import ConfigurationError
from vftui.recording import Recording
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Sent
from vftui.settings import recordings_path
from vftui.usage import midnight

HOSTILE = "=cmd|' /C calc'!A0\x1b[2J"
KEY = "VF.DM.0123456789abcdef01234567.CanarySecretCanary"


@pytest.fixture
def recording() -> Iterator[Recording]:
    with Recording.open(recordings_path()) as opened:
        yield opened


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(tokens, [str(one) for one in arguments], catch_exceptions=False)


def lines(*arguments: str | Path) -> list[list[str]]:
    """The words of each line."""
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return [line.split() for line in result.stdout.splitlines()]


def told(*arguments: str | Path) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def cells(*arguments: str | Path) -> list[dict[str, str]]:
    """The rows of the CSV."""
    return [*csv.DictReader(io.StringIO(run(*arguments, "--csv").stdout))]


def priced(model: str, base: tuple[int, int], billed: tuple[int, int], **more: Any) -> Entry:
    """A report of one call with base tokens."""
    counts = [
        {"total": query + answer, "query": query, "answer": answer}
        for query, answer in (base, billed)
    ]
    names = ("tokensConsumption", "postMultiplierTokensConsumption")
    metadata = {"model": model, **dict(zip(names, counts, strict=True)), **more}
    return trace("debug", message="resources consumption", context="Agent", metadata=metadata)


# For people


def test_a_session_is_shown_turn_by_turn(recording: Recording) -> None:
    first = priced("gpt-4o-mini", (1000, 1000), (1500, 1500))
    record(recording, [*turn(NOON, first), *turn(NOON + 9), *turn(NOON + 20, charge(1200))])
    table = run().stdout.splitlines()
    assert table[0].split() == [
        "turn", "began", "calls", "in", "out", "total", "base", "cost", "first", "text", "time",
        "model",
    ]  # fmt: skip
    assert [line.split()[2:7] for line in table[1:4]] == [
        ["1", "1,500", "1,500", "3,000", "2,000"],
        ["0", "?", "?", "?", "?"],
        ["1", "1,199", "1", "1,200", "?"],
    ]
    assert table[1].split()[7] == "$0.00075" and table[1].endswith("gpt-4o-mini")
    assert table[4].split()[:6] == ["all", "2", "2,699", "1,501", "4,200", "+?"]
    assert table[5] == "Not reported in full: 1 of 3 turns (33 %) in which the agent spoke."
    assert table[6].startswith("Cost: list prices of the models of 20")
    assert table[7] == "Without a price, and not in it: 1 of 2 calls."
    for head, cell in (("in", "1,199"), ("total", "1,200")):  # on the right
        assert table[0].index(head) + len(head) == table[3].index(cell) + len(cell)


def test_what_is_provisional_or_estimated_is_marked(recording: Recording) -> None:
    words = trace("completion", NOON, state="content", content="x" * 400)
    launch = Sent(NOON, {"type": "launch"}, "v4")
    record(recording, [*turn(NOON, charge(5)), launch, words, Closed(NOON, "cancelled")])
    estimate = lines()[2]
    assert estimate[3] == "?" and estimate[4].startswith("~") and estimate[5] == "?"
    assert lines()[3][3].startswith("~") and lines()[3][4].startswith("~")
    streamed = trace("completion", state="end", tokens={"total": 9, "query": 4, "answer": 5})
    record(recording, [*turn(NOON, words, streamed)])
    assert lines()[1][3:6] == ["~4", "~5", "~9"]


def test_a_turn_whose_program_was_killed_is_told_as_show_tells_it(recording: Recording) -> None:
    record(recording, [*turn(NOON, ended=False), *turn(NOON + 9, charge(7), ended=False)])
    shown = json.loads(CliRunner().invoke(main, ["show", "last", "--json"]).stdout)
    assert [row["ending"] for row in told()["rows"]] == ["truncated", "truncated"]
    assert [one["ending"] for one in shown["turns"]] == ["truncated", "truncated"]
    assert told()["total"]["unreported_turns"] == shown["unreported_turns"] == 1
    record(recording, turn(NOON, ended=False))
    assert lines()[-1][:8] == ["Not", "reported", "in", "full:", "1", "of", "1", "turn"]


def test_models_come_with_the_largest_first(recording: Recording) -> None:
    few, many = priced("few", (1, 1), (2, 2)), priced("many", (1, 1), (30, 30))
    record(recording, [*turn(NOON, few, many), *turn(NOON, few)])
    table = lines("--by", "model")
    assert [line[:5] for line in table[1:4]] == [
        ["many", "1", "30", "30", "60"], ["few", "2", "4", "4", "8"], ["all", "3", "34", "34", "68"]
    ]  # fmt: skip
    assert "cost" not in table[0]  # nobody knows their prices


def test_sessions_and_days(recording: Recording) -> None:
    record(recording, [*turn(midnight() - 60, charge(100)), *turn(NOON, charge(1))])
    record(recording, turn(NOON, charge(20)))
    assert [line[0] for line in lines("--today")] == ["session", "2", "1", "all"]
    assert [line[5:] for line in lines("--today")[1:3]] == [
        ["19", "1", "20", "?", "talk"], ["0", "1", "1", "?", "talk"]
    ]  # fmt: skip
    days = lines("--since", "2d", "--by", "day")
    assert [line[5] for line in days[1:]] == ["21", "100", "121"]
    assert [line[:2] for line in lines("--since", "2d", "--by", "turn")[1:]] == [
        ["2", "1"], ["1", "1"], ["1", "2"], ["all", "3"]
    ]  # fmt: skip
    assert len(lines("1")) == 4  # a head, two turns, all


def test_calls_behind_a_killed_turn_stand_where_show_says(recording: Recording) -> None:
    record(recording, [*turn(NOON, ended=False), *turn(NOON + 9, charge(7), ended=False)])
    shown = json.loads(CliRunner().invoke(main, ["show", "last", "--json"]).stdout)
    exported = CliRunner().invoke(main, ["export", "last", "--format", "json"]).stdout
    told_of = [told()["rows"], shown["turns"], json.loads(exported)["turns"]]
    assert [turns[1]["calls"][0]["seqs"] for turns in told_of] == [[5], [5], [5]]


def test_an_empty_name_is_not_the_last_session(recording: Recording) -> None:
    record(recording, turn(NOON))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        run("")


def test_days_come_with_the_latest_first(recording: Recording) -> None:
    day = 86_400
    record(recording, [*turn(NOON - 2 * day, charge(4)), *turn(NOON - day, charge(3))])
    record(recording, [*turn(None, charge(9)), *turn(NOON - 3 * day, charge(5)),
                       *turn(NOON, charge(2)), *turn(NOON - day, charge(30))])  # fmt: skip
    since = cells("--since", "7d", "--by", "day")
    assert [row["tokens"] for row in since] == ["2", "33", "4", "5"]
    assert [row["tokens"] for row in cells("2", "--by", "day")] == ["2", "30", "5", "9"]


@pytest.mark.parametrize(
    ("since", "sessions"),
    [("1h", [3]), ("24h", [3, 2]), ("3d", [3, 2, 1]), ("1999-12-31", [3, 2, 1]),
     ("2999-01-01T12:30", [])],
)  # fmt: skip
def test_since_a_date_or_so_many_days_or_hours(
    recording: Recording, since: str, sessions: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vftui.commands.tokens.now", lambda: NOON)
    for ago in (50, 20, 0.5):
        record(recording, turn(NOON - ago * 3600, charge(5)))
    assert [row["session"] for row in told("--since", since)["rows"]] == sessions


@pytest.mark.parametrize("since", ["", "yesterday", "7", "7w", "-3d", "2026-13-01", "9" * 400])
def test_what_is_no_date_is_said(since: str) -> None:
    with pytest.raises(ConfigurationError, match="is no date") as error:
        run("--since", since)
    assert "7d" in error.value.hint


def test_one_thing_is_asked_at_a_time() -> None:
    for arguments in (
        ("1", "--today"), ("--today", "--since", "7d"), ("last", "--since", "7d"),
        ("--json", "--csv"), ("--by", "colour"),
    ):  # fmt: skip
        assert run(*arguments).exit_code == 2


def test_that_there_is_nothing_is_said(recording: Recording) -> None:
    result = run("--today")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "vftui: nothing was said since then\n"
    assert told("--today")["rows"] == [] == cells("--today")
    recording.close()
    recordings_path().unlink()
    assert run("--today").exit_code == 0
    with pytest.raises(ConfigurationError, match="Nothing is recorded yet"):
        run()


# For programs


@pytest.mark.parametrize("name", BODIES)
def test_a_saved_stream_has_the_numbers_of_its_fold(name: str) -> None:
    session = Session.of(saved_turn(BODIES[name]))
    found = told(DATA / f"{name}.sse")
    [row] = found["rows"]
    assert row["tokens"] == found["total"]["tokens"]
    assert row["tokens"]["total"] == session.tokens.total
    assert row["tokens"]["source"] == session.tokens.source
    assert [call["seqs"] for call in row["calls"]] == [list(one.seqs) for one in session.calls]
    assert (row["session"], row["turn"], row["at"]) == (None, 1, None)
    assert row["unreported_turns"] == session.unreported_turns


@pytest.mark.parametrize("by", ["turn", "session", "day", "model"])
def test_rows_add_up(recording: Recording, by: str) -> None:
    record(recording, [*turn(NOON, charge(5), charge(7)), *turn(NOON), *turn(None, charge(9))])
    record(recording, [*turn(NOON, priced("gpt-4o-mini", (1, 2), (3, 4)))])
    for which in (("1",), ("--today",)):
        found = told(*which, "--by", by)
        total = found["total"]
        assert found["by"] == by
        assert sum(row["call_count"] for row in found["rows"]) == total["call_count"]
        assert sum(len(row["calls"]) for row in found["rows"]) == total["call_count"]
        assert total["tokens"]["total"] == sum(row["tokens"]["total"] or 0 for row in found["rows"])
        table = cells(*which, "--by", by)
        assert [row["tokens"] for row in table] == [
            "" if row["tokens"]["total"] is None else str(row["tokens"]["total"])
            for row in found["rows"]
        ]
        assert [row["source"] for row in table] == [
            row["tokens"]["source"] for row in found["rows"]
        ]


def test_what_an_object_tells_of_a_turn(recording: Recording) -> None:
    call = priced("gpt-4o-mini", (1000, 1000), (1500, 1500), CreditsUsed=2, usage={"credit": [1]})
    record(recording, turn(NOON, call), environment="development")
    found = told("last")
    assert found["since"] is None and found["prices"]["currency"] == "USD"
    [session] = found["sessions"]
    assert session == {
        "session": 1, "title": "talk", "api": "v4", "project": "pier",
        "environment": "development", "started": NOON,
    }  # fmt: skip
    [row] = found["rows"]
    assert (row["session"], row["turn"], row["ending"], row["at"]) == (1, 1, "complete", NOON)
    assert (row["first_seq"], row["last_seq"], row["elapsed_ms"]) == (1, 4, 0)
    assert row["tokens"]["base"] == {"total": 2000, "query": 1000, "answer": 1000}
    assert row["cost"]["amount"] == pytest.approx(0.00075) and row["cost"]["exact"] is True
    assert row["calls"][0]["credits"] == {"CreditsUsed": 2, "usage.credit": [1]}
    assert told("--today", "--by", "day")["since"] == midnight()


def test_what_a_row_of_the_csv_tells(recording: Recording) -> None:
    record(recording, turn(NOON, priced("gpt-4o-mini", (1000, 1000), (1500, 1400))))
    [row] = cells("--by", "turn")
    assert [row[name] for name in ("tokens", "tokens_in", "tokens_out", "base", "source")] == [
        "2900", "1500", "1400", "2000", "reported"
    ]  # fmt: skip
    assert (row["cost"], row["currency"], row["costed"]) == ("0.00075000", "USD", "exact")
    assert row["at"].endswith("+00:00")


@pytest.mark.parametrize("by", ["turn", "session", "day", "model"])
@pytest.mark.parametrize("flags", [(), ("--json",), ("--csv",)])
def test_names_from_outside_are_harmless(
    recording: Recording, by: str, flags: Sequence[str]
) -> None:
    entries = turn(NOON, priced(HOSTILE, (1, 1), (2, 2)), priced(KEY, (1, 1), (2, 2)))
    journal = recording.begin(title=HOSTILE + KEY, api="v4", started=NOON)
    for entry in entries:
        journal.append(entry)
    result = run("--by", by, *flags)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout and "Canary" not in result.stdout
    if flags == ("--csv",):
        assert not [
            cell for row in cells("--by", by) for cell in row.values() if cell.startswith("=")
        ]


def test_it_is_one_of_the_commands(recording: Recording) -> None:
    record(recording, turn(NOON, charge(5)))
    result = CliRunner().invoke(main, ["tokens", "--json"])
    assert json.loads(result.stdout)["total"]["tokens"]["total"] == 5
