"""What the traces of a turn tell of its steps, and the answer does not."""

from __future__ import annotations

from vftui.session.rules.rule import Detector, Event, Report, Rule, short
from vftui.session.tools import is_of_a_tool, tool_of
from vftui.session.turn import Turn
from vftui.wire.charges import number
from vftui.wire.payloads import Debug, KnowledgeBase

CUT = Rule(
    "cut-debug",
    "info",
    "The server cuts the text of a debug trace after 500 characters: what stood behind, such as "
    "the last token count or an error's reason, is gone.",
    "Look for the whole text in the agent's logs in Voiceflow, or log less in one line.",
)
TOOL = Rule(
    "tool-failed",
    "warning",
    "A tool, an API call or a function of the agent failed, and the agent answered as if nothing "
    "had happened: the answer may be made up.",
    "Repair the tool, and give the agent a path or an instruction for when it fails.",
)
NOTHING_FOUND = Rule(
    "nothing-found",
    "info",
    "The knowledge base found no passage for the question, so the answer comes from the model "
    "alone.",
    "Look at the question that was searched for, add a document that answers it, or lower the "
    "score that a passage needs.",
)
CREDITS = Rule(
    "out-of-credits",
    "error",
    "The workspace has used up its credits or tokens: models are not called any more, and the HTTP "
    "status is 200 all the same.",
    "Top the workspace up in Voiceflow, or use a cheaper model.",
)

_CUT_AT = range(498, 505)
"""Lengths of a text that was cut, in the units that the server counts in."""

_FAILED = ("API call failed", "API call error", "[ERROR]: Encountered an error in a Function step")
"""How the debug traces of 2024 begin that tell of a failed step."""

_MISSING = 404
"""The HTTP status of a tool that looked something up and did not find it, which is an answer."""


class Diagnosis(Detector):
    """Reads the lines of diagnosis."""

    rules = (CUT, TOOL, NOTHING_FOUND, CREDITS)
    hears = (Debug, KnowledgeBase)

    def __init__(self, turn: Turn, report: Report) -> None:
        super().__init__(turn, report)
        self._failed: dict[str, tuple[int, str]] = {}  # by the tool's name: where, and the words

    def hear(self, event: Event) -> None:
        """A line of diagnosis, or what the knowledge base found."""
        payload, seq = event.payload, event.seq
        if isinstance(payload, KnowledgeBase):
            faq = payload.faq_question or payload.faq_answer
            if payload.chunks is not None and not payload.chunks and not faq:
                text = "The knowledge base was asked and found nothing."
                self.report(NOTHING_FOUND, (seq,), text)
        elif isinstance(payload, Debug):
            message = payload.message
            if message.endswith("...") and _length(message) in _CUT_AT:
                self.report(CUT, (seq,), "A debug text was cut off by the server.")
            if "credit_limit_reached" in message or message.startswith("token quota exceeded"):
                self.report(CREDITS, (seq,), "The agent is out of credits.")
            self._hear_tool(seq, payload)

    def close(self) -> None:
        """A failure without an answer speaks for itself."""
        if not self._failed or self.turn.ending != "complete":
            return
        messages = [item for item in self.turn.items if item.kind == "message"]
        for seq, text in self._failed.values():
            after = next((one.first_seq for one in messages if one.last_seq > seq), None)
            if after is not None:
                self.report(TOOL, (seq, after), text)

    def _hear_tool(self, seq: int, debug: Debug) -> None:
        name = short(tool_of(debug))
        status = number((debug.metadata or {}).get("status")) or 0
        tool = is_of_a_tool(debug)
        failed = tool and (debug.level in ("error", "fatal") or _is_failure(status))
        if failed or debug.message.startswith(_FAILED):
            what = f"The tool {name}" if name else "A tool or API call"
            how = f" with HTTP {status:.0f}" if status else ""
            self._failed.setdefault(
                name, (seq, f"{what} failed{how}; an answer came all the same.")
            )
        elif tool and name and debug.message in ("succeeded", "successfully executed"):
            self._failed.pop(name, None)  # the second try went well


def _is_failure(status: float) -> bool:
    return status >= 400 and status != _MISSING


def _length(text: str) -> int:
    """Characters as the server counts them: those beyond the first plane are two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
