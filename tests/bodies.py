"""The response bodies under `tests/data`: composed ones in `streams/`, real ones in `genuine/`."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parent / "data"

BODIES = {
    str(path.relative_to(DATA).with_suffix("")): path.read_bytes()
    for folder in ("streams", "genuine")
    for path in sorted((DATA / folder).glob("*.sse"))
}
"""Name (such as `streams/11-v4-agent-turn`) to the bytes of one turn's body."""
