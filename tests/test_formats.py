"""What goes out comes in again, and what goes out is safe to hand to other programs and people."""

from __future__ import annotations

import base64
import csv
import html.parser
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from haralyzer import HarParser  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.bodies import BODIES
from tests.logs import sent, trace, turn
from tests.test_curl import NEEDS_CURL, run
from tests.test_recording import ENTRIES, fill, turn_of
from vftui.client import HttpAgent
from vftui.demo import KEY as DEMO_KEY
from vftui.demo import PROJECT, demo_agent
from vftui.errors import ConfigurationError
from vftui.formats import READERS, WRITERS, Head, Log, keep, read
from vftui.formats.saving import SUFFIXES, FileThere, format_of, save, suggested
from vftui.recording import Journal, Recording
from vftui.saved import sniff
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Opened, Received, Sent, with_endings
from vftui.wire.actions import text
from vftui.wire.dialects import DIALECTS, Api, Target
from vftui.wire.frames import FrameReader, parse_frame

KEY = "VF.DM.0123456789abcdef01234567.CanarySecretCanary"
SECRET = "CanarySecretCanary"
HEAD = Head("Harbour Bikes", "v4", "p1", "main", "ada", 1_700_000_000.0, ("slow", "pier 3"))
WORDS = st.text(max_size=20)
PACE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    with Recording.open(tmp_path_factory.mktemp("formats") / "shared.db") as recording:
        yield recording


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def kept(recording: Recording, entries: Sequence[Entry], title: str = HEAD.title) -> Journal:
    journal = recording.begin(
        title=title, api="v4", project="p1", environment="main", user="ada", started=1_700_000_000.0
    )
    return fill(journal, list(entries))


def written(name: str, log: Log) -> bytes:
    return b"".join(WRITERS[name](log))


def exported(name: str, journal: Journal, head: Head = HEAD, *, masked: bool = True) -> bytes:
    return written(name, Log(head, journal, masked=masked))


async def back(recording: Recording, data: bytes, path: Path) -> tuple[Head, Journal]:
    """What a file with this in it is read as."""
    path.write_bytes(data)  # noqa: ASYNC240
    imported = read(path)
    return imported.head, await keep(imported, recording)


# Inverse


@PACE
@given(ENTRIES, st.dictionaries(st.integers(0, 7), WORDS.filter(bool), max_size=3), st.booleans())
async def test_jsonl_and_back_is_the_same(
    shared: Recording, folder: Path, entries: list[Entry], notes: dict[int, str], masked: bool
) -> None:
    journal = kept(shared, entries)
    for place, words in notes.items():
        if place < len(entries):
            journal.mark([place + 1], True)
            journal.remark(place + 1, words)
    data = exported("jsonl", journal, masked=masked)
    assert data.isascii()
    head, again = await back(shared, data, folder / "a.jsonl")
    assert head == HEAD
    assert list(again.entries()) == entries
    assert (again.marked(), again.remarks()) == (journal.marked(), journal.remarks())
    assert exported("jsonl", again, head, masked=masked) == data


@PACE
@given(ENTRIES.filter(bool))
async def test_har_and_back_is_the_same(
    shared: Recording, folder: Path, entries: list[Entry]
) -> None:
    journal = kept(shared, entries)
    data = exported("har", journal)
    head, again = await back(shared, data, folder / "a.har")
    assert head == HEAD
    assert list(again.entries()) == entries
    assert exported("har", again, head) == data
    assert len(HarParser(json.loads(data)).har_data["entries"]) == len(list(turns_of(journal)))


def turns_of(journal: Journal) -> set[int]:
    return {row.turn for row in journal.rows()}


@PACE
@given(ENTRIES)
async def test_the_bytes_of_a_stream_stay_as_they_are(
    shared: Recording, folder: Path, entries: list[Entry]
) -> None:
    data = exported("sse", kept(shared, entries))
    assert data == b"".join(one.frame.raw for one in entries if isinstance(one, Received))
    path = folder / "a.sse"
    path.write_bytes(data)
    imported = READERS["sse"](path)
    assert exported("sse", await keep(imported, shared)) == data
    assert imported.is_stream


