"""The agent's part of a turn: traces to items, tokens, and whether the turn failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vftui.session.items import Choice, Item
from vftui.session.notices import address, failure_advice, notice_of
from vftui.session.pieces import Completions, Sounds, Thoughts, ToolCalls
from vftui.session.reply import Reply
from vftui.session.turn import Turn
from vftui.wire import payloads
from vftui.wire.charges import charge_of, shadow_of
from vftui.wire.traces import Path, Trace

_INTERNAL = "__vf_internal__"
"""How the types of traces begin that functions send for the web chat only."""


class Listener:
    """Hears the traces of one open turn."""

    def __init__(self, turn: Turn, items: list[Item]) -> None:
        self.reply = Reply(turn, items)
        self.failure = ""
        """Why the turn failed, as the agent told it and a notice shows it; empty while not."""
        self.advice = ""
        """What to do about that failure, where it is known."""
        self.gave_up = False
        """Whether the runtime gave up, so that reports are missing even if the stream ends."""
        self._turn = turn
        self._completions = Completions(self.reply)
        self._thoughts = Thoughts(self.reply)
        self._tool_calls = ToolCalls(self.reply)
        self._sounds = Sounds(self.reply)
        self._buttons: tuple[Choice, ...] = ()  # of the latest choice trace
        self._handlers: dict[type[payloads.Payload], Callable[[Any], None]] = {
            payloads.Text: self._text,
            payloads.Speak: self._speak,
            payloads.Completion: self._completions.hear,
            payloads.Reasoning: self._thoughts.hear,
            payloads.ToolCall: self._tool_calls.hear,
            payloads.Audio: self._sounds.hear,
            payloads.Card: self._card,
            payloads.Carousel: self._carousel,
            payloads.Choice: self._choice,
        }

    def hear(self, trace: Trace) -> None:
        """Show what a trace says, and count what it cost."""
        payload = trace.payload
        if isinstance(payload, payloads.Debug):
            self._account(payload, trace.paths)
        elif not isinstance(payload, payloads.Reasoning):
            self._thoughts.give_way()
        if isinstance(payload, payloads.End):
            self._turn.conversation_over = True
        handler = self._handlers.get(type(payload))
        if handler is not None:
            handler(payload)
        elif isinstance(payload, payloads.Unknown | payloads.ChannelAction):
            self._custom_action(trace)
        elif (notice := notice_of(payload)) is not None:
            self.reply.show("notice", notice.text, level=notice.level)

    def error(self, reason: str) -> None:
        """The runtime gave up on the turn."""
        self.gave_up = True
        self._fail(reason)
        self.reply.show("notice", f"error: {reason}", level="error")

    def close(self) -> None:
        """The turn is over: nothing stays open."""
        self._completions.close()
        self._thoughts.close()
        self._tool_calls.close()
        self._sounds.close()
        self.reply.close()

    def _fail(self, reason: str, advice: str = "") -> None:
        """The first reason counts: what follows often comes from it."""
        if not self.failure:
            self.failure, self.advice = reason, advice

    def _text(self, text: payloads.Text) -> None:
        if words := text.text:
            self._completions.give_way(text.message_id)
            if not self._completions.repeats(text.message_id, words):
                self._say(words)

    def _speak(self, speak: payloads.Speak) -> None:
        if speak.sound is not None:
            self.reply.show("notice", f"♪ audio, {speak.sound}")
        elif words := speak.spoken:
            self._completions.give_way(None)
            self._say(words)

    def _say(self, words: str) -> None:
        self._turn.note_text(self.reply.at)
        self.reply.show("message", words)

    def _card(self, card: payloads.Card) -> None:
        title, text = card.title or "", card.description or ""
        image, buttons = address(card.image_url or ""), card.buttons or ()
        if title or text or image or buttons:
            choices = self.reply.offer_buttons(buttons)
            self.reply.show("card", text, title=title, image=image, choices=choices)

    def _carousel(self, carousel: payloads.Carousel) -> None:
        for card in carousel.cards:
            self._card(card)

    def _choice(self, choice: payloads.Choice) -> None:
        """Of several choice traces in a turn the last one counts."""
        self.reply.withdraw(self._buttons)
        self._buttons = self.reply.offer_buttons(choice.buttons)
        if self._buttons:
            self.reply.show("choices", "", choices=self._buttons)

    def _custom_action(self, trace: Trace) -> None:
        """Show an action that the agent hands over, with one choice for each way on."""
        if isinstance(trace.payload, payloads.ChannelAction):
            name = trace.payload.name
        elif trace.paths and not trace.type.startswith(_INTERNAL):
            name = trace.type
        else:
            return
        choices = self.reply.offer_paths(trace.paths)
        self.reply.show("notice", f"action: {name}", choices=choices)

    def _account(self, debug: payloads.Debug, paths: list[Path]) -> None:
        """Note what a debug trace tells of tokens, times and failure."""
        if (charge := charge_of(debug)) is not None:
            self._turn.ledger.charge(charge)
        elif (shadow := shadow_of(debug, paths)) is not None:
            self._turn.ledger.shadow(shadow)
        if debug.latency is not None:
            if debug.message == "ai result":
                self._turn.latencies.append(debug.latency / 1000)
            elif debug.message == "first chunk received" and self._turn.first_chunk is None:
                self._turn.first_chunk = debug.latency / 1000
        if (advice := failure_advice(debug)) is not None:
            self._fail(debug.message, advice)
        if debug.message == "calling tools":
            self._tool_calls.announce((debug.metadata or {}).get("tools"))
