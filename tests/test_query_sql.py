"""A query's SQL says what a plain reading of the query says, whatever the rows."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.logs import event, trace
from vftui.facts import facts_of
from vftui.query import QueryError, parse
from vftui.query.sql import FUNCTIONS, unescaped
from vftui.reading import Row as JournalRow
from vftui.recording import Recording
from vftui.records import record
from vftui.session.log import ENDINGS, Closed, Entry, Opened, Received, Sent
from vftui.wire.frames import parse_frame


@dataclass(frozen=True)
class Row:
    """Everything that a query can ask of an entry."""

    seq: int = 1
    turn: int = 1
    kind: str = "received"
    type: str = "debug"
    event: str = "trace"
    level: int | None = None
    flags: int = 0
    span: int | None = None
    size: int = 100
    since: float | None = None
    gap: float | None = None
    tool: str | None = None
    model: str | None = None
    raw: bytes = b""
    extra: str | None = None
    marked: int | None = None
    remark: str | None = None


def passing(rows: Sequence[Row], text: str, problems: Sequence[int] = ()) -> list[int]:
    """The numbers of the rows that the SQL of a query lets pass."""
    connection = sqlite3.connect(":memory:")
    try:
        for name, (arguments, function) in FUNCTIONS.items():
            connection.create_function(name, arguments, function, deterministic=True)
        connection.execute(
            "CREATE TABLE f (seq, turn, kind, type, event, level, flags, span, size, since, gap,"
            " tool, model)"
        )
        connection.execute("CREATE TABLE e (seq, kind, raw, extra)")
        connection.execute("CREATE TABLE m (seq, marked, remark)")
        for row in rows:
            values = astuple(row)
            connection.execute(f"INSERT INTO f VALUES ({', '.join('?' * 13)})", values[:13])
            connection.execute(
                "INSERT INTO e VALUES (?, ?, ?, ?)", (row.seq, row.kind, row.raw, row.extra)
            )
            if row.marked is not None:
                connection.execute(
                    "INSERT INTO m VALUES (?, ?, ?)", (row.seq, row.marked, row.remark or "")
                )
        where = parse(text).where(problems)
        found = connection.execute(
            "SELECT f.seq FROM f JOIN e USING (seq) LEFT JOIN m USING (seq)"
            f" WHERE {where.sql} ORDER BY f.seq",
            where.parameters,
        )
        return [seq for (seq,) in found]
    finally:
        connection.close()


# The reference: each piece of a query, and what it means in plain Python


@dataclass(frozen=True)
class Asked:
    """The words of a query, and what they ask of a row."""

    words: str
    passes: Callable[[Row], bool]


TYPES = (
    "debug",
    "Debug",
    "completion-continue",
    "completion-end",
    "my type",
    "a*b",
    "[x]",
    "a_c",
    "É%",
)
NAMES = ("gpt-4o", "Claude", "dock_lookup,ÉLAN", "")
MESSAGES = st.text(st.sampled_from('aAbBéÉßS"\\/\n\t🚲 %_<\x00'), max_size=8)
PROBLEMS = (2, 5)


def said(message: str, *, ascii_only: bool) -> bytes:
    return b"data: " + json.dumps(message, ensure_ascii=ascii_only).encode()


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Rows in which everything that may be unknown sometimes is."""

    def maybe(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
        return st.none() | values

    one = st.builds(
        Row,
        turn=st.integers(1, 3),
        kind=st.sampled_from(("sent", "opened", "received", "closed")),
        type=st.sampled_from(TYPES),
        event=st.sampled_from(("trace", "state", "")),
        level=maybe(st.integers(1, 5)),
        flags=st.integers(0, 3),
        span=maybe(st.just(1)),
        size=st.sampled_from((0, 999, 1000, 1024, 1_000_000)),
        since=maybe(st.sampled_from((0.0, 0.5, 2.0, 61.0))),
        gap=maybe(st.sampled_from((0.0, 0.5, 2.0, -0.1))),
        tool=maybe(st.sampled_from(NAMES)),
        model=maybe(st.sampled_from(NAMES)),
        raw=st.builds(said, MESSAGES, ascii_only=st.booleans()),
        extra=maybe(st.builds(json.dumps, MESSAGES)),
        marked=maybe(st.integers(0, 1)),
        remark=maybe(st.sampled_from(("ask Ana", "Später", ""))),
    )
    made = draw(st.lists(one, max_size=8))
    return [Row(seq, *astuple(row)[1:]) for seq, row in enumerate(made, 1)]


def texts(row: Row) -> list[str]:
    """What is searched: as it is, and as JSON means it."""
    told = [row.raw.decode()]
    if row.kind != "received" and row.extra is not None:
        told.append(row.extra)
    return told + [
        re.sub(r'"(\\.|[^"\\])*"', lambda found: f'"{json.loads(found[0])}"', text) for text in told
    ]


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}


