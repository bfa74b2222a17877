"""A conversation written down beforehand: one line an action, in the words of the prompt.

Three rules:

1. Blanks around a line, blank lines, and lines that begin with `#` are for the reader. `/vars`
   belongs to the next action.
2. The whole script is read before its first line is sent: a mistake names its line and column.
3. A line that is a button's label presses the button, as in the web chat; `/press` insists on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vftui.errors import CheckFailed, ConfigurationError
from vftui.session.items import Choice
from vftui.wire.actions import Action
from vftui.wire.compose import choice_labelled, compose, is_command, pressed
from vftui.wire.dialects import Variables
from vftui.wire.line import Mistake


@dataclass(frozen=True)
class Said:
    """One thing to do: an action, or a button to press."""

    action: Action | None
    variables: Variables = field(default_factory=dict)
    """What is set with it."""
    source: str = ""
    """The line of the script; empty outside of one."""
    number: int = 0
    """Which line it is, from 1."""
    press: str = ""
    """The number or label of the button to press, when there is no action."""

    def action_for(self, choices: Sequence[Choice]) -> Action:
        """The action, or the request of the button that is meant. `CheckFailed` without one."""
        if self.action is None:
            try:
                return pressed(choices, self.press).request
            except ConfigurationError as error:
                message = f"Line {self.number}: {error.message}"
                raise CheckFailed(message, error.hint) from None
        typed = bool(self.source) and not is_command(self.source)
        labelled = choice_labelled(choices, self.source) if typed else None
        return labelled.request if labelled else self.action


def read_script(text: str) -> list[Said]:
    """The script's actions, in order. Raises `ConfigurationError` with line and column."""
    actions: list[Said] = []
    variables: Variables = {}
    number = 0
    for number, source in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        line = source.strip(" \t\r")
        if not line or line.startswith("#"):
            continue
        try:
            composed = compose(line)
        except Mistake as mistake:
            column = mistake.column + source.index(line)
            raise ConfigurationError(
                f"Line {number}, column {column}: {mistake.what}", mistake.hint
            ) from None
        if composed.variables is not None:
            variables |= composed.variables
            continue
        actions.append(Said(composed.action, variables, line, number, composed.press or ""))
        variables = {}
    if variables:
        raise ConfigurationError(
            f"Line {number}: no action follows the last /vars.", "Write one below it."
        )
    if not actions:
        raise ConfigurationError("The script has no action.", "One line is one action: /launch")
    return actions
