"""What one more fragment, a burst, a resize and a scroll cost in the conversation, as ratios.

Run it by hand: `python -m tests.benchmarks.conversation`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from statistics import median
from time import perf_counter, process_time

from textual.app import App, ComposeResult
from textual.widgets import Markdown

from tests.test_conversation import Pane, completion, long_session, sent
from vftui.session.fold import Session

PARAGRAPH = "Pier 3 has **four** bikes left, two of them with a *basket* and one `e-bike`. " * 4
KINDS = {
    "an answer": f"## Pier 3\n\n{PARAGRAPH[:80]}\n\n- two *city* bikes\n- one cargo bike\n\n",
    "paragraphs": f"{PARAGRAPH}\n\n",
    "one paragraph": PARAGRAPH,
    "one list": "- two city bikes with [baskets](https://example.com/baskets)\n",
    "one table": "| city bike | **£6** | 17 |\n",
    "one fence": "bikes = [bike for bike in dock if bike.charge > 0.5]\n",
}
HEADS = {"one table": "| bike | price | free |\n|---|---|---|\n", "one fence": "```python\n"}
FRAGMENTS = 60
FRAME = 0.025
"""Seconds in which Textual, at 60 frames a second, has painted."""


class Stock(App[None]):
    """A stock Markdown widget."""

    def compose(self) -> ComposeResult:
        yield Markdown()


async def fragments(grow: Callable[[str], Awaitable[None]]) -> float:
    """The processor seconds that one more fragment takes until it is painted."""
    times = []
    for number in range(FRAGMENTS):
        start = process_time()
        await grow("6 char" if number % 10 else "word, \n")
        await asyncio.sleep(FRAME)
        times.append(process_time() - start)
    return median(times)


async def ours(kind: str, size: int) -> float:
    """A fragment at the end of a message of `size` characters, following the tail."""
    app = Pane()
    async with app.run_test(size=(120, 40)) as pilot:
        session = Session()
        session.apply(sent("x"))
        for entry in completion(HEADS.get(kind, "Bikes")):
            session.apply(entry)
        item = session.items[-1]
        item.append(KINDS[kind] * (size // len(KINDS[kind])), 3)
        session.revision += 1
        app.pane.sync(session)
        await pilot.pause()

        async def grow(text: str) -> None:
            item.append(text, 3)
            session.revision += 1
            app.pane.sync(session)

        return await fragments(grow)


async def stock(kind: str, size: int) -> float:
    """The same with `Markdown.append`."""
    app = Stock()
    async with app.run_test(size=(120, 40)) as pilot:
        widget = app.query_one(Markdown)
        await widget.update(HEADS.get(kind, "") + KINDS[kind] * (size // len(KINDS[kind])))
        await pilot.pause()

        async def grow(text: str) -> None:
            await widget.append(text)

        return await fragments(grow)


async def long_sessions() -> None:
    """Opening, resizing and scrolling sessions of different lengths."""
    for turns in (500, 2500, 5000):
        app = Pane()
        async with app.run_test(size=(120, 40)) as pilot:
            session = long_session(turns)
            start = perf_counter()
            app.pane.sync(session)
            opened = perf_counter() - start
            await pilot.pause()
            app.pane.scroll_to(y=app.pane.line_count // 2)
            await pilot.pause()
            start = perf_counter()
            app.pane.lay_out(77)
            resized = perf_counter() - start
            times = []
            for _ in range(50):
                start = perf_counter()
                app.pane.scroll_to(y=app.pane.scroll_offset.y - 3)
                times.append(perf_counter() - start)
            print(
                f"{turns * 2:>6,} messages: open {opened * 1e3:.0f} ms, "
                f"resize {resized * 1e3:.0f} ms, scroll {median(times) * 1e3:.1f} ms"
            )


async def burst() -> None:
    """Many fragments with a paint every few: what the pane adds to the fold alone."""
    entries = [*completion(*(f"word {number} " for number in range(20_000)), end=True)]
    start = process_time()
    Session.of(entries)
    fold = process_time() - start
    app = Pane()
    async with app.run_test(size=(120, 40)):
        session = Session()
        start = process_time()
        for number, entry in enumerate(entries):
            session.apply(entry)
            if number % 200 == 0:
                app.pane.sync(session)
                await asyncio.sleep(FRAME)
        painted = process_time() - start
    print(f"a burst of 20,000 fragments in 100 frames: {painted / fold:.2f}x the fold alone")


async def main() -> None:
    """Print the table."""
    print("one more fragment until painted, ms")
    for kind in KINDS:
        small, large = await ours(kind, 2_000), await ours(kind, 50_000)
        line = f"{kind:>14}: {small * 1e3:5.2f} at 2 KB, {large * 1e3:5.2f} at 50 KB"
        line += f" = {large / small:.2f}x"
        if kind in ("an answer", "paragraphs"):
            theirs = await stock(kind, 50_000)
            line += f"; Markdown.append {theirs * 1e3:.0f} ms, so {large / theirs:.3f} of it"
        print(line, flush=True)
    await long_sessions()
    await burst()


if __name__ == "__main__":
    asyncio.run(main())
