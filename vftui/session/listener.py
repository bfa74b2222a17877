"""The agent's part of a turn: traces to items, tokens, and whether the turn failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vftui.session.custom import payload_text
from vftui.session.deliveries import Deliveries
from vftui.session.items import Card, Choice, Item, Level
from vftui.session.notices import address, failure_advice, notice_of
from vftui.session.pieces import Completions, Sounds, Thoughts
from vftui.session.reply import Reply
from vftui.session.sources import Sources
from vftui.session.spent import seconds
from vftui.session.tools import ToolCalls
from vftui.session.turn import Turn
from vftui.wire import payloads
from vftui.wire.charges import charge_of, shadow_of
from vftui.wire.frames import Frame
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
        self._deliveries = Deliveries()
        self._sources = Sources(self.reply)
        self._completions = Completions(self.reply, self._sources)
        self._thoughts = Thoughts(self.reply)
        self._tool_calls = ToolCalls(self.reply)
        self._sounds = Sounds(self.reply)
        self._buttons: tuple[Choice, ...] = ()  # of the latest choice trace
        self._handlers: dict[type[payloads.Payload], Callable[[Any], None]] = {
            payloads.Text: self._text,
            payloads.Speak: self._speak,
            payloads.Completion: self._completions.hear,
            payloads.Reasoning: self._thoughts.hear,
            payloads.Audio: self._sounds.hear,
            payloads.KnowledgeBase: self._sources.know,
            payloads.Card: self._card,
            payloads.Carousel: self._carousel,
            payloads.Choice: self._choice,
            payloads.Visual: self._visual,
            payloads.NoReply: self._no_reply,
            payloads.End: self._end,
            payloads.Flow: self.reply.step,
            payloads.Block: self.reply.step,
            payloads.PathTaken: self.reply.step,
            payloads.Log: self.reply.step,
        }

    def hear(self, trace: Trace, frame: Frame) -> None:
        """Show what a trace says, and count what it cost."""
        payload = trace.payload
        if isinstance(payload, payloads.Debug):
            if not self._deliveries.repeat(frame):
                self._account(payload, trace.paths)
            self._diagnose(payload)
            return
        if not isinstance(payload, payloads.Reasoning):
            self._thoughts.give_way()
        if isinstance(payload, payloads.Completion):
            self.reply.again = self._deliveries.repeat(frame)
        handler = self._handlers.get(type(payload))
        if handler is not None:
            handler(payload)
        elif isinstance(payload, payloads.ToolCall):
            self._tool_calls.hear(payload, trace.time)
        elif isinstance(payload, payloads.Unknown | payloads.ChannelAction):
            self._action(payload, trace)
        else:
            self._notice(payload)

    def error(self, reason: str) -> None:
        """The runtime gave up on the turn."""
        self.gave_up = True
        self._fail(reason)
        self.reply.show("notice", f"error: {reason}", level="error")

    def close(self) -> None:
        """Nothing more comes: nothing stays open, and nothing that waited is lost."""
        self._completions.close()
        self._thoughts.close()
        self._tool_calls.close()
        self._sounds.close()
        self._sources.tell()

    def _fail(self, reason: str, advice: str = "") -> None:
        """The first reason counts: what follows often comes from it."""
        if not self.failure:
            self.failure, self.advice = reason, advice

    def _text(self, text: payloads.Text) -> None:
        if words := text.text:
            self._completions.give_way(text.message_id)
            if not self._completions.repeats(text.message_id, words):
                self._say(words, text.source_urls)

    def _speak(self, speak: payloads.Speak) -> None:
        if speak.sound is not None:
            self.reply.show("notice", f"♪ audio, {speak.sound}")
        if words := speak.spoken:
            self._completions.give_way(None)
            self._say(words)

    def _say(self, words: str, sources: list[payloads.Source] | None = None) -> None:
        self._turn.note_text(self.reply.at)
        self.reply.show("message", words)
        self._sources.cite(sources)
        self._sources.tell()

    def _card(self, card: payloads.Card) -> None:
        if (face := self._face(card)) is not None:
            title, text, image, choices = face.title, face.text, face.image, face.choices
            self.reply.show("card", text, title=title, image=image, choices=choices)

    def _carousel(self, carousel: payloads.Carousel) -> None:
        """Cards beside each other; in a list, one below the other."""
        if (carousel.layout or "").lower() == "list":
            for card in carousel.cards:
                self._card(card)
        elif cards := [face for card in carousel.cards if (face := self._face(card))]:
            choices = [choice for card in cards for choice in card.choices]
            self.reply.show("carousel", "", choices=choices, cards=cards)

    def _face(self, card: payloads.Card) -> Card | None:
        """What a card shows, None if that is nothing; a button needs a name, as in the web chat."""
        title, text = card.title or "", card.description or ""
        image = address(card.image_url or "")
        buttons = [button for button in card.buttons or () if button.name.strip()]
        if not (title or text or image or buttons):
            return None
        return Card(title, text, image, self.reply.offer_buttons(buttons))

    def _choice(self, choice: payloads.Choice) -> None:
        """Of several choice traces in a turn the last one counts."""
        self.reply.withdraw(self._buttons)
        self._buttons = self.reply.offer_buttons(choice.buttons)
        if self._buttons:
            self.reply.show("choices", "", choices=self._buttons)

    def _visual(self, visual: payloads.Visual) -> None:
        if (notice := notice_of(visual)) is None:
            self.reply.step(visual)
        else:
            self.reply.show("notice", notice.text, image=address(visual.image or ""))

    def _no_reply(self, wait: payloads.NoReply) -> None:
        self._turn.no_reply = wait.timeout
        self._notice(wait)

    def _end(self, end: payloads.End) -> None:
        self._turn.conversation_over = True
        self._notice(end)

    def _notice(self, payload: payloads.Payload) -> None:
        if (notice := notice_of(payload)) is not None:
            self.reply.show("notice", notice.text, level=notice.level)

    def _action(self, payload: payloads.Unknown | payloads.ChannelAction, trace: Trace) -> None:
        """Show an action that the agent hands over, with one choice for each way on."""
        level: Level = "info"
        if isinstance(payload, payloads.ChannelAction):
            title, value = payload.name, payload.payload
        elif trace.type.startswith(_INTERNAL):
            self.reply.step(payload, trace.type)
            return
        else:
            title, value = trace.type, payload.value
            if not trace.paths:  # only a custom action has them, whatever its name
                level = "warning" if title in payloads.MODELS else "quiet"
        choices = self.reply.offer_paths(trace.paths, trace.default_path)
        self.reply.show("action", payload_text(value), level=level, title=title, choices=choices)

    def _diagnose(self, debug: payloads.Debug) -> None:
        """Show a line of diagnosis if it is an alarm; otherwise it is a step."""
        self._tool_calls.diagnose(debug)
        if (notice := notice_of(debug)) is None:
            self.reply.step(debug)
            return
        if (advice := failure_advice(debug)) is not None:
            self._fail(debug.message, advice)
        self.reply.show("notice", notice.text, level=notice.level)

    def _account(self, debug: payloads.Debug, paths: list[Path]) -> None:
        """Note what a debug trace tells of tokens and times."""
        if (charge := charge_of(debug) or shadow_of(debug, paths)) is not None:
            latency = seconds(debug.latency)
            self._turn.ledger.report(charge, self.reply.seq, self.reply.at, latency)
        elif debug.message == "first chunk received":
            self._turn.ledger.announce(debug.context or "")
        if debug.latency is not None:
            if debug.message == "ai result":
                self._turn.latencies.append(debug.latency / 1000)
            elif debug.message == "first chunk received" and self._turn.first_chunk is None:
                self._turn.first_chunk = debug.latency / 1000
