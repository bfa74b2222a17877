"""Markdown to lines: how it streams, how it looks, and what hostile text cannot do to it."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from vftui.ui.markdown import define, render
from vftui.ui.sections import LIMIT, Section, Sections, split

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

LINES = st.sampled_from(
    [
        "", "", "", "plain words", "**bold** and *it", "# Title", "---", "===", "- item", "-",
        "  more", "  - nested", "    deep", "1. one", "7) seven", "10. ten", "> quote", ">", "```",
        "```py", "  ```", "~~~", "````", "| a | b |", "|---|--:|", "--|--", "| 1 | 2 | 3 |",
        "[r]: https://r.example", "[ref][r]", "<br>", "<!-- x", "&#x202e;x", "a\u2028b", "a\x85b",
        "\r", "tab\tbed", "![i](https://i)", "[x](https://e.example/(y))", "[bad](javascript:x)",
        "`code", "\\", "   ", "*", "a | b",
    ]
)  # fmt: skip
DOCUMENTS = st.lists(LINES, max_size=25).map("\n".join)
HOSTILE = st.text(
    st.sampled_from(
        "\x1b\x9b\x07\x00\u202e\u2028\ud800&#;x20[]()<>*_`~|-:\\! \n\tab1\u0301\U000e0041"
    )
)


def plain(_name: str) -> Style:
    return Style.null()


def lines(text: str, width: int = 60, *cuts: int) -> list[str]:
    """The lines of a text that arrives in pieces, once it is complete."""
    sections = cut(text, *cuts)
    references: dict[str, object] = {}
    define(sections, references)
    return [
        line.plain for section in sections for line in render(section, width, plain, references)
    ]


def cut(text: str, *cuts: int) -> list[Section]:
    """The sections of a text that is fed in pieces."""
    edges = [0, *sorted(min(edge, len(text)) for edge in cuts), len(text)]
    scanner = Sections()
    for start, end in itertools.pairwise(edges):
        scanner.feed(text[start:end])
    return [*scanner.done, scanner.open]


@given(DOCUMENTS | HOSTILE, st.lists(st.integers(0, 400)))
@example("a\r\n\r\nb", [2])
def test_how_it_arrives_never_changes_the_lines(text: str, cuts: list[int]) -> None:
    assert cut(text, *cuts) == cut(text)
    assert lines(text, 40, *cuts) == lines(text, 40)


@pytest.mark.parametrize(
    "line", ["- a [b](https://c) *d*\n", "| a | b |\n", "word " * 40, "x" * 99]
)
@pytest.mark.parametrize("head", ["", "```\n", "| h | i |\n|---|---|\n", "para\n\n"])
@pytest.mark.parametrize("step", [1, 7, 1000])
def test_a_long_text_is_cut_the_same_however_it_arrives(head: str, line: str, step: int) -> None:
    text = head + line * (3 * LIMIT // len(line))
    cuts = range(0, len(text), step)
    assert cut(text, *cuts) == cut(text)
    assert len(cut(text)) > 2


@given(DOCUMENTS | HOSTILE)
def test_sections_joined_are_the_text(text: str) -> None:
    assert "".join(section.source for section in cut(text)) == text


@pytest.mark.parametrize(
    "line", ["- item\n", "    indented\n", "words " * 30 + "\n", "x", " ", "- a\n\n"]
)
def test_a_section_is_never_much_longer_than_the_limit(line: str) -> None:
    sections = cut(line * (8 * LIMIT // len(line)))
    assert max(len(section.source) for section in sections) <= 5 * LIMIT
    assert "".join(section.source for section in sections) == line * (8 * LIMIT // len(line))


@given(DOCUMENTS.filter(lambda text: "  ```" not in text))
@example("- item\n  ```\n  code\n\n  code\n  ```\n\nwords\n\nwords\n")
def test_sections_look_like_the_whole_text(text: str) -> None:
    whole = render(Section(text), 50, plain)
    # The blank lines between sections are the pane's.
    assert [line for line in lines(text, 50) if line.strip()] == [
        line.plain for line in whole if line.plain.strip()
    ]


@given(DOCUMENTS | HOSTILE | st.text(), st.integers(1, 90))
@example("| a | b |\n|---|---|\n| 1 | 2 |\n```\ncode\n```", 30)
@example("&#x1b;[2J &#x202e;abc", 30)
@example("> " * 200 + "deep", 20)
@example("- " * 200 + "deep", 20)
def test_nothing_but_text_and_never_too_wide(text: str, width: int) -> None:
    for line in lines(text, width):
        assert not FORBIDDEN.search(line)
        assert cell_len(line) <= max(width, 12)


@given(st.lists(st.text("abcdé漢", min_size=1, max_size=12), min_size=1), st.integers(4, 60))
def test_no_word_is_lost(words: list[str], width: int) -> None:
    for text in (" ".join(words), "\n".join(words), "\n\n".join(words)):
        assert "".join("".join(lines(text, width)).split()) == "".join(words)
    listed = "".join(lines("\n".join(f"- {word}" for word in words), width + 8))
    assert "".join(listed.replace("•", "").split()) == "".join(words)
    fenced = "".join(lines("```\n" + "\n".join(words) + "\n```", width))
    assert "".join(fenced.split()) == "".join(words)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("**b** *i* ~~s~~ `c`", ["b i s c"]),
        ("one\ntwo", ["one", "two"]),
        ("[text](https://e.example/x)", ["text (https://e.example/x)"]),
        ("<https://e.example>", ["https://e.example"]),
        ("[mail](mailto:a@b.c)", ["mail (mailto:a@b.c)"]),
        ("![alt](https://e.example/i.png)", ["▦ alt (https://e.example/i.png)"]),
        ("[x](javascript:alert(1))", ["[x](javascript:alert(1))"]),
        ("[x](file:///etc/passwd)", ["[x](file:///etc/passwd)"]),
        ("a<br>b <script>", ["a<br>b <script>"]),
        ("<!-- gone? -->\n\npara", ["<!-- gone? -->", "", "para"]),
        ("a\u2028b\u0085c", ["a", "b", "c"]),
        ("- a\n- b\n  - c", ["• a", "• b", "  • c"]),
        ("9. a\n10. b", ["9. a", "10. b"]),
        ("> a\n> > b", ["│ a", "│", "│ │ b"]),
        ("```js\nx  =  1\n```", [" js", " x  =  1"]),
        ("    indented\n      code", [" indented", "   code"]),
        ("| a | b |\n|:-:|--:|\n| longer | x |", ["  a    │ b", "───────┼──", "longer │ x"]),
        ("| a |\n|---|\n| b |\n```\nc\n```", ["a", "─", "b", "", " c"]),
        ("-", ["•"]),
    ],
)  # fmt: skip
def test_how_it_looks(source: str, shown: list[str]) -> None:
    assert [line.rstrip() for line in lines(source)] == [line.rstrip() for line in shown]


def test_a_link_target_may_stand_in_another_section() -> None:
    text = "see [the docks][d]\n\nwords\n\n[d]: https://docks.example\n"
    assert lines(text) == ["see the docks (https://docks.example)", "words"]


def test_a_table_that_goes_on_keeps_its_columns_and_shows_its_header_once() -> None:
    row = "| bike {} | £6 |\n"
    text = "| bike | price |\n|---|---|\n" + "".join(row.format(n) for n in range(1000, 2000))
    shown = lines(text)
    assert sum("price" in line for line in shown) == 1
    assert len({line.index("│") for line in shown if "£" in line}) == 1
    assert [line.split()[1] for line in shown if "£" in line] == [str(n) for n in range(1000, 2000)]


def test_a_fence_that_goes_on_is_still_code() -> None:
    code = "".join(f"# line {n}\n" for n in range(2000))
    assert [line.strip() for line in lines(f"```py\n{code}```\nafter")] == [
        "py", *code.splitlines(), "", "after",
    ]  # fmt: skip


def test_a_table_that_does_not_fit_is_shown_as_text() -> None:
    head, cells = "| h " * 30 + "|", "| cell " * 30 + "|"
    shown = "".join(lines(f"{head}\n{'|---' * 30}|\n{cells}", 40))
    assert shown.count("cell") == 30


@pytest.mark.parametrize(
    "text",
    [
        " " * 100_000 + "x", "\t" * 50_000 + "x", "\n" * 100_000, "\n \n" * 50_000, "x" * 200_000,
        "[" * 50_000, "![" * 20_000, "[a](" * 20_000, "<" * 50_000, "&" * 50_000, "\\" * 50_000,
        "*a " * 30_000, "_" * 50_000 + "a", "`" * 3_000 + "a" + "``" * 20_000, "~" * 50_000,
        "> " * 20_000, "- " * 20_000, "* * " * 20_000, "1. " * 20_000, "#" * 50_000,
        "| a " * 20_000, "|" * 50_000 + "\n" + "|-" * 20_000, "a\u0301" * 20_000,
    ],
    ids=lambda text: repr(text[:4]),
)  # fmt: skip
def test_hostile_text_does_not_hang(text: str) -> None:
    sections = cut(text)
    for section in sections[:3] + sections[-3:]:
        render(section, 60, plain)


@given(st.text("ab \n"), st.integers(0, 5))
def test_plain_text_is_split_without_loss(text: str, times: int) -> None:
    text *= 10**times // 10
    parts = [section.source for section in split(text[: 5 * LIMIT])]
    assert len(parts) >= 1
    assert max(map(len, parts)) <= LIMIT
    assert "".join(parts).replace("\n", "") == text[: 5 * LIMIT].replace("\n", "")
