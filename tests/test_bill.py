"""Each reply has its numbers, with their marks, wherever it is written."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.logs import trace, turn
from tests.test_formats import ATTRIBUTES, TAGS, Reader, written
from tests.test_recording import fill
from vftui.formats import Head, Log, keep, read
from vftui.prices import Cost, Price, Prices
from vftui.recording import Recording
from vftui.render.bill import bill, tokens_words, whole_bill
from vftui.render.conversation import transcript
from vftui.render.objects import session_json
from vftui.session.fold import Session
from vftui.session.log import Entry
from vftui.session.tokens import Tokens
from vftui.wire.charges import Counts

PRICES = Prices({"m": Price(1.0, 10.0, "2026-01-02")}, "USD", "2026-03-04")
HOSTILE = '=x|\x1b[2J<b onclick="x">'
PACE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def counts(query: int, answer: int) -> dict[str, int]:
    return {"total": query + answer, "query": query, "answer": answer}


def charge(model: str, query: int, answer: int, factor: int = 2, **more: Any) -> Entry:
    """A report of what one call cost."""
    metadata = {
        "model": model,
        "tokensMultiplier": factor,
        "tokensConsumption": counts(query, answer),
        "postMultiplierTokensConsumption": counts(factor * query, factor * answer),
    }
    return trace(
        "debug", message="resources consumption", context="Agent", metadata=metadata | more
    )


def streamed(text: str) -> list[Entry]:
    return [
        trace("completion", state="start"),
        trace("completion", state="content", content=text),
    ]


TALK = [
    *turn(charge("m", 1_000_000, 100_000, credits={"used": 3}), trace("text", message="one")),
    *turn(trace("text", message="two, and nobody counted it")),
    *turn(*streamed("three is cut o" * 25), ending="truncated"),
    *turn(charge(HOSTILE, 5, 2, 3), charge("m", 100_000, 0), trace("text", message="four")),
]
"""Reported, unknown, estimated, and with a model that has no price."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    with Recording.open(tmp_path_factory.mktemp("bills") / "shared.db") as recording:
        yield recording


@pytest.fixture(scope="module")
def log(shared: Recording) -> Log:
    return log_of(shared, TALK)


def log_of(recording: Recording, entries: list[Entry]) -> Log:
    journal = fill(recording.begin(title="talk", api="v4", started=1.0), entries)
    return Log(Head("talk", "v4"), journal, prices=PRICES)


# Words


def test_what_is_known_is_said_and_what_is_not() -> None:
    reported = Tokens(
        1700, 1624, 76, "reported", Counts(850, 812, 38), {"a": Counts(1700, 1624, 76)}
    )
    assert bill(reported, Cost(0.0012, "USD", 1, 0, True, "2026-01-02")) == [
        "1,700 tokens (1,624 in, 76 out)", "base 850", "a", "$0.0012",
    ]  # fmt: skip
    assert bill(Tokens()) == ["? tokens"]
    assert bill(Tokens(None, None, 96, "estimated")) == ["? tokens (? in, ~96 out)"]
    provisional = Tokens(4, 2, 2, "provisional", None, {"unknown model": Counts(4, 2, 2)})
    assert bill(provisional) == ["~4 tokens (~2 in, ~2 out)", "base ?", "unknown model"]
    assert tokens_words(Tokens(0, 0, 0, "reported")) == "0 tokens (0 in, 0 out)"


def test_several_models_each_have_theirs_the_largest_first() -> None:
    models = {f"m{number}": Counts(number, number, 0) for number in range(1, 7)}
    tokens = Tokens(21, 21, 0, "reported", None, models)
    assert bill(tokens)[2] == "m6 6, m5 5, m4 4, m3 3, 2 more"
    assert "~" not in bill(tokens + Tokens(None, None, 5, "estimated"))[2]
    long = Tokens(1, 1, 0, "reported", None, {"\x1b[2J" + "x" * 99: Counts(1, 1, 0)})
    assert len(bill(long)[2]) == 40 and "\x1b" not in bill(long)[2]


def test_a_whole_says_what_is_not_in_it_and_what_its_money_is() -> None:
    cost = Cost(0.5, "EUR", 1, 2, False, "2026-01-02")
    told = whole_bill(3, Tokens(4, 2, 2, "reported"), cost, 1)
    assert told[0] == "3 turns" and "1 of them not reported" in told
    assert told[-2:] == [
        "1 of them not reported",
        "list prices of 2026-01-02, not what Voiceflow charges",
    ]
    assert whole_bill(1, Tokens(), None, 1) == ["1 turn", "? tokens"]


# Wherever it is written


