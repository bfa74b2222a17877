"""The `vftui` command: which commands there are, and how each of them ends.

Three rules:

1. A command is loaded when it is called, so that `vftui decode` never loads a network library and
   no command without a screen loads Textual.
2. Every way to end is decided in one place, `Commands.main`: an error is one sentence and a hint
   on stderr and a code from `vftui.errors.ExitCode`.
3. What nobody foresaw ends in a report without secrets, never in a traceback on the terminal.
"""

from __future__ import annotations

import importlib
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

import click

from vftui import __version__
from vftui.commands.flags import Flags, agent_flags
from vftui.commands.speech import close_stdout, say
from vftui.errors import ExitCode, VftuiError
from vftui.secrets import mask

HEADLESS = {
    "send": "vftui.commands.send",
    "decode": "vftui.commands.decode",
    "sessions": "vftui.commands.sessions",
    "show": "vftui.commands.show",
    "tokens": "vftui.commands.tokens",
    "export": "vftui.commands.export",
    "rerun": "vftui.commands.rerun",
    "doctor": "vftui.commands.doctor",
    "agent": "vftui.commands.agent",
}
"""Each command without a screen, and the module that holds a click command of the same name."""


class Commands(click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a person meets them."""
        return [*super().list_commands(ctx), *HEADLESS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, loaded now."""
        if cmd_name not in HEADLESS:
            return super().get_command(ctx, cmd_name)
        command = getattr(importlib.import_module(HEADLESS[cmd_name]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> None:
        """Run the command; a reader of stdout that leaves has what it wanted."""
        try:
            super().invoke(ctx)
        except BrokenPipeError:  # here, because click would end with 1
            close_stdout()

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run the command line and end the process."""
        _open_what_is_closed()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):  # a terminal without the character shows a ?
                stream.reconfigure(errors="replace")
        extra |= {"prog_name": self.name, "standalone_mode": False}
        try:
            code = super().main(*args, **extra)
        except Exception as error:  # noqa: BLE001  # whatever it is, it ends with a sentence
            code = _end(error)
        sys.exit(code or ExitCode.OK)


def _open_what_is_closed() -> None:
    """What the caller has closed leads nowhere; Python has no stream for it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115  stays open
            setattr(sys, name, stream)


def _end(error: Exception) -> int:
    """Tell a person what ended the command; the exit code."""
    if isinstance(error, click.Abort):
        return ExitCode.INTERRUPTED
    if isinstance(error, click.ClickException):
        sys.stdout.flush()
        error.show()
        return ExitCode.CONFIGURATION
    if isinstance(error, VftuiError):
        from vftui.render.text import printable

        text = f"vftui: {error.message}" + (f"\n  {error.hint}" if error.hint else "")
        say(mask(printable(text)))
        return error.exit_code
    from vftui.commands.crash import report

    say(report(error))
    return ExitCode.UNEXPECTED


@click.group(
    name="vftui",
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@agent_flags()
@click.pass_context
def main(context: click.Context, flags: Flags) -> None:
    """Talk to a Voiceflow agent, see every trace as it arrives, watch the tokens.

    Without a command it opens the chat; without VF_API_KEY and VF_PROJECT_ID, a welcome screen.
    The key comes from the environment, ./.env, the settings file or the keychain: it has no flag.

    \b
    Examples:
      vftui demo
      VF_API_KEY=... VF_PROJECT_ID=... vftui
      vftui send --demo "hire a bike"
    """
    context.obj = flags
    if context.invoked_subcommand is None:
        from vftui.launch import chat

        chat(flags)


@main.command()
@agent_flags("api", "record")
def demo(flags: Flags) -> None:
    """Open the chat with the embedded demo agent.

    It needs no account and no network; what it says is made up.

    \b
    Example:
      vftui demo --api v2
    """
    from vftui.launch import demo as open_demo

    open_demo(flags.get("api", "v4"), flags.get("record", True))


@main.command("open")
@click.argument("path", metavar="ID|PATH|last")
def open_path(path: str) -> None:
    """Look at a recorded session or a saved event stream.

    A number is a session's ID (see `vftui sessions`), `last` the newest one; anything else is the
    PATH of a file: of a saved event stream, jsonl, HAR, Voiceflow's transcript, or of recordings
    (its newest session). With - it is a stream that is piped in, shown while it arrives.

    \b
    Examples:
      vftui open last
      vftui open turn.sse
      curl -sSN ... | vftui open -
    """
    from vftui.launch import open_path as open_saved

    open_saved(path)
