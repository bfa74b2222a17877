"""`vftui open` on every body: what the screen shows is what the body comes to, to the byte."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bodies import BODIES, DATA
from tests.expected import EXPECTED
from vftui.doors import Doors
from vftui.session.log import Received
from vftui.ui.app import VftuiApp
from vftui.ui.chat import ChatScreen
from vftui.ui.conversation import Conversation
from vftui.ui.side import SideColumn


async def opened(app: VftuiApp) -> ChatScreen:
    """The chat, once the file has been read to its end and painted."""
    while True:
        screen = app.screen
        if isinstance(screen, ChatScreen) and (opening := screen.opening):
            turns = opening.session.turns
            shown = screen.query_one(SideColumn).traces.line_count
            if turns and turns[-1].ending and shown == len(opening.journal):
                return screen
        await asyncio.sleep(0.005)


def words(text: str) -> str:
    """Letters and figures only: what wrapping, Markdown and gutters leave alone."""
    return "".join(filter(str.isalnum, text))


@pytest.mark.parametrize("name", sorted(BODIES))
async def test_the_screen_shows_what_the_body_comes_to(name: str) -> None:
    expected = EXPECTED[name]
    app = VftuiApp(Doors().open(str(DATA / f"{name}.sse")), Doors())
    async with app.run_test(size=(120, 200)) as pilot:
        screen = await opened(app)
        await pilot.pause()
        assert screen.opening is not None
        session, journal = screen.opening.session, screen.opening.journal
        (turn,) = session.turns
        assert tuple(turn.messages) == expected.messages
        assert turn.ending == expected.ending
        assert session.conversation_over == expected.conversation_over
        assert tuple(choice.name for choice in session.choices) == expected.choices
        tokens = session.tokens
        wanted = expected.tokens
        assert (tokens.total, tokens.query, tokens.answer, tokens.source) == tuple(
            wanted[part] for part in ("total", "query", "answer", "source")
        )
        assert set(tokens.models) == set(wanted["models"])

        entries = list(journal.entries())
        assert len(entries) == session.entries == screen.query_one(SideColumn).traces.line_count
        frames = [entry.frame for entry in entries if isinstance(entry, Received)]
        assert b"".join(frame.raw for frame in frames) == BODIES[name]

        conversation = screen.query_one(Conversation)
        lines = [conversation.line_at(y, 60).text for y in range(conversation.line_count)]
        shown = words("".join(line[conversation.GUTTER :] for line in lines))
        for message in expected.messages:
            assert words(message.replace("**", "")) in shown


async def test_a_pasted_sample_opens_with_a_remark() -> None:
    app = VftuiApp(Doors().open(str(DATA / "pretty-printed.txt")), Doors())
    async with app.run_test(size=(120, 60)):
        screen = await opened(app)
        assert screen.opening is not None
        session = screen.opening.session
        (message,) = session.turns[0].messages
        assert message.startswith("Welcome to our service.How can I help you today?")
        assert message.endswith("Let me know if you have any other questions!")
        assert (session.tokens.total, session.tokens.query, session.tokens.answer) == (4, 2, 2)
        assert any("framing" in item.text for item in session.items if item.kind == "notice")


async def test_what_is_no_event_stream_says_so(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>sign in</html>")
    app = VftuiApp(Doors().open(str(tmp_path / "page.html")), Doors())
    async with app.run_test():
        screen = await opened(app)
        assert screen.opening is not None
        assert screen.opening.session.turns[0].ending == "protocol"
