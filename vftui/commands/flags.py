"""The flags that all commands with an agent share, and the settings they lead to."""

from __future__ import annotations

import functools
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from vftui.commands.speech import say

if TYPE_CHECKING:
    from vftui.settings import Settings

Flags = dict[str, Any]
"""Fields of the settings, and `profile`; None for what was not given."""

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = {
    "api": click.option(
        "--api", type=click.Choice(["v4", "v2", "v2beta1"]), help="Generation of the API."
    ),
    "project": click.option("--project", metavar="ID", help="Project id."),
    "environment": click.option("--environment", metavar="ALIAS", help="Alias or id."),
    "user": click.option("--user", metavar="ID", help="Who talks; default: new each time."),
    "base_url": click.option("--base-url", metavar="URL", help="Address of the runtime."),
    "profile": click.option("--profile", metavar="NAME", help="Profile of the settings file."),
    "timeout": click.option("--timeout", type=float, metavar="SECONDS", help="Longest silence."),
    "record": click.option(
        "--no-record", "record", is_flag=True, flag_value=False, default=None,
        help="Keep nothing on disk.",
    ),
    "insecure_http": click.option(
        "--insecure-http", is_flag=True, flag_value=True, default=None,
        help="Allow plain http to another machine.",
    ),
}  # fmt: skip


def agent_flags(*names: str) -> Callable[[_Command], _Command]:
    """Add shared flags (all, or those named) to a command, which gets them as `flags`.

    Flags that stand before the command's name count as well; those behind it are stronger.
    """
    options = {name: _OPTIONS[name] for name in names or _OPTIONS}

    def decorate(command: _Command) -> _Command:
        @functools.wraps(command)
        def with_flags(*arguments: Any, **named: Any) -> Any:
            given = {name: named.pop(name) for name in options}
            before: Flags = click.get_current_context().find_root().obj or {}
            flags = before | {name: value for name, value in given.items() if value is not None}
            return command(*arguments, flags=flags, **named)

        wrapped: Any = with_flags
        for option in reversed(options.values()):
            wrapped = option(wrapped)
        return cast(_Command, wrapped)

    return decorate


@asynccontextmanager
async def agent_settings(flags: Flags, *, demo: bool) -> AsyncIterator[Settings]:
    """The settings; with `demo`, those of a demo agent that is alive meanwhile.

    What a person should hear about their own settings is said; the demo agent has none of them.
    """
    if not demo:
        settings = _load(flags)
        for note in settings.notes:
            say(f"vftui: {note}")
        yield settings
        return
    from vftui.demo import KEY, PROJECT, demo_agent
    from vftui.settings import default_environment

    async with demo_agent() as url:
        way = {"base_url": url, "project": PROJECT, "api_key": KEY}
        settings = _load(flags | way)
        alias = flags.get("environment") or default_environment(settings.api)
        origins = settings.origins | dict.fromkeys(way, "the demo agent")
        yield settings.model_copy(update={"environment": alias, "origins": origins})


def _load(flags: Flags) -> Settings:
    """The settings from this process's surroundings."""
    # Here and not above: `vftui --help` and `vftui decode` need no settings.
    from vftui.settings import config_path, load

    return load(flags, os.environ, Path.cwd(), config_path())
