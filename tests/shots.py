"""Writes `screenshots/*.svg`: `python -m tests.shots`.

The pictures are made of the same scenes as the snapshot tests. They hold nothing that another run
would make differently and load nothing from elsewhere, so `tests/test_docs.py` can compare them.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.scenes import SCENES

FOLDER = Path(__file__).parent.parent / "screenshots"

SHOTS = {
    "streaming": ("streaming", (128, 38)),
    "inspector": ("inspector", (128, 38)),
    "time": ("slow", (128, 38)),
    "evidence": ("evidence", (128, 38)),
    "problems": ("problems", (128, 38)),
    "tokens": ("tokens", (128, 38)),
    "tokens-light": ("tokens-light", (128, 38)),
    "error": ("refused", (128, 30)),
    "narrow": ("streaming", (80, 24)),
    "light": ("light", (128, 38)),
}
"""Name of the picture to its scene and its size."""

MADE_WITH = {"textual": "8.2.8", "rich": "15.0.0"}
"""What draws. Another version may draw the same app a little differently."""

COMPARABLE = all(version(name) == made for name, made in MADE_WITH.items())
"""Whether what is drawn now can be held against what is committed."""

FONTS = "'Fira Code', 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
"""Fonts that readers may have; a picture in a page may not load any."""

_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_FONT_FAMILY = re.compile(r"font-family: Fira Code, monospace")
_UNIQUE = re.compile(r"\bterminal-\d+-")


def picture(name: str) -> str:
    """The picture, as SVG."""
    scene, size = SHOTS[name]
    return portable(shoot(scene, size))


def shoot(name: str, size: tuple[int, int]) -> str:
    """What Textual exports of a scene."""
    scene = SCENES[name]
    app = scene.app()
    shots: list[str] = []

    async def take(pilot: Pilot[Any]) -> None:
        await scene.play(pilot)
        shots.append(app.export_screenshot(simplify=True))
        app.exit()

    app.run(headless=True, size=size, auto_pilot=take)
    return shots[0]


def portable(svg: str) -> str:
    """The SVG without ids of this run and without fonts from elsewhere."""
    svg = _FONT_FACE.sub("", svg)
    svg = _FONT_FAMILY.sub(f"font-family: {FONTS}", svg)
    return _UNIQUE.sub("t-", svg)


def main() -> None:
    """Write all pictures, and nothing else."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.svg"):
        old.unlink()
    for name in SHOTS:
        path = FOLDER / f"{name}.svg"
        path.write_text(picture(name), "utf-8")
        print(path.relative_to(FOLDER.parent))


if __name__ == "__main__":
    main()