@pytest.mark.parametrize("name", sorted(BODIES))
async def test_a_real_turn_means_the_same_afterwards(
    shared: Recording, folder: Path, name: str
) -> None:
    journal = kept(shared, turn_of(BODIES[name]))
    for form in ("jsonl", "har"):
        _, again = await back(shared, exported(form, journal), folder / f"b.{form}")
        first, second = (Session.of(one.entries()) for one in (journal, again))
        assert [item.text for item in second.items] == [item.text for item in first.items]
        assert [row.since for row in again.rows()] == [row.since for row in journal.rows()]


@pytest.mark.parametrize("name", WRITERS)
@PACE
@given(ENTRIES)
def test_every_log_can_be_written(shared: Recording, name: str, entries: list[Entry]) -> None:
    data = exported(name, kept(shared, entries))
    if name != "sse":
        text = data.decode()
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", text)


def test_json_is_one_object_with_what_show_tells(shared: Recording) -> None:
    entries = [*turn(trace("text", message="one")), *turn(trace("text", message="two"))]
    journal = kept(shared, entries)
    journal.remark(2, "here")
    told = json.loads(exported("json", journal))
    assert (told["format"], told["version"], told["title"]) == ("vftui-conversation", 1, HEAD.title)
    assert [one["messages"] for one in told["turns"]] == [["one"], ["two"]]
    assert [one["seq"] for part in told["turns"] for one in part["entries"]] == [1, 2, 3, 4, 5, 6]
    assert told["turns"][0]["entries"][1]["remark"] == "here"
    assert told["tokens"]["source"] == "unknown" and told["tokens"]["total"] is None


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("depth", [100, 900])
def test_an_action_may_be_nested_deeply(shared: Recording, name: str, depth: int) -> None:
    deep: list[Any] = []
    for _ in range(depth):
        deep = [deep]
    data = exported(name, kept(shared, [sent(type="text", payload=deep), *turn()]))
    if name == "json":
        told = json.loads(data)["turns"][0]
        assert told["action"] == told["entries"][0]["action"] == {"type": "text", "payload": deep}


def test_a_filter_picks_rows_and_the_turns_that_have_one(shared: Recording) -> None:
    entries = [*turn(trace("text", message="one")), *turn(trace("text", message="two"))]
    journal = kept(shared, entries)
    lines = written("jsonl", Log(HEAD, journal, chosen=[5])).splitlines()
    assert [json.loads(line)["seq"] for line in lines[1:]] == [5]
    assert len(json.loads(written("har", Log(HEAD, journal, chosen=[5])))["log"]["entries"]) == 1
    page = written("md", Log(HEAD, journal, chosen=[5])).decode()
    assert "two" in page and "one" not in page
    assert written("sse", Log(HEAD, journal, number=1)) == entries[1].frame.raw  # type: ignore[union-attr]
    assert written("sse", Log(HEAD, journal, number=9)) == b""


# Keys


def deltas(text: str, size: int) -> list[Entry]:
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    states = ["start", *["content"] * len(pieces), "end"]
    return [
        trace("completion", state=state, content=piece)
        for state, piece in zip(states, ["", *pieces, ""], strict=True)
    ]


def with_keys() -> list[Entry]:
    """A turn with a key in every place where one can be."""
    escaped = KEY.replace("V", "\\u0056", 1).replace("S", "\\u0053")
    spaced = "\u200b".join([KEY[:30], KEY[30:]])
    raws = [
        f'event: trace\ndata: {{"type":"text","payload":{{"message":"{one}"}}}}\n\n'.encode()
        for one in (KEY, escaped, KEY.replace("V", "%56", 1), spaced)
    ]
    raws += [
        f"id: {KEY}\n\n".encode(),
        f": {KEY}\n\n".encode(),
        b"data: \xff " + KEY.encode() + b"\n\n",
    ]
    return [
        Sent(
            1.0, {"type": "text", "payload": KEY}, "v4", url=f"https://x/{KEY}", body=KEY.encode()
        ),
        Opened(1.1, 200, (("x-echo", KEY),), note=f"about {KEY}"),
        *(Received(1.2, parse_frame(raw)) for raw in raws),
        Received(1.3, parse_frame(b"data: it has the id of the one before\n\n", KEY)),
        *deltas(f"the key is {KEY} and more", 5),
        *deltas(f"and {KEY}", 1),
        Closed(2.0, "refused", f"bad key {KEY}", f"not {KEY}", 401, f"body {KEY}"),
    ]


