"""The embedded demo agent: a real HTTP server that speaks all three generations of the API.

What is in which module:

- **The server**: `server` starts it, `port` is where it listens, `routes` has the requests, `gate`
  refuses those that are wrong, `state` remembers conversations, `stream` plays an answer, `emit`
  writes its frames.
- **What it says, as data**: `script` is the bike desk, `shows` what a conversation can hold,
  `samples` the other types of trace, `texts` the longer texts of all three. They are put together
  from `parts`, `steps` and `model`, and cost what `tokens` says. Ids are from `ids`.
- **Which of it answers**: `listen` for words, `returns` for actions that are not words.
- **How it fails**: `failures` has a row for each word, `wreckage` what such a stream holds, and
  `faults` does what no stream can: refuse, hang up, be away.
"""

from __future__ import annotations

from vftui.demo.server import demo_agent

KEY = "VF.DM.0123456789abcdef01234567.demo"
"""A project key that the demo agent accepts; it accepts any well-formed one."""

PROJECT = "89abcdef0123456789abcdef"
"""A project id for the demo agent; it accepts any."""

__all__ = ["KEY", "PROJECT", "demo_agent"]
