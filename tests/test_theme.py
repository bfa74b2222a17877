"""The look: every kind has a colour of the theme and a glyph, in both themes."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re

import pytest
from textual.color import Color
from textual.theme import Theme

import vftui.ui
from vftui.ui.theme import COLOURS, CUSTOM, DARK, KINDS, LIGHT, THEMES, look_of
from vftui.wire.payloads import MODELS

TEXTS = ("said", "told", "you", *(f"kind-{colour}" for colour in sorted(COLOURS)))
MODULES = [
    importlib.import_module(one.name)
    for one in pkgutil.iter_modules(vftui.ui.__path__, "vftui.ui.")
]


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG 2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: Color) -> float:
    parts = (part / 255 for part in colour.rgb)
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("name", TEXTS)
def test_text_can_be_read(theme: Theme, name: str) -> None:
    background = Color.parse(theme.background or "")
    assert contrast(Color.parse(theme.variables[name]), background) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("name", ["quiet", "kind-wire"])
def test_quiet_text_can_be_read(theme: Theme, name: str) -> None:
    background = Color.parse(theme.background or "")
    assert contrast(Color.parse(theme.variables[name]), background) >= 4.0


def test_both_themes_define_the_same_names() -> None:
    assert set(DARK.variables) == set(LIGHT.variables)
    assert DARK.dark and not LIGHT.dark


def test_every_colour_is_defined_and_used() -> None:
    for theme in THEMES:
        defined = {name[5:] for name in theme.variables if name.startswith("kind-")}
        assert defined == COLOURS


def test_a_glyph_is_one_cell() -> None:
    from rich.cells import cell_len

    assert {cell_len(glyph) for glyph, _ in (*KINDS.values(), CUSTOM)} == {1}


def test_every_type_of_trace_has_its_look() -> None:
    assert set(MODELS) <= set(KINDS)
    assert look_of("seat-map-v7") == CUSTOM


def test_every_variable_that_a_widget_uses_exists() -> None:
    known = set(DARK.variables) | set(DARK.to_color_system().generate())
    for module in MODULES:
        used = set(re.findall(r"\$([a-z][\w-]*)", inspect.getsource(module)))
        assert not used - known, module.__name__