def seen_in(data: bytes) -> list[str]:
    """All the ways to read what was written."""
    text = data.decode("utf-8", "replace")
    plain = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    runs = re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text)
    decoded = [
        base64.b64decode(run + "=" * (-len(run) % 4), validate=False).decode("utf-8", "replace")
        for run in runs
        if len(run.rstrip("=")) % 4 != 1
    ]
    return [text, plain, plain.replace("\u200b", ""), unquote(plain), *decoded]


@pytest.mark.parametrize("name", WRITERS)
def test_no_key_leaves_in_any_spelling(shared: Recording, name: str) -> None:
    journal = kept(shared, with_keys(), title=f"talk with {KEY}")
    journal.remark(1, f"why {KEY}?")
    head = Head(f"talk with {KEY}", "v4", KEY, KEY, KEY, 1.0, (KEY,))
    parts = [SECRET[at : at + 8] for at in range(len(SECRET) - 7)]
    for seen in seen_in(exported(name, journal, head)):
        assert not [part for part in parts if part in seen]
    if name in ("jsonl", "json", "har"):
        assert SECRET.encode() in exported(name, journal, head, masked=False)


async def test_no_key_is_put_together_again_from_its_pieces(
    shared: Recording, folder: Path
) -> None:
    _, again = await back(shared, exported("jsonl", kept(shared, with_keys())), folder / "k.jsonl")
    said = "".join(item.text for item in Session.of(again.entries()).items)
    assert "the key is VF.DM.***" in said and "* and more" in said


def test_a_piece_of_a_key_that_passes_alone_is_hidden_too(shared: Recording) -> None:
    entries = [*turn(trace("text")), *turn(*deltas(f"the key is {KEY} and more", 5))]
    journal = kept(shared, entries)
    pieces = [SECRET[at : at + 3] for at in range(len(SECRET) - 2)]
    for seq in range(1, len(entries) + 1):
        told = written("jsonl", Log(HEAD, journal, chosen=[seq])).decode().splitlines()
        assert [json.loads(line)["seq"] for line in told[1:]] == [seq]
        assert not [piece for piece in pieces if piece in told[1]]


WRITTEN_KEYS = (
    KEY,
    "VF.WS.0123456789abcdef01234567.CanarySecretCanary",
    "vfp_CanarySecretCanary_CanarySecretCanary",
    "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOiJDYW5hcnlTZWNyZXQifQ.CanarySecretCanary",
    "\u200b".join(KEY),
)


@PACE
@given(
    key=st.sampled_from(WRITTEN_KEYS),
    cuts=st.sets(st.integers(0, 90)),
    name=st.sampled_from([*WRITERS]),
    ensure_ascii=st.booleans(),
    crossed=st.booleans(),
)
def test_no_key_leaves_in_pieces_however_it_is_cut(
    shared: Recording, key: str, cuts: set[int], name: str, ensure_ascii: bool, crossed: bool
) -> None:
    text = f"“{key}” and content"
    places = [0, *sorted(cut for cut in cuts if 0 < cut < len(text)), len(text)]
    pieces = [text[start:stop] for start, stop in pairwise(places)]
    states = ["start", *["content"] * len(pieces), "end"]
    entries = []
    for state, piece in zip(states, ["", *pieces, ""], strict=True):
        for number in (1, 2) if crossed else (1,):  # two may stream at once
            payload = {"state": state, "content": piece, "messageID": f"m{number}"}
            told = json.dumps({"type": "completion", "payload": payload}, ensure_ascii=ensure_ascii)
            entries.append(Received(1.0, parse_frame(f"event: trace\ndata: {told}\n\n".encode())))
    journal = kept(shared, turn(*entries))
    rows = Log(HEAD, journal).rows()
    said = "".join(item.text for item in Session.of(row.entry for row in rows).items)
    assert "canary" not in said.replace("\u200b", "").lower() and "” and content" in said
    for seen in seen_in(exported(name, journal)):
        assert "CanarySecret" not in seen


