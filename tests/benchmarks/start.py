"""Process start to first frame, against an empty Textual app in the same run.

    python -m tests.benchmarks.start [--runs 9]

Prints the medians and their ratio. Run it on an installed package: where bytecode is not written,
a checkout compiles itself at every start.
"""

from __future__ import annotations

import argparse
import os
import pty
import select
import statistics
import sys
import tempfile
import time

EMPTY = "from textual.app import App; App().run()"
PROGRAMS = {
    "empty Textual app": [sys.executable, "-c", EMPTY],
    "vftui demo": [sys.executable, "-m", "vftui", "demo"],
}
FIRST_PAINT = b"\x1b[?2026h"  # Textual begins each frame as a synchronised update
SYNC_QUERY = b"\x1b[?2026$p"
SYNC_YES = b"\x1b[?2026;2$y"


def first_frame(command: list[str]) -> float:
    """Seconds from the start of a process to its first frame, in a terminal of 120 × 40."""
    home = tempfile.mkdtemp()
    begun = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"COLUMNS": "120", "LINES": "40", "TERM": "xterm-256color"}
        os.environ |= {"XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}
        os.execv(command[0], command)
    seen = b""
    try:
        while True:
            ready, _, _ = select.select([terminal], [], [], 20)
            if not ready:
                raise TimeoutError(f"{command} painted nothing")
            seen += os.read(terminal, 65536)
            if SYNC_QUERY in seen:
                seen = seen.replace(SYNC_QUERY, b"")
                os.write(terminal, SYNC_YES)
            if FIRST_PAINT in seen:
                return time.perf_counter() - begun
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(terminal)


def main() -> None:
    """Measure in turn, so that a busy moment hits all of them."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=int, default=9)
    runs = arguments.parse_args().runs
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(runs):
        for name, command in PROGRAMS.items():
            times[name].append(first_frame(command))
    medians = {name: statistics.median(values) for name, values in times.items()}
    base = medians["empty Textual app"]
    for name, median in medians.items():
        print(f"{name:<20} {median * 1000:6.0f} ms   {median / base:4.2f} ×")


if __name__ == "__main__":
    main()
