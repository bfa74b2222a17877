"""The prompt: what is written, its history, and what stands above it.

Three rules:

1. Enter sends, unless what is typed is a command that cannot be sent. Ctrl+J always makes a line;
   shift+enter and alt+enter do where the terminal tells them from enter.
2. Up on the first line and down on the last walk through what was sent before, also last week.
3. What stands above the prompt, `Composer` and `Recall`, has no keys: they are asked from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive, var

from vftui.history import History, Walk
from vftui.render.text import printable
from vftui.secrets import mask
from vftui.ui.writing import Writing

if TYPE_CHECKING:
    from vftui.ui.composer import Composer
    from vftui.ui.recall import Recall

NEW_LINE = ("ctrl+j", "shift+enter", "alt+enter")
"""Keys that begin a new line. Only the first is told from enter by every terminal."""

PLACEHOLDER = "type a message, / for commands"
OVER = "conversation over · enter begins anew"


class Prompt(Writing):
    """Where a message is typed."""

    BINDING_GROUP_TITLE = "Message"
    HELP = """\
## Message

Type to the agent and press **enter**. **Ctrl+J** makes a new line.
The numbers in the conversation press a button: **alt+1** to **alt+9**.

**/** begins a command: **tab** completes it, and above the line stands what would go out, which
**ctrl+t** shows as curl and **ctrl+o** copies. `//` begins a message with a slash.

**up** walks through what was sent before, **ctrl+r** searches it. **Ctrl+G** opens your editor
(`$VISUAL` or `$EDITOR`; one with a window of its own must wait, such as `code --wait`).
"""
    BINDINGS = [
        Binding(
            "enter", "send", "send", id="prompt.send", key_display="enter",
            tooltip="Send the message to the agent",
        ),
        # What the app does is told here as well, so that it stands near the start of the footer.
        Binding("f1", "app.help", "help", tooltip="Keys and help, or hide them"),
        Binding(
            ",".join(NEW_LINE), "new_line", "new line", id="prompt.new_line", show=False,
            tooltip="Begin a new line in the message",
        ),
        Binding(
            "up", "older", "older message", id="prompt.older", show=False,
            tooltip="On the first line: the message sent before",
        ),
        Binding(
            "down", "newer", "newer message", id="prompt.newer", show=False,
            tooltip="On the last line: the message sent after",
        ),
        Binding(
            "tab", "complete", "complete", id="prompt.complete", show=False,
            tooltip="Complete the command that is typed",
        ),
        Binding(
            "ctrl+t", "curl", "curl", id="prompt.curl", show=False,
            tooltip="Show a command's request as curl, or as JSON again",
        ),
        Binding(
            "ctrl+o", "copy_request", "copy request", id="prompt.copy_request", show=False,
            tooltip="Copy a command's request as it is shown",
        ),
        Binding(
            "ctrl+r", "recall", "search history", id="prompt.recall", show=False,
            tooltip="Search what was sent before",
        ),
        Binding(
            "ctrl+g", "editor", "editor", id="prompt.editor", show=False,
            tooltip="Write the message in your editor",
        ),
        Binding("escape", "close", show=False),
    ]  # fmt: skip

    DEFAULT_CSS = """
    Prompt {
        height: auto;
        max-height: 10;
        min-width: 8;
        padding: 0 1;
        border: round $border-blurred;
        border-subtitle-color: $quiet;
        background: $background;
        &:focus { border: round $border; background: $background; }
    }
    """

    waiting: reactive[int] = reactive(0)
    """How many messages wait behind the turn that runs."""

    setting: reactive[tuple[str, ...]] = reactive(())
    """Names of the variables that go with the next action."""

    over: var[bool] = var(False)
    """Whether the agent ended the conversation: enter alone begins another one."""

    @dataclass
    class Submitted(Message):
        """A message is to be sent."""

        text: str

    class TakeBack(Message):
        """The last of the waiting messages is wanted back; `take_back` is the answer."""

    class Restart(Message):
        """Another conversation is wanted."""

    def __init__(self, composer: Composer, recall: Recall) -> None:
        super().__init__(PLACEHOLDER)
        self._composer = composer
        composer.on_pick = self.action_complete
        self._recall = recall
        recall.on_take = self.write
        self._walk = Walk(History())

    # What the screen tells

    def keep_in(self, history: History) -> None:
        """Keep what is sent in this history, and begin with what is in there."""
        self._walk = Walk(history)
        self._complain()

    def take_back(self, text: str) -> None:
        """Let a person think again about a message, which was not sent after all."""
        self._walk.history.drop(text)
        self._walk.begin()
        self.write(text)

    def remember(self, text: str) -> None:
        """Put a sent message into the history."""
        well = not self._walk.history.trouble
        self._walk.history.add(text)
        self._walk.begin()
        if well:
            self._complain()

    def _complain(self) -> None:
        if trouble := self._walk.history.trouble:
            self.notify(printable(trouble), severity="warning", markup=False)

    def watch_over(self, over: bool) -> None:
        """Say what enter does alone."""
        self.placeholder = OVER if over else PLACEHOLDER

    def watch_waiting(self) -> None:
        """Say that something waits."""
        self._follow()

    def watch_setting(self) -> None:
        """Say what is set with the next action."""
        self._follow()

    # Keys

    async def take(self, event: events.Key) -> bool:
        """Do what a key does; while the history is searched, it is asked first."""
        self._follow()
        taken = self._recall.press(event) if self._recall.open else await super().take(event)
        if taken:
            self._follow()
        return taken

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What would do nothing is left to whoever else has the key."""
        if action == "complete":
            return self._composer.choosing
        if action in ("curl", "copy_request"):
            return self._composer.shows_request
        if action == "close":  # help, which may lie over it, is closed first
            return self._composer.open and not self.screen.query("HelpPanel")
        return True

    def action_send(self) -> None:
        """Send what is typed, unless it is empty or cannot be sent."""
        text = self.text.strip()
        if not text:
            if self.over:
                self.post_message(self.Restart())
        elif self._composer.choosing and self._composer.completed.strip() != text:
            self.action_complete()
        elif self._composer.accepts():
            self.remember(text)
            self.clear()
            self.post_message(self.Submitted(text))

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.put("\n")

    def action_older(self) -> None:
        """Move up, or show the message sent before."""
        if self._composer.choosing:
            self._composer.choose(-1)
        elif not self.text and self.waiting:
            self.post_message(self.TakeBack())
        elif not self.navigator.is_first_wrapped_line(self.cursor_location):
            self.action_cursor_up()
        elif (entry := self._walk.older(self.text)) is not None:
            self.write(entry)
        else:
            self.action_cursor_up()

    def action_newer(self) -> None:
        """Move down, or show the message sent after."""
        if self._composer.choosing:
            self._composer.choose(1)
        elif not self.navigator.is_last_wrapped_line(self.cursor_location):
            self.action_cursor_down()
        elif (entry := self._walk.newer()) is not None:
            self.write(entry)
        else:
            self.action_cursor_down()

    def action_cursor_right(self, select: bool = False) -> None:
        """Move right; at the end, complete a command."""
        if self._composer.choosing and not select and self.cursor_location == self.document.end:
            self.action_complete()
        else:
            super().action_cursor_right(select)

    def action_complete(self) -> None:
        """Take over the chosen command."""
        self.write(self._composer.completed)

    def action_close(self) -> None:
        """Put away what stands above a command."""
        self._composer.close()

    def action_curl(self) -> None:
        """Show a request as curl, or as JSON again."""
        self._composer.flip()

    def action_copy_request(self) -> None:
        """Copy the request of a command."""
        self._composer.copy()

    def action_recall(self) -> None:
        """Search what was sent before."""
        self._recall.begin(self._walk.history.entries)

    def action_editor(self) -> None:
        """Write the message in an editor."""
        self.run_worker(self._edit(), group="editor", exclusive=True)

    async def _edit(self) -> None:
        from vftui.errors import VftuiError
        from vftui.ui.editor import edited

        try:
            text = printable(await edited(self.app, self.text))
        except VftuiError as error:
            self.notify(f"{error.message} {error.hint}", severity="warning", markup=False)
        else:
            self.select_all()
            self.put(text)

    # Text

    def on_text_area_changed(self) -> None:
        """Let the composer follow what is typed."""
        self._follow()

    def on_blur(self) -> None:
        """Whoever looks elsewhere searches no longer."""
        if self.app.app_focus:  # and not at another program
            self._recall.leave()
            self._follow()

    def pasted(self, text: str) -> None:
        """Insert a text from elsewhere, where a person is typing."""
        if self._recall.open:
            self._recall.type(text)
        else:
            super().pasted(text)

    def _follow(self) -> None:
        """Bring up to date what stands above, and what the border says about keys."""
        self._composer.follow("" if self._recall.open else self.text.lstrip())
        self.border_subtitle = self._recall.hint or self._composer.hint or self._waits

    @property
    def _waits(self) -> str:
        """What waits for its turn: messages, and variables, which the next action sets."""
        queued = f"{self.waiting} queued · up takes it back" if self.waiting else ""
        names = mask(printable(", ".join(self.setting), keep_lines=False))
        return " · ".join(filter(None, (queued, names and f"sets {names} with the next action")))