# Readers that are not ours


def test_a_page_in_chromium(shared: Recording, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium here")
    entries = [
        *turn(trace("text", message=HOSTILE)),
        *turn(trace("text", message="**the tide** is high"), trace("debug", message="only here")),
    ]
    page = tmp_path / "page.html"
    page.write_bytes(exported("html", kept(shared, entries, title="<b>")))
    done = subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000",
            f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", f"{page.as_uri()}#search=only",
        ],
        capture_output=True, timeout=50,
    )  # fmt: skip
    dom = done.stdout.decode()
    assert "1 trace, 0 messages" in dom  # the script ran, and found it
    assert "<strong>the tide</strong>" in dom
    assert "HACKED" not in re.sub(r"<(pre|summary|div)\b.*?</\1>", "", dom, flags=re.DOTALL)
    assert dom.count("<script") == 1


HOSTILE = (
    "<script>document.title='HACKED'</script><img src=x onerror=\"document.title='HACKED'\">"
    "\n\n</div></details></section>\n\n[a](javascript:alert(1)) ![p](http://127.0.0.1:9/p.png) "
    "<javascript:alert(1)> &#x202e;abc \x1b[31m \u202e\n\n```\n</pre>\n"
)
TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "div", "h1", "h2", "p", "form",
    "input", "label", "button", "output", "main", "section", "a", "small", "details", "summary",
    "i", "svg", "rect", "span", "b", "em", "pre", "code", "footer", "script", "ul", "ol", "li",
    "strong", "table", "thead", "tbody", "tr", "th", "td", "blockquote", "br", "hr", "s", "h3",
    "h4", "h5", "h6",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "name", "content", "http-equiv", "class", "role", "hidden", "type", "id",
    "placeholder", "aria-label", "href", "rel", "target", "title", "viewbox", "aria-hidden",
    "preserveaspectratio", "x", "width", "height", "start", "style",
}  # fmt: skip


