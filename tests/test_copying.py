"""What can be copied: an item as it came, and the code in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.test_conversation import Pane, pane_with, session_of, text, turn
from tests.test_showing import PAYLOAD, Scene, offers
from vftui.ui.conversation import Conversation
from vftui.ui.copying import Copied, code_blocks, source

CODE = "Look:\n\n```python\nx = 1\n\ny = 2\n```\n\n- and\n  ~~~\n  ls\n  ~~~\n\nEnd."


def test_what_every_kind_says_and_is_called() -> None:
    scene = Scene()
    scene.add("said", "hire a bike")
    scene.add("reply")
    scene.turn.items.append(scene.add("message", "**Four** left"))
    scene.add("reasoning", "hm")
    scene.add("choices", choices=scene.offer("Go", "Stay"))
    scene.add("card", "new", title="Bike", image="https://example.com/b")
    scene.carousel(("A", ("Hire",)), ("B", ()))
    scene.add("action", PAYLOAD, title="checkout", choices=scene.offer("paid"))
    scene.add("sources", "1. Hours")
    scene.add("notice", "image", image="https://example.com/c")
    assert [source(item) for item in scene.session.items] == [
        ("hire a bike", "what you said"),
        ("**Four** left", "the answer"),
        ("**Four** left", "the message"),
        ("hm", "the reasoning"),
        ("Go\nStay", "the choices"),
        ("Bike\nnew\nhttps://example.com/b", "the card"),
        (
            "A\nabout A\nhttps://example.com/A\nHire\n\nB\nabout B\nhttps://example.com/B",
            "the carousel",
        ),
        (f"checkout\n{PAYLOAD}\npaid", "the action"),
        ("1. Hours", "the sources"),
        ("image\nhttps://example.com/c", "the notice"),
    ]


def test_code_blocks_are_told_apart() -> None:
    scene = Scene()
    item = scene.add("message", CODE)
    assert code_blocks(item) == [
        Copied("x = 1\n\ny = 2\n", "code block 1 of 2 (python)"),
        Copied("ls\n", "code block 2 of 2"),
    ]
    alone = scene.add("message", "```a-very-long-name-of-a-language\x1b and more\nx")
    assert code_blocks(alone) == [Copied("x", "the code block (a-very-long-name-of…)")]
    assert code_blocks(scene.add("action", PAYLOAD)) == [Copied(PAYLOAD, "the payload")]
    for kind in ("message", "action", "notice", "said"):
        assert code_blocks(scene.add(kind, "" if kind == "action" else "no `code`")) == []


@given(st.lists(st.text("ab \n`x~#", max_size=40), max_size=4))
def test_code_between_fences_is_copied_as_it_came(codes: list[str]) -> None:
    fence = "`" * 42
    scene = Scene()
    whole = "\n\n".join(f"{fence}\n{code}\n{fence}" for code in codes)
    assert [code for code, _ in code_blocks(scene.add("message", whole))] == [
        f"{code}\n" for code in codes
    ]


async def test_c_copies_one_code_block_after_the_other() -> None:
    app = Pane()
    session = session_of(*turn("x", text(CODE), text("No code.")))
    async with app.run_test(size=(60, 30)) as pilot:
        pane = await pane_with(pilot, session)
        assert not offers(pane, "copy_code")
        await pilot.press("c")
        assert app.posted == []
        pane.select(2)
        await pilot.press("c", "c", "c")
        assert [one.what for one in app.posted if isinstance(one, Conversation.Copy)] == [
            "code block 1 of 2 (python)",
            "code block 2 of 2",
            "code block 1 of 2 (python)",
        ]
        pane.select(1)  # the header: all of the answer's code
        await pilot.press("c")
        last = app.posted[-1]
        assert isinstance(last, Conversation.Copy)
        assert (last.text, last.what) == ("x = 1\n\ny = 2\n", "code block 1 of 2 (python)")


async def test_nothing_is_copied_where_nothing_is() -> None:
    scene = Scene()
    scene.add("reply")
    app = Pane()
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, scene.session)
        assert not offers(pane, "copy")
        await pilot.press("y")
        assert app.posted == []


async def test_what_was_sent_goes_back_to_be_edited() -> None:
    app = Pane()
    session = session_of(*turn("hire a bike", text("Which?")))
    async with app.run_test(size=(60, 20)) as pilot:
        pane = await pane_with(pilot, session)
        await pilot.press("e")
        pane.select(0)
        await pilot.press("e")
        wanted = {"type": "text", "payload": "hire a bike"}
        assert app.posted == [Conversation.Edit(wanted), Conversation.Edit(wanted)]
        session.turns[0].action = None
        assert not offers(pane, "edit")