def test_a_transcript_has_the_numbers_above_each_reply() -> None:
    heads = [line for line in transcript(Session.of(TALK), PRICES).splitlines() if line[:1] == "a"]
    assert heads == [
        "agent · 2,200,000 tokens (2,000,000 in, 200,000 out) · base 1,100,000 · m · $2.00",
        "agent · ? tokens",
        "agent · ? tokens (? in, ~70 out)",
        "agent · 200,021 tokens (200,015 in, 6 out) · base 100,007 · m 200,000, "
        "=x|␛[2J<b onclick=\"x\"> 21 · $0.10 +?",
    ]  # fmt: skip
    assert "$" not in transcript(Session.of(TALK))


def test_a_ticket_has_them_below_each_turn(log: Log) -> None:
    lines = written("md", log).decode().splitlines()
    figures = [line.strip("*") for line in lines if line[:1] == "*" and line[1:2] != "*"]
    assert figures == [
        "2,200,000 tokens (2,000,000 in, 200,000 out) · base 1,100,000 · m · $2.00",
        "? tokens",
        "truncated · ? tokens (? in, \\~70 out)",
        "200,021 tokens (200,015 in, 6 out) · base 100,007 · m 200,000, "
        '=x\\|␛\\[2J&lt;b onclick="x"> 21'
        " · $0.10 +?",
    ]
    assert lines[-1].startswith("4 turns · \\~2,400,091 tokens (\\~2,200,015 in, ")
    assert lines[-1].endswith("list prices of 2026-01-02, not what Voiceflow charges")