class Reader(html.parser.HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@PACE
@given(st.text(max_size=60) | st.just(HOSTILE), st.text(max_size=20))
def test_nothing_from_outside_becomes_part_of_the_page(
    shared: Recording, said: str, title: str
) -> None:
    journal = kept(shared, saying(said))
    journal.remark(2, said)
    page = exported("html", journal, Head(title, "v4")).decode()
    reader = Reader()
    reader.feed(page)
    assert set(reader.tags) <= TAGS
    assert {name for name, _ in reader.attributes} <= ATTRIBUTES
    assert reader.tags.count("script") == reader.tags.count("style") == 1
    links = [value for name, value in reader.attributes if name == "href"]
    assert all(link.startswith(("http://", "https://", "#turn-")) for link in links)
    assert not {value for name, value in reader.attributes if name == "style"} - CELLS


def saying(words: str) -> list[Entry]:
    """A turn in which both say this, and a trace is called so."""
    told = [trace("text", message=words), trace(words or "x")]
    return [sent(type="text", payload=words), *told, Closed(None, "complete")]


CELLS = {"text-align:left", "text-align:right", "text-align:center"}


@PACE
@given(st.text(max_size=60) | st.just(HOSTILE))
def test_nothing_ends_the_folds_of_a_ticket(shared: Recording, said: str) -> None:
    journal = kept(shared, saying(said))
    journal.mark([2], True)
    journal.remark(2, said)
    page = exported("md", journal, Head(said, "v4", user=said)).decode()
    tokens = MarkdownIt("commonmark").parse(page)
    blocks = [one.content.strip() for one in tokens if one.type == "html_block"]
    assert blocks == ["<details><summary>4 traces, 1 marked</summary>", "</details>"]
    spans = [part for one in tokens for part in one.children or [] if part.type == "html_inline"]
    assert not spans


def test_a_table_has_a_row_for_each_entry_and_no_formula(shared: Recording) -> None:
    entries = turn(trace("text", message="hi"), trace('=HYPERLINK("http://x")'))
    journal = kept(shared, entries)
    journal.remark(2, "+1")
    rows = list(csv.DictReader(exported("csv", journal).decode().splitlines()))
    assert [row["seq"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[1]["remark"] == "'+1" and rows[2]["type"].startswith("'=")
    assert rows[1]["summary"] == '"hi"' and rows[1]["since_ms"] == ""


def test_har_keeps_the_time_of_each_event(shared: Recording) -> None:
    journal = kept(shared, turn_of(BODIES["streams/11-v4-agent-turn"], at=1_700_000_000.0))
    (entry,) = HarParser(json.loads(exported("har", journal))).har_data["entries"]
    events = [one for one in journal.entries() if isinstance(one, Received)]
    told = [one["time"] for one in entry["_eventSourceMessages"]]
    assert told == [one.at for one in events if one.frame.dispatched]
    assert entry["startedDateTime"] == "2023-11-14T22:13:20.000+00:00"
    assert entry["timings"] == {"send": 0, "wait": 250.0, "receive": entry["time"] - 250.0}
    assert entry["request"]["headers"] == []
    assert entry["response"]["content"]["text"].encode() == BODIES["streams/11-v4-agent-turn"]


# Files of others


def browser_har(body: str, **turn: object) -> bytes:
    """What a browser saves: a picture, and a turn."""
    started = "2026-11-23T10:00:00.500Z"
    picture = {"mimeType": "image/png", "text": ""}
    request = {
        "method": "POST",
        "url": "https://general-runtime.voiceflow.com/v2/project/p/user/u/interact/stream",
        "headers": [{"name": "Authorization", "value": KEY}],
        "postData": {"mimeType": "application/json", "text": '{"action":{"type":"launch"}}'},
    }
    content = {"mimeType": "text/event-stream; charset=utf-8", "text": body}
    response = {"status": 200, "headers": [{"name": "x", "value": "y"}], "content": content}
    timings = {"blocked": 10, "dns": -1, "connect": 20, "send": 1, "wait": 69, "receive": 400}
    entries = [
        {"request": {"url": "https://x/p.png"}, "response": {"content": picture}},
        {"startedDateTime": started, "time": 500, "request": request, "response": response,
         "timings": timings, **turn},
    ]  # fmt: skip
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


async def test_the_har_of_a_browser(shared: Recording, folder: Path) -> None:
    body = "\n\n: ping\n\nevent: trace\ndata: {}\n\nevent: trace\ndata: {}\n\nevent: end\n\n"
    times = [{"time": 1795514400.7}, {"time": 1795514400.9}]
    body = body.replace("ping", f"ping {KEY}")
    data = browser_har(body, _eventSourceMessages=times)
    head, journal = await back(shared, data, folder / "chrome.har")
    first, second, *rest = journal.entries()
    begun = 1795428000.5
    assert head.api == "v2" and head.title == "chrome.har"
    assert first == Sent(begun, {"type": "launch"}, "v2", "POST", getattr(first, "url", ""),
                         b'{"action":{"type":"launch"}}')  # fmt: skip
    assert isinstance(second, Opened) and second.at == pytest.approx(begun + 0.1)
    assert [one.at for one in rest[:-1]] == [*[times[0]["time"]] * 2, *[times[1]["time"]] * 2]
    assert rest[-1] == Closed(begun + 0.5, "complete")
    assert SECRET.encode() not in exported("jsonl", journal, masked=False)


async def test_a_har_without_contents_says_so(shared: Recording, folder: Path) -> None:
    _, journal = await back(shared, browser_har(""), folder / "empty.har")
    assert "content" in Session.of(journal.entries()).turns[0].message


TRANSCRIPT = {
    "transcript": {
        "id": "t1", "projectID": "p1", "environmentID": "main", "sessionID": "ada",
        "createdAt": "2026-11-23T10:00:00.000Z",
        "logs": [
            {"type": "action", "data": {"type": "launch"}, "createdAt": "2026-11-23T10:00:00Z"},
            {"type": "trace", "data": {"type": "text", "payload": {"message": "Welcome."}},
             "createdAt": "2026-11-23T10:00:01Z"},
            {"type": "action", "data": '{"type": "text", "payload": "bye"}',
             "createdAt": 1795514405000},
            {"type": "trace", "data": {"type": "text", "payload": {"message": "Bye."}},
             "createdAt": "2026-11-23T10:00:06Z"},
            {"type": "end", "data": None, "createdAt": "nonsense"},
            "nonsense",
        ],
    }
}  # fmt: skip


@pytest.mark.parametrize("told", [TRANSCRIPT, TRANSCRIPT["transcript"]])
async def test_a_transcript_of_voiceflow(shared: Recording, folder: Path, told: object) -> None:
    head, journal = await back(shared, json.dumps(told).encode(), folder / "t.json")
    session = Session.of(with_endings(journal.entries()))
    assert (head.title, head.project, head.environment) == ("transcript t1", "p1", "main")
    assert [one.messages for one in session.turns] == [["Welcome."], ["Bye."]]
    assert [one.action for one in session.turns] == [
        {"type": "launch"},
        {"type": "text", "payload": "bye"},
    ]
    assert session.conversation_over
    assert session.turns[0].elapsed == 1.0


@PACE
@given(st.recursive(st.none() | st.booleans() | st.integers() | WORDS,
                    lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner), max_leaves=10),
       st.sampled_from(["jsonl", "har", "entry", "transcript"]))  # fmt: skip
async def test_a_bad_file_is_a_sentence(
    shared: Recording, folder: Path, value: object, kind: str
) -> None:
    first = '{"format": "vftui-session", "version": 1}\n'
    whole = {
        "jsonl": first + json.dumps(value),
        "har": json.dumps({"log": {"entries": [{"_entries": value}, value]}}),
        "entry": first + json.dumps({"kind": "sent", "action": value, "api": "v4", "at": value}),
        "transcript": json.dumps(
            {"transcript": {"logs": [value, {"type": "trace", "data": value}]}}
        ),
    }[kind]
    try:
        _, journal = await back(shared, whole.encode(), folder / "bad")
    except ConfigurationError as error:
        assert error.message.endswith(".")
    else:
        Session.of(with_endings(journal.entries()))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"event: trace\n", "sse"),
        (b"", "sse"),
        (b'{"type":"text"}', "sse"),
        (b'\xef\xbb\xbf{"format": "vftui-session", "version": 1}\n', "jsonl"),
        (b'{\n  "log": {\n', "har"),
        (b'{"transcript":{"id"', "transcript"),
        (b'{"id": 1, "logs": [', "transcript"),
    ],
)
def test_a_file_is_known_by_its_beginning(head: bytes, expected: str) -> None:
    assert sniff(head) == expected


