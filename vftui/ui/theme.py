"""How it looks: two themes, and one colour and one glyph for each kind of entry.

Two rules:

1. A colour is a theme variable, so that a list, a mark and a picture agree in every theme.
2. A colour never stands alone: each kind has a glyph and a name beside it. The hues keep apart
   for people who cannot tell red from green (after Okabe and Ito).
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="vftui-dark",
    primary="#5ab0c8",
    secondary="#7d8fa3",
    accent="#5ab0c8",
    foreground="#d5d9de",
    background="#101418",
    surface="#151a1f",
    panel="#1d242b",
    warning="#e0a83c",
    error="#e8735c",
    success="#5ab0c8",
    dark=True,
    variables={
        "said": "#e9ecef",
        "told": "#aab3bc",
        "quiet": "#76818c",
        "you": "#c49bd6",
        "kind-action": "#c49bd6",
        "kind-text": "#d5d9de",
        "kind-choice": "#8fb7ff",
        "kind-model": "#5ab0c8",
        "kind-tool": "#e0a83c",
        "kind-media": "#d79bb4",
        "kind-control": "#cfc68a",
        "kind-wire": "#76818c",
        "kind-debug": "#93a1ae",
        "kind-error": "#e8735c",
        "block-cursor-background": "#24424d",
        "block-cursor-foreground": "#e9ecef",
        "border": "#5ab0c8",
        "border-blurred": "#39434d",
        "scrollbar": "#39434d",
        "scrollbar-hover": "#4d5964",
        "scrollbar-active": "#5ab0c8",
        "scrollbar-background": "#151a1f",
        "scrollbar-background-hover": "#151a1f",
        "scrollbar-background-active": "#151a1f",
        "footer-background": "#101418",
        "footer-key-foreground": "#5ab0c8",
        "footer-description-foreground": "#76818c",
    },
)

LIGHT = Theme(
    name="vftui-light",
    primary="#006c86",
    secondary="#57636f",
    accent="#006c86",
    foreground="#22272c",
    background="#fbfbf9",
    surface="#f5f5f2",
    panel="#e9e9e4",
    warning="#8f5f00",
    error="#b3361c",
    success="#006c86",
    dark=False,
    variables={
        "said": "#14181b",
        "told": "#444d55",
        "quiet": "#6b757e",
        "you": "#7a3f91",
        "kind-action": "#7a3f91",
        "kind-text": "#22272c",
        "kind-choice": "#2356b0",
        "kind-model": "#006c86",
        "kind-tool": "#8f5f00",
        "kind-media": "#9a3f64",
        "kind-control": "#6a6200",
        "kind-wire": "#6b757e",
        "kind-debug": "#57636f",
        "kind-error": "#b3361c",
        "block-cursor-background": "#cfe6ec",
        "block-cursor-foreground": "#14181b",
        "border": "#006c86",
        "border-blurred": "#c9ccc8",
        "scrollbar": "#c9ccc8",
        "scrollbar-hover": "#a9aeaa",
        "scrollbar-active": "#006c86",
        "scrollbar-background": "#f5f5f2",
        "scrollbar-background-hover": "#f5f5f2",
        "scrollbar-background-active": "#f5f5f2",
        "footer-background": "#fbfbf9",
        "footer-key-foreground": "#006c86",
        "footer-description-foreground": "#6b757e",
    },
)

THEMES = (DARK, LIGHT)

KINDS: dict[str, tuple[str, str]] = {
    "sent": ("▸", "action"),
    "opened": ("◂", "wire"),
    "closed": ("■", "control"),
    "text": ("¶", "text"),
    "speak": ("¶", "text"),
    "completion": ("≈", "model"),
    "completion-start": ("≈", "model"),
    "completion-continue": ("≈", "model"),
    "completion-end": ("≈", "model"),
    "reasoning": ("∴", "model"),
    "knowledgeBase": ("≡", "model"),
    "knowledge": ("≡", "model"),
    "tool-call": ("λ", "tool"),
    "choice": ("◇", "choice"),
    "card": ("▤", "choice"),
    "cardV2": ("▤", "choice"),
    "carousel": ("▤", "choice"),
    "visual": ("▦", "media"),
    "audio": ("♪", "media"),
    "stream": ("♪", "media"),
    "end": ("∎", "control"),
    "no-reply": ("∅", "control"),
    "entity-filling": ("⊙", "control"),
    "goto": ("↷", "control"),
    "call-forward": ("☎", "control"),
    "dtmf": ("#", "control"),
    "realtime-agent": ("☎", "control"),
    "live-agent-handoff": ("☎", "control"),
    "handoff": ("☎", "control"),
    "channel-action": ("◆", "tool"),
    "flow": ("↳", "debug"),
    "block": ("↳", "debug"),
    "path": ("↳", "debug"),
    "log": ("·", "debug"),
    "debug": ("·", "debug"),
    "state": ("≔", "wire"),
    "comment": ("~", "wire"),
    "retry": ("~", "wire"),
    "blank": ("~", "wire"),
    "error": ("!", "error"),
    "broken": ("!", "error"),
    "warn": ("!", "tool"),
}
"""Kind of entry (`vftui.render.kind_of`) to its glyph and its colour, the variable `kind-…`."""

CUSTOM = ("◆", "tool")
"""Glyph and colour of a kind that is not in `KINDS`: a custom action, or a type from tomorrow."""


COLOURS = frozenset(colour for _, colour in (*KINDS.values(), CUSTOM))
"""Every colour name that `look_of` can give."""


def look_of(kind: str) -> tuple[str, str]:
    """The glyph and the colour name of a kind of entry."""
    return KINDS.get(kind, CUSTOM)
