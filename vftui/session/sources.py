"""The pages behind an answer, as a footnote below it: one a line, each of them once.

A page that was found counts for the next answer; without one, it is told at the end of the turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vftui.session.notices import address
from vftui.session.reply import Reply
from vftui.wire.payloads import KnowledgeBase, Source

MAX_PAGES = 50
"""Pages that a footnote lists; of further ones it tells how many there are."""

_NAME_LENGTH = 200


@dataclass(slots=True)
class _Page:
    """A page; at least one of the two is not empty."""

    name: str
    url: str

    def is_same(self, name: str, url: str) -> bool:
        """Whether this is the page of that name and address, of which one may be empty."""
        return self.url == url if self.url and url else bool(name) and self.name == name


class Sources:
    """Collects the pages of one answer after the other."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._pages: list[_Page] = []
        self._more = 0
        self._since = 0  # the entry that told of the first page

    def know(self, found: KnowledgeBase) -> None:
        """The knowledge base found something."""
        for chunk in found.chunks or ():
            self._add(chunk.name or "", chunk.url or "", chunk.document_id or "")
        if found.faq_question or found.faq_answer:
            self._add(f"FAQ: {found.faq_question}" if found.faq_question else "FAQ", "")

    def cite(self, sources: Iterable[Source] | None, since: int = 0) -> None:
        """A message, which began with the entry `since`, names its sources."""
        for source in sources or ():
            self._add(source.name or "", source.url, since=since)

    def tell(self) -> None:
        """An answer was given, or the turn is over: list what there is."""
        if not self._pages:
            return
        lines = [
            " ".join(f"{number}. {page.name} {address(page.url)}".split())
            for number, page in enumerate(self._pages, 1)
        ]
        if self._more:
            lines.append(f"… and {self._more} more")
        self._reply.open("sources", "\n".join(lines), since=self._since).settle()
        self._pages, self._more, self._since = [], 0, 0

    def _add(self, name: str, url: str, identity: str = "", *, since: int = 0) -> None:
        name = name[:_NAME_LENGTH] or ("" if url else identity)
        if not name and not url:
            return
        self._since = self._since or since or self._reply.seq
        for page in self._pages:
            if page.is_same(name, url):
                page.name, page.url = page.name or name, page.url or url
                return
        if len(self._pages) < MAX_PAGES:
            self._pages.append(_Page(name, url))
        else:
            self._more += 1