@pytest.mark.parametrize("started", ["NaN", "Infinity", "1e400", "1" + "0" * 400, '"x"', "true"])
async def test_a_beginning_that_is_no_time_is_unknown(
    shared: Recording, folder: Path, started: str
) -> None:
    data = exported("jsonl", kept(shared, turn())).replace(b"1700000000.0", started.encode(), 1)
    head, journal = await back(shared, data, folder / "started.jsonl")
    assert head.started is None and len(journal) == 2


async def test_damage_that_another_program_did_is_not_put_on_vftui(
    shared: Recording, folder: Path
) -> None:
    told = json.loads(browser_har("abcde"))
    told["log"]["entries"][-1]["response"]["content"]["encoding"] = "base64"
    with pytest.raises(ConfigurationError, match="cannot be read"):
        await back(shared, json.dumps(told).encode(), folder / "damaged.har")


async def test_a_newer_file_is_refused(shared: Recording, folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="newer vftui"):
        await back(shared, b'{"format": "vftui-session", "version": 2}\n', folder / "new")


# Files of ours


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "talk.md"
    assert save([b"one ", b"two"], path) == 7
    with pytest.raises(FileThere):
        save([b"three"], path)
    assert path.read_bytes() == b"one two"
    assert save([b"three"], path, replace=True) == 5

    def broken() -> Iterator[bytes]:
        yield b"four"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        save(broken(), path, replace=True)
    assert path.read_bytes() == b"three" and [*tmp_path.iterdir()] == [path]
    for bad in (tmp_path, tmp_path / "no" / "such.md"):
        with pytest.raises(ConfigurationError):
            save([b""], bad)


