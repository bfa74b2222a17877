"""What the agent says, printed while it says it: `vftui send` without `--json`."""

from __future__ import annotations

from collections.abc import Iterator

from vftui.commands.speech import put, say
from vftui.render.conversation import choice_line
from vftui.render.text import printable
from vftui.session.fold import Session
from vftui.session.items import Card, Item
from vftui.session.log import ADVICE, Closed, Entry


class Words:
    """The agent's words on stdout as they come, what else it shows on stderr.

    What belongs to a turn before the last of `turns` is left out, unless that turn goes wrong.
    """

    def __init__(self, session: Session, turns: int) -> None:
        self._session = session
        self._first_turn = turns - 1
        self._seen = 0  # how many of the session's items are known
        self._open: list[Item] = []  # those of them that may still change
        self._shown: dict[Item, str] = {}  # of the messages among them, what is on stdout
        self._line: Item | None = None  # the message whose line is not finished

    def append(self, entry: Entry) -> None:
        """Show what the entry, which the session has by now, has changed."""
        new = self._session.items[self._seen :]
        self._seen += len(new)
        for item in (items := [*self._open, *new]):
            # The notice that an ending leaves in the conversation is told below, with its name.
            told = isinstance(entry, Closed) and item.first_seq == self._session.entries
            if item.turn.index >= self._first_turn and not told:
                self._show(item)
            if item.settled:
                self._shown.pop(item, None)
        self._open = [item for item in items if not item.settled]
        if isinstance(entry, Closed):
            self._finish_line()
            self._tell_ending()

    def _show(self, item: Item) -> None:
        if item.kind == "message":
            self._write(item)
        elif item.settled:
            for line in _talk(item):
                say(printable(line))

    def _write(self, item: Item) -> None:
        text, shown = item.text, self._shown.get(item, "")
        if not text.startswith(shown):  # it says something else now
            self._finish_line()
            shown = ""
        if len(text) > len(shown):
            if self._line is not item:
                self._finish_line()
            put(printable(text[len(shown) :]))
            self._line = item
            self._shown[item] = text
        if item.settled and self._line is item:
            self._finish_line()

    def _finish_line(self) -> None:
        if self._line:
            put("\n")
        self._line = None

    def _tell_ending(self) -> None:
        turn = self._session.turns[-1]
        if turn.ending and turn.ending != "complete":
            shown = turn.told and turn.index >= self._first_turn
            message = "" if shown else turn.message
            say(printable(f"vftui: {turn.ending}: {message}".rstrip(": ")))
            say(printable(f"  {turn.advice or ADVICE[turn.ending]}"))


def _talk(item: Item) -> Iterator[str]:
    """What an item without words for stdout says on stderr."""
    if item.kind == "carousel":
        for card in item.cards:
            yield from _shown(card)
    elif item.kind in ("card", "action", "sources", "notice") and item.level != "quiet":
        yield from _shown(item)
    else:
        yield from map(choice_line, item.choices)


def _shown(shown: Item | Card) -> Iterator[str]:
    yield from filter(None, (shown.title, shown.text))
    yield from map(choice_line, shown.choices)
