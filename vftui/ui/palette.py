"""The command palette: every binding with an id is a command.

It offers what any pane can do, not only the one that has the keys. Left out is what makes sense
only where the cursor is: typing, and moving in a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from textual.actions import parse
from textual.binding import Binding, BindingType
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode
from textual.types import IgnoreReturnCallbackType

ONLY_IN_PLACE = ("prompt.", "lines.", "form.")
"""Ids of bindings that begin like this are no commands."""

TEXTUALS_OWN = ("Theme", "Screenshot")
"""Textual's commands that have no binding here."""


class Command(NamedTuple):
    """Something that can be done: a sentence, and the word and key that do it."""

    name: str
    help: str
    run: IgnoreReturnCallbackType


class BindingCommands(Provider):
    """Offers what the keys do, with the first of its keys."""

    def _commands(self) -> Iterator[Command]:
        for node in (self.screen, *self.screen.query("*"), self.app):
            for binding in _own_bindings(type(node)):
                if isinstance(binding, Binding) and self._offers(node, binding):
                    first = next(iter(binding.make_bindings([binding])))
                    run = partial(self.app.run_action, binding.action, node)
                    key = self.app.get_key_display(first)
                    yield Command(binding.tooltip, f"{binding.description} · {key}", run)
        for name, tooltip, callback, _ in self.app.get_system_commands(self.screen):
            if name in TEXTUALS_OWN:
                yield Command(name, tooltip, callback)

    @staticmethod
    def _offers(node: DOMNode, binding: Binding) -> bool:
        if not binding.id or binding.id.startswith(ONLY_IN_PLACE):
            return False
        _, action, parameters = parse(binding.action)
        return bool(node.check_action(action, parameters))

    async def discover(self) -> Hits:
        """All commands, while nothing is typed."""
        for command in self._commands():
            yield DiscoveryHit(command.name, command.run, help=command.help)

    async def search(self, query: str) -> Hits:
        """The commands that are like what is typed."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = max(matcher.match(command.name), matcher.match(command.help))
            if score > 0:
                yield Hit(score, matcher.highlight(command.name), command.run, help=command.help)


def _own_bindings(kind: type[DOMNode]) -> Iterator[BindingType]:
    """What a class of ours declares, and those of ours that it is made of."""
    for part in kind.__mro__:
        if part.__module__.startswith("vftui."):
            yield from part.__dict__.get("BINDINGS", ())
