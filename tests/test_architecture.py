"""The house rules that a reader cannot check by eye: what loads what, and how long things are.

The static graph is import-linter's business (`pyproject.toml`); what really gets loaded is shown
here in fresh interpreters.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(ROOT.glob("vftui/**/*.py"))
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in SOURCES
    if not path.name.startswith("__")
]
SCREEN = {"textual"}
NETWORK = {"httpx", "httpx_sse", "starlette", "uvicorn"}

OVER_HTTPX = {
    "vftui.answers", "vftui.checks.agent", "vftui.checks.turn", "vftui.client",
    "vftui.commands.doctor", "vftui.commands.rerun", "vftui.commands.send",
    "vftui.commands.sinks", "vftui.connect", "vftui.failures", "vftui.fetching",
}  # fmt: skip
"""The modules that reach the network."""

LONGEST_FILE = 400
LONGEST_FUNCTION = 60

TESTED_ELSEWHERE = {
    "checks": "test_checks.py",
    "commands": "test_cli.py",
    "demo": "test_demo.py",
    "formats": "test_formats.py",
    "render": "test_render.py",
    "database.py": "test_recording.py",
    "errors.py": "test_cli.py",
    "journal.py": "test_recording.py",
    "keeping.py": "test_profiles.py",
    "keys.py": "test_settings.py",
    "late.py": "test_launch.py",
    "live.py": "test_launch.py",
    "doors.py": "test_launch.py",
    "opening.py": "test_launch.py",
    "query": "test_query.py",
    "places.py": "test_settings.py",
    "playback.py": "test_launch.py",
    "reading.py": "test_recording.py",
    "reckoning.py": "test_facts.py",
    "records.py": "test_recording.py",
    "rows.py": "test_recording.py",
    "replacing.py": "test_profiles.py",
    "schedule.py": "test_player.py",
    "tallies.py": "test_usage.py",
    "session/arrival.py": "test_timeline.py",
    "session/bars.py": "test_timeline.py",
    "session/labour.py": "test_timeline.py",
    "session/modelcalls.py": "test_timeline.py",
    "session/served.py": "test_timeline.py",
    "session/spent.py": "test_timeline.py",
    "session/claims.py": "test_ledger.py",
    "session/evidence.py": "test_ledger.py",
    "session/items.py": "test_fold.py",
    "session/listener.py": "test_fold.py",
    "session/log.py": "test_fold.py",
    "session/notices.py": "test_fold.py",
    "session/pieces.py": "test_fold.py",
    "session/reply.py": "test_fold.py",
    "session/rules": "test_problems.py",
    "session/standing.py": "test_spans.py",
    "session/turn.py": "test_fold.py",
    "ui/athand.py": "test_merged.py",
    "ui/blocks.py": "test_conversation.py",
    "ui/boxes.py": "test_showing.py",
    "ui/chargefields.py": "test_token_page.py",
    "ui/chargetable.py": "test_token_page.py",
    "ui/chips.py": "test_showing.py",
    "ui/column.py": "test_conversation.py",
    "ui/findings.py": "test_connect.py",
    "ui/folds.py": "test_showing.py",
    "ui/looks.py": "test_showing.py",
    "ui/markdown.py": "test_markdown_lines.py",
    "ui/page.py": "test_jsontree.py",
    "ui/outlets.py": "test_chat.py",
    "ui/panel.py": "test_side.py",
    "ui/panes.py": "test_side.py",
    "ui/pile.py": "test_conversation.py",
    "ui/preview.py": "test_composer.py",
    "ui/question.py": "test_budgets.py",
    "ui/ranks.py": "test_token_page.py",
    "ui/rows.py": "test_composer.py",
    "ui/sections.py": "test_markdown_lines.py",
    "ui/sessionlist.py": "test_sessions_screen.py",
    "ui/sifting.py": "test_sieve.py",
    "ui/tables.py": "test_markdown_lines.py",
    "ui/tabs.py": "test_side.py",
    "ui/tail.py": "test_lines.py",
    "ui/tokenfigures.py": "test_token_page.py",
    "ui/tokennotes.py": "test_token_page.py",
    "ui/tokenpage.py": "test_token_page.py",
    "ui/tokencolumns.py": "test_tokenlines.py",
    "ui/tokenrows.py": "test_token_pane.py",
    "ui/tokensheet.py": "test_token_page.py",
    "ui/traceline.py": "test_tracepane.py",
    "ui/tracelook.py": "test_trace_list.py",
    "ui/tracerow.py": "test_columns.py",
    "ui/tracerows.py": "test_trace_list.py",
    "ui/views.py": "test_detail.py",
    "ui/ways.py": "test_agents.py",
    "ui/wish.py": "test_tracepane.py",
    "ui/wrap.py": "test_markdown_lines.py",
    "ui/writing.py": "test_prompt.py",
    "wire/control.py": "test_payloads.py",
    "wire/levels.py": "test_facts.py",
    "wire/fields.py": "test_payloads.py",
    "wire/output.py": "test_payloads.py",
    "wire/shapes.py": "test_actions.py",
}
"""Modules and folders without a test file of their own name, and the one that tests them."""


def loaded_by(code: str, *, home: Path | None = None, stdin: bytes = b"") -> set[str]:
    """The modules that a fresh interpreter has loaded when the code has run, or ended itself."""
    script = f"import json, sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\n" + (
        "sys.stderr.write('\\n' + json.dumps(sorted(sys.modules)))"
    )
    places = {"PYTHONPATH": str(ROOT)}
    if home:
        places |= {"HOME": str(home), "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""}
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True, cwd=home or ROOT, input=stdin, env=os.environ | places, timeout=50,
    )  # fmt: skip
    modules: list[str] = json.loads(done.stderr.splitlines()[-1])
    return set(modules)


def headless(module: str) -> bool:
    return not module.startswith(("vftui.ui.", "vftui.launch"))


def test_the_package_root_loads_nothing() -> None:
    bare = loaded_by("pass")
    assert loaded_by("import vftui") - bare == {"vftui"}


def test_modules_without_a_screen_load_no_screen() -> None:
    names = ", ".join(filter(headless, MODULES))
    assert "textual" not in loaded_by(f"import {names}")


def test_rich_comes_with_httpx_alone() -> None:
    """httpx loads it, where it is installed, for a command line of its own."""
    names = [name for name in filter(headless, MODULES) if name not in OVER_HTTPX]
    assert not {"rich", "httpx"} & loaded_by(f"import {', '.join(names)}")


def test_the_screen_loads_no_network_and_no_demo() -> None:
    names = ", ".join(name for name in MODULES if name.startswith("vftui.ui."))
    loaded = loaded_by(f"import {names}")
    assert not (NETWORK | {"pydantic_settings", "vftui.client", "vftui.demo"}) & loaded


def test_wire_and_session_load_neither_network_nor_disk_nor_loop() -> None:
    names = ", ".join(
        m for m in MODULES if m.startswith(("vftui.wire.", "vftui.session.", "vftui.query."))
    )
    assert not (SCREEN | NETWORK | {"sqlite3", "asyncio"}) & loaded_by(f"import {names}")


BODY = b'event: trace\nid: 1\ndata: {"type":"text","payload":{"message":"hi"}}\n\n'


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--version"], SCREEN | NETWORK | {"sqlite3", "pydantic"}),
        (["decode"], SCREEN | NETWORK | {"sqlite3", "pydantic_settings"}),
        (["sessions"], SCREEN | NETWORK),
        (["show", "last"], SCREEN | NETWORK),
        (["show", "nothing.sse"], SCREEN | NETWORK),
        (["export", "last"], SCREEN | NETWORK),
        (["send", "hi"], SCREEN | {"starlette", "uvicorn"}),
        (["send", "--demo", "--launch"], SCREEN),
        (["agent", "--port", "99999"], SCREEN),
        (["doctor", "--base-url", "http://127.0.0.1:9"], SCREEN | {"starlette", "uvicorn"}),
        (["agent", "--help"], SCREEN),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_headless_commands_load_no_screen(
    tmp_path: Path, arguments: list[str], absent: set[str]
) -> None:
    code = f"from vftui.cli import main; main({arguments!r})"
    assert not absent & loaded_by(code, home=tmp_path, stdin=BODY)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_read_in_one_sitting_and_a_function_in_one_look(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= LONGEST_FILE
    too_long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not too_long


def test_every_module_has_its_test_file() -> None:
    """One of its own name, or the one that `TESTED_ELSEWHERE` tells; nothing is told in vain."""
    missing: set[str] = set()
    told: set[str] = set()
    for path in SOURCES:
        place = path.relative_to(ROOT / "vftui")
        if path.name.startswith("__") or (ROOT / "tests" / f"test_{path.stem}.py").exists():
            continue
        names = {str(place), *map(str, place.parents)} & set(TESTED_ELSEWHERE)
        told |= names
        missing |= set() if names else {str(place)}
    assert not missing
    assert told == set(TESTED_ELSEWHERE)
    assert all((ROOT / "tests" / test).exists() for test in TESTED_ELSEWHERE.values())


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("iter_lines(", "it breaks lines where the event stream does not"),
        ("print(", "stdout is data and stderr is talk: see vftui/commands/speech.py"),
    ],
)
def test_words_that_lint_cannot_ban(word: str, why: str) -> None:
    found = [path.name for path in SOURCES if f" {word}" in path.read_text("utf-8")]
    assert not found, why


def test_imports_run_one_way() -> None:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
