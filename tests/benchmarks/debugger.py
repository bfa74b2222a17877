"""What the trace debugger's questions cost on long recordings.

    python -m tests.benchmarks.debugger [--million] [--keep FOLDER]

Makes a recording of 100,000 entries with the demo agent over real HTTP; the one of a million
consists of copies of its turns. Prints the figures, and how they grow from the one to the other;
then those of the keys in the app (`tests.benchmarks.keys`), also on a recording of 1,000 entries.
With `--keep` the recordings stay in that folder, and are taken from there the next time.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.benchmarks.keys import measured, table
from vftui.client import HttpAgent
from vftui.demo import KEY, PROJECT, demo_agent
from vftui.demo.script import GROUPS
from vftui.query import parse
from vftui.recording import Journal, Recording
from vftui.records import record
from vftui.run import run_turn
from vftui.session.log import Entry, Received
from vftui.wire.actions import launch, text
from vftui.wire.dialects import Target

QUERIES = (
    "type:debug",
    "level>=warn",
    "gap>500ms",
    "size>1kb",
    "turn:3",
    "is:problem",
    'text:"order"',
    "pier",
    "/dock.?lookup/",
    "type:debug dock_lookup OR gap>1s",
)
ROUNDS = 5


async def make(path: Path, entries: int) -> None:
    """Record the demo agent: each of its scenes once, then floods, until there are so many."""
    words = [scene.word for _, scenes in GROUPS for scene in scenes]
    with Recording.open(path) as recording:
        journal = recording.begin(title="Harbour Bikes", api="v4", started=0.0)
        async with demo_agent(pace=0) as url:
            target = Target(url, PROJECT, "main", "benchmark", "benchmark")
            agent = HttpAgent(target, "v4", KEY)
            for number in count():
                left = entries - len(journal)
                if left <= 0:
                    break
                word = words[number % len(words)] if number % 2 else f"bench {min(left, 2000)}"
                action = text(word) if number else launch()
                await run_turn(agent.interact(action), [journal], on_sink_failure=_raise)
            await agent.aclose()


def multiply(path: Path, source: Path, entries: int) -> None:
    """Copy the turns of a recording until there are so many entries."""
    with Recording.open(source) as recording, Recording.open(path) as copies:
        turns = list(recording.journal(1).entries())
        journal = copies.begin(title="Harbour Bikes", api="v4", started=0.0)
        with closing(sqlite3.connect(path)) as connection:
            _fill(connection, journal, turns, entries)


def _fill(connection: sqlite3.Connection, journal: Journal, turns: list[Entry], most: int) -> None:
    for entry in turns:
        journal.append(entry)
    length, turn = len(turns), journal.page(len(turns), 1)[0].turn
    for copy in range(1, -(-most // length)):
        shift = {"seq": copy * length, "turn": copy * turn, "at": copy * 1000.0}
        connection.execute(
            "INSERT INTO entries SELECT session, seq + :seq, kind, type, at + :at, turn + :seq,"
            " size, raw, last_id, extra FROM entries WHERE seq <= :length",
            shift | {"length": length},
        )
        connection.execute(
            "INSERT INTO facts SELECT session, seq + :seq, turn + :turn, kind, type, event, level,"
            " flags, span + :seq, size, since, gap, tool, model FROM facts WHERE seq <= :length",
            shift | {"length": length},
        )
        connection.execute("UPDATE sessions SET size = (SELECT sum(size) FROM facts)")
        connection.commit()


def measure(path: Path) -> dict[str, float]:
    """Milliseconds of each question, best of some rounds but for those that work once."""
    figures: dict[str, float] = {}
    with Recording.open(path) as recording:
        begun = perf_counter()
        journal = recording.journal(1)
        journal.page(len(journal) - 60, 64)
        figures["open, first rows"] = (perf_counter() - begun) * 1000
        figures["a page, p50"] = median(_pages(journal))
        for typed in QUERIES:
            query = parse(typed)
            figures[typed] = best(lambda query=query: journal.matching(query))  # type: ignore[misc]
        everything, debug = parse(""), parse("type:debug")
        figures["all, merged"] = best(lambda: journal.matching(everything, merged=True))
        figures["type:debug, merged"] = best(lambda: journal.matching(debug, merged=True))
        middle = len(journal) // 2
        never = parse("level:fatal")
        figures["next debug"] = best(lambda: journal.nearest(debug, middle, 1))
        figures["next of none"] = best(lambda: journal.nearest(never, 0, 1))
        (span,) = [row.span for row in journal.page(_longest(journal), 1)]
        figures["a span, first time"] = best(lambda: recording.journal(1).span(span or 0))
        figures["a span, again"] = best(lambda: journal.span(span or 0))
        figures["a turn's ends"] = best(lambda: journal.turn_span(40))
        figures["list of sessions"] = best(recording.sessions)
        figures["search sessions"] = best(lambda: recording.search("dock_lookup"))
    return figures


def _longest(journal: Journal) -> int:
    """An entry in the longest span of the first ones."""
    spans = Counter(row.span for row in journal.page(1, 5000) if row.span)
    return spans.most_common(1)[0][0]


def writing(entries: list[Entry]) -> dict[str, float]:
    """Milliseconds for a thousand entries: to decode them, to append them, to make their facts."""
    thousands = len(entries) / 1000
    fresh = [Received(one.at, one.frame) for one in entries if isinstance(one, Received)]
    begun = perf_counter()
    for one in fresh:
        one.decoded  # noqa: B018  it is worked out when it is asked for
    figures = {"decode 1,000": (perf_counter() - begun) * 1000 / thousands}
    with Recording.temporary() as recording:
        journal = recording.begin(title="", api="v4", started=0.0)

        async def append() -> None:
            for entry in entries:
                journal.append(entry)
            journal.commit()

        begun = perf_counter()
        asyncio.run(append())
        figures["append 1,000, decoded before"] = (perf_counter() - begun) * 1000 / thousands
        with closing(sqlite3.connect(recording.path)) as connection:
            connection.execute("DELETE FROM facts")
            connection.commit()
        again = recording.journal(journal.id)
        begun = perf_counter()
        again.matching(parse("type:debug"))
        figures["facts of 1,000 made again"] = (perf_counter() - begun) * 1000 / thousands
    return figures


def _pages(journal: Journal) -> Iterator[float]:
    for start in range(1, len(journal), max(1, len(journal) // 200)):
        yield best(lambda start=start: journal.page(start, 64), 1)  # type: ignore[misc]


def best(question: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Milliseconds of the fastest round."""
    times = []
    for _ in range(rounds):
        begun = perf_counter()
        question()
        times.append(perf_counter() - begun)
    return min(times) * 1000


