"""The filter language as a person meets it: what can be typed, and what is said when it cannot."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.query import QueryError, parse
from vftui.query.completing import complete, quoted
from vftui.query.fields import FIELDS

SAVED = {
    "slow": "gap>1s OR at>5s",
    "mine": '@slow text:"order"',
    "wrong": "gap>",
    "me": "-@me",
    "round": "@about",
    "about": "@round",
}


def same(one: str, other: str) -> bool:
    """Whether two texts ask the same."""
    return parse(one, SAVED).where((1,)) == parse(other, SAVED).where((1,))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("debug order", '"debug" "order"'),
        ("a AND b", "a b"),
        ("a b OR c d", "(a b) OR (c d)"),
        ("-type:block", "NOT type:block"),
        ("type!=block,flow", "-type:block,flow"),
        ("type=debug", "type:debug"),
        ("TYPE:debug", "type:debug"),
        ("type:debug , choice", "type:debug,choice"),
        ('type:"debug"', "type:debug"),
        ("'say \"hi\"'", '"say \\"hi\\""'),
        ("text:order", "order"),
        ("text:/ord.r/", "/ord.r/"),
        ("gap>500", "gap>500ms"),
        ("gap>0.5s", "gap>500ms"),
        ("at>=1min", "at>=60s"),
        ("size>10kb", "size>10000"),
        ("size>1KiB", "size>1024b"),
        ("#401", "seq:401"),
        ("#100..200", "seq:100..200"),
        ("turn:2..2", "turn:2"),
        ("level:warning", "level:warn"),
        ("level:verbose", "level:debug"),
        ("((((order))))", "order"),
        ("@slow", "gap>1s OR at>5s"),
        ("-@slow type:debug", "-(gap>1s OR at>5s) type:debug"),
        ("@mine", '(gap>1s OR at>5s) "order"'),
        (r'"C:\temp"', r"'C:\temp'"),
        ("# 401", "#401"),
    ],
)
def test_two_ways_to_say_the_same(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('type:"comp*"', "type:comp*"),
        ("a OR b c", "(a OR b) c"),
        ("-a b", "-(a b)"),
        ("/a b/", '"a b"'),
        ("is:warning", "level>=warn"),
    ],
)
def test_two_things_that_are_not_the_same(one: str, other: str) -> None:
    assert not same(one, other)


WORDS = [
    "don't",
    "12:30",
    "[x]",
    "a,b",
    "é",
    "100%",
    "a-b",
    "x/y",
    "…",
    "a@b.c",
    "ORDER",
    "notes",
    "or",
    "and",
]


@pytest.mark.parametrize("word", WORDS)
def test_a_bare_word_is_a_text(word: str) -> None:
    assert parse(word).needles == (word,)


def test_an_empty_query_lets_everything_pass() -> None:
    for words in ("", "  \n"):
        query = parse(words)
        assert not query and query.where((1,)).sql == "1" and query.where().parameters == ()
    assert parse("a") and parse(' a"b"').text == ' a"b"'


def test_a_query_says_what_it_needs_to_read() -> None:
    facts, texts, remarks = (parse(one).where() for one in ("type:a", "a type:b", "-is:marked"))
    assert (facts.needs_bytes, facts.needs_remarks) == (False, False)
    assert (texts.needs_bytes, texts.needs_remarks) == (True, False)
    assert (remarks.needs_bytes, remarks.needs_remarks) == (False, True)


def test_the_evidence_of_problems_is_one_parameter() -> None:
    query = parse("is:problem OR gap>1s OR is:problem")
    assert query.asks_about_problems and not parse("is:error").asks_about_problems
    assert query.where({3, 1}).parameters == ("[1, 3]", 1.0, "[1, 3]")


ERRORS = """
tpye:debug       | ^^^^             | There is no field tpye.                 | Did you mean type?
a tpye:          |   ^^^^           | There is no field tpye. | Did you mean type?
http://x.y       | ^^^^             | There is no field http.                 | quotation marks
level>=wran      |        ^^^^      | There is no such level.                 | Did you mean warn?
is:eror          |    ^^^^          | No entry is eror.                       | Did you mean error?
is:xyzzy         |    ^^^^^         | No entry is xyzzy.                      | There are: unknown,
gap>500sek       |        ^^^       | sek is no unit of a duration.           | Did you mean s?
gap>soon         |     ^^^^         | This is not a duration.                 | Write it as 500ms
size>10zb        |        ^^        | zb is no unit of a size.                | Did you mean b?
gap:500ms        |     ^^^^^        | Nothing takes exactly as long as this.  | Compare it
turn:one         |      ^^^         | This is not a whole number.             | such as 3
turn:4..2        |      ^^^^        | This range ends before it begins.       | 2..4
turn:..          |      ^^          | This range has no ends.                 | 2..4
turn:1..x        |         ^        | This is not a whole number.             | such as 3
type>debug       |     ^            | type cannot be compared like this.      | type:debug
level>=warn,info |      ^^          | level cannot be compared like this.     | level>=warn
type:/x/         |      ^^^         | type takes no regular expression.       | A * stands
type:            |      ^           | A value is missing here.                | type:debug,choice
type:a,          |        ^         | A value is missing here.                | type:debug,choice
type:a,,b        |        ^         | A value is missing here.                | type:debug,choice
text:(a)         |      ^           | A value is missing here.                | text:"order"
is:a -gap>       |           ^      | A value is missing here.                | gap>500ms
#4 turn:1,       |           ^      | A value is missing here.                | turn:2..4
#                |  ^               | A value is missing here.                | #401
gap > 5          |     ^            | This needs the name of a field          | gap>500ms
"pier 3          | ^^^^^^^          | This quotation mark is not closed.      | Close it
say 'pier        |     ^^^^^        | This quotation mark is not closed.      | Close it
/v4/x            | ^^^^^            | A regular expression ends with /        | Close it
/a(b/            |     ^            | This is not a regular expression        | quotation marks
a (b OR (c d     |         ^        | This parenthesis is not closed.         | Close it with )
a ("(" b         |   ^              | This parenthesis is not closed.         | Close it with )
a) b             |  ^               | There is no parenthesis to close.       | quotation marks
()               |  ^               | There is nothing between these          |
OR a             | ^^               | OR needs something on its left.         | quotation marks
a OR             |   ^^             | OR needs something on its right.        | quotation marks
(a AND) b        |    ^^^           | AND needs something on its right.       | quotation marks
NOT              | ^^^              | NOT needs something on its right.       | quotation marks
a - b            |   ^              | There is nothing behind - to leave out. | -type:block
#four            |  ^^^^            | This is not a whole number.             | such as 3
@                | ^                | @ needs the name of a saved filter.     | @slow
@slwo            | ^^^^^            | No filter is saved as slwo.             | Did you mean slow?
-@wrong          |  ^^^^^^          | The saved filter wrong cannot be used   | gap>500ms
@me              | ^^^              | asks for itself                         | Save it anew.
x @round         |   ^^^^^^         | asks for itself                         | Save it anew.
, a              | ^                | A comma stands between                  | type:debug,choice
"""


@pytest.mark.parametrize("line", [line for line in ERRORS.splitlines() if line.strip()])
def test_an_error_says_what_is_wrong_where_and_what_to_do(line: str) -> None:
    words, carets, message, hint = (part.rstrip() for part in line.split("|", 3))
    carets, message, hint = carets[1:], message.strip(), hint.strip()
    with pytest.raises(QueryError) as error:
        parse(words, SAVED)
    assert " " * error.value.at + "^" * error.value.length == carets
    assert message in error.value.message and hint in error.value.hint
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    "words", ["a " * 101, "-" * 21 + "a", "(a OR " * 3000, "x" * 4001, "/" + "a" * 501 + "/"]
)
def test_too_much_is_said(words: str) -> None:
    with pytest.raises(QueryError):
        parse(words)


def test_saved_filters_that_ask_for_one_another_for_ever_are_said() -> None:
    saved = {f"f{n}": f"@f{n + 1}" for n in range(1000)}
    with pytest.raises(QueryError, match="too many others"):
        parse("@f0", saved)
    assert parse("@f990", {**saved, "f1000": "order"}).needles == ("order",)
    with pytest.raises(QueryError, match="is empty"):
        parse("@f1", {"f1": " "})


def test_saved_filters_count_as_what_they_stand_for() -> None:
    saved = {"wide": " ".join(["a"] * 60)}
    assert parse("@wide", saved)
    with pytest.raises(QueryError, match="at most 100"):
        parse("@wide @wide", saved)


def test_what_is_highlighted_is_what_was_asked_for() -> None:
    query = parse(r'Order -block type:debug (text:"STRASSE" OR /t\w+k/)')
    assert query.needles == ("Order", "STRASSE") and query.patterns == (r"t\w+k",)
    line = "an ORDER for a block of trucks in the Straße"
    assert [line[start:end] for start, end in query.hits(line)] == ["ORDER", "truck", "Straße"]
    assert parse('""').hits("anything") == parse("").hits("anything") == []


def test_highlighting_does_not_wait_for_a_slow_expression() -> None:
    assert parse("/(a|aa)+b/ c").hits("a" * 200 + "c") == [(200, 201)]


# Completions

KNOWN: Mapping[str, list[str]] = {
    "type": ["completion-continue", "debug", "my action", "sent"],
    "model": ["gpt-4o"],
    "tool": ["dock_lookup", 'odd"name'],
    "@": ["slow", "loud"],
}


def completed(words: str) -> list[str]:
    """What a text with a `|` for the cursor could become."""
    cursor = words.index("|") if "|" in words else len(words)
    text = words.replace("|", "")
    return [text[: one.start] + one.text + text[one.end :] for one in complete(text, cursor, KNOWN)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ty", ["type:"]),
        ("gap>1s OR le", ["gap>1s OR level>="]),
        ("(-mo", ["(-model:"]),
        ("deb", ["type:debug"]),
        ("prob", ["is:problem"]),
        ("type:d", ["type:debug"]),
        ("type:action", ['type:"my action"']),
        ('type:"my a', ['type:"my action"']),
        ("type:debug,co", ["type:debug,completion-continue"]),
        ("type:se|nt a", []),
        ("type:de|x a", ["type:debug a"]),
        ("tool:odd", [r'tool:"odd\"name"']),
        ("level>=w", ["level>=warn", "level>=warning"]),
        ("@", ["@slow", "@loud"]),
        ("a @l", ["a @loud"]),
        ('"ty', []),
        ("/ty", []),
        ('text:"is ty', []),
        ("nothing:", []),
    ],
)
def test_what_could_come_next(words: str, expected: list[str]) -> None:
    assert completed(words) == expected


def test_every_field_is_offered_and_its_example_can_be_asked() -> None:
    assert [one.split(":")[0].rstrip(">=") for one in completed("")] == list(FIELDS)
    for name, field in FIELDS.items():
        assert field.example.startswith(name) and parse(field.example)


@given(st.text(st.sampled_from("atypedeb:l>=,\"'/()-@ é|"), max_size=20), st.integers(0, 20))
def test_a_completion_changes_what_is_around_the_cursor_only(text: str, cursor: int) -> None:
    cursor = min(cursor, len(text))
    for one in complete(text, cursor, KNOWN):
        assert 0 <= one.start <= cursor <= one.end <= len(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_quoted_value_is_read_as_it_was(value: str) -> None:
    where = parse(f"type:{quoted(value)}").where()
    assert (where.sql, where.parameters) == ("f.type = ? COLLATE NOCASE", (value,))


# Cost


def test_the_parser_is_loaded_when_something_is_read() -> None:
    code = (
        "import sys; from vftui.query import parse; from vftui.query.completing import complete;"
        "parse(''); complete('ty', 2, {});"
        "assert not {'lark', 'regex', 'pydantic', 'sqlite3'} & set(sys.modules);"
        "parse('type:debug'); assert 'lark' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=50)
