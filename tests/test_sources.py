"""The pages behind an answer: below it, each of them once, and never lost."""

from __future__ import annotations

from typing import Any

from tests.logs import kinds, session_of, trace
from vftui.session.fold import Session
from vftui.session.log import Received
from vftui.session.sources import MAX_PAGES

HOURS = {"name": "Opening times", "url": "https://x.test/hours"}
PRICES = {"name": "Prices", "url": "https://x.test/prices"}


def found(*documents: dict[str, Any]) -> Received:
    return trace("knowledgeBase", chunks=[{"documentData": document} for document in documents])


def text(*sources: dict[str, Any]) -> Received:
    return trace("text", message="Hi", sourceUrls=list(sources))


def completion(state: str, identity: str = "m", *sources: dict[str, Any]) -> Received:
    return trace("completion", state=state, content="Hi", messageID=identity, sourceUrls=sources)


def told(*entries: Received) -> list[str]:
    """The sources of a turn, an item each."""
    return [item.text for item in session_of(*entries).items if item.kind == "sources"]


def test_what_was_found_stands_below_the_next_answer() -> None:
    session = session_of(found(HOURS), trace("block", blockID="x"), text(), text())
    assert kinds(session.items) == ["said", "reply", "message", "sources", "message"]
    item = session.items[3]
    assert item.text == "1. Opening times https://x.test/hours"
    assert (item.first_seq, item.last_seq, item.settled) == (2, 4, True)


def test_each_answer_has_its_own() -> None:
    entries = (found(HOURS), text(), found(PRICES), text(), text())
    assert told(*entries) == [
        "1. Opening times https://x.test/hours",
        "1. Prices https://x.test/prices",
    ]


def test_the_sources_of_a_completion_stand_below_it() -> None:
    entries = (found(PRICES), completion("start", "m", HOURS), completion("content"))
    session = Session.of(entries)
    assert kinds(session.items) == ["reply", "message"]
    session.apply(completion("end"))
    assert kinds(session.items) == ["reply", "message", "sources"]
    assert session.items[-1].text == (
        "1. Prices https://x.test/prices\n2. Opening times https://x.test/hours"
    )


def test_completions_side_by_side_have_their_own() -> None:
    assert told(
        completion("start", "a", HOURS), completion("start", "b", PRICES),
        completion("end", "b"), completion("end", "a"),
    ) == ["1. Prices https://x.test/prices", "1. Opening times https://x.test/hours"]  # fmt: skip


def test_without_an_answer_they_stand_at_the_end_of_the_turn() -> None:
    session = session_of(found(HOURS), trace("cardV2", title="Bike"), ending="truncated")
    assert kinds(session.items) == ["said", "reply", "card", "sources", "notice"]
    assert kinds(session_of(found(HOURS)).items) == ["said", "reply", "sources"]
    silent = trace("completion", state="start", sourceUrls=[HOURS])
    assert told(silent) == ["1. Opening times https://x.test/hours"]


def test_a_page_is_told_once() -> None:
    name, url = {"name": HOURS["name"]}, {"url": HOURS["url"]}
    whole = ["1. Opening times https://x.test/hours"]
    assert told(found(HOURS, HOURS), text(HOURS)) == whole
    assert told(found(name, HOURS), text()) == whole
    assert told(found(HOURS, name, url), text()) == whole
    assert told(found(url), text(HOURS)) == whole
    assert told(found(name, name), text()) == ["1. Opening times"]
    assert told(found(url, url), text()) == ["1. https://x.test/hours"]


def test_two_pages_of_one_name_are_two() -> None:
    other = HOURS | {"url": "https://y.test"}
    [lines] = told(found(HOURS, other), text())
    assert len(lines.split("\n")) == 2


def test_a_text_that_repeats_its_completion_repeats_no_sources() -> None:
    again = trace("text", message="Hi", messageID="m", sourceUrls=[HOURS])
    entries = (completion("start", "m", HOURS), trace("completion", state="end", messageID="m"))
    assert len(told(*entries, again)) == 1


def test_a_line_is_one_line_and_data_is_told_by_its_size() -> None:
    odd = {"name": "Opening\n times ", "url": "data:text/html;base64," + "QUJD" * 999}
    assert told(found(odd), text()) == ["1. Opening times inline, 2 KB"]


def test_what_cannot_be_named_is_left_out() -> None:
    assert told(trace("knowledgeBase", chunks=[{}, {"score": 0.4}]), text({"url": ""})) == []
    assert told(trace("knowledgeBase", chunks=[{"documentID": "66d0"}])) == ["1. 66d0"]


def test_a_long_list_is_cut_and_says_so() -> None:
    pages = [{"url": f"https://x.test/{number}"} for number in range(MAX_PAGES + 12)]
    [lines] = told(found(*pages), text())
    assert lines.split("\n")[-2:] == [
        f"{MAX_PAGES}. https://x.test/{MAX_PAGES - 1}",
        "… and 12 more",
    ]