@st.composite
def names(draw: st.DrawFn) -> Asked:
    field = draw(st.sampled_from(("type", "event")))
    operator = draw(st.sampled_from((":", "=", "!=")))
    globs = {
        "completion*": "completion.*",
        "*e": ".*e",
        "a*b": "a.*b",
        "[*": r"\[.*",
        "é*": "é.*",
        "*%": ".*%",
        "A_*": r"a_.*",
    }
    plain = st.sampled_from((*TYPES, "state", "none")).map(
        lambda name: (quoted(name), re.escape(name))
    )
    chosen = draw(st.lists(plain | st.sampled_from(list(globs.items())), min_size=1, max_size=3))
    expression = re.compile(
        "|".join(f"(?:{pattern})" for _, pattern in chosen), re.ASCII | re.DOTALL | re.IGNORECASE
    )
    return Asked(
        f"{field}{operator}{','.join(name for name, _ in chosen)}",
        lambda row: bool(expression.fullmatch(getattr(row, field))) != (operator == "!="),
    )


NUMBERS: dict[str, tuple[str, dict[str, float]]] = {
    "level": ("level", {"debug": 1, "info": 2, "warn": 3, "warning": 3, "error": 4, "fatal": 5}),
    "turn": ("turn", {"1": 1, "2": 2, "9": 9}),
    "seq": ("seq", {"1": 1, "2": 2, "3": 3}),
    "size": ("size", {"0": 0, "1kb": 1000, "1kib": 1024, "1mb": 1e6, "0.5kb": 500}),
    "gap": ("gap", {"0": 0.0, "500": 0.5, "500ms": 0.5, "2s": 2.0, "1min": 60.0}),
    "at": ("since", {"0": 0.0, "0.5s": 0.5, "2S": 2.0, "1min": 60.0}),
}


@st.composite
def comparisons(draw: st.DrawFn) -> Asked:
    field = draw(st.sampled_from(sorted(NUMBERS)))
    column, values = NUMBERS[field]
    operator, (name, value) = (
        draw(st.sampled_from(list(COMPARE))),
        draw(st.sampled_from(sorted(values.items()))),
    )

    def passes(row: Row) -> bool:
        have = getattr(row, column)
        return have is not None and COMPARE[operator](have, value)

    return Asked(f"{field}{operator}{name}", passes)


@st.composite
def ranges(draw: st.DrawFn) -> Asked:
    field = draw(st.sampled_from(sorted(NUMBERS)))
    column, values = NUMBERS[field]
    operator = draw(st.sampled_from((":", "!=")))
    ends = draw(st.lists(st.sampled_from(sorted(values.items())), min_size=2, max_size=2))
    (low, least), (high, most) = sorted(ends, key=lambda pair: pair[1])
    shown = draw(st.sampled_from(("both", "low", "high", "one")))
    if shown == "one" and field not in ("gap", "at"):
        words, most = low, least
    elif shown == "low":
        words, most = f"{low}..", float("inf")
    elif shown == "high":
        words, least = f"..{high}", float("-inf")
    else:
        words = f"{low}..{high}"

    def passes(row: Row) -> bool:
        have = getattr(row, column)
        return (have is not None and least <= have <= most) != (operator == "!=")

    return Asked(f"{field}{operator}{words}", passes)


@st.composite
def mentions(draw: st.DrawFn) -> Asked:
    field = draw(st.sampled_from(("model", "tool", "remark")))
    operator = draw(st.sampled_from((":", "!=")))
    word = draw(st.sampled_from(("gpt", "CLAUDE", "élan", "ana", "SPÄT", "")))

    def passes(row: Row) -> bool:
        have = getattr(row, field)
        if field == "remark":
            have = None if row.marked is None else row.remark or ""
        return (have is not None and word.casefold() in have.casefold()) != (operator == "!=")

    return Asked(f"{field}{operator}{quoted(word)}", passes)


STATES: dict[str, Callable[[Row], bool]] = {
    "unknown": lambda row: row.flags in (2, 3),
    "problem": lambda row: row.flags in (1, 3) or row.seq in PROBLEMS,
    "marked": lambda row: row.marked == 1,
    "remarked": lambda row: row.marked is not None and bool(row.remark),
    "error": lambda row: row.level in (4, 5),
    "warning": lambda row: row.level == 3,
    "sent": lambda row: row.kind == "sent",
    "received": lambda row: row.kind == "received",
    "delta": lambda row: row.span is not None,
}


def state(word: str) -> Asked:
    return Asked(f"is:{word}", STATES[word])


def text(needle: str, before: str) -> Asked:
    return Asked(
        before + quoted(needle),
        lambda row: any(needle.casefold() in told.casefold() for told in texts(row)),
    )


def pattern(source: str) -> Asked:
    expression = re.compile(source, 0 if source != source.lower() else re.IGNORECASE)
    return Asked(
        f"/{source}/", lambda row: any(expression.search(told) is not None for told in texts(row))
    )


LEAVES = st.one_of(
    names(),
    comparisons(),
    ranges(),
    mentions(),
    st.sampled_from(sorted(STATES)).map(state),
    st.builds(text, MESSAGES, st.sampled_from(("", "text:", "text="))),
    st.sampled_from(("a", "A+b", "b.*s", "[ab]$", "^data", "(?:é|ß)")).map(pattern),
)


def both(one: Asked, other: Asked, word: str) -> Asked:
    return Asked(
        f"({one.words}){word}({other.words})", lambda row: one.passes(row) and other.passes(row)
    )


def any_of(one: Asked, other: Asked) -> Asked:
    return Asked(
        f"({one.words} OR {other.words})", lambda row: one.passes(row) or other.passes(row)
    )


def none_of(one: Asked, word: str) -> Asked:
    return Asked(f"{word}({one.words})", lambda row: not one.passes(row))


QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(both, inner, inner, st.sampled_from((" ", " AND "))),
        st.builds(any_of, inner, inner),
        st.builds(none_of, inner, st.sampled_from(("-", "NOT "))),
    ),
    max_leaves=6,
)


@given(rows(), QUERIES)
def test_the_sql_says_what_the_query_says(entries: list[Row], asked: Asked) -> None:
    expected = [row.seq for row in entries if asked.passes(row)]
    assert passing(entries, asked.words, PROBLEMS) == expected


@given(rows(), QUERIES)
def test_an_entry_passes_either_a_query_or_its_opposite(entries: list[Row], asked: Asked) -> None:
    some = passing(entries, asked.words, PROBLEMS)
    others = passing(entries, f"-({asked.words})", PROBLEMS)
    assert sorted(some + others) == [row.seq for row in entries]


# The same, asked of a recording

AT = st.none() | st.sampled_from((1.0, 1.25, 2.0, 5.0, 100.0))
ENTRIES: st.SearchStrategy[Entry] = st.one_of(
    st.builds(lambda at: Sent(at, {"type": "text"}, "v4", body=b'{"type":"text"}'), AT),
    st.builds(
        lambda at, status: Opened(at, status, note="Später"), AT, st.sampled_from((200, 429))
    ),
    st.builds(
        lambda at, level, message: trace("debug", at, message=message, level=level),
        AT,
        st.sampled_from(("debug", "info", "warn", "error", "fatal", None)),
        st.sampled_from(("Order", "pier 3", "completed in gpt-4o")),
    ),
    st.builds(
        lambda at, state: trace("completion", at, state=state, content="a b"),
        AT,
        st.sampled_from(("start", "content", "end")),
    ),
    st.builds(lambda at: event({"x": 1}, "state", at), AT),
    st.builds(lambda at: trace("my own", at, a="é"), AT),
    st.builds(lambda at: Received(at, parse_frame(b"event: trace\ndata: {no\n\n")), AT),
    st.builds(lambda at, ending: Closed(at, ending), AT, st.sampled_from(ENDINGS)),
)


