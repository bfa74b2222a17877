"""Text for people: every entry has a line, a JSON view and a byte view, short and harmless."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.bodies import BODIES, TRACES
from vftui.render.brief import clip, compact, prune
from vftui.render.conversation import transcript
from vftui.render.figures import (
    clock_time,
    count,
    counted,
    duration,
    milliseconds,
    size,
    speed,
)
from vftui.render.lines import kind_of, summary
from vftui.render.text import printable
from vftui.render.views import detail, raw_view
from vftui.session.fold import Session
from vftui.session.log import ENDINGS, Closed, Entry, Opened, Received, Sent
from vftui.wire.frames import Frame, FrameReader, parse_frame
from vftui.wire.payloads import MODELS


def frames_of(body: bytes) -> list[Frame]:
    reader = FrameReader()
    return reader.feed(body) + reader.close()


def received(raw: bytes, at: float | None = 1.0) -> Received:
    return Received(at, parse_frame(raw))


def trace(kind: str, payload: Any = None, **more: Any) -> Received:
    told = {"type": kind, "payload": payload, **more}
    return received(b"event: trace\ndata: " + json.dumps(told).encode() + b"\n\n")


# Figures


def test_a_speed_says_whether_it_is_guessed() -> None:
    assert [speed(54.4, estimated=guessed) for guessed in (False, True)] == ["54", "~54"]
    assert speed(1234.5, estimated=False) == "1,234"
    assert speed(None, estimated=True) == "–"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "–"), (0, "0 ms"), (0.0004, "0 ms"), (0.412, "412 ms"), (0.9994, "999 ms"),
        (0.9996, "1.0 s"), (2.94, "2.9 s"), (59.94, "59.9 s"), (59.96, "1 min 00 s"),
        (64, "1 min 04 s"), (3599.4, "59 min 59 s"), (3599.6, "1 h 00 min"), (7500, "2 h 05 min"),
        (-0.5, "-500 ms"), (float("nan"), "–"), (float("inf"), "–"), (1e306, "–"),
    ],
)  # fmt: skip
def test_duration(seconds: float | None, shown: str) -> None:
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "–"), (0.0614, "61"), (2.903, "2903"), (999.9994, "999999"), (1e4, "10000s")],
)
def test_milliseconds(seconds: float | None, shown: str) -> None:
    assert milliseconds(seconds) == shown


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (0, "0 B"), (812, "812 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (4301, "4.2 KiB"),
        (1048575, "1.0 MiB"), (5 * 2**20, "5.0 MiB"), (3 * 2**40, "3,072.0 GiB"),
    ],
)  # fmt: skip
def test_size(octets: int, shown: str) -> None:
    assert size(octets) == shown


def test_counts_say_where_they_come_from() -> None:
    assert (count(1300), count(0), count(None)) == ("1,300", "0", "?")
    assert counted(1300, "reported") == "1,300"
    assert counted(96, "provisional") == counted(96, "estimated") == "~96"
    assert counted(None, "reported") == counted(0, "unknown") == "?"
    assert len(count(10**4000)) < 20


def test_clock_time() -> None:
    assert clock_time(None) == "–"
    assert clock_time(1e300) == clock_time(float("nan")) == "–"
    whole, fine = clock_time(1700000000.5), clock_time(1700000000.5, fraction=True)
    assert len(whole) == 8 and fine == whole + ".500"


# Short

BLOB = base64.b64encode(bytes(range(256)) * 12).decode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("data:image/png;base64," + BLOB, "data:image/png;base64,‹base64, 3.0 KiB›"),
        (f"before {BLOB}== after", "before ‹base64, 3.0 KiB› after"),
        (BLOB[:64], BLOB[:64]),
        (BLOB[:65], "‹base64, 48 B›"),
        ("/some/long/path" * 20, "/some/long/path" * 20),
        ("0123456789abcdef" * 8, "0123456789abcdef" * 8),
        ("word " * 50, "word " * 50),
    ],
)
def test_base64_is_told_by_its_size(text: str, shown: str) -> None:
    assert clip(text) == (shown, 0)


@given(st.text(max_size=300), st.integers(0, 300))
@example(BLOB, 10)
@example("a" * 100, 70)
@example("a" * 60 + "==" + BLOB, 70)
def test_clip_says_what_it_leaves_out(text: str, limit: int) -> None:
    short, left = clip(text, limit)
    assert len(short) <= limit + 30
    if "‹base64" not in short:
        assert short == text[: len(text) - left]
        assert left == max(0, len(text) - limit)


def test_a_large_blob_costs_no_more_than_its_size() -> None:
    assert clip("x " + "QUJD" * 2_000_000, 20) == ("x ‹base64, 5.7 MiB›", 0)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_small_values_are_left_alone(value: Any) -> None:
    assert json.dumps(prune(value, 1_000_000)) == json.dumps(value)


def test_what_is_pruned_is_said() -> None:
    deep: Any = "bottom"
    for _ in range(400):
        deep = [deep]
    assert "‹nested deeper than 40 levels›" in compact(deep, 10_000)
    assert compact(list(range(1000)), 40) == '[0, 1, 2, 3, "‹996 more›"]'
    assert compact({"a": "x" * 5000}, 10_000) == f'{{"a": "{"x" * 4000}… ‹1,000 characters more›"}}'
    assert len(compact({"a" * 9: [{"b" * 9: "c" * 99}] * 99}, 200)) < 1000


# One line for each entry


@pytest.mark.parametrize("name", sorted(BODIES))
def test_every_frame_has_a_kind_and_a_line(name: str) -> None:
    entries = [Received(None, frame) for frame in frames_of(BODIES[name])]
    for entry in entries:
        assert kind_of(entry)
        assert summary(entry), entry


SAMPLES: list[tuple[Entry, str, str]] = [
    (Sent(1.0, {"type": "text", "payload": "hire a bike"}, "v4"), "sent", 'text "hire a bike"'),
    (
        Opened(1.0, 200, (("Content-Type", "text/event-stream"),)),
        "opened",
        "200 · text/event-stream",
    ),
    (
        Opened(1.0, 429, stage="session", note="too many requests", retry_in=1.0),
        "opened",
        "session · 429 · too many requests · again in 1.0 s",
    ),
    (Opened(1.0, None, retry_in=0.5), "opened", "no answer · again in 500 ms"),
    (Closed(1.0, "complete"), "closed", "complete"),
    (Closed(1.0, "stalled", "Nothing came."), "closed", "stalled · Nothing came."),
    (trace("text", {"message": "Docks *close*\nat 8"}), "text", '"Docks *close*↵at 8"'),
    (trace("speak", {"message": "<b>Hi</b>", "type": "message"}), "speak", '"Hi"'),
    (trace("speak", {"src": "https://a.example/x.mp3"}), "speak", "♪ a.example"),
    (
        trace("audio", {"state": "content", "content": BLOB, "encoding": "audio/mp3",
                        "duration": 240}),
        "audio",
        "+3.0 KiB audio/mp3 240 ms",
    ),
    (trace("audio", {"state": "start"}), "audio", "start"),
    (trace("completion", {"state": "content", "content": "Hi"}), "completion", '"Hi" · +2 chars'),
    (trace("completion", {"state": "end"}), "completion", "end"),
    (
        trace("completion-start", {"completion": "Hi", "tokens": {"answer": 1}}),
        "completion-start",
        'start · "Hi" · +2 chars · 1 token',
    ),
    (
        trace("visual", {"image": "https://a.example/x.png", "visualType": "image"}),
        "visual",
        "image https://a.example/x.png",
    ),
    (
        trace("cardV2", {"title": "City bike", "buttons": [{"name": "Hire"}, {"name": "Skip"}]}),
        "cardV2",
        '"City bike" · Hire, Skip',
    ),
    (
        trace("carousel", {"layout": "List", "cards": [{"title": "A"}, {"title": "B"}]}),
        "carousel",
        "2 cards: A, B",
    ),
    (
        trace("choice", {"buttons": [{"name": f"n{number}"} for number in range(10)]}),
        "choice",
        "n0, n1, n2, n3, n4, n5, n6, n7, 2 more",
    ),
    (
        trace("knowledgeBase", {"chunks": [
            {"score": 0.5, "documentData": {"name": "Prices"}}, {"score": 0.834},
        ]}),
        "knowledgeBase",
        "2 chunks, best 0.83 · Prices",
    ),
    (trace("reasoning", {"state": "content", "content": "Hm."}), "reasoning", '"Hm."'),
    (trace("reasoning", {"state": "end"}), "reasoning", "end"),
    (trace("tool-call", {"state": "start", "callID": "t1"}), "tool-call", "start t1"),
    (trace("end"), "end", "the conversation is over"),
    (trace("goto", {"request": {"type": "launch"}}), "goto", "launch"),
    (trace("channel-action", {"name": "ring"}), "channel-action", "ring"),
    (
        trace("channel-action", {"name": "theme", "payload": {"a": 1}}),
        "channel-action",
        'theme {"a": 1}',
    ),
    (trace("flow", {"diagramID": "d", "name": "ROOT"}), "flow", "ROOT"),
    (trace("block", {"blockID": "b1"}), "block", "b1"),
    (trace("path", {"path": "choice:1"}), "path", "choice:1"),
    (
        trace("log", {"kind": "step.text", "level": "info", "message": {"a": 1}}),
        "log",
        'info step.text {"a": 1}',
    ),
    (
        trace("debug", {"message": "succeeded <br /> now", "context": "API tool",
                        "metadata": {"latency": 187}}),
        "debug",
        "API tool: succeeded now · 187 ms",
    ),
    (
        trace("debug", {"message": "__AI Set__  <br /> Model: `m` <br /> Token Multiplier: `1x`"
                        " <br /> Token Consumption: `{total: 66, query: 61, answer: 5}`"}),
        "debug",
        "66 tokens m · AI Set",
    ),
    (
        trace("pay", {"amount": 6.5}, paths=[{"label": "paid"}, {"event": {"type": "declined"}}]),
        "pay",
        '{"amount": 6.5} · paths: paid, declined',
    ),
    (trace("odd", None), "odd", "no payload"),
    (
        trace("choice", {"items": 1}),
        "choice",
        'the choice payload does not fit: buttons is missing · {"items": 1}',
    ),
    (received(b"event: end\nid: 1\n\n"), "end", "the turn is over"),
    (received(b'event: state\ndata: {"a": 1}\n\n'), "state", "8 B"),
    (received(b'event: error\ndata: {"message": "no"}\n\n'), "error", "no"),
    (received(b": ping\n\n"), "comment", "ping"),
    (received(b":\n\n"), "comment", "keep-alive"),
    (received(b"retry: 2000\n\n"), "retry", "reconnect after 2.0 s"),
    (received(b"\n\n"), "blank", "2 B"),
    (
        received(b"data: [1 2]\n\n"),
        "broken",
        "the data is not JSON: Expecting ',' delimiter at character 4 · [1 2]",
    ),
    (trace("\x1b[2J\u202e", "\x1b]52;c;\x07"), "␛[2J\ufffd", "␛]52;c;␇"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "kind", "line"), SAMPLES)
def test_lines(entry: Entry, kind: str, line: str) -> None:
    assert (kind_of(entry), summary(entry)) == (kind, line)


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["start", "content", "end", BLOB, "\x1b[2J", "\ud800\u202e", "x" * 500]),
)
KEYS = st.sampled_from(
    [
        "message", "state", "content", "buttons", "name", "request", "cards", "title", "chunks",
        "score", "metadata", "context", "latency", "tokens", "payload", "path", "timeout", "image",
        "src", "slate", "description", "query", "output", "documentData", "level", "kind", "label",
        "event", "type", "url", "duration", "blockID", "enabled", "delimiter", "action",
    ]
)  # fmt: skip
PAYLOADS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5)
)


@given(st.sampled_from([*MODELS, "custom"]), PAYLOADS, PAYLOADS)
def test_any_payload_of_any_type_can_be_shown(kind: str, payload: Any, paths: Any) -> None:
    check(trace(kind, payload, paths=paths))


@given(st.binary(max_size=200))
def test_any_bytes_can_be_shown(raw: bytes) -> None:
    check(received(raw))
    check(Sent(1.0, {"type": raw.decode("latin-1")}, "v2", url="http://127.0.0.1/", body=raw))


@given(st.text(alphabet=st.characters(codec=None)), st.sampled_from(ENDINGS))
def test_any_head_and_ending_can_be_shown(text: str, ending: Any) -> None:
    check(Opened(1.0, 200, ((text, text),), note=text))
    check(Closed(1.0, ending, text, text, 500, text))


def check(entry: Entry) -> None:
    """Every view of the entry is bounded and harmless."""
    line = summary(entry)
    assert line == printable(line, keep_lines=False) and len(line) <= 2 * 200
    assert BLOB[:65] not in line
    assert kind_of(entry) == printable(kind_of(entry), keep_lines=False)
    for view in (detail(entry), raw_view(entry)):
        assert view == printable(view)
        view.encode()
    assert BLOB[:65] not in detail(entry)


def test_five_megabytes_stay_short() -> None:
    words, letters = "so many words " * 400_000, "QUJD" * 1_300_000
    for entry in (
        trace("text", {"message": words}),
        trace("custom", {"a": [words, {"b": letters}], words: 1}),
        trace("custom", [[number] for number in range(300_000)]),
        trace(words, words),
        received(b": " + words.encode() + b"\n\n"),
        received(b"data: {" + words.encode() + b"\n\n"),
    ):
        assert len(summary(entry)) <= 200 and len(kind_of(entry)) <= 40
        assert len(detail(entry)) < 1_500_000
        assert len(raw_view(entry)) < 100_000


# JSON and bytes


def test_detail_is_the_json_as_it_came() -> None:
    told = {"type": "odd", "payload": {"name": "Käse", "n": [1, {"x": None}]}}
    entry = received(b"data: " + json.dumps(told).encode() + b"\n\n")
    assert json.loads(detail(entry)) == told
    assert detail(entry).startswith('{\n  "type": "odd"') and "Käse" in detail(entry)


def test_detail_escapes_what_cannot_be_seen() -> None:
    text = detail(trace("text", {"message": "a\u202eb\u200b\x7f\ud800\x1b"}))
    assert '"a\\u202eb\\u200b\\u007f\\ud800\\u001b"' in text


def test_detail_tells_the_problem_and_the_fields_without_json() -> None:
    assert detail(received(b": hi\nretry: 5\n\n")) == (
        '{\n  "event": "message",\n  "comment": "hi",\n  "retry": 5\n}'
    )
    broken = detail(received(b"data: {\n\n"))
    assert broken.startswith("// the data is not JSON") and '"data": "{"' in broken


def test_detail_of_what_is_not_a_frame() -> None:
    sent = Sent(1.0, {"type": "launch"}, "v4", url="https://a.example/t", body=b'{"action":1}')
    assert detail(sent) == '// POST https://a.example/t\n{\n  "action": 1\n}'
    closed = detail(Closed(1.0, "refused", "No.", status=401, body='{"code":7}'))
    assert closed.startswith("// No.\n") and '"code": 7' in closed
    opened = json.loads(detail(Opened(1.0, 200, (("a", "b"),))))
    assert opened == {"status": 200, "stage": "turn", "headers": {"a": "b"}, "retry_in": None}


def test_raw_view_shows_every_byte() -> None:
    entry = received(b'event: x\r\ndata: "\x1b\xff\xe2\x80\xae\xc3\xa4"\n\n')
    assert raw_view(entry) == 'event: x␍\ndata: "␛\\xff\\u202eä"\n\n'


def test_raw_view_is_bounded_and_says_so() -> None:
    view = raw_view(received(b"data: " + b"x" * 100_000 + b"\n\n"))
    assert view.endswith("x\n‹33.7 KiB more›")


def test_raw_view_of_what_is_not_a_frame() -> None:
    sent = Sent(1.0, {}, "v4", url="https://a.example/t", body=b"{}")
    assert raw_view(sent) == "POST https://a.example/t\n\n{}"
    assert raw_view(Opened(1.0, 200, (("a", "b"),))) == "HTTP 200\na: b"
    assert raw_view(Closed(1.0, "protocol", "not a stream", body="<html>")) == "<html>"


# The conversation


def turn(body: bytes, at: float | None) -> list[Entry]:
    entries: list[Entry] = [Sent(at, {"type": "text", "payload": "hire\x1b a bike"}, "v4")]
    entries += [Received(at, frame) for frame in frames_of(body)]
    return [*entries, Closed(at, "complete")]


def test_a_transcript_has_every_word_and_choice() -> None:
    session = Session.of(turn(BODIES["streams/08-v2-cards-carousel"], 1700000000.0))
    text = transcript(session)
    lines = text.splitlines()
    assert lines[0] == f"you · {clock_time(1700000000.0)}"
    assert "  hire␛ a bike" in lines and "  ▤ Cargo bike" in lines
    assert any(line.startswith("agent · ") and line.endswith(" · ? tokens") for line in lines)
    for choice in session.choices:
        address = f" ({choice.url})" if choice.url else ""
        assert f"  [{choice.number}] {choice.name}{address}" in lines


def test_a_transcript_lists_the_ways_on_from_a_custom_action() -> None:
    session = Session.of(turn(BODIES["streams/09-v2-custom-action"], None))
    lines = transcript(session).splitlines()
    assert lines[lines.index("  ▸ theme_hint") :] == [
        "  ▸ theme_hint",
        "    { 'accent': 'teal' }",
        "  ▸ take_payment",
        "    {",
        '      "amount": 6.5,',
        '      "currency": "GBP",',
        '      "items": [',
        "        {",
        '          "sku": "CARGO-1H",',
        '          "qty": 1',
        "        }",
        "      ]",
        "    }",
        "  [1] paid (default)",
        "  [2] declined",
        "  [3] cancelled",
    ]


def test_a_transcript_marks_an_action_that_should_have_been_something_else() -> None:
    lines = transcript(Session.of([trace("choice", "no buttons")])).splitlines()
    assert lines[1:] == ["  ! choice", "    no buttons"]


def test_a_transcript_has_every_card_of_a_carousel() -> None:
    lines = transcript(Session.of(turn(TRACES["carousel"], None))).splitlines()
    assert lines[lines.index("  ▤ City bike") :] == [
        "  ▤ City bike",
        "  Three gears.",
        "  https://example.com/img/city.jpg",
        "  [1] Hire this",
        "  ▤ E-bike",
        "  Range about 60 km.",
        "  [2] Battery guide (https://example.com/battery)",
    ]


def test_a_transcript_has_the_sources_of_an_answer() -> None:
    lines = transcript(Session.of(turn(TRACES["knowledgeBase"], None))).splitlines()
    assert lines[lines.index("  Docks close at 20:00.") :] == [
        "  Docks close at 20:00.",
        "  sources",
        "    1. Opening times https://example.com/hours",
        "    2. Price list",
    ]


def test_a_transcript_has_advice_below_its_sentence() -> None:
    closed = Closed(None, "refused", "401 Bad Key.", advice="Check the key.")
    lines = transcript(Session.of([Sent(None, {"type": "launch"}, "v4"), closed])).splitlines()
    assert lines[-2:] == ["  × 401 Bad Key.", "    Check the key."]


def test_a_transcript_has_one_mark_for_a_failure_and_its_advice() -> None:
    failure = trace("debug", {"message": "unable: credit_limit_reached", "level": "error"})
    lines = transcript(Session.of([failure, Closed(None, "complete")])).splitlines()
    assert lines[-2].startswith("  × unable") and lines[-1].startswith("    The workspace")


def test_a_transcript_tells_the_address_that_a_choice_opens() -> None:
    session = Session.of(turn(BODIES["streams/07-v2-buttons-no-reply"], None))
    (choice,) = (choice for choice in session.choices if choice.url)
    assert f"  [{choice.number}] See the map ({choice.url})" in transcript(session).splitlines()


@pytest.mark.parametrize("name", sorted(BODIES))
def test_every_message_is_in_the_transcript(name: str) -> None:
    session = Session.of([*turn(BODIES[name], None), *turn(BODIES[name], 5.0)])
    text = transcript(session)
    assert text == printable(text)
    for message in session.turns[0].messages:
        for line in printable(message).split("\n"):
            assert text.count(line.rstrip()) >= 2


def test_an_empty_session_is_an_empty_transcript() -> None:
    assert transcript(Session()) == ""


def test_render_needs_no_screen() -> None:
    code = "import sys, vftui.render; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, cwd=Path(__file__).parent.parent
    )
    assert not {"textual", "rich", "httpx", "sqlite3"} & set(result.stdout.decode().split())
