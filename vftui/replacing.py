"""A small file of a person's, replaced in one step: whole, or not at all.

Two rules:

1. A new file and its folder are their owner's alone; so is a file that becomes `private`.
2. A link to a file elsewhere stays one.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkstemp

from vftui.errors import VftuiError


def replace(path: Path, text: str, kept: str, *, private: bool = False) -> bool:
    """Put the text in the file's place; `kept` is what is lost if that fails (`The profile`).

    True: others could read the file, and no longer can.
    """
    path = path.resolve()
    draft: Path | None = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
        handle, name = mkstemp(prefix=f".{path.stem}-", dir=path.parent)  # its owner's alone
        draft = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        if not private:
            draft.chmod(mode)
        draft.replace(path)
    except OSError as error:
        if draft is not None:
            draft.unlink(missing_ok=True)
        raise VftuiError(
            f"{path} cannot be written: {error.strerror}.", f"{kept} is not kept."
        ) from None
    return private and bool(mode & 0o077)
