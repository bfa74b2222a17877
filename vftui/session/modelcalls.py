"""The model calls of a turn, each as one step, from whatever tells of them.

Three rules:

1. A call is what stands between a sign of its beginning (an agent's or a prompt's execution, a
   first chunk, a thought, a completion) and its end (a completion's end, words, a report, a tool).
2. When it began is told best by the latency of its first chunk, then by that of its result. The
   start of an execution is the next best, and then the trace before its first sign.
3. Each call is reported at most once as a charge and once as a result. A second one of a kind is
   of a call that nothing else told of.
"""

from __future__ import annotations

from vftui.session.spent import Moment, Spending, Spent, seconds
from vftui.wire.charges import charge_of, shadow_of
from vftui.wire.payloads import Completion, Debug
from vftui.wire.traces import Path

UNNAMED = "model call"


class ModelCalls:
    """What the models did in a turn."""

    def __init__(self, spending: Spending) -> None:
        self._spending = spending
        self._began: Moment | None = None  # an execution that has shown no sign of a model yet
        self._call: Spent | None = None  # the one that runs
        self._signed = 0.0  # when it first showed that it works
        self._streams = False  # whether its completion runs
        self._chunked = False  # whether its first chunk was told of
        self._ended: Spent | None = None  # the one that reports are awaited of
        self._reported: set[str] = set()

    def diagnose(self, debug: Debug, paths: list[Path], now: Moment) -> bool:
        """Take a line of diagnosis, if it is about a model."""
        if (charge := charge_of(debug)) is not None:
            self._report("charge", charge.model, None, now)
        elif (shadow := shadow_of(debug, paths)) is not None or debug.message == "ai result":
            model = shadow.model if shadow is not None else None
            self._report("result", model, seconds(debug.latency), now)
        elif debug.message == "first chunk received":
            self._first_chunk(seconds(debug.latency), now)
        elif debug.message == "starting execution" and debug.context in ("Agent", "Prompt"):
            self._began = now
        elif debug.message == "calling tools":
            if self._began is not None and self._call is None:
                self._sign(now)
            self._finish(now)
        else:
            return False
        return True

    def complete(self, piece: Completion, now: Moment) -> None:
        """Take a piece of a completion."""
        if piece.state in ("start", "content"):
            self._sign(now)
            self._streams = True
        elif piece.state == "end" and self._call is not None:
            self._finish(now)

    def think(self, now: Moment) -> None:
        """Take a piece of reasoning."""
        self._sign(now)

    def speak(self, now: Moment) -> None:
        """Words came whole: a model that was writing them is done."""
        if not self._streams:
            self._finish(now)

    def give_way(self, now: Moment) -> None:
        """Another step is told of: a model that has shown no sign began after it at the earliest,
        and one that has is done."""
        if self._began is not None:
            self._began = now
        self._finish(None)
        self._ended = None

    def _sign(self, now: Moment) -> None:
        """The model works."""
        if self._call is None:
            self._begin(now)
        else:
            self._call.see(now, part=True)

    def _begin(self, now: Moment, took: float | None = None) -> Spent:
        """A call that is told of from now on."""
        self._finish(None)
        began = self._began
        start = now.before if began is None else began.at
        call = self._spending.begin("model", UNNAMED, start, now, exact=False)
        if took is not None:
            call.took(took)
        if began is not None:
            call.seqs.insert(0, began.seq)
        self._call, self._began, self._reported = call, None, set()
        self._signed = now.at
        self._chunked = took is not None
        return call

    def _first_chunk(self, took: float | None, now: Moment) -> None:
        call = self._call
        if call is None or self._streams or self._chunked:
            self._begin(now, took)
        else:  # it has thought before it speaks
            call.see(now)
            if took is not None and not call.exact:
                call.start, call.exact = min(now.at - took, self._signed), True
        self._chunked = True

    def _report(self, kind: str, model: str | None, took: float | None, now: Moment) -> None:
        """A call is reported: the one that runs, or the latest one that was not."""
        call = self._call or self._ended
        if call is None or kind in self._reported:
            call = self._begin(now)
        self._reported.add(kind)
        if call is self._call and not self._streams:
            self._finish(now)
        else:
            call.name(now.seq)
        if model and call.label == UNNAMED:
            call.label = " ".join(model.split())
        if took is not None and not call.exact:
            call.took(took)

    def _finish(self, now: Moment | None) -> None:
        """The call that runs is over, now or since its latest sign."""
        if self._call is None:
            return
        if now is not None:
            self._call.see(now)
        self._ended, self._call = self._call, None
        self._streams = False
