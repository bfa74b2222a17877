"""One line for each entry: what it is, and the most telling thing about it.

A problem with the entry is told first. What a trace does to the conversation is said in the words
of the conversation (`vftui.session.notices`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from vftui.render.brief import clip, compact
from vftui.render.figures import count, duration, size
from vftui.render.text import one_line
from vftui.session.log import Closed, Entry, Opened, Received, Sent
from vftui.session.notices import notice_of
from vftui.wire.actions import describe
from vftui.wire.charges import charge_of, shadow_of
from vftui.wire.payloads import (
    Audio,
    Block,
    Button,
    Card,
    Carousel,
    ChannelAction,
    Choice,
    Completion,
    Debug,
    End,
    Flow,
    Goto,
    KnowledgeBase,
    Log,
    PathTaken,
    Payload,
    Reasoning,
    Speak,
    Text,
    ToolCall,
    Unknown,
)
from vftui.wire.traces import Trace

MAX_SUMMARY = 200
"""Terminal cells of the longest summary."""

_MAX_KIND = 40
_NAMES = 8
_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)


def kind_of(entry: Entry) -> str:
    """What an entry is: `sent`, `opened`, `closed`, or what its frame holds, such as `debug`."""
    if isinstance(entry, Received):
        return one_line(entry.decoded.kind, _MAX_KIND)
    return type(entry).__name__.lower()


def summary(entry: Entry) -> str:
    """The most telling thing about an entry, in one line."""
    match entry:
        case Sent():
            line = describe(entry.action)
        case Opened():
            line = _opened(entry)
        case Closed():
            line = " · ".join(filter(None, (entry.ending, clip(entry.message, MAX_SUMMARY)[0])))
        case Received():
            line = _received(entry)
    return one_line(clip(line, MAX_SUMMARY)[0], MAX_SUMMARY)


def _opened(entry: Opened) -> str:
    media = next((value for name, value in entry.headers if name.lower() == "content-type"), "")
    nothing = "no answer" if entry.retry_in is not None else ""
    status = nothing if entry.status is None else str(entry.status)
    facts = ["session" if entry.stage == "session" else "", status, media, entry.note[:MAX_SUMMARY]]
    if entry.retry_in is not None:
        facts.append(f"again in {duration(entry.retry_in)}")
    return " · ".join(filter(None, facts))


def _received(entry: Received) -> str:
    decoded = entry.decoded
    line = _without_trace(entry) if decoded.trace is None else _trace(decoded.trace)
    # A trace that could be read tells more than what was odd about its frame.
    read = decoded.trace is not None and not isinstance(decoded.trace.payload, Unknown)
    facts = (line, decoded.problem) if read else (decoded.problem, line)
    return " · ".join(filter(None, facts))


def _without_trace(entry: Received) -> str:
    """The end, the agent's state, an error, a comment, something unheard of."""
    frame, decoded = entry.frame, entry.decoded
    match decoded.kind:
        case "end":
            return "the turn is over"
        case "state":
            return size(len(frame.data))
        case "retry":
            return f"reconnect after {duration((frame.retry or 0) / 1000)}"
        case "comment":
            return frame.comment or "keep-alive"
        case "blank":
            return size(len(frame.raw))
    if isinstance(decoded.value, dict) and isinstance(decoded.value.get("message"), str):
        return str(decoded.value["message"])
    if decoded.value is not None:
        return compact(decoded.value, MAX_SUMMARY)
    return frame.data or frame.comment or ""


def _trace(trace: Trace) -> str:
    payload = trace.payload
    if isinstance(payload, Debug):
        return _debug(payload, trace)
    line = _told(payload)
    if not line:
        told = trace.raw.get("payload")
        line = "no payload" if told is None else compact(told, MAX_SUMMARY)
    paths = [path.label or path.event_type or "?" for path in trace.paths]
    return f"{line} · paths: {_names(paths)}" if paths else line


def _told(payload: Payload) -> str:
    """What a payload tells, in the words of the conversation if it is told there."""
    describe_payload = _LINES.get(type(payload))
    if describe_payload is not None:
        return describe_payload(payload)
    notice = notice_of(payload)
    return "" if notice is None else notice.text


def _quoted(text: str) -> str:
    short, left = clip(text, MAX_SUMMARY)
    return f'"{short}{"…" if left else ""}"'


def _names(names: list[str]) -> str:
    shown = [clip(name, 60)[0] for name in names[:_NAMES]]
    if len(names) > _NAMES:
        shown.append(f"{count(len(names) - _NAMES)} more")
    return ", ".join(shown)


