"""Calls of tools: which tool, whether it worked, how long it took, as far as that is certain."""

from __future__ import annotations

from typing import Any

import pytest

from tests.logs import event, notices, sent, session_of, trace
from vftui.session.fold import Session
from vftui.session.log import Received


def call(state: str, identity: str | None = "1", time: float | None = None) -> Received:
    payload = {"state": state, "callID": identity}
    return event({"type": "tool-call", "payload": payload, "time": time})


def calling(*tools: Any) -> Received:
    return trace("debug", message="calling tools", metadata={"tools": list(tools)})


def named(*names: str) -> Received:
    return calling(*({"name": name} for name in names))


def told(
    message: str, name: str | None = None, context: str | None = "API tool", **more: Any
) -> Received:
    """A line of diagnosis about a tool."""
    ref = {"type": "api-tool", "apiToolName": name}
    return trace("debug", message=message, context=context, ref=ref, **more)


def took(milliseconds: float, name: str | None = None) -> Received:
    return told("succeeded", name, metadata={"latency": milliseconds})


def lines(*entries: Received) -> list[str]:
    return [text for _, text in notices(session_of(*entries))]


def test_tool_calls_end_with_the_turn() -> None:
    entries = [call("start"), call("start", "2"), call("end", "2"), call("end", "3")]
    assert notices(Session.of([sent(), entries[0]])) == [("quiet", "tool call …")]
    assert notices(session_of(*entries)) == [
        ("quiet", "tool call · end not reported"),
        ("quiet", "tool call · done"),
    ]


@pytest.mark.parametrize(
    ("tools", "name"),
    [
        ([{"id": "1", "name": "dock_lookup"}], " dock_lookup"),
        ([{"name": "a\nb"}, {"name": "a\nb"}], " a b"),
        ([{"name": "one"}, {"name": "two"}], ""),
        ([{"name": "one"}, {"id": "2"}], ""),
        ([{"name": 7}, None, "x"], ""),
        ([], ""),
    ],
)
def test_a_call_has_the_name_that_can_only_be_its_own(tools: list[Any], name: str) -> None:
    assert lines(named("before"), calling(*tools), call("start"), call("end")) == [
        f"tool call{name} · done"
    ]


def test_a_name_is_for_one_call() -> None:
    entries = [named("one"), call("start"), call("end"), call("start"), call("end")]
    assert lines(*entries) == ["tool call one · done", "tool call · done"]


@pytest.mark.parametrize("metadata", [None, {"tools": "x"}, {"tools": {}}])
def test_a_call_without_an_announcement_has_no_name(metadata: Any) -> None:
    announced = trace("debug", message="calling tools", metadata=metadata)
    assert lines(announced, call("start")) == ["tool call · end not reported"]


def test_diagnosis_names_the_one_call_that_is_open_and_so_the_one_that_is_left() -> None:
    assert lines(
        named("one", "two"),
        call("start", "1"), took(80, "two"), call("end", "1"),
        call("start", "2"), call("end", "2"),
    ) == ["tool call two · done · 80 ms", "tool call one · done"]  # fmt: skip


def test_diagnosis_of_one_of_several_calls_is_nobodys() -> None:
    assert lines(
        named("one", "two"), call("start", "1"), call("start", "2"), took(80, "two"),
        call("end", "1"), call("end", "2"),
    ) == ["tool call · done", "tool call · done"]  # fmt: skip


def test_diagnosis_of_several_calls_goes_by_their_names() -> None:
    assert lines(
        named("one"), call("start", "1"), named("two"), call("start", "2"),
        took(80, "two"), took(2100, "one"), took(5, "three"), took(6),
        call("end", "1"), call("end", "2"),
    ) == ["tool call one · done · 2.1 s", "tool call two · done · 80 ms"]  # fmt: skip


def test_a_call_named_by_its_announcement_keeps_the_name() -> None:
    assert lines(named("one"), call("start"), took(999.4, "One!"), call("end")) == [
        "tool call one · done · 999 ms"
    ]


@pytest.mark.parametrize("level", ["error", "fatal"])
def test_an_error_in_between_makes_it_failed(level: str) -> None:
    entries = [call("start"), told("timeout", "dock", level=level), call("end")]
    assert notices(session_of(*entries)) == [
        ("warning", "tool call dock · failed"),
        ("error", "API tool: timeout"),
    ]


@pytest.mark.parametrize(
    ("context", "ref", "counts"),
    [
        ("API tool", None, True),
        ("Function", None, True),
        ("MCP tool", None, True),
        (None, {"type": "mcp-integration-tool", "mcpToolName": "tides"}, True),
        (None, {"type": "function", "functionName": "tides"}, True),
        (None, {"type": "integration-tool", "integrationToolName": "tides"}, True),
        ("Agent", {"type": "agent", "agentName": "Hire desk"}, False),
        ("Code", None, False),
        (None, None, False),
    ],
)
@pytest.mark.parametrize("message", ["succeeded", "successfully executed"])
def test_only_what_is_about_tools_counts(
    context: str | None, ref: dict[str, str] | None, counts: bool, message: str
) -> None:
    payload = {"context": context, "ref": ref, "metadata": {"latency": 187}}
    diagnosis = trace("debug", message=message, **payload)
    [line] = lines(call("start"), diagnosis, call("end"))
    assert line.endswith("done · 187 ms" if counts else "done")


@pytest.mark.parametrize(
    ("begun", "ended", "how"),
    [
        (1786629723000, 1786629723190, "done · 190 ms"),
        (1786629723000, 1786629785500, "done · 62.5 s"),
        (1786629723190, 1786629723000, "done"),
        (None, 1786629723000, "done"),
        (1786629723000, None, "done"),
    ],
)
def test_the_servers_clock_serves_where_nothing_is_measured(
    begun: float | None, ended: float | None, how: str
) -> None:
    assert lines(call("start", time=begun), call("end", time=ended)) == [f"tool call · {how}"]
    measured = lines(call("start", time=begun), took(3), call("end", time=ended))
    assert measured == ["tool call · done · 3 ms"]
