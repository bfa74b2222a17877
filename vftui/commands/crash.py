"""What is left of an error that nobody foresaw: a report without secrets, for its owner alone."""

from __future__ import annotations

import os
import tempfile
import traceback
from pathlib import Path

from vftui.secrets import Secrets, mask


def report(error: BaseException) -> str:
    """Write the report, and say what happened and where it is.

    It has the traceback but no local variables: those hold the key.
    """
    key = os.environ.get("VF_API_KEY", "").strip()
    text = mask(Secrets(key).mask("".join(traceback.format_exception(error))))
    sentence = f"vftui: something unexpected happened ({type(error).__name__})."
    try:
        # Made with mode 0600, under a name that nobody can guess.
        handle, path = tempfile.mkstemp(prefix="vftui-crash-", suffix=".txt")
        os.close(handle)
        Path(path).write_text(text, "utf-8", errors="replace")
    except OSError:
        return f"{sentence}\n  No report could be written: {tempfile.gettempdir()} is not writable."
    return f"{sentence}\n  A report without keys is in {path}"
