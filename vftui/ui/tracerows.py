"""The rows of the trace list: which entries it shows, and where its cursor is.

Three rules:

1. A request that cannot be answered leaves the list as it was, and says why.
2. What was chosen stays chosen whatever the list shows: the cursor is on its row, or on the next
   one while it has none.
3. `Highlighted` tells where the cursor is, `Selected` only that a person moved it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.message import Message

from vftui.errors import VftuiError
from vftui.render.figures import count
from vftui.render.text import printable
from vftui.ui.athand import AtHand
from vftui.ui.tracelook import TraceLook
from vftui.ui.wish import Wish

if TYPE_CHECKING:
    from vftui.reading import Reading

EMPTY = "Every trace appears here as it arrives. Send a message to see some."
NOTHING = "No trace passes the filter. Press f to change it."
UNMARKED = "No trace is marked. Press M to see all of them, and space to mark one."


class TraceRows(TraceLook):
    """The entries that a person wants to see, and a cursor that stays on what was chosen."""

    @dataclass
    class Highlighted(Message):
        """The cursor is on another row; `seq` is its number in the session."""

        seq: int

    @dataclass
    class Selected(Message):
        """A person moved the cursor to entry `seq`."""

        seq: int

    @dataclass
    class Failed(Message):
        """The list stays as it was: why."""

        error: VftuiError

    class Rearranged(Message):
        """The list shows other entries, or says something else of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.empty = EMPTY
        self.saved: Mapping[str, str] = {}
        """The filters that were kept, by their names."""
        self.wish = Wish()
        """What the list shows, or will show as soon as it is worked out."""
        self._shown = self.wish  # what it shows until then
        self._chosen: int | None = None
        self._origin: int | None = None  # where the search that is being typed begins
        self._leaps = False  # whether it has yet to lead somewhere, though it is typed
        self._digits = 0
        self._filling = False

    # What is shown

    def sync(self, log: Reading, problems: Collection[int] = ()) -> None:
        """Catch up with the log; `problems` are the entries that are evidence of one."""
        another = self.sifting.follow(log, problems)
        if another:
            self.at_hand = AtHand(log)
            self.invalidate_all()
        self._catch_up(others=another)

    def want(self, **changes: str | bool) -> None:
        """Show something else; raises a `QueryError`, and then nothing changes."""
        wish = replace(self.wish, **changes)  # type: ignore[arg-type]
        asked = wish.asked(self.saved)
        self.wish = wish
        self.sifting.ask(asked)
        self._catch_up()

    def filter(self, words: str) -> None:
        """Show only the entries that pass the filter; empty words show all."""
        self.want(filter=words.strip())

    def search(self, words: str) -> None:
        """Go to what is searched for, and make it seen; empty words forget it."""
        if self._origin is None:
            self._origin = self.seq
        self._leaps = False
        self.want(search=words.strip())

    def searched(self) -> None:
        """The search is typed: the next one begins where this one leads."""
        self._leaps = self.sifting.changing
        if not self._leaps:
            self._origin = None

    def known(self) -> dict[str, list[str]]:
        """What a filter can ask for in this log, by field."""
        log = self.sifting.log
        return {} if log is None else {"type": list(log.types()), **log.names()}

    @property
    def filter_words(self) -> str:
        """The filter as it was typed."""
        return self.wish.filter

    def _catch_up(self, *, others: bool = False) -> None:
        """Show what is new; `others`: the rows are others already."""
        sifting, before = self.sifting, self.sifting.shown
        try:
            between = sifting.catch_up()
        except VftuiError as error:
            between = False
            self._give_up(error)
        turned = sifting.turned()
        if turned:
            self._shown = self.wish
            self.invalidate_all()
        if others or between or sifting.shown is not before:
            self._rearrange()
        self._settle()
        if turned and self._origin is not None:
            self._leap()
            if self._leaps:
                self.searched()
        if sifting.behind and not self._filling:
            self._fill()
        self.post_message(self.Rearranged())

    @work(group="sift")
    async def _fill(self) -> None:
        """Look at what is much, a slice at a time."""
        self._filling = True
        try:
            while self.sifting.behind:
                await self.sifting.slice()
                if self.sifting.found is not None:
                    self.invalidate_all()
                self._catch_up()
        except VftuiError as error:
            self._give_up(error)
        finally:
            self._filling = False

    def _give_up(self, error: VftuiError) -> None:
        """Stay with what is shown, and say why."""
        self.sifting.give_up()
        self.wish = self._shown
        self.post_message(self.Failed(error))

    def _settle(self) -> None:
        """As many lines as there are rows, the cursor among them."""
        rows = len(self.sifting.shown)
        digits = len(str(self.sifting.total))
        if digits != self._digits:
            self._digits = digits
            self.invalidate_all()
        self.empty = EMPTY if not self.wish.narrows else NOTHING if self.wish.filter else UNMARKED
        self.set_line_count(rows)
        if self.follow:
            self.cursor = rows - 1
            self._chosen = self.seq
        elif self.cursor is None and rows:
            self._select(self._chosen or 1)
            self.follow = False
        if (touched := self.sifting.touched()) is None:
            self.invalidate_all()
        if self.at_hand is not None:
            for seq in self.at_hand.look_again(touched):
                self.look_again(seq)

    def _rearrange(self) -> None:
        """Other rows: the one that was chosen stays where it stood in the window."""
        chosen = self._chosen
        height = 0 if self.cursor is None else self.cursor - self.scroll_offset.y
        follow = self.follow
        self.set_line_count(0)
        self.set_line_count(len(self.sifting.shown))
        if chosen is not None and not follow and self.line_count:
            self._select(chosen)
            self.follow = False
            self.place_top((self.cursor or 0) - max(0, min(height, self.size.height - 1)))

    # The cursor

    @property
    def seq(self) -> int | None:
        """The number of the entry under the cursor."""
        if self.cursor is None or self.cursor >= len(self.sifting.shown):
            return None
        return self.sifting.shown.seq(self.cursor)

    def show(self, seq: int) -> None:
        """Select entry `seq`, or the nearest one after it that is shown, in mid-window."""
        self._chosen = seq
        if self.line_count:
            self._select(seq)
            if not self.follow and self.cursor is not None:
                self.place_top(max(0, self.cursor - self.size.height // 2))

    def select_quietly(self, seq: int) -> None:
        """Select entry `seq` because another pane did: nobody but the detail is told."""
        self._chosen = seq
        if self.line_count:
            self._select(seq)

    def choose(self, seq: int) -> None:
        """Select entry `seq` for a person, who is told where that is."""
        self.show(seq)
        self._tell()

    def go_to(self, y: int) -> None:
        """Put the cursor on line `y` for a person."""
        super().go_to(y)
        self._chosen = self.seq
        self._tell()

    def action_follow(self) -> None:
        """To the last line, and stay there while more comes."""
        super().action_follow()
        self._chosen = self.seq
        self._tell()

    def watch_cursor(self) -> None:
        """Tell where the cursor is now."""
        if (seq := self.seq) is not None:
            self.post_message(self.Highlighted(seq))

    def _tell(self) -> None:
        if (seq := self.seq) is not None:
            self.post_message(self.Selected(seq))

    def _select(self, seq: int) -> None:
        super().go_to(self.sifting.shown.place(self.head(seq)))

    def _leap(self) -> None:
        """Go to what is searched for: where the search began, or else the nearest."""
        found, seq = self.sifting.found, self._origin
        if seq is None:
            return
        if found is not None and not found.holds(seq):
            seq = found.next(seq, 1) or found.next(seq, -1) or seq
        self.choose(seq)

    def note(self, seq: int, write: Callable[[], None]) -> None:
        """Write a mark or a remark on entry `seq`, and show it."""
        try:
            write()
        except VftuiError as error:
            self.post_message(self.Failed(error))
            return
        if self.at_hand is not None:
            self.at_hand.forget(seq)
        self.look_again(seq)
        if self.sifting.asked.asks_about_remarks:
            self.sifting.ask_again()
            self._catch_up()

    @property
    def state(self) -> tuple[Content, Content]:
        """What the pane says about the list: how much it shows of what, and where it stands."""
        sifting, wish = self.sifting, self.wish
        title = Content("Traces")
        if sifting.total:
            total = count(sifting.total)
            all_of_it = sifting.shown.everything
            shown = total if all_of_it else f"{count(len(sifting.shown))} of {total}"
            waits = sifting.changing or sifting.behind
            title += Content.styled(f" · {'filtering…' if waits else shown}", "$quiet")
        if wish.only_marked:
            title += Content.styled(" · ● marked", "$warning")
        if wish.filter:
            title += Content.styled(f" · f: {printable(wish.filter, keep_lines=False)}", "$warning")
        return title, Content(" · ".join(self._notes()) if sifting.total else "")

    def _notes(self) -> list[str]:
        found = self.sifting.found
        notes = ["merged"] if self.wish.merged else []
        if found is not None:
            here = self.seq is not None and found.holds(self.seq)
            place = f"{count(found.place(self.seq or 0) + 1)} of " if here else ""
            notes.append(f"* {place}{count(len(found))}")
        where = "following" if self.follow else "selected"
        notes.append(f"{count(self.below)} new below (End)" if self.below else where)
        return notes