def _labels(buttons: list[Button] | None) -> str:
    return _names([label for button in buttons or [] if (label := button.label)])


def _audio(audio: Audio) -> str:
    if audio.content is None:
        return audio.state
    facts = [f"+{size(len(audio.content) * 3 // 4)}", audio.encoding or ""]
    if audio.duration is not None:
        facts.append(duration(audio.duration / 1000))
    return " ".join(filter(None, facts))


def _card(card: Card) -> str:
    title = card.title or card.description
    facts = (_quoted(title) if title else card.image_url or "", _labels(card.buttons))
    return " · ".join(fact for fact in facts if fact) or "an empty card"


def _carousel(carousel: Carousel) -> str:
    cards = len(carousel.cards)
    if not cards:
        return "no cards"
    titles = _names([card.title or "?" for card in carousel.cards])
    return f"1 card: {titles}" if cards == 1 else f"{count(cards)} cards: {titles}"


def _channel_action(action: ChannelAction) -> str:
    if action.payload is None:
        return action.name
    return f"{action.name} {compact(action.payload, MAX_SUMMARY)}"


def _completion(completion: Completion) -> str:
    facts = [] if completion.state == "content" else [completion.state]
    if completion.text or completion.state == "content":
        facts += [_quoted(completion.text), f"+{count(len(completion.text))} chars"]
    if completion.tokens is not None:
        facts.append(_tokens(completion.tokens.total))
    return " · ".join(facts)


def _debug(debug: Debug, trace: Trace) -> str:
    charge = charge_of(debug) or shadow_of(debug, trace.paths)
    facts = []
    if charge is not None and (told := charge.billed or charge.base) is not None:
        facts.append(f"{_tokens(told.total)} {charge.model or ''}".strip())
    if charge is not None and charge.source == "text":
        facts.append(charge.label)  # the rest of the text is the numbers
    else:
        words = _BREAK.sub(" ", debug.message[: 2 * MAX_SUMMARY]).strip()
        facts.append(f"{debug.context}: {words}" if debug.context else words)
    if debug.latency is not None:
        facts.append(duration(debug.latency / 1000))
    return " · ".join(filter(None, facts))


def _tokens(number: int) -> str:
    return "1 token" if number == 1 else f"{count(number)} tokens"


def _knowledge_base(found: KnowledgeBase) -> str:
    if found.chunks is None:
        told = (found.faq_question, found.faq_answer or found.output)
        return " · ".join(_quoted(words) for words in told if words) or "nothing"
    chunks = len(found.chunks)
    facts = ["1 chunk" if chunks == 1 else f"{count(chunks)} chunks"]
    scores = [chunk.score for chunk in found.chunks if chunk.score is not None]
    if scores:
        facts.append(f"best {max(scores):.2f}")
    sources = dict.fromkeys(chunk.name or chunk.url for chunk in found.chunks)
    names = _names([name for name in sources if name])
    return ", ".join(facts) + (f" · {names}" if names else "")


def _log(log: Log) -> str:
    message = "" if log.message is None else compact(log.message, MAX_SUMMARY)
    return " ".join(filter(None, (log.level, log.kind, message)))


def _reasoning(reasoning: Reasoning) -> str:
    words = _quoted(reasoning.text) if reasoning.text else ""
    return words if reasoning.state == "content" and words else f"{reasoning.state} {words}".strip()


def _speak(speak: Speak) -> str:
    sound = f"♪ {speak.sound}" if speak.sound else ""
    words = _quoted(speak.spoken) if speak.spoken else ""
    return " ".join(filter(None, (words, sound)))


_LINES: dict[type[Payload], Callable[[Any], str]] = {
    Audio: _audio,
    Block: lambda block: block.block_id,
    Card: _card,
    Carousel: _carousel,
    ChannelAction: _channel_action,
    Choice: lambda choice: _labels(choice.buttons) or "no buttons",
    Completion: _completion,
    End: lambda end: "the conversation is over",
    Flow: lambda flow: flow.name or flow.diagram_id,
    Goto: lambda goto: describe(goto.request),
    KnowledgeBase: _knowledge_base,
    Log: _log,
    PathTaken: lambda path: path.path,
    Reasoning: _reasoning,
    Speak: _speak,
    Text: lambda text: _quoted(text.text),
    ToolCall: lambda call: f"{call.state} {call.call_id or ''}".rstrip(),
}