def asked_of(found: JournalRow) -> Row:
    """What a query can ask of a row that was read."""
    facts, kept = facts_of(found.entry), record(found.entry)
    return Row(
        found.seq, found.turn, facts.kind, facts.type, facts.event, found.level, found.flags,
        found.span, found.size, found.since, found.gap, facts.tool, facts.model, kept.raw,
        kept.extra, int(found.marked), found.remark,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(ENTRIES, max_size=20), QUERIES, st.integers(0, 20), st.integers(0, 20))
def test_a_recording_answers_what_its_rows_say(
    entries: list[Entry], asked: Asked, after: int, until: int
) -> None:
    with Recording.temporary() as recording:
        journal = recording.begin(title="", api="v4", started=0.0)
        for entry in entries:
            journal.append(entry)
        journal.mark(range(1, len(entries) + 1, 3), on=True)
        for seq in range(1, len(entries) + 1, 4):
            journal.remark(seq, "Später")
        query = parse(asked.words)
        passing = [row for row in journal.rows() if asked.passes(asked_of(row))]
        seqs = [row.seq for row in passing]
        assert list(journal.matching(query, problems=PROBLEMS)) == seqs
        heads = sorted({row.span or row.seq for row in passing})
        assert list(journal.matching(query, problems=PROBLEMS, merged=True)) == heads
        window = journal.matching(query, problems=PROBLEMS, after=after, until=until)
        assert list(window) == [seq for seq in seqs if after < seq <= until]


@given(st.text(st.sampled_from("atype:levl>=<!'\"/\\()-#@.,*[ORNT013ms é\ud800\n"), max_size=40))
def test_whatever_is_typed_is_sql_or_an_error_with_its_place(words: str) -> None:
    try:
        passing([Row()], words)
    except QueryError as error:
        assert error.message.endswith(".") and 0 <= error.at <= len(words) and error.length >= 1


@pytest.mark.parametrize(
    ("data", "needle", "found"),
    [
        (rb'{"m":"caf\u00e9"}', "CAFÉ", True),
        (rb'{"m":"\ud83d\udeb2"}', "🚲", True),
        (rb'{"m":"\u003cb\u003e"}', "<B>", True),
        (rb'{"m":"a\nb"}', "a\nb", True),
        (rb'{"m":"c:\\dir"}', "c:\\dir", True),
        (rb'{"m":"c:\\dir"}', "c:\\\\dir", True),
        (rb'{"m":"\ud83d"}', "\ufffd", True),
        ("STRASSE Straße".encode(), "straSSE STRASSE", True),
        (b"a\x00b", "B", True),
        (b"\xff", "\ufffd", True),
        (rb"\u00", "\\u00", True),
        (b"100%", "1000", False),
    ],
)
def test_a_text_is_found_whatever_its_case_and_escapes(
    data: bytes, needle: str, found: bool
) -> None:
    assert bool(passing([Row(raw=data)], quoted(needle))) == found


@given(st.text())
def test_unescaping_undoes_json(message: str) -> None:
    message = message.encode("utf-8", "replace").decode()
    assert unescaped(json.dumps(message)[1:-1]) == message


def test_the_words_of_a_request_or_an_ending_count_those_of_a_frame_do_not() -> None:
    rows = [Row(1, kind="closed", extra="no key"), Row(2, kind="received", extra="no key")]
    assert passing(rows, '"no key"') == passing(rows, "/no.key/") == [1]


def test_a_regular_expression_with_a_capital_is_exact() -> None:
    rows = [Row(1, raw=b"Order 7"), Row(2, raw=b"order 7")]
    assert passing(rows, r"/order \d/") == passing(rows, r"/order \S/") == [1, 2]
    assert passing(rows, "/Order/") == [1]


def test_a_regular_expression_that_takes_too_long_ends_the_question() -> None:
    with pytest.raises(sqlite3.OperationalError, match="user-defined function"):
        passing([Row(raw=b"a" * 200)], "/(a|aa)+b|(a|a)+$ /")


def test_the_most_that_is_allowed_is_not_too_much_for_sql() -> None:
    widest = " OR ".join(["a"] * 100)
    deepest = "a"
    for _ in range(9):
        deepest = f"-(b OR {deepest})"
    assert passing([Row(raw=b"a")], widest) == [1]
    assert passing([Row(raw=b"a")], deepest) == []
