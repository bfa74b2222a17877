"""What a person sends: a line that they typed, a button that they pressed, an action to go again.

Four rules:

1. A button's request goes out as it came. Where it names an address, the person is asked first what
   to do with that, and nothing is opened without them.
2. Nothing typed is lost: what is not sent after all goes back to where it was typed.
3. Variables wait for the next action, and go with it.
4. Once a budget is spent a person may want to be asked first; what they typed stays meanwhile.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from vftui.errors import ConfigurationError
from vftui.secrets import mask
from vftui.ui.preview import Whom

if TYPE_CHECKING:
    from vftui.opening import Agent, Opening
    from vftui.session.items import Choice
    from vftui.ui.asking import Answer
    from vftui.ui.budgets import Budgets
    from vftui.ui.chat import ChatScreen
    from vftui.ui.turns import Turns, Waiting


UNATTENDED = 3
"""No-reply actions that go out by themselves in a row: some agents would ask for ever."""


class Outgoing:
    """The way from a screen's keys to the turns that it runs."""

    def __init__(self, screen: ChatScreen, turns: Turns, budgets: Budgets) -> None:
        self._screen = screen
        self._turns = turns
        self._budgets = budgets
        turns.held = budgets.held
        self._variables: dict[str, Any] = {}  # that the next action sets
        self._warned_key = ""
        self._unattended = 0  # actions in a row that nobody sent
        self._typed_behind = 0  # the turns that there were when the person typed last

    @property
    def choices(self) -> list[Choice]:
        """What can be pressed."""
        opening = self._opening
        return opening.session.choices if opening is not None else []

    def whom(self) -> Whom:
        """Whom a command would go to, and what with."""
        agent = self._opening.agent if self._opening is not None else None
        api = agent.api if agent is not None else None
        return Whom(agent, api, self.choices, self._variables or None)

    def line(self, text: str) -> None:
        """Send what a line comes to: words, a button that has them as its label, a command."""
        if mask(text) != text and text != self._warned_key:
            self._warned_key = text
            self._screen.prompt.take_back(text)
            self._screen.say(
                "That looks like a key. Press enter again to send it all the same.", "warning"
            )
            return
        from vftui.wire.compose import choice_labelled, compose, pressed

        try:
            composed = compose(text)
            choice = choice_labelled(self.choices, text)
            if composed.press is not None:
                choice = pressed(self.choices, composed.press)
        except ConfigurationError as error:
            self._screen.prompt.take_back(text)
            self._screen.say(f"{error.message} {error.hint}", "warning")
            return
        if choice is not None:
            self.choose(choice, text)
        elif composed.variables is not None:
            self._wait(composed.variables)
            self._screen.say(f"Set with the next action: {', '.join(self._variables)}.")
        elif composed.action is not None:
            self.send(composed.action, text)

    def press(self, number: int) -> None:
        """Press the button with this number."""
        for choice in self.choices:
            if choice.number == number:
                self.choose(choice)

    def choose(self, choice: Choice, typed: str = "") -> None:
        """Send a choice's request; ask first what to do with an address that it names."""
        if choice.url is None:
            self.send(choice.request, typed)
            return
        from vftui.ui.asking import AddressScreen

        answered = partial(self._answered, choice, choice.url, typed)
        self._screen.app.push_screen(AddressScreen(choice.name, choice.url), answered)

    def _answered(self, choice: Choice, url: str, typed: str, answer: Answer | None) -> None:
        if answer is None:
            self._keep(typed)
            return
        if answer == "open":
            self._screen.browse(url)
        elif answer == "copy":
            self._screen.copy(url, "the address")
        self.send(choice.request, typed)

    def send(self, action: dict[str, Any], typed: str = "") -> None:
        """Send an action, with the variables that wait for it, now or when the turn is over.

        Where a budget is spent, the person may be asked; on a no, what was `typed` comes back.
        """
        if self._opening is not None and self._opening.agent is None:
            self._screen.say("Nothing can be sent here: this was saved earlier.", "warning")
            return
        self._budgets.allow(partial(self._send, action), partial(self._keep, typed))

    def restart(self, agent: Agent) -> None:
        """Begin a new conversation with the agent; what runs and waits is stopped."""
        self._budgets.allow(partial(self._restart, agent))

    def _restart(self, agent: Agent) -> None:
        self.stop()
        agent.restart()
        self._send({"type": "launch"})

    def _keep(self, typed: str) -> None:
        if typed:
            self._screen.prompt.take_back(typed)

    def _send(self, action: dict[str, Any]) -> None:
        self._screen.conversation.follow = True
        self._unattended = 0
        variables, self._variables = self._variables, {}
        self._wait(None)
        self._turns.send(action, variables or None)

    def _wait(self, variables: dict[str, Any] | None) -> None:
        """Keep these for the next action, and say which wait now."""
        self._variables |= variables or {}
        self._screen.prompt.setting = tuple(self._variables)

    def answers_silence(self) -> bool:
        """Whether a no-reply action goes out by itself: unless the person types, nor for ever."""
        opening = self._opening
        if opening is None or not opening.options.send_no_reply or self._budgets.spent:
            return False
        turns = len(opening.session.turns)
        if self._screen.prompt.text:
            self._typed_behind = turns
        return self._typed_behind != turns and self._unattended < UNATTENDED

    def say_nothing(self) -> None:
        """Send the no-reply action without the person."""
        unattended = self._unattended
        self.send({"type": "no-reply"})
        self._unattended = unattended + 1

    def stop(self) -> None:
        """Stop the turn, and hand back what waited behind it."""
        self.hand_back(self._turns.stop(), "You stopped the turn")

    def hand_back(self, waited: list[Waiting], why: str) -> None:
        """Put what was not sent back to where it was typed, as far as there is room for it."""
        for one in waited:
            self._wait(one.variables)
        if len(waited) == 1 and not self._screen.prompt.text:
            self.edit(waited[0].action)
        elif waited:
            some = "1 that waited was" if len(waited) == 1 else f"{len(waited)} that waited were"
            self._screen.say(f"{why}: {some} not sent. Up brings back what you typed.", "warning")

    def take_back(self) -> None:
        """Take the last that waits out of the line, to be thought over."""
        if (waiting := self._turns.take_back()) is not None:
            self._wait(waiting.variables)
            self.edit(waiting.action)

    def edit(self, action: dict[str, Any]) -> None:
        """Put an action back where it was typed."""
        from vftui.wire.compose import line_of

        self._screen.prompt.take_back(line_of(action))
        self._screen.set_focus(self._screen.home)

    @property
    def _opening(self) -> Opening | None:
        return self._screen.opening
