"""The real program in a real pseudo-terminal, and a terminal in memory that shows what it drew."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyte

PATIENCE = 20.0
"""Seconds until a test gives up waiting."""

KEYS = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "up": "\x1b[A", "down": "\x1b[B", "end": "\x1b[F",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f4": "\x1bOS", "ctrl+q": "\x11", "ctrl+n": "\x0e",
    "ctrl+d": "\x04", "ctrl+c": "\x03",
}  # fmt: skip


class _Screen(pyte.Screen):
    """pyte knows no private parameters of some sequences that Textual asks the terminal with."""

    def report_device_attributes(self, *args: object, **more: object) -> None:
        """No answer."""

    def report_device_status(self, *args: object, **more: object) -> None:
        """No answer."""


class Program:
    """vftui, running in a terminal."""

    def __init__(
        self, process: subprocess.Popen[bytes], terminal: int, size: tuple[int, int]
    ) -> None:
        self.process = process
        self._terminal = terminal
        self._screen = _Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        """Every byte that the program wrote to the terminal."""

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def until(self, condition: Callable[[str], object], what: str = "") -> str:
        """Read until what is shown is as wanted; fail when it never is."""
        deadline = time.monotonic() + PATIENCE
        while not condition(self.text):
            left = deadline - time.monotonic()
            assert left > 0, f"never: {what}\n{self.text}"
            if not self._read(min(left, 0.5)) and self.process.poll() is not None:
                assert condition(self.text), f"it left before: {what}\n{self.text}"
        return self.text

    def shows(self, *words: str) -> str:
        """Read until all the words are shown."""
        return self.until(lambda text: all(word in text for word in words), f"shows {words}")

    def press(self, *keys: str) -> None:
        """Press keys: names in `KEYS`, `alt+1`, or text."""
        for key in keys:
            if key.startswith("alt+"):
                self.send("\x1b" + key[4:])
            else:
                self.send(KEYS.get(key, key))

    def say(self, words: str) -> None:
        """Type a message, and send it when the prompt shows it."""
        self.send(words)
        self.shows(words[-20:])
        self.press("enter")

    def send(self, text: str) -> None:
        """Bytes for the program, as a terminal sends them."""
        os.write(self._terminal, text.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the window."""
        self._screen.resize(lines, columns)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def modes(self) -> list[object]:
        """The terminal's settings."""
        return termios.tcgetattr(self._terminal)[:4]

    def ends(self) -> int:
        """Read until it leaves; its exit status."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None or self._read(0):
            assert time.monotonic() < deadline, f"it never leaves\n{self.text}"
            self._read(0.05)
        return self.process.returncode

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.process.kill()
        self.process.wait()

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError as error:  # what Linux says when the other side is closed
            if error.errno != errno.EIO:
                raise
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)


@contextmanager
def program(
    *arguments: str,
    size: tuple[int, int] = (120, 40),
    stdin: int | None = None,
    cwd: Path | None = None,
    command: Sequence[str] = ("-m", "vftui"),
    **environment: str,
) -> Iterator[Program]:
    """Run vftui in a terminal of its own; with `stdin`, that is piped in."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    surroundings = os.environ | {
        "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(__file__).parent.parent),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, *command, *arguments],
        stdin=theirs if stdin is None else stdin, stdout=theirs, stderr=theirs,
        cwd=cwd or os.environ["HOME"], env=surroundings | environment,
        start_new_session=True, preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    running = Program(process, ours, size)
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(ours)
        os.close(theirs)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of vftui that needs no terminal."""
    places = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    return subprocess.run(
        [sys.executable, "-m", "vftui", *arguments],
        capture_output=True, text=True, timeout=PATIENCE, cwd=os.environ["HOME"],
        env=os.environ | places | environment, stdin=subprocess.DEVNULL,
    )  # fmt: skip
