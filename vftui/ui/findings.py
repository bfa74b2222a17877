"""What a check found: a line for each finding, and how it stands."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from vftui.opening import Finding
from vftui.ui.field import harmless

GLYPHS = {
    "ok": ("ok", "$success"),
    "failed": ("×", "$error"),
    "skipped": ("-", "$quiet"),
    "note": ("·", "$told"),
}
"""A finding's state to its mark and its colour."""


class Findings(Vertical):
    """What a check found, a line each, and how it stands."""

    DEFAULT_CSS = """
    Findings {
        height: auto;
        margin: 1 0 0 0;
        display: none;
        & Horizontal { height: auto; }
        & .what { width: 15; color: $told; }
        & .found { width: 1fr; color: $said; }
        & #state { color: $quiet; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Finding] = []

    def compose(self) -> ComposeResult:
        """The findings come above how it stands."""
        yield Static("", id="state", markup=False)

    @property
    def failed(self) -> int:
        """How many of them speak against it."""
        return sum(finding.state == "failed" for finding in self.found)

    def begin(self) -> None:
        """Forget what another check found."""
        self.found = []
        self.query(Horizontal).remove()
        self.tell("Checking… esc stops it.")

    def add(self, finding: Finding, key: str) -> None:
        """Show one more; the key is not in it."""
        self.found.append(finding)
        glyph, colour = GLYPHS[finding.state]
        what = Content.styled(f"{glyph:<2} {harmless(finding.what, key)}", colour)
        found = Content(harmless(finding.text, key))
        if finding.fix:
            found += Content.styled(f"\n{harmless(finding.fix, key)}", "$told")
        line = Horizontal(Static(what, classes="what"), Static(found, classes="found"))
        self.mount(line, before="#state")
        self._show_state()

    def tell(self, how: str) -> None:
        """Say how it stands; nothing: it is of no interest."""
        self.display = bool(how)
        self.query_one("#state", Static).update(how)
        self._show_state()

    def _show_state(self) -> None:
        """Bring the newest into view, where the form is higher than the screen."""
        self.call_after_refresh(self.query_one("#state").scroll_visible, animate=False)
