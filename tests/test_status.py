"""The status line: which conversation, how the turn stands, clocks that go on and count down."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from tests.logs import session_of
from tests.stage import NARROW, SIZES, START, Puppet, head, shown, stage, text, trace, turn
from vftui.opening import About
from vftui.session.fold import Session
from vftui.session.log import ENDINGS, Closed, Ending, Opened
from vftui.ui.status import GLYPHS, Silence, StatusLine, silence_of
from vftui.ui.theme import THEMES

HOSTILE = "[/]\x1b]0;owned\x07\n\r\u202e[@click=app.quit]x[/]"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = START + 1

    def __call__(self) -> float:
        return self.now


async def test_the_seconds_go_on_while_nothing_arrives() -> None:
    clock = Clock()
    async with stage(clock=clock) as on:
        line = on.chat.status
        await on.say("go")
        await on.until(lambda: "● waiting 1.0 s" in shown(line))
        clock.now += 3
        await on.until(lambda: "● waiting 4.0 s" in shown(line))
        await on.play(head(), text("Hi"))
        assert "● streaming" in shown(line)
        assert "first text 500 ms" in shown(line)
        clock.now += 60
        await on.until(lambda: "● streaming 1 min 04 s" in shown(line))


async def test_a_turn_that_is_over_stands_still() -> None:
    clock = Clock()
    async with stage(Puppet([text("Hi")]), clock=clock) as on:
        assert "○ complete 2.0 s" in shown(on.chat.status)
        clock.now += 3
        await on.pilot.pause(0.3)  # longer than a tick
        assert "○ complete 2.0 s" in shown(on.chat.status)


@pytest.mark.parametrize("ending", ENDINGS)
async def test_every_ending_has_its_word_and_glyph(ending: Ending) -> None:
    log = [*turn("go", text("Hi"))[:-1], Closed(START + 2, ending, "So it is.")]
    async with stage(log=log) as on:
        assert f"{GLYPHS[ending][0]} {ending} 2.0 s" in shown(on.chat.status)


async def test_what_waits_in_line_is_counted() -> None:
    async with stage() as on:
        await on.say("one")
        await on.say("two")
        await on.say("three")
        await on.until(lambda: "2 queued" in shown(on.chat.status))
        await on.press("escape")
        await on.until(lambda: "queued" not in shown(on.chat.status))


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_hostile_title_is_harmless(size: tuple[int, int]) -> None:
    about = About(HOSTILE, (HOSTILE, HOSTILE), "rec 1")
    async with stage(size=size, about=about) as on:
        line = shown(on.chat.status)
        assert not {"\x1b", "\x07", "\u202e", "\r"} & set(on.screen_text)
        assert "complete" in line
        assert line.strip().startswith("vftui  [/]")


async def test_a_title_in_wide_characters_leaves_room() -> None:
    async with stage(size=NARROW, about=About("自転車を借りる" * 20, ("v4",), "rec 1")) as on:
        line = shown(on.chat.status)
        assert "自転車" in line and "…" in line and "complete" in line


async def test_the_lesser_things_give_way() -> None:
    facts = ("v4", "main", "user vftui-12345678")
    async with stage(Puppet([text("Hi")]), about=About("Pier", facts, "rec 12")) as on:
        lines = {}
        for width in (140, 80, 50, 40):
            await on.pilot.resize_terminal(width, 24)
            await on.pilot.pause()
            lines[width] = shown(on.chat.status)
        assert all(part in lines[140] for part in (*facts, "rec 12", "first text"))
        assert all("complete 2.0 s" in line and "Pier" in line for line in lines.values())
        assert "user" not in lines[50]


@pytest.mark.parametrize(("said", "mark"), [("rec 12", "⏺"), ("not recorded", "○"), ("file", "○")])
async def test_whether_it_is_recorded(said: str, mark: str) -> None:
    async with stage(about=About("Pier", (), said)) as on:
        line = on.chat.query_one(StatusLine)
        assert said in shown(line)


async def test_without_a_conversation_it_says_the_name() -> None:
    async with stage(log=[]) as on:
        assert shown(on.chat.status).strip().startswith("vftui  Pier")


# -- what counts down -----------------------------------------------------------------------------

ABOUT = About("Pier", ("v4", "main", "user vftui-12345678"), "rec 12")
ASKED = Session.of(turn("hi", text("Still there?"), trace("no-reply", timeout=8)))
"""A turn that closes at START + 2 and wants to hear of a silence of 8 s."""


class Alone(App[None]):
    """A status line and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(THEMES[0])
        self.theme = THEMES[0].name

    def compose(self) -> ComposeResult:
        yield StatusLine()


