"""The steps of a turn that are no model's: tools, functions, code, APIs, the knowledge base.

Two rules:

1. A pair of `tool-call` traces is one step, and the diagnosis of the tool inside it is about it
   where it can be about no other.
2. Of what does not come in pairs the latency counts, then the start of its execution.
"""

from __future__ import annotations

from typing import Any

from vftui.session.bars import MAX_BARS, Kind
from vftui.session.spent import Moment, Spending, Spent, seconds
from vftui.session.tools import announced, tool_of
from vftui.wire.payloads import Debug, ToolCall

_KINDS: dict[str, Kind] = {
    "function": "function",
    "code": "code",
    "javascript": "code",
    "api": "api",
    "knowledge base": "knowledge",
}
"""What speaks in a line of diagnosis, and the kind of step that it is."""

_OLD: dict[str, tuple[tuple[str, ...], Kind, str]] = {
    "api": (("API call ",), "api", "API"),
    "code": (("evaluating code", "unable to resolve code"), "code", "code"),
}
"""Type of a debug trace of 2024, how its message may begin, and the step that it tells of."""

_NONE: tuple[tuple[str, ...], Kind, str] = ((), "step", "")

_DONE = ("succeeded", "successfully executed", "failed")

_IDS = ("nodeID", "apiToolID", "functionID", "integrationToolName", "mcpToolName")


class Labour:
    """What was done in a turn beside what the models did."""

    def __init__(self, spending: Spending) -> None:
        self._spending = spending
        self._calls: dict[str | None, Spent] = {}  # of tools that run
        self._named: list[str] = []  # tools that are about to be called
        self._started: dict[tuple[Any, ...], Moment] = {}  # executions that run

    def call(self, call: ToolCall, now: Moment) -> bool:
        """A tool call begins or ends; says whether it was news."""
        running = self._calls.get(call.call_id)
        if call.state == "start" and running is None:
            name = self._named.pop() if len(set(self._named)) == 1 else ""
            step = self._spending.begin("tool", name or "tool call", now.at, now, exact=True)
            self._calls[call.call_id] = step
        elif call.state == "end" and running is not None:
            running.see(now)
            del self._calls[call.call_id]
        else:
            return False
        return True

    def look_up(self, now: Moment) -> None:
        """The knowledge base was asked."""
        self._spending.begin("knowledge", "knowledge base", now.before, now, exact=False)

    def diagnose(self, debug: Debug, now: Moment) -> bool:
        """Take a line of diagnosis; says whether it told of a step."""
        if debug.message == "starting execution":
            if len(self._started) < MAX_BARS:
                self._started[_identity(debug)] = now
            return False
        kind = _kind_of(debug)
        if kind == "tool" and (call := self._called(tool_of(debug))) is not None:
            self._learn(call, tool_of(debug), now)
            return True
        if kind is not None:
            return self._work(debug, kind, tool_of(debug) or debug.context or kind, now)
        beginning, old, label = _OLD.get(debug.kind or "", _NONE)
        if not debug.message.startswith(beginning):
            return False
        self._spending.begin(old, label, now.before, now, exact=False)
        return True

    def announce(self, debug: Debug) -> None:
        """Tools are about to be called."""
        self._named = announced(debug)

    def _work(self, debug: Debug, kind: Kind, label: str, now: Moment) -> bool:
        """The step that a line of diagnosis says is done, if it does."""
        began = self._started.pop(_identity(debug), None)
        took = seconds(debug.latency)
        if took is None and debug.message not in _DONE:
            return False
        start = now.before if began is None else began.at
        step = self._spending.begin(kind, label, start, now, exact=began is not None)
        if took is not None:
            step.took(took)
        if began is not None:
            step.seqs.insert(0, began.seq)
        return True

    def _called(self, name: str) -> Spent | None:
        """The running call that a line of diagnosis about this tool is of."""
        calls = list(self._calls.values())
        named = calls if len(calls) == 1 else [call for call in calls if call.label == name]
        return named[0] if len(named) == 1 else None

    def _learn(self, call: Spent, name: str, now: Moment) -> None:
        call.see(now)
        if name and call.label == "tool call":
            call.label = name
            if name in self._named:
                self._named.remove(name)


def _kind_of(debug: Debug) -> Kind | None:
    """The kind of step that a line of diagnosis is about; None before 2025."""
    context = (debug.context or "").casefold()
    if context in _KINDS:
        return _KINDS[context]
    if context.endswith(" tool") or tool_of(debug):
        return "tool"
    return "step" if context else None


def _identity(debug: Debug) -> tuple[Any, ...]:
    """What tells one execution from another."""
    told = ((debug.ref or {}).get(key) for key in _IDS)
    return (debug.context, *(one for one in told if isinstance(one, str)))
