"""The command palette: every binding with an id is a command."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode


class BindingCommands(Provider):
    """Offers what the keys do, with the key beside it."""

    def _commands(self) -> Iterator[tuple[str, str, str, DOMNode]]:
        told: set[str] = set()  # a command has several keys, of which the first is told
        for node, binding, enabled, tooltip in self.screen.active_bindings.values():
            if binding.id and binding.id not in told and enabled and binding.description:
                told.add(binding.id)
                key = self.app.get_key_display(binding)
                name = f"{binding.description.capitalize()} ({key})"
                yield name, tooltip or binding.tooltip, binding.action, node

    async def discover(self) -> Hits:
        """All commands, while nothing is typed."""
        for name, tooltip, action, node in self._commands():
            yield DiscoveryHit(name, partial(self.app.run_action, action, node), help=tooltip)

    async def search(self, query: str) -> Hits:
        """The commands that match what is typed."""
        matcher = self.matcher(query)
        for name, tooltip, action, node in self._commands():
            score = max(matcher.match(name), matcher.match(tooltip))
            if score > 0:
                run = partial(self.app.run_action, action, node)
                yield Hit(score, matcher.highlight(name), run, help=tooltip)
