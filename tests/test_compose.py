"""The grammar of the prompt and of scripts: what each line comes to, and what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.errors import ConfigurationError
from vftui.wire.actions import check, text
from vftui.wire.compose import (
    COMMANDS,
    Composed,
    choice_labelled,
    choice_named,
    completions,
    compose,
    is_command,
    line_of,
    pressed,
)
from vftui.wire.line import Mistake

WORDS = [command.word for command in COMMANDS]


@given(st.text(alphabet=st.characters()))
def test_text_goes_out_verbatim(said: str) -> None:
    if not said.startswith("/"):
        assert compose(said) == Composed(text(said))
    assert compose(f"//{said}") == Composed(text(f"/{said}"))


JSON = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.text(alphabet=st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(["text", "launch", "path-1", "/x"]) | st.text(min_size=1), JSON, JSON)
def test_the_line_of_an_action_composes_to_it_again(kind: str, payload: Any, more: Any) -> None:
    for action in ({"type": kind}, {"type": kind, "payload": payload, "more": more}):
        assert compose(line_of(action)) == Composed(action)
    if isinstance(payload, str):
        assert line_of(text(payload)) in (payload, f"/{payload}")
        assert compose(line_of(text(payload))) == Composed(text(payload))


LINES = st.one_of(
    st.text(alphabet=st.characters()),
    st.builds(lambda word, rest: f"/{word}{rest}", st.sampled_from(WORDS), st.text()),
    st.builds(
        lambda word, rest: f"/{word} {rest}",
        st.sampled_from(WORDS),
        st.text(st.sampled_from("ab1=-'\"\\ {}[]:,#/.\ud83d🚲")) | st.from_regex(r"[a-z-]+ \w*"),
    ),
)


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("/etc/hosts\n127.0.0.1", False), ("/\n/", False), ("/Launch\n", True), ("/nope x", True),
        ("/message one\ntwo", True), ("/event\nx", True), ("//event\nx", False),
    ],
)  # fmt: skip
def test_several_lines_are_text_unless_they_begin_with_a_command(line: str, commands: bool) -> None:
    assert is_command(line) == commands
    if not commands:
        words = line.removeprefix("/") if line.startswith("//") else line
        assert compose(line).action == {"type": "text", "payload": words}
        assert compose(line_of(compose(line).action or {})) == compose(line)


@given(LINES)
def test_a_line_is_composed_or_is_a_mistake_and_what_is_composed_is_sound(line: str) -> None:
    try:
        composed = compose(line)
    except ConfigurationError as error:
        assert is_command(line)
        assert isinstance(error, Mistake) and 1 <= error.column <= len(line) + 1
        assert error.message and error.hint
        return
    parts = (composed.action, composed.variables, composed.press)
    assert [part is None for part in parts].count(False) == 1
    json.dumps(parts, allow_nan=False)
    if composed.action is not None and not line.startswith("/action"):
        names = {command.word: command.apis for command in COMMANDS}
        apis = names[line[1:].split()[0]] if is_command(line) else ("v4", "v2", "v2beta1")
        assert [check(composed.action, api) for api in apis] == [None] * len(apis)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.word)
def test_every_example_composes_and_no_other_generation_knows_it(command: Any) -> None:
    assert command.example.split()[0] == f"/{command.word}"
    action = compose(command.example).action
    for api in ("v4", "v2", "v2beta1"):
        if action is not None:
            assert (check(action, api) is None) == (api in command.apis)


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("/launch", {"type": "launch"}),
        ("/launch night desk", {"type": "launch", "payload": {"persona": "night desk"}}),
        (
            "/intent opening_hours",
            {"type": "intent",
             "payload": {"intent": {"name": "opening_hours"}, "query": "", "entities": []}},
        ),
        (
            """/intent find day=monday 'dock'="Pier 3" -- when's it open?""",
            {"type": "intent",
             "payload": {
                 "intent": {"name": "find"},
                 "query": "when's it open?",
                 "entities": [{"name": "day", "value": "monday"},
                              {"name": "dock", "value": "Pier 3"}],
             }},
        ),
        ("/event checkout", {"type": "event", "payload": {"event": {"name": "checkout"}}}),
        ('/event "check out"', {"type": "event", "payload": {"event": {"name": "check out"}}}),
        (
            "/path path-1a Hire a bike",
            {"type": "path-1a", "payload": {"label": "Hire a bike", "actions": []}},
        ),
        ("/path paid", {"type": "paid"}),
        ("/path paid 'Pay now'", {"type": "paid", "payload": {"label": "Pay now"}}),
        ("/noreply", {"type": "no-reply"}),
        ("/message it's me", {"type": "message", "payload": {"message": "it's me"}}),
        ("/end", {"type": "end"}),
        ("/end solved", {"type": "end", "payload": {"reason": "solved"}}),
        ("/dtmf 48*#", {"type": "dtmf", "payload": "48*#"}),
        (
            "/file https://example.com/img/a%20b.JPG look here",
            {"type": "file",
             "payload": {
                 "text": "look here",
                 "files": [{"mimeType": "image/jpeg",
                            "url": "https://example.com/img/a%20b.JPG",
                            "filename": "a b.JPG"}],
             }},
        ),
        (
            "/file data:image/png;base64,AAAA",
            {"type": "file",
             "payload": {"files": [{"mimeType": "image/png",
                                    "url": "data:image/png;base64,AAAA"}]}},
        ),
        (
            "/file http://example.com",
            {"type": "file",
             "payload": {"files": [{"mimeType": "application/octet-stream",
                                    "url": "http://example.com"}]}},
        ),
        (
            "/handoff hi Bo",
            {"type": "live-agent-handoff", "payload": {"type": "message", "message": "hi Bo"}},
        ),
        (
            "/handoff return",
            {"type": "live-agent-handoff", "payload": {"type": "return_to_voiceflow"}},
        ),
        (
            "/handoff continue",
            {"type": "live-agent-handoff", "payload": {"type": "continue_conversation"}},
        ),
        ('/action {"type": "x", "payload": null, "a": 1}', {"type": "x", "a": 1}),
        ("//etc is a folder", {"type": "text", "payload": "/etc is a folder"}),
        (" /launch", {"type": "text", "payload": " /launch"}),
    ],
)  # fmt: skip
def test_the_exact_actions(line: str, action: dict[str, Any]) -> None:
    assert compose(line) == Composed(action)