async def test_the_seconds_to_the_next_attempt_count_down_and_can_be_stopped() -> None:
    clock = Clock()
    async with stage(clock=clock) as on:
        line = on.chat.status
        await on.say("go")
        await on.play(Opened(START + 1, 429, note="Too many requests.", retry_in=4.0))
        await on.until(lambda: "● waiting · again in 4 s" in shown(line))
        clock.now += 1.5
        await on.until(lambda: "● waiting · again in 3 s" in shown(line))
        clock.now += 2.4
        await on.until(lambda: "● waiting · again in 1 s" in shown(line))
        clock.now += 0.1
        await on.until(lambda: "● waiting 5.0 s" in shown(line))
        await on.play(Opened(START + 5, 429, note="Too many requests.", retry_in=70.0))
        await on.until(lambda: "● waiting · again in 1 min 10 s" in shown(line))
        await on.press("escape")
        await on.until(lambda: "cancelled" in shown(line))
        assert "again" not in shown(line)


@pytest.mark.parametrize(
    ("seconds", "sends", "silence"),
    [
        (2.0, False, Silence("no-reply in 8 s", "(F8 now)")),
        (2.1, False, Silence("no-reply in 8 s", "(F8 now)")),
        (9.9, False, Silence("no-reply in 1 s", "(F8 now)")),
        (10.0, False, Silence("no-reply is due", "(F8)")),
        (99.0, False, Silence("no-reply is due", "(F8)")),
        (2.0, True, Silence("no-reply is sent in 8 s", "(F8 now)")),
        (10.0, True, Silence("no-reply is sent now", "")),
    ],
)
def test_the_words_for_a_silence(seconds: float, sends: bool, silence: Silence) -> None:
    assert silence_of(ASKED, START + seconds, sends=sends) == silence


def test_nobody_waits_for_a_silence_that_nobody_asked_for() -> None:
    assert silence_of(session_of(text("Hi")), START, sends=True) is None


async def test_a_countdown_stays_when_lesser_things_give_way() -> None:
    lines = {}
    async with Alone().run_test() as pilot:
        line = pilot.app.query_one(StatusLine)
        line.introduce(ABOUT)
        line.sync(ASKED, None, silence=silence_of(ASKED, START + 2, sends=False))
        for width in (140, 80, 60, 50, 40, 20, 15):
            await pilot.resize_terminal(width, 3)
            await pilot.pause()
            lines[width] = shown(line)
            assert line.render().cell_length <= width
    whole = "○ complete 2.0 s   no-reply in 8 s (F8 now)   first text 500 ms   ● rec 12"
    assert whole in lines[140] and "v4 · main" in lines[140]
    assert "no-reply in 8 s (F8 now)   ● rec 12" in lines[80] and "Pier" in lines[80]
    assert "Pier · v4 · main" in lines[60] and "○ complete   no-reply in 8 s" in lines[60]
    assert "Pier · v4" in lines[50] and "○ complete   no-reply in 8 s" in lines[50]
    assert "…  ○ complete   no-reply in 8 s" in lines[40]
    assert "○ complete" in lines[20] and "○ complete" in lines[15]


def test_a_countdown_goes_before_the_ending_does() -> None:
    """The word for how the turn stands is never lost to anything."""
    line = StatusLine()
    for session, now in ((ASKED, None), (Session.of(turn("hi")[:1]), START + 1)):
        line.sync(session, now, 3, silence_of(session, START + 2, sends=True))
        assert ("complete" if now is None else "waiting") in line.render().plain