def _raise(_sink: object, error: Exception) -> None:
    raise error


def main() -> None:
    """Make the recordings that are missing, and print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--million", action="store_true")
    arguments.add_argument("--keep", type=Path)
    told = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = told.keep or Path(folder)
        short, small, large = (kept / f"{length}.db" for length in (1_000, 100_000, 1_000_000))
        for path, length in ((short, 1_000), (small, 100_000)):
            if not path.exists():
                asyncio.run(make(path, length))
        if told.million and not large.exists():
            multiply(large, small, 1_000_000)
        with Recording.open(small) as recording:
            entries = [row.entry for row in recording.journal(1).page(1, 20_000)]
        for entry in entries:
            record(entry)  # as the session has decoded it when it is appended
        for name, value in writing(entries).items():
            print(f"{name:36} {value:9.2f} ms")
        first = measure(small)
        second = measure(large) if told.million else {}
        keys = [
            measured(path) for path in ((short, small, large) if told.million else (short, small))
        ]
    print(f"{'':36} {'100,000':>12} {'1,000,000' if second else '':>12}")
    for name, value in first.items():
        then = f"{second[name]:9.2f} ms {second[name] / value:6.1f} ×" if second else ""
        print(f"{name:36} {value:9.2f} ms {then}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory':36} {peak:9.0f} MB")
    print("\n".join(("", *table(keys))))


if __name__ == "__main__":
    main()