class Table(Reader):
    """The cells of a page's tables, row by row, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.ids: set[str] = set()
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        self.ids |= {value or "" for name, value in attrs if name == "id"}
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][-1] += data


def test_a_page_has_a_table_of_calls_that_leads_to_their_traces(log: Log) -> None:
    page = Table()
    page.feed(written("html", log).decode())
    told = [row for row in page.rows if row[0] != "call"]
    assert [row[1:6] for row in told] == [
        ["m", "2,000,000", "200,000", "2,200,000", "1,100,000"],
        ["?", "?", "~70", "?", "?"],
        ['=x|␛[2J<b onclick="x">', "15", "6", "21", "7"],
        ["m", "200,000", "0", "200,000", "100,000"],
    ]
    assert [row[-2] for row in told] == ["$2.00", "?", "?", "$0.10"]
    links = [value[1:] for name, value in page.attributes if name == "href" and "#e" in value]
    assert len(links) >= 4 and set(links) <= page.ids
    assert page.rows[0][-2:] == ["cost", "traces"]


@PACE
@given(st.text(max_size=40) | st.just(HOSTILE))
def test_no_name_becomes_part_of_what_is_written(shared: Recording, name: str) -> None:
    entries = turn(charge(name, 5, 2, context=name), charge("m", 1, 1))
    log = log_of(shared, entries)
    page = Reader()
    page.feed(written("html", log).decode())
    assert set(page.tags) <= TAGS and {name for name, _ in page.attributes} <= ATTRIBUTES
    ticket = MarkdownIt("commonmark").parse(written("md", log).decode())
    blocks = [one.content.strip() for one in ticket if one.type == "html_block"]
    assert blocks == ["<details><summary>4 traces</summary>", "</details>"]
    assert not [part for one in ticket for part in one.children or [] if part.type == "html_inline"]
    for row in csv.reader(written("csv", log).decode().splitlines()):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_page_without_prices_has_no_column_for_them(shared: Recording) -> None:
    log = log_of(shared, TALK)
    page = Table()
    page.feed(written("html", Log(log.head, log.journal)).decode())
    assert "cost" not in page.rows[0] and len(page.rows[0]) == len(page.rows[1])


def test_a_table_has_the_numbers_of_a_turn_once(log: Log) -> None:
    rows = [*csv.DictReader(written("csv", log).decode().splitlines())]
    told = [row for row in rows if row["source"]]
    assert [row["type"] for row in told] == ["closed"] * 4
    columns = ("tokens", "tokens_in", "tokens_out", "base", "base_in", "base_out", "source")
    assert [[row[name] for name in columns] for row in told] == [
        ["2200000", "2000000", "200000", "1100000", "1000000", "100000", "reported"],
        ["", "", "", "", "", "", "unknown"],
        ["", "", "70", "", "", "", "estimated"],
        ["200021", "200015", "6", "100007", "100005", "2", "reported"],
    ]
    assert told[3]["models"].startswith("'=x|␛[2J")
    money = [[row[name] for name in ("cost", "currency", "costed", "prices")] for row in told]
    assert money[0] == ["2.00000000", "USD", "exact", "2026-01-02"]
    assert money[1] == money[2] == ["", "", "", ""]
    assert money[3] == ["0.10000000", "USD", "part", "2026-01-02"]


def test_a_filter_leaves_the_numbers_in_what_passes(shared: Recording) -> None:
    log = log_of(shared, TALK)
    some = Log(log.head, log.journal, chosen=[1, 2, 6], prices=PRICES)
    rows = [*csv.DictReader(written("csv", some).decode().splitlines())]
    assert [(row["seq"], row["source"]) for row in rows] == [
        ("1", ""),
        ("2", "reported"),
        ("6", "unknown"),
    ]


def test_har_has_them_beside_each_request(log: Log) -> None:
    told = [entry["_tokens"] for entry in json.loads(written("har", log))["log"]["entries"]]
    assert [(one["total"], one["source"], len(one["calls"])) for one in told] == [
        (2_200_000, "reported", 1), (None, "unknown", 0), (None, "estimated", 1),
        (200_021, "reported", 2),
    ]  # fmt: skip
    assert told[0]["cost"]["amount"] == 2.0 and told[1]["cost"] is None
    assert told[0]["calls"][0]["credits"] == {"credits": {"used": 3}}


def test_a_call_tells_all_that_is_known_of_it(log: Log) -> None:
    told = json.loads(written("json", log))
    (call,) = told["turns"][0]["calls"]
    assert call == {
        "turn": 1, "number": 1, "at": None, "label": "Agent", "model": "m", "multiplier": 2,
        "billed": {"total": 2_200_000, "query": 2_000_000, "answer": 200_000},
        "base": {"total": 1_100_000, "query": 1_000_000, "answer": 100_000},
        "source": "reported", "estimate": None, "latency_ms": None, "rate": None,
        "rate_estimated": False, "seqs": [2],
        "credits": {"credits": {"used": 3}}, "more": {"credits": {"used": 3}},
    }  # fmt: skip
    assert told["cost"] == {
        "amount": pytest.approx(2.1), "currency": "USD", "calls": 2, "unpriced": 2,
        "exact": True, "date": "2026-01-02",
    }  # fmt: skip


PIECES = st.sampled_from(
    [
        [charge("m", 7, 3)],
        [charge("n", 2, 2, 1)],
        [trace("text", message="words")],
        streamed("words that nobody counted"),
        [trace("completion", state="end")],
    ]
)
TALKS = st.lists(
    st.tuples(st.lists(PIECES, max_size=4), st.sampled_from(["complete", "truncated"])),
    min_size=1,
    max_size=5,
)


@PACE
@given(TALKS)
def test_what_leaves_has_the_numbers_of_the_session(shared: Recording, talk: Any) -> None:
    entries = [
        entry
        for pieces, ending in talk
        for entry in turn(*(one for piece in pieces for one in piece), ending=ending)
    ]
    log = log_of(shared, entries)
    shown = session_json(Session.of(entries), PRICES)
    told = json.loads(written("json", log))
    for name in ("tokens", "unreported_turns"):
        assert told[name] == shown[name]
    for name in ("tokens", "calls", "cost"):
        assert [one[name] for one in told["turns"]] == [one[name] for one in shown["turns"]]
    if shown["cost"] is None:
        assert told["cost"] is None
    else:
        assert told["cost"] == shown["cost"] | {"amount": pytest.approx(shown["cost"]["amount"])}
    rows = csv.DictReader(written("csv", log).decode().splitlines())
    answers = [int(row["tokens_out"]) for row in rows if row["tokens_out"]]
    assert sum(answers) == (shown["tokens"]["answer"] or 0)


@PACE
@given(TALKS, st.data())
def test_a_turn_that_leaves_alone_has_its_numbers_of_the_session(
    shared: Recording, talk: Any, data: st.DataObject
) -> None:
    """Also where they are guessed by what the turns before taught."""
    lesson = [*streamed("words " * 99), trace("completion", state="end"), charge("m", 7, 300)]
    turns = [
        turn(*lesson),
        *(turn(*chain.from_iterable(pieces), ending=ending) for pieces, ending in talk),
        turn(*streamed("words " * 9), ending="truncated"),
    ]
    entries = [*chain.from_iterable(turns)]
    log = log_of(shared, entries)
    number = data.draw(st.integers(1, len(turns)))
    shown = session_json(Session.of(entries), PRICES)["turns"][number - 1]
    first = 1 + sum(map(len, turns[: number - 1]))
    for alone in (
        Log(log.head, log.journal, number=number, prices=PRICES),
        Log(log.head, log.journal, chosen=[first], prices=PRICES),
    ):
        (told,) = json.loads(written("json", alone))["turns"]
        for name in ("tokens", "calls", "cost"):
            assert told[name] == shown[name]


async def test_the_numbers_of_a_har_are_worked_out_again(
    shared: Recording, log: Log, tmp_path: Path
) -> None:
    data = written("har", log)
    path = tmp_path / "talk.har"
    path.write_bytes(data.replace(b'"_tokens": {"total": 2200000', b'"_tokens": {"total": 1'))
    assert path.read_bytes() != data
    imported = read(path)
    again = Log(imported.head, await keep(imported, shared), prices=PRICES)
    assert written("har", again) == data