def test_variables_and_presses() -> None:
    composed = compose("""/vars tier=gold seats=2 who="Ada L." cart={"a": [1, 2]} none=""")
    assert composed.variables == {
        "tier": "gold", "seats": 2, "who": "Ada L.", "cart": {"a": [1, 2]}, "none": "",
    }  # fmt: skip
    assert compose("/press Hire a bike") == Composed(press="Hire a bike")


@pytest.mark.parametrize(
    ("line", "column", "what"),
    [
        ("/", 2, "there is no command /."),
        ("/usr/bin", 2, "there is no command /usr/bin."),
        ("/ launch", 2, "there is no command /."),
        ("/Launch", 2, "there is no command /Launch."),
        ("/intent", 8, "NAME is missing."),
        ("/intent a day", 11, "this is no NAME=VALUE."),
        ("/intent a day='", 15, "this ' is never closed."),
        ("/event ", 8, "NAME is missing."),
        ('/event ""', 8, "NAME is missing."),
        ("/path", 6, "TYPE is missing."),
        ("/path path-1", 13, "LABEL is missing."),
        ("/path text hi", 7, "text is no type that a path can have."),
        ("/noreply now", 10, "nothing may follow here."),
        ("/message", 9, "TEXT is missing."),
        ("/dtmf 12x", 7, "a phone has the keys 0 to 9, A to D, * and #."),
        ("/file ftp://example.com/x", 7, "this is no http, https or data address."),
        ("/file http://[::1", 7, "this is no http, https or data address."),
        ("/handoff", 9, "TEXT is missing."),
        ("/action", 8, "JSON is missing."),
        ('/action {"type" 1}', 17, "this is not valid JSON: Expecting ':' delimiter."),
        ("/action []", 9, "The action is not a JSON object."),
        ('/action {"type": 1}', 9, "The action has no type, or one that is not text."),
        ("/vars", 6, "NAME=VALUE is missing."),
        ("/vars a=1 b", 11, "this is no NAME=VALUE."),
        ("/vars a=1 b-c=2", 11, "a variable's name has letters, digits and _ only."),
        ("/press", 7, "NUMBER or LABEL is missing."),
    ],
)
def test_what_is_wrong_and_where(line: str, column: int, what: str) -> None:
    with pytest.raises(Mistake) as caught:
        compose(line)
    assert (caught.value.column, caught.value.what) == (column, what)
    assert caught.value.hint


def test_a_hint_shows_how_it_is_written() -> None:
    with pytest.raises(ConfigurationError) as caught:
        compose("/event")
    assert caught.value.hint == "Write /event NAME, such as: /event checkout"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/", WORDS),
        ("/e", ["event", "end"]),
        ("/end", ["end"]),
        ("/end ", []),
        ("/x", []),
        ("//e", []),
        ("e", []),
        ("", []),
    ],
)
def test_completions(line: str, words: list[str]) -> None:
    assert [command.word for command in completions(line)] == words


@dataclass
class Button:
    number: int
    name: str


BUTTONS = [Button(1, "Prices "), Button(2, "1"), Button(3, "STRASSE"), Button(4, "prices")]


@pytest.mark.parametrize(
    ("wanted", "number"),
    [("1", 1), (" 3 ", 3), ("PRICES", 1), ("straße", 3), ("5", None), ("", None), ("price", None)],
)
def test_a_choice_is_named_by_number_or_label(wanted: str, number: int | None) -> None:
    found = choice_named(BUTTONS, wanted)
    assert (found.number if found else None) == number


def test_what_is_pressed_is_there_or_is_told_to_be_missing() -> None:
    assert pressed(BUTTONS, "3").number == 3
    with pytest.raises(ConfigurationError) as caught:
        pressed(BUTTONS[1:3], "prices")
    assert caught.value.message == "There is no button “prices”."
    assert caught.value.hint == "There are: [2] 1, [3] STRASSE."
    with pytest.raises(ConfigurationError, match="no button"):
        pressed([], "1")


def test_a_number_that_is_typed_as_words_is_a_label() -> None:
    found = choice_labelled(BUTTONS, "1")
    assert found is not None and found.number == 2
    assert choice_labelled(BUTTONS, "3") is None
