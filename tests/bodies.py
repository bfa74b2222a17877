"""The response bodies under `tests/data`: composed ones in `streams/`, real ones in `genuine/`,
and in `traces/` one for each type of trace."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parent / "data"

BODIES = {
    str(path.relative_to(DATA).with_suffix("")): path.read_bytes()
    for folder in ("streams", "genuine")
    for path in sorted((DATA / folder).glob("*.sse"))
}
"""Name (such as `streams/11-v4-agent-turn`) to the bytes of one turn's body."""

TRACES = {path.stem: path.read_bytes() for path in sorted((DATA / "traces").glob("*.sse"))}
"""Type of trace to the bytes of a turn that is about one."""
