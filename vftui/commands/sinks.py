"""Where the entries of a command's turns go besides its output: the recording, or nowhere."""

from __future__ import annotations

from contextlib import AsyncExitStack

from vftui.commands.speech import close_stdout, say
from vftui.connect import begin
from vftui.errors import VftuiError
from vftui.recording import Journal, Recording
from vftui.run import OnSinkFailure, Sink
from vftui.settings import Settings, recordings_path


def journals(stack: AsyncExitStack, settings: Settings, title: str) -> list[Journal]:
    """The session's log, closed with the stack; empty when the settings want none or it cannot
    be written: the turns go on all the same."""
    if not settings.record:
        return []
    try:
        recording = Recording.open(recordings_path())
        stack.callback(recording.close)
        return [begin(recording, settings, title)]
    except VftuiError as error:
        say(f"vftui: not recorded: {error.message}")
        return []


def failure_teller() -> OnSinkFailure:
    """Tells that a sink failed; of the recording once, however many turns there are."""
    told = False

    def tell(sink: Sink, error: Exception) -> None:
        nonlocal told
        if isinstance(error, BrokenPipeError):
            close_stdout()  # whoever read it has what they wanted; the turn goes on
        elif not isinstance(sink, Journal):
            raise error
        elif not told:
            told = True
            say(f"vftui: not recorded any further: {error}")

    return tell
