"""The README says what there is, all of it, and its pictures show the app as it is."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from textual.binding import Binding

import vftui.ui
from tests.bodies import TRACES
from tests.shots import COMPARABLE, FOLDER, MADE_WITH, SHOTS, picture
from vftui.cli import main
from vftui.demo.failures import FAILURES
from vftui.demo.listen import help_text
from vftui.demo.script import SCENES
from vftui.errors import ExitCode
from vftui.formats import WRITERS
from vftui.places import VARIABLES
from vftui.query.fields import FIELDS as FILTERS
from vftui.session.log import ENDINGS
from vftui.settings import FIELDS
from vftui.wire.compose import COMMANDS
from vftui.wire.dialects import DIALECTS, Api
from vftui.wire.payloads import MODELS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")

KEY_NAMES = {
    "escape": "esc", "slash": "/", "comma": ",", "full_stop": ".", "plus": "+", "minus": "-",
    "less_than_sign": "<", "greater_than_sign": ">",
    "left_square_bracket": "[", "right_square_bracket": "]",
}  # fmt: skip
"""Textual's name of a key to the README's, where they differ."""

FOREIGN_KEYS = {"tab", "shift+tab", "ctrl+p"}
"""Keys in the README that Textual itself binds."""


def section(title: str) -> str:
    """The part of the README under this heading."""
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"the README has no section {title!r}"
    return found[1]


def rows(title: str) -> list[list[str]]:
    """The rows of the tables in a section, as cells."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip("|"))]
        for line in lines
    ]


def quoted(text: str) -> set[str]:
    """What stands between backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


def commands() -> dict[str, click.Command]:
    """Every command, by what a person types; the group's own name is `vftui`."""
    assert isinstance(main, click.Group)
    context = click.Context(main)
    found = {
        f"vftui {name}": main.get_command(context, name) for name in main.list_commands(context)
    }
    return {"vftui": main} | {name: command for name, command in found.items() if command}


def bindings() -> Iterator[Binding]:
    """Every binding with a description that one of our own widgets, screens or the app declares."""
    names = [module.name for module in pkgutil.iter_modules(vftui.ui.__path__, "vftui.ui.")]
    made = {
        one
        for name in names
        for one in vars(importlib.import_module(name)).values()
        if isinstance(one, type) and one.__module__ == name
    }
    for one in made:
        yield from (key for key in vars(one).get("BINDINGS", ()) if isinstance(key, Binding))


def keys() -> set[str]:
    """Every key that is bound, as the README writes it."""
    bound = {key for one in bindings() if one.description for key in one.key.split(",")}
    return {KEY_NAMES.get(key, key) for key in bound}


def grouped(text: str) -> set[str]:
    """The keys between the ends of a group such as `alt+1` … `alt+9`."""
    groups = re.findall(r"`([^`\n]*)(\d)` … `\1(\d)`", text)
    return {f"{head}{n}" for head, first, last in groups for n in range(int(first), int(last) + 1)}


def test_every_key_is_in_the_readme() -> None:
    text = section("Keys")
    assert sorted(keys() - quoted(text) - grouped(text)) == []


def test_every_key_of_the_table_is_bound() -> None:
    told = {key for row in rows("Keys")[2:] for key in quoted(row[0])}
    assert sorted(told - keys() - FOREIGN_KEYS) == []


@pytest.mark.parametrize("name", commands())
def test_every_command_and_its_flags_are_in_the_readme(name: str) -> None:
    text = section("Commands")
    told = quoted(text)
    assert any(words == name or words.startswith(f"{name} ") for words in told)
    command = commands()[name]
    flags = {flag for one in command.params for flag in (*one.opts, *one.secondary_opts)}
    assert sorted(flag for flag in flags if flag.startswith("--") and not _told(flag, told)) == []


def _told(flag: str, told: set[str]) -> bool:
    return any(words == flag or words.startswith(f"{flag} ") for words in told)


