"""The conversation pane: a cursor on what was said, and what a person can do with it.

Two rules:

1. What the pane cannot do by itself it asks for with a message.
2. A key is offered while it would do something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.binding import Binding
from textual.message import Message

from vftui.ui.choosing import Stop, turned
from vftui.ui.copying import code_blocks, source
from vftui.ui.folds import can_fold
from vftui.ui.showing import ItemView

if TYPE_CHECKING:
    from textual.events import Click

    from vftui.session.fold import Session
    from vftui.session.items import Choice, Item
    from vftui.ui.blocks import Block

EMPTY = "Nothing said yet. Type a message below and press enter."


class Conversation(ItemView):
    """The items of a session, newest at the bottom, with a cursor that selects one of them."""

    BINDING_GROUP_TITLE = "Conversation"
    HELP = """\
## Conversation

**up** and **down** select what was said, **enter** shows the traces that made it, **y** copies
it and **c** the code in it. **space** folds and unfolds it.

A choice is pressed by its number, with the mouse, or by **left**, **right** and **enter**; that is
also how the cards of a carousel are turned.
"""
    BINDINGS = [
        Binding(
            "enter", "press", "press", id="conversation.press", key_display="enter",
            tooltip="Press the marked choice",
        ),
        Binding(
            "enter", "show_traces", "traces", id="conversation.traces", key_display="enter",
            tooltip="Show the traces that made the selected message",
        ),
        Binding("t", "show_traces", "traces", show=False),  # also while enter presses a choice
        Binding(
            "right", "turn(1)", "choose", id="conversation.right", key_display="←→",
            tooltip="Mark the next choice, or turn to the next card",
        ),
        Binding(
            "left", "turn(-1)", "choose", id="conversation.left", show=False,
            tooltip="Mark the choice before, or turn to the card before",
        ),
        Binding(
            "space", "fold", "fold", id="conversation.fold",
            tooltip="Fold or unfold the selected steps, reasoning or payload",
        ),
        Binding(
            "y", "copy", "copy", id="conversation.copy",
            tooltip="Copy the selected message's source",
        ),
        Binding(
            "c", "copy_code", "code", id="conversation.copy_code",
            tooltip="Copy the selected message's code block, or the next one",
        ),
        Binding(
            "e", "edit", "edit", id="conversation.edit", show=False,
            tooltip="Put what was sent back into the prompt, to change it and send it again",
        ),
        *(
            Binding(str(number), f"choose({number})", f"Press [{number}]", show=False)
            for number in range(1, 10)
        ),
    ]  # fmt: skip
    DEFAULT_CSS = """
    Conversation {
        border: round $border-blurred;
        border-title-color: $told;
        border-subtitle-color: $quiet;
        &:focus { border: round $border; }
    }
    """

    @dataclass
    class Chosen(Message):
        """A choice was made."""

        choice: Choice

    @dataclass
    class Selected(Message):
        """A person selected an item; `first_seq` is the first entry that made it."""

        first_seq: int

    @dataclass
    class ShowTraces(Message):
        """The entries that made an item are wanted."""

        first_seq: int
        last_seq: int

    @dataclass
    class Copy(Message):
        """A text is wanted on the clipboard, as it came."""

        text: str
        what: str
        """What a person calls it, such as `code block 1 of 2 (python)`."""

    @dataclass
    class Edit(Message):
        """An action is wanted in the prompt, to be sent again otherwise."""

        action: dict[str, Any]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.empty = EMPTY
        self._offered: tuple[object, ...] = ()  # what decides which keys there are
        self._code = (-1, 0)  # the item whose code was copied last, and which of its blocks

    def sync(self, session: Session) -> None:
        """Catch up with the session."""
        super().sync(session)
        self._offer()

    # The cursor

    def select(self, index: int) -> None:
        """Put the cursor on an item and into the window; only the last item follows the tail."""
        last = len(self.column.blocks) - 1
        self.selected = max(0, min(index, last))
        top, height = self.scroll_offset.y, self.size.height
        first, end = self.column.extent(self.selected, height)
        self.follow = self.selected == last and end - first <= height
        if not self.follow:
            self.settle(first if first < top else max(top, min(first, end - height)))

    def reveal(self, seq: int) -> None:
        """Select the item that entry `seq` made, or the last one before it."""
        if self.column.blocks:
            self.select(self.column.made_by(seq))

    def _tell(self) -> None:
        """Say what is selected now."""
        self.post_message(self.Selected(self._wanted.item.first_seq))

    def _watch_selected(self) -> None:
        self.column.mark(None)
        self._code = (-1, 0)
        self.repaint()
        self._offer()

    def action_step(self, direction: int) -> None:
        """Select the item above or below; one that is taller than the window is read first."""
        column, top = self.column, self.scroll_offset.y
        if not column.blocks:
            return
        bottom = top + self.size.height
        upper, lower = column.block(top).index, column.block(bottom - 1).index
        if self.selected is None or not upper <= self.selected <= lower:
            choosers = [one.index for one in column.choosers() if upper <= one.index <= lower]
            self.select(max(choosers, default=lower) if direction < 0 else upper)
            self._tell()
            return
        first, end = column.extent(self.selected)
        if first < top if direction < 0 else end > bottom:
            self.scroll_to(y=top + direction)
        else:
            self.select(self.selected + direction)
            self._tell()

    def on_click(self, event: Click) -> None:
        """Make the choice that was clicked, turn to another card, fold; or select the item."""
        if self.text_selection is not None:
            return  # the end of a drag
        meta = event.style.meta
        if "choice" in meta:
            self._choose(meta["turn"], meta["choice"])
        elif (y := self.line_under(event)) is not None:
            self.selected = self.column.block(y).index
            self._tell()
            if "card" in meta:
                block = self.column.blocks[self.selected]
                self._turn_to(block, Stop(block.card + meta["card"], None))
            elif "fold" in meta:
                self.action_fold()

    # Choices and cards

    def _choose(self, turn: int | None, number: int) -> None:
        for choice in self.column.choices:
            if choice.number == number and turn in (choice.turn, None):
                self.post_message(self.Chosen(choice))

    def action_choose(self, number: int) -> None:
        """Make the choice with this number."""
        self._choose(None, number)

    def action_press(self) -> None:
        """Make the marked choice."""
        if (choice := self.column.marked) is not None:
            self.post_message(self.Chosen(choice))

    def action_turn(self, direction: int) -> None:
        """Mark the choice to the right (1) or left (-1); on a carousel it turns the cards."""
        block = self._turning
        if block is not None:
            at = Stop(block.card, self.column.marked)
            self.selected = block.index
            self._turn_to(block, turned(block.item, self.column.live, at, direction))

    def _turn_to(self, block: Block, stop: Stop) -> None:
        self.column.mark(stop.choice)
        block.card = stop.card
        self._look_again(block)
        self._offer()

    @property
    def _turning(self) -> Block | None:
        """What the arrows turn: the selected item; without one, where there are choices now."""
        column = self.column
        if self.selected is None:
            return next(reversed(column.choosers()), None)
        block = column.blocks[self.selected]
        return block if len(block.item.cards) > 1 or block.offers(column.live) else None

    # What a person wants

    def _offer(self) -> None:
        """Offer the keys that work now, if they are others than before."""
        column = self.column
        if not column.blocks:
            return
        item = self._wanted.item
        offered = (
            (item, item.settled, item.text != "", can_fold(item)),
            (self._turning, column.marked is None, column.live),
        )
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What would do nothing is not offered."""
        column = self.column
        if action == "choose":
            return any(choice.number == parameters[0] for choice in column.choices)
        if action == "press":
            return column.marked is not None
        if action == "turn":
            return self._turning is not None
        if action not in ("show_traces", "copy", "copy_code", "edit", "fold"):
            return True
        return bool(column.blocks) and self._can(action, self._wanted.item)

    def _can(self, action: str, item: Item) -> bool:
        match action:
            case "copy":
                return bool(source(item).text)
            case "copy_code":
                return bool(code_blocks(item))
            case "edit":
                return item.turn.action is not None
            case "fold":
                return can_fold(item)
        return True

    @property
    def _wanted(self) -> Block:
        """The selected item, or the newest."""
        return self.column.blocks[-1 if self.selected is None else self.selected]

    def action_fold(self) -> None:
        """Fold the item, or unfold it."""
        block = self._wanted
        block.unfolded = not block.unfolded
        self._look_again(block)

    def _look_again(self, block: Block) -> None:
        """Draw an item again that a person unfolded or turned, with its beginning in the window."""
        column = self.column
        column.look_again([block])
        first, _ = column.extent(block.index)
        if self.follow and column.height - first <= self.size.height:
            self.selected = block.index
        else:
            self.select(block.index)
        self.settle()

    def action_show_traces(self) -> None:
        """Ask for the traces that made the item."""
        item = self._wanted.item
        self.post_message(self.ShowTraces(item.first_seq, item.last_seq))

    def action_copy(self) -> None:
        """Ask for the item's text on the clipboard."""
        text, what = source(self._wanted.item)
        self.post_message(self.Copy(text, what))

    def action_copy_code(self) -> None:
        """Ask for the next of the item's code blocks on the clipboard."""
        block = self._wanted
        found = code_blocks(block.item)
        of, last = self._code
        number = (last + 1) % len(found) if of == block.index else 0
        self._code = (block.index, number)
        text, what = found[number]
        self.post_message(self.Copy(text, what))

    def action_edit(self) -> None:
        """Ask for what was sent in the prompt."""
        if (action := self._wanted.item.turn.action) is not None:
            self.post_message(self.Edit(action))
