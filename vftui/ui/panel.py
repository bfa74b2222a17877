"""The panels of the side column: lists of lines in a frame that says what is in it."""

from __future__ import annotations

from vftui.ui.lines import LineView


class SidePanel(LineView):
    """What stands below the trace list, or in its place; subclasses say what it shows."""

    DEFAULT_CSS = """
    SidePanel {
        border: round $border-blurred;
        border-title-color: $told;
        border-subtitle-color: $quiet;
        &:focus { border: round $border; }
    }
    """
