"""What every scene looks like. `pytest tests/test_snapshots.py --snapshot-update` accepts it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scenes import SCENES
from tests.shots import COMPARABLE, MADE_WITH

PICTURES = [(name, size) for name, scene in SCENES.items() for size in scene.sizes]


@pytest.mark.skipif(not COMPARABLE, reason=f"the pictures were made with {MADE_WITH}")
@pytest.mark.parametrize(
    ("name", "size"),
    PICTURES,
    ids=[f"{name}-{width}x{height}" for name, (width, height) in PICTURES],
)
def test_scene(name: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    scene = SCENES[name]
    assert snap_compare(scene.app(), terminal_size=size, run_before=scene.play)
