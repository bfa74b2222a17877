"""Modules that are loaded when they are needed, while the screen goes on answering."""

from __future__ import annotations

import asyncio
import importlib


async def load_modules(*modules: str) -> None:
    """Import modules beside the event loop, one after the other."""
    for module in modules:
        await asyncio.to_thread(importlib.import_module, module)
