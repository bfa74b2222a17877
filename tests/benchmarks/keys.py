"""What the keys of the trace debugger cost in the real app, on one recording.

    python -m tests.benchmarks.keys RECORDING...

The app runs without a terminal, but makes every byte that it would write to one. Three times are
told of each key: until the screen changed, until the result was whole, and the longest that the
event loop was held up meanwhile. `tests.benchmarks.debugger` runs this on recordings of different
lengths. Each recording has a process of its own, so that its memory is told alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
from asyncio.events import Handle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from textual import events
from textual.pilot import Pilot

import vftui.ui.app
from tests.doors import PaperDoors
from vftui.playback import saved_at
from vftui.ui.app import VftuiApp
from vftui.ui.chat import ChatScreen

SIZE = (120, 40)
PATIENCE = 20.0
"""Seconds until a result is given up."""

ANSWER = 0.25
"""Seconds in which a key that changes nothing might have changed something."""

WORKS = ("filtering…", "looking…", "reading…", "comparing…")
"""What a border says while something is under way."""

FRAMES = 60
"""Frames of scrolling that are measured."""

NAMED = {"/": "slash", " ": "space", ":": "colon", "_": "underscore"}


@dataclass
class Step:
    """Keys of which the last is measured; before it, others that have led there."""

    name: str
    key: str
    before: Sequence[str] = ()
    typed: str = ""
    """A text whose last character is measured in place of the key."""


def _typed(name: str, key: str, text: str, *, leave: str = "escape") -> list[Step]:
    """A line that is opened, typed, entered; and taken back by opening it again."""
    return [
        Step(name, key, typed=text),
        Step(f"{name}, enter", "enter"),
        Step(f"{name}, esc", leave, before=(key,)),
    ]


STEPS = [
    Step("down", "down", ("home",)),
    Step("pagedown", "pagedown"),
    Step("end", "end"),
    Step("home", "home"),
    *_typed("f type:debug", "f", "type:debug"),
    *_typed("f dock", "f", "dock"),
    *_typed("/ lookup", "slash", "lookup"),
    Step("/ lookup again", "enter", typed="", before=("slash", *"lookup")),
    Step("n", "n", ("home",)),
    Step("N", "N", ("end",)),
    Step("/ lookup, forgotten", "escape", before=("slash",)),
    Step("e", "e", ("home",)),
    Step("E", "E", ("end",)),
    Step("w", "w", ("home",)),
    Step("W", "W", ("end",)),
    Step("e, none is there", "e", ("f", *"type:text", "enter", "home")),
    Step("W, none is there", "W", ("end",)),
    Step("no filter", "escape", before=("f",)),
    Step("space", "space", ("home",)),
    Step("M", "M"),
    Step("M again", "M"),
    Step("r a remark, enter", "enter", before=("r", *"why")),
    Step("r away, enter", "enter", before=("r", *["backspace"] * 3)),
    Step("space again", "space"),
    Step("m", "m"),
    Step("down, merged", "down", ("end", "up", "up", "home")),
    Step("m again", "m"),
    Step("y", "y"),
    Step("y, esc", "escape"),
    Step("f7 time", "f7", ("end",)),
    Step("down in time", "down"),
    Step("[ turn before", "left_square_bracket"),
    Step("f6 problems", "f6"),
    Step("up in problems", "up"),
    Step("enter: evidence", "enter"),
    Step("f4", "f4"),
]


class App(VftuiApp):
    """The app, which draws as for a terminal, and tells when."""

    CSS_PATH = str(Path(vftui.ui.app.__file__).with_name("app.tcss"))
    drawn_at: list[float] = []
    is_headless = False  # so that the bytes are made

    def _display(self, screen: Any, renderable: Any) -> None:
        super()._display(screen, renderable)
        self.drawn_at.append(perf_counter())


class Loop:
    """How long the event loop was held up, and how much it worked."""

    def __init__(self) -> None:
        self.longest = self.worked = 0.0
        told, run = self, Handle._run

        def timed(self: Handle) -> None:
            begun = perf_counter()
            run(self)
            took = perf_counter() - begun
            told.longest = max(told.longest, took)
            told.worked += took

        Handle._run = timed  # type: ignore[method-assign]

    def begin(self) -> None:
        """Forget what was."""
        self.longest = self.worked = 0.0


class Bench:
    """The app on a recording."""

    def __init__(self, app: App, pilot: Pilot[Any], loop: Loop) -> None:
        self.app = app
        self.pilot = pilot
        self.loop = loop
        assert isinstance(app.screen, ChatScreen)
        self.chat: ChatScreen = app.screen

    @property
    def works(self) -> bool:
        """Whether a border says that something is under way."""
        side = self.chat.side
        panes = [side.trace_pane, *(one for one in (side.time, side.detail) if one.is_on_screen)]
        words = [str(word) for one in panes for word in (one.border_title, one.border_subtitle)]
        return any(word in words_of for word in WORKS for words_of in words)

    def quiet(self) -> bool:
        """Whether everything that was asked for is on the screen."""
        pane, rows = self.chat.side.trace_pane, self.chat.side.traces
        sifting = rows.sifting
        asked = {"filter": rows.wish.filter, "search": rows.wish.search}
        typed = pane.line.field.value.strip()
        return not (
            (asked.get(pane.typing or "", typed) != typed and not pane._faulty)
            or sifting.changing
            or sifting.behind
            or self.works
            or self.app.screen._dirty_widgets
            or self.app.screen._layout_required
        )

    async def key(self, key: str) -> None:
        """Press it."""
        char = {name: char for char, name in NAMED.items()}.get(key, key)
        event = events.Key(key, char if len(char) == 1 else None)
        event.set_sender(self.app)
        self.app._driver.send_message(event)  # type: ignore[union-attr]

    async def settle(self) -> None:
        """Wait until all is done."""
        rest = perf_counter() + PATIENCE
        while perf_counter() < rest:
            await asyncio.sleep(0.03)
            if self.quiet():
                break
        await self.pilot.pause()

    async def lead(self, keys: Sequence[str]) -> None:
        """Press keys as somebody who waits for each."""
        for key in keys:
            await self.key(NAMED.get(key, key))
            await self.settle()

    async def measure(self, step: Step) -> dict[str, float]:
        """Milliseconds until the screen answers, until it is whole, of the longest block."""
        await self.lead(step.before)
        key = step.key
        if step.typed:
            await self.lead((step.key, *step.typed[:-1]))
            key = NAMED.get(step.typed[-1], step.typed[-1])
        await asyncio.sleep(0.05)
        self.app.drawn_at.clear()
        self.loop.begin()
        begun = perf_counter()
        await self.key(key)
        works = False
        while perf_counter() - begun < PATIENCE:
            await asyncio.sleep(0.001)  # not 0, which would keep other threads from running
            works |= bool(self.app.drawn_at) and self.works
            late = perf_counter() - begun > ANSWER
            if (self.app.drawn_at or late) and self.quiet():
                break
        drawn = self.app.drawn_at
        whole = drawn[-1] if drawn else begun
        await asyncio.sleep(0.05)  # a block may come behind it
        return {
            "answer": ((drawn[0] if drawn else begun) - begun) * 1000,
            "whole": (whole - begun) * 1000,
            "block": self.loop.longest * 1000,
            "works": works,
        }

    async def scroll(self, key: str) -> dict[str, float]:
        """Milliseconds that the loop works for a frame of scrolling."""
        times, waits, longest = [], [], 0.0
        for _ in range(FRAMES):
            self.app.drawn_at.clear()
            self.loop.begin()
            begun = perf_counter()
            await self.key(key)
            for _ in range(int(ANSWER * 1000)):
                await asyncio.sleep(0.001)
                if self.app.drawn_at:
                    break
            if self.app.drawn_at:
                waits.append(self.app.drawn_at[0] - begun)
            await asyncio.sleep(0.02)
            times.append(self.loop.worked)
            longest = max(longest, self.loop.longest)
        return {
            "answer": median(waits) * 1000,
            "whole": median(times) * 1000,
            "block": longest * 1000,
            "works": False,
        }


def resident() -> float:
    """Megabytes of this process that are in memory."""
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def figures(path: Path) -> dict[str, Any]:
    """All the figures of one recording."""
    loop = Loop()
    found: dict[str, Any] = {"keys": {}}
    begun = perf_counter()
    app = App(saved_at(str(path)), PaperDoors())
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: isinstance(app.screen, ChatScreen) and app.screen.opening)
        bench = Bench(app, pilot, loop)
        chat = bench.chat
        assert isinstance(chat, ChatScreen)
        rows = chat.side.traces
        await until(lambda: rows.line_count > 0)
        app.drawn_at.clear()
        await until(lambda: app.drawn_at)
        found["first rows"] = (perf_counter() - begun) * 1000
        found["entries"] = rows.line_count
        found["memory at first"] = resident()
        chat.show_side("traces")
        loop.begin()
        await until(lambda: chat._playing.player and chat._playing.player.complete)
        found["read whole"] = (perf_counter() - begun) * 1000
        found["block while reading"] = loop.longest * 1000
        found["memory when read"] = resident()
        await bench.settle()
        for key in ("down", "pagedown", "up", "pageup"):
            await bench.lead(("home",) if "down" in key else ("end",))
            found["keys"][f"{key}, a frame"] = await bench.scroll(key)
        for step in STEPS:
            found["keys"][step.name] = await bench.measure(step)
        await _views(bench, found["keys"])
        found["memory at last"] = resident()
    return found


async def _views(bench: Bench, keys: dict[str, Any]) -> None:
    """The detail's views, and the conversation with the list that follows it."""
    chat = bench.chat
    assert isinstance(chat, ChatScreen)
    chat.show_side("traces")
    await bench.lead(("f", *"event:state", "enter", "end", "up"))
    chat.side.lower = "detail"
    chat.set_focus(chat.side.detail)
    await bench.settle()
    for name in ("v raw", "v timing", "v diff", "v JSON"):
        keys[name] = await bench.measure(Step(name, "v"))
    chat.set_focus(chat.side.traces)
    await bench.lead(("f", "escape"))
    chat.set_focus(chat.conversation)
    await bench.settle()
    for name in ("up", "up", "down"):
        keys[f"conversation {name}"] = await bench.measure(Step(name, name))
    keys["conversation enter"] = await bench.measure(Step("enter", "enter"))


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is true."""
    for _ in _patience(600):
        if condition():
            return
        await asyncio.sleep(0.002)
    raise TimeoutError


def _patience(seconds: float) -> Iterator[None]:
    end = perf_counter() + seconds
    while perf_counter() < end:
        yield


def measured(path: Path) -> dict[str, Any]:
    """The figures of one recording, from a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.keys", "--json", str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def table(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The figures side by side, with how they grow from the first recording to the last."""
    first, last = found[0], found[-1]
    for name in (name for name in first if name != "keys"):
        yield f"{name:24}" + "".join(f"{one[name]:>14,.0f}" for one in found)
    grown = (last["memory when read"] - last["memory at first"]) * 1e6 / last["entries"]
    yield f"{'bytes an entry':24}{grown:>{14 * len(found)},.0f}"
    yield f"{'ms until':24}" + f"{'answer':>9}{'whole':>9}{'block':>7}   " * len(found)
    for name, begun in first["keys"].items():
        cells = [
            f"{one['answer']:9.1f}{one['whole']:9.1f}{one['block']:7.1f}{'…' * one['works']:>2} "
            for one in (one["keys"][name] for one in found)
        ]
        ratio = last["keys"][name]["whole"] / begun["whole"] if begun["whole"] else 0.0
        yield f"{name:24}{''.join(cells)}{f'{ratio:8.1f} ×' if ratio else ''}"


def main() -> None:
    """Print the figures, as a table or as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("recordings", type=Path, nargs="+")
    arguments.add_argument("--json", action="store_true", help="of the first, in this process")
    told = arguments.parse_args()
    if told.json:
        print(json.dumps(asyncio.run(figures(told.recordings[0]))))
    else:
        print("\n".join(table([measured(path) for path in told.recordings])))


if __name__ == "__main__":
    main()
