"""The choke point: nothing that steers a terminal gets through, and nothing else is touched."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vftui.render.text import MAX_INVISIBLE, escaped, one_line, printable, visible

SPICE = st.sampled_from(
    [
        "\x1b]52;c;cHduZWQ=\x07", "\x1b[2J", "\x9b1m", "\x90", "\x7f", "\0", "\r", "\n", "\r\n",
        "\t", "\u202e", "\u2066", "\u200f", "\u061c", "\u2028", "\x85", "\ud800", "\udfff",
        "\ufff9", "\U000e0041", "\U000e007f", "\u200b", "\u200d", "\ufe0f", "\u0301", "\u20dd",
        "\u3164", "🚲", "e\u0301", "नमस्ते", "👩\u200d👩\u200d👧", "العربية", "漢字", "[/]", "↵",
    ]
)  # fmt: skip
TEXTS = st.lists(SPICE | st.text(alphabet=st.characters(codec=None), max_size=5), max_size=12).map(
    "".join
)
BLANK_LETTERS = "\u3164\uffa0\u115f\u1160"


def harmless(character: str) -> bool:
    """Whether a terminal only prints it; from the Unicode database, not from our own table."""
    category = unicodedata.category(character)
    bidi = unicodedata.bidirectional(character)
    return character == "\n" or (
        category not in ("Cc", "Cs", "Zl", "Zp")
        and bidi not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        and character not in "\u200e\u200f\u061c\ufff9\ufffa\ufffb"
        and not 0xE0000 <= ord(character) < 0xE0080
    )


def longest_invisible_run(text: str) -> int:
    longest = run = 0
    for character in text:
        invisible = unicodedata.category(character) in ("Mn", "Me", "Cf")
        run = run + 1 if invisible else 0
        longest = max(longest, run)
    return longest


@given(TEXTS)
def test_nothing_harmful_is_left(text: str) -> None:
    shown = printable(text)
    assert all(map(harmless, shown))
    assert longest_invisible_run(shown) <= MAX_INVISIBLE
    shown.encode()
    assert "\n" not in printable(text, keep_lines=False)


@given(TEXTS)
def test_once_is_enough(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(TEXTS, TEXTS)
@example("\x1b", "]52;c;cHduZWQ=\x07")
def test_a_split_sequence_is_caught(one: str, other: str) -> None:
    assert all(map(harmless, printable(one) + printable(other)))


@given(st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters=BLANK_LETTERS)))
def test_letters_numbers_and_signs_stay(text: str) -> None:
    assert printable(text) is text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("a\0b\x7f", "a␀b␡"),
        ("\x9b\u202e\ufff9\ud800", "\ufffd" * 4),
        ("a\r\nb\rc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("ok\rNO", "ok\nNO"),
        ("a\tb", "a    b"),
        ("x\U000e0041y", "xy"),
        ("z" + "\u0301" * 9, "z" + "\u0301" * 4),
        ("a" + "\u200b\u200d" * 9 + "b", "a" + "\u200b\u200d" * 2 + "b"),
        ("\U000e0041".join("a" + "\u0301" * 8), "a" + "\u0301" * 4),
        ("👩\u200d👩\u200d👧 ❤\ufe0f", "👩\u200d👩\u200d👧 ❤\ufe0f"),
    ],
)
def test_stand_ins(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("text", ["", "plain\ntext", "Käse 🚲 漢字 नमस्ते"])
def test_what_is_harmless_stays_the_same_object(text: str) -> None:
    assert printable(text) is text


def test_no_character_is_forgotten() -> None:
    harmful = [character for character in map(chr, range(0x110000)) if not harmless(character)]
    assert len(harmful) > 2048
    assert all(map(harmless, printable("".join(harmful))))


@given(TEXTS, st.integers(-1, 30))
def test_one_line_is_one_line_and_fits(text: str, width: int) -> None:
    line = one_line(text, width)
    assert "\n" not in line and all(map(harmless, line))
    wide = [unicodedata.east_asian_width(c) in "WF" for c in line]
    plain = [unicodedata.category(c) not in ("Mn", "Me", "Cf") for c in line]
    assert sum(1 + w for w, p in zip(wide, plain, strict=True) if p) <= max(0, width)


@pytest.mark.parametrize(
    ("text", "width", "line"),
    [
        ("hire a bike", 11, "hire a bike"),
        ("hire a bike", 10, "hire a bi…"),
        ("a\nb", 3, "a↵b"),
        ("漢字漢字", 8, "漢字漢字"),
        ("漢字漢字", 7, "漢字漢…"),
        ("漢字漢字", 6, "漢字…"),
        ("x", 1, "x"),
        ("xy", 1, "…"),
        ("xy", 0, ""),
        ("x" * 1_000_000, 4, "xxx…"),
    ],
)
def test_one_line_cuts_by_cells(text: str, width: int, line: str) -> None:
    assert one_line(text, width) == line


@given(TEXTS.map(lambda text: text.replace("\\", "/")))
def test_escaped_shows_everything_and_loses_nothing(text: str) -> None:
    shown = escaped(text)
    assert all(map(harmless, shown))
    meant = re.sub(r"\\u(.{4})", lambda found: chr(int(found[1], 16)), shown)
    assert meant.encode("utf-16", "surrogatepass") == text.encode("utf-16", "surrogatepass")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\rc\nd", "a␍\nb␍\nc\nd"),
        ("\x1b\t\0\x7f", "␛␉␀␡"),
        ("\u202e\u200b\u2028", "\\u202e\\u200b\\u2028"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("a" + "\u0301" * 6, "a" + "\u0301" * 4 + "\\u0301\\u0301"),
        ("Käse 🚲", "Käse 🚲"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown
