"""The message in a person's own editor.

Whatever goes wrong is a `VftuiError`; the text that was handed in is the caller's to keep.
"""

from __future__ import annotations

from textual.app import App

from vftui.errors import VftuiError
from vftui.render.text import printable
from vftui.secrets import mask
from vftui.ui.external import editor_command, lend, private_file

NAME = "message.md"


async def edited(app: App[object], text: str) -> str:
    """What a person made of the text in their editor. Raises `VftuiError`."""
    command = editor_command()
    with private_file(NAME, text) as path:
        status = await lend(app, [*command, str(path)], "editor")
        if status:
            name = printable(mask(command[0]), keep_lines=False)
            raise VftuiError(
                f"The editor {name} ended with status {status}, so the text is as it was.",
                "To take over what you write, save it and leave the editor as usual.",
            )
        try:
            return path.read_text("utf-8").removesuffix("\n")
        except UnicodeDecodeError:
            raise VftuiError(
                "What the editor saved is not UTF-8 text.", "Save it as UTF-8."
            ) from None
