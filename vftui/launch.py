"""Opens the app, and ends the process as the app ended."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from vftui.doors import Doors
from vftui.errors import ConfigurationError, ExitCode
from vftui.playback import piped, saved_at, take_stdin

if TYPE_CHECKING:
    from vftui.opening import Opener
    from vftui.wire.dialects import Api


def chat(flags: dict[str, Any]) -> None:
    """Talk to the agent of the settings; without one, the welcome screen."""
    doors = Doors(flags)
    _run(doors.own(), doors, flags.get("profile"))


def demo(api: Api, record: bool) -> None:
    """Talk to the embedded demo agent."""
    doors = Doors({"record": None if record else False})
    _run(doors.demo(api), doors)


def open_path(path: str) -> None:
    """Look at a recorded session or a saved event stream; `-` is one that is piped in."""
    _run(partial(piped, take_stdin()) if path == "-" else saved_at(path))


def _run(opener: Opener, doors: Doors | None = None, profile: str | None = None) -> None:
    # Textual would log there whatever is typed, an API key in a form included.
    os.environ.pop("TEXTUAL_LOG", None)
    from vftui.ui.app import VftuiApp

    if not (
        sys.__stdin__ and sys.__stdin__.isatty() and sys.__stderr__ and sys.__stderr__.isatty()
    ):
        raise ConfigurationError(
            "There is no terminal to show it on.", "Without one, try: vftui send, or vftui show."
        )
    app = VftuiApp(opener, doors or Doors())
    theme = _theme(profile)
    if theme is not None and theme in app.available_themes:
        app.theme = theme
    failure = app.run()
    if app.crash is not None:
        raise app.crash
    if failure is not None:
        raise failure
    if app.farewell:
        sys.stderr.write(f"{app.farewell}\n")
    sys.exit(app.return_code or ExitCode.OK)


def _theme(profile: str | None) -> str | None:
    """The theme that the settings file asks for. It is read before the first frame, so without all
    that reads settings; what is wrong with the file is said elsewhere."""
    import tomllib

    from platformdirs import user_config_path

    try:
        content = tomllib.loads((user_config_path("vftui") / "config.toml").read_text("utf-8-sig"))
        own = content.get("profile", {}).get(profile or "", {})
        theme = own.get("theme", content.get("theme"))
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    return theme if isinstance(theme, str) else None
