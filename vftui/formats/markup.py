"""A message's Markdown as HTML that is safe to put into a page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from vftui.render.text import printable


def markdown(text: str) -> str:
    """The HTML of a message; what its entities turn into passes `printable` as well."""
    return printable(str(_parser().render(printable(text))))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    parser.enable(["table", "strikethrough"]).disable("image")
    parser.validateLink = _leads_out  # type: ignore[method-assign]
    parser.add_render_rule("link_open", _link)
    return parser


def _leads_out(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in ("http", "https")
    except ValueError:
        return False


def _link(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    place: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    """A link that tells where it leads, and leads there without telling where from."""
    token = tokens[place]
    extra: dict[str, Any] = {"rel": "noreferrer noopener nofollow", "target": "_blank"}
    for name, value in (extra | {"title": token.attrGet("href") or ""}).items():
        token.attrSet(name, value)
    return renderer.renderToken(tokens, place, options, env)
