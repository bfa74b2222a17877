"""One quiet line for each call of a tool: which tool, whether it worked, how long it took.

A `tool-call` trace tells none of this; the diagnosis around it does. Two rules:

1. A line of diagnosis counts for the call that it can only be about: the one that is open, or the
   open one of that name.
2. The server's own measure of a call comes before the time between its start and its end.
"""

from __future__ import annotations

from vftui.session.items import Item
from vftui.session.reply import Reply
from vftui.wire.payloads import Debug, ToolCall

_NAMES = ("apiToolName", "functionName", "integrationToolName", "mcpToolName")
"""Where the reference of a line of diagnosis names a tool."""

_DONE = ("succeeded", "successfully executed")


class _Call:
    """A call that has not ended."""

    __slots__ = ("failed", "item", "milliseconds", "name", "since")

    def __init__(self, item: Item, name: str, since: float | None) -> None:
        self.item = item
        self.name = name
        self.since = since
        self.failed = False
        self.milliseconds: float | None = None


class ToolCalls:
    """The calls of a turn, by what tells them apart."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._open: dict[str | None, _Call] = {}
        self._names: list[str] = []  # of the calls to come

    def hear(self, call: ToolCall, at: float | None) -> None:
        """Begin or end a call, `at` by the server's clock in milliseconds."""
        if call.state == "start" and call.call_id not in self._open:
            # The announcement does not say which name is whose: only one that is left is certain.
            name = self._names.pop() if len(set(self._names)) == 1 else ""
            item = self._reply.open("notice", f"{_what(name)} …", level="quiet")
            self._open[call.call_id] = _Call(item, name, at)
        elif call.state == "end" and call.call_id in self._open:
            self._end(self._open.pop(call.call_id), at)

    def diagnose(self, debug: Debug) -> None:
        """Take what a line of diagnosis tells of the calls to come, or of an open one."""
        if debug.message == "calling tools":
            self._names = announced(debug)
        elif self._open and is_of_a_tool(debug):
            name = tool_of(debug)
            if (call := self._called(name)) is not None:
                self._learn(call, name, debug)

    def close(self) -> None:
        """The turn is over."""
        for call in self._open.values():
            call.item.replace(f"{_what(call.name)} · end not reported", self._reply.seq)
            call.item.settle()
        self._open.clear()

    def _called(self, name: str) -> _Call | None:
        """The open call that a line of diagnosis about this tool is of."""
        calls = list(self._open.values())
        named = calls if len(calls) == 1 else [call for call in calls if name == call.name != ""]
        return named[0] if len(named) == 1 else None

    def _learn(self, call: _Call, name: str, debug: Debug) -> None:
        if debug.level in ("error", "fatal"):
            call.failed = True
        elif debug.message in _DONE and debug.latency is not None:
            call.milliseconds = debug.latency
        if name and not call.name:
            call.name = name
            call.item.replace(f"{_what(name)} …", self._reply.seq)
            if name in self._names:
                self._names.remove(name)

    def _end(self, call: _Call, at: float | None) -> None:
        took = call.milliseconds
        if took is None and at is not None and call.since is not None and at >= call.since:
            took = at - call.since
        facts = [_what(call.name), "failed" if call.failed else "done"]
        if took is not None:
            facts.append(f"{took:.0f} ms" if took < 999.5 else f"{took / 1000:,.1f} s")
        call.item.level = "warning" if call.failed else "quiet"
        call.item.replace(" · ".join(facts), self._reply.seq)
        call.item.settle()


def _what(name: str) -> str:
    return f"tool call {name}".rstrip()


def announced(debug: Debug) -> list[str]:
    """The tools that a line of diagnosis says are about to be called; none are certain unless
    all are named."""
    told = (debug.metadata or {}).get("tools")
    tools = told if isinstance(told, list) else []
    names = [tool.get("name") if isinstance(tool, dict) else None for tool in tools]
    known = [" ".join(name.split()) for name in names if isinstance(name, str)]
    return known if len(known) == len(names) else []


def is_of_a_tool(debug: Debug) -> bool:
    """Whether a line of diagnosis is about a tool, named or not."""
    context = debug.context or ""
    return context == "Function" or context.endswith(" tool") or bool(tool_of(debug))


def tool_of(debug: Debug) -> str:
    """The tool that a line of diagnosis is about; empty if it names none."""
    told = [(debug.ref or {}).get(key) for key in _NAMES]
    return next((" ".join(name.split()) for name in told if isinstance(name, str) and name), "")