def test_what_is_no_plain_file_is_written_through(tmp_path: Path) -> None:
    target, link, dangling = (tmp_path / name for name in ("target.md", "link.md", "dangling.md"))
    target.write_bytes(b"before")
    link.symlink_to(target)
    with pytest.raises(FileThere):
        save([b"one"], link)
    save([b"one"], link, replace=True)
    assert link.is_symlink() and target.read_bytes() == b"one"
    dangling.symlink_to(tmp_path / "new.md")
    save([b"two"], dangling)
    assert dangling.is_symlink() and (tmp_path / "new.md").read_bytes() == b"two"
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        save([b"three"], link, replace=True)


def test_a_device_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(FileThere):
        save([b"one"], pipe)
    assert save([b"one ", b"two"], pipe, replace=True) == 7
    assert pipe.is_fifo() and os.read(reader, 100) == b"one two"
    os.close(reader)
    assert [*tmp_path.iterdir()] == [pipe]


def test_names_of_files() -> None:
    assert set(SUFFIXES) == set(WRITERS)
    assert suggested("../Häfen & <Bikes>\n", 12, "md") == "h-fen-bikes-12.md"
    assert suggested("\u202e", 3, "curl") == "3.sh"
    assert [format_of(Path(f"a{end}")) for end in SUFFIXES.values()] == list(SUFFIXES)
    assert format_of(Path("a.txt")) is None


@pytest.mark.parametrize(
    ("method", "url"),
    [("POST", "--config=/tmp/x"), ("POST", "file:///etc/passwd"), ("POST; id", "https://x/"),
     ("POST", "https://x/\x1b[0m"), ("", "https://x/"), ("POST", "http://[")],
)  # fmt: skip
def test_a_request_that_is_none_is_not_written_as_a_command(
    shared: Recording, method: str, url: str
) -> None:
    asked = Sent(1.0, {"type": "launch"}, "v4", method, url)
    assert exported("curl", kept(shared, [asked, Closed(2.0, "complete")])).decode() == (
        "# turn 1: its request is not known\n\n"
    )


@NEEDS_CURL
@pytest.mark.parametrize("api", DIALECTS)
async def test_the_commands_of_a_session_run(shared: Recording, api: Api) -> None:
    async with demo_agent(pace=0) as url:
        environment = "development" if api == "v2beta1" else "main"
        client = HttpAgent(Target(url, PROJECT, environment, "ada", "s1"), api, DEMO_KEY)
        actions = [text(words) for words in ("prices", "hours")]
        async with aclosing(client):
            entries = [one for action in actions async for one in client.interact(action)]
        head = Head("Harbour Bikes", api, PROJECT, environment, "ada")
        script = exported("curl", kept(shared, entries), head).decode()
        out, err = await run(script, DEMO_KEY)
    reader = FrameReader()
    frames = reader.feed(out) + reader.close()
    assert sum(frame.ends_turn for frame in frames) == 2, (out, err)
    assert script.count("KEY=$(") == (api == "v4")


@pytest.mark.parametrize("name", ["md", "html"])
def test_a_streamed_text_is_one_line(shared: Recording, name: str) -> None:
    pieces = [
        trace("completion", state=state, content=words)
        for state, words in (("start", "The "), ("content", "tide "), ("end", "is high"))
    ]
    journal = kept(shared, turn(*pieces, trace("text", message="hi")))
    page = exported(name, journal).decode()
    assert page.count("The tide is high") == 2 and "3 pieces" in page
    journal.mark([3], True)
    page = exported(name, journal).decode()
    assert "3 pieces" in page and "1 marked" in page
