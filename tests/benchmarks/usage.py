"""What it takes to ask a recording of 100,000 entries for its tokens: first, again, and gone on.

Run it by hand: `python -m tests.benchmarks.usage`. Each is told beside the fold of the same
entries, which is what the first one has to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from tests.logs import trace
from tests.test_usage import charge
from vftui.recording import Recording
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Opened, Sent
from vftui.usage import Usage

ENTRIES = 100_000
PIECES = 40
"""Of an answer."""
START = 1_790_000_000.0


def turns() -> Iterator[Entry]:
    """Turns of a v4 agent, without end."""
    at = START
    while True:
        yield Sent(at, {"type": "text", "payload": "hire a bike"}, "v4")
        yield Opened(at + 0.1, 200)
        for _ in range(PIECES):
            at += 0.02
            yield trace("completion", at, state="content", content="some words ", messageID="m")
        yield trace("completion", at, state="end", messageID="m")
        yield charge(1700, at)
        yield Closed(at, "complete")
        at += 2


def seconds(work: Callable[[], Any]) -> float:
    """The processor seconds that it takes."""
    begun = process_time()
    work()
    return process_time() - begun


def main() -> None:
    log = turns()
    with TemporaryDirectory() as folder, Recording.open(Path(folder, "usage.db")) as recording:
        journal = recording.begin(title="long", api="v4", started=START)
        for _, entry in zip(range(ENTRIES), log, strict=False):
            journal.append(entry)
        ask = Usage(recording.path)
        fold = seconds(lambda: Session.of(journal.entries()))
        print(f"fold of {ENTRIES:,} entries       {fold:6.2f} s")
        for what in ("first", "again", "a turn later"):
            if what == "a turn later":
                for _, entry in zip(range(PIECES + 5), log, strict=False):
                    journal.append(entry)
            taken = seconds(lambda: ask.of(journal.id))
            print(f"asked {what:<25} {taken:6.2f} s   {taken / fold:5.1%} of the fold")


if __name__ == "__main__":
    main()