@pytest.mark.parametrize("name", commands())
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    assert re.search(r"Examples?:\n\s+.*vftui", commands()[name].help or "")


def test_every_setting_is_in_the_table_with_its_variable_and_its_flag() -> None:
    flags = {one.name: one.opts[0] for one in main.params}
    told = {row[0]: (row[1], row[2]) for row in rows("Settings")[2:]}
    assert told == {
        f"`{name}`": (
            _code(VARIABLES.get(name)),
            "none" if name == "api_key" else _code(flags.get(name)),
        )
        for name in FIELDS
    }


def _code(text: str | None) -> str:
    return f"`{text}`" if text else ""


def test_every_field_of_a_filter_is_in_the_readme() -> None:
    text = section("Filters")
    told = " ".join(quoted(text))
    assert [name for name in FILTERS if not re.search(rf"\b{name}(:|>)", told)] == []
    words = FILTERS["is"].words
    assert [word for word in words if f"`{word}`" not in text and f"is:{word}" not in told] == []


def test_every_format_is_in_the_readme() -> None:
    row = next(row for row in rows("Commands") if row[0].startswith("`vftui export"))
    assert [name for name in WRITERS if name not in row[1]] == []


def test_every_exit_code_is_in_the_readme() -> None:
    told = {row[0] for row in rows("Commands") if row[0].isdigit()}
    assert told == {str(int(code)) for code in ExitCode}


def test_every_ending_is_in_the_readme() -> None:
    told = {row[0] for row in rows("What you see")}
    assert sorted(set(ENDINGS) - told) == []


def test_every_type_of_trace_is_in_the_readme_and_has_a_sample() -> None:
    told = {word for row in rows("What an agent can say")[2:] for word in quoted(row[0])}
    assert told == set(MODELS)
    samples = {name.rpartition("/")[2].removesuffix(".sse") for name in TRACES}
    assert sorted(set(MODELS) - samples) == []


def test_every_command_of_the_prompt_is_in_the_readme() -> None:
    table = rows("What you can send")[2:]
    told = {row[1].strip("`"): row[3] for row in table if "/" in row[1]}
    assert told == {
        f"/{command.word} {command.usage}".rstrip(): _known(command.apis) for command in COMMANDS
    }


def _known(apis: tuple[Api, ...]) -> str:
    return "all" if set(apis) == set(DIALECTS) else ", ".join(apis)


@pytest.mark.parametrize("word", [*FAILURES, *(scene.word for scene in SCENES)])
def test_the_demo_agent_tells_what_it_knows(word: str) -> None:
    assert f"`{word}`: " in help_text()


@pytest.mark.parametrize(("name", "runs"), [("demo", "vftui demo"), ("test", "pytest")])
def test_the_two_commands_are_there(name: str, runs: str) -> None:
    found = re.findall(rf"^<!-- command: {name} -->\n```sh\n(.+)\n```$", README, re.MULTILINE)
    assert len(found) == 1
    assert found[0].endswith(runs)


def test_every_file_that_the_readme_names_exists() -> None:
    linked = set(re.findall(r"\]\((?!http)([^)#]+)\)", README))
    named = {words for words in quoted(README) if words.startswith("vftui/") and "*" not in words}
    named.discard("vftui/config.toml")  # in the person's own folder
    assert linked
    assert sorted(name for name in linked | named if not (ROOT / name).exists()) == []


def test_every_picture_is_one_of_ours_and_loads_nothing() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(SHOTS)
    for path in FOLDER.iterdir():
        svg = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"""(?:href|src|url)\s*[=(]\s*["']?(?!#)\S""", svg), path.name


@pytest.mark.skipif(not COMPARABLE, reason=f"the pictures were made with {MADE_WITH}")
@pytest.mark.parametrize("name", SHOTS)
def test_the_picture_shows_the_app_as_it_is(name: str) -> None:
    """`python -m tests.shots` draws them again."""
    assert picture(name) == (FOLDER / f"{name}.svg").read_text("utf-8")
