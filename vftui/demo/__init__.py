"""The embedded demo agent: a real HTTP server that speaks all three generations of the API."""

from __future__ import annotations

from vftui.demo.server import demo_agent

KEY = "VF.DM.0123456789abcdef01234567.demo"
"""A project key that the demo agent accepts; it accepts any well-formed one."""

PROJECT = "89abcdef0123456789abcdef"
"""A project id for the demo agent; it accepts any."""

__all__ = ["KEY", "PROJECT", "demo_agent"]
